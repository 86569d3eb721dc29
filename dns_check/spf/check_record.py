# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is the SPF record valid, and is there exactly one?"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import Context, absence, in_the_way, listed, unanswered
from ..net.answer import Answer
from ..result import Facts, Operation, Problem, Result, conclude
from ..text import Text, _
from .problems import record_problems
from .record import VERSION
from .spf import Spf, why_none

MAX_TEXT = 450  # octets of the record, so that the answer fits into 512 (RFC 7208 3.4)
MAX_ANSWER = 512

# Problems that a new record does not solve
_ELSEWHERE = frozenset(("spf_type", "spf_ptr"))


def check_spf(spf: Spf) -> Result:
    """Return the result of the check `spf`.

    Facts: record (None: there isn't exactly one), records, lookups, voids, void_terms, all (its
    qualifier; None: there is none), octets, tree (`Tree.as_dict`).
    """
    facts: Facts = {"record": None, "records": [text[:4000] for text in spf.texts], "lookups": 0}
    facts |= {"voids": 0, "void_terms": [], "all": None, "octets": 0, "tree": None}
    if spf.answer.failed:
        return conclude("spf", [unanswered(spf.answer)], facts=facts)
    problems = list(selection_problems(spf))
    if len(spf.texts) == 1:
        tree = spf.trees[0]
        void = [branch for branch in tree.walk() if branch.state == "void"]
        end = tree.record.all
        facts.update(
            record=spf.texts[0][:4000],
            lookups=tree.lookups,
            voids=len(void),
            void_terms=[branch.term.text for branch in void],
            all=end.qualifier if end else None,
            octets=len(spf.texts[0].encode("utf-8", "surrogateescape")),
            tree=tree.as_dict(),
        )
        problems += [*record_problems(tree), *size_problems(spf)]
    operations = []
    wrong = [problem for problem in problems if problem.status in ("fail", "warning")]
    if any(problem.code not in _ELSEWHERE for problem in wrong):
        operations = spf.operations
        problems += [*spf.proposal.notes, *in_the_way(operations)]
    removals = removals_of_type_spf(spf.context)
    if removals:
        problems.append(Problem.of("spf_type"))
    found = listed(spf.texts or spf.mistaken) if spf.texts or spf.mistaken else None
    return conclude(
        "spf",
        problems,
        operations=operations,
        others=removals,
        found=found or absence_of_spf(spf.answer),
        expected=Text("%(value)s", value=spf.proposal.text) if operations else None,
        facts=facts,
    )


def removals_of_type_spf(context: Context) -> list[Operation]:
    """Return the operations that remove records of the old type SPF (RFC 7208 3.1)."""
    answer = context.resolver.ask(context.domain, "SPF")
    return [
        Operation("remove", "@", context.domain, old_type="SPF", old_value=value)
        for value in answer.values
    ]


def selection_problems(spf: Spf) -> Iterator[Problem]:
    """Yield the problems if the domain does not have exactly one record."""
    if len(spf.texts) > 1:
        yield Problem.of("spf_several", count=len(spf.texts))
    for text in spf.mistaken:
        status = "warning" if spf.texts else "fail"
        yield Problem.of("spf_mistaken", status, what=why_none(text))
    wildcard = spf.texts and spf.context.wildcard(spf.context.domain, spf.answer)
    if wildcard:
        yield Problem.of("spf_wildcard", wildcard=wildcard, name=spf.context.domain)
    if not spf.texts and not spf.mistaken:
        yield Problem.of("spf_missing")


def size_problems(spf: Spf) -> Iterator[Problem]:
    """Yield the problem if the record, or the answer with all TXT records, is long."""
    octets = len(spf.texts[0].encode("utf-8", "surrogateescape"))
    if octets > MAX_TEXT or spf.answer.size > MAX_ANSWER:
        yield Problem.of("spf_long", length=octets, answer=spf.answer.size)


def absence_of_spf(answer: Answer) -> Text:
    """Return the text that says that there is no SPF record."""
    if answer.void:
        return absence(answer)
    return Text(
        _("%(name)s has %(count)s TXT records. None of them begins with %(version)s"),
        name=answer.name,
        count=len(answer.values),
        version=VERSION,
    )
