# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Domain names: how people and APIs write them, and how the DNS wants them."""

from __future__ import annotations

import re

MAX_NAME = 253  # characters without final dot (RFC 1035 3.1: 255 octets on the wire)
MAX_LABEL = 63

# What browsers take for a dot, too (UTS #46 2.3).
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?", re.ASCII)


class BadNameError(ValueError):
    """A text that is no domain name."""


def to_ascii(name: str) -> str:
    """Return a name in lower-case ASCII, as the DNS has it, without final dot.

    Internationalised labels are converted by IDNA 2008 with UTS #46 mapping. dnspython must not be
    left to it: with the `idna` that Odoo pins it falls back to IDNA 2003, by which
    `straße.example` becomes another domain.

    :raises BadNameError: when it can't be the name of anything
    """
    name = name.strip()
    labels = _DOTS.split(name[:-1] if name[-1:] in tuple(".\u3002\uff0e\uff61") else name)
    labels = [_label(label) for label in labels]
    ascii_name = ".".join(labels)
    if len(ascii_name) > MAX_NAME:
        raise BadNameError(name)
    return ascii_name


def _label(label: str) -> str:
    if not label.isascii():
        import idna

        try:
            label = idna.encode(label[: 4 * MAX_LABEL], uts46=True).decode()
        except (UnicodeError, IndexError):  # idna.IDNAError is a UnicodeError
            raise BadNameError(label) from None
    label = label.lower()
    if len(label) > MAX_LABEL or not _LABEL.fullmatch(label):
        raise BadNameError(label)
    return label


def domain_to_ascii(domain: str) -> str:
    """Return a domain that mail can be sent from, in ASCII: `to_ascii` of two labels or more.

    :raises BadNameError: when it isn't one
    """
    name = to_ascii(domain)
    if "." not in name or name.rpartition(".")[2].isdigit():
        raise BadNameError(domain)
    return name


def absolute(host: str, domain: str) -> str:
    """Return the full name of `host`, which is given relative to `domain` or in full.

    A name that ends with the domain or with a dot is a full one: the same API gives one record's
    name relative and the other's in full.

    :param domain: in ASCII
    :raises BadNameError: when `host` is no name
    """
    host = host.strip()
    if host in ("", "@"):
        return domain
    name = to_ascii(host)
    if host.endswith(".") or is_below(name, domain):
        return name
    return to_ascii(f"{name}.{domain}")


def relative(name: str, domain: str) -> str:
    """Return `name` as DNS panels want it: without `domain`, "@" for the domain itself."""
    if name == domain:
        return "@"
    return name[: -len(domain) - 1] if is_below(name, domain) else name


def is_below(name: str, domain: str) -> bool:
    """Tell whether `name` is `domain` or a name in it."""
    return name == domain or name.endswith(f".{domain}")


def parents(name: str) -> list[str]:
    """Return the names above `name`, the nearest first, the top-level domain last."""
    labels = name.split(".")
    return [".".join(labels[n:]) for n in range(1, len(labels))]


def organization(name: str) -> str:
    """Return the part of a name that one registers: `google.com` of `aspmx.l.google.com`.

    A guess without a list of public suffixes: two labels, three below such as `com.co`.
    """
    labels = name.split(".")
    below_country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if below_country else -2 :])
