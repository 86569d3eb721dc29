# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lists of `name=value;`, as DKIM, DMARC, MTA-STS, TLS-RPT and BIMI have them (RFC 6376 3.2)."""

import re
from dataclasses import dataclass

_TAG = re.compile(r"[ \t\r\n]*([A-Za-z][A-Za-z0-9_]*)[ \t\r\n]*=[ \t\r\n]*([^;]*?)[ \t\r\n]*\Z")
MAX_TAGS = 100


@dataclass(frozen=True)
class Tags:
    """What a list of tags says.

    :param values: by name; of a repeated one the first
    :param order: the names as they come
    :param mistakes: pairs of position, from 1, and text that is no tag
    """

    values: dict[str, str]
    order: tuple[str, ...]
    mistakes: tuple[tuple[int, str], ...]

    def get(self, name, default=None):
        return self.values.get(name, default)

    @property
    def repeated(self):
        return sorted({name for name in self.order if self.order.count(name) > 1})


def parse_tags(text):
    """Return the `Tags` of a text, whatever it is; all beyond `MAX_TAGS` is one mistake."""
    values, order, mistakes = {}, [], []
    position = 1
    pieces = text.split(";", MAX_TAGS)
    for number, piece in enumerate(pieces):
        match = _TAG.match(piece)
        if match:
            order.append(match[1])
            values.setdefault(match[1], match[2])
        elif piece.strip(" \t\r\n") or number < len(pieces) - 1:
            mistakes.append((position + len(piece) - len(piece.lstrip()), piece.strip()))
        position += len(piece) + 1
    return Tags(values, tuple(order), tuple(mistakes))
