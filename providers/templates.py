# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mails that consist of a template which is kept at the provider."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import Text


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


class Templates(ABC):
    """How a mail names a template, and its variables."""

    # Where a template's name is found, and how variables are written. Odoo takes what is in double
    # braces for an expression, also in this text.
    help: str
    # What can be the name of a template, and why others can't
    template_name: re.Pattern[str]
    no_template: str
    # The same of a variable; ``%(name)s`` stands for what was entered
    variable_name: re.Pattern[str]
    no_variable: str

    @classmethod
    def check_template(cls, template: str) -> Text | None:
        """Return why `template` can't be the name of one, or None if it can."""
        return None if cls.template_name.fullmatch(template) else Text(cls.no_template)

    @classmethod
    def check_variable(cls, name: str) -> Text | None:
        """Return why a template's variable can't have that name, or None if it can."""
        return None if cls.variable_name.fullmatch(name) else Text(cls.no_variable, {"name": name})


class TemplateList(Templates):
    """The templates of one account, where its API lists them.

    :param api: of the account, the provider's own; stays the caller's to close
    """

    def __init__(self, api: Any) -> None:
        self._api = api

    @abstractmethod
    def templates(self) -> list[Template]:
        """Return what a mail can be sent as.

        :raises api.ApiError: the list can't be read
        """

    @abstractmethod
    def content(self, code: str) -> Content:
        """Return what a template says, with its variables in place.

        :raises api.ApiError: it can't be read
        """
