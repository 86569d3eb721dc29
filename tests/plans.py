# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Finds statements that read a whole large table."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor

# Tables that grow with the mails or the contacts
LARGE = {
    *(
        "mail_tracking",
        "mail_delivery",
        "mailing_trace",
        "mail_mail",
        "mail_message",
        "mail_notification",
    ),
    *("mailing_contact", "mailing_subscription", "res_partner", "mail_blacklist"),
}
# Partial indexes of few rows, which may be read as a whole
OF_FEW = {
    *("mail_delivery_due_idx", "mail_delivery_open_idx", "mail_delivery_failed_idx"),
    "mail_tracking_due_idx",
    "mail_tracking_subscription_idx",  # complaints and unsubscriptions: one of a hundred mails
}
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_EMAIL = "'user' || n || '@domain' || mod(n, 97) || '.example'"
# Table, columns, and their values in row `n`
_ROWS = (
    ("mailing_contact", "name, email, email_normalized", f"'User', {_EMAIL}, {_EMAIL}"),
    (
        "res_partner",
        "name, complete_name, email, email_normalized, active, type",
        f"'User', 'User ' || n, {_EMAIL}, {_EMAIL}, TRUE, 'contact'",
    ),
    (
        "mailing_trace",
        "trace_type, email, model, res_id, mass_mailing_id, trace_status, sent_datetime,"
        " write_date",
        f"'mail', {_EMAIL}, 'mailing.contact', n, %(mailing)s,"
        " CASE WHEN mod(n, 10) = 0 THEN 'bounce' ELSE 'sent' END, now(), now()",
    ),
    (
        "mail_delivery",
        "create_date, token, recipient, email_to, subject, provider, transport, state, status,"
        " attempts, provider_message_id",
        f"now(), 'token ' || n, {_EMAIL}, {_EMAIL}, 'Subject', 'aldeamo', 'smtp', 'accepted',"
        " 'sent', 1, 'mail ' || n",
    ),
    (
        "mail_tracking",
        "event_type, occurred_at, recipient, provider, origin, state, provider_message_id,"
        " fingerprint, create_date",
        f"'delivered', now(), {_EMAIL}, 'aldeamo', 'smtp', 'done', 'mail ' || n, 'fill ' || n,"
        " now()",
    ),
    ("mail_message", "message_type, date", "'email', now()"),
    ("mail_blacklist", "email, active", f"'no' || {_EMAIL}, TRUE"),
)
_ANALYZE = f"ANALYZE {', '.join(sorted(LARGE))}"
# References between the tables, so that PostgreSQL estimates realistic sizes of joins
_LINKS = (
    _ANALYZE,
    "UPDATE mail_delivery SET mailing_trace_id = trace.id, mass_mailing_id = %(mailing)s"
    " FROM mailing_trace AS trace WHERE recipient = trace.email AND mod(trace.id, 2) = 0",
    "UPDATE mail_delivery SET mail_message_id = message.id, partner_id = 1"
    " FROM mail_message AS message WHERE mailing_trace_id IS NULL"
    " AND message.id = mail_delivery.id + (SELECT min(id) FROM mail_message) - 1",
    "UPDATE mail_tracking SET delivery_id = delivery.id FROM mail_delivery AS delivery"
    " WHERE mail_tracking.recipient = delivery.recipient",
    "INSERT INTO mail_mail (mail_message_id, state) SELECT id, 'sent' FROM mail_message",
    "INSERT INTO mail_notification (mail_message_id, res_partner_id, notification_type,"
    " notification_status) SELECT id, 1, 'email', 'sent' FROM mail_message",
    "INSERT INTO mailing_subscription (contact_id, list_id, opt_out)"
    " SELECT contact.id, list.id, FALSE FROM mailing_contact AS contact,"
    " LATERAL (SELECT id FROM mailing_list LIMIT 1) AS list"
    " WHERE NOT EXISTS (SELECT FROM mailing_subscription WHERE contact_id = contact.id)",
    _ANALYZE,
)


def fill(cr, mailing, count):
    """Insert so many rows that PostgreSQL plans for large tables."""
    values = {"count": count, "mailing": mailing.id}
    for table, columns, expressions in _ROWS:
        cr.execute(
            f"INSERT INTO {table} ({columns}) SELECT {expressions}"
            " FROM generate_series(1, %(count)s) AS n",
            values,
        )
    for statement in _LINKS:
        cr.execute(statement, values)


@contextmanager
def recorded():
    """Yield a list to which the statements that are executed meanwhile are added."""
    statements = []
    execute = Cursor.execute

    def execute_and_record(cursor, *args, **kwargs):
        result = execute(cursor, *args, **kwargs)
        statements.append(cursor._obj.query.decode().strip())
        return result

    with patch.object(Cursor, "execute", execute_and_record):
        yield statements


def full_reads(cr, statements):
    """Yield (node of the plan, statement) for each read of a whole large table.

    :param cr: cursor with the settings and data to plan for
    :param statements: from `recorded`
    """
    found = []
    for statement in statements:
        if statement.upper().startswith(PLANNED):
            cr.execute(f"EXPLAIN (FORMAT JSON) {statement.replace('%', '%%')}", ())
            (((plan,),),) = cr.fetchall()
            found += [
                (f"{node['Node Type']} on {relation}", statement)
                for node, relation in _nodes(plan["Plan"])
                if relation in LARGE and _reads_all(node)
            ]
    return found


def _nodes(node, relation=None):
    relation = node.get("Relation Name", relation)
    yield node, relation
    for child in node.get("Plans", ()):
        # A bitmap index scan reads the table of its parent node.
        yield from _nodes(child, relation if "Bitmap" in node["Node Type"] else None)


def _reads_all(node):
    kind = node["Node Type"]
    if node.get("Index Name") in OF_FEW:
        return False
    return kind == "Seq Scan" or ("Index" in kind and "Scan" in kind and "Index Cond" not in node)
