# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The SQL of the results. Each statement reads the rows of some mailings by indexes."""

from odoo.tools import SQL

from .figures import Emails

# Later, few emails are opened.
HOURS = 48
# Maximum number of rows of a dimension
MOST = 100

# Only the last email to a recipient counts, as in Odoo's own statistics. A deleted trace was
# retried, or will be.
LATEST = """
    SELECT DISTINCT ON (mailing_trace_id) %s
      FROM %s WHERE %s ORDER BY mailing_trace_id, mail_delivery.id DESC
"""
# What is sorted is kept short: a large mailing has many rows.
WHAT_BECAME_OF_THEM = SQL("""
    mass_mailing_id, recipient, state, status, failed_kind, failure,
    clicked_at IS NOT NULL AS is_clicked, COALESCE(is_machine_open, FALSE) AS is_machine_open,
    COALESCE(is_machine_click, FALSE) AS is_machine_click
""")
WHEN_SENT = SQL("id, status, COALESCE(accepted_at, create_date) AS sent_at")

# Odoo's short links have the code of the link, and the trace of the recipient; its pages for
# the recipient have his address. Regular expressions over all clicks would take half a second in
# a large mailing. OFFSET makes PostgreSQL look up the events of each email in the
# index: it would read the events of all mailings otherwise.
EVENTS = """
    WITH email AS MATERIALIZED (%s),
    event AS MATERIALIZED (
        SELECT email.id, happened.event_type, happened.machine IS NOT NULL AS is_machine,
               GREATEST(0, floor(extract(
                   epoch FROM happened.occurred_at - email.sent_at) / 3600))::int AS hour,
               CASE WHEN split_part(happened.url, '/', 4) = 'r'
                    THEN split_part(split_part(happened.url, '/', 5), '?', 1) END AS code,
               CASE WHEN strpos(happened.url, '/mailing/') > 0
                    THEN regexp_replace(happened.url, '(/mailing/[0-9]+/[a-z_]+)[?].*', '\\1')
                    ELSE happened.url END AS url,
               happened.client, happened.system, happened.device_type, happened.country_id,
               happened.city
          FROM email CROSS JOIN LATERAL (
              SELECT * FROM mail_tracking
               WHERE delivery_id = email.id AND event_type IN ('opened', 'clicked')
                 AND state IN ('done', 'ignored') OFFSET 0
          ) AS happened
         WHERE email.status = 'open'
    ),
    target AS (
        SELECT event.*, COALESCE(link.url, event.url) AS link
          FROM event
          LEFT JOIN link_tracker_code AS code ON code.code = event.code
          LEFT JOIN link_tracker AS link ON link.id = code.link_id
         WHERE event.event_type = 'clicked'
    )
    %s
"""
# The first hour by a person, else by a machine
FIRST_HOUR = "COALESCE(min(hour) FILTER (WHERE NOT is_machine), min(hour))::text"
# Name → (key, table, condition on events, grouping)
DIMENSIONS = {
    "opened": (FIRST_HOUR, "event", "TRUE", "1"),
    "clicked": (FIRST_HOUR, "event", "event_type = 'clicked'", "1"),
    "link": ("link", "target", "link IS NOT NULL", "1, 2"),
    "client": ("client", "event", "TRUE", "1, 2"),
    "system": ("system", "event", "TRUE", "1, 2"),
    "device": ("device_type", "event", "TRUE", "1, 2"),
    "country": ("country_id::text", "event", "TRUE", "1, 2"),
    "city": ("country_id || '/' || city", "event", "city IS NOT NULL", "1, 2"),
}


def latest(columns, deliveries):
    """Return the SQL of the emails that count.

    :param SQL columns: what is read of them
    :param Query deliveries: of `mail.delivery`
    """
    return SQL(LATEST, columns, deliveries.from_clause, deliveries.where_clause)


def read_emails(cr, deliveries):
    """Return the emails that count, by what they have in common.

    :rtype: list[Emails]
    """
    cr.execute(
        SQL(
            """
            SELECT mass_mailing_id, split_part(recipient, '@', 2), state, status, failed_kind,
                   failure, is_clicked, is_machine_open, is_machine_click, count(*)
              FROM (%s) AS email GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
            """,
            latest(WHAT_BECAME_OF_THEM, deliveries),
        )
    )
    return [Emails(*row) for row in cr.fetchall()]


def dimension(name, key, table, condition, group):
    """Return the SQL that counts the emails by a key, each email once."""
    return SQL(
        f"""
        (SELECT %s AS dimension, key, count(*) FILTER (WHERE NOT by_machines),
                count(*) FILTER (WHERE by_machines)
           FROM (SELECT id, {key} AS key, bool_and(is_machine) AS by_machines
                   FROM {table} WHERE {condition} GROUP BY {group}) AS single
          GROUP BY key ORDER BY count(*) DESC, key LIMIT {MOST})
        """,  # noqa: S608 - our own names
        name,
    )


def read_dimensions(cr, deliveries):
    """Return dimension → list of (value, emails by people, emails by machines alone).

    :rtype: dict[str, list[tuple]]
    """
    parts = [dimension(name, *how) for name, how in DIMENSIONS.items()]
    cr.execute(SQL(EVENTS, latest(WHEN_SENT, deliveries), SQL(" UNION ALL ").join(parts)))
    found = {name: [] for name in DIMENSIONS}
    for name, value, people, machines in cr.fetchall():
        found[name].append((value, people, machines))
    return found


def read_reported(cr, mailing_ids):
    """Return event type → number of emails of mailings that were reported as spam or unsubscribed.

    Read from the few events of these types, not from the many emails.
    """
    cr.execute(
        """
        SELECT happened.event_type, count(DISTINCT email.id)
          FROM mail_tracking AS happened JOIN mail_delivery AS email
               ON email.id = happened.delivery_id
         WHERE happened.event_type IN ('complained', 'unsubscribed')
           AND happened.state IN ('done', 'ignored') AND happened.create_date >= (
               SELECT min(create_date) FROM mailing_mailing WHERE id = ANY(%(mailings)s)
           )
           AND email.mass_mailing_id = ANY(%(mailings)s) AND email.is_test IS NOT TRUE
           AND email.mailing_trace_id IS NOT NULL
         GROUP BY 1
        """,
        {"mailings": list(mailing_ids)},
    )
    return dict(cr.fetchall())
