# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's resource ``template``. Source: dev.mailjet.com, guide "Template API"."""

from ..base import text
from ..templates import Content, Template, TemplateList
from .account import moment
from .rest import Rest

# Characters of a template that are looked at.
LONGEST = 300_000


class MailjetTemplates(Rest, TemplateList):
    def templates(self):
        return [
            Template(
                code=str(row.get("ID")),
                name=text(row.get("Name"), 200) or "",
                changed_at=moment(row.get("LastUpdatedAt")),
            )
            for row in self._list("template")
            # The others are Mailjet's own samples, to be copied: a mail can't name them.
            if row.get("OwnerType") != "global"
        ]

    def content(self, code):
        rows = self._rows("GET", f"template/{int(code)}/detailcontent")
        row = rows[0] if rows else {}
        headers = row.get("Headers")
        return Content(
            subject=text(headers.get("Subject")) or "" if isinstance(headers, dict) else "",
            html=text(row.get("Html-part"), LONGEST) or "",
            text=text(row.get("Text-part"), LONGEST) or "",
        )
