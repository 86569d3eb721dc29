"""Databases of any size, filled by SQL: through the ORM a million rows would take an hour."""

import json
import random
from collections.abc import Sequence
from typing import Any

from psycopg2.extras import execute_values

# The traces' addresses, message ids and events follow from the trace's number in the mailing.
_EMAIL = "'user' || n || '@domain' || mod(n, 997) || '.example'"


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
    for statement in (
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
            SELECT 'mail', {_EMAIL}, 'mailing.contact', n, %(mailing)s,
                   'sent', now() AT TIME ZONE 'UTC', '<' || n || '@bench.example>', n,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 1, 1
              FROM generate_series(%(first)s, %(last)s) AS n
            RETURNING id, email
        )
        INSERT INTO mail_tracking (event_type, occurred_at, recipient, provider, stream, state,
                                   provider_message_id, mail_server_id, fingerprint, payload,
                                   mailing_trace_id, mass_mailing_id, processed_at,
                                   create_date, write_date, create_uid, write_uid)
        SELECT 'delivered', now() AT TIME ZONE 'UTC' - interval '1 hour', email, 'aldeamo',
               'smtp', 'done', md5('mail ' || id), %(server)s, md5('delivered ' || id),
               repeat('payload ', 60), id, %(mailing)s, now() AT TIME ZONE 'UTC',
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 1, 1
          FROM trace
        """,
    ):
        cr.execute(statement, values)
    cr.commit()


def analyze(cr: Any) -> None:
    """Have PostgreSQL know the sizes, as it does a minute later by itself."""
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute(
        "VACUUM ANALYZE mailing_contact, mailing_subscription, res_partner, mailing_trace,"
        " mail_tracking, mail_blacklist"
    )
    cr._cnx.autocommit = False


def reset(cr: Any) -> None:
    """Undo what was measured, so that each measurement finds the same."""
    for statement in (
        "DELETE FROM mail_tracking WHERE fingerprint LIKE 'bench %'",
        """
        UPDATE mailing_trace
           SET trace_status = 'sent', failure_type = NULL, failure_reason = NULL,
               open_datetime = NULL, links_click_datetime = NULL
         WHERE trace_status != 'sent' OR links_click_datetime IS NOT NULL
        """,
        "UPDATE mailing_contact SET message_bounce = 0 WHERE message_bounce > 0",
        "UPDATE res_partner SET message_bounce = 0 WHERE message_bounce > 0",
    ):
        cr.execute(statement)
    analyze(cr)


def choose_traces(cr: Any, mailing: Any, count: int, times: int) -> list[dict[str, Any]]:
    """Return the latest traces in random order: events are about what was sent lately.

    :param times: how often one may come, if there are too few
    """
    cr.execute(
        """
        SELECT id, email, message_id FROM mailing_trace WHERE mass_mailing_id = %s
         ORDER BY id DESC LIMIT %s
        """,
        [mailing.id, count],
    )
    traces = (cr.dictfetchall() * times)[:count]
    random.Random(count).shuffle(traces)
    return traces


def receive(env: Any, server: Any, traces: Sequence[dict[str, Any]], kinds: Sequence[str]) -> None:
    """Store one waiting event of each trace, of the kinds in turn.

    :param kinds: event types; "bounced" is a hard one
    """
    # Odoo has put the addon into its namespace by now.
    from odoo.addons.mail_mailjet_aldeamo.tools.reference import Reference, make_reference

    rows = [
        (
            kind,
            "hard" if kind == "bounced" else None,
            trace["email"],
            f"550 5.1.1 <{trace['email']}>: no such user" if kind == "bounced" else None,
            make_reference(env, Reference(trace_id=trace["id"])),
            f"bench {index}",
            f"bench {index}",
            json.dumps({"event": kind, "email": trace["email"], "filler": "x" * 400}),
            server.id,
            f"{index} seconds",
        )
        for index, trace in enumerate(traces)
        for kind in [kinds[index % len(kinds)]]
    ]
    execute_values(
        env.cr._obj,
        """
        INSERT INTO mail_tracking (event_type, bounce_type, recipient, reason, reference,
                                   provider_message_id, fingerprint, payload, mail_server_id,
                                   occurred_at, create_date, write_date,
                                   state, stream, provider)
        VALUES %s
        """,
        rows,
        template="(%s, %s, %s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC' - %s::interval,"
        " now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 'pending', 'smtp', 'aldeamo')",
        page_size=1000,
    )
    env.cr.commit()
