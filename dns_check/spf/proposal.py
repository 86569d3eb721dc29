# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one SPF record to publish: the present one, corrected, with the provider's terms.

Every term that allows a server is kept, in its order. The record is evaluated before it is shown.
If no record is valid, none is proposed, and the notes say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

from ..names import is_below, organization
from ..result import Problem
from ..text import Text, _
from .evaluate import MAX_LOOKUPS, MAX_MX, MAX_VOIDS, check_host
from .problems import record_problems
from .record import MECHANISMS, VERSION, Term, meant, parse
from .tree import Branch, Tree, addresses, host_addresses

if TYPE_CHECKING:
    from .spf import Spf


# How much a qualifier of `all` allows. “~all” is proposed instead of “+all”.
_SOFTNESS = {"-": 0, "~": 1, "+": 1, "?": 2}
# States of a branch that make the including records invalid. A void term does not.
_BROKEN = frozenset(("none", "several", "syntax", "loop", "mx"))
# The greatest number of senders that are tried with the present and the proposed record
_MAX_SENDERS = 60

_REASONS = {
    "unknown": _("its meaning is not clear"),
    "void": _("it leads to a name that does not exist"),
    "none": _("its domain has no SPF record"),
    "several": _("it leads to a domain with several SPF records"),
    "syntax": _("it leads to a record with a mistake"),
    "loop": _("it includes your own record (a loop)"),
    "mx": _("it stands for more than 10 mail servers"),
    "twice": _("it is already in the record"),
}


@dataclass(frozen=True)
class Proposal:
    """What to publish, or why nothing is proposed.

    :param text: the record; None if none is proposed
    :param notes: what was left out, or why there is no record
    """

    text: str | None
    notes: tuple[Problem, ...] = ()


