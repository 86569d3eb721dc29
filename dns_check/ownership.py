# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The TXT record that proves to the provider that the domain is ours."""

from .answer import DATA
from .context import absence, listed, misplaced_problem, unanswered, wildcard_problem
from .damage import first_damage, repaired
from .result import Problem, conclude
from .text import Text, _


def check_ownership(context):
    """Return the result of the check `ownership`.

    Facts: name (where it belongs), values (what is there), elsewhere (names that have it instead).
    """
    expectations = context.expectations
    host, token = expectations.ownership_host, expectations.ownership_token
    facts = {"name": None, "values": [], "elsewhere": []}
    if not token:
        problem = Problem.of(
            "ownership_not_known",
            "info",
            _("Enter the name and the value that %(provider)s asks for to have them checked."),
            provider=expectations.provider,
        )
        return conclude("ownership", [problem], base="info", facts=facts)
    token = token.strip()
    name = context.absolute(host or "@")
    answer = context.resolver.ask(name, "TXT")
    facts |= {"name": name, "values": [value[:1000] for value in answer.values[:20]]}
    problems = []
    if answer.failed:
        problems.append(unanswered(answer))
    elif token in answer.values:
        wildcard = name != context.domain and context.wildcard(name, [token])
        if wildcard:
            problems.append(wildcard_problem(wildcard))
    else:
        problems += _wrong(context, name, token, answer, facts)
    missing = any(problem.status == "fail" for problem in problems)
    return conclude(
        "ownership",
        problems,
        found=listed(answer.values) if answer.outcome == DATA else absence_or_none(answer),
        expected=Text(_("TXT %(name)s = %(value)s"), name=name, value=token),
        facts=facts,
        records=(context.record(name, "TXT", token),) if missing else (),
    )


def absence_or_none(answer):
    return None if answer.failed else absence(answer)


def _wrong(context, name, token, answer, facts):
    def is_it(value):
        return token in (value, repaired(value))

    damaged = [value for value in answer.values if is_it(value)]
    if damaged:
        return [
            Problem.of(
                "pasted",
                "fail",
                _("Something came with pasting the value, %(what)s. Enter it again."),
                what=first_damage(damaged[0]),
            )
        ]
    found = context.misplaced(name, "TXT", is_it)
    facts["elsewhere"] = [place for _code, place in found]
    if found:
        return [misplaced_problem(context, name, found[0])]
    if answer.chain:
        return [
            Problem.of(
                "ownership_cname",
                "fail",
                _("%(name)s is a CNAME of %(target)s; a TXT record is wanted there."),
                name=name,
                target=answer.chain[0],
            )
        ]
    if answer.outcome == DATA and name != context.domain:
        wildcard = context.wildcard(name, answer.values)
        if wildcard:
            missing = Problem.of("ownership_missing", "fail", _("Publish the record below."))
            return [missing, wildcard_problem(wildcard)]
        return [
            Problem.of(
                "ownership_other",
                "fail",
                _("Another value is there. Replace it, or add the one below."),
            )
        ]
    return [Problem.of("ownership_missing", "fail", _("Publish the record below."))]
