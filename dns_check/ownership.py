# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The TXT record that proves the ownership of the domain to the provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .context import Context, absence, in_the_way, listed, misplaced_problem, unanswered
from .net.answer import DATA, Answer
from .paste_errors import first_paste_error, repaired
from .result import Facts, Problem, Result, conclude
from .text import Text, _


def check_ownership(context: Context) -> Result:
    """Return the result of the check `ownership`.

    Facts: name (where the record belongs), values (what is there), elsewhere (other names that have
    the record).
    """
    expectations = context.expectations
    host, token = expectations.ownership_host, expectations.ownership_token
    facts: Facts = {"name": None, "values": [], "elsewhere": []}
    if not token:
        problem = Problem.of("ownership_not_known", provider=expectations.provider)
        return conclude("ownership", [problem], base="info", facts=facts)
    token = token.strip()
    name = context.absolute(host or "@")
    answer = context.resolver.ask(name, "TXT")
    facts |= {"name": name, "values": [value[:1000] for value in answer.values[:20]]}
    expected = Text(_("TXT %(name)s = %(value)s"), name=name, value=token)
    if answer.failed:
        return conclude("ownership", [unanswered(answer)], expected=expected, facts=facts)
    problems, operations = [], []
    if token in answer.values:
        wildcard = name != context.domain and context.wildcard(name, answer)
        if wildcard:
            problems.append(Problem.of("wildcard", wildcard=wildcard))
    else:
        damaged = [value for value in answer.values if repaired(value) == token]
        problems += _wrong(context, name, token, answer, damaged, facts)
        operations = context.operations(answer, "TXT", token, damaged)
        problems += in_the_way(operations)
    return conclude(
        "ownership",
        problems,
        operations=operations,
        found=listed(answer.values) if answer.outcome == DATA else absence(answer),
        expected=expected,
        facts=facts,
    )


def _wrong(
    context: Context, name: str, token: str, answer: Answer, damaged: Sequence[str], facts: Facts
) -> Iterator[Problem]:
    """Yield what is wrong if `name` does not have the token.

    :param damaged: the values at the name that are meant as the token
    """
    provider = context.expectations.provider
    if damaged:
        yield Problem.of("ownership_pasted", what=first_paste_error(damaged[0]), provider=provider)
        return
    found = context.misplaced(name, "TXT", lambda value: token in (value, repaired(value)))
    facts["elsewhere"] = [place for _code, place, _value in found]
    if found:
        yield misplaced_problem(context, name, found[0])
        return
    wildcard = (
        (answer.values or answer.chain)
        and name != context.domain
        and context.wildcard(name, answer)
    )
    code = "ownership_missing"
    if answer.outcome == DATA and name != context.domain and not wildcard:
        code = "ownership_other"
    if answer.chain and not wildcard:
        code = "ownership_cname"
    target = answer.chain[0] if answer.chain else None
    yield Problem.of(code, provider=provider, name=name, target=target)
    if wildcard:
        yield Problem.of("wildcard", wildcard=wildcard)
