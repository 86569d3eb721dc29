# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The session that Odoo uses instead of an SMTP session: it puts messages into the outbox."""

import logging
import secrets
from contextlib import contextmanager

from psycopg2 import Binary
from psycopg2.extras import execute_values

from odoo import fields

from ...addresses import normalize
from ...providers import PROVIDERS
from ...providers.base import Instructions
from ...providers.message import (
    comparable,
    from_message,
    make_harmless,
    unfolded,
    without_names,
)
from ...providers.smtp import as_bytes, check_lines
from .courier import Courier

_logger = logging.getLogger(__name__)

# Bytes of contents to collect in memory before an INSERT
BUFFER_SIZE = 2_000_000
# Limits of the outbox: further mails stay in Odoo's own queue.
MAX_ROWS = 2000
MAX_SIZE = 250_000_000  # bytes
COLUMNS = (
    *("create_date", "token", "mailing_trace_id", "mass_mailing_id", "mail_message_id"),
    *("mail_mail_id", "partner_id", "model", "res_id", "company_id", "is_test", "recipient"),
    *("email_to", "email_from", "from_address", "subject", "mail_server_id", "provider"),
    *("transport", "account", "size", "state", "status", "attempts"),
)


def new_token():
    """Return a token for the mail's events: 128 random bits that fit into a header line."""
    return secrets.token_urlsafe(16)


