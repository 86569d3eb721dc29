# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Status precedence: which status follows from all reports about an e-mail.

Events arrive late, twice and in any order. So the status is a function of the set of reports and
depends on no order.
"""

from typing import NamedTuple

# In order of precedence: the highest one that was reported wins. Report → status of
# `mailing.trace`.
PRECEDENCE = {
    "hard": "bounce",  # above "open": only a scanner opens a bounced mail
    "opened": "open",
    "delivered": "sent",
    "soft": "bounce",  # below "sent": a later attempt may deliver it
    "rejected": "error",
    "duplicate": "cancel",  # the same e-mail was sent before
    "canceled": "cancel",
    "refused": "error",
    "accepted_without_events": "sent",  # no more will be reported
    "accepted": "pending",
    "handed_over": "process",
}
FAILED_KINDS = ("duplicate", "rejected", "soft", "hard")  # the last one wins

# `mail.notification` has fewer statuses than `mailing.trace`, and other names for some.
TO_NOTIFICATION = {"open": "sent", "error": "exception", "cancel": "canceled"}
FROM_NOTIFICATION = {"exception": "error", "canceled": "cancel", "ready": "outgoing"}


class Outcome(NamedTuple):
    """The result of all reports about a delivery.

    :param status: that follows from them
    :param former: that followed before
    :param reports: keys of `PRECEDENCE`
    """

    status: str
    former: str
    reports: set


def reports_of(delivery, acceptance_is_delivery):
    """Return the set of reports, keys of `PRECEDENCE`, about a delivery.

    :param delivery: a record of `mail.delivery`, or a row of it
    :param bool acceptance_is_delivery: the server gets no events
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
    """Return the `Outcome` of a delivery, a record or a row; its stored status may be older."""
    former = delivery["status"]
    # A delivered e-mail stays delivered when the first event arrives and the rule changes.
    reports = reports_of(delivery, acceptance_is_delivery or former == "sent")
    status = next(status for report, status in PRECEDENCE.items() if report in reports)
    return Outcome(status, former, reports)


def resolve_status(present, outcome):
    """Return the new status of a `mailing.trace`.

    :param str present: its current status
    """
    if present in ("reply", "outgoing"):
        return present  # it was answered, or is about to be sent again
    # Replace a status that this delivery set. Others are Odoo's own: nothing was sent, a bounce
    # message arrived, or its own pixel or link was loaded.
    if present != outcome.former:
        if present in ("cancel", "bounce"):
            return present
        if present == "open" and "hard" not in outcome.reports:
            return present
        if present == "sent" and outcome.status in ("process", "pending"):
            return present
    return outcome.status
