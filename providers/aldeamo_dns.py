# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Aldeamo wants in the DNS of a sender's domain.

Its manual publishes no host, selector or token: SPF text and DKIM selector are handed out with the
account (Tellit ▸ Email ▸ Dominios), so the administrator enters them.
"""


def dns_expectations(spf=None, selector=None, key=None, token_host=None, token=None):
    """Return the fields of `dns_check.Expectations` as JSON-able dict.

    :param str spf: the SPF text as handed out: a whole record, terms, or a host
    :param str selector: the DKIM selector, with or without `._domainkey`
    :param str key: the DKIM record as handed out
    :param str token_host: name of the ownership TXT record; :param str token: its value
    """
    host = selector and (selector if "._domainkey" in selector else f"{selector}._domainkey")
    return {
        "provider": "Aldeamo",
        "ownership_host": token_host or None,
        "ownership_token": token or None,
        "spf": spf or None,
        "dkim": [{"host": host, "value": key or None}] if host else [],
    }
