# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Characters that copying and pasting adds to a record."""

from __future__ import annotations

import re

from .text import Text, _

_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a'
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_BLANKS = "\u00a0\u2007\u202f\u3000\t\r\n"

_WHAT = (
    ('"', _("a quotation mark")),
    (_QUOTES[1:], _("a typographic quotation mark (%(character)s)")),
    (_DASHES, _("a dash (%(character)s) instead of a hyphen")),
    ("\ufeff", _("an invisible byte order mark")),
    (_INVISIBLE, _("an invisible character")),
    ("\t\r\n", _("a tab or line break")),
    (_BLANKS, _("a no-break space instead of a normal space")),
    ("\\", _("a backslash")),
)
# What comes before the value in a zone file
_ZONE_FILE = re.compile(r"\A\s*(?:[^\s\"=;]+\s+)?(?:[0-9]+\s+)?(?:IN\s+)?TXT\s+", re.IGNORECASE)


def paste_errors(text: str) -> list[tuple[int, Text]]:
    """Return the position, from 1, and a text for each thing that does not belong in a record."""
    found = []
    prefix = _ZONE_FILE.match(text)
    if prefix:
        found.append((1, Text(_("“%(prefix)s”, which is not part of the value"), prefix=prefix[0])))
    for position, character in enumerate(text, 1):
        what = next((what for characters, what in _WHAT if character in characters), None)
        if what is None and not " " <= character <= "~":
            what = _("a character that is not allowed (%(character)s)")
        if what is not None:
            found.append((position, Text(what, character=character)))
    if text != text.strip(" "):
        position = 1 if text.startswith(" ") else len(text.rstrip(" ")) + 1
        found.append((position, Text(_("an extra space"))))
    return found


def repaired(text: str) -> str:
    """Return a text as it probably was before it was pasted."""
    text = _ZONE_FILE.sub("", text)
    text = text.translate(
        {
            **dict.fromkeys(map(ord, _QUOTES + _INVISIBLE + "\\")),
            **dict.fromkeys(map(ord, _DASHES), "-"),
            **dict.fromkeys(map(ord, _BLANKS), " "),
        }
    )
    return text.strip()


def first_paste_error(text: str) -> Text | None:
    """Return the first paste error of a text; None if there is none."""
    found = paste_errors(text)
    if not found:
        return None
    position, what = min(found, key=lambda item: item[0])
    return Text(_("at position %(position)s: %(what)s"), position=position, what=what)
