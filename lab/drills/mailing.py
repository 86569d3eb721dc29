"""A mailing and its events, counted on their way."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from typing import Any

from dev.console import Stop
from dev.odoo import RpcError
from lab.campaign import Campaign
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox import Step
from lab.sandbox.webhook import Rules, WebhookSender

_QUEUE = "mail.ir_cron_mail_scheduler_action"
_OUTBOX = "mail_mailjet_aldeamo.ir_cron_deliver"
_JOB = "mail_mailjet_aldeamo.ir_cron_apply_mail_tracking"
_TRIES = 10
_SEND_PATHS = {"mailjet": "/v3.1/send", "aldeamo": "/v1/email"}
# Mailjet tries for a day, every half minute; here it tries more often.
_PATIENT = Rules(slow_is_discarded=False, accepted=(200,), resends=400, pause=0.25, waiting=None)
_JOURNEYS = (
    (Step.DELIVERED, Step.OPENED, Step.CLICKED),
    (Step.HARD_BOUNCE,),
    (Step.DELIVERED, Step.OPENED),
)


class Mailing:
    """A mailing through a provider, and the events that the provider posts about it.

    :ivar campaign: the records in Odoo, and the provider
    :ivar transport: ``api`` or ``smtp``
    :ivar events: what the provider posts, each once
    :ivar send_path: of the provider's API
    :ivar outcome: filled in by `count`
    :ivar impossible: addresses whose mails the provider never takes
    """

    def __init__(
        self,
        world: World,
        contacts: int = 60,
        code: str = "mailjet",
        transport: str = "api",
        **server_values: Any,
    ) -> None:
        self.world = world
        self.transport = transport
        self.outcome = Outcome()
        self.impossible: set[str] = set()
        provider = getattr(world.sandbox, code)
        if code == "aldeamo":
            server_values["api_key"] = provider.api_key
        self.campaign = Campaign(
            world.odoo, provider, code, contacts=contacts, transport=transport, **server_values
        )
        self.send_path = _SEND_PATHS[code]
        path = "/mail_provider/" + provider.webhook_url.rpartition("/")[2]
        self.by_controller = world.odoo.url + path
        self.by_webhook_server = world.webhook_server.url + path
        self.events: list[dict[str, Any]] = []

    def prepare(self) -> None:
        """Have Odoo make the mails: up to 100 it sends at once itself, more its queue does."""
        self.world.odoo.rpc("mailing.mailing", "action_send_mail", [self.campaign.mailing])

    def send(self) -> None:
        """Have Odoo hand over what its queue holds, and deliver it, until nothing is left.

        :raises Stop: something is always left
        """
        for _try in range(_TRIES):
            self.deliver()
            if not self.campaign.is_unfinished():
                return
            self.world.let_time_pass()
        raise Stop(f"The queue or the outbox does not get empty: {self.campaign.states()}.")

    def deliver(self) -> None:
        """Have Odoo's queue and the outbox work once."""
        self.campaign.run_job(_QUEUE)
        self.campaign.run_job(_OUTBOX)

    def try_to_send(self) -> None:
        """Have the queue run once; it may fail."""
        with suppress(RpcError):
            self.campaign.run_job(_QUEUE)

    def send_until_killed(self) -> None:
        """Have the queue work until somebody kills Odoo."""
        try:
            self.campaign.run_job(_QUEUE)
        except (OSError, HTTPException):
            return
        raise Stop("Odoo was not killed.")

    def make_events(self) -> list[dict[str, Any]]:
        """Return the events of all recipients: delivered, opened, clicked, bounced."""
        for index, message in enumerate(self.received()):
            for step in _JOURNEYS[index % len(_JOURNEYS)]:
                self.events += self.campaign.provider.events_for(message, step)
        return self.events

    def post(
        self,
        urls: Iterable[str] | None = None,
        fault: Callable[[], None] | None = None,
        pause: float = 0.01,
    ) -> WebhookSender:
        """Post the events, each to one of the URLs in turn, and after a third of them make a fault.

        Every event is posted until it is answered with 200. What the fault raises is raised.
        """
        targets = list(urls or (self.by_controller, self.by_webhook_server))
        events = self.events or self.make_events()
        sender = WebhookSender(_PATIENT)
        sender.start()
        try:
            # Wait for the fault's end in any case: what it starts must not outlive the drill.
            with ThreadPoolExecutor(1) as pool:
                for index, event in enumerate(events):
                    if fault and index == len(events) // 3:
                        making = pool.submit(fault)
                    sender.submit(event, targets[index % len(targets)])
                    time.sleep(pause)
                if fault:
                    making.result()
            sender.join()
        finally:
            sender.stop()
        return sender

    def post_rest(self) -> None:
        """Post the events of the mails that have none yet."""
        posted, self.events = self.events, []
        known = {address_of(event) for event in posted}
        self.events = [event for event in self.make_events() if address_of(event) not in known]
        self.post()
        self.events = posted + self.events

    def is_all_stored(self) -> bool:
        """Whether none of its events waits in the spool."""
        spooled = "SELECT count(*) FROM mail_tracking_spool WHERE server_id = %s"
        return int(self.world.value(spooled, self.campaign.server)) == 0

    def pending(self) -> int:
        """Return how many of its events are stored and not yet applied."""
        query = "SELECT count(*) FROM mail_tracking WHERE state = 'pending' AND mail_server_id = %s"
        return int(self.world.value(query, self.campaign.server))

    def run_job(self) -> None:
        """Run the job that applies events once; it may fail."""
        try:
            self.campaign.run_job(_JOB)
        except (RpcError, OSError, HTTPException):
            return

    def count(self) -> Outcome:
        """Have everything applied that waits, and count.

        :raises Stop: the webhook server doesn't hand on what it has taken
        """
        # Now, because the job would do it in the webhook server's place.
        self.world.wait("the webhook server has handed on", self.is_all_stored)
        for _try in range(_TRIES):
            self.run_job()
            if not self.pending():
                break
            self.world.let_time_pass()
        outcome = self.outcome
        times = Counter(address for mail in self.received() for address in mail.recipients)
        outcome.sent = len(self.campaign.emails) - len(self.impossible)
        outcome.received = len(times)
        outcome.doubled = sum(times.values()) - len(times)
        server = self.campaign.server
        states = self.campaign.states()
        outcome.require(states["refused"] == len(self.impossible), f"states: {dict(states)}")
        outcome.require(set(states) <= {"accepted", "refused"}, f"states: {dict(states)}")
        outcome.posted = len({json.dumps(event, sort_keys=True) for event in self.events})
        seen = "SELECT count(*) FROM mail_tracking WHERE mail_server_id = %s AND payload <> ''"
        outcome.stored = self.world.value(seen, server)
        outcome.applied = self.world.value(f"{seen} AND state = 'done'", server)
        outcome.twice = self._counted_twice()
        self._compare_statuses()
        return outcome

    def received(self) -> list[Any]:
        """Return what the provider has received of it."""
        emails = set(self.campaign.emails)
        received = self.campaign.provider.received
        return [mail for mail in received if emails.intersection(mail.recipients)]

    def _counted_twice(self) -> int:
        """Return by how much the bounce counters are not what one bounce each makes them."""
        bounced = {address_of(event) for event in self.events if event["event"] == "bounce"}
        counters = self.world.query(
            "SELECT email, message_bounce FROM mailing_contact WHERE email = ANY(%s)",
            self.campaign.emails,
        )
        return sum(abs(count - (email in bounced)) for email, count in counters)

    def _compare_statuses(self) -> None:
        ranks = {"sent": "sent", "open": "open", "click": "open", "bounce": "bounce"}
        # Before any event: accepted, or delivered where no events have ever come.
        expected = dict.fromkeys(self.campaign.emails, "pending" if self.events else "sent")
        expected.update(dict.fromkeys(self.impossible, "error"))
        for event in self.events:
            expected[address_of(event)] = ranks[event["event"]]
        found = self.world.query(
            "SELECT email, trace_status FROM mailing_trace WHERE mass_mailing_id = %s",
            self.campaign.mailing,
        )
        wrong = Counter(status for email, status in found if expected[email] != status)
        self.outcome.require(not wrong, f"statuses that should not be: {dict(wrong)}")
        self.outcome.require(
            len(found) == len(expected), f"{len(found)} traces of {len(expected)} mails"
        )


def address_of(event: dict[str, Any]) -> str:
    """Return whom an event of either provider is about."""
    return str(event.get("email") or event["to"])
