# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Label and meaning of each figure."""

from odoo import _lt

# In the order of the page: code of `figures.BASES` → (label, note)
FIGURES = {
    "emails": (
        _lt("Sent by Odoo"),
        _lt(
            "Emails for the provider, one for each recipient, also those that are waiting. Test "
            "emails don't count."
        ),
    ),
    "sent": (_lt("Sent"), _lt("Emails accepted by the provider. Rate: of all emails.")),
    "delivered": (
        _lt("Delivered"),
        _lt("Emails accepted by the recipients' mail servers. Rate: of the sent emails."),
    ),
    "opened": (
        _lt("Opened"),
        _lt("Delivered emails opened at least once. Each email counts once."),
    ),
    "clicked": (
        _lt("Clicked"),
        _lt("Delivered emails with at least one click. Each email counts once."),
    ),
    "clicked_of_opened": (
        _lt("Clicked of opened"),
        _lt("Emails with at least one click. Rate: of the opened emails."),
    ),
    "hard": (
        _lt("Hard bounces"),
        _lt("Emails bounced permanently (wrong address). Rate: of the sent emails."),
    ),
    "soft": (
        _lt("Soft bounces"),
        _lt("Emails bounced temporarily (for example, mailbox full). Rate: of the sent emails."),
    ),
    "failed": (
        _lt("Failed"),
        _lt("Emails rejected by the provider or a mail server. Rate: of all emails."),
    ),
    "complained": (
        _lt("Reported as spam"),
        _lt("Delivered emails reported as spam, if the mailbox provider tells it."),
    ),
    "unsubscribed": (
        _lt("Unsubscribed"),
        _lt("Delivered emails whose recipient unsubscribed through the provider's link."),
    ),
}
KINDS = {
    "hard": _lt("Hard bounce"),
    "soft": _lt("Soft bounce"),
    "rejected": _lt("Rejected"),
    "duplicate": _lt("Duplicate"),
}
# Tables of opened or clicked emails: dimension → (title, name, note)
TABLES = {
    "link": (
        _lt("Links"),
        _lt("Link"),
        _lt("Emails with a click on this link. Each email counts once."),
    ),
    "client": (
        _lt("Mail Clients and Browsers"),
        _lt("Program"),
        _lt("Emails opened or clicked in this program. Each email counts once."),
    ),
    "system": (
        _lt("Operating Systems"),
        _lt("System"),
        _lt("Emails opened or clicked on this system. Each email counts once."),
    ),
    "device": (
        _lt("Devices"),
        _lt("Device"),
        _lt("Emails opened or clicked on this device. Each email counts once."),
    ),
    "country": (
        _lt("Countries"),
        _lt("Country"),
        _lt("Emails opened or clicked in this country. Each email counts once."),
    ),
    "city": (
        _lt("Cities"),
        _lt("City"),
        _lt("Emails opened or clicked in this city. Each email counts once."),
    ),
}
