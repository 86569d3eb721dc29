"""A Mailjet account: what its owner has set up, and where its events go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any
from urllib.parse import quote

from . import mailjet, script, webhook
from .mailjet_callbacks import Callbacks
from .mailjet_domains import Domains
from .mailjet_senders import Senders
from .provider import FakeProvider


class MailjetAccount(FakeProvider):
    """Mailjet with one account, without the API; anything may be changed while it runs.

    :ivar templates: id (a number) -> HTML, or a dictionary as the ``detailcontent`` of a template
    :ivar template_names: id -> name, where it has one of its own
    :ivar monitoring_categories: name -> whether it still exists
    :ivar may_set_sender: support has allowed the property ``Sender``
    :ivar runlevel: of the API key: ``Normal``, ``Softlock``, ``Hardlock`` or ``Deleted``
    :ivar published: what the DNS tells of the customer's domains: lower-case name without a final
        dot -> its TXT records
    :ivar resolve_txt: how Mailjet asks the DNS
    :ivar has_page: whether a website answers to a URL
    :ivar activations: addresses that an activation mail went to, in order
    :ivar index_delay: seconds until an accepted message is found under ``message``
    """

    def __init__(self) -> None:
        super().__init__(mailjet, script.MAILJET_MIX, webhook.MAILJET, ("5a" * 16, "c3" * 16))
        self.monitoring_categories: dict[str, bool] = {}
        self.template_names: dict[int, str] = {}
        self.may_set_sender = False
        self.runlevel = "Normal"
        self.published: dict[str, list[str]] = {}
        self.resolve_txt: Callable[[str], list[str]] = self._published
        self.has_page: Callable[[str], bool] = lambda url: False
        self.activations: list[str] = []
        self.index_delay = 0.0
        self.domains = Domains(lambda name: self.resolve_txt(name))
        self.senders = Senders(
            self.domains, self.activations.append, lambda url: self.has_page(url)
        )
        self.callbacks = Callbacks()
        self._webhook.on_failure = self.callbacks.suspend
        self.senders.create({"Email": "*@empresa.example", "Name": "Empresa"})
        self.senders.activate("*@empresa.example")

    def activation_mail(self, email: str) -> EmailMessage:
        """The mail whose link makes an address active. What it really looks like is not
        documented."""
        message = EmailMessage()
        message["From"] = "Mailjet <no-reply@mailjet.com>"
        message["To"] = email
        message["Subject"] = "Activate your sender address"
        message["Message-Id"] = make_msgid(domain="mailjet.com")
        link = f"https://app.mailjet.com/account/sender/validate?email={quote(email)}"
        message.set_content(f"Follow this link: {link}")
        message.add_alternative(
            '<p><a href="https://www.mailjet.com/">Mailjet</a></p>'
            f'<p><a href="{link}">Activate this address</a></p>',
            subtype="html",
        )
        return message

    def _published(self, name: str) -> list[str]:
        return self.published.get(name.rstrip(".").lower(), [])

    @property
    def has_webhook(self) -> bool:
        return super().has_webhook or bool(self.callbacks.rows({}))

    def _url_for(self, payload: object) -> str | None:
        event = payload[0] if isinstance(payload, list) and payload else payload
        target = isinstance(event, dict) and self.callbacks.target(str(event.get("event")))
        return target[0] if target else None

    def _notifications(self, events: list[dict[str, Any]]) -> Iterable[tuple[object, str | None]]:
        """By type: to its registered URL in its version, else to `webhook_url`, else nowhere."""
        default = (None, 2) if self.webhook_url else None
        targets: dict[tuple[str | None, int], list[dict[str, Any]]] = {}
        for event in events:
            target = self.callbacks.target(event["event"]) or default
            if target:
                targets.setdefault(target, []).append(event)
        for (url, version), mine in targets.items():
            for body in mailjet.bodies(mine) if version == 2 else mine:
                yield body, url
