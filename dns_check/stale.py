# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What caches still say after a record was changed."""

from __future__ import annotations

from dataclasses import replace

from .net.answer import DATA
from .net.resolver import Resolver
from .result import Problem, Result


def with_stale_caches(resolver: Resolver, domain: str, result: Result) -> Result:
    """Return a result of the zone's servers, with what the caches still have.

    Receivers ask caches as well, and use the old record until its time ends.

    Facts: stale (seconds that a cache keeps an old record; 0: a cache keeps the answer that there
    is no record; None: the caches have the same).

    :param domain: of the result, in ASCII
    """
    stale = None
    problems = list(result.problems)
    for name in _names(domain, result):
        fresh, kept = resolver.ask(name, "TXT"), resolver.ask_cache(name, "TXT")
        if fresh.outcome != DATA or kept.failed or set(fresh.values) == set(kept.values):
            continue
        stale = max(stale or 0, kept.ttl or 0)
        code = "stale" if kept.ttl else "stale_missing"
        problems.append(Problem.of(code, name=name, seconds=kept.ttl))
    facts = {**result.facts, "stale": stale}
    return replace(result, problems=tuple(problems), facts=facts)


def _names(domain: str, result: Result) -> list[str]:
    """Return the names of the TXT records on which a result is based."""
    if result.name == "spf":
        return [domain]
    if result.name == "dmarc":
        return [f"_dmarc.{domain}"]
    if result.name == "dkim":
        return [key["name"] for key in result.facts.get("keys", ())]
    if result.name == "ownership":
        return [result.facts["name"]] if result.facts.get("name") else []
    return []
