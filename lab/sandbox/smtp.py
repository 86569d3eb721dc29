"""The SMTP side of a provider: STARTTLS, then AUTH, then mail."""

from __future__ import annotations

import asyncio
import logging
import math
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from .faults import FaultPlan, SmtpFault
from .message import AcceptedMail, read_mail

HOST = "127.0.0.1"

# At most one of these happens to a connection, and to a mail.
_OF_CONNECTION = (
    SmtpFault.UNREACHABLE,
    SmtpFault.REVOKED,
    SmtpFault.GREETING_SLOW,
    SmtpFault.GREETING_4XX,
    SmtpFault.AUTH_4XX,
)
_OF_MAIL = (
    SmtpFault.MAIL_4XX,
    SmtpFault.RCPT_4XX,
    SmtpFault.DATA_4XX,
    SmtpFault.BYE,
    SmtpFault.CLOSED_AT_DATA,
    SmtpFault.CLOSED_UNACCEPTED,
    SmtpFault.FINAL_4XX,
    SmtpFault.FINAL_5XX,
    SmtpFault.SLOW,
    SmtpFault.CLOSED_ACCEPTED,
    SmtpFault.HANGING_ACCEPTED,
)
_ANSWERS = {
    SmtpFault.FINAL_4XX: "451 4.3.0 Temporary failure",
    SmtpFault.FINAL_5XX: "554 5.7.1 Refused",
}

