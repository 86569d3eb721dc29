# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is the SPF record right?"""

from ..answer import DATA
from ..context import absence, listed, unanswered
from ..damage import first_damage
from ..result import Problem, conclude
from ..text import Text, _
from .problems import branch_problems, limit_problems, policy_problems, syntax_problems
from .record import VERSION

MAX_TEXT = 450  # octets of the record, so that the answer fits into 512 (RFC 7208 3.4)
MAX_ANSWER = 512

# Problems that another text of the record does not solve
_ELSEWHERE = frozenset(("spf_long", "spf_type"))


def check_spf(spf):
    """Return the result of the check `spf`.

    Facts: record (None: not exactly one), records, lookups, voids, void_terms, all (its
    qualifier; None: there is none), octets, tree (`Tree.as_dict`).

    :param Spf spf: of the domain
    """
    facts = {"record": None, "records": [text[:4000] for text in spf.texts], "lookups": 0}
    facts |= {"voids": 0, "void_terms": [], "all": None, "octets": 0, "tree": None}
    expected = None
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
        problems += [
            *syntax_problems(tree),
            *limit_problems(tree, void),
            *branch_problems(tree),
            *policy_problems(tree),
            *size_problems(spf),
        ]
    wrong = any(
        problem.status in ("fail", "warning") and problem.code not in _ELSEWHERE
        for problem in problems
    )
    records = spf.records(wrong)
    if records:
        expected = Text("%(value)s", value=spf.proposal)
    found = listed(spf.texts or spf.pasted) if spf.texts or spf.pasted else None
    return conclude(
        "spf",
        problems,
        found=found or absence_of_spf(spf.answer),
        expected=expected,
        facts=facts,
        records=records,
    )


def selection_problems(spf):
    """Yield what keeps the domain from having exactly one record."""
    if len(spf.texts) > 1:
        yield Problem.of(
            "spf_several",
            "fail",
            _(
                "There are %(count)s SPF records, and receivers then ignore all of them. "
                "Replace them by a single one."
            ),
            count=len(spf.texts),
        )
    for text in spf.pasted:
        yield Problem.of(
            "spf_pasted",
            "fail" if not spf.texts else "warning",
            _("A record is not taken for SPF because of what came with pasting it: %(what)s."),
            what=first_damage(text),
        )
    if not spf.texts and not spf.pasted:
        yield Problem.of("spf_missing", "fail", _("There is no SPF record. Publish one."))
    old = spf.context.resolver.ask(spf.context.domain, "SPF")
    if old.outcome == DATA:
        yield Problem.of(
            "spf_type",
            "warning",
            _("There is a record of the type SPF, which nobody reads any more: remove it."),
        )


def size_problems(spf):
    """Yield whether the record, or what comes along with it, is long."""
    octets = len(spf.texts[0].encode("utf-8", "surrogateescape"))
    if octets > MAX_TEXT or spf.answer.size > MAX_ANSWER:
        yield Problem.of(
            "spf_long",
            "warning",
            _(
                "The record has %(octets)s octets, the answer with all TXT records of the "
                "domain %(answer)s; some receivers have trouble with more than 512."
            ),
            octets=octets,
            answer=spf.answer.size,
        )


def absence_of_spf(answer):
    """Return what is there when no SPF record is, as `Text`."""
    if answer.void:
        return absence(answer)
    return Text(
        _("%(name)s has %(count)s TXT records, none of which begins with %(version)s"),
        name=answer.name,
        count=len(answer.values),
        version=VERSION,
    )
