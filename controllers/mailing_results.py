# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MailingResults(http.Controller):
    """The results of a mailing as a file, for users who may read them."""

    @http.route("/mailing_results/<int:mailing_id>.xlsx", type="http", auth="user")
    def sheet(self, mailing_id, scope="mailing"):
        mailing = request.env["mailing.mailing"].browse(mailing_id).exists()
        if not mailing:
            raise request.not_found()
        name = f"{mailing.subject}.xlsx"
        headers = [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        return request.make_response(mailing._sheet_of_results(scope), headers)
