# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Aldeamo wants in the DNS of a sender's domain.

Its manual publishes no host, selector or token: SPF text and DKIM selector are handed out with the
account (Tellit ▸ Email ▸ Configuración ▸ Dominios), so the administrator enters them.
"""

from typing import Any

from ..dns import Entered


def dns_expectations(entered: Entered) -> dict[str, Any]:
    """Return the fields of `dns_check.Expectations`; see `Provider.dns_expectations`."""
    host = entered.dkim_host
    return {
        "provider": "Aldeamo",
        "ownership_host": entered.token_host,
        "ownership_token": entered.token,
        "spf": entered.spf,
        "dkim": [{"host": host, "value": entered.dkim_value}] if host else [],
    }
