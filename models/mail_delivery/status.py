# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Status precedence: which status an e-mail has after all that is known of it.

Events come late, twice and in any order. So the status is a function of the set of what was
reported, and depends on no order.
"""

from typing import NamedTuple

# In order of precedence: the highest one that was reported wins. Report → status of
# `mailing.trace`.
PRECEDENCE = {
    "hard": "bounce",  # nobody reads a mail that bounced: a scanner opened it
    "opened": "open",
    "delivered": "sent",
    "soft": "bounce",  # gives way to a delivery at a later try
    "rejected": "error",
    "duplicate": "cancel",  # the same had been sent before
    "canceled": "cancel",
    "refused": "error",
    "accepted_without_events": "sent",  # that is all that will ever be known
    "accepted": "pending",
    "handed_over": "process",
}
FAILED_KINDS = ("duplicate", "rejected", "soft", "hard")  # the last one wins

# `mail.notification` knows fewer statuses than `mailing.trace`, and names some otherwise.
TO_NOTIFICATION = {"open": "sent", "error": "exception", "cancel": "canceled"}
FROM_NOTIFICATION = {"exception": "error", "canceled": "cancel", "ready": "outgoing"}


class Outcome(NamedTuple):
    """What is known of a delivery.

    :param status: that its reports amount to
    :param former: that they amounted to before
    :param reports: keys of `PRECEDENCE`
    """

    status: str
    former: str
    reports: set


def reports_of(delivery, acceptance_is_delivery):
    """Return the set of reports, keys of `PRECEDENCE`, about a delivery.

    :param delivery: a record of `mail.delivery`, or a row of it
    :param bool acceptance_is_delivery: no events come back
    """
    reports = {"handed_over"}
    if delivery["state"] == "accepted":
        reports.add("accepted_without_events" if acceptance_is_delivery else "accepted")
    elif delivery["state"] in ("refused", "canceled"):
        reports.add(delivery["state"])
    if delivery["failed_kind"]:
        reports.add(delivery["failed_kind"])
    if delivery["delivered_at"]:
        reports.add("delivered")
    if delivery["opened_at"] or delivery["clicked_at"]:
        reports.add("opened")
    return reports


def outcome_of(delivery, acceptance_is_delivery):
    """Return the `Outcome` of a delivery, a record or a row, whose status may not follow yet."""
    former = delivery["status"]
    # What counts as delivered goes on doing so when the first event comes in.
    reports = reports_of(delivery, acceptance_is_delivery or former == "sent")
    return Outcome(reported_status(reports), former, reports)


def reported_status(reports):
    """Return the status of `mailing.trace` that reports amount to."""
    return next(status for report, status in PRECEDENCE.items() if report in reports)


def resolve_status(present, outcome):
    """Return the status of `mailing.trace` that an outcome leads to.

    :param str present: its present status
    :param Outcome outcome:
    """
    if present in ("reply", "outgoing"):
        return present  # somebody answered; it is about to be sent again
    # What the delivery led to before gives way. Other statuses are Odoo's own observations:
    # nothing was sent; it got the bounce message; its pixel or link was loaded.
    if present != outcome.former:
        if present in ("cancel", "bounce"):
            return present
        if present == "open" and "hard" not in outcome.reports:
            return present
        if present == "sent" and outcome.status in ("process", "pending"):
            return present
    return outcome.status
