"""One provider: takes mail, makes the events of its script, posts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from itertools import zip_longest
from types import ModuleType

from .message import Received
from .script import Script, Step
from .smtp import HOST, SmtpServer
from .webhook import Report, Response, Rules, Webhook


class Provider:
    """A provider with an SMTP server and a webhook sender.

    :param dialect: module with ``event``, ``bodies`` and ``delivered`` of the provider
    :ivar received: every mail accepted, in order
    :ivar script: what happens to the recipients
    :ivar on_message: called with each mail before its 250 is sent; what it raises refuses the mail
    """

    smtp_host = HOST

    def __init__(self, dialect: ModuleType, script: Script, rules: Rules, user: str, password: str):
        self.received: list[Received] = []
        self.script = script
        self.on_message: Callable[[Received], None] | None = None
        self._dialect = dialect
        self._smtp = SmtpServer(user, password, self._accept)
        self._webhook = Webhook(rules)
        self._played_messages = 0
        self._played_recipients = 0

    @property
    def smtp_port(self) -> int:
        return self._smtp.port

    @property
    def user(self) -> str:
        return self._smtp.user

    @property
    def password(self) -> str:
        return self._smtp.password

    @property
    def webhook_url(self) -> str | None:
        return self._webhook.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._webhook.url = url

    @property
    def report(self) -> Report:
        return self._webhook.report

    @property
    def delivered(self) -> list[EmailMessage]:
        """Every mail as its recipient gets it."""
        return [self._dialect.delivered(message) for message in self.received]

    def start(self) -> None:
        self._smtp.start()
        self._webhook.start()

    def stop(self) -> None:
        self._smtp.stop()
        self._webhook.stop()

    def events_for(
        self, message: Received, step: Step, occurred_at: datetime | None = None
    ) -> list[dict]:
        """The events of one step, one for each recipient of the message.

        :param occurred_at: aware; default: now
        :raises KeyError: the provider has no event for this step
        """
        occurred_at = occurred_at or datetime.now(timezone.utc)
        return [
            self._dialect.event(message, recipient, step, occurred_at)
            for recipient in message.recipients
        ]

    def post(self, payload: object) -> Response:
        """Post one body at once; see `Webhook.post`."""
        return self._webhook.post(payload)

    def play(self) -> None:
        """Post the scripted events of what was received since the last time; wait for the answers.

        :raises ValueError: the provider has no webhook URL
        """
        if not self.webhook_url:
            raise ValueError("the provider has no webhook URL")
        messages = self.received[self._played_messages :]
        self._played_messages += len(messages)
        for body in self._dialect.bodies(self._scripted_events(messages)):
            self._webhook.wait_for_room()
            self._webhook.submit(body)
        self._webhook.join()

    def _accept(self, message: Received) -> None:
        if self.on_message:
            self.on_message(message)
        self.received.append(message)

    def _scripted_events(self, messages: list[Received]) -> list[dict]:
        """First the first events of all recipients, then the second ones, and so on."""
        now = datetime.now(timezone.utc)
        journeys = []
        for message in messages:
            for recipient in message.recipients:
                steps = self.script.steps(self._played_recipients)
                self._played_recipients += 1
                times = _times(message, len(steps), now)
                journeys.append(
                    [
                        self._dialect.event(message, recipient, step, occurred_at)
                        for step, occurred_at in zip(steps, times, strict=True)
                    ]
                )
        return [event for wave in zip_longest(*journeys) for event in wave if event]


def _times(message: Received, count: int, now: datetime) -> list[datetime]:
    """Times of the events of a message: from its reception to now, at least a second apart.

    A second is what the providers' times resolve; right after the reception the first events
    therefore come to lie some seconds before it, as with a clock that is a little behind.
    """
    gap = max(timedelta(seconds=1), (now - message.received_at) / max(count, 1))
    return [now - gap * left for left in reversed(range(count))]
