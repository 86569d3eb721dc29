"""Addresses in the JSON of both APIs."""

from __future__ import annotations

import re
from email.headerregistry import Address

# A local part of atoms and a domain of labels with a top level: what any provider takes.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text)) and len(text.partition("@")[0]) <= 64


def header_address(name: str | None, email: str) -> Address:
    """A valid address for a header, with its display name."""
    return Address(" ".join((name or "").split()), addr_spec=email)
