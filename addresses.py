# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""E-mail addresses and domains: parsing and comparing, for events, senders and the DNS.

A domain outside ASCII has two spellings (RFC 5890 2.3.2): `cañón.example`, which people write and
Odoo keeps, and `xn--can-8mak.example`, which mails and the DNS carry. Addresses are compared by
the first one, domains by the second one.

This module uses `providers/` and `dns_check/`, which don't import each other.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import idna

from .dns_check.names import BadNameError, domain_to_ascii, to_ascii
from .providers.base import address
from .providers.message import ascii_address


def normalize(text: str | None) -> str | None:
    """Return the address in `text` as addresses are compared, or None if there isn't one.

    :param text: an address, perhaps with a name
    """
    return comparable(address(text))


def comparable(email: str | Literal[False] | None) -> str | None:
    """Return an address as addresses are compared.

    :param email: as Odoo's `email_normalize` has it; None or False where there is none
    """
    if not email or (email.isascii() and "@xn--" not in email and ".xn--" not in email):
        return email or None
    local, _at, domain = email.rpartition("@")
    return f"{local}@{readable_domain(domain)}"


def spellings(email: str) -> tuple[str, ...]:
    """Return the spellings of an address that Odoo may have stored: it keeps the domain's script.

    :param email: from `comparable`
    """
    return tuple(dict.fromkeys((email, ascii_address(email))))


def sender_address(text: str | None) -> str | None:
    """Return the address in `text` with an ASCII domain, as in a provider's account, or None."""
    email = normalize(text)
    return email and ascii_address(email)


def mail_domain(text: str) -> str | None:
    """Return the ASCII domain of an entered text, or None if mail can't be sent from it.

    :param text: a domain, an address, or a URL, of which a leading "www." is removed; a
        domain keeps it
    """
    text = text.strip().strip("<>")
    try:
        if "@" in text and "//" not in text:
            return domain_to_ascii(text.rpartition("@")[2])
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        bare = host.removeprefix("www.") if "/" in text else host
        return domain_to_ascii(bare if "." in bare else host)
    except (BadNameError, ValueError):
        return None


def readable_domain(domain: str) -> str:
    """Return the readable spelling of a domain; other texts in lower case."""
    try:
        return str(idna.decode(to_ascii(domain)))
    except (BadNameError, UnicodeError):
        return domain.lower()