class Editor:
    """Makes the proposal from the present records."""

    def __init__(self, spf: Spf) -> None:
        self._spf = spf
        self._domain = spf.context.domain
        self._resolver = spf.context.resolver
        self._provider = spf.provider
        self._wanted = list(spf.provider.terms) if spf.provider else []
        self._open: set[str] = set()  # terms that allow anybody
        self._left_out: dict[str, Text] = {}
        self._notes: list[Problem] = []

    def proposal(self) -> Proposal:
        """Return the proposal."""
        terms, end, tail = self._collected()
        tree = self._spf.walk(_joined([*terms, *end]))
        branches = {branch.term.text: branch for branch in tree.branches}
        self._open = {term.text for term in tree.anybody()}
        terms = self._kept(terms, branches)
        end = [term for term in end if self._is_kept(term, branches)] or [_all("~")]
        foreign = tuple(note for note in self._notes if note.code == "spf_foreign")
        if foreign:
            return Proposal(None, foreign)
        obstacles = []
        for candidate in self._with_provider(terms, end):
            text = _joined([*candidate, *end, *tail])
            obstacle = self._obstacle(text)
            if obstacle is None:
                return Proposal(text, (*self._left_out_note(), *self._notes))
            obstacles.append(obstacle)
        return Proposal(None, tuple(obstacles[-1:]))

    # The present records

    def _collected(self) -> tuple[list[Term], list[Term], list[Term]]:
        """Return the terms of all records, what ends the record, and the modifiers after that."""
        terms: dict[str, Term] = {}
        tail: dict[str, Term] = {}
        redirects: list[Term] = []
        ends: list[str] = []
        texts = self._spf.meant_texts
        for text in texts:
            found, unknown = meant(text, self._domain)
            for word in unknown:
                self._leave_out(word, "unknown")
            redirects += [term for term in found if term.name == "redirect"]
            alls = [number for number, term in enumerate(found) if term.name == "all"]
            ends += [found[number].qualifier for number in alls[:1]]
            for number, term in enumerate(found):
                if term.name in ("redirect", "all"):
                    continue  # at the end, once
                behind = bool(alls) and number > alls[0] and term.name not in MECHANISMS
                self._add(tail if behind else terms, self._named(term))
        if len(texts) > 1 or ends or len(redirects) > 1:
            # With other records or an `all`, a redirect has no effect; an include works.
            for redirect in redirects:
                self._add(terms, redirect.as_include)
            redirects = []
        if redirects:
            self._drop_superfluous(terms, redirects[0])
        softest = max(ends, key=lambda qualifier: _SOFTNESS[qualifier], default="~")
        return list(terms.values()), redirects or [_all(softest)], list(tail.values())

    def _drop_superfluous(self, terms: dict[str, Term], redirect: Term) -> None:
        """Leave out an include with the same name as a redirect."""
        wanted = {term.key for term in self._wanted}
        others = [term for key, term in terms.items() if key not in wanted]
        key = redirect.key
        if key in terms and all(term.qualifier in ("+", "") for term in others):
            self._leave_out(terms.pop(key).text, "twice")

    def _add(self, terms: dict[str, Term], term: Term) -> None:
        key = term.key if term.name in MECHANISMS else term.name
        if key not in terms:
            terms[key] = term
        elif terms[key].text.lower() != term.text.lower():
            self._leave_out(term.text, "twice")

    def _named(self, term: Term) -> Term:
        """Return `include` instead of `a`, if the term was a bare name that has an SPF record."""
        is_bare = f"a:{term.target}" not in " ".join(self._spf.meant_texts)
        if term.name == "a" and term.target and is_bare and self._spf.has_record(term.target):
            return term.as_include
        return term

    # Which terms stay

    def _kept(self, terms: Iterable[Term], branches: Mapping[str, Branch]) -> list[Term]:
        kept = []
        for term in terms:
            branch = branches.get(term.text)
            if branch and branch.state == "mx":
                kept += self._addresses_of(term, branch)
            elif self._is_kept(term, branches):
                kept.append(term)
        return kept

    def _is_kept(self, term: Term, branches: Mapping[str, Branch]) -> bool:
        """Tell whether a term stays; otherwise note why it is left out."""
        branch = branches.get(term.text)
        if term.text in self._open:
            self._notes.append(Problem.of("spf_narrowed", term=term.text))
            return False
        if branch is None or (term.qualifier == "-" and branch.state == "ok"):
            return True
        if branch.state == "void":
            self._leave_out(term.text, "void")
            return False
        broken = next((below for below in branch.walk() if below.state in _BROKEN), None)
        voids = sum(below.state == "void" for below in branch.walk())
        if broken is None and voids <= MAX_VOIDS:
            return True
        if self._lets_pass(branch):
            place = broken or branch
            target = place.domain if broken else branch.target
            self._notes.append(Problem.of("spf_foreign", term=term.text, target=target))
            return True
        self._leave_out(term.text, broken.state if broken else "void")
        return False

    def _lets_pass(self, branch: Branch) -> bool:
        """Tell whether any address passes because of a branch now."""
        return any(
            check_host(self._resolver, address, self._domain).result == "pass"
            for address in addresses(self._resolver, branch)
        )

    def _addresses_of(self, term: Term, branch: Branch) -> list[Term]:
        """Return terms with the addresses of the mail servers, which are too many for `mx`."""
        self._notes.append(Problem.of("spf_copied_mx", term=term.text))
        networks = dict.fromkeys(map(ip_network, host_addresses(self._resolver, branch)))
        return [
            parse(f"{VERSION} {term.qualifier.strip('+')}ip{network.version}:{network[0]}").terms[0]
            for network in networks
        ]

    def _leave_out(self, term: str, reason: str) -> None:
        self._left_out[term] = Text(
            _("“%(term)s” (%(why)s)"), term=term, why=Text(_REASONS[reason])
        )

    def _left_out_note(self) -> Iterator[Problem]:
        """Yield the problem that lists what the proposal leaves out, with the reasons."""
        if self._left_out:
            yield Problem.of("spf_left_out", what=Text.joined(self._left_out.values()))

    # The provider

    def _with_provider(self, terms: list[Term], end: Sequence[Term]) -> Iterator[list[Term]]:
        """Yield possible lists of terms with those of the provider, the smallest change first."""
        wanted = {term.key: term for term in self._wanted}
        there = {term.key for term in terms}
        in_place = [wanted.get(term.key, term) for term in terms]
        missing = [term for key, term in wanted.items() if key not in there]
        redirected = {term.key for term in end if term.name == "redirect"}
        missing = [term for term in missing if term.key not in redirected]
        if not wanted or self._passes(terms, end):
            yield terms
        if wanted:
            yield [*missing, *in_place]
            # At the beginning, no term with another qualifier can match before.
            yield [*self._wanted, *(term for term in terms if term.key not in wanted)]

    def _passes(self, terms: Sequence[Term], end: Sequence[Term]) -> bool:
        text = _joined([*terms, *end])
        return bool(self._provider and self._provider.addresses) and not self._spf.refused(text)

    # Whether a record can be proposed

    def _obstacle(self, text: str) -> Problem | None:
        """Return the reason why a record can't be proposed; None if it can."""
        tree = self._spf.walk(text)
        if tree.lookups > MAX_LOOKUPS:
            return self._full(tree)
        lost = self._spf.refused(text) or self._lost(text)
        if lost:
            reason = Text(_("%(address)s would not pass SPF."), address=lost)
            return Problem.of("not_enough", reason=reason)
        wrong = next((one for one in record_problems(tree) if one.status == "fail"), None)
        return Problem.of("not_enough", reason=wrong.texts[0]) if wrong else None

    def _lost(self, text: str) -> str | None:
        """Return an address that passes now but would not pass with the new record, or None."""
        if len(self._spf.texts) != 1:
            return None  # no address passes now
        tree = self._spf.trees[0]
        if any(tree.anybody()):
            return None  # the new record must exclude addresses that pass because anybody does
        for address in addresses(self._resolver, tree)[:_MAX_SENDERS]:
            now, then = (
                check_host(self._resolver, address, self._domain, record=record).result
                for record in (self._spf.texts[0], text)
            )
            if now == "pass" and then not in ("pass", "temperror"):
                return address
        return None

    def _full(self, tree: Tree) -> Problem:
        """Return the problem of too many look-ups, with the services that need most first."""
        provider = self._spf.context.expectations.provider
        if self._provider and self._provider.tree.lookups > MAX_LOOKUPS:
            count = self._provider.tree.lookups
            return Problem.of("spf_full_provider", provider=provider, count=count)
        wanted = {term.key for term in self._wanted}
        others = [branch for branch in tree.branches if branch.term.key not in wanted]
        mailbox = [branch for branch in others if self._is_mailbox(branch)]
        others = [branch for branch in others if branch not in mailbox]
        others.sort(key=lambda branch: -branch.lookups)
        terms = ", ".join(f"{b.term.text} ({b.lookups})" for b in [*others, *mailbox])
        if mailbox:
            keep = ", ".join(branch.term.text for branch in mailbox)
            return Problem.of("spf_full_keep", count=tree.lookups, terms=terms, mailbox=keep)
        return Problem.of("spf_full", count=tree.lookups, terms=terms)

    def _is_mailbox(self, branch: Branch) -> bool:
        """Tell whether a term stands for the servers of the domain's own mailboxes."""
        if branch.term.name == "mx" and branch.target == self._domain:
            return True
        if branch.target is None:
            return False
        answer = self._resolver.ask(self._domain, "MX")
        servers = [host for _preference, host in answer.exchanges[:MAX_MX] if host]
        return any(
            is_below(host, organization(branch.target))
            or _MAILBOXES.get(organization(host)) == organization(branch.target)
            for host in servers
        )


# Domain of the mail servers → domain of the SPF record, of services where these differ
_MAILBOXES = {
    "googlemail.com": "google.com",
    "mx.microsoft": "outlook.com",
    "zoho.eu": "zohomail.eu",
    "zoho.com": "zohomail.com",
}


def _joined(terms: Iterable[Term]) -> str:
    return " ".join([VERSION, *(term.text for term in terms)])


def _all(qualifier: str) -> Term:
    return Term(f"{'~' if qualifier == '+' else qualifier}all", qualifier, "all")
