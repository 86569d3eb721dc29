# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Handing mails over by SMTP (RFC 5321), with the moment known from which a mail is in doubt."""

import email.generator
import io
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage, Message
from email.policy import EmailPolicy, Policy
from typing import IO, TypeGuard, cast

from .base import Text, _, storable
from .transport import Outcome, PreparedMail, Transport

LINE_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")
MAX_LINE = 998  # characters: RFC 5322 2.1.1
# A passing trouble of the server itself, not of the mail: RFC 3463 3.4.
SYSTEM_STATUS = re.compile(rb"4\.3\.\d")
# RFC 4954 4.7, 4.9: credentials are wrong, too weak, or missing.
CREDENTIAL_CODES = (530, 534, 535)
_ENCRYPTION = _(
    "The encryption doesn't fit the port (%(error)s): correct one of them on the mail server."
)
_OTHER_CAUSE = _(
    "The connection failed (%(error)s): check server, port and encryption on the mail server."
)
# Kinds of exceptions → what that means, and what to do; the first that fits.
CAUSES = (
    (
        socket.gaierror,
        _("The server's name isn't found (%(error)s): check the name, and Odoo's network."),
    ),
    (
        ConnectionRefusedError,
        _("Nothing answers at that port (%(error)s): check server and port on the mail server."),
    ),
    (
        TimeoutError,
        _(
            "It didn't answer in time (%(error)s): check server and port on the mail server, and "
            "whether a firewall stands in between."
        ),
    ),
    (
        ssl.SSLCertVerificationError,
        _("The server's certificate isn't trusted (%(error)s): check the server's name."),
    ),
    ((ssl.SSLError, smtplib.SMTPNotSupportedError), _ENCRYPTION),
    (
        smtplib.SMTPServerDisconnected,
        _(
            "The server closed the connection (%(error)s): if this lasts, check port and "
            "encryption on the mail server."
        ),
    ),
)
SERVICE_NOT_AVAILABLE = 421
LABELS = _("User"), _("Password")
TOO_LARGE = 552  # RFC 1870 6


# Recipient → code and reply, of those that aren't taken
Refused = dict[str, tuple[int, bytes]]


def as_bytes(message: EmailMessage, recipients: Sequence[str]) -> bytes:
    """Return a message as SMTP carries it: as `smtplib.SMTP.send_message` makes it, its headers
    in UTF-8 only where an address needs that (RFC 6531).

    :param message: without Bcc
    :param recipients: addresses of the envelope, with the sender's
    """
    is_international = not all(address.isascii() for address in recipients)
    policy = cast(EmailPolicy, message.policy).clone(utf8=True) if is_international else None
    buffer = io.BytesIO()
    Generator(buffer, policy=policy).flatten(message, linesep="\r\n")
    return buffer.getvalue()


class Generator(email.generator.BytesGenerator):
    """Writes the addresses of a list (RFC 2369, RFC 8058) as they are.

    The email package would make encoded words of a long one, in which nobody looks for a link.
    """

    _fp: IO[bytes]
    _NL: str
    policy: Policy

    def _write_headers(self, message: Message) -> None:
        for name, value in message.raw_items():
            text = str(value)
            if name.lower().startswith("list-") and text.isascii() and text.isprintable():
                self._fp.write(f"{name}: {text}\r\n".encode())
            else:
                self._fp.write(self.policy.fold_binary(name, value))
        self.write(self._NL)


def check_lines(content: bytes) -> None:
    """Raise `ValueError` where a header has a line that is longer than SMTP carries."""
    head = content.split(b"\r\n\r\n", 1)[0]
    for line in head.split(b"\r\n"):
        if len(line) > MAX_LINE:
            name = line.split(b":", 1)[0].decode("ascii", "replace")[:50]
            raise ValueError(
                f"The header {name} is longer than SMTP carries ({MAX_LINE} characters in a "
                "line): shorten it, or send through the REST API."
            )


