# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The templates of Mailjet's account, through the real client, against the sandbox."""

from datetime import datetime

import pytest

from providers import PROVIDERS
from providers.api import ApiError
from providers.mailjet import send
from providers.mailjet.templates import LONGEST
from providers.templates import Content, Template, TemplateList


@pytest.fixture
def templates(mailjet_api):
    return PROVIDERS["mailjet"].templates(mailjet_api)


def test_nothing_of_the_gallery(templates, mailjet):
    mailjet.templates[42] = "<p>Hola</p>"
    mailjet.template_names[42] = " Bienvenida "
    changed_at = datetime(2026, 2, 3, 4, 5, 6)
    assert templates.templates() == [Template("42", "Bienvenida", changed_at)]


@pytest.mark.parametrize("page", [1, 4, 5, 1000])
def test_all_are_listed(templates, mailjet, monkeypatch, page):
    monkeypatch.setattr(send, "PAGE", page)
    mailjet.templates.update(dict.fromkeys(range(40, 52), "<p>Hola</p>"))
    assert [template.code for template in templates.templates()] == list(map(str, range(40, 52)))


@pytest.mark.parametrize(
    ("stored", "content"),
    [
        ("<p>Hola</p>", Content("Subject of Template 42", "<p>Hola</p>", "")),
        ({"Text-part": "Hola"}, Content("Subject of Template 42", "", "Hola")),
        ({}, Content("Subject of Template 42", "", "")),
    ],
)
def test_content(templates, mailjet, stored, content):
    mailjet.templates[42] = stored
    assert templates.content("42") == content


def test_a_template_that_is_gone(templates):
    with pytest.raises(ApiError) as error:
        templates.content("42")
    assert error.value.status == 404


def test_a_template_without_end(templates, mailjet):
    mailjet.templates[42] = "x" * (LONGEST + 5)
    assert len(templates.content("42").html) == LONGEST


def test_wrong_key(templates, mailjet):
    mailjet.api.suspended = True
    with pytest.raises(ApiError) as error:
        templates.templates()
    assert error.value.status == 401
    assert "key" in str(error.value)


def test_aldeamo_tells_none():
    assert not issubclass(PROVIDERS["aldeamo"].templates, TemplateList)
