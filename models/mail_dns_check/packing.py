# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Results of the DNS checks as JSON that PostgreSQL can store.

Texts are stored as template and parameters, so that each user reads them in his language.
"""

from ...dns_check import Text
from ...dns_check.text import printable
from ...providers.base import storable

# The checks that decide whether a domain is ready to send; others only give hints.
DECISIVE = ("ownership", "spf", "spf_esp", "dkim", "dmarc", "alignment")
# The facts that the page shows; the texts contain the others.
SHOWN_FACTS = ("lookups", "voids", "tree")


def pack(result):
    """Return a `dns_check.Result` as JSON-able dict, also with hostile DNS data."""
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
        "facts": {name: _each(printable, result.facts.get(name)) for name in SHOWN_FACTS},
        "operations": [
            # Not shortened: it is copied.
            _each(storable, operation.as_dict())
            for operation in result.operations
        ],
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


def _each(function, value):
    """Apply a function to all texts in a JSON-able value."""
    if isinstance(value, dict):
        return {name: _each(function, item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(function, item) for item in value]
    return function(value) if isinstance(value, str) else value
