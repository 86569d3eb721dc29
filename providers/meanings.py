# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an answer of a provider's API means, where it means the same at every provider."""

from typing import NamedTuple

from .base import Text, _, storable
from .transport import Outcome


class Meaning(NamedTuple):
    """What one error means.

    :param result: see `transport.Outcome`
    :param failure: likewise
    :param template: why, and what to do; ``%(name)s`` stands for the provider's name
    """

    result: str
    failure: str | None
    template: str


def blocked(template: str) -> Meaning:
    """Return the meaning of an error that lasts until somebody corrects the account."""
    return Meaning("account_blocked", None, template)


def refused(failure: str | None, template: str) -> Meaning:
    """Return the meaning of an error for which the mail, and no other, is refused for good."""
    return Meaning("refused", failure, template)


# Of a whole call: the mails may have been taken before the failure.
FAILING = Meaning(
    "in_doubt", None, _("%(name)s has an internal error. It may have accepted the mail.")
)
BUSY = Meaning(
    "busy", None, _("%(name)s accepts no more requests at the moment. Odoo tries again later.")
)
TOO_LARGE = refused("content", _("The mail is too large for %(name)s."))
NOWHERE = blocked(
    _("%(name)s doesn't answer there: correct the address of the API on the mail server.")
)
NOT_UNDERSTOOD = refused(
    "configuration",
    _("%(name)s doesn't understand what this addon sent: please report it to its makers."),
)
NO_RECIPIENT = refused(
    "invalid_address", _("The mail has no recipient: enter an address on the contact.")
)
UNKNOWN = refused(None, _("%(name)s refused it."))
STATUSES = {404: NOWHERE, 405: NOWHERE, 413: TOO_LARGE, 429: BUSY}


def by_status(status: int, statuses: dict[int, Meaning]) -> Meaning:
    """Return what an HTTP status means for the mails of a call.

    :param statuses: those that mean something else at this provider
    """
    return FAILING if status >= 500 else {**STATUSES, **statuses}.get(status, UNKNOWN)


def reason_of(name: str, meaning: Meaning, said: str) -> Text:
    """Return why something wasn't done, for people.

    :param name: the provider's
    :param said: what it said, in its own words
    """
    template = Text(meaning.template, {"name": name})
    params = {"name": name, "meaning": template, "said": storable(said)[:1000]}
    return Text(_("%(meaning)s (%(name)s: %(said)s)"), params)


def outcome_of(name: str, meaning: Meaning, said: str) -> Outcome:
    """Return the `Outcome` of a mail that was not accepted; see `reason_of`."""
    reason = reason_of(name, meaning, said)
    return Outcome(meaning.result, failure=meaning.failure, reason=reason)


def in_doubt(name: str, status: int) -> Outcome:
    """Return the `Outcome` of a mail of which an answer says nothing.

    :param name: the provider's
    """
    template = _("The answer of %(name)s (HTTP %(status)s) doesn't say what became of the mail.")
    return Outcome("in_doubt", reason=Text(template, {"name": name, "status": status}))
