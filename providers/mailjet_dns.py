# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Mailjet wants in the DNS of a sender's domain.

Sources: dev.mailjet.com, REST reference "/dns"; documentation.mailjet.com, "Authenticating domains
with SPF & DKIM", "How to set up a custom Return-Path" and "Custom tracking domain".
"""

from .base import text

SELECTOR = "mailjet._domainkey"


def dns_expectations(row=None, tracking_host=None):
    """Return the fields of `dns_check.Expectations` as JSON-able dict.

    :param dict row: what Mailjet's API says of the domain (`GET /v3/REST/dns/<domain>`, the item
        of "Data"); without it the values that are the same for all
    :param str tracking_host: the customer's own domain for links, as entered at Mailjet
    """
    row = row or {}
    return {
        "provider": "Mailjet",
        "ownership_host": text(row.get("OwnerShipTokenRecordName")),
        "ownership_token": text(row.get("OwnerShipToken")),
        "spf": "include:spf.mailjet.com",
        "dkim": [
            {
                "host": text(row.get("DKIMRecordName")) or SELECTOR,
                "value": text(row.get("DKIMRecordValue"), limit=4000),
            }
        ],
        "return_path": "bnc3.mailjet.com",
        "custom_return_path": {"host": "bnc3", "targets": ["bnc3.mailjet.com"]},
        # r.mailjet.com: from before Mailjet's links were https
        "tracking": tracking_host
        and {"host": tracking_host, "targets": ["t.mailjet.com", "r.mailjet.com"]},
    }
