# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Macros in the domains of SPF terms (RFC 7208 7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from ..names import MAX_NAME

_EXPAND = re.compile(r"%(?:\{([A-Za-z])([0-9]*)([rR]?)([-.+,/_=]*)\}|([%_-]))")
_SIGNS = {"%": "%", "_": " ", "-": "%20"}


def expand(spec: str, letters: Callable[[str], str]) -> str:
    """Return the domain that a domain-spec gives, without final dot.

    Labels on the left of a domain that is too long are removed (7.3).

    :param spec: a valid domain-spec
    :param letters: returns the value of a macro letter, which is in lower case
    """

    def value(match: re.Match[str]) -> str:
        letter, digits, reverse, delimiters, sign = match.groups()
        if sign:
            return _SIGNS[sign]
        text = letters(letter.lower())
        if digits or reverse or delimiters:
            parts = re.split(f"[{re.escape(delimiters or '.')}]", text)
            if reverse:
                parts.reverse()
            # Python does not read an integer of any length.
            count = int(digits[:4]) if digits else len(parts)
            text = ".".join(parts[-count:])
        return quote(text, safe="-._~") if letter.isupper() else text

    domain = _EXPAND.sub(value, spec).removesuffix(".")
    while len(domain) > MAX_NAME and "." in domain:
        domain = domain.partition(".")[2]
    return domain
