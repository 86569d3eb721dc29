# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from ..providers.outgoing import from_message


class RefusedError(Exception):
    """A mail that a provider did not accept; says why."""


class ApiSession:
    """A provider's API in the shape of the SMTP session that Odoo's `ir.mail_server` works with.

    It sends single mails, for whoever calls `ir.mail_server.send_email`; `mail.mail` finds the
    API itself here and hands it many at once.

    :param providers.api.Api api: with the server's credentials
    :param int server_id: the `ir.mail_server`
    :param str from_filter: the server's
    :param str smtp_from: the sender that Odoo wants to use, or None
    """

    def __init__(self, api, server_id, from_filter, smtp_from):
        self.api = api
        self.mail_provider_server_id = server_id
        self.from_filter = from_filter
        self.smtp_from = smtp_from

    def send_message(self, message, _smtp_from, smtp_to_list):
        """Send one mail.

        :param email.message.EmailMessage message:
        :param list[str] smtp_to_list: addresses of all recipients
        :raises RefusedError: it was not accepted, or nobody knows
        """
        for part in self.api.split(from_message(message, smtp_to_list)):
            [outcome] = self.api.send([part])
            if outcome.result != "accepted":
                raise RefusedError(str(outcome.reason))

    def close(self):
        self.api.close()

    quit = close
