"""Databases of any size, filled by SQL: through the ORM a million rows would take an hour."""

import json
import random
from collections.abc import Sequence
from typing import Any

from psycopg2.extras import execute_values

# The traces' addresses, message ids and events follow from the trace's number in the mailing.
_EMAIL = "'user' || n || '@domain' || mod(n, 997) || '.example'"
# What tells with what, and where, a mail was opened.
_READER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/112.0.0.0 Safari/537.36",
    "Colombia",
    "Bogotá",
)

# What `fill` adds, one after the other.
_FILL = (
    f"""
    INSERT INTO mailing_contact (name, email, email_normalized, message_bounce,
                                 create_date, write_date, create_uid, write_uid)
    SELECT 'User ' || n, {_EMAIL}, {_EMAIL}, 0, now(), now(), 1, 1
      FROM generate_series(%(first)s, %(last)s) AS n
    """,
    """
    INSERT INTO mailing_subscription (contact_id, list_id, opt_out, create_date, write_date)
    SELECT id, %(list)s, FALSE, now(), now() FROM mailing_contact
     WHERE id > (SELECT COALESCE(max(contact_id), 0) FROM mailing_subscription)
    """,
    f"""
    INSERT INTO res_partner (name, complete_name, email, email_normalized, active,
                             type, message_bounce, create_date, write_date)
    SELECT 'User ' || n, 'User ' || n, {_EMAIL}, {_EMAIL},
           TRUE, 'contact', 0, now(), now()
      FROM generate_series(%(first)s, %(last)s) AS n WHERE mod(n, 10) = 0
    """,
    """
    INSERT INTO mail_blacklist (email, active, create_date, write_date)
    SELECT 'gone' || n || '@domain.example', TRUE, now(), now()
      FROM generate_series(%(first)s, %(last)s) AS n WHERE mod(n, 20) = 0
    """,
    f"""
    WITH trace AS (
        INSERT INTO mailing_trace (trace_type, email, model, res_id, mass_mailing_id,
                                   trace_status, sent_datetime, message_id, mail_mail_id_int,
                                   create_date, write_date, create_uid, write_uid)
        SELECT 'mail', contact.email, 'mailing.contact', contact.id, %(mailing)s,
               'sent', now() AT TIME ZONE 'UTC', '<' || n || '@bench.example>', n,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 1, 1
          FROM generate_series(%(first)s, %(last)s) AS n
          JOIN mailing_contact AS contact ON contact.email = {_EMAIL}
        RETURNING id, email, res_id
    ), delivery AS (
        INSERT INTO mail_delivery (create_date, token, mailing_trace_id, mass_mailing_id,
                                   model, res_id, recipient, email_to, email_from, subject,
                                   mail_server_id, provider, transport, account, size, state,
                                   attempts, called_at, accepted_at, delivered_at,
                                   provider_message_id, status)
        SELECT now() AT TIME ZONE 'UTC', substr(encode(sha256(id::text::bytea), 'hex'), 1, 22),
               id, %(mailing)s, 'mailing.contact', res_id, email, email,
               'tienda@empresa.example', 'Promociones de la semana', %(server)s, 'aldeamo',
               'smtp', '0123456789abcdef', 6000, 'accepted', 1, now() AT TIME ZONE 'UTC',
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', md5('mail ' || id), 'sent'
          FROM trace
        RETURNING id, recipient, mailing_trace_id
    )
    INSERT INTO mail_tracking (event_type, occurred_at, recipient, provider, origin, state,
                               provider_message_id, mail_server_id, fingerprint, payload,
                               delivery_id, processed_at, create_date)
    SELECT 'delivered', now() AT TIME ZONE 'UTC' - interval '1 hour', recipient, 'aldeamo',
           'smtp', 'done', md5('mail ' || mailing_trace_id), %(server)s,
           md5('delivered ' || mailing_trace_id), repeat('payload ', 60), id,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM delivery
    """,
)


def make_mailing(env: Any) -> tuple[Any, Any]:
    """Create a server of a provider's, and a mailing to a list; return both."""
    server = env["ir.mail_server"].create(
        {
            "name": "Bench",
            "provider": "aldeamo",
            "smtp_host": "smtp.invalid",
            "smtp_port": 2589,
            "smtp_encryption": "starttls",
        }
    )
    mailing_list = env["mailing.list"].create({"name": "Bench"})
    mailing = env["mailing.mailing"].create(
        {
            "subject": "Bench",
            "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
            "contact_list_ids": [(6, 0, mailing_list.ids)],
            "mail_server_id": server.id,
            "state": "done",
        }
    )
    env.cr.commit()
    return server, mailing