class SmtpTransport(Transport):
    """One SMTP connection, opened when it is needed and kept from mail to mail.

    :param connect: returns an open and authenticated `smtplib.SMTP`; raises what smtplib raises
    :param name: the provider's, for messages
    :param labels: what the provider calls the user and the password
    """

    def __init__(
        self,
        connect: Callable[[], smtplib.SMTP],
        name: str,
        labels: tuple[str, str] = LABELS,
    ) -> None:
        self._connect = connect
        self._name = name
        self._labels = labels
        self._smtp: smtplib.SMTP | None = None
        self._is_sending = False
        self._is_aborted = False

    def send(self, mails: Sequence[PreparedMail]) -> list[Outcome]:
        [mail] = mails
        self._is_sending, self._is_aborted = True, False
        is_kept = self._smtp is not None
        try:
            outcome = self._send(mail)
            if is_kept and outcome.result == "busy" and self._smtp is None:
                # The server may have closed the connection while it was idle. Nothing was taken.
                outcome = self._send(mail)
        finally:
            self._is_sending = False
        return [outcome]

    def check(self, sender: str = "", recipient: str = "") -> Text | None:
        """Log in, and name a sender and a recipient if they are given; send nothing.

        :return: what is wrong and what to do, or None
        """
        try:
            self._smtp = self._connect()
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody has to mend it
            return self._connection_trouble(error)
        if not sender:
            self.close()
            return None
        try:
            mail = PreparedMail("", b"", sender, (recipient,))
            outcome = self._give_envelope(self._smtp, mail, {})
        except (OSError, smtplib.SMTPException) as error:
            return self._connection_trouble(error)
        finally:
            self.close()
        return outcome.reason if outcome else None

    def abort(self) -> None:
        self._is_aborted = True
        sock = getattr(self._smtp, "sock", None)
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        if self._is_sending:
            # While a mail is being sent, QUIT would become a part of it.
            self.abort()
            return
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _send(self, mail: PreparedMail) -> Outcome:
        smtp = self._smtp
        try:
            if smtp is None and not self._is_aborted:
                smtp = self._smtp = self._connect()
        except Exception as error:  # noqa: BLE001 - nothing was sent, whatever it was
            return self._connection_outcome(error)
        if smtp is None or self._is_aborted:
            # Who aborted it relies on nothing being sent any more.
            self._drop()
            return self._busy(TimeoutError())
        try:
            return self._converse(smtp, mail)
        except (ValueError, smtplib.SMTPNotSupportedError):
            # smtplib finds that SMTP, or this server, can't carry an address.
            self._reset()
            return self._uncarried()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return self._busy(error)

    def _converse(self, smtp: smtplib.SMTP, mail: PreparedMail) -> Outcome:
        """Make one mail transaction (RFC 5321 3.3).

        :raises OSError, smtplib.SMTPException, ValueError: before the end of the data: nothing
            was taken
        """
        refused: Refused = {}
        outcome = self._give_envelope(smtp, mail, refused)
        return outcome or self._give_data(smtp, mail, refused)

    def _give_envelope(
        self, smtp: smtplib.SMTP, mail: PreparedMail, refused: Refused
    ) -> Outcome | None:
        """Name the sender and the recipients.

        :param refused: is filled with those that aren't taken
        :return: None, or the `Outcome` if that was all
        """
        smtp.ehlo_or_helo_if_needed()
        code, reply = smtp.mail(mail.sender, self._options(smtp, mail))
        if code != 250:
            failure = "content" if code == TOO_LARGE else "sender"
            outcome = self._refusal(code, reply, failure, bool(SYSTEM_STATUS.match(reply)))
            if outcome.failure == "sender":
                return replace(outcome, reason=self._refused_sender(mail.sender, code, reply))
            return outcome
        for recipient in mail.recipients:
            code, reply = smtp.rcpt(recipient)
            if code == SERVICE_NOT_AVAILABLE:
                return self._refusal(code, reply)
            if code not in (250, 251):
                refused[recipient] = code, reply
        if len(refused) == len(mail.recipients):
            # If the trouble of some recipients is passing, the mail is tried again for all.
            code, reply = min(refused.values())
            return self._refusal(code, reply, "invalid_address")
        return None

    def _give_data(self, smtp: smtplib.SMTP, mail: PreparedMail, refused: Refused) -> Outcome:
        code, reply = smtp.docmd("DATA")
        if code != 354:
            return self._refusal(code, reply, "content")
        data = LINE_BEGINS_WITH_DOT.sub(b"..", mail.content)
        if not data.endswith(b"\r\n"):
            data += b"\r\n"
        # If this fails, the final dot wasn't sent completely: the server has taken nothing.
        smtp.send(data + b".\r\n")
        try:
            code, reply = smtp.getreply()
        except Exception as error:  # noqa: BLE001 - the server may have the mail, whatever it was
            self._drop()
            return self._in_doubt(error)
        if code != 250:
            if 400 <= code < 600:
                return self._refusal(code, reply, "content")
            self._drop()
            return self._in_doubt(smtplib.SMTPResponseException(code, reply))
        return Outcome(
            "accepted",
            refused={
                recipient: self._said(code, reply) for recipient, (code, reply) in refused.items()
            },
        )

    def _options(self, smtp: smtplib.SMTP, mail: PreparedMail) -> list[str]:
        """Return the parameters of MAIL (RFC 6531 3.4, RFC 6152, RFC 1870)."""
        options = []
        if not all(address.isascii() for address in (mail.sender, *mail.recipients)):
            options.append("SMTPUTF8")
        if not mail.content.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if smtp.has_extn("size"):
            # What is too large is refused before it is transferred.
            options.append(f"SIZE={len(mail.content)}")
        return options

    def _refusal(
        self, code: int, reply: bytes, failure: str | None = None, stops_others: bool = False
    ) -> Outcome:
        """Return the `Outcome` of a reply other than the wanted one, before the mail was taken.

        :param stops_others: whether a passing trouble is one of the server, not of the mail
        """
        reason = self._said(code, reply)
        if code == SERVICE_NOT_AVAILABLE or code < 400:
            self._drop()
            return Outcome("busy", reason=reason)
        self._reset()
        if code in CREDENTIAL_CODES:
            return Outcome("account_blocked", reason=self._wrong_credentials(code, reply))
        if code >= 500:
            return Outcome("refused", failure=failure, reason=reason)
        return Outcome("busy" if stops_others else "retry", reason=reason)

    def _connection_outcome(self, error: Exception) -> Outcome:
        """Return the `Outcome` of a connection that could not be opened."""
        if is_refusal_of_credentials(error):
            return Outcome("account_blocked", reason=self._connection_trouble(error))
        return self._busy(error)

    def _connection_trouble(self, error: Exception) -> Text:
        """Return what is wrong and what to do."""
        if is_refusal_of_credentials(error):
            return self._wrong_credentials(error.smtp_code, error.smtp_error)
        template = _("%(name)s can't be reached by SMTP. %(cause)s")
        return Text(template, {"name": self._name, "cause": cause_of(error)})

    def _wrong_credentials(self, code: int, reply: bytes | str) -> Text:
        template = _(
            "%(name)s doesn't accept “%(user)s” and “%(password)s”: copy both again to the mail "
            "server. (%(name)s: %(said)s)"
        )
        user, password = map(Text, self._labels)
        params = {"user": user, "password": password, "said": said(code, reply)}
        return Text(template, {"name": self._name, **params})

    def _refused_sender(self, sender: str, code: int, reply: bytes) -> Text:
        template = _(
            "%(name)s doesn't take mail from %(sender)s: have the address or its domain validated "
            "there. (%(name)s: %(said)s)"
        )
        params = {"sender": storable(sender), "said": said(code, reply)}
        return Text(template, {"name": self._name, **params})

    def _said(self, code: int, reply: bytes) -> Text:
        template = _("%(name)s did not take the mail: %(said)s")
        return Text(template, {"name": self._name, "said": said(code, reply)})

    def _uncarried(self) -> Outcome:
        template = _(
            "%(name)s doesn't take addresses like these by SMTP: correct them, or send through "
            "the REST API."
        )
        reason = Text(template, {"name": self._name})
        return Outcome("refused", failure="invalid_address", reason=reason)

    def _busy(self, error: Exception) -> Outcome:
        template = _("%(trouble)s Odoo tries again by itself.")
        trouble = self._connection_trouble(error)
        return Outcome("busy", reason=Text(template, {"trouble": trouble}))

    def _in_doubt(self, error: Exception) -> Outcome:
        template = _(
            "The connection to %(name)s ended before the answer arrived (%(error)s). The provider "
            "may have accepted the mail."
        )
        reason = Text(template, {"name": self._name, "error": brief(error)})
        return Outcome("in_doubt", reason=reason)

    def _reset(self) -> None:
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def is_refusal_of_credentials(error: Exception) -> TypeGuard[smtplib.SMTPAuthenticationError]:
    """Tell whether user and password are wrong for good."""
    return isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500


def cause_of(error: Exception) -> Text:
    """Return why a connection didn't come about or ended, and what to do."""
    for kinds, template in CAUSES:
        if isinstance(error, kinds):
            return Text(template, {"error": brief(error)})
    return Text(_OTHER_CAUSE, {"error": brief(error)})


def said(code: int, reply: bytes | str) -> str:
    """Return a server's reply as text that can be shown and stored."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return storable(f"{code} {' '.join(text.split())}")[:500]


def brief(error: Exception) -> str:
    """Return the kind of an error; its text may quote what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return said(error.smtp_code, error.smtp_error)
    return type(error).__name__
