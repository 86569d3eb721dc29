# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a check finds, and what to do about it in the DNS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from .messages import MESSAGES
from .text import Text, _

STATUSES = {
    "ok": _("Right"),
    "warning": _("Could be better"),
    "fail": _("Wrong"),
    # The DNS did not answer: nothing is known about the domain.
    "unknown": _("Could not be checked"),
    # Optional and absent, or nothing to compare with
    "info": _("For your information"),
}

# The greatest number of words and spaces of two values that are compared one by one
MAX_PIECES = 1000

# Name → what a check found out, JSON-able. The docstring of each check lists its facts.
Facts = dict[str, Any]

_GRAVITY = {"info": 0, "ok": 1, "warning": 2, "unknown": 3, "fail": 4}


@dataclass(frozen=True)
class Check:
    """What is the same for all results of a check: its title, and why it matters."""

    title: str
    why: str


CHECKS = {
    "ownership": Check(
        _("Ownership"),
        _(
            "This record proves to the provider that the domain is yours. Without it, no "
            "mail is sent."
        ),
    ),
    "spf": Check(
        _("SPF record"),
        _("SPF is the list of servers that may send mail for your domain."),
    ),
    "spf_esp": Check(
        _("SPF for the provider"),
        _("The list must contain the provider's servers."),
    ),
    "dkim": Check(
        _("DKIM"),
        _("The provider signs each mail. Receivers use this key to verify the signature."),
    ),
    "dmarc": Check(
        _("DMARC"),
        _("DMARC tells receivers what to do with forged mail in your domain's name."),
    ),
    "alignment": Check(
        _("Alignment"),
        _("DMARC requires that DKIM or SPF passes for the domain of the sender's address."),
    ),
    "mx": Check(_("Incoming mail"), _("Replies and bounces go to these mail servers.")),
    "return_path": Check(
        _("Return path"),
        _("Undeliverable mail goes back to this domain. If it is your own, SPF counts for DMARC."),
    ),
    "tracking": Check(
        _("Tracking domain"),
        _("Links in your mails look more trustworthy if they lead to your own domain."),
    ),
    "mta_sts": Check(
        _("MTA-STS"), _("MTA-STS makes other servers encrypt the mail that they send to you.")
    ),
    "tls_rpt": Check(
        _("TLS reports"), _("TLS reports tell you when mail to you is not encrypted.")
    ),
    "bimi": Check(_("BIMI"), _("BIMI shows your logo next to your mails.")),
}

ACTIONS = {
    "add": _("Add this record"),
    "replace": _("Replace this record"),
    "remove": _("Remove this record"),
    "blocked": _("Nothing can be published here"),
}


@dataclass(frozen=True)
class Operation:
    """One thing to do in the DNS.

    :param action: add, replace or remove; or blocked: the record would be right, but other records
        of the name, which must stay, make it impossible
    :param host: name below `domain`, as most DNS services want it; "@" for the domain itself
    :param domain: the domain of the zone, in ASCII
    :param type: of the record to publish; None to remove a record
    :param value: of the record to publish, without quotes; None to remove a record
    :param old_type: of the record to remove; with `blocked`, of the record that must stay
    :param old_value: value of that record
    :param hides_wildcard: the present answer comes from a wildcard, which the new record hides
    """

    action: str
    host: str
    domain: str
    type: str | None = None
    value: str | None = None
    old_type: str | None = None
    old_value: str | None = None
    hides_wildcard: bool = False

    @property
    def name(self) -> str:
        """The full name, without final dot."""
        return self.domain if self.host == "@" else f"{self.host}.{self.domain}"

    @property
    def publishes(self) -> bool:
        """Whether there is a record to enter."""
        return self.action in ("add", "replace")

    @property
    def difference(self) -> list[list[str]]:
        """What changes from the old value to the new one: [change, text], in order.

        The change is same, gone or new. The texts that aren't gone give the new value.
        """
        if self.action != "replace" or self.old_value is None or self.value is None:
            return []
        old, new = _pieces(self.old_value), _pieces(self.value)
        if len(old) + len(new) > MAX_PIECES:
            return [["gone", self.old_value], ["new", self.value]]
        found = []
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            if tag == "equal":
                found.append(["same", "".join(old[old_from:old_to])])
            else:
                found.append(["gone", "".join(old[old_from:old_to])])
                found.append(["new", "".join(new[new_from:new_to])])
        return [piece for piece in found if piece[1]]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-able dict, the full name and what changes included."""
        found = {**vars(self), "name": self.name, "difference": self.difference}
        del found["hides_wildcard"]  # it matters only while the proposal is made
        return found


def _pieces(text: str) -> list[str]:
    return re.findall(r"[^\s;]+|\s+|;", text)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth knowing.

    :param code: a key of `MESSAGES`, for programs and tests; never shown
    :param status: a key of `STATUSES`; a result has the worst status of its problems
    :param params: for the sentences of the message
    :param by_hand: no operation solves it
    """

    code: str
    status: str
    params: dict[str, object] = field(default_factory=dict)
    by_hand: bool = False

    @classmethod
    def of(cls, code: str, status: str | None = None, /, **params: object) -> Problem:
        """Return a problem.

        :param status: default: that of the message
        """
        return cls(code, status or MESSAGES[code].status, params)

    @property
    def texts(self) -> tuple[Text, ...]:
        """What is wrong, what that leads to, and what to do: up to three `Text`s."""
        message = MESSAGES[self.code]
        todo = message.by_hand if self.by_hand and message.by_hand else message.todo
        templates = filter(None, (message.wrong, message.leads_to, todo))
        return tuple(Text(template, **self.params) for template in templates)

    def __str__(self) -> str:
        return " ".join(map(str, self.texts))


@dataclass(frozen=True)
class Result:
    """What a check found.

    :param name: a key of `CHECKS`
    :param status: a key of `STATUSES`
    :param found: what the DNS has; None if nothing was asked
    :param expected: what the DNS should have; None if anything valid is right
    :param problems: the worst first
    :param facts: see the docstring of the check
    :param operations: all that must be done in the DNS to solve the problems
    """

    name: str
    status: str
    found: Text | None = None
    expected: Text | None = None
    problems: tuple[Problem, ...] = ()
    facts: Facts = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()

    @property
    def codes(self) -> set[str]:
        """The codes of the problems."""
        return {problem.code for problem in self.problems}


def conclude(
    name: str,
    problems: Iterable[Problem] = (),
    base: str = "ok",
    operations: Sequence[Operation] = (),
    others: Sequence[Operation] = (),
    *,
    found: Text | None = None,
    expected: Text | None = None,
    facts: Facts | None = None,
) -> Result:
    """Return the result of a check. It has the worst status of its problems.

    :param base: the status if there are no problems
    :param operations: what to do; without any, the problems say what to do by hand
    :param others: operations that solve only the problem that mentions them
    """
    by_hand = not any(operation.action != "blocked" for operation in operations)
    ordered = tuple(
        replace(problem, by_hand=by_hand)
        for problem in sorted(problems, key=lambda problem: -_GRAVITY[problem.status])
    )
    status = max([base, *(problem.status for problem in ordered)], key=_GRAVITY.__getitem__)
    return Result(name, status, found, expected, ordered, facts or {}, (*operations, *others))
