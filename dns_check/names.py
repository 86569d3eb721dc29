# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Domain names: as people and APIs write them, and as the DNS has them."""

from __future__ import annotations

import re

MAX_NAME = 253  # characters without final dot (RFC 1035 3.1: 255 octets on the wire)
MAX_LABEL = 63

# The dot, and the characters that browsers accept as a dot (UTS #46 2.3)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?", re.ASCII)


class BadNameError(ValueError):
    """The text is not a domain name."""


def to_ascii(name: str) -> str:
    """Return a name in lower-case ASCII, as the DNS has it, without final dot.

    Internationalized labels are converted by IDNA 2008 with UTS #46 mapping. dnspython must not
    convert them: with the version of `idna` that Odoo pins, it uses IDNA 2003, which makes another
    domain of `straße.example`.

    :raises BadNameError: it is not a valid name
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

    :raises BadNameError: it is not such a domain
    """
    name = to_ascii(domain)
    if "." not in name or name.rpartition(".")[2].isdigit():
        raise BadNameError(domain)
    return name


def absolute(host: str, domain: str) -> str:
    """Return the full name of `host`, which is given relative to `domain` or in full.

    A name that ends with the domain or with a dot is a full name: one API may give relative and
    full names.

    :param host: "" or "@" for the domain itself
    :param domain: in ASCII
    :raises BadNameError: `host` is not a valid name
    """
    host = host.strip()
    if host in ("", "@"):
        return domain
    name = to_ascii(host)
    if host.endswith(".") or is_below(name, domain):
        return name
    return to_ascii(f"{name}.{domain}")


def relative(name: str, domain: str) -> str:
    """Return `name` as DNS services want it: without `domain`; "@" for the domain itself."""
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
    """Return the registered part of a name: `google.com` of `aspmx.l.google.com`.

    It is a guess without a list of public suffixes: two labels, or three below `com.co` and the
    like.
    """
    labels = name.split(".")
    below_country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if below_country else -2 :])
