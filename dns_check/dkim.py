# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The DKIM keys that the provider signs with."""

from .answer import DATA
from .context import absence, listed, misplaced_problem, unanswered, wildcard_problem
from .damage import repaired
from .dkim_key import key_value, looks_like_key, read_key
from .names import to_ascii
from .result import Problem, conclude
from .text import Text, _

# Problems beside which it says nothing that the key is another
_UNREADABLE = frozenset(
    ("pasted", "dkim_base64", "dkim_cut", "dkim_no_key", "dkim_revoked", "dkim_unreadable")
)


def check_dkim(context):
    """Return the result of the check `dkim`.

    Facts: keys, for each name, usable (None: not known), type, bits, testing, same (as expected;
    None: nothing to compare with), cname (the first target), records (how many TXT records).
    """
    keys = context.expectations.dkim
    if not keys:
        problem = Problem.of(
            "dkim_not_known",
            "info",
            _("Enter the DKIM selector that %(provider)s gave you to have it checked."),
            provider=context.expectations.provider,
        )
        return conclude("dkim", [problem], base="info", facts={"keys": []})
    names = [context.absolute(key.host) for key in keys]
    answers = context.resolver.ask_all((name, "TXT") for name in names)
    problems, facts, found, records, expected = [], [], [], [], []
    for key, name, answer in zip(keys, names, answers, strict=True):
        one = _KeyCheck(context, key, name, answer)
        one.run()
        problems += one.problems
        facts.append(one.facts)
        found += one.found
        records += one.records
        if key.cname or key.value:
            kind, value = ("CNAME", key.cname) if key.cname else ("TXT", key.value)
            text = Text(_("%(type)s %(name)s = %(value)s"), type=kind, name=name, value=value)
            expected.append(text)
    return conclude(
        "dkim",
        problems,
        found=listed(found) if found else None,
        expected=listed(expected) if expected else None,
        facts={"keys": facts},
        records=tuple(records),
    )


class _KeyCheck:
    """The check of one expected key; `run` fills in what it finds."""

    def __init__(self, context, key, name, answer):
        self._context = context
        self._key = key
        self._name = name
        self._answer = answer
        self._wanted = key_value(key.value) if key.value else None
        self.problems = []
        self.found = []
        self.records = []
        self.facts = {
            "name": name,
            "usable": False,
            "type": None,
            "bits": None,
            "testing": False,
            "same": None,
            "cname": answer.chain[0] if answer.chain else None,
            "records": len(answer.values),
        }

    def run(self):
        answer = self._answer
        self.found = list(answer.values)
        if answer.chain:
            chain = " → ".join([self._name, *answer.chain])
            self.found.insert(0, Text(_("CNAME %(chain)s"), chain=chain))
        if self._key.cname:
            self._check_target()
        if answer.failed:
            self.facts["usable"] = None
            self.problems.append(unanswered(answer))
        elif answer.void:
            self._missing()
        else:
            self._check_values()
        if any(problem.status == "fail" for problem in self.problems):
            self.facts["usable"] = False
            if self._key.cname:
                self.records = [self._context.record(self._name, "CNAME", self._key.cname)]
            elif self._key.value:
                self.records = [self._context.record(self._name, "TXT", self._key.value.strip())]

    def _problem(self, code, template, status="fail", **params):
        self.problems.append(Problem.of(code, status, template, name=self._name, **params))

    def _check_target(self):
        wanted = to_ascii(self._key.cname)
        first = self.facts["cname"]
        if first is not None and first != wanted:
            template = _("%(name)s is a CNAME of %(found)s; it should be one of %(wanted)s.")
            self._problem("dkim_target", template, found=first, wanted=wanted)
        elif first is None and self._answer.outcome == DATA:
            template = _("%(name)s has a TXT record of its own; a CNAME of %(wanted)s is wanted.")
            self._problem("dkim_no_cname", template, wanted=wanted)

    def _missing(self):
        self.found.append(absence(self._answer))
        if self._answer.chain:
            template = _("%(name)s is a CNAME that leads to nothing: %(target)s has no key.")
            self._problem("dkim_dangling", template, target=self._answer.chain[-1])
            return
        found = self._context.misplaced(self._name, "TXT", self._is_it)
        if found:
            self.problems.append(misplaced_problem(self._context, self._name, found[0]))
        elif self._key.value or self._key.cname:
            self._problem("dkim_missing", _("There is no key at %(name)s. Publish it."))
        else:
            self._problem(
                "dkim_missing",
                _("There is no key at %(name)s. %(provider)s tells you what to publish."),
                provider=self._context.expectations.provider,
            )

    def _is_it(self, value):
        found = key_value(repaired(value))
        return bool(found) and (found == self._wanted or self._wanted is None)

    def _check_values(self):
        keys = [value for value in self._answer.values if looks_like_key(value)]
        if not keys:
            self._problem("dkim_none", _("What is at %(name)s is not a DKIM key."))
            self._check_wildcard()
            return
        if len(self._answer.values) > 1:
            template = _("%(name)s has %(count)s TXT records; there may be only one.")
            self._problem("dkim_several", template, count=len(self._answer.values))
        # Nobody knows which of several a receiver takes; the right one has the least to say.
        right = [value for value in keys if self._wanted and key_value(value) == self._wanted]
        key = read_key([*right, *keys][0], self._name)
        self.problems += key.problems
        self.facts.update(usable=key.usable, type=key.type, bits=key.bits, testing=key.testing)
        if self._wanted:
            self.facts["same"] = key.p == self._wanted
            readable = not _UNREADABLE & {problem.code for problem in key.problems}
            if not self.facts["same"] and readable:
                self._other_key(key)
        self._check_wildcard()

    def _other_key(self, key):
        found = key.p or ""
        if found and self._wanted.startswith(found):
            template = _("%(name)s: the key is cut off behind %(count)s characters of %(all)s.")
            self._problem("dkim_cut", template, count=len(found), all=len(self._wanted))
            return
        self._problem(
            "dkim_other",
            _("%(name)s has another key: %(found)s. %(provider)s signs with %(wanted)s."),
            found=_ends(found),
            wanted=_ends(self._wanted),
            provider=self._context.expectations.provider,
        )

    def _check_wildcard(self):
        if self.problems and not self.facts["same"]:
            wildcard = self._context.wildcard(self._name, self._answer.values)
            if wildcard:
                self.problems.append(wildcard_problem(wildcard))


def _ends(key):
    """Return the two ends of a key: all begin alike, and hardly anybody compares the middle."""
    return key if len(key) <= 60 else f"{key[:44]}…{key[-16:]}"
