# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What all checks of a domain share."""

import secrets
from dataclasses import dataclass

from .expectations import Expectations
from .names import absolute, parents, relative
from .resolver import Resolver
from .result import Problem, Record
from .text import Text, _

MAX_LISTED = 5


@dataclass(frozen=True)
class Context:
    """One domain in one run.

    :param domain: in ASCII
    """

    domain: str
    expectations: Expectations
    resolver: Resolver

    def absolute(self, host):
        return absolute(host, self.domain)

    def record(self, name, rdtype, value):
        """Return the record to publish at a full name."""
        return Record(relative(name, self.domain), rdtype, value, self.domain)

    def wildcard(self, name, values):
        """Return the name of the wildcard that the values at `name` come from, or None.

        :param str name: full, below the domain
        """
        places = dict.fromkeys([self.domain, parents(name)[0]])
        label = secrets.token_hex(8)
        answers = self.resolver.ask_all((f"{label}.{place}", "TXT") for place in places)
        for place, answer in zip(places, answers, strict=True):
            if values and set(values) <= set(answer.values):
                return f"*.{place}"
        return None

    def misplaced(self, name, rdtype, is_it):
        """Return where what belongs to `name` is instead: pairs of code and full name.

        :param is_it: function that tells it from other values
        """
        host = relative(name, self.domain)
        places = {
            "doubled": f"{name}.{self.domain}",
            "apex": self.domain,
            "parent": f"{host}.{parents(self.domain)[0]}",
        }
        if host.count("."):
            places["cut"] = parents(name)[0]
        places = {code: place for code, place in places.items() if place != name}
        answers = self.resolver.ask_all((place, rdtype) for place in places.values())
        return [
            (code, place)
            for (code, place), answer in zip(places.items(), answers, strict=True)
            if any(is_it(value) for value in answer.values)
        ]


_MISPLACED = {
    "doubled": _(
        "It is at %(place)s: the DNS panel added the domain again. Enter only “%(host)s” as its "
        "name."
    ),
    "apex": _("It is at %(place)s itself, but it belongs to the name “%(host)s” (%(name)s)."),
    "parent": _("It is at %(place)s, but it belongs to %(name)s."),
    "cut": _("It is at %(place)s, but it belongs to %(name)s."),
}


def misplaced_problem(context, name, found):
    """Return the `Problem` of a record that is somewhere else.

    :param tuple found: of `Context.misplaced`
    """
    code, place = found
    host = relative(name, context.domain)
    return Problem.of(f"at_{code}", "fail", _MISPLACED[code], place=place, host=host, name=name)


def unanswered(answer):
    """Return the `Problem` of a question that has no answer."""
    return Problem.of(
        "unanswered",
        "unknown",
        _("%(name)s: %(reason)s. Check again later."),
        name=answer.name,
        reason=answer.reason,
    )


def wildcard_problem(wildcard):
    return Problem.of(
        "wildcard",
        "warning",
        _("The answer comes from %(wildcard)s, which answers for every name."),
        wildcard=wildcard,
    )


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
