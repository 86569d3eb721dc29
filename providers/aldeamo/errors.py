# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the errors of Aldeamo's REST API mean: M 7, "Posibles respuestas fallidas".

The manual's table writes their names with underscores, its sample with spaces. Which HTTP
status comes with which name is not said, save 403 in the sample.
"""

import re

from ..api import Answer
from ..base import _, storable
from ..meanings import NO_RECIPIENT, NOT_UNDERSTOOD, blocked, by_status, outcome_of, refused
from ..transport import Outcome

_TEMPLATE = _("Aldeamo has no such template: check its code in Tellit, Aldeamo's web application.")
_REPLY_TO = _("The mail has no usable Reply-To, which Aldeamo requires: check the sender.")

NAMES = {
    "invalid api key": blocked(
        _(
            "Aldeamo doesn't know this API key: copy it again to the mail server from Tellit, "
            "Aldeamo's web application (Email ▸ Configuración ▸ API)."
        )
    ),
    "api key not authorized": blocked(
        _("This API key isn't allowed to send mail: have it authorized, or make another one.")
    ),
    "current service is not active": blocked(
        _("The email service of the Aldeamo account isn't active: ask Aldeamo.")
    ),
    "no messages left": blocked(
        _("The Aldeamo account has used up its prepaid mails: top it up. The mails wait in Odoo.")
    ),
    "could not find template": refused("configuration", _TEMPLATE),
    "error fetching template": refused("configuration", _TEMPLATE),
    "incorrect variable syntax": refused(
        "configuration",
        _(
            "Aldeamo doesn't accept the template's variables: their names may have letters, "
            "digits, underscores, hyphens and single spaces only."
        ),
    ),
    "domain not permitted err 1": refused(
        "sender",
        _(
            "Aldeamo doesn't send in the name of this sender's domain: register the domain in "
            "Tellit, Aldeamo's web application (Email ▸ Configuración ▸ Dominios), or use another "
            "sender."
        ),
    ),
    "invalid request missing parameters err 1": NOT_UNDERSTOOD,
    "invalid request missing parameters err 2": NOT_UNDERSTOOD,
    "missing replyto": refused("sender", _REPLY_TO),
    "missing replyto email": refused("sender", _REPLY_TO),
    "missing replyto name": refused("sender", _REPLY_TO),
    "subject missing or empty": refused("content", _("The mail has no subject.")),
    "body missing or empty": refused("content", _("The mail has no body.")),
    "recipient missing or empty": NO_RECIPIENT,
    "a recipient address is empty": refused(
        "invalid_address",
        _("One of the addresses is empty or not valid: correct it on the contact."),
    ),
}
# Of an answer that has no name of an error
STATUSES = {401: NAMES["invalid api key"], 403: NAMES["invalid api key"]}


def outcome_of_answer(answer: Answer) -> Outcome:
    """Return the `Outcome` of a mail that Aldeamo did not accept."""
    said = answer.data.get("error") if isinstance(answer.data, dict) else None
    said = storable(str(said or ""))[:500]
    name = " ".join(re.split(r"[\W_]+", said.lower())).strip()
    meaning = NAMES.get(name) or by_status(answer.status, STATUSES)
    return outcome_of("Aldeamo", meaning, said or f"HTTP {answer.status}")
