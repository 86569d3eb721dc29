# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an administrator can enter of that which a provider wants in the DNS."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ManualDnsSettings:
    """What the provider handed out and somebody entered; None where nothing was.

    :param spf: the SPF text: a whole record, terms, or a host
    :param dkim_selector: with or without ``._domainkey``
    :param dkim_value: the DKIM record
    :param token_host: name of the TXT record that proves the ownership
    :param token: its value
    :param tracking_host: the customer's own domain for links
    """

    spf: str | None = None
    dkim_selector: str | None = None
    dkim_value: str | None = None
    token_host: str | None = None
    token: str | None = None
    tracking_host: str | None = None

    @property
    def dkim_host(self) -> str | None:
        """The name of the DKIM record, below the domain or in full."""
        selector = self.dkim_selector
        if not selector or "._domainkey" in selector:
            return selector
        return f"{selector}._domainkey"
