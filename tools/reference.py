# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The correlation token: what a mail carries so that its events can name it.

It names the mailing trace, else the message and the partner it was sent to. It is signed with
the database's secret, so that whoever knows the webhook's URL still can't forge an event of
somebody else's mail; and it is short and plain enough to survive unfolded in a header.
"""

import hmac
import re
from typing import NamedTuple

from odoo.tools import consteq

SCOPE = "mail_mailjet_aldeamo-reference"
SIGNATURE_LENGTH = 32  # hexadecimal digits: 128 bits
TOKEN = re.compile(rf"([tm])(\d{{1,10}})(?:\.(\d{{1,10}}))?-([0-9a-f]{{{SIGNATURE_LENGTH}}})", re.A)


class Reference(NamedTuple):
    """What a token names; ids, 0 where there is none."""

    trace_id: int = 0
    message_id: int = 0
    partner_id: int = 0


def make_reference(env, reference):
    """Return the token of a `Reference`, at most 55 ASCII characters."""
    kind, number = ("t", reference.trace_id) if reference.trace_id else ("m", reference.message_id)
    name = f"{kind}{number}"
    if reference.partner_id:
        name += f".{reference.partner_id}"
    return f"{name}-{_signer(env)(name)}"


def read_reference(env, token):
    """Return the `Reference` in a token, or None if this database did not sign it."""
    return read_references(env, [token])[token]


def read_references(env, tokens):
    """Return token → its `Reference`, or None if this database did not sign it."""
    sign = _signer(env)
    return {token: _read(token, sign) for token in tokens}


def _read(token, sign):
    match = TOKEN.fullmatch(token or "")
    if not match:
        return None
    kind, number, partner, signature = match.groups()
    if not consteq(sign(token.rpartition("-")[0]), signature):
        return None
    return Reference(
        trace_id=int(number) if kind == "t" else 0,
        message_id=int(number) if kind == "m" else 0,
        partner_id=int(partner or 0),
    )


def _signer(env):
    """Return a function that does as Odoo's `hmac`, but looks for the secret only once."""
    secret = env(su=True)["ir.config_parameter"].get_param("database.secret")
    keyed = hmac.new(secret.encode(), digestmod="sha256")

    def sign(name):
        signature = keyed.copy()
        signature.update(repr((SCOPE, name)).encode())
        return signature.hexdigest()[:SIGNATURE_LENGTH]

    return sign
