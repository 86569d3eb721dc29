# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from psycopg2.errors import SerializationFailure
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import ServiceUnavailable, Unauthorized

from odoo import SUPERUSER_ID, http
from odoo.exceptions import AccessDenied
from odoo.http import request

from ..providers.body import MAX_BODY
from ..webhook.authentication import Post

CHALLENGE = {"realm": "Email events"}


def environment():
    """Return the environment of the request's database.

    With `server_wide_modules`, requests also arrive without a database, or for one without the
    addon.

    :raises ServiceUnavailable: no database answers
    :raises NotFound: the database doesn't have the addon
    """
    if request.env is None:
        raise ServiceUnavailable()
    if "mail.tracking" not in request.env:
        raise request.not_found()
    return request.env(user=SUPERUSER_ID)


class MailProviderWebhook(http.Controller):
    """The route to which the providers post their events.

    ====== ===============================================================================
    Answer When
    ====== ===============================================================================
    200    stored; or already known; or authentic but not parsable: then it is stored as
           failed, so that nothing is lost and the provider doesn't post it again
    401    the URL was registered with user and password, and they are missing or wrong
    404    unknown token, or the server has no provider any more, or is archived for longer
           than events are kept
    411    no Content-Length
    413    the body is larger than `MAX_BODY`
    500    the database can't store it now: the provider posts it again
    503    no database answers, and Odoo loads this addon for requests without one, too:
           `server_wide_modules` names it. Otherwise Odoo itself answers 404
    ====== ===============================================================================

    A provider may discard an event without an answer within 100 ms. So the request only stores it,
    and the job applies it. Also, updating `mailing.trace` while the queue is sending would make
    Odoo send the mail twice.
    """

    @http.route(
        "/mail_provider/<string:token>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BODY,
        raw_body=True,
    )
    def receive(self, token, **_params):
        env = environment()
        headers = request.httprequest.headers
        post = Post(lambda name: headers.get(name, ""), request.httprequest.get_data)
        try:
            server = env["ir.mail_server"]._authenticate_webhook(token, post)
        except AccessDenied:
            env["mail.webhook.refusal"]._note(token, 401)
            raise Unauthorized(www_authenticate=WWWAuthenticate("basic", CHALLENGE)) from None
        if not server:
            env["mail.webhook.refusal"]._note(token, 404)
            raise request.not_found()
        body = request.httprequest.get_data()
        declared = (headers.get("Content-Type", ""), headers.get("Content-Encoding", ""))
        try:
            env["mail.tracking"]._receive(*server, body, declared)
        except SerializationFailure:
            # The same event arrived twice at the same time. Retry at once: now it is known. Odoo
            # itself would wait up to two seconds.
            env.cr.rollback()
            env["mail.tracking"]._receive(*server, body, declared)
        return request.make_response("", headers=[("Content-Type", "text/plain")])

    @http.route(
        "/mail_provider/health",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
    )
    def health(self):
        """Tell a proxy whether events can be stored, if Odoo stands in for the webhook server."""
        environment().cr.execute("SELECT FROM mail_tracking LIMIT 1")
        return request.make_response("", headers=[("Content-Type", "text/plain")])