class OutboxSession:
    """Has the methods of an SMTP session that Odoo's `ir.mail_server.send_email` uses.

    :param ir.mail_server server: with a provider, in the environment whose transaction the
        messages belong to
    :param str smtp_from: the sender that Odoo wants to use, or None
    """

    def __init__(self, server, smtp_from):
        self.server = server
        self.from_filter = server.from_filter
        self.smtp_from = smtp_from
        self.provider = PROVIDERS[server.provider]
        self.without_notifications = set()  # mails of the chunk that have none
        self._owners = {}  # token → columns of what the mail belongs to
        self._people = {}  # comparable address → recipient, a `res.partner`
        self.took_nothing = True  # no message of the current mail was taken
        self._notified = set()  # (message's id, partner's id)
        self._rows = []
        self._buffered = 0  # bytes
        self._is_buffering = False
        self._courier = None
        self._handed_over = []

    # --- What Odoo calls

    def send_message(self, message, smtp_from, smtp_to_list, *_options):
        """Put one message into the outbox.

        :param email.message.EmailMessage message: without Bcc
        :param str smtp_from: sender of the envelope
        :param list[str] smtp_to_list: addresses of all recipients
        """
        make_harmless(message)
        token = self._token_of(message)
        recipients = without_names(message, smtp_to_list)
        owner = self._owner_of(token, recipients)
        for content, transport, part_token, envelope in self._prepare(
            message, smtp_from, recipients, token
        ):
            self._add(message, smtp_from, content, transport, part_token, envelope, owner)
        self.took_nothing = False
        self._notified.add((owner.get("mail_message_id"), owner.get("partner_id")))
        if not self._is_buffering:
            self._insert()

    def quit(self):
        """Wait for deliveries in the background."""
        if self._courier:
            self._courier.finish()

    def close(self):
        self.quit()

    # --- What `mail.mail` calls

    def expect(self, owners, people):
        """Store what the messages of the next mail belong to.

        :param dict owners: token → columns of `mail.delivery`
        :param res.partner people: recipients of the mail
        """
        self._owners = owners
        self._people = {comparable(person.email_normalized or ""): person for person in people}
        self.took_nothing = True

    @contextmanager
    def buffering(self):
        """Insert many messages by one statement, and post-process their mails by one call."""
        self._is_buffering = True
        self._handed_over = []
        self._notified.clear()
        try:
            yield
            self._insert()
        finally:
            self._is_buffering = False
            self._rows, self._buffered = [], 0
            self.expect({}, ())
            self.without_notifications = set()

    def collect(self, mails):
        """Collect mails, to post-process all by one call."""
        self._handed_over += mails.ids

    def collected(self):
        ids, self._handed_over = self._handed_over, []
        return ids

    def has_notified(self, notification):
        """Return whether a message was taken for the person of a `mail.notification`."""
        key = notification.mail_message_id.id, notification.res_partner_id.id
        return key in self._notified

    def instructions(self, mail):
        """Return the instructions for the provider about a mail, with a new token."""
        # Odoo's tracking links and picture are in the body that Odoo writes.
        is_tracked_by_odoo = bool(mail.mailing_id) and not mail.provider_template
        return Instructions(
            token=new_token(),
            campaign=f"odoo-mailing-{mail.mailing_id.id}" if mail.mailing_id else None,
            tracking=self.server._tracks(is_tracked_by_odoo),
            template=mail.provider_template or None,
            variables=mail.provider_variables or {},
        )

    def obstacle(self):
        """Return why the outbox accepts no more mails now, or None.

        While mails are delivered in the background, wait until the outbox has room.

        :rtype: models.ir_mail_server.sending.Obstacle
        """
        obstacle = self.server._outbox_obstacle()
        if obstacle and self._courier:
            self._courier.wait()
            # End the transaction, to see what others have written meanwhile.
            self.server.env.cr.commit()  # pylint: disable=invalid-commit
            obstacle = self.server._outbox_obstacle()
        return obstacle

    def deliver_in_background(self):
        """Deliver after each commit while Odoo prepares the next mails."""
        self._courier = Courier(self.server.pool, self.server.id)

    # --- Inside

    def _token_of(self, message):
        """Return the message's token; add one if it has none."""
        header = self.provider.token_header
        token = unfolded(message[header] or "")
        if token not in self._owners:
            del message[header]
            token = new_token()
            message[header] = token
        return token

    def _owner_of(self, token, recipients):
        """Return what a message belongs to, by its recipients.

        Not by the token alone: OCA's `mail_composer_cc_bcc` exchanges the recipients of the
        messages of one mail.
        """
        owner = self._owners.pop(token, {})
        envelope = [comparable(recipient) for recipient in recipients]
        if owner and comparable(owner["recipient"] or "") not in envelope:
            person = next((self._people[key] for key in envelope if key in self._people), None)
            if person:
                return {**owner, "partner_id": person.id, "recipient": person.email_normalized}
        return owner

    def _prepare(self, message, smtp_from, recipients, token):
        """Yield (content, transport, token, recipients) of each mail that the message becomes."""
        if self.server.transport == "api":
            mail = from_message(message, recipients)
            # An API sends to everybody in To and Cc: use SMTP if some don't get this copy.
            if not (mail.names_others and self.server._transport_limits("smtp")):
                for index, part in enumerate(mail.split(self.provider.api.limits.recipients)):
                    part_token = new_token() if index else token
                    envelope = [mailbox.address for mailbox in part.recipients]
                    yield self.provider.api.encode(part, part_token), "api", part_token, envelope
                return
        content = as_bytes(message, [smtp_from, *recipients])
        check_lines(content)
        yield content, "smtp", token, recipients

    def _add(self, message, smtp_from, content, transport, token, envelope, owner):
        person = comparable(owner.get("recipient") or "")
        recipient = next((to for to in envelope if comparable(to) == person), envelope[0])
        self._rows.append(
            {
                "mailing_trace_id": None,
                "mass_mailing_id": None,
                "mail_message_id": None,
                "mail_mail_id": None,
                "partner_id": None,
                "model": None,
                "res_id": None,
                "company_id": None,
                "is_test": False,
                **owner,
                "create_date": fields.Datetime.now(),
                "token": token,
                "recipient": normalize(recipient),
                "email_to": ", ".join(envelope),
                "email_from": smtp_from,
                "from_address": normalize(unfolded(message["From"] or "")),
                "subject": unfolded(message["Subject"] or "")[:1000],
                "mail_server_id": self.server.id,
                "provider": self.server.provider,
                "transport": transport,
                "account": self.server._account_name(),
                "size": len(content),
                "state": "waiting",
                "status": "process",
                "attempts": 0,
                "content": content,
            }
        )
        self._buffered += len(content)
        if self._buffered > BUFFER_SIZE:
            self._insert()

    def _insert(self):
        """Insert the buffered messages; they are delivered after the commit."""
        rows, self._rows, self._buffered = self._rows, [], 0
        if not rows:
            return
        cr = self.server.env.cr
        statement = (
            f"INSERT INTO mail_delivery ({', '.join(COLUMNS)}) "  # noqa: S608 - names of ours
            "VALUES %s RETURNING id, token"
        )
        found = execute_values(
            cr._obj, statement, [[row[name] for name in COLUMNS] for row in rows], fetch=True
        )
        ids = {token: id_ for id_, token in found}
        execute_values(
            cr._obj,
            "INSERT INTO mail_delivery_content (delivery_id, content) VALUES %s",
            [(ids[row["token"]], Binary(row["content"])) for row in rows],
        )
        self._deliver_after_commit(sorted(ids.values()))

    def _deliver_after_commit(self, ids):
        postcommit = self.server.env.cr.postcommit
        waiting = postcommit.data.setdefault("mail_delivery", {})
        if self.server.id not in waiting:
            pool, server_id, courier = self.server.pool, self.server.id, self._courier

            def deliver():
                handed_over = waiting.pop(server_id)
                if courier:
                    courier.add(handed_over)
                else:
                    Courier(pool, server_id).deliver(handed_over)

            postcommit.add(deliver)
        waiting.setdefault(self.server.id, []).extend(ids)