def fill(cr: Any, server: Any, mailing: Any, first: int, last: int) -> None:
    """Add the recipients `first` to `last`: contact, subscription, sent mail and its delivery.

    Every tenth is a partner too; and for every twentieth there is somebody on the blacklist.
    """
    values = {
        "first": first,
        "last": last,
        "list": mailing.contact_list_ids.id,
        "mailing": mailing.id,
        "server": server.id,
    }
    for statement in _FILL:
        cr.execute(statement, values)
    cr.commit()


def analyze(cr: Any) -> None:
    """Have PostgreSQL know the sizes, as it does a minute later by itself."""
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute(
        "VACUUM ANALYZE mailing_contact, mailing_subscription, res_partner, mailing_trace,"
        " mail_delivery, mail_tracking, mail_blacklist"
    )
    cr._cnx.autocommit = False


def reset(cr: Any, traces: Sequence[dict[str, Any]]) -> None:
    """Undo what was measured, so that each measurement finds the same: mails that the provider has
    accepted, and no event of theirs.

    :param traces: those that are measured
    """
    ids = [trace["id"] for trace in traces]
    cr.execute("DELETE FROM mail_tracking WHERE fingerprint LIKE 'bench %'")
    cr.execute(
        """
        UPDATE mailing_trace
           SET trace_status = 'pending', failure_type = NULL, failure_reason = NULL,
               open_datetime = NULL, links_click_datetime = NULL
         WHERE id = ANY(%s)
        """,
        [ids],
    )
    cr.execute(
        """
        UPDATE mail_delivery
           SET status = 'pending', delivered_at = NULL, opened_at = NULL, clicked_at = NULL,
               failed_at = NULL, failed_kind = NULL, failure = NULL, failure_text = NULL
         WHERE mailing_trace_id = ANY(%s)
        """,
        [ids],
    )
    for table in ("mailing_contact", "res_partner"):
        cr.execute(f"UPDATE {table} SET message_bounce = 0 WHERE message_bounce > 0")
    analyze(cr)


def choose_traces(cr: Any, mailing: Any, count: int, times: int) -> list[dict[str, Any]]:
    """Return the latest traces in random order: events are about what was sent lately.

    :param times: how often one may come, if there are too few
    """
    cr.execute(
        """
        SELECT trace.id, email, message_id, token
          FROM mailing_trace AS trace
          JOIN mail_delivery AS delivery ON delivery.mailing_trace_id = trace.id
         WHERE trace.mass_mailing_id = %s
         ORDER BY trace.id DESC LIMIT %s
        """,
        [mailing.id, count],
    )
    traces: list[dict[str, Any]] = (cr.dictfetchall() * times)[:count]
    random.Random(count).shuffle(traces)
    return traces


def receive(env: Any, server: Any, traces: Sequence[dict[str, Any]], kinds: Sequence[str]) -> None:
    """Store one waiting event of each trace, of the kinds in turn.

    :param kinds: event types; "bounced" is a hard one
    """
    rows = [
        (
            kind,
            "hard" if kind == "bounced" else None,
            trace["email"],
            f"550 5.1.1 <{trace['email']}>: no such user" if kind == "bounced" else None,
            trace["token"],
            f"bench {index}",
            f"bench {index}",
            json.dumps({"event": kind, "email": trace["email"], "filler": "x" * 400}),
            server.id,
            *(_READER if kind in ("opened", "clicked") else (None, None, None)),
            f"{index} seconds",
        )
        for index, trace in enumerate(traces)
        for kind in [kinds[index % len(kinds)]]
    ]
    execute_values(
        env.cr._obj,
        """
        INSERT INTO mail_tracking (event_type, bounce_type, recipient, reason, token,
                                   provider_message_id, fingerprint, payload, mail_server_id,
                                   user_agent, country, city, occurred_at, create_date, state,
                                   origin, provider)
        VALUES %s
        """,
        rows,
        template="(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
        " now() AT TIME ZONE 'UTC' - %s::interval, now() AT TIME ZONE 'UTC', 'pending', 'smtp',"
        " 'aldeamo')",
        page_size=1000,
    )
    env.cr.commit()
