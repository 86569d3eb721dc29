# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lists of `name=value;`, as in DKIM, DMARC, MTA-STS, TLS-RPT and BIMI (RFC 6376 3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPACE = " \t\r\n"
MAX_TAGS = 100


@dataclass(frozen=True)
class Tags:
    """A list of tags.

    :param values: by name; the first value of a repeated name
    :param order: the names in the order of the text, with repetitions
    :param mistakes: position, from 1, and text of what is not a tag
    """

    values: dict[str, str]
    order: tuple[str, ...]
    mistakes: tuple[tuple[int, str], ...]

    def get(self, name: str) -> str | None:
        """Return the value of a tag, or None."""
        return self.values.get(name)

    @property
    def repeated(self) -> list[str]:
        """The names that appear more than once."""
        return sorted({name for name in self.order if self.order.count(name) > 1})


def parse_tags(text: str) -> Tags:
    """Return the tags of any text. What follows the first `MAX_TAGS` is one mistake."""
    values: dict[str, str] = {}
    order: list[str] = []
    mistakes: list[tuple[int, str]] = []
    position = 1
    pieces = text.split(";", MAX_TAGS)
    for number, piece in enumerate(pieces):
        name, equals, value = piece.partition("=")
        name = name.strip(_SPACE)
        if equals and _NAME.fullmatch(name):
            order.append(name)
            values.setdefault(name, value.strip(_SPACE))
        elif piece.strip(_SPACE) or number < len(pieces) - 1:
            before = len(piece) - len(piece.lstrip(_SPACE))
            mistakes.append((position + before, piece.strip(_SPACE)))
        position += len(piece) + 1
    return Tags(values, tuple(order), tuple(mistakes))
