# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Functions and data that all checks of a domain use."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .expectations import Expectations
from .names import absolute, parents, relative
from .net.answer import ERRORS, Answer, Questions
from .net.planned import PlannedResolver
from .result import Operation, Problem
from .text import Text, _

MAX_LISTED = 5

# The code of `Context.misplaced`, the full name of the place, and the value there
Misplaced = tuple[str, str, str]


@dataclass(frozen=True)
class Context:
    """One domain in one run.

    :param domain: in ASCII
    :param is_planned: the resolver answers as the DNS would after the proposed changes, so that
        nothing more is proposed
    :param label: a random label that no zone has, so that only a wildcard answers it
    """

    domain: str
    expectations: Expectations
    resolver: Questions
    is_planned: bool = False
    label: str = field(default_factory=lambda: secrets.token_hex(8))

    def absolute(self, host: str) -> str:
        """Return the full name of a host of the domain, see `names.absolute`."""
        return absolute(host, self.domain)

    def as_it_would_be(self, operations: Iterable[Operation]) -> Context:
        """Return the context of the domain after these operations."""
        resolver = PlannedResolver(self.resolver, operations)
        return replace(self, resolver=resolver, is_planned=True)

    def operations(
        self, answer: Answer, rdtype: str, value: str, old_values: Sequence[str] = ()
    ) -> list[Operation]:
        """Return what to do so that a name has this record and none of the old ones.

        An alias cannot have records of its own. If its name has an underscore, which means that it
        has no other purpose (RFC 8552), the record replaces the alias. Otherwise the operation is
        `blocked`.

        :param answer: what the name has now, of the type of the old values
        :param old_values: values of the answer to replace
        """
        name = answer.name
        host = relative(name, self.domain)
        new = Operation("add", host, self.domain, rdtype, value)
        if (answer.chain or old_values) and self.wildcard(name, answer):
            return [replace(new, hides_wildcard=True)]
        if answer.chain:
            only_for_this = any(label.startswith("_") for label in host.split("."))
            action = "replace" if only_for_this else "blocked"
            return [replace(new, action=action, old_type="CNAME", old_value=answer.chain[0])]
        old = [one for one in old_values if (answer.type, one) != (rdtype, value)]
        operations = []
        if answer.type != rdtype or value not in answer.values:
            if old:
                new = replace(new, action="replace", old_type=answer.type, old_value=old.pop(0))
            operations.append(new)
        return operations + [
            Operation("remove", host, self.domain, old_type=answer.type, old_value=one)
            for one in old
        ]

    def wildcard(self, name: str, answer: Answer) -> str | None:
        """Return the wildcard from which an answer comes, such as `*.example.com`, or None.

        :param name: the full name of the question
        """
        above = [place for place in (self.domain, parents(name)[0]) if place != name]
        places = dict.fromkeys(place for place in above if "." in place)
        answers = self.resolver.ask_all((f"{self.label}.{place}", answer.type) for place in places)
        for place, other in zip(places, answers, strict=True):
            same_values = answer.values and set(answer.values) <= set(other.values)
            if same_values or (answer.chain and answer.chain == other.chain):
                return f"*.{place}"
        return None

    def misplaced(self, name: str, rdtype: str, is_it: Callable[[str], bool]) -> list[Misplaced]:
        """Return the wrong places of a record that belongs to `name`.

        :param name: full
        :param is_it: tells whether a value is that of the record
        """
        host = relative(name, self.domain)
        if host == "@":
            return []
        places = {
            "doubled": f"{name}.{self.domain}",
            "apex": self.domain,
            "parent": f"{host}.{parents(self.domain)[0]}",
            "underscore": f"{host.replace('_', '')}.{self.domain}",
        }
        if host.count("."):
            places["cut"] = parents(name)[0]
        places = {code: place for code, place in places.items() if place != name}
        answers = self.resolver.ask_all((place, rdtype) for place in places.values())
        return [
            ("parent" if code == "cut" else code, place, value)
            for (code, place), answer in zip(places.items(), answers, strict=True)
            for value in answer.values
            if is_it(value)
        ]


def misplaced_problem(context: Context, name: str, found: Misplaced) -> Problem:
    """Return the problem of a record in a wrong place.

    :param name: where the record belongs
    """
    code, place, _value = found
    host = relative(name, context.domain)
    return Problem.of(f"at_{code}", place=place, host=host, name=name)


def in_the_way(operations: Iterable[Operation]) -> Iterator[Problem]:
    """Yield the problems of operations that are blocked by an alias."""
    for operation in operations:
        if operation.action == "blocked":
            yield Problem.of("alias_in_the_way", name=operation.name, target=operation.old_value)


def unanswered(answer: Answer) -> Problem:
    """Return the problem of a question that was not answered."""
    return no_answer(answer.name, answer.error or "")


def no_answer(name: str, error: str) -> Problem:
    """Return the problem of a name about which nothing is known.

    :param error: as `Answer.error`
    """
    if error == "deadline":
        return Problem.of("out_of_time", name=name)
    return Problem.of("unanswered", name=name, reason=Text(ERRORS[error]))


def absence(answer: Answer) -> Text:
    """Return the text that says that there is no record."""
    if answer.outcome == "nxdomain":
        return Text(_("The name %(name)s does not exist"), name=answer.name)
    return Text(_("%(name)s has no %(type)s record"), name=answer.name, type=answer.type)


def listed(values: Iterable[str | Text]) -> Text:
    """Return a text with one value a line; of many values only the first `MAX_LISTED`."""
    values = tuple(values)
    if len(values) <= MAX_LISTED:
        return Text("%(values)s", values=values)
    more = len(values) - MAX_LISTED
    return Text(_("%(values)s\nand %(more)s more"), values=values[:MAX_LISTED], more=more)
