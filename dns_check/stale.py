# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What caches still say after a record was changed."""

from dataclasses import replace

from .net.answer import DATA
from .result import Problem


def with_stale_caches(context, result):
    """Return a result with what the caches still have instead, where it came from the zone.

    Receivers ask caches, too, and take the former record until its time is up.

    Facts: stale (seconds that a cache keeps another record; 0: until it asks again for one that
    it took for missing; None: there is no other).
    """
    stale = None
    problems = list(result.problems)
    for name in _names(context, result):
        fresh, kept = context.resolver.ask(name, "TXT"), context.resolver.ask_cache(name, "TXT")
        if fresh.outcome != DATA or kept.failed or set(fresh.values) == set(kept.values):
            continue
        stale = max(stale or 0, kept.ttl or 0)
        code = "stale" if kept.ttl else "stale_missing"
        problems.append(Problem.of(code, name=name, seconds=kept.ttl))
    facts = {**result.facts, "stale": stale}
    return replace(result, problems=tuple(problems), facts=facts)


def _names(context, result):
    """Return the names of the TXT records that a result rests on."""
    if result.name == "spf":
        return [context.domain]
    if result.name == "dmarc":
        return [f"_dmarc.{context.domain}"]
    if result.name == "dkim":
        return [key["name"] for key in result.facts.get("keys", ())]
    if result.name == "ownership":
        return [result.facts["name"]] if result.facts.get("name") else []
    return []
