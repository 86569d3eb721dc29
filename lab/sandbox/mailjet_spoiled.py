"""Good answers of the Send API made bad: what is in them is not of the type that it should be.

What was refused stays refused and what was accepted is nowhere called refused, but by an answer
that is none.
"""

from __future__ import annotations

from random import Random
from typing import Any

_Any = tuple[Any, ...]
_NUMBERS: _Any = ("", "abc", "\0", "1" * 9000, -1, 0, 1.5, 10**400, True, None, [], {})
_IDS: _Any = (None, 7, "\0", "x" * 9000, "no-uuid", [], "\ud800")
_RECIPIENTS: _Any = (None, "ana@cliente.example", ["ana@cliente.example"], [None], {}, 7, [[]])
_ERRORS: _Any = (None, "text", ["text"], [None], {}, 7, [{"ErrorCode": 7, "ErrorMessage": "\0"}])
# A text goes as it is.
_MESSAGES: _Any = (None, "text", {})
_WHOLE: _Any = (None, [], '"OK"', 7, {}, *({"Messages": value} for value in _MESSAGES))


def spoiled(body: dict[str, Any], random: Random) -> object:
    """An answer with one thing wrong; the answer given is changed."""
    items = body.get("Messages")
    if not isinstance(items, list) or not items or random.random() < 0.2:
        return random.choice(_WHOLE)
    index = random.randrange(len(items))
    if items[index]["Status"] == "error":
        items[index]["Errors"] = random.choice(_ERRORS)
    else:
        random.choice(_SPOILERS)(items, index, random)
    return body


def _item(items: list[Any], index: int, random: Random) -> None:
    items[index] = random.choice((None, "success", 7, [], {}))


def _missing(items: list[Any], index: int, _random: Random) -> None:
    del items[index]


def _twice(items: list[Any], index: int, _random: Random) -> None:
    items.append(items[index])


def _status(items: list[Any], index: int, random: Random) -> None:
    items[index]["Status"] = random.choice((None, 7, "ok", "", ["success"]))


def _errors(items: list[Any], index: int, random: Random) -> None:
    items[index]["Errors"] = random.choice(_ERRORS)


def _custom_id(items: list[Any], index: int, random: Random) -> None:
    items[index]["CustomID"] = random.choice(_IDS)


def _to(items: list[Any], index: int, random: Random) -> None:
    items[index]["To"] = random.choice(_RECIPIENTS)


def _message_id(items: list[Any], index: int, random: Random) -> None:
    for recipient in items[index]["To"]:
        recipient["MessageID"] = random.choice(_NUMBERS)


def _message_uuid(items: list[Any], index: int, random: Random) -> None:
    for recipient in items[index]["To"]:
        recipient["MessageUUID"] = random.choice(_IDS)


def _email(items: list[Any], index: int, random: Random) -> None:
    for recipient in items[index]["To"]:
        recipient["Email"] = random.choice((None, 7, "\0", "", []))


_SPOILERS = (
    _item,
    _missing,
    _twice,
    _status,
    _errors,
    _custom_id,
    _to,
    _message_id,
    _message_uuid,
    _email,
)
