"""Mails as the addon hands them to an API, and the APIs as the addon makes them."""

from email import policy
from email.message import EmailMessage

import providers.api
from providers import PROVIDERS
from providers.api import Credentials
from providers.message import Mailbox, Outgoing, from_message
from providers.transport import PreparedMail

SENDER = Mailbox("Ventas", "ventas@empresa.example")


def credentials(account, **changes):
    """The credentials of an account of the sandbox."""
    key = getattr(account, "api_key", "")
    values = {"url": account.api_url, "user": account.user, "password": account.password}
    return Credentials(**{**values, "key": key, **changes})


def api_of(code, account, **changes):
    return PROVIDERS[code].api(credentials(account, **changes))


def outgoing(to="ana@cliente.example", **values):
    """A mail to one or several; a list of addresses, or one."""
    names = [to] if isinstance(to, str) else to
    defaults = {
        "sender": SENDER,
        "to": [Mailbox("", name) for name in names],
        "subject": "Promoción de mañana",
        "text": "Hola",
        "html": "<p>Hola</p>",
        "message_id": "<1.odoo@empresa.example>",
    }
    return Outgoing(**{**defaults, **values})


def people(count, name="p"):
    return [Mailbox("", f"{name}{number}@cliente.example") for number in range(count)]


def mime(to="ana@cliente.example", text="Hola", html="<p>Hola</p>", attachments=(), **headers):
    """A MIME message as Odoo's `build_email` makes it, with more headers (``_`` for ``-``)."""
    message = EmailMessage(policy=policy.SMTP)
    values = {
        "Message-Id": "<1.odoo@empresa.example>",
        "Subject": "Promoción de mañana",
        "From": '"Ventas" <ventas@empresa.example>',
        "To": [to] if isinstance(to, str) else to,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in values.items():
        message[name] = value
    message["MIME-Version"] = "1.0"
    message.add_alternative(text, subtype="plain", charset="utf-8")
    message.add_alternative(html, subtype="html", charset="utf-8")
    for name, content, mime_type in attachments:
        message.add_attachment(content, *mime_type.split("/"), filename=name)
    return message


def prepared(api, mail, token="t1"):
    """An `Outgoing` as the outbox keeps it for an API."""
    recipients = tuple(mailbox.address for mailbox in mail.recipients)
    content = api.encode(mail, token)
    return PreparedMail(token, content, mail.sender.address, recipients)


def send(api, *mails):
    """Hand `Outgoing` mails over, as many in a call as one takes."""
    ready = [prepared(api, mail, f"t{number}") for number, mail in enumerate(mails, 1)]
    most = api.limits.messages
    calls = [ready[start : start + most] for start in range(0, len(ready), most)]
    return [outcome for call in calls for outcome in api.send(call)]


def hand_over(api, message, envelope):
    """Send a MIME message through an API; return the outcomes of the mails that it becomes."""
    parts = from_message(message, envelope).split(api.limits.recipients)
    return [outcome for part in parts for outcome in send(api, part)]


def sends(account):
    """The calls that asked to send."""
    return [call for call in account.api.calls if call.messages]


def no_waiting(monkeypatch):
    """The same tries, without the time between them."""
    monkeypatch.setattr(providers.api, "RETRY_DELAYS", (0,) * len(providers.api.RETRY_DELAYS))
