# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from .webhook import environment


class MailProviderHealth(http.Controller):
    """Tells a proxy whether events can be stored, if Odoo replaces the dedicated intake."""

    @http.route(
        "/mail_provider/health",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
    )
    def health(self):
        environment().cr.execute("SELECT FROM mail_tracking LIMIT 1")
        return request.make_response("", headers=[("Content-Type", "text/plain")])
