# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Counting groups of equal emails, and adding up the counts. Free of Odoo imports."""

from collections import Counter
from typing import NamedTuple

from ...providers.base import LASTING_FAILURES


class Emails(NamedTuple):
    """A group of emails of a mailing with equal values of everything that is counted.

    :param domain: of the recipients
    :param state: of the deliveries in the outbox
    :param status: of the deliveries after events
    """

    mailing_id: int
    domain: str | None
    state: str
    status: str
    failed_kind: str | None
    failure: str | None
    is_clicked: bool
    is_machine_open: bool
    is_machine_click: bool
    count: int


# Figure → the figure that its rate refers to
BASES = {
    "emails": None,
    "sent": "emails",
    "delivered": "sent",
    "opened": "delivered",
    "clicked": "delivered",
    "clicked_of_opened": "opened",
    "hard": "sent",
    "soft": "sent",
    "failed": "emails",
    "complained": "delivered",
    "unsubscribed": "delivered",
}


def counted(emails):
    """Return the figures to which a group counts: keys of `BASES`, and those of machines only.

    :param Emails emails:
    """
    names = {"emails"}
    if emails.state == "accepted":
        names.add("sent")
    if emails.status in ("sent", "open"):
        names.add("delivered")
    if emails.status == "open":
        names.add("opened")
        names.update(["opened_by_machines"] * emails.is_machine_open)
        if emails.is_clicked:
            names |= {"clicked", "clicked_of_opened"}
            names.update(["clicked_by_machines"] * emails.is_machine_click)
    if emails.status == "bounce":
        names.add("hard" if emails.failed_kind == "hard" else "soft")
    if emails.status == "error":
        names.add("failed")
    return names


def totals(found):
    """Return the sums over all groups.

    :param list[Emails] found:
    :rtype: Counter
    """
    total = Counter()
    for emails in found:
        for name in counted(emails):
            total[name] += emails.count
    return total


def totals_by(found, key):
    """Return key → sums, those with the most emails first.

    :param list[Emails] found:
    :param str key: a field of `Emails`
    :rtype: dict[str, Counter]
    """
    groups = {}
    for emails in found:
        groups.setdefault(getattr(emails, key), []).append(emails)
    sums = {value: totals(group) for value, group in groups.items()}
    return dict(sorted(sums.items(), key=lambda item: (-item[1]["emails"], item[0] or "")))


def failures(found):
    """Return (kind, cause) → number of failed emails, the most frequent first.

    :param list[Emails] found:
    """
    counts = Counter()
    for emails in found:
        if emails.status in ("bounce", "error"):
            kind = emails.failed_kind or "rejected"
            counts[kind, emails.failure] += emails.count
    return dict(counts.most_common())


def can_be_retried(kind, failure):
    """Tell whether an email that failed so may arrive at the same address after a retry."""
    return kind not in ("hard", "duplicate") and failure not in LASTING_FAILURES


def rate(total, name):
    """Return a figure in percent of its base; None if the base is 0.

    :param Counter total: of `totals`
    :param str name: a key of `BASES`
    """
    whole = total[BASES[name]] if BASES[name] else 0
    return 100 * total[name] / whole if whole else None


def first(sums, size):
    """Return the first `size` items of `totals_by`, and the sum of all others under None.

    :rtype: list[tuple]
    """
    items = list(sums.items())
    rest = sum((total for _key, total in items[size:]), Counter())
    return [*items[:size], *([(None, rest)] if rest else [])]
