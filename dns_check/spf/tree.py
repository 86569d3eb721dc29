# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The tree of an SPF record: all terms that it leads to, for any sender.

A receiver stops at the first term that matches, but an administrator needs to know all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from ..net.answer import DATA, Answer, Questions
from .evaluate import MAX_MX
from .prefetch import MAX_NAMES
from .record import SpfRecord, Term, is_spf, parse

# The greatest number of mail servers of one name whose addresses are read
MAX_HOSTS = 20


@dataclass
class Branch:
    """One term for which a receiver asks the DNS, and what it leads to.

    :param domain: the domain whose record has the term
    :param target: the name that is asked for; None if it contains macros
    :param state: ok, void, none (the target has no SPF record), several, syntax, loop, mx (over 10
        names), error (no answer), macros (depends on the mail), or beyond (was not followed)
    :param error: as `Answer.error`, for the state error
    :param tree: of an include or redirect
    """

    term: Term
    domain: str
    target: str | None = None
    state: str = "ok"
    error: str | None = None
    tree: Tree | None = None

    @property
    def lookups(self) -> int:
        """How many of the 10 look-ups it needs, with all branches below."""
        return 1 + (self.tree.lookups if self.tree else 0)

    def walk(self) -> Iterator[Branch]:
        """Yield this branch and all branches below."""
        yield self
        if self.tree:
            yield from self.tree.walk()

    def records(self) -> Iterable[SpfRecord]:
        """Return all records below."""
        return self.tree.records() if self.tree else ()

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "term": self.term.text,
            "lookups": self.lookups,
            "state": self.state,
        }
        if self.tree:
            found["tree"] = self.tree.as_dict()
        return found


@dataclass
class Tree:
    """The record of a domain and its branches."""

    domain: str
    record: SpfRecord
    branches: list[Branch] = field(default_factory=list)

    @property
    def lookups(self) -> int:
        return sum(branch.lookups for branch in self.branches)

    def walk(self) -> Iterator[Branch]:
        """Yield all branches, each before the branches below it."""
        for branch in self.branches:
            yield from branch.walk()

    def records(self) -> Iterator[SpfRecord]:
        """Yield the record itself and all records below."""
        yield self.record
        for branch in self.branches:
            yield from branch.records()

    def anybody(self) -> Iterator[Term]:
        """Yield the terms of the record itself that allow anybody to send."""
        branches = {id(branch.term): branch for branch in self.branches}
        for term in self.record.effective:
            if term.qualifier in ("+", "") and _lets_anybody(term, branches.get(id(term))):
                yield term

    def as_dict(self) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "record": self.record.text[:4000],
            "lookups": self.lookups,
            "terms": [branch.as_dict() for branch in self.branches],
        }


def _lets_anybody(term: Term, branch: Branch | None) -> bool:
    if term.network is not None:
        return term.network.prefixlen == 0
    return term.name == "all" or bool(branch and branch.tree and any(branch.tree.anybody()))


class Walker:
    """Makes the tree of a record, once, with at most `MAX_NAMES` terms."""

    def __init__(self, resolver: Questions) -> None:
        self._resolver = resolver
        self._left = MAX_NAMES

    def tree(self, domain: str, text: str, path: tuple[str, ...] = ()) -> Tree:
        """Return the tree of a record.

        :param path: the domains whose records lead to it
        """
        record = parse(text, domain)
        tree = Tree(domain, record)
        for term in record.effective:
            if self._left < 0:
                break
            if term.counted:
                tree.branches.append(self._branch(term, domain, (*path, domain)))
        return tree

    def _branch(self, term: Term, domain: str, path: tuple[str, ...]) -> Branch:
        branch = Branch(term, domain)
        if term.has_macros:
            branch.state = "macros"
            return branch
        branch.target = target = (term.target or domain).removesuffix(".").lower()
        self._left -= 1
        if self._left < 0:
            branch.state = "beyond"
        elif term.name in ("include", "redirect"):
            self._descend(branch, target, path)
        elif term.name == "mx":
            self._settle(branch, self._resolver.ask(target, "MX"))
        elif term.name == "exists":
            self._settle(branch, self._resolver.ask(target, "A"))
        elif term.name == "a":
            answers = self._resolver.ask_all([(target, "A"), (target, "AAAA")])
            self._settle(branch, *answers)
        return branch

    def _settle(self, branch: Branch, *answers: Answer) -> None:
        failed = next((answer for answer in answers if answer.failed), None)
        if failed:
            branch.state, branch.error = "error", failed.error
        elif all(answer.void for answer in answers):
            branch.state = "void"
        elif branch.term.name == "mx" and len(answers[0].exchanges) > MAX_MX:
            branch.state = "mx"

    def _descend(self, branch: Branch, target: str, path: tuple[str, ...]) -> None:
        if target in path:
            branch.state = "loop"
            return
        answer = self._resolver.ask(target, "TXT")
        records = [value for value in answer.values if is_spf(value)]
        if answer.failed:
            branch.state, branch.error = "error", answer.error
        elif not records:
            branch.state = "none"
        elif len(records) > 1:
            branch.state = "several"
        else:
            branch.tree = self.tree(target, records[0], path)
            if branch.tree.record.mistakes:
                branch.state = "syntax"


def addresses(resolver: Questions, tree: Tree | Branch) -> list[str]:
    """Return one address of each network in a tree or branch."""
    networks: list[IPv4Network | IPv6Network] = []
    for record in tree.records():
        networks += [term.network for term in record.terms if term.network is not None]
    for branch in tree.walk():
        if branch.term.name in ("a", "mx") and branch.target:
            networks += map(ip_network, host_addresses(resolver, branch))
    return [str(network.network_address) for network in dict.fromkeys(networks)]


def host_addresses(resolver: Questions, branch: Branch) -> list[str]:
    """Return the addresses of the servers of a branch with the term `a` or `mx`."""
    target = branch.target or branch.domain
    hosts = [target]
    if branch.term.name == "mx":
        exchanges = sorted(resolver.ask(target, "MX").exchanges)
        hosts = [host for _preference, host in exchanges if host][:MAX_HOSTS]
    questions = [(host, rdtype) for host in hosts for rdtype in ("A", "AAAA")]
    answers = resolver.ask_all(questions)
    return [value for answer in answers if answer.outcome == DATA for value in answer.values]
