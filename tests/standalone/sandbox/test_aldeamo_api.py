"""Aldeamo's API against its manual (V6, section 7)."""

import uuid
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import aldeamo_message, mail, send

from lab.sandbox import Step


def test_a_message_is_received_and_every_recipient_has_an_id(aldeamo_send, aldeamo):
    pdf = b64encode(b"%PDF").decode()
    answer = aldeamo_send(
        aldeamo_message(
            options={"cc": [{"email": "leo@cliente.example"}], "bcc": [{"email": "e@x.example"}]},
            attachments=[
                {"filename": "pedido.pdf", "path": f"data:application/pdf;base64,{pdf}"},
                {"path": f"data:application/pdf;base64,{pdf}"},
                {"path": "https://empresa.example/catalogo.pdf"},
            ],
        )
    )

    assert (answer.status_code, answer.json()["message"]) == (200, "Messages sent!")
    told = {entry["email"]: entry["msgid"] for entry in answer.json()["to"]}
    (received,) = aldeamo.received
    assert received.recipients == tuple(told)
    assert all(uuid.UUID(msgid).version == 1 for msgid in told.values())
    events = aldeamo.events_for(received, Step.DELIVERED)
    assert [event["msgid"] for event in events] == list(told.values())
    assert {event["origin"] for event in events} == {"API"}
    assert [event["custom_headers"] for event in events] == [{}] * 3
    assert aldeamo.events_for(received, Step.OPENED)[0]["custom_headers"] == {}

    email = aldeamo.delivered[0]
    assert (email["From"], email["Cc"]) == (
        "Ventas <ventas@empresa.example>",
        "leo@cliente.example",
    )
    assert (email["Subject"], received.transport) == ("Promoción de mañana", "api")
    first, second = email.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("pedido.pdf", b"%PDF")
    assert second.get_filename()
    assert aldeamo.remote_attachments == ["https://empresa.example/catalogo.pdf"]


def test_copies_need_not_be_in_the_answer(aldeamo_send, aldeamo):
    aldeamo.api.lists_copies = False
    answer = aldeamo_send(aldeamo_message(options={"cc": [{"email": "leo@cliente.example"}]}))
    assert [entry["email"] for entry in answer.json()["to"]] == ["ana@cliente.example"]


@pytest.mark.parametrize(
    ("error", "properties"),
    [
        ("Could not find template", {"template_id": "none"}),
        ("Error Fetching Template", {"template_id": "broken"}),
        ("Incorrect variable syntax", {"variables": ["a"]}),
        ("Incorrect variable syntax", {"variables": {"año": "1"}}),
        ("Incorrect variable syntax", {"variables": {"n": 1}}),
        ("Domain not permitted err 1", {"from": {"email": "x@otra.example"}}),
        ("Invalid request missing parameters err 1", {"attachments": [{"filename": "a"}]}),
        ("Invalid request missing parameters err 1", {"options": {"cc": "x@x.example"}}),
        ("Invalid request missing parameters err 2", {"from": None}),
        ("Missing replyTo", {"replyTo": None}),
        ("Missing replyTo email", {"replyTo": {"name": "x"}}),
        ("Missing replyTo name", {"replyTo": {"email": "x@x.example"}}),
        ("Subject missing or empty", {"subject": ""}),
        ("Body missing or empty", {"body": ""}),
        ("Recipient missing or empty", {"to": []}),
        ("A Recipient address is empty", {"to": [{"email": "x@x.example"}, {"email": ""}]}),
    ],
)
def test_refused_messages(aldeamo_send, aldeamo, error, properties):
    aldeamo.templates["broken"] = None
    answer = aldeamo_send(aldeamo_message(**properties))
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert not aldeamo.received


def test_refused_for_the_key(aldeamo_send, aldeamo):
    wrong = aldeamo_send(aldeamo_message(), headers={"Authorization": "Bearer wrong"})
    assert (wrong.status_code, wrong.json()) == (403, {"error": "Invalid API Key"})
    aldeamo.authorized = False
    refused = aldeamo_send(aldeamo_message())
    assert (refused.status_code, refused.json()) == (403, {"error": "API key not authorized"})


def test_refused_for_the_account(aldeamo_send, aldeamo):
    def error():
        return aldeamo_send(aldeamo_message()).json().get("error")

    aldeamo.quota = 1
    assert error() is None
    assert error() == "No Messages left"
    aldeamo.active = False
    assert error() == "Current service is not active"


def test_quota_holds_for_calls_at_once(aldeamo_send, aldeamo):
    aldeamo.quota = 3
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: aldeamo_send(aldeamo_message()), range(8)))
    assert sum(answer.status_code == 200 for answer in answers) == len(aldeamo.received) == 3


def test_refused_on_order(aldeamo_send, aldeamo):
    aldeamo.api.refuse("ana@cliente.example", "No_Messages_left")
    assert aldeamo_send(aldeamo_message()).json() == {"error": "No Messages left"}
    assert aldeamo_send(aldeamo_message("leo@cliente.example")).status_code == 200


def test_body_that_is_not_json(aldeamo_send):
    answer = aldeamo_send(None, data=b"{")
    assert answer.json() == {"error": "Invalid request missing parameters err 1"}


def test_template_is_filled_in(aldeamo_send, aldeamo):
    aldeamo.templates["42eqy7oaigql"] = "<p>Hola {nombre}, {otra}</p>"
    aldeamo_send(
        aldeamo_message(
            body=None,
            subject="Para {nombre}",
            template_id="42eqy7oaigql",
            variables={"nombre": "Ana"},
        )
    )
    (email,) = aldeamo.delivered
    assert email["Subject"] == "Para Ana"
    assert email.get_content() == "<p>Hola Ana, {otra}</p>\n"


def _tagged(plain, html, template="42eqy7oaigql"):
    email = mail()
    del email["Subject"]
    email["Subject"] = f"*|tid:{template}|* Para {{nombre}}"
    email.clear_content()
    email.set_content(plain)
    email.add_alternative(html, subtype="html")
    return email


def test_subject_tag_brings_a_template_by_smtp(aldeamo):
    aldeamo.templates["42eqy7oaigql"] = "<p>Hola {nombre}</p>"
    send(
        aldeamo,
        _tagged('{"nombre": "Ana"}', '{"nombre": "Ana"}'),
        _tagged("null", "null"),
        _tagged("null", "<p>null</p>"),
        _tagged("null", "null", template="none"),
    )

    filled, without, not_json, unknown = aldeamo.delivered
    assert (filled["Subject"], filled.get_content()) == ("Para Ana", "<p>Hola Ana</p>\n")
    assert (without["Subject"], without.get_content()) == (
        "Para {nombre}",
        "<p>Hola {nombre}</p>\n",
    )
    for untouched in (not_json, unknown):
        assert untouched["Subject"].startswith("*|tid:")
