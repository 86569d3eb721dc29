# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A DKIM key record (RFC 6376 3.6.1, RFC 8301, RFC 8463): can receivers use it?"""

import base64
import re
from dataclasses import dataclass, replace

from .damage import first_damage
from .result import Problem
from .tags import parse_tags
from .text import _

MIN_BITS = 1024  # RFC 8301 3.2: shorter ones MUST NOT be accepted
GOOD_BITS = 2048
_SPACE = re.compile(r"[ \t\r\n]+")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/= \t\r\n]")


@dataclass(frozen=True)
class Key:
    """What a record says.

    :param problems: what is wrong with it
    :param p: the key in base64 without white space; None where there is none
    :param type: `k=`
    :param bits: of an RSA key
    """

    problems: tuple[Problem, ...]
    p: str | None
    type: str
    bits: int | None
    testing: bool

    @property
    def usable(self):
        return not any(problem.status == "fail" for problem in self.problems)


def key_value(text):
    """Return the `p=` of a record without white space, or None (3.6.1: it may be folded)."""
    value = parse_tags(text).get("p")
    return None if value is None else _SPACE.sub("", value)


def looks_like_key(text):
    """Tell whether a TXT record is meant as a DKIM key, right or damaged."""
    return bool(re.search(r"(?:^|[;\s\"])p\s*=", text[:2000]) or "v=DKIM1" in text)


def read_key(text, name):
    """Return the `Key` in a TXT record.

    :param str name: the record's, for the texts
    """
    key = _read(text, name)
    pasted = first_damage(text.replace("\t", " ").strip())
    if key.usable or not pasted:
        return key
    # All that is wrong with it comes from there.
    template = _("%(name)s: something came with pasting the value, %(what)s. Enter it again.")
    return replace(key, problems=(_problem("pasted", template, name, what=pasted),))


def _read(text, name):
    tags = parse_tags(text)
    problems = [*_list_problems(tags, name)]
    p = key_value(text)
    kind = tags.get("k", "rsa")
    bits = None
    if p is None:
        problems.append(_problem("dkim_no_key", _("%(name)s has no key (p=)."), name))
    elif not p:
        template = _("The key at %(name)s is revoked: its p= is empty.")
        problems.append(_problem("dkim_revoked", template, name))
    elif kind not in ("rsa", "ed25519"):
        template = _("%(name)s: nobody knows keys of the type “%(kind)s”.")
        problems.append(_problem("dkim_type", template, name, kind=kind))
    else:
        bits = _add_key_problems(problems, text, p, kind, name)
    problems += _use_problems(tags, name)
    return Key(tuple(problems), p, kind, bits, "y" in _items(tags.get("t", "")))


def _problem(code, template, name, status="fail", **params):
    return Problem.of(code, status, template, name=name, **params)


def _items(value):
    return [_SPACE.sub("", item) for item in value.split(":")]


def _list_problems(tags, name):
    version = tags.get("v")
    if tags.mistakes:
        position, piece = tags.mistakes[0]
        template = _("%(name)s: “%(piece)s” at position %(position)s is none of “name=value”.")
        yield _problem("dkim_syntax", template, name, piece=piece, position=position)
    elif tags.repeated:
        template = _("%(name)s: “%(tag)s=” is there several times, which makes the record invalid.")
        yield _problem("dkim_repeated", template, name, tag=tags.repeated[0])
    elif version is not None and (version != "DKIM1" or tags.order[0] != "v"):
        template = _("%(name)s: “v=” must be “DKIM1”, and come first.")
        yield _problem("dkim_version", template, name)


def _add_key_problems(problems, text, p, kind, name):
    """Add what is wrong with the key itself; return its bits, for RSA."""
    found = re.search(r"(?:^|;)\s*p\s*=", text)
    start = found.end() if found else 0
    end = text.find(";", start)
    bad = _NOT_BASE64.search(text, start, end if end >= 0 else len(text))
    if bad:
        template = _("%(name)s: “%(character)s” at position %(position)s is not part of a key.")
        position = bad.start() + 1
        problem = _problem("dkim_base64", template, name, character=bad[0], position=position)
        problems.append(problem)
        return None
    try:
        der = base64.b64decode(p, validate=True)
    except ValueError:
        problems.append(_cut(text, name))
        return None
    if kind == "ed25519":
        if len(der) != 32:
            template = _("%(name)s: that is not an Ed25519 key, which has 32 octets.")
            problems.append(_problem("dkim_unreadable", template, name))
        else:
            template = _("%(name)s: many receivers do not know Ed25519; have an RSA key, too.")
            problems.append(_problem("dkim_ed25519", template, name, "warning"))
        return None
    return _add_rsa_problems(problems, der, text, name)


def _add_rsa_problems(problems, der, text, name):
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(der, default_backend())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        if der[:2] == b"\x30\x82" and int.from_bytes(der[2:4], "big") + 4 > len(der):
            problems.append(_cut(text, name))
        else:
            template = _("%(name)s: the key cannot be read. Enter it again.")
            problems.append(_problem("dkim_unreadable", template, name))
        return None
    bits = key.key_size
    if bits < MIN_BITS:
        template = _("%(name)s: the key has %(bits)s bits; receivers accept none under 1024.")
        problems.append(_problem("dkim_short", template, name, bits=bits))
    elif bits < GOOD_BITS:
        template = _("%(name)s: the key has %(bits)s bits; 2048 are better.")
        problems.append(_problem("dkim_1024", template, name, "warning", bits=bits))
    return bits


def _cut(text, name):
    template = _(
        "%(name)s: the key is cut off (the record has %(octets)s characters). A string holds only "
        "255: split the value into several strings, or use a panel that does it."
    )
    return _problem("dkim_cut", template, name, octets=len(text))


def _use_problems(tags, name):
    if "h" in tags.values and "sha256" not in _items(tags.get("h")):
        yield _problem("dkim_hash", _("%(name)s: “h=” must allow sha256."), name)
    if "s" in tags.values and not {"*", "email"} & set(_items(tags.get("s"))):
        yield _problem("dkim_service", _("%(name)s: “s=” does not allow e-mail."), name)
    if "y" in _items(tags.get("t", "")):
        template = _("%(name)s: “t=y” says that you are only testing; remove it.")
        yield _problem("dkim_testing", template, name, "warning")
