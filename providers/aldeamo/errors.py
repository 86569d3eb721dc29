# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the errors of Aldeamo's REST API mean: M 7, "Posibles respuestas fallidas".

The manual's table writes their names with underscores, its sample with spaces. Which HTTP
status comes with which name is not said, save 403 in the sample.
"""

import re
from typing import NamedTuple

from ..base import Text, _, storable
from ..transport import Outcome


class Meaning(NamedTuple):
    """:param result, failure: of `transport.Outcome`; :param template: of its reason"""

    result: str
    failure: str | None
    template: str


_TEMPLATE = _("Aldeamo has no such template: check its code in Tellit, Aldeamo's web application.")
_PARAMETERS = _("Aldeamo misses something in the mail: please report it to this addon's makers.")
_REPLY_TO = _("The mail has no usable Reply-To, which Aldeamo requires: check the sender.")

NAMES = {
    "invalid api key": Meaning(
        "account_blocked",
        None,
        _(
            "Aldeamo doesn't know this API key: copy it again to the mail server from Tellit, "
            "Aldeamo's web application (Email ▸ Configuración ▸ API)."
        ),
    ),
    "api key not authorized": Meaning(
        "account_blocked",
        None,
        _("This API key isn't allowed to send mail: have it authorized, or make another one."),
    ),
    "current service is not active": Meaning(
        "account_blocked",
        None,
        _("The email service of the Aldeamo account isn't active: ask Aldeamo."),
    ),
    "no messages left": Meaning(
        "account_blocked",
        None,
        _("The Aldeamo account has used up its prepaid mails: top it up. The mails wait in Odoo."),
    ),
    "could not find template": Meaning("refused", "configuration", _TEMPLATE),
    "error fetching template": Meaning("refused", "configuration", _TEMPLATE),
    "incorrect variable syntax": Meaning(
        "refused",
        "configuration",
        _(
            "Aldeamo doesn't accept the template's variables: their names may have letters, "
            "digits, underscores, hyphens and single spaces only."
        ),
    ),
    "domain not permitted err 1": Meaning(
        "refused",
        "sender",
        _(
            "Aldeamo doesn't send in the name of this sender's domain: register the domain in "
            "Tellit, Aldeamo's web application (Email ▸ Configuración ▸ Dominios), or use another "
            "sender."
        ),
    ),
    "invalid request missing parameters err 1": Meaning("refused", "configuration", _PARAMETERS),
    "invalid request missing parameters err 2": Meaning("refused", "configuration", _PARAMETERS),
    "missing replyto": Meaning("refused", "sender", _REPLY_TO),
    "missing replyto email": Meaning("refused", "sender", _REPLY_TO),
    "missing replyto name": Meaning("refused", "sender", _REPLY_TO),
    "subject missing or empty": Meaning("refused", "content", _("The mail has no subject.")),
    "body missing or empty": Meaning("refused", "content", _("The mail has no body.")),
    "recipient missing or empty": Meaning(
        "refused",
        "invalid_address",
        _("The mail has no recipient: enter an address on the contact."),
    ),
    "a recipient address is empty": Meaning(
        "refused",
        "invalid_address",
        _("One of the addresses is empty or not valid: correct it on the contact."),
    ),
}
# The mail may have been taken before the failure.
_FAILING = Meaning("in_doubt", None, _("Aldeamo has a failure: it may have taken the mail."))
_BUSY = Meaning(
    "busy", None, _("Aldeamo takes no more requests for the moment: Odoo tries again later.")
)
_KEY = NAMES["invalid api key"]
_TOO_LARGE = Meaning("refused", "content", _("The mail is too large for Aldeamo."))
_NOWHERE = Meaning(
    "account_blocked",
    None,
    _("Aldeamo doesn't answer there: correct the address of the API on the mail server."),
)
_UNKNOWN = Meaning("refused", None, _("Aldeamo refused it."))


def outcome_of(answer):
    """Return the `Outcome` of a mail that Aldeamo did not accept.

    :param api.Answer answer: with an error's name, or with a status alone
    """
    said = answer.data.get("error") if isinstance(answer.data, dict) else None
    said = storable(str(said or ""))[:500]
    name = " ".join(re.split(r"[\W_]+", said.lower())).strip()
    meaning = NAMES.get(name) or _by_status(answer.status)
    reason = Text(
        _("%(meaning)s (Aldeamo: %(said)s)"),
        {"meaning": Text(meaning.template), "said": said or f"HTTP {answer.status}"},
    )
    return Outcome(meaning.result, failure=meaning.failure, reason=reason)


def _by_status(status):
    statuses = {
        401: _KEY,
        403: _KEY,
        404: _NOWHERE,
        405: _NOWHERE,
        413: _TOO_LARGE,
        429: _BUSY,
    }
    return statuses.get(status) or (_FAILING if status >= 500 else _UNKNOWN)
