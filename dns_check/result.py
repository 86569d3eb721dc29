# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a check finds, and what has to be published."""

from dataclasses import dataclass, field

from .text import Text, _

STATUSES = {
    "ok": _("Right"),
    "warning": _("Could be better"),
    "fail": _("Wrong"),
    # The DNS did not answer: nothing is known about the domain.
    "unknown": _("Could not be checked"),
    # Optional and absent, or nothing to compare with.
    "info": _("For your information"),
}

_GRAVITY = {"info": 0, "ok": 1, "warning": 2, "unknown": 3, "fail": 4}


@dataclass(frozen=True)
class Check:
    """What is the same for all results of a check: its title, and why it matters."""

    title: str
    why: str


CHECKS = {
    "ownership": Check(
        _("Ownership"),
        _("It proves to the provider that the domain is yours; without it, no mail."),
    ),
    "spf": Check(
        _("SPF record"),
        _("It lists who may send for the domain. With a mistake in it, receivers ignore it all."),
    ),
    "spf_esp": Check(
        _("SPF for the provider"),
        _("The provider's servers should be among those that may send for the domain."),
    ),
    "dkim": Check(
        _("DKIM"),
        _("The provider signs each mail; receivers find the key to the signature here."),
    ),
    "dmarc": Check(
        _("DMARC"),
        _("It tells receivers what to do with mail that only pretends to be from the domain."),
    ),
    "alignment": Check(
        _("Alignment"),
        _("DMARC passes only where DKIM or SPF passes for the domain in the From address."),
    ),
    "mx": Check(_("Incoming mail"), _("Replies and bounces go to the servers named here.")),
    "return_path": Check(
        _("Return path"), _("Where bounces go. With one of your own, SPF counts for DMARC too.")
    ),
    "tracking": Check(
        _("Tracking domain"), _("Links in mails that lead to your own domain look trustworthy.")
    ),
    "mta_sts": Check(_("MTA-STS"), _("It has other servers encrypt what they send to you.")),
    "tls_rpt": Check(_("TLS reports"), _("They tell you when encryption towards you fails.")),
    "bimi": Check(_("BIMI"), _("It shows your logo beside your mails.")),
}


@dataclass(frozen=True)
class Record:
    """A DNS record to publish.

    :param host: name below `domain`, as most DNS panels want it; "@" for the domain itself
    :param type: TXT, CNAME or MX
    :param value: what to enter as its value, without quotes
    :param domain: the domain whose zone it belongs to, in ASCII
    """

    host: str
    type: str
    value: str
    domain: str

    @property
    def name(self):
        """The full name, without final dot."""
        return self.domain if self.host == "@" else f"{self.host}.{self.domain}"

    def as_dict(self):
        """Return it as JSON-able dict, the full name included."""
        return {
            "host": self.host,
            "type": self.type,
            "value": self.value,
            "domain": self.domain,
            "name": self.name,
        }


@dataclass(frozen=True)
class Problem:
    """One thing that a check has to say about what it found.

    :param code: for programs and tests; never shown
    :param status: a key of `STATUSES`; the gravest of all problems is the result's
    :param text: what is wrong and what to do
    """

    code: str
    status: str
    text: Text

    @classmethod
    def of(cls, code, status, template, **params):
        """Return the problem whose text is a template marked with `_()` and its parameters."""
        return cls(code, status, Text(template, **params))


@dataclass(frozen=True)
class Result:
    """What a check found.

    :param name: a key of `CHECKS`
    :param status: a key of `STATUSES`
    :param found: what the DNS has, or None where nothing was asked
    :param expected: what it should have, or None where anything valid will do
    :param problems: in the order of their gravity
    :param facts: JSON-able; which there are, the check's own docstring says
    :param records: what to publish to put it right
    """

    name: str
    status: str
    found: Text | None = None
    expected: Text | None = None
    problems: tuple[Problem, ...] = ()
    facts: dict = field(default_factory=dict)
    records: tuple[Record, ...] = ()

    @property
    def title(self):
        return Text(CHECKS[self.name].title)

    @property
    def why(self):
        return Text(CHECKS[self.name].why)

    @property
    def advice(self):
        """What is wrong and what to do, the gravest first: a tuple of `Text`."""
        return tuple(problem.text for problem in self.problems)

    @property
    def codes(self):
        """The codes of the problems: a set of str."""
        return {problem.code for problem in self.problems}

    def as_dict(self):
        """Return it as JSON-able dict, texts in English."""
        return {
            "name": self.name,
            "status": self.status,
            "title": str(self.title),
            "why": str(self.why),
            "found": None if self.found is None else str(self.found),
            "expected": None if self.expected is None else str(self.expected),
            "advice": [str(text) for text in self.advice],
            "problems": [problem.code for problem in self.problems],
            "facts": self.facts,
            "records": [record.as_dict() for record in self.records],
        }


def conclude(name, problems=(), base="ok", **fields):
    """Return the `Result` whose status is the gravest of its problems'.

    :param str base: status without any problem
    :param fields: the other fields of `Result`
    """
    ordered = tuple(sorted(problems, key=lambda problem: -_GRAVITY[problem.status]))
    status = max([base, *(problem.status for problem in ordered)], key=_GRAVITY.__getitem__)
    return Result(name, status, problems=ordered, **fields)
