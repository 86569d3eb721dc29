# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What each figure is called, and what it counts."""

from odoo import _lt

# In the order in which they are shown: code of `figures.BASES` → (label, note)
FIGURES = {
    "emails": (
        _lt("Handed over"),
        _lt("Emails that Odoo handed to the email provider, one for each recipient. No tests."),
    ),
    "sent": (_lt("Sent"), _lt("Emails that the provider accepted, of those handed over.")),
    "delivered": (
        _lt("Delivered"),
        _lt("Emails that the recipients' mail servers took, of the sent ones."),
    ),
    "opened": (
        _lt("Opened"),
        _lt("Delivered emails that were opened at least once, each counted once."),
    ),
    "clicked": (
        _lt("Clicked"),
        _lt("Delivered emails in which a link was clicked at least once, each counted once."),
    ),
    "clicked_of_opened": (
        _lt("Clicked of opened"),
        _lt("The same emails, of those that were opened: how well the content did."),
    ),
    "hard": (
        _lt("Hard bounces"),
        _lt("Emails that came back for good, of the sent ones: nobody has that address."),
    ),
    "soft": (
        _lt("Soft bounces"),
        _lt("Emails that could not be delivered for now, of the sent ones: a full mailbox, say."),
    ),
    "failed": (
        _lt("Failed"),
        _lt("Emails that the provider or a mail server turned away, of those handed over."),
    ),
    "complained": (
        _lt("Reported as spam"),
        _lt("Delivered emails whose recipient pressed “Spam”, as far as mailbox providers tell."),
    ),
    "unsubscribed": (
        _lt("Unsubscribed"),
        _lt("Delivered emails whose recipient unsubscribed through the provider's link."),
    ),
}
KINDS = {
    "hard": _lt("Hard bounce"),
    "soft": _lt("Soft bounce"),
    "rejected": _lt("Turned away"),
    "duplicate": _lt("Duplicate"),
}
# What is counted of emails that were opened or clicked: dimension → (title, name, note)
TABLES = {
    "link": (
        _lt("Links"),
        _lt("Link"),
        _lt("Emails in which the link was clicked, each counted once for each link."),
    ),
    "client": (
        _lt("Mail Clients and Browsers"),
        _lt("Program"),
        _lt("Emails that were opened or clicked with it, each counted once for each program."),
    ),
    "system": (
        _lt("Operating Systems"),
        _lt("System"),
        _lt("Emails that were opened or clicked with it, each counted once for each system."),
    ),
    "device": (
        _lt("Devices"),
        _lt("Device"),
        _lt("Emails that were opened or clicked with it, each counted once for each device."),
    ),
    "country": (
        _lt("Countries"),
        _lt("Country"),
        _lt("Emails that were opened or clicked there, each counted once for each country."),
    ),
    "city": (
        _lt("Cities"),
        _lt("City"),
        _lt("Emails that were opened or clicked there, each counted once for each city."),
    ),
}
