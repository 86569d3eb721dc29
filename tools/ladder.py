# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which status may replace which: events come late, twice and in any order, and Odoo's own
setters let the last one win.
"""

from odoo.tools import SQL

# The first of these that was ever reported of a mail decides: (what was reported, status).
LADDER = (
    ("hard_bounced", "bounce"),  # nobody reads a mail that bounced: a scanner opened it
    ("opened", "open"),
    ("delivered", "sent"),
    ("soft_bounced", "bounce"),  # gives way to a delivery at a later try
    ("rejected", "error"),
)
# The same names as SQL over the events of one mail.
REPORTS = SQL(
    """
    bool_or(event_type = 'bounced' AND bounce_type = 'hard') AS hard_bounced,
    bool_or(event_type IN ('opened', 'clicked')) AS opened,
    bool_or(event_type IN ('delivered', 'complained', 'unsubscribed')) AS delivered,
    bool_or(event_type = 'bounced' AND bounce_type IS DISTINCT FROM 'hard') AS soft_bounced,
    bool_or(event_type = 'rejected') AS rejected,
    (array_agg(reason ORDER BY bounce_type = 'hard' DESC NULLS LAST, occurred_at DESC, reason)
        FILTER (WHERE event_type IN ('bounced', 'rejected')))[1] AS reason
    """
)


def climb(status, reports):
    """Return the status of `mailing.trace` that the reports of a mail lead to.

    :param str status: the present one
    :param dict reports: name in `LADDER` → whether it was reported
    """
    if status in ("reply", "cancel"):
        return status  # somebody answered; or nothing was sent
    if status == "bounce" and not reports["soft_bounced"]:
        return status  # Odoo itself got the bounce message
    if status == "open" and not reports["hard_bounced"]:
        return status  # Odoo's own pixel or link was loaded
    return next((target for report, target in LADDER if reports[report]), status)
