# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Templates kept at Aldeamo. Over SMTP the subject names one and the body holds its variables:
M 6. A mail that says so is sent by API as M 7 wants it.
"""

import json
import re
from email.headerregistry import HeaderRegistry
from typing import Any

from ..base import _
from ..message import Outgoing, unfolded
from ..templates import Templates

TAG = re.compile(r"^\s*\*\|tid:([^|]*)\|\*\s*")
# "Si la plantilla no tiene variables": both parts of the body are just this word.
NOTHING = "null"


class AldeamoTemplates(Templates):
    help = _(
        "The 12 characters below the template's name in Tellit, Aldeamo's web application. Its "
        "variables are written {name} there."
    )
    template_name = re.compile(r"[0-9A-Za-z]{6,32}", re.A)
    no_template = _("A template of Aldeamo has a name of letters and digits: 42eqy7oaigql.")
    # M 6 warns of special characters and accents; its sample has "var 3" and "var-5-5" as good.
    variable_name = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*", re.A)
    no_variable = _(
        "Aldeamo would not replace a variable named “%(name)s”: use letters without accents, "
        "digits, underscores, hyphens and single spaces, and begin with a letter."
    )


def without_tag(email: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a mail whose subject, whoever wrote it, names no template."""
    subject = email["subject"] or ""
    # What is encoded (RFC 2047) is decoded when it is put into the mail's header. A line break
    # that was encoded can't be put there as it is.
    decode = HeaderRegistry()
    while (plain := TAG.sub("", unfolded(decode("Subject", subject)))) != subject:
        subject = plain
    return {**email, "subject": subject}


def with_tag(email: dict[str, Any], template: str, variables: dict[str, str]) -> dict[str, Any]:
    """Return the values of a mail that consists of a template."""
    body = json.dumps(variables, ensure_ascii=False) if variables else NOTHING
    return {
        **email,
        "subject": f"*|tid:{template}|*{email['subject'] or ''}",
        "body": body,
        "body_alternative": body,
    }


def read_tag(outgoing: Outgoing) -> tuple[str, str | None, dict[str, str]]:
    """Return subject, template and variables of a mail; template is None without a tag."""
    found = TAG.match(outgoing.subject)
    try:
        variables = json.loads(outgoing.text) if found else None
    except ValueError:
        found = None  # a body, not a template's variables
    if not found:
        return outgoing.subject, None, {}
    return outgoing.subject[found.end() :], found[1], variables or {}
