"""Both providers together."""

from __future__ import annotations

from . import aldeamo, mailjet, script, webhook
from .provider import Provider


class Sandbox:
    """Aldeamo and Mailjet on loopback, from entering the context to leaving it.

    The credentials are fixed and open: they protect nothing but show that wrong ones are refused.
    """

    def __init__(self):
        self.aldeamo = Provider(
            aldeamo, script.ALDEAMO_MIX, webhook.ALDEAMO, "sandbox-aldeamo", "aldeamo-password"
        )
        self.mailjet = Provider(mailjet, script.MAILJET_MIX, webhook.MAILJET, "5a" * 16, "c3" * 16)

    def __enter__(self) -> Sandbox:
        self.aldeamo.start()
        self.mailjet.start()
        return self

    def __exit__(self, *_exception) -> None:
        self.aldeamo.stop()
        self.mailjet.stop()
