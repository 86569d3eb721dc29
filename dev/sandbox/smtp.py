"""The SMTP side of a provider: STARTTLS, then AUTH, then mail."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from functools import partial

from aiosmtpd.smtp import SMTP, AuthResult

from .message import Received

HOST = "127.0.0.1"

# aiosmtpd warns at each login of a deprecated attribute that only it itself uses.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class _Session(SMTP):
    async def push(self, status) -> None:
        if self.event_handler.latency:
            await asyncio.sleep(self.event_handler.latency)
        await super().push(status)


class SmtpServer:
    """An SMTP server on a free loopback port, in a thread of its own.

    It wants STARTTLS before AUTH (LOGIN or PLAIN) and AUTH before mail, as both providers do
    (Mailjet: SMTP relay; Aldeamo: manual sections 4 and 5), and answers 535 to wrong credentials.

    :param accept: called with every mail before the 250 that answers DATA; it may block
    :ivar latency: seconds added before each answer
    """

    def __init__(self, user: str, password: str, accept: Callable[[Received], None]):
        self.user = user
        self.password = password
        self.port = 0
        self.latency = 0.0
        self._accept = accept
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)

    def start(self, tls: ssl.SSLContext) -> None:
        def session() -> SMTP:
            return _Session(
                self,
                hostname="localhost",  # otherwise aiosmtpd asks the DNS for this machine's name
                tls_context=tls,
                require_starttls=True,
                auth_required=True,
                authenticator=self._authenticate,
                loop=self._loop,
            )

        self._thread.start()
        starting = self._loop.create_server(session, HOST, 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _shut_down(self) -> None:
        self._server.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _authenticate(self, server, session, envelope, mechanism, credentials) -> AuthResult:
        given = (credentials.login.decode(), credentials.password.decode())
        # handled=False leaves the answer to aiosmtpd: 535.
        return AuthResult(success=given == (self.user, self.password), handled=False)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        received = Received(
            mail_from=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            peer=session.peer[0],
            transport="smtp",
            content=partial(message_from_bytes, envelope.original_content, policy=policy.default),
        )
        await self._loop.run_in_executor(None, self._accept, received)
        return "250 OK"
