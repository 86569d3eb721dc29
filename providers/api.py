# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the REST APIs of all providers have in common: JSON over HTTPS, and its errors."""

import logging
import random
import re
import socket
import time
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import LocationParseError, NewConnectionError

from .base import MAX_ID, Text, _, storable
from .message import Outgoing
from .transport import Outcome, Transport

_logger = logging.getLogger(__name__)

# Seconds. A provider may take its time to accept fifty mails with attachments.
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 60
# Seconds before each further try. A random part of them is taken, so that several processes don't
# try again at the same moment.
RETRY_DELAYS = (1, 2, 4, 8)
# Too many requests. Only this status says of any request that it wasn't carried out.
TOO_MANY = 429
# What can be the id of a mail: printable, without blanks.
ID = re.compile(rf"[!-~]{{1,{MAX_ID}}}")
# After these, a request that changes nothing may be made again.
PASSING = (TOO_MANY, 500, 502, 503)
# OpenSSL's names of failures that mean that https isn't spoken there.
NO_HANDSHAKE = (
    *("WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL", "HANDSHAKE_FAILURE"),
    "record layer failure",  # of OpenSSL 3.2, which gives it no name
)


@dataclass(frozen=True)
class Credentials:
    """What an account is reached with.

    :param url: where the API is
    :param key: the API key, for providers that have one beside the SMTP credentials
    :param seconds: to wait for an answer, without trying again; None: as long as sending may take
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    seconds: float | None = None


class Api(Transport):
    """One provider's API, with one account's credentials; `limits` are those of one call."""

    # All places where an account's API may be, the default first
    urls: tuple[str, ...]
    # False where the user and the password of SMTP serve
    has_key: bool
    # Where the key is made, and what else there is to know
    help: str
    # What of a mail the API can't carry, a sentence each
    losses: tuple[Text, ...]
    # Whether the provider can be asked if it has a mail
    can_find = False

    def __init__(self, credentials: Credentials) -> None:
        self._http = self._connect(credentials)

    @staticmethod
    @abstractmethod
    def _connect(credentials: Credentials) -> "Http":
        """Return what speaks to the API in the account's name."""

    @staticmethod
    @abstractmethod
    def encode(mail: Outgoing, token: str) -> bytes:
        """Return what the API wants for one mail.

        :param mail: to no more recipients than the limits allow
        """

    def close(self) -> None:
        self._http.close()

    def abort(self) -> None:
        self._http.abort()

    def find(self, token: str, recipients: Sequence[str], since: datetime) -> dict[str, str] | None:
        """Return recipient's address → the provider's id if the provider has the mail, else None.

        Only where `can_find`.

        :param token: the correlation token that travelled with the mail
        :param recipients: addresses of the envelope
        :param since: naive UTC; a mail that came before it is another one
        :raises ApiError: it can't be asked
        """
        raise NotImplementedError

    @abstractmethod
    def check(self) -> None:
        """Check the credentials without sending anything.

        :raises ApiError: they don't serve; its reason says what to do
        """

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class ApiError(Exception):
    """A request that did not do what it was meant to.

    :ivar reason: why, for people
    :ivar status: of the answer, or None
    :ivar data: the answer's body, if it is JSON; else None
    """

    def __init__(self, reason: Text, status: int | None = None, data: Any = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.status = status
        self.data = data


class NotSentError(ApiError):
    """The request was not sent."""


class NoTlsError(NotSentError):
    """The request was not sent, since no https is spoken on that port."""


class UntrustedError(NotSentError):
    """The request was not sent, since it isn't sure who would get it. Somebody must correct the
    address or the key.
    """


class UnansweredError(ApiError):
    """The request was sent, and no readable answer came. It may have been carried out."""


def outcome_without_answer(error: ApiError) -> Outcome:
    """Return the `Outcome` of each mail of a request that ended in an `ApiError`."""
    if isinstance(error, UnansweredError):
        return Outcome("in_doubt", reason=error.reason)
    if isinstance(error, UntrustedError):
        return Outcome("account_blocked", reason=error.reason)
    return Outcome("busy", reason=error.reason)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer.

    :param data: the body, if it is JSON; else None
    """

    status: int
    data: Any


class AbortableAdapter(HTTPAdapter):
    """Knows the sockets of its connections, so that another thread can shut them down."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self.is_aborted = False
        super().__init__()

    def abort(self) -> None:
        """Shut the connections down, and those that are being made."""
        self.is_aborted = True
        for sock in self._sockets:
            with suppress(OSError):
                # The socket below TLS: the state of TLS belongs to the connection's thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = self._pool_classes()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager: Any = super().proxy_manager_for(*args, **kwargs)  # type: ignore[no-untyped-call]
        manager.pool_classes_by_scheme = self._pool_classes()
        return manager

    def _pool_classes(self) -> dict[str, type[HTTPSConnectionPool]]:
        adapter = self

        class Connection(HTTPSConnection):
            def connect(self) -> None:
                super().connect()  # type: ignore[no-untyped-call]
                adapter._sockets[:] = [self.sock]
                if adapter.is_aborted:
                    self.close()
                    raise NewConnectionError(self, "aborted")

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        return {"https": Pool}


class Http:
    """JSON over HTTPS, over one connection that is kept.

    :param credentials: of the account, for the URL and the time to wait
    :param auth: user and password for basic authentication, or None
    """

    def __init__(
        self,
        credentials: Credentials,
        auth: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        seconds = credentials.seconds
        self.url = credentials.url.rstrip("/")
        self._timeout = (seconds, seconds) if seconds else (CONNECT_TIMEOUT, READ_TIMEOUT)
        self._delays: tuple[float, ...] = () if seconds else RETRY_DELAYS
        self._session = requests.Session()
        # Without an `auth`, requests replaces our header by what it finds in ~/.netrc.
        self._session.auth = auth or (lambda request: request)
        self._session.headers.update(headers or {})
        self._adapter = AbortableAdapter()
        self._session.mount("https://", self._adapter)

    def close(self) -> None:
        self._session.close()

    def abort(self) -> None:
        """End the request that another thread is making.

        The requests library limits the time between two bytes, not that of the whole answer. A
        connection that is being made is closed as soon as it is there, before anything is sent.
        """
        self._adapter.abort()

    def patient(self, method: str, path: str = "", **options: Any) -> Answer:
        """Request again while the provider can't be reached or is busy.

        After a 5xx a POST is never made again: it may have been carried out.

        :return: the last `Answer`, busy or not
        :raises ApiError: see `request`
        """
        busy = PASSING if method == "GET" else (TOO_MANY,)
        for delay in self._delays:
            try:
                answer = self.request(method, path, **options)
                if answer.status not in busy:
                    return answer
                _logger.info("%s answers %s: trying again", self.url, answer.status)
            except NotSentError as error:  # the request has logged it
                if isinstance(error, UntrustedError | NoTlsError):
                    raise
            time.sleep(delay * random.uniform(0.5, 1))  # noqa: S311 - no secret
        return self.request(method, path, **options)

    def request(self, method: str, path: str = "", **options: Any) -> Answer:
        """Make one request.

        :param options: ``json``, ``data``, ``params`` and ``headers`` of the requests library
        :raises NotSentError: not sent
        :raises UnansweredError: sent, and not answered
        """
        if not self.url.startswith("https://"):
            raise UntrustedError(Text(_("The address of the API must begin with https://.")))
        self._adapter.is_aborted = False
        try:
            response = self._session.request(
                method,
                f"{self.url}{path}",
                timeout=self._timeout,
                # A redirect would send the key to another server.
                allow_redirects=False,
                **options,
            )
        except (requests.exceptions.InvalidHeader, UnicodeError):
            # `from None`, since the exception quotes the key
            raise UntrustedError(
                Text(_("The key contains characters that aren't allowed: copy it again."))
            ) from None
        except (requests.RequestException, LocationParseError) as error:
            raise failure(self.url, error) from error
        if response.is_redirect:
            template = _("%(url)s redirects to another address: correct the address of the API.")
            raise UntrustedError(Text(template, {"url": self.url}))
        return read_answer(response)


def failure(url: str, error: Exception) -> ApiError:
    """Return the `ApiError` that says what an exception of the requests library means.

    The exception's own text goes to the log only: it is long, and made for developers.
    """
    _logger.info("Request to %s failed: %s", url, storable(str(error)))
    params = {"url": url, "error": type(error).__name__}
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        template = _(
            "The certificate of %(url)s isn't trusted, so nothing was sent to it: somebody may "
            "pretend to be the provider, or the address is wrong."
        )
        return UntrustedError(Text(template, params))
    if any(reason in str(error) for reason in NO_HANDSHAKE):
        template = _("There is no https at %(url)s (%(error)s): check the port.")
        return NoTlsError(Text(template, params))
    if was_sent(error):
        template = _("%(url)s did not answer (%(error)s).")
        return UnansweredError(Text(template, params))
    template = _("%(url)s can't be reached (%(error)s): check the address and the network.")
    return NotSentError(Text(template, params))


def was_sent(error: Exception) -> bool:
    """Tell whether the request of an exception may have reached the server."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return False
    if isinstance(error, (requests.exceptions.InvalidURL, LocationParseError)):
        return False
    cause = error.args[0] if error.args else None
    # What urllib3 raises when no connection could be made, also after its last try.
    kinds = type(getattr(cause, "reason", cause)).__mro__
    return "NewConnectionError" not in {kind.__name__ for kind in kinds}


def read_ids(
    rows: Iterable[Any],
    recipients: Iterable[str],
    email: str,
    keys: Sequence[str],
    types: tuple[type, ...] = (str, int),
) -> dict[str, str]:
    """Return recipient's address → the provider's id of the mail, for those that rows name.

    It never raises, whatever the types are, since the mail has been accepted. What can't be an id
    is left out: events then find the mail by its recipient and subject.

    :param recipients: the addresses that count
    :param email: the key of a row's address
    :param keys: under which a row may have the id, the best one first
    :param types: that the id may have
    """
    wanted = {address.lower(): address for address in recipients}
    ids = {}
    for row in rows:
        address = wanted.get(str(row.get(email)).lower()) if isinstance(row, dict) else None
        if address:
            found = next((row[key] for key in keys if row.get(key)), None)
            if type(found) in types and ID.fullmatch(str(found)):
                ids[address] = str(found)
    return ids


def read_answer(response: requests.Response) -> Answer:
    """Return the `Answer` of the requests library's response."""
    try:
        data = response.json()
    except (ValueError, RecursionError):
        data = None
    return Answer(response.status_code, data)
