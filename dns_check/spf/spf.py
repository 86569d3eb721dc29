# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is known about a domain's SPF. Both SPF checks use it."""

from __future__ import annotations

import re

from ..context import Context
from ..lazy import lazy
from ..net.answer import Answer
from ..net.resolver import Resolver
from ..paste_errors import first_paste_error, repaired
from ..result import Operation
from ..text import Text, _
from .evaluate import check_host
from .prefetch import Prefetch
from .proposal import Editor, Proposal
from .provider import ProviderSpf, provider_terms
from .record import VERSION, is_spf
from .tree import Tree, Walker

# A version as people write it, at the beginning: `v=spf 1,`, `spf1`, `v:spf1;`
_NEAR_VERSION = re.compile(
    r"\W*(?:v\s*[=:]?\s*)?(?:spf|sfp|fps|psf)\s*[-_ ]?1?(?:\.0)?(?![.0-9])[\s,;:|=]*", re.IGNORECASE
)
_LATER_VERSION = re.compile(r"v=spf1\s", re.IGNORECASE)
_TERMS = re.compile(
    r"(?:[-+~?]?(?:include|redirect|ip4|ip6|exists|all|mx|a|ptr)\b[:=/ ]?[^ ]*\s*)+", re.IGNORECASE
)
MAX_NEAR = 4000
# Characters of all records together from which one can still be made
MAX_MEANT = 6000


class Spf:
    """SPF of a domain. Each property is computed once, when it is first needed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._domain = context.domain
        self._resolver = context.resolver
        self._expected = context.expectations.spf

    def prefetch(self, resolver: Resolver) -> None:
        """Ask all questions that are known to be needed, without waiting for the answers."""
        prefetch = Prefetch(resolver)
        prefetch.domain(self._domain)
        prefetch.terms(provider_terms(self._expected), self._domain)
        resolver.submit(self._domain, "SPF")

    @lazy
    def answer(self) -> Answer:
        """The domain's TXT records."""
        return self._resolver.ask(self._domain, "TXT")

    @lazy
    def texts(self) -> list[str]:
        """The domain's SPF records."""
        # Sorted, because a name server gives several records in any order.
        return sorted(value for value in self.answer.values if is_spf(value))

    @lazy
    def mistaken(self) -> dict[str, str]:
        """Value → what is meant by it, of values that are meant as SPF but are invalid."""
        found = {}
        for value in sorted(self.answer.values):
            meant = None if is_spf(value) else _near(value[:MAX_NEAR])
            if meant:
                found[value] = meant
        return found

    @lazy
    def meant_texts(self) -> list[str]:
        """All that is meant as SPF, as records that can be entered at a DNS service."""
        texts = [*self.texts, *self.mistaken.values()]
        # Undecodable octets cannot be entered.
        return [
            text if text.isascii() else repaired(text).encode("ascii", "ignore").decode()
            for text in texts
        ]

    @lazy
    def trees(self) -> list[Tree]:
        """A tree of each of `texts`."""
        return [self.walk(text) for text in self.texts]

    @lazy
    def provider(self) -> ProviderSpf | None:
        """What the provider wants, or None if that isn't known."""
        if not provider_terms(self._expected):
            return None
        return ProviderSpf(self._resolver, self._expected, self._domain)

    @lazy
    def proposal(self) -> Proposal:
        """The record to publish, or why none is proposed."""
        if self.answer.failed:
            return Proposal(None)
        if not self.meant_texts and self.provider is None:
            return Proposal(None)  # it is not known who sends for the domain
        if sum(map(len, self.meant_texts)) > MAX_MEANT:
            return Proposal(None)  # too long: nobody entered this by hand
        return Editor(self).proposal()

    @lazy
    def operations(self) -> list[Operation]:
        """What to do so that the domain has the proposed record and no other one."""
        if self.proposal.text is None:
            return []
        old = [*self.texts, *self.mistaken]
        return self.context.operations(self.answer, "TXT", self.proposal.text, old)

    def walk(self, text: str) -> Tree:
        """Return the tree of a record of the domain."""
        return Walker(self._resolver).tree(self._domain, text)

    def has_record(self, name: str) -> bool:
        """Tell whether a name has an SPF record."""
        return any(map(is_spf, self._resolver.ask(name, "TXT").values))

    def refused(self, text: str) -> str | None:
        """Return an address of the provider that does not pass with a record, or None."""
        for address in self.provider.addresses if self.provider else ():
            verdict = check_host(self._resolver, address, self._domain, record=text)
            if verdict.result not in ("pass", "temperror"):
                return address
        return None


def _near(value: str) -> str | None:
    """Return the SPF record that is meant by an invalid text, or None."""
    text = repaired(value)
    if is_spf(text):
        return text
    later = _LATER_VERSION.search(text)
    if later:
        return text[later.start() :]
    version = _NEAR_VERSION.match(text)
    rest = text[version.end() :] if version else text
    if rest and _TERMS.fullmatch(rest) and (version or re.search(r"[-+~?]all\s*\Z", rest)):
        return f"{VERSION} {rest.strip()}"
    return None


def why_none(value: str) -> Text | None:
    """Return why a value that is meant as SPF is invalid."""
    if is_spf(repaired(value[:MAX_NEAR])):
        return first_paste_error(value)
    return Text(_("it must begin with “v=spf1” and a space"))
