"""What becomes of the mails that you send while `make demo` runs.

Change it, save it, send a mail: this file is read anew for each mail.
"""

from __future__ import annotations

from lab.sandbox.script import Step


def events(recipient: str, subject: str) -> list[tuple[float, Step]]:
    """What happens to a mail, and how many seconds after it came in.

    Only Mailjet has BLOCKED; only Aldeamo has REACTIVATED and CATEGORY_UPDATE.

    :param recipient: the address that it went to
    """
    name = recipient.partition("@")[0].lower()
    if "bounce" in name:
        return [(3, Step.HARD_BOUNCE)]
    if "full" in name:
        return [(3, Step.SOFT_BOUNCE)]
    if "blocked" in name:
        return [(1, Step.BLOCKED)]
    if "spam" in name:
        return [(3, Step.DELIVERED), (8, Step.COMPLAINED)]
    if "leave" in name:
        return [(3, Step.DELIVERED), (6, Step.OPENED), (9, Step.UNSUBSCRIBED)]
    if "silent" in name:
        return []
    return [(3, Step.DELIVERED), (6, Step.OPENED), (9, Step.CLICKED)]
