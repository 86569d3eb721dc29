# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is wrong with an SPF record, or with the records that it includes."""

from __future__ import annotations

from collections.abc import Iterator

from ..context import no_answer
from ..result import Problem
from ..text import Text, _
from .evaluate import MAX_LOOKUPS, MAX_VOIDS
from .record import without_effect
from .tree import Branch, Tree

_STATES = {
    "none": "spf_include_none",
    "several": "spf_include_several",
    "syntax": "spf_include_syntax",
    "loop": "spf_loop",
    "mx": "spf_too_many_mx",
    "macros": "spf_macros",
    "beyond": "spf_too_large",
}


def record_problems(tree: Tree) -> Iterator[Problem]:
    """Yield all problems of a record and of the records that it includes."""
    for find in (_syntax_problems, _limit_problems, _branch_problems, _policy_problems):
        yield from find(tree)


def _syntax_problems(tree: Tree) -> Iterator[Problem]:
    """Yield the parts of the record that are invalid or without effect."""
    for mistake in tree.record.mistakes:
        yield Problem.of(
            "spf_syntax", term=mistake.term, position=mistake.position, hint=mistake.hint
        )
    for term in tree.record.terms:
        meant = without_effect(term.text)
        if meant and term.name.endswith("="):
            yield Problem.of("spf_equals", term=term.text, meant=meant)
        elif meant:
            yield Problem.of(
                "spf_odd_name",
                term=term.text,
                position=tree.record.text.find(term.text) + 1,
                hint=Text(_("it should be “%(repaired)s”"), repaired=meant),
            )
        elif term.name == "v=":
            yield Problem.of("spf_joined", term=term.text)


def _limit_problems(tree: Tree) -> Iterator[Problem]:
    """Yield the exceeded limits of RFC 7208 4.6.4."""
    if tree.lookups > MAX_LOOKUPS:
        heaviest = max(tree.branches, key=lambda branch: branch.lookups)
        yield Problem.of(
            "spf_too_many_lookups",
            count=tree.lookups,
            term=heaviest.term.text,
            lookups=heaviest.lookups,
        )
    void = [branch.term.text for branch in tree.walk() if branch.state == "void"]
    if void:
        code = "spf_too_many_voids" if len(void) > MAX_VOIDS else "spf_void"
        yield Problem.of(code, names=Text("%(names)s", names=", ".join(void)))


def _branch_problems(tree: Tree) -> Iterator[Problem]:
    """Yield the problems of the names to which the record leads."""
    seen = set()
    for branch in tree.walk():
        params = {"term": branch.term.text, "domain": branch.domain, "target": branch.target}
        if branch.state in _STATES and not without_effect(branch.term.text):
            path = Text("%(path)s", path=" → ".join(_path(tree, branch)))
            yield Problem.of(_STATES[branch.state], path=path, **params)
        if branch.error:
            yield no_answer(
                f"{branch.target} (“{branch.term.text}”, {branch.domain})", branch.error
            )
        if branch.term.name == "ptr":
            yield Problem.of("spf_ptr", **params)
        if branch.target and branch.term.name in ("include", "redirect"):
            if branch.target in seen and branch.state != "loop":
                yield Problem.of("spf_duplicate", **params)
            seen.add(branch.target)


def _policy_problems(tree: Tree) -> Iterator[Problem]:
    """Yield the problems of `all` and `redirect`, and of terms after `all`."""
    record = tree.record
    for term in tree.anybody():
        yield Problem.of("spf_all_pass", term=term.text)
    if record.all and record.redirect:
        yield Problem.of("spf_redirect_ignored", term=record.redirect.text, all=record.all.text)
    for term in record.after_all:
        yield Problem.of("spf_after_all", term=term.text, all=record.all and record.all.text)
    if record.all is None and record.redirect is None and not record.mistakes:
        yield Problem.of("spf_no_all")
    elif record.all and record.all.qualifier == "?":
        yield Problem.of("spf_neutral_all")


def _path(tree: Tree, wanted: Branch) -> list[str]:
    """Return the domains from the record to a branch, and the target of the branch."""
    for branch in tree.branches:
        if branch is wanted:
            return [tree.domain, branch.target or ""]
        if branch.tree:
            path = _path(branch.tree, wanted)
            if path:
                return [tree.domain, *path]
    return []
