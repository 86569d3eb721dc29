# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""CNAMEs that the provider can use: return path and tracking. They are never a failure."""

from __future__ import annotations

from collections.abc import Sequence

from .context import Context, absence, unanswered
from .expectations import Cname
from .names import to_ascii
from .net.answer import DATA, NXDOMAIN, Answer
from .result import Operation, Problem, Result, conclude
from .text import Text, _

# Types of records that an alias cannot have beside it
_OTHERS = ("A", "AAAA", "MX", "TXT")


def check_return_path(context: Context) -> Result:
    """Return the result of the check `return_path`. Facts: as `_check`, and default."""
    expectations = context.expectations
    default, provider = expectations.return_path, expectations.provider
    if expectations.custom_return_path is None:
        code = "return_path_not_known" if default is None else "return_path_fixed"
        problem = Problem.of(code, provider=provider, default=default)
        facts = {"name": None, "target": None, "right": None, "default": default}
        return conclude("return_path", [problem], base="info", facts=facts)
    missing = Problem.of("return_path_default", default=default or provider)
    return _check(context, "return_path", expectations.custom_return_path, missing, default=default)


def check_tracking(context: Context) -> Result:
    """Return the result of the check `tracking`. Facts: as `_check`."""
    tracking = context.expectations.tracking
    if tracking is None:
        facts = {"name": None, "target": None, "right": None}
        problem = Problem.of("tracking_default", provider=context.expectations.provider)
        return conclude("tracking", [problem], base="info", facts=facts)
    missing = Problem.of("tracking_missing", name=context.absolute(tracking.host))
    return _check(context, "tracking", tracking, missing)


def _check(
    context: Context, check: str, cname: Cname, missing: Problem, **facts: str | None
) -> Result:
    """Return the result of a check for a CNAME.

    Facts: name, target (the first; None: no CNAME), right (None: not known).

    :param missing: the problem when nothing is there
    """
    name = context.absolute(cname.host)
    wanted = [to_ascii(target) for target in cname.targets]
    answer, *others = context.resolver.ask_all((name, rdtype) for rdtype in ("CNAME", *_OTHERS))
    # A wildcard with the right target works as well as a record of the name's own.
    own = answer.outcome == DATA and (
        answer.values[0] in wanted or not context.wildcard(name, answer)
    )
    target = answer.values[0] if own else None
    right = None if answer.failed else target in wanted
    known = {**facts, "name": name, "target": target, "right": right}
    expected = Text(_("CNAME %(name)s = %(value)s"), name=name, value=wanted[0])
    if answer.failed:
        return conclude(check, [unanswered(answer)], expected=expected, facts=known)
    operations: list[Operation] = []
    problem = _problem(context, answer, others, target, wanted)
    if target is None and problem is None:
        problem = missing
        operations = context.operations(answer, "CNAME", wanted[0])
    elif target is not None and target not in wanted:
        operations = context.operations(answer, "CNAME", wanted[0], [target])
    return conclude(
        check,
        [problem] if problem else [],
        base="info" if problem is missing else "ok",
        operations=operations,
        found=Text(_("CNAME %(target)s"), target=target) if target else absence(answer),
        expected=expected,
        facts=known,
    )


def _problem(
    context: Context,
    answer: Answer,
    others: Sequence[Answer],
    target: str | None,
    wanted: Sequence[str],
) -> Problem | None:
    """Return what is wrong with a CNAME that is there, or with what is there in its place.

    :param answer: to the question for the CNAME
    :param others: to those for `_OTHERS`
    :param target: of the name's own CNAME
    :param wanted: the allowed targets, the best first
    """
    name, provider = answer.name, context.expectations.provider
    if target is None:
        there = [
            other.type
            for other in others
            if other.outcome == DATA and not other.chain and not context.wildcard(name, other)
        ]
        if not there:
            return None
        return Problem.of(
            "no_cname", name=name, provider=provider, wanted=wanted[0], records=", ".join(there)
        )
    code = None
    if target not in wanted:
        code = "other_target"
    elif others[0].outcome == NXDOMAIN:
        code = "target_missing"
    elif target != wanted[0]:
        code = "older_target"
    params = {"name": name, "provider": provider, "found": target, "wanted": wanted[0]}
    return Problem.of(code, **params) if code else None
