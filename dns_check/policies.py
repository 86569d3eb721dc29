# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""MTA-STS, TLS reports and BIMI. They are optional, so none is ever a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from .context import Context, listed, unanswered
from .dmarc.policy import applied, walk
from .paste_errors import first_paste_error, repaired
from .result import Problem, Result, conclude
from .tags import Tags, parse_tags


def check_mta_sts(context: Context) -> Result:
    """Return the result of the check `mta_sts` (RFC 8461 3.1). Facts: record."""
    name = f"_mta-sts.{context.domain}"
    host = f"mta-sts.{context.domain}"
    _txt, *addresses = context.resolver.ask_all([(name, "TXT"), (host, "A"), (host, "AAAA")])

    def more(tags: Tags) -> Iterator[Problem]:
        if not re.fullmatch(r"[A-Za-z0-9]{1,32}", tags.values.get("id", "")):
            yield Problem.of("policy_id")
        if all(answer.void for answer in addresses):
            yield Problem.of("policy_host", host=host)

    return _check(context, "mta_sts", name, "STSv1", more)


def check_tls_rpt(context: Context) -> Result:
    """Return the result of the check `tls_rpt` (RFC 8460 3). Facts: record."""

    def more(tags: Tags) -> Iterator[Problem]:
        uris = [uri.strip() for uri in tags.values.get("rua", "").split(",")]
        if not all(re.match(r"mailto:[^@]+@.|https://.", uri) for uri in uris):
            yield Problem.of("policy_rua")

    return _check(context, "tls_rpt", f"_smtp._tls.{context.domain}", "TLSRPTv1", more)


def check_bimi(context: Context) -> Result:
    """Return the result of the check `bimi` (draft-brand-indicators). Facts: record."""

    def more(tags: Tags) -> Iterator[Problem]:
        logo = tags.values.get("l", "")
        if logo and not logo.startswith("https://"):
            yield Problem.of("policy_logo")
        levels = walk(context.resolver, context.domain)
        policy = applied(levels, exists=True)
        weak = policy is None or policy.value == "none" or policy.record.testing
        if weak and not any(level.answer.failed for level in levels):
            yield Problem.of("policy_dmarc")

    return _check(context, "bimi", f"default._bimi.{context.domain}", "BIMI1", more)


def _check(
    context: Context, check: str, name: str, version: str, more: Callable[[Tags], Iterable[Problem]]
) -> Result:
    """Return the result of a check for one TXT record that begins with a version.

    :param version: value of its first tag
    :param more: returns the problems of its tags
    """
    answer = context.resolver.ask(name, "TXT")
    if answer.failed:
        return conclude(check, [unanswered(answer)], facts={"record": None})
    start = re.compile(rf"v[ \t]*=[ \t]*{version}[ \t]*(;|\Z)")
    right = [value for value in answer.values if start.match(value)]
    damaged = [v for v in answer.values if v not in right and start.match(repaired(v[:4000]))]
    problems = []
    base = "ok"
    if len(right) > 1:
        problems.append(Problem.of("policy_several", name=name))
    elif right:
        problems += more(parse_tags(right[0]))
    elif damaged:
        problems.append(Problem.of("policy_pasted", what=first_paste_error(damaged[0])))
    else:
        base = "info"
        problems.append(Problem.of("policy_missing", name=name))
    found = right or damaged
    return conclude(
        check,
        problems,
        base=base,
        found=listed(found) if found else None,
        facts={"record": right[0][:4000] if len(right) == 1 else None},
    )
