# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The DKIM keys that the provider signs with."""

from __future__ import annotations

from ..context import Context, absence, in_the_way, listed, misplaced_problem, unanswered
from ..expectations import DkimKey
from ..names import to_ascii
from ..net.answer import DATA, Answer
from ..paste_errors import repaired
from ..result import Facts, Operation, Problem, Result, conclude
from ..text import Text, _
from .key import Key, key_value, looks_like_key, read_key

# With one of these problems, it is no news that the key is another.
_UNREADABLE = frozenset(
    ("dkim_pasted", "dkim_base64", "dkim_cut", "dkim_no_key", "dkim_revoked", "dkim_unreadable")
)


def check_dkim(context: Context) -> Result:
    """Return the result of the check `dkim`.

    Facts: keys, a list of dicts: name, usable (None: not known), type, bits, testing, same (as
    expected; None: nothing to compare with), cname (the first target), records (the number of TXT
    records).
    """
    keys = context.expectations.dkim
    if not keys:
        problem = Problem.of("dkim_not_known", provider=context.expectations.provider)
        return conclude("dkim", [problem], base="info", facts={"keys": []})
    names = [context.absolute(key.host) for key in keys]
    answers = context.resolver.ask_all((name, "TXT") for name in names)
    problems: list[Problem] = []
    facts: list[Facts] = []
    found: list[str | Text] = []
    operations: list[Operation] = []
    expected: list[Text] = []
    for key, name, answer in zip(keys, names, answers, strict=True):
        one = _KeyCheck(context, key, name, answer)
        one.run()
        problems += one.problems
        facts.append(one.facts)
        found += one.found
        operations += one.operations
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
        operations=operations,
    )


class _KeyCheck:
    """The check of one expected key; `run` fills in what it finds."""

    def __init__(self, context: Context, key: DkimKey, name: str, answer: Answer) -> None:
        self._context = context
        self._key = key
        self._name = name
        self._answer = answer
        self._provider = context.expectations.provider
        self._wanted = key_value(key.value) if key.value else None
        self.problems: list[Problem] = []
        self.found: list[str | Text] = []
        self.operations: list[Operation] = []
        self.facts: Facts = {
            "name": name,
            "usable": False,
            "type": None,
            "bits": None,
            "testing": False,
            "same": None,
            "cname": answer.chain[0] if answer.chain else None,
            "records": len(answer.values),
        }

    def run(self) -> None:
        answer = self._answer
        self.found = list(answer.values)
        if answer.chain:
            chain = " → ".join([self._name, *answer.chain])
            self.found.insert(0, Text(_("CNAME %(chain)s"), chain=chain))
        if self._key.cname:
            self._check_target(to_ascii(self._key.cname))
        if answer.failed:
            self.facts["usable"] = None
            self.problems.append(unanswered(answer))
        elif answer.void:
            self._missing()
        else:
            self._check_values()
        if any(problem.status == "fail" for problem in self.problems):
            self.facts["usable"] = False
            self._propose(answer)
        elif "dkim_testing" in {problem.code for problem in self.problems} and not answer.chain:
            self._propose(answer)

    def _propose(self, answer: Answer) -> None:
        if self._key.cname:
            new = ("CNAME", self._key.cname)
        elif self._key.value:
            new = ("TXT", self._key.value.strip())
        else:
            return
        if answer.failed and not answer.chain:
            return  # it is not known what is there
        # All values are replaced: a key must be the only TXT record of its name.
        self.operations = self._context.operations(answer, *new, sorted(answer.values))
        self.problems += in_the_way(self.operations)

    def _problem(self, code: str, status: str | None = None, **params: object) -> None:
        params |= {"name": self._name, "provider": self._provider}
        self.problems.append(Problem.of(code, status, **params))

    def _check_target(self, wanted: str) -> None:
        first = self.facts["cname"]
        if first is not None and first != wanted:
            self._problem("dkim_target", found=first, wanted=wanted)
        elif first is None and self._answer.outcome == DATA:
            self._problem("dkim_no_cname", wanted=wanted)

    def _missing(self) -> None:
        self.found.append(absence(self._answer))
        if self._answer.chain and not self._context.wildcard(self._name, self._answer):
            self._problem("dkim_dangling", target=self._answer.chain[-1])
            return
        found = self._context.misplaced(self._name, "TXT", self._is_it)
        if found:
            self.problems.append(misplaced_problem(self._context, self._name, found[0]))
        else:
            self._problem("dkim_missing")

    def _is_it(self, value: str) -> bool:
        found = key_value(repaired(value))
        return bool(found) and (found == self._wanted or self._wanted is None)

    def _check_values(self) -> None:
        keys = [value for value in self._answer.values if looks_like_key(value)]
        if not keys:
            self._problem("dkim_none")
            self._check_wildcard()
            return
        if len(self._answer.values) > 1:
            self._problem("dkim_several", count=len(self._answer.values))
        # A receiver may use any of them. The right key gives the fewest further problems.
        right = [value for value in keys if self._wanted and key_value(value) == self._wanted]
        key = read_key([*right, *keys][0], self._name, self._provider)
        self.problems += key.problems
        self.facts.update(usable=key.usable, type=key.type, bits=key.bits, testing=key.testing)
        if self._wanted:
            self.facts["same"] = key.p == self._wanted
            readable = not _UNREADABLE & {problem.code for problem in key.problems}
            if not self.facts["same"] and readable:
                self._other_key(key, self._wanted)
        self._check_wildcard()

    def _other_key(self, key: Key, wanted: str) -> None:
        found = key.p or ""
        if found and wanted.startswith(found):
            self._problem("dkim_cut")
        else:
            self._problem("dkim_other", found=_ends(found), wanted=_ends(wanted))

    def _check_wildcard(self) -> None:
        if self.problems and not self.facts["same"]:
            wildcard = self._context.wildcard(self._name, self._answer)
            if wildcard:
                self.problems.append(Problem.of("wildcard", wildcard=wildcard))


def _ends(key: str) -> str:
    """Return the beginning and the end of a key, which are enough to compare keys by eye."""
    return key if len(key) <= 60 else f"{key[:44]}…{key[-16:]}"
