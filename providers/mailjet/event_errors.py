# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Mailjet's words for a failed mail mean. Source: guide "Event API", and its REST resource
`/messagestate`, which knows two more.

An error has the same meaning in whatever class ("error_related_to") it comes.
"""

from dataclasses import dataclass

from ..base import _


@dataclass(frozen=True)
class MailjetError:
    """The meaning of one error.

    :param failure: a key of `FAILURES`; None for what is no failure yet
    :param bounce: what an event "bounce" with it is: "hard" or "soft", whatever it says of
        itself; "told": hard or soft, as it says; "deferred": tried again unless it says hard;
        "rejected": nothing came back, as nothing went out
    :param explanation: what it means, and what to do
    :param final: likewise, where the event says that Mailjet has given up and the explanation
        speaks of later
    """

    failure: str | None
    bounce: str
    explanation: str
    final: str | None = None


ERRORS = {
    # recipient
    "user unknown": MailjetError(
        "invalid_address",
        "hard",
        _("The recipient's mail server knows no such address. Correct it, or remove it."),
    ),
    "mailbox inactive": MailjetError(
        "invalid_address",
        "hard",
        _(
            "The mailbox has not been used for a long time and accepts no more mail. Ask the "
            "recipient for another address."
        ),
    ),
    "quota exceeded": MailjetError(
        "mailbox_full",
        "told",
        _("The recipient's mailbox is full. A later email may get through."),
        _(
            "The recipient's mailbox stayed full until Mailjet gave up: this email won't arrive. "
            "Ask the recipient in another way."
        ),
    ),
    "blacklisted": MailjetError(
        "opted_out",
        "rejected",
        _(
            "Mailjet did not try: the address is on the block list of your Mailjet account, often "
            "since it unsubscribed. Send it nothing more, or unblock it in Mailjet if the "
            "recipient asks for it."
        ),
    ),
    "spam reporter": MailjetError(
        "opted_out",
        "rejected",
        _(
            "Mailjet did not try: the recipient reported an earlier email of yours as spam. Send "
            "nothing more to this address."
        ),
    ),
    # domain
    "invalid domain": MailjetError(
        "invalid_address",
        "hard",
        _("The domain of the address does not exist. Look for a typing mistake."),
    ),
    "no mail host": MailjetError(
        "invalid_address",
        "told",
        _(
            "No mail server could be reached at the domain of the address. Look for a typing "
            "mistake."
        ),
    ),
    "relay/access denied": MailjetError(
        "invalid_address",
        "told",
        _(
            "The recipient's mail server accepts no mail for this address. Check the address, or "
            "ask the recipient."
        ),
    ),
    "greylisted": MailjetError(
        None,
        "deferred",
        _(
            "The recipient's mail server wants the email to be sent again later, as it does with "
            "senders that it does not know. Mailjet itself tries again for up to three days."
        ),
        _(
            "The recipient's mail server put the email off until Mailjet gave up: it won't arrive. "
            "Send it again, or ask the recipient in another way."
        ),
    ),
    "typofix": MailjetError(
        "invalid_address",
        "rejected",
        _("Mailjet did not try: the domain of the address looks mistyped. Correct the address."),
    ),
    # content
    "bad or empty template": MailjetError(
        "configuration",
        "rejected",
        _(
            "The email's template in Mailjet is faulty or empty. Correct the template; there "
            "is nothing wrong with the recipient."
        ),
    ),
    "error in template language": MailjetError(
        "configuration",
        "rejected",
        _(
            "The email contains template language that Mailjet can't carry out. Correct the "
            "template; there is nothing wrong with the recipient."
        ),
    ),
    "content": MailjetError(
        "content",
        "rejected",
        _(
            "The email's content isn't accepted; there is nothing wrong with the recipient. Change "
            "its text, links or attachments."
        ),
    ),
    # spam
    "sender blocked": MailjetError(
        "sender",
        "soft",
        _(
            "The recipient's mail server refuses the sender, not the recipient. Check the "
            "domain's SPF, DKIM and DMARC records, and whether your recipients want your emails."
        ),
    ),
    "content blocked": MailjetError(
        "content",
        "soft",
        _(
            "A filter classified the content of the email as spam. The recipient's address is "
            "not the problem. Change its text, links or attachments."
        ),
    ),
    "policy issue": MailjetError(
        "sender",
        "soft",
        _(
            "A rule of the recipient's mail server keeps the email out, for example too many "
            "emails at a time or no valid SPF and DKIM. There is nothing wrong with the recipient. "
            "Have an administrator check the DNS of the sender's domain."
        ),
    ),
    "spam preblocked": MailjetError(
        "content",
        "rejected",
        _(
            "Mailjet did not send the email, because it classified the content as spam. The "
            "recipient's address is not the problem. Change its text, links or attachments."
        ),
    ),
    "spam": MailjetError(
        "content",
        "soft",
        _(
            "The email was classified as spam. The cause is the sender or the content, not the "
            "recipient. Change the text, and have an administrator check the DNS."
        ),
    ),
    # system
    "system issue": MailjetError(
        "provider",
        "soft",
        _(
            "A passing problem at Mailjet; there is nothing wrong with the recipient. Send the "
            "email again later if it doesn't arrive."
        ),
        _(
            "Mailjet had a problem and has given up: this email won't arrive. There is nothing "
            "wrong with the recipient: send it again."
        ),
    ),
    "protocol issue": MailjetError(
        "provider",
        "soft",
        _(
            "Mailjet and the recipient's mail server did not understand each other. That mostly "
            "passes; there is nothing wrong with the recipient."
        ),
        _(
            "Mailjet and the recipient's mail server did not understand each other, and Mailjet "
            "has given up: this email won't arrive. Send it again later."
        ),
    ),
    "connection issue": MailjetError(
        "provider",
        "soft",
        _(
            "Mailjet lost the connection to the recipient's mail server. That mostly passes; "
            "there is nothing wrong with the recipient."
        ),
        _(
            "Mailjet could not keep a connection to the recipient's mail server and has given "
            "up: this email won't arrive. Send it again later."
        ),
    ),
    "system": MailjetError(
        "provider",
        "soft",
        _(
            "A technical problem on the way; there is nothing wrong with the recipient. Send the "
            "email again later."
        ),
    ),
    # mailjet
    "preblocked": MailjetError(
        "invalid_address",
        "rejected",
        _(
            "Mailjet did not try: this address bounced recently or again and again, for other "
            "senders too. Make sure that it is right before you write to it again."
        ),
    ),
    "duplicate in campaign": MailjetError(
        "duplicate",
        "rejected",
        _("Mailjet did not send it: this address already got an email of the same campaign."),
    ),
    "mailjet": MailjetError(
        "provider",
        "rejected",
        _(
            "Mailjet did not try; as far as it says, there is nothing wrong with the recipient. "
            "Send the email again later."
        ),
    ),
    # account
    "account": MailjetError(
        "configuration",
        "rejected",
        _(
            "Mailjet has blocked your account or API key. See what it says in your Mailjet "
            "account, or ask its support."
        ),
    ),
}

# Name of an error → its name where Mailjet has given up, of those that are explained otherwise then
FINAL = {name: f"{name}, final" for name, error in ERRORS.items() if error.final}
EXPLANATIONS = {
    **{name: error.explanation for name, error in ERRORS.items()},
    **{FINAL[name]: error.final for name, error in ERRORS.items() if error.final},
}


def find_error(error: str | None, related_to: str | None) -> str | None:
    """Return the key in `ERRORS` that an event's two fields amount to, or None.

    `error` may be empty with its text in `error_related_to`; the class stands for an error that
    is not in the table.
    """
    keys = (" ".join((field or "").casefold().split()) for field in (error, related_to))
    return next((key for key in keys if key in ERRORS), None)
