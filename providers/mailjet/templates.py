# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's resource ``template``. Source: dev.mailjet.com, guide "Template API"."""

import re

from ..base import _, iso_time, text
from ..templates import Content, Template, TemplateList
from .send import MailjetApi

# Characters of a template that are looked at.
LONGEST = 300_000


class MailjetTemplates(TemplateList):
    _api: MailjetApi
    help = _(
        "The number of a template in Mailjet's Passport or of its API. Its variables are written "
        "there as var:name, between double braces."
    )
    template_name = re.compile(r"[1-9]\d{0,17}", re.A)
    no_template = _("A template of Mailjet has a number, such as 1234567.")
    # Its templating language is written {{var:name}}.
    variable_name = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.A)
    no_variable = _(
        "Mailjet would not replace a variable named “%(name)s”: use letters without accents, "
        "digits and underscores, and begin with a letter."
    )

    def templates(self) -> list[Template]:
        return [
            Template(
                code=str(row.get("ID")),
                name=text(row.get("Name"), 200) or "",
                changed_at=iso_time(str(row.get("LastUpdatedAt"))),
            )
            for row in self._api.all_rows("template")
            # The others are Mailjet's own samples, to be copied: a mail can't name them.
            if row.get("OwnerType") != "global"
        ]

    def content(self, code: str) -> Content:
        rows = self._api.rows("GET", f"template/{int(code)}/detailcontent")
        row = rows[0] if rows else {}
        headers = row.get("Headers")
        return Content(
            subject=text(headers.get("Subject")) or "" if isinstance(headers, dict) else "",
            html=text(row.get("Html-part"), LONGEST) or "",
            text=text(row.get("Text-part"), LONGEST) or "",
        )
