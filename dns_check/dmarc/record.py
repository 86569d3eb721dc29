# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The text of a DMARC record (RFC 9989 4.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..tags import Tags, parse_tags

POLICIES = ("none", "quarantine", "reject")
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")
_MAILTO = re.compile(
    r"mailto:([^\s@!,;]+)@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(![0-9]+[kmgt]?)?",
    re.IGNORECASE,
)
# Tags of RFC 7489 that RFC 9989 does not have
OBSOLETE = ("pct", "rf", "ri")
MAX_URIS = 10


def is_dmarc(text: str) -> bool:
    """Tell whether a TXT record is a DMARC record. Receivers ignore the other ones at its name."""
    return bool(_VERSION.match(text))


@dataclass(frozen=True)
class Destination:
    """An address for reports.

    :param uri: as it is written
    :param host: domain of the address, in lower case
    :param sized: whether it has a size limit, which is obsolete
    """

    uri: str
    host: str
    sized: bool


@dataclass(frozen=True)
class DmarcRecord:
    """A DMARC record.

    :param tags: all tags, in lower case
    :param rua: destinations of aggregate reports
    :param ruf: destinations of failure reports
    :param bad_uris: URIs in rua and ruf that cannot be used
    """

    text: str
    tags: Tags
    rua: tuple[Destination, ...]
    ruf: tuple[Destination, ...]
    bad_uris: tuple[str, ...]

    def policy(self, name: str) -> str | None:
        """Return the valid value of p, sp or np in lower case, or None."""
        value = (self.tags.get(name) or "").lower()
        return value if value in POLICIES else None

    @property
    def bad_policies(self) -> list[str]:
        """The tags p, sp and np with an invalid value, and p if it is missing."""
        wanted = ["p", *(name for name in ("sp", "np") if name in self.tags.values)]
        return [name for name in wanted if self.policy(name) is None]

    @property
    def effective(self) -> bool:
        """Whether it is valid. Without valid policies it needs an address for reports (4.7)."""
        return not self.bad_policies or bool(self.rua)

    @property
    def psd(self) -> str:
        """The value of psd in lower case; u if there is none."""
        return (self.tags.get("psd") or "u").lower()

    def strict(self, name: str) -> bool:
        """Tell whether the alignment `adkim` or `aspf` is strict."""
        return (self.tags.get(name) or "r").lower() == "s"

    @property
    def testing(self) -> bool:
        """Whether the owner is only testing the policy."""
        return (self.tags.get("t") or "n").lower() == "y"


def parse_dmarc(text: str) -> DmarcRecord:
    """Return the record in a text for which `is_dmarc` is true."""
    tags = parse_tags(text)
    # The case of names does not matter (RFC 5234 2.3), unlike in DKIM.
    values: dict[str, str] = {}
    for name, value in tags.values.items():
        values.setdefault(name.lower(), value)
    tags = Tags(values, tuple(name.lower() for name in tags.order), tags.mistakes)
    rua, bad_rua = _destinations(tags.get("rua"))
    ruf, bad_ruf = _destinations(tags.get("ruf"))
    return DmarcRecord(text, tags, rua, ruf, (*bad_rua, *bad_ruf))


def _destinations(value: str | None) -> tuple[tuple[Destination, ...], tuple[str, ...]]:
    good, bad = [], []
    for uri in (value or "").split(",")[:MAX_URIS]:
        match = _MAILTO.fullmatch(uri.strip())
        if match:
            good.append(Destination(match[0], match[2].lower(), bool(match[3])))
        elif uri.strip():
            bad.append(uri.strip())
    return tuple(good), tuple(bad)
