"""The providers as they are met from outside: an account, and the API upon it."""

from __future__ import annotations

from .aldeamo_account import AldeamoAccount
from .aldeamo_api import PATH, FakeAldeamoApi
from .mailjet_account import MailjetAccount
from .mailjet_api import FakeMailjetApi
from .mailjet_contacts import Contacts
from .mailjet_messages import History, Messages
from .mailjet_profile import Keys, Profile
from .mailjet_templates import Templates


class FakeAldeamo(AldeamoAccount):
    """Aldeamo with one account."""

    def __init__(self) -> None:
        super().__init__()
        self.api = FakeAldeamoApi(self)

    @property
    def api_url(self) -> str:
        return self.api.url + PATH


class FakeMailjet(MailjetAccount):
    """Mailjet with one account.

    :ivar contacts: whoever got a mail
    """

    def __init__(self) -> None:
        super().__init__()
        messages = Messages(self)
        self.contacts = Contacts(self)
        self.api = FakeMailjetApi(
            self,
            {
                "sender": self.senders,
                "dns": self.domains,
                "eventcallbackurl": self.callbacks,
                "message": messages,
                "messagehistory": History(messages),
                "contact": self.contacts,
                "template": Templates(self),
                "apikey": Keys(lambda: (self.user, self.password), lambda: self.runlevel),
                "myprofile": Profile(),
            },
        )

    @property
    def api_url(self) -> str:
        """Stands for https://api.mailjet.com"""
        return self.api.url
