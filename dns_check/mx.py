# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where replies and bounces to the domain go (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .context import Context, unanswered
from .net.answer import DATA, Answer
from .result import Facts, Problem, Result, conclude
from .text import Text, _

MAX_HOSTS = 20
_ADDRESS = re.compile(r"[0-9.]+")


def check_mx(context: Context) -> Result:
    """Return the result of the check `mx`, which is never worse than a warning.

    Facts: hosts (lists of preference, host, and number of addresses, None: no answer), implicit,
    null.
    """
    domain, resolver = context.domain, context.resolver
    answer, *addresses = resolver.ask_all([(domain, "MX"), (domain, "A"), (domain, "AAAA")])
    facts: Facts = {"hosts": [], "implicit": False, "null": False}
    if answer.failed:
        return conclude("mx", [unanswered(answer)], facts=facts)
    if answer.outcome == DATA:
        problems = list(_host_problems(context, answer, facts))
    elif any(found.outcome == DATA for found in addresses):
        facts["implicit"] = True
        problems = [Problem.of("mx_implicit")]
    elif any(found.failed for found in addresses):
        problems = [unanswered(next(found for found in addresses if found.failed))]
    else:
        problems = [Problem.of("mx_missing")]
    lines = [f"{preference} {host or '.'}" for preference, host, _count in facts["hosts"]]
    found = Text("%(hosts)s", hosts=tuple(lines)) if lines else Text(_("No MX record"))
    return conclude("mx", problems, found=found, facts=facts)


def _host_problems(context: Context, answer: Answer, facts: Facts) -> Iterator[Problem]:
    hosts = sorted(answer.exchanges)[:MAX_HOSTS]
    if any(not host for _preference, host in hosts):
        facts["null"] = True
        facts["hosts"] = [[preference, host, 0] for preference, host in hosts]
        yield Problem.of("mx_null")
        return
    questions = [(host, rdtype) for _preference, host in hosts for rdtype in ("A", "AAAA")]
    answers = context.resolver.ask_all(questions)
    for number, (preference, host) in enumerate(hosts):
        pair = answers[2 * number : 2 * number + 2]
        count = sum(len(found.values) for found in pair)
        failed = next((found for found in pair if found.failed), None)
        facts["hosts"].append([preference, host, None if failed and not count else count])
        if not count and failed:
            yield unanswered(failed)
        elif not count:
            if _ADDRESS.fullmatch(host):
                yield Problem.of("mx_address", host=host)
                continue
            yield Problem.of("mx_dead", host=host)
        elif any(found.chain for found in pair):
            yield Problem.of("mx_cname", host=host)
