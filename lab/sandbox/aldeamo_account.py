"""An Aldeamo account: what its owner and the account executive have set up."""

from __future__ import annotations

from . import aldeamo, script, webhook
from .provider import FakeProvider


class AldeamoAccount(FakeProvider):
    """Aldeamo with one account, without the API; anything may be changed while it runs.

    :ivar templates: id -> HTML; ``None`` as HTML: it is there and can't be fetched
    :ivar remote_attachments: URLs of attachments that Aldeamo would have fetched
    :ivar domains: registered: mail may come from their addresses
    :ivar active: the e-mail service is
    :ivar authorized: the API key may send mail
    :ivar quota: recipients left in a prepaid plan; ``None``: not prepaid
    """

    def __init__(self) -> None:
        super().__init__(
            aldeamo,
            script.ALDEAMO_MIX,
            webhook.ALDEAMO,
            ("sandbox-aldeamo", "aldeamo-password"),
        )
        self.api_key = "0a1b2c3d.5e6f708192a3b4c5d6e7f809"
        self.remote_attachments: list[str] = []
        self.domains = {"empresa.example"}
        self.active = True
        self.authorized = True
        self.quota: int | None = None
