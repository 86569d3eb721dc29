"""An Aldeamo account: what its owner and his account executive have set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import aldeamo, script, webhook
from .aldeamo_api import PATH, AldeamoApi
from .provider import Provider


@dataclass
class Account:
    """The terms of the account.

    :param domains: registered: mail may come from their addresses
    :param active: the e-mail service is
    :param authorized: the API key may send mail
    :param quota: recipients left in a prepaid plan; ``None``: not prepaid
    """

    domains: set[str] = field(default_factory=lambda: {"empresa.example"})
    active: bool = True
    authorized: bool = True
    quota: int | None = None


class Aldeamo(Provider):
    """Aldeamo with one account; anything may be changed while it runs.

    :ivar templates: id -> HTML; ``None`` as HTML: it is there and can't be fetched
    :ivar remote_attachments: URLs of attachments that Aldeamo would have fetched
    """

    def __init__(self):
        self.account = Account()
        self.api_key = "0a1b2c3d.5e6f708192a3b4c5d6e7f809"
        self.remote_attachments: list[str] = []
        super().__init__(
            aldeamo,
            script.ALDEAMO_MIX,
            webhook.ALDEAMO,
            ("sandbox-aldeamo", "aldeamo-password"),
            AldeamoApi(self),
        )

    @property
    def api_url(self) -> str:
        return self.api.url + PATH
