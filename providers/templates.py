# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The templates that are kept in an account, where its API tells them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Template:
    """One template.

    :param code: by which a mail names it
    :param changed_at: naive UTC, or None
    """

    code: str
    name: str
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Content:
    """What a template says; "" for what it hasn't.

    :param html: as somebody wrote it at the provider: not to be trusted
    """

    subject: str = ""
    html: str = ""
    text: str = ""


class TemplateList(ABC):
    """The templates of one account. Every method raises `api.ApiError`.

    :param api.Api api: of the account; stays the caller's to close
    """

    def __init__(self, api):
        self._api = api

    @abstractmethod
    def templates(self):
        """Return what a mail can be sent as.

        :rtype: list[Template]
        """

    @abstractmethod
    def content(self, code):
        """Return what a template says, with its variables in place.

        :rtype: Content
        """
