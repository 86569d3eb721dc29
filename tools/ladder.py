# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which status may replace which: events come late, twice and in any order, and Odoo's own
setters let the last one win.
"""

from odoo.tools import SQL

from ..providers.base import BLAMELESS_FAILURES

# The first of these that was ever reported of a mail decides: what was reported → status.
LADDER = {
    "hard_bounced": "bounce",  # nobody reads a mail that bounced: a scanner opened it
    "opened": "open",
    "delivered": "sent",
    "soft_bounced": "bounce",  # gives way to a delivery at a later try
    "rejected": "error",
    "duplicated": "cancel",  # the same had been sent before
}
# The events, each with what it reports. A soft bounce that says nothing about the recipient is
# no bounce in Odoo's sense: Odoo blacklists an address by the number of its bounced traces.
REPORTING_EVENTS = SQL(
    """
    (SELECT *,
            CASE WHEN event_type = 'bounced' AND bounce_type = 'hard' THEN 'hard_bounced'
                 WHEN event_type = 'bounced' AND failure IN %(blameless)s THEN 'rejected'
                 WHEN event_type = 'bounced' THEN 'soft_bounced'
                 WHEN event_type = 'rejected' AND failure = 'duplicate' THEN 'duplicated'
                 WHEN event_type = 'rejected' THEN 'rejected'
                 WHEN event_type IN ('opened', 'clicked') THEN 'opened'
                 WHEN event_type IN ('delivered', 'complained', 'unsubscribed') THEN 'delivered'
            END AS report
       FROM mail_tracking) AS event
    """,
    blameless=BLAMELESS_FAILURES,
)
# What the events of one mail report, and the event that decides; of several the latest.
REPORTS = SQL(
    """
    array_agg(DISTINCT report) AS reports,
    (array_agg(id ORDER BY array_position(%s, report), occurred_at DESC, reason,
                           failure, provider_error, provider, id))[1] AS decisive_id
    """,
    list(LADDER),
)


def reported_status(reports):
    """Return the status of `mailing.trace` that the reports of a mail amount to, or None.

    :param list reports: keys of `LADDER`; others are passed over
    """
    return next((status for report, status in LADDER.items() if report in reports), None)


def climb(status, reports):
    """Return the status of `mailing.trace` that the reports of a mail lead to.

    :param str status: the present one
    :param list reports: keys of `LADDER`; others are passed over
    """
    if status == "reply":
        return status  # somebody answered
    if status == "cancel" and "duplicated" not in reports:
        return status  # nothing was sent
    if status == "bounce" and "soft_bounced" not in reports:
        return status  # Odoo itself got the bounce message
    if status == "open" and "hard_bounced" not in reports:
        return status  # Odoo's own pixel or link was loaded
    return reported_status(reports) or status
