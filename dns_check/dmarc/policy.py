# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which DMARC policy applies to a domain: the tree walk of RFC 9989 4.10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..names import parents
from ..net.answer import Answer, Questions
from .record import DmarcRecord, is_dmarc, parse_dmarc

MAX_LABELS = 8  # the walk leaves out the middle of longer names (4.10)


@dataclass(frozen=True)
class Level:
    """One step of the tree walk.

    :param domain: the domain below which `_dmarc` was asked for
    :param answer: the TXT records there
    :param record: the one DMARC record; None also if there are several, which are discarded
    :param count: the number of DMARC records
    """

    domain: str
    answer: Answer
    record: DmarcRecord | None
    count: int


@dataclass(frozen=True)
class Policy:
    """The policy that applies to a domain.

    :param domain: the domain that has the record
    :param tag: p, sp or np: the tag that contains the policy
    :param value: none, quarantine or reject
    """

    domain: str
    record: DmarcRecord
    tag: str
    value: str


def steps(domain: str) -> list[str]:
    """Return the domains below which `_dmarc` is asked for, the domain itself first."""
    above = parents(domain)
    if len(above) >= MAX_LABELS:
        above = above[-(MAX_LABELS - 1) :]
    return [domain, *above]


def walk(resolver: Questions, domain: str) -> list[Level]:
    """Ask all steps at the same time; return the levels, the domain's own first."""
    domains = steps(domain)
    answers = resolver.ask_all((f"_dmarc.{name}", "TXT") for name in domains)
    levels = []
    for name, answer in zip(domains, answers, strict=True):
        records = [parse_dmarc(value) for value in answer.values if is_dmarc(value)]
        record = records[0] if len(records) == 1 else None
        levels.append(Level(name, answer, record, len(records)))
    return levels


def organizational(levels: Sequence[Level]) -> str:
    """Return the organizational domain (4.10.2): the one with a record and the fewest labels.

    A record with psd=n is that of an organization. The domain below one with psd=y is, too.
    """
    found = levels[0].domain
    for number, level in enumerate(levels):
        if level.record is None:
            continue
        if level.record.psd == "n":
            return level.domain
        if level.record.psd == "y" and number:
            return _one_below(levels[0].domain, level.domain)
        found = level.domain
    return found


def _one_below(domain: str, suffix: str) -> str:
    label = domain[: -len(suffix) - 1].rpartition(".")[2]
    return f"{label}.{suffix}"


def applied(levels: Sequence[Level], exists: bool) -> Policy | None:
    """Return the policy that applies, or None (4.10.1).

    :param exists: whether the domain has any records
    """
    own = levels[0]
    if own.record is not None:
        return _policy(own.domain, own.record, "p")
    by_domain = {level.domain: level for level in levels}
    organization = by_domain.get(organizational(levels))
    suffix = next((v for v in levels[1:] if v.record is not None and v.record.psd == "y"), None)
    for level in (organization, suffix):
        if level is not None and level.record is not None:
            record = level.record
            tags = ["sp"] if exists else ["np", "sp"]
            tag = next((tag for tag in tags if tag in record.tags.values), "p")
            return _policy(level.domain, record, tag)
    return None


def _policy(domain: str, record: DmarcRecord, tag: str) -> Policy | None:
    if not record.effective:
        return None
    value = None if record.bad_policies else record.policy(tag)
    return Policy(domain, record, tag, value or "none")
