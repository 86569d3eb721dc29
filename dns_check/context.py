# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What all checks of a domain share."""

import secrets
from dataclasses import dataclass, field, replace

from .expectations import Expectations
from .names import absolute, parents, relative
from .net.answer import ERRORS
from .net.planned import PlannedResolver
from .net.resolver import Resolver
from .result import Operation, Problem
from .text import Text, _

MAX_LISTED = 5


@dataclass(frozen=True)
class Context:
    """One domain in one run.

    :param domain: in ASCII
    :param is_planned: this is the DNS as it would be: nothing more is proposed
    :param label: a name below which nobody has put anything: only a wildcard answers it
    """

    domain: str
    expectations: Expectations
    resolver: Resolver
    is_planned: bool = False
    label: str = field(default_factory=lambda: secrets.token_hex(8))

    def absolute(self, host):
        return absolute(host, self.domain)

    def as_it_would_be(self, operations):
        """Return the context of the domain after these operations."""
        resolver = PlannedResolver(self.resolver, operations)
        return replace(self, resolver=resolver, is_planned=True)

    def operations(self, answer, rdtype, value, old_values=()):
        """Return what to do so that a name has this record, and none of the old ones.

        A record at an alias can be neither published nor read. Where the name serves for nothing
        else, which an underscore tells (RFC 8552), the record takes the alias's place; otherwise
        the operation is `blocked`.

        :param Answer answer: what is at the name now, of the type of the old values
        :param old_values: those to be replaced, as they are in the answer
        :rtype: list[Operation]
        """
        name = answer.name
        place = {"host": relative(name, self.domain), "domain": self.domain}
        new = {"type": rdtype, "value": value}
        if (answer.chain or old_values) and self.wildcard(name, answer):
            return [Operation("add", **place, **new, hides_wildcard=True)]
        if answer.chain:
            old = {"old_type": "CNAME", "old_value": answer.chain[0]}
            only_for_this = any(label.startswith("_") for label in place["host"].split("."))
            return [Operation("replace" if only_for_this else "blocked", **place, **new, **old)]
        operations = [
            Operation("remove", **place, old_type=answer.type, old_value=old)
            for old in old_values
            if (answer.type, old) != (rdtype, value)
        ]
        if (rdtype, value) not in [(answer.type, old) for old in answer.values]:
            first = {}
            if operations:
                gone = operations.pop(0)
                first = {"old_type": gone.old_type, "old_value": gone.old_value}
            operations.insert(0, Operation("replace" if first else "add", **place, **new, **first))
        return operations

    def wildcard(self, name, answer):
        """Return the name of the wildcard that an answer at `name` comes from, or None.

        :param str name: full
        """
        above = [place for place in (self.domain, parents(name)[0]) if place != name]
        places = dict.fromkeys(place for place in above if "." in place)
        answers = self.resolver.ask_all((f"{self.label}.{place}", answer.type) for place in places)
        for place, other in zip(places, answers, strict=True):
            same_values = answer.values and set(answer.values) <= set(other.values)
            if same_values or (answer.chain and answer.chain == other.chain):
                return f"*.{place}"
        return None

    def misplaced(self, name, rdtype, is_it):
        """Return where what belongs to `name` is instead: code, full name, value of each.

        :param is_it: function that tells it from other values
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


def misplaced_problem(context, name, found):
    """Return the `Problem` of a record that is somewhere else.

    :param tuple found: of `Context.misplaced`
    """
    code, place, _value = found
    host = relative(name, context.domain)
    return Problem.of(f"at_{code}", place=place, host=host, name=name)


def in_the_way(operations):
    """Yield the problems of operations that can't be carried out because of an alias."""
    for operation in operations:
        if operation.action == "blocked":
            yield Problem.of("alias_in_the_way", name=operation.name, target=operation.old_value)


def unanswered(answer):
    """Return the `Problem` of a question that has no answer."""
    return no_answer(answer.name, answer.error)


def no_answer(name, error):
    """Return the `Problem` of a name that nothing is known about.

    :param str error: as `Answer.error`
    """
    if error == "deadline":
        return Problem.of("out_of_time", name=name)
    return Problem.of("unanswered", name=name, reason=Text(ERRORS[error]))


def wildcard_problem(wildcard):
    return Problem.of("wildcard", wildcard=wildcard)


def absence(answer):
    """Return what is there when nothing is, as `Text`."""
    if answer.outcome == "nxdomain":
        return Text(_("The name %(name)s does not exist"), name=answer.name)
    return Text(_("%(name)s has no %(type)s record"), name=answer.name, type=answer.type)


def listed(values):
    """Return found values as `Text`, one a line; of many the first."""
    values = tuple(values)
    if len(values) <= MAX_LISTED:
        return Text("%(values)s", values=values)
    more = len(values) - MAX_LISTED
    return Text(_("%(values)s\nand %(more)s more"), values=values[:MAX_LISTED], more=more)
