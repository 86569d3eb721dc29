# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is wrong with an SPF record and what it leads to."""

from ..answer import ERRORS
from ..result import Problem
from ..text import Text, _
from .evaluate import MAX_LOOKUPS, MAX_VOIDS
from .record import MECHANISMS

_STATES = {
    "none": (
        "spf_include_none",
        "fail",
        _("“%(term)s” (in %(domain)s) names a domain without SPF record; yours is invalid then."),
    ),
    "several": (
        "spf_include_several",
        "fail",
        _("“%(term)s” (in %(domain)s) names a domain with several SPF records; yours is invalid."),
    ),
    "syntax": (
        "spf_include_syntax",
        "fail",
        _("“%(term)s” (in %(domain)s) names a record with a mistake in it; yours is invalid then."),
    ),
    "loop": ("spf_loop", "fail", _("The record leads back to itself: %(path)s.")),
    "mx": (
        "spf_too_many_mx",
        "fail",
        _("“%(term)s” (in %(domain)s) leads to more than 10 mail servers, which is not allowed."),
    ),
    "error": (
        "unanswered",
        "unknown",
        _("“%(term)s” (in %(domain)s): %(reason)s. Check again later."),
    ),
    "macros": (
        "spf_macros",
        "info",
        _("“%(term)s” (in %(domain)s) depends on each mail and cannot be followed."),
    ),
    "beyond": (
        "spf_too_large",
        "fail",
        _("The record leads to so many others that “%(term)s” (in %(domain)s) was not followed."),
    ),
}


def syntax_problems(tree):
    """Yield what in the record is no term, or one without effect."""
    for mistake in tree.record.mistakes:
        yield Problem.of(
            "spf_syntax",
            "fail",
            _(
                "“%(term)s” at position %(position)s is a mistake, which makes receivers "
                "ignore the whole record: %(hint)s."
            ),
            term=mistake.term,
            position=mistake.position,
            hint=mistake.hint,
        )
    for term in tree.record.terms:
        # `include=x` for `include:x`, or a second record behind the first
        if term.name in [f"{name}=" for name in (*MECHANISMS, "v")]:
            yield Problem.of(
                "spf_equals",
                "warning",
                _("“%(term)s” has no effect: receivers skip what has such a “=”."),
                term=term.text,
            )


def limit_problems(tree, void):
    """Yield which limits of RFC 7208 4.6.4 are passed.

    :param list[Branch] void: those that lead to nothing
    """
    if tree.lookups > MAX_LOOKUPS:
        heaviest = max(tree.branches, key=lambda branch: branch.lookups)
        yield Problem.of(
            "spf_too_many_lookups",
            "fail",
            _(
                "The record makes receivers look up %(count)s times, 10 are allowed; they "
                "then ignore it. “%(term)s” takes %(lookups)s of them: remove what no longer "
                "sends for you, that one first if it can be spared."
            ),
            count=tree.lookups,
            term=heaviest.term.text,
            lookups=heaviest.lookups,
        )
    if void:
        names = Text("%(names)s", names=", ".join(branch.term.text for branch in void))
        too_many = len(void) > MAX_VOIDS
        yield Problem.of(
            "spf_too_many_voids" if too_many else "spf_void",
            "fail" if too_many else "warning",
            _("These terms lead to nothing, more than 2 are not allowed: %(names)s.")
            if too_many
            else _("These terms lead to nothing; remove them: %(names)s."),
            names=names,
        )


def branch_problems(tree):
    """Yield what is wrong with the names that the record leads to."""
    for branch in tree.walk():
        made = _STATES.get(branch.state)
        if made:
            code, status, template = made
            path = Text("%(path)s", path=" → ".join(_path(tree, branch)))
            reason = Text(ERRORS[branch.error]) if branch.error else None
            yield Problem.of(
                code,
                status,
                template,
                term=branch.term.text,
                domain=branch.domain,
                path=path,
                reason=reason,
            )
        if branch.term.name == "ptr":
            yield Problem.of(
                "spf_ptr",
                "warning",
                _(
                    "“%(term)s” (in %(domain)s) should not be used any more, and many "
                    "receivers skip it: name the servers with ip4:, ip6: or a:."
                ),
                term=branch.term.text,
                domain=branch.domain,
            )
    seen = set()
    for branch in tree.walk():
        if branch.target and branch.term.name in ("include", "redirect"):
            if branch.target in seen and branch.state != "loop":
                yield Problem.of(
                    "spf_duplicate",
                    "warning",
                    _("“%(term)s” (in %(domain)s) is there already, and counts again."),
                    term=branch.term.text,
                    domain=branch.domain,
                )
            seen.add(branch.target)


def policy_problems(tree):
    """Yield what the record lets through, and what in it has no effect."""
    record = tree.record
    for term in tree.anybody():
        yield Problem.of(
            "spf_all_pass",
            "fail",
            _("“%(term)s” lets anybody send for the domain: use “~all”."),
            term=term.text,
        )
    if record.all and record.redirect:
        yield Problem.of(
            "spf_redirect_ignored",
            "warning",
            _("“%(term)s” has no effect beside “%(all)s”: keep one of them."),
            term=record.redirect.text,
            all=record.all.text,
        )
    for term in record.after_all:
        yield Problem.of(
            "spf_after_all",
            "warning",
            _("“%(term)s” is behind “%(all)s” and has no effect: move it in front."),
            term=term.text,
            all=record.all.text,
        )
    if record.all is None and record.redirect is None and not record.mistakes:
        yield Problem.of(
            "spf_no_all",
            "warning",
            _("The record says nothing about all other servers: add “~all” at its end."),
        )
    elif record.all and record.all.qualifier == "?":
        yield Problem.of(
            "spf_neutral_all",
            "info",
            _("“?all” says nothing about all other servers; “~all” is better."),
        )


def _path(tree, wanted):
    """Return the domains on the way to a branch, and its target."""
    for branch in tree.branches:
        if branch is wanted:
            return [tree.domain, branch.target or ""]
        if branch.tree:
            path = _path(branch.tree, wanted)
            if path:
                return [tree.domain, *path]
    return []
