"""One provider: takes mail, makes the events of its script, posts them."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from itertools import zip_longest
from types import ModuleType
from typing import Any

from .api import FakeApi
from .message import AcceptedMail
from .readers import Reader, reader_of, times_of
from .script import Script, Step
from .smtp import HOST, SmtpServer
from .webhook import Report, Response, Rules, WebhookSender


class FakeProvider:
    """A provider with an SMTP server, a REST API and a webhook sender.

    :param dialect: module with ``event``, ``read_by``, ``bodies`` and ``delivered`` of the
        provider
    :ivar api: the REST API
    :ivar smtp: the SMTP server
    :ivar received: every mail accepted, in order
    :ivar templates: the account's templates: id -> content
    :ivar script: what happens to the recipients
    :ivar on_message: called with each mail before it is accepted; what it raises refuses the mail,
        or the whole call to the API
    :ivar history: every event made, in the order they were made
    """

    smtp_host = HOST
    api: FakeApi

    def __init__(
        self,
        dialect: ModuleType,
        script: Script,
        rules: Rules,
        credentials: tuple[str, str],
    ) -> None:
        self.received: list[AcceptedMail] = []
        self.templates: dict[Any, Any] = {}
        self.history: list[tuple[AcceptedMail, str, Step, datetime]] = []
        self.script = script
        self.on_message: Callable[[AcceptedMail], None] | None = None
        self._dialect = dialect
        self.smtp = SmtpServer(*credentials, lambda message: self.accept([message]))
        self._webhook = WebhookSender(rules)
        self._played_messages = 0
        self._played_recipients = 0

    @property
    def smtp_port(self) -> int:
        return self.smtp.port

    @property
    def smtp_latency(self) -> float:
        """Seconds added before each answer of the SMTP server."""
        return self.smtp.latency

    @smtp_latency.setter
    def smtp_latency(self, seconds: float) -> None:
        self.smtp.latency = seconds

    @property
    def user(self) -> str:
        return self.smtp.user

    @property
    def password(self) -> str:
        return self.smtp.password

    @property
    def webhook_url(self) -> str | None:
        return self._webhook.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._webhook.url = url

    @property
    def has_webhook(self) -> bool:
        """There is somewhere to post events to."""
        return bool(self.webhook_url)

    @property
    def report(self) -> Report:
        return self._webhook.report

    @property
    def delivered(self) -> list[EmailMessage]:
        """Every mail as its recipient gets it."""
        return [self._dialect.delivered(message, self.templates) for message in self.received]

    def start(self, tls: ssl.SSLContext) -> None:
        self.smtp.start(tls)
        self.api.start(tls)
        self._webhook.start()

    def stop(self) -> None:
        self.smtp.stop()
        self.api.stop()
        self._webhook.stop()

    def accept(self, messages: Sequence[AcceptedMail]) -> None:
        """Take the messages of one transaction or call: all of them or none."""
        if self.on_message:
            for message in messages:
                self.on_message(message)
        self.received.extend(messages)

    def events_for(
        self, message: AcceptedMail, step: Step, occurred_at: datetime | None = None
    ) -> list[dict[str, Any]]:
        """The events of one step, one for each recipient of the message.

        :param occurred_at: aware; default: now
        :raises KeyError: the provider has no event for this step
        """
        occurred_at = occurred_at or datetime.now(timezone.utc)
        return [
            self._event(message, recipient, step, occurred_at) for recipient in message.recipients
        ]

    def post(self, payload: object) -> Response:
        """Post one body at once; see `WebhookSender.post`."""
        return self._webhook.post(payload, self._url_for(payload))

    def happen(self, message: AcceptedMail, recipient: str, step: Step) -> None:
        """Have something happen now to one recipient, and post it if there is somewhere to post it
        to.

        :raises KeyError: the provider has no event for this step
        """
        event = self._event(message, recipient, step, datetime.now(timezone.utc))
        if self.has_webhook:
            for body, url in self._notifications([event]):
                self._webhook.submit(body, url)

    def play(self, age: timedelta = timedelta()) -> None:
        """Post the scripted events of what was received since the last time; wait for the answers.

        :param age: how long ago the mails are said to have come in: then each recipient reads
            them as `readers` says
        :raises ValueError: the provider has no webhook URL
        """
        if not self.has_webhook:
            raise ValueError("the provider has no webhook URL")
        messages = self.received[self._played_messages :]
        self._played_messages += len(messages)
        for body, url in self._notifications(self._scripted_events(messages, age)):
            self._webhook.wait_for_room()
            self._webhook.submit(body, url)
        self._webhook.join()

    def _url_for(self, payload: object) -> str | None:
        """Where a body goes to; ``None`` is `webhook_url`."""

    def _notifications(self, events: list[dict[str, Any]]) -> Iterable[tuple[object, str | None]]:
        """The bodies to post, each with where to; ``None`` is `webhook_url`."""
        return ((body, None) for body in self._dialect.bodies(events))

    def _event(
        self,
        message: AcceptedMail,
        recipient: str,
        step: Step,
        occurred_at: datetime,
        reader: Reader | None = None,
    ) -> dict[str, Any]:
        event: dict[str, Any] = self._dialect.event(message, recipient, step, occurred_at)
        if reader:
            event |= self._dialect.read_by(reader, message, step)
        self.history.append((message, recipient, step, occurred_at))
        return event

    def _scripted_events(
        self, messages: list[AcceptedMail], age: timedelta
    ) -> list[dict[str, Any]]:
        """First the first events of all recipients, then the second ones, and so on."""
        now = datetime.now(timezone.utc)
        journeys = []
        for message in messages:
            for recipient in message.recipients:
                steps = self.script.steps(self._played_recipients)
                self._played_recipients += 1
                if age:
                    times = times_of(recipient, steps, message.received_at - age, now)
                else:
                    times = _times(message, len(steps), now)
                reader = reader_of(recipient) if age else None
                journeys.append(
                    [
                        self._event(message, recipient, step, at, reader)
                        for step, at in zip(steps, times, strict=True)
                    ]
                )
        return [event for wave in zip_longest(*journeys) for event in wave if event]


def _times(message: AcceptedMail, count: int, now: datetime) -> list[datetime]:
    """Times of the events of a message: from its reception to now, at least a second apart.

    A second is what the providers' times resolve; right after the reception the first events
    therefore come to lie some seconds before it, as with a clock that is a little behind.
    """
    gap = max(timedelta(seconds=1), (now - message.received_at) / max(count, 1))
    return [now - gap * left for left in reversed(range(count))]
