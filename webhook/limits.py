# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The largest request, for the controller and for the webhook server."""

MAX_BODY = 1024 * 1024  # bytes; 3000 grouped events of the usual size fit in
