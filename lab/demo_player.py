"""Plays what `demo_events.py` says for the mails that you send while the demo runs."""

from __future__ import annotations

import runpy
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from dev.console import say
from lab.sandbox import AcceptedMail, Sandbox
from lab.sandbox.provider import FakeProvider
from lab.sandbox.script import Step

SCRIPT = Path(__file__).with_name("demo_events.py")
# Seconds until somebody follows the link of an activation mail.
_ACTIVATION = 5.0


class Player:
    """A context manager: what comes in from then on is answered.

    :param deliver: hands an activation mail over to Odoo, where its recipient's mailbox is
    :param script: has the function ``events``; is read anew for each mail
    """

    def __init__(self, sandbox: Sandbox, deliver: Callable[[bytes], None], script: Path = SCRIPT):
        self._sandbox = sandbox
        self._deliver = deliver
        self._script = script
        self._providers: list[FakeProvider] = [sandbox.aldeamo, sandbox.mailjet]
        self._seen = {provider: len(provider.received) for provider in self._providers}
        self._activations = len(sandbox.mailjet.activations)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="player", daemon=True)

    def __enter__(self) -> Player:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            for provider in self._providers:
                messages = provider.received[self._seen[provider] :]
                self._seen[provider] += len(messages)
                for message in messages:
                    self._plan(provider, message)
            addresses = self._sandbox.mailjet.activations[self._activations :]
            self._activations += len(addresses)
            for email in addresses:
                self._after(0, self._deliver_activation, email)
                self._after(_ACTIVATION, self._activate, email)

    def _plan(self, provider: FakeProvider, message: AcceptedMail) -> None:
        for recipient in message.recipients:
            for seconds, step in self._events(recipient, message.subject):
                self._after(seconds, provider.happen, message, recipient, step)

    def _events(self, recipient: str, subject: str) -> list[tuple[float, Step]]:
        try:
            return list(runpy.run_path(str(self._script))["events"](recipient, subject))
        except Exception:  # noqa: BLE001 - somebody is writing it
            say(f"  ! {self._script.name} can't be used:\n{traceback.format_exc(limit=-1)}")
            return []

    def _after(self, seconds: float, act: Callable[..., None], *arguments: object) -> None:
        timer = threading.Timer(seconds, self._act, [act, *arguments])
        timer.daemon = True
        timer.start()

    def _act(self, act: Callable[..., None], *arguments: object) -> None:
        if self._stopping.is_set():
            return
        try:
            act(*arguments)
        except Exception as error:  # noqa: BLE001 - the demo goes on
            say(f"  ! {type(error).__name__}: {error}")

    def _deliver_activation(self, email: str) -> None:
        self._deliver(self._sandbox.mailjet.activation_mail(email).as_bytes())

    def _activate(self, email: str) -> None:
        self._sandbox.mailjet.senders.activate(email)
        say(f"  Mailjet wrote to {email}, and somebody followed the link: it can be used.")
