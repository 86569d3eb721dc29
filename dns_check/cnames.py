# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""CNAMEs that the provider can make use of: return path and tracking. Never a failure."""

from .answer import DATA
from .context import absence, unanswered
from .names import to_ascii
from .result import Problem, conclude
from .text import Text, _


def check_return_path(context):
    """Return the result of the check `return_path`. Facts: as `_check`, and default."""
    expectations = context.expectations
    default = expectations.return_path
    if expectations.custom_return_path is None:
        text = Text(
            _("It is not known which return path %(provider)s uses."),
            provider=expectations.provider,
        )
        if default is not None:
            text = Text(_("Bounces go to %(default)s."), default=default)
        problem = Problem("return_path_not_known", "info", text)
        facts = {"name": None, "target": None, "right": None, "default": default}
        return conclude("return_path", [problem], base="info", facts=facts)
    absent = Text(
        _("Optional. Without it bounces go to %(default)s, and SPF does not count for DMARC."),
        default=default or expectations.provider,
    )
    missing = Problem("return_path_default", "info", absent)
    return _check(context, "return_path", expectations.custom_return_path, missing, default=default)


def check_tracking(context):
    """Return the result of the check `tracking`. Facts: as `_check`."""
    tracking = context.expectations.tracking
    if tracking is None:
        text = Text(
            _("Links lead to a domain of %(provider)s; one of your own is optional."),
            provider=context.expectations.provider,
        )
        facts = {"name": None, "target": None, "right": None}
        problem = Problem("tracking_default", "info", text)
        return conclude("tracking", [problem], base="info", facts=facts)
    missing = Problem.of(
        "tracking_missing",
        "warning",
        _("The links in your mails lead nowhere as long as it is missing."),
    )
    return _check(context, "tracking", tracking, missing)


def _check(context, check, cname, missing, **facts):
    """Return the result of a check for a CNAME.

    Facts: name, target (the first; None: no CNAME), right.

    :param Problem missing: when nothing is there
    """
    name = context.absolute(cname.host)
    targets = [to_ascii(target) for target in cname.targets]
    answer, addresses = context.resolver.ask_all([(name, "CNAME"), (name, "A")])
    target = answer.values[0] if answer.outcome == DATA else None
    problems, base = [], "ok"
    if answer.failed:
        problems.append(unanswered(answer))
    elif target is None and answer.void and addresses.outcome != DATA:
        problems.append(missing)
        base = "info"
    elif target is None:
        problems.append(
            Problem.of(
                "no_cname",
                "warning",
                _("%(name)s has other records; a CNAME is wanted there."),
                name=name,
            )
        )
    elif target not in targets:
        problems.append(
            Problem.of(
                "other_target",
                "warning",
                _("%(name)s leads to %(found)s; it should lead to %(wanted)s."),
                name=name,
                found=target,
                wanted=targets[0],
            )
        )
    elif addresses.outcome == "nxdomain":
        problems.append(
            Problem.of("dangling", "warning", _("%(target)s does not exist."), target=target)
        )
    elif target != targets[0]:
        problems.append(
            Problem.of(
                "older_target",
                "info",
                _("%(found)s still works; %(wanted)s is newer."),
                found=target,
                wanted=targets[0],
            )
        )
    right = target in targets
    facts.update(name=name, target=target, right=None if answer.failed else right)
    found = None
    if not answer.failed:
        found = Text(_("CNAME %(target)s"), target=target) if target else absence(answer)
    return conclude(
        check,
        problems,
        base=base,
        found=found,
        expected=Text(_("CNAME %(name)s = %(value)s"), name=name, value=targets[0]),
        facts=facts,
        records=() if right or answer.failed else (context.record(name, "CNAME", targets[0]),),
    )
