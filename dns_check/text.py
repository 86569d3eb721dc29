# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Texts for people: an English template, which Odoo translates, and its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def _(template: str) -> str:
    """Mark `template` for translation; Odoo translates it when it is shown."""
    return template


class Text:
    """A sentence: a constant template marked with `_()`, and its parameters.

    `str()` returns it in English, `render` in another language.

    :param template: with named placeholders, `%(host)s`
    :param params: by name; a `Text` is rendered as well; of a tuple, each item is one line
    """

    __slots__ = ("params", "template")

    def __init__(self, template: str, **params: object) -> None:
        self.template = template
        self.params = params

    @classmethod
    def joined(cls, texts: Iterable[Text]) -> Text:
        """Return several texts as one, with commas between them."""
        params = {f"text{number}": text for number, text in enumerate(texts)}
        return cls(", ".join(f"%({name})s" for name in params), **params)

    def render(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in another language.

        :param translate: returns the translation of a template
        """
        params = {name: _rendered(value, translate) for name, value in self.params.items()}
        return translate(self.template) % params

    def __str__(self) -> str:
        return self.render(str)

    def __repr__(self) -> str:
        return f"Text({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        return (self.template, self.params) == (other.template, other.params)

    def __hash__(self) -> int:
        return hash(str(self))


MAX_SHOWN = 600


def _rendered(value: object, translate: Callable[[str], str]) -> str:
    if isinstance(value, Text):
        return value.render(translate)
    if isinstance(value, tuple):
        return "\n".join(_rendered(item, translate) for item in value)
    return printable(value)


def printable(value: object) -> str:
    """Return `value` as text that can be shown and stored, even if it comes from a hostile zone.

    Control characters, lone surrogates (undecodable octets) and invisible characters become
    escapes. Of a text with more than `MAX_SHOWN` characters, the middle is left out.
    """
    value = str(value)
    if len(value) > MAX_SHOWN:
        value = f"{value[: MAX_SHOWN // 2]} … {value[-MAX_SHOWN // 2 :]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
