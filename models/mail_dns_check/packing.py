# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Results of the DNS checks in a form that PostgreSQL can keep.

Texts are kept as template and parameters, so that each reader gets them in his language.
"""

from ...dns_check import Text
from ...dns_check.text import printable
from ...providers.base import storable

# What decides whether a domain is ready to send; the other checks only have something to say.
DECISIVE = ("ownership", "spf", "spf_esp", "dkim", "dmarc", "alignment")
# What the wizard shows of the facts; the rest is said by the texts.
SHOWN_FACTS = ("lookups", "voids", "tree")


def pack(result):
    """Return a `dns_check.Result` as JSON-able dict, whatever a hostile zone put into it."""
    return {
        "name": result.name,
        "status": result.status,
        "found": _pack(result.found),
        "expected": _pack(result.expected),
        "problems": [
            {
                "code": problem.code,
                "status": problem.status,
                "texts": [_pack(text) for text in problem.texts],
            }
            for problem in result.problems
        ],
        "facts": {name: _shown(result.facts.get(name)) for name in SHOWN_FACTS},
        "operations": [_storable(operation.as_dict()) for operation in result.operations],
    }


def unpack(value):
    """Return the `Text` in a packed result, or None."""
    return None if value is None else _unpack(value)


def _pack(value):
    if value is None:
        return None
    if isinstance(value, Text):
        params = {name: _pack(param) for name, param in value.params.items()}
        return {"template": value.template, "params": params}
    if isinstance(value, tuple):
        return [_pack(item) for item in value]
    return printable(value)


def _unpack(value):
    if isinstance(value, dict):
        return Text(
            value["template"], **{name: _unpack(param) for name, param in value["params"].items()}
        )
    return tuple(map(_unpack, value)) if isinstance(value, list) else value


def _shown(value):
    """Return a fact as it can be shown."""
    return _each(printable, value)


def _storable(value):
    """Return a part of an operation as PostgreSQL can keep it, still to be copied whole."""
    return _each(storable, value)


def _each(function, value):
    """Return a JSON-able value, all of whose texts the function has changed."""
    if isinstance(value, dict):
        return {name: _each(function, item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(function, item) for item in value]
    return function(value) if isinstance(value, str) else value
