# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """When a route has ``raw_body=True``, keep the body as it was posted.

        Odoo parses forms before it calls the controller, and then the body can't be read. No
        provider documents the content type of its JSON, so it may be a form's.

        :raises LengthRequired: without Content-Length there is no bound on what to read
        :raises RequestEntityTooLarge: the body exceeds the route's `max_content_length`
        """
        result = super()._pre_dispatch(rule, args)
        routing = rule.endpoint.routing
        if routing.get("raw_body"):
            length = request.httprequest.content_length
            if length is None:
                raise LengthRequired()
            if length > routing["max_content_length"]:
                raise RequestEntityTooLarge()
            request.httprequest.get_data(cache=True)
        return result
