# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""CNAMEs that the provider can make use of: return path and tracking. Never a failure."""

from .context import absence, unanswered
from .names import to_ascii
from .net.answer import DATA
from .result import Problem, conclude
from .text import Text, _

# An alias can't stand beside a record of one of these.
_OTHERS = ("A", "AAAA", "MX", "TXT")


def check_return_path(context):
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


def check_tracking(context):
    """Return the result of the check `tracking`. Facts: as `_check`."""
    tracking = context.expectations.tracking
    if tracking is None:
        facts = {"name": None, "target": None, "right": None}
        problem = Problem.of("tracking_default", provider=context.expectations.provider)
        return conclude("tracking", [problem], base="info", facts=facts)
    missing = Problem.of("tracking_missing", name=context.absolute(tracking.host))
    return _check(context, "tracking", tracking, missing)


def _check(context, check, cname, missing, **facts):
    """Return the result of a check for a CNAME.

    Facts: name, target (the first; None: no CNAME), right.

    :param Problem missing: when nothing is there
    """
    name = context.absolute(cname.host)
    targets = [to_ascii(target) for target in cname.targets]
    answer, *others = context.resolver.ask_all((name, rdtype) for rdtype in ("CNAME", *_OTHERS))
    # A wildcard that leads where it should serves as well.
    own = answer.outcome == DATA and (
        answer.values[0] in targets or not context.wildcard(name, answer)
    )
    target = answer.values[0] if own else None
    there = [
        other.type
        for other in others
        if other.outcome == DATA and not other.chain and not context.wildcard(name, other)
    ]
    problems, operations, base = [], [], "ok"

    def problem(code, **params):
        provider = context.expectations.provider
        problems.append(Problem.of(code, name=name, provider=provider, **params))

    if answer.failed:
        problems.append(unanswered(answer))
    elif target is None and there:
        problem("no_cname", wanted=targets[0], records=", ".join(there))
    elif target is None:
        problems.append(missing)
        base = "info"
        operations = context.operations(answer, "CNAME", targets[0])
    elif target not in targets:
        problem("other_target", found=target, wanted=targets[0])
        operations = context.operations(answer, "CNAME", targets[0], [target])
    elif others[0].outcome == "nxdomain":
        problem("target_missing", found=target)
    elif target != targets[0]:
        problem("older_target", found=target, wanted=targets[0])
    right = target in targets
    facts.update(name=name, target=target, right=None if answer.failed else right)
    found = None
    if not answer.failed:
        found = Text(_("CNAME %(target)s"), target=target) if target else absence(answer)
    return conclude(
        check,
        problems,
        base=base,
        operations=operations,
        found=found,
        expected=Text(_("CNAME %(name)s = %(value)s"), name=name, value=targets[0]),
        facts=facts,
    )