# aiosmtpd warns at each login of a deprecated attribute that only it itself uses.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class _Session(SMTP):
    """One connection.

    :ivar mail_fault: what the mail that is being taken meets
    """

    mail_fault: SmtpFault | None = None
    _connection_fault: SmtpFault | None = None

    async def push(self, status: AnyStr) -> None:
        if self.event_handler.latency:
            await asyncio.sleep(self.event_handler.latency)
        if self.transport is not None and not self.transport.is_closing():
            await super().push(status)

    async def _handle_client(self) -> None:
        fault = self._connection_fault = self.event_handler.connection_fault()
        if fault is SmtpFault.UNREACHABLE:
            self.abort()
            return
        if fault is SmtpFault.GREETING_SLOW:
            await asyncio.sleep(self.event_handler.patience)
        if fault is SmtpFault.GREETING_4XX:
            await self._bye()
            return
        await super()._handle_client()

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's names)
        if self._connection_fault is SmtpFault.AUTH_4XX:
            await self.push("454 4.7.0 Temporary authentication failure")
        else:
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        self.mail_fault = self.event_handler.mail_fault()
        if self.mail_fault is SmtpFault.MAIL_4XX:
            await self.push("451 4.3.2 Try again later")
        elif self.mail_fault is SmtpFault.BYE:
            await self._bye()
        else:
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if self.mail_fault is SmtpFault.RCPT_4XX:
            await self.push("450 4.2.1 Try again later")
        else:
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.mail_fault is SmtpFault.DATA_4XX:
            await self.push("451 4.3.1 Insufficient storage")
        elif self.mail_fault is SmtpFault.CLOSED_AT_DATA:
            self.abort()
        else:
            await super().smtp_DATA(arg)

    def abort(self) -> None:
        """Close the connection at once."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()

    async def _bye(self) -> None:
        await self.push("421 4.3.2 Closing the connection")
        if self.transport:
            self.transport.close()


class SmtpServer:
    """An SMTP server on a free loopback port, in a thread of its own.

    It wants STARTTLS before AUTH (LOGIN or PLAIN) and AUTH before mail, as both providers do
    (Mailjet: SMTP relay; Aldeamo: manual sections 4 and 5), and answers 535 to wrong credentials.

    :param accept: called with every mail before the 250 that answers DATA; it may block
    :ivar latency: seconds added before each answer
    :ivar patience: seconds of silence, of faults on order
    :ivar plan: faults at random; those on order come first
    """

    def __init__(self, user: str, password: str, accept: Callable[[AcceptedMail], None]):
        self.user = user
        self.password = password
        self.port = 0
        self.latency = 0.0
        self.refused: set[str] = set()
        self.poisoned: set[str] = set()
        self.patience, self._pause = 5.0, 0.0
        self._plan: FaultPlan | None = None
        self._ordered: list[SmtpFault] = []
        self._revoked_until = 0.0
        self._accept = accept
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._server: asyncio.Server | None = None
        self._listening = asyncio.Lock()

    @property
    def pending_faults(self) -> int:
        """How many of the faults on order have not met a connection or a mail yet."""
        return len(self._ordered)

    @property
    def plan(self) -> FaultPlan | None:
        return self._plan

    @plan.setter
    def plan(self, plan: FaultPlan | None) -> None:
        self._plan = plan
        if plan:
            self.patience, self._pause = plan.patience, plan.pause

    def start(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._thread.start()
        self._run(self._listen())

    def stop(self) -> None:
        self._run(self._shut_down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def order(self, fault: SmtpFault, times: int = 1) -> None:
        """Have the next connections or mails meet a fault that is one of theirs.

        :raises ValueError: it is a fault of an address or of the account
        """
        if fault not in (*_OF_CONNECTION[2:], *_OF_MAIL):
            raise ValueError(fault)
        self._ordered.extend([fault] * times)

    def refuse(self, email: str) -> None:
        """Answer 550 to this recipient."""
        self.refused.add(email.lower())

    def poison(self, email: str) -> None:
        """Answer 451 to every mail to this recipient, after its final dot."""
        self.poisoned.add(email.lower())

    def revoke(self, seconds: float = math.inf) -> None:
        """Refuse the credentials for a while; sessions that are logged in go on."""
        self._revoked_until = time.monotonic() + seconds

    def vanish(self, seconds: float) -> None:
        """Refuse new connections for a while."""
        self._loop.call_soon_threadsafe(self._vanish, seconds)

    def heal(self) -> None:
        """Forget faults and delays."""
        self.latency, self._revoked_until = 0.0, 0.0
        self.plan = None
        self._ordered.clear()
        self.refused.clear()
        self.poisoned.clear()
        self._run(self._listen())

    def connection_fault(self) -> SmtpFault | None:
        """What the next connection meets."""
        fault = self._next(_OF_CONNECTION, "connection")
        if fault is SmtpFault.UNREACHABLE:
            self._vanish(self._pause)
        elif fault is SmtpFault.REVOKED:
            self.revoke(self._pause)
        return fault

    def mail_fault(self) -> SmtpFault | None:
        """What the next mail meets."""
        return self._next(_OF_MAIL, "mail")

    def _next(self, faults: Iterable[SmtpFault], what: str) -> SmtpFault | None:
        for index, fault in enumerate(self._ordered):
            if fault in faults:
                return self._ordered.pop(index)
        plan = self.plan
        return plan.draw(faults, what)[0] if plan else None

    def _strikes(self, fault: SmtpFault, emails: Iterable[str], known: set[str]) -> bool:
        plan = self.plan
        return any(
            email.lower() in known or (plan is not None and plan.strikes(fault, email.lower()))
            for email in emails
        )

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _listen(self) -> None:
        def session() -> SMTP:
            return _Session(
                self,
                hostname="localhost",  # otherwise aiosmtpd asks the DNS for this machine's name
                tls_context=self._tls,
                require_starttls=True,
                auth_required=True,
                authenticator=self._authenticate,
                loop=self._loop,
            )

        async with self._listening:
            if self._server is None:
                self._server = await self._loop.create_server(session, HOST, self.port)
                self.port = self._server.sockets[0].getsockname()[1]

    def _vanish(self, seconds: float) -> None:
        if self._server:
            self._server.close()
            self._server = None
        self._loop.call_later(seconds, lambda: self._loop.create_task(self._listen()))

    async def _shut_down(self) -> None:
        if self._server:
            self._server.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _authenticate(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        credentials: LoginPassword,
    ) -> AuthResult:
        given = (credentials.login.decode(), credentials.password.decode())
        known = given == (self.user, self.password) and time.monotonic() >= self._revoked_until
        # handled=False leaves the answer to aiosmtpd: 535.
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's names)
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        if self._strikes(SmtpFault.RCPT_5XX, [address], self.refused):
            return "550 5.1.1 No such recipient"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: _Session, session: Session, envelope: Envelope
    ) -> str:
        fault = server.mail_fault
        if fault is SmtpFault.CLOSED_UNACCEPTED:
            server.abort()
        if fault in (SmtpFault.CLOSED_UNACCEPTED, *_ANSWERS):
            return _ANSWERS.get(fault, "")
        if self._strikes(SmtpFault.MAIL_POISONED, envelope.rcpt_tos, self.poisoned):
            return _ANSWERS[SmtpFault.FINAL_4XX]
        received = AcceptedMail(
            mail_from=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            peer=str(session.peer[0]) if session.peer else "",
            transport="smtp",
            content=partial(read_mail, envelope.original_content or b""),
        )
        await self._loop.run_in_executor(None, self._accept, received)
        if fault in (SmtpFault.SLOW, SmtpFault.HANGING_ACCEPTED):
            await asyncio.sleep(self.patience / (2 if fault is SmtpFault.SLOW else 1))
        if fault in (SmtpFault.CLOSED_ACCEPTED, SmtpFault.HANGING_ACCEPTED):
            server.abort()
        return "250 OK"
