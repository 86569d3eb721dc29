# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Mailjet wants in the DNS of a sender's domain.

Sources: dev.mailjet.com, REST reference "/dns"; documentation.mailjet.com, "Authenticating domains
with SPF & DKIM", "How to set up a custom Return-Path" and "Custom tracking domain".
"""

from typing import Any

from ..account import Domain
from ..dns import Entered

SELECTOR = "mailjet._domainkey"


def dns_expectations(entered: Entered, told: Domain | None = None) -> dict[str, Any]:
    """Return the fields of `dns_check.Expectations`; see `Provider.dns_expectations`."""
    tracking_host = entered.tracking_host
    return {
        "provider": "Mailjet",
        "ownership_host": told.txt_name if told else entered.token_host,
        "ownership_token": told.txt_value if told else entered.token,
        "spf": "include:spf.mailjet.com",
        "dkim": [
            {
                "host": (told and told.dkim_name) or SELECTOR,
                "value": (told and told.dkim_value) or entered.dkim_value,
            }
        ],
        "return_path": "bnc3.mailjet.com",
        "custom_return_path": {"host": "bnc3", "targets": ["bnc3.mailjet.com"]},
        # r.mailjet.com: from before Mailjet's links were https
        "tracking": tracking_host
        and {"host": tracking_host, "targets": ["t.mailjet.com", "r.mailjet.com"]},
    }
