"""Mailjet's API: who may call it, and which part of it a request is for."""

from __future__ import annotations

import threading
import uuid
from base64 import b64encode
from dataclasses import replace
from random import Random
from typing import Any

from .api import FakeApi
from .mailjet_account import MailjetAccount
from .mailjet_rest import Resource, answer_rest
from .mailjet_send import recipients, refusal, send
from .mailjet_spoiled import spoiled
from .rest import FakeAnswer, Request

_SEND = "/v3.1/send"
_REST = "/v3/REST/"
# Not documented: somewhere above the 15 MB of the Send API the gateway refuses by itself.
_GATEWAY_BYTES = 20_000_000
_TOO_LARGE = "<html><head><title>413 Request Entity Too Large</title></head></html>"
_UNAUTHORIZED = "<html><head><title>401 Authorization Required</title></head></html>"
_WRONG_KEY = (
    "API key authentication/authorization failure. You may be unauthorized to access the API or "
    "your API key may be expired."
)


class FakeMailjetApi(FakeApi):
    """The Send API v3.1 and the REST resources of the account.

    :ivar partial_status: HTTP status of a call some of whose messages failed; 200 and 400 are both
        reported
    :ivar suspended: the API key is
    :ivar bare_unauthorized: a 401 of the Send API has no ``ErrorCode``, as once recorded
    """

    def __init__(self, account: MailjetAccount, resources: dict[str, Resource]):
        super().__init__()
        self.partial_status = 400
        self.suspended = False
        self.bare_unauthorized = False
        self._account = account
        self._resources = resources
        self._rest_lock = threading.Lock()

    mail_refusal = "mj-0013"
    refusals = (
        refusal("mj-0002", "Malformed JSON, please review the syntax."),
        refusal("send-0015", "Too many recipients. Max allowed - 50.", "Messages"),
        FakeAnswer(403, "<html><head><title>403 Forbidden</title></head></html>"),
        FakeAnswer(413, _TOO_LARGE),
    )

    def messages_in(self, request: Request) -> int:
        return len(_messages(request))

    def recipients_in(self, request: Request) -> list[str]:
        return recipients(_messages(request))

    def is_look_up(self, request: Request) -> bool:
        return request.path.startswith(f"{_REST}message")

    def spoiled(self, body: dict[str, Any], random: Random) -> object:
        return spoiled(body, random)

    def answer(self, request: Request) -> FakeAnswer:
        answer = self._routed(request)
        headers = {**answer.headers, "X-Mj-Request-Guid": str(uuid.uuid4())}
        return replace(answer, headers=headers)

    def _routed(self, request: Request) -> FakeAnswer:
        if len(request.body) > _GATEWAY_BYTES:
            return FakeAnswer(413, _TOO_LARGE)
        if request.path == _SEND:
            if request.method != "POST":
                return FakeAnswer(405, {"StatusCode": 405, "ErrorMessage": "Method Not Allowed"})
            return self._unauthorized(request) or send(self._account, request, self.partial_status)
        if not request.path.startswith(_REST):
            return FakeAnswer(404, {"StatusCode": 404, "ErrorMessage": "Not Found"})
        if not request.headers.get("Authorization"):
            return FakeAnswer(401)
        if self.suspended or not self._is_key(request):
            return FakeAnswer(401, _UNAUTHORIZED)
        with self._rest_lock:
            return answer_rest(self._resources, request, request.path.removeprefix(_REST))

    def _is_key(self, request: Request) -> bool:
        if self.is_revoked:
            return False
        pair = f"{self._account.user}:{self._account.password}"
        return request.headers.get("Authorization") == f"Basic {b64encode(pair.encode()).decode()}"

    def _unauthorized(self, request: Request) -> FakeAnswer | None:
        if not self._is_key(request):
            return refusal("mj-0015", _WRONG_KEY, is_bare=self.bare_unauthorized)
        if self.suspended:
            return refusal("mj-0001", "The API key is suspended.")
        return None


def _messages(request: Request) -> list[Any]:
    if request.path != _SEND or not isinstance(request.json, dict):
        return []
    messages = request.json.get("Messages")
    return messages if isinstance(messages, list) else []
