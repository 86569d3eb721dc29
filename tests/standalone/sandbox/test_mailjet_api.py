"""Mailjet's Send API v3.1 against its guide: what it takes, refuses, and makes of it."""

import json
from base64 import b64encode

import pytest
from conftest import mail, mailjet_message, send

from lab.sandbox import Step

_PNG = {"ContentType": "image/png", "Filename": "logo.png", "Base64Content": "iVBORw0KGgo="}
_TO_51 = [{"Email": f"{n}@cliente.example"} for n in range(51)]


def _only_error(answer):
    (item,) = answer.json()["Messages"]
    assert item["Status"] == "error"
    (error,) = item["Errors"]
    assert set(error) == {
        "ErrorIdentifier",
        "ErrorCode",
        "StatusCode",
        "ErrorMessage",
        "ErrorRelatedTo",
    }
    assert error["StatusCode"] == answer.status_code
    return error


def test_a_message_is_received_as_smtp_would_have_brought_it(client, mailjet):
    answer = client.send(
        mailjet_message(
            Cc=[{"Email": "leo@cliente.example", "Name": "Leo Núñez"}],
            Bcc=[{"Email": "eva@cliente.example"}],
            ReplyTo={"Email": "respuestas@empresa.example"},
            TextPart="Hola",
            Headers={"References": "<1.odoo@empresa.example>"},
            Attachments=[{**_PNG, "Filename": "pedido.png"}],
            InlinedAttachments=[{**_PNG, "ContentID": "logo1"}],
            TrackOpens="disabled",
            TrackClicks="enabled",
            CustomCampaign="odoo-7",
        )
    )

    assert answer.status_code == 200
    (received,) = mailjet.received
    assert received.transport == "api"
    assert received.mail_from == "ventas@empresa.example"
    assert received.recipients == tuple(f"{name}@cliente.example" for name in ("ana", "leo", "eva"))
    email = received.email
    assert email["From"] == "Ventas <ventas@empresa.example>"
    assert email["Cc"] == "Leo Núñez <leo@cliente.example>"
    assert email["Reply-To"] == "respuestas@empresa.example"
    assert email["Subject"] == received.subject == "Promoción de mañana"
    assert email["References"] == "<1.odoo@empresa.example>"
    assert "Bcc" not in email
    assert email.get_body(("plain",)).get_content() == "Hola\n"
    assert received.link == "https://empresa.example/r/a"
    assert [part.get_filename() for part in email.iter_attachments()] == ["pedido.png"]
    assert "<logo1>" in [part["Content-ID"] for part in email.walk()]
    assert received.raw_header("X-Mailjet-TrackOpen") == "0"
    assert received.raw_header("X-Mailjet-TrackClick") == "1"
    assert received.raw_header("X-Mailjet-Campaign") == "odoo-7"


def test_ids_of_the_answer_are_those_of_the_events(client, mailjet):
    payload = '{\n "trace": 1}'
    message = mailjet_message(
        Cc=[{"Email": "leo@cliente.example"}], CustomID="ñ-1", EventPayload=payload
    )
    (item,) = client.send(message).json()["Messages"]
    ana, leo = mailjet.events_for(mailjet.received[0], Step.DELIVERED)

    assert (item["Status"], item["CustomID"], item["Bcc"]) == ("success", "ñ-1", [])
    for (told,), event in ((item["To"], ana), (item["Cc"], leo)):
        assert told["Email"] == event["email"]
        assert told["MessageID"] == event["MessageID"]
        assert told["MessageUUID"] == event["Message_GUID"]
        assert told["MessageHref"].endswith(str(event["MessageID"]))
        assert (event["CustomID"], event["Payload"]) == ("ñ-1", payload)


def test_good_and_bad_messages_of_a_call(client, mailjet):
    answer = client.send(
        mailjet_message(), mailjet_message("ana@@x"), mailjet_message("b@x.example")
    )

    assert answer.status_code == 400
    first, second, third = answer.json()["Messages"]
    assert (first["Status"], second["Status"], third["Status"]) == ("success", "error", "success")
    assert second["Errors"][0]["ErrorRelatedTo"] == ["To[0].Email"]
    assert [message.recipients[0] for message in mailjet.received] == [
        "ana@cliente.example",
        "b@x.example",
    ]
    mailjet.api.partial_status = 200
    assert client.send(mailjet_message(), mailjet_message("x")).status_code == 200


@pytest.mark.parametrize(
    ("code", "properties"),
    [
        ("mj-0003", {"To": None}),
        ("mj-0003", {"From": None}),
        ("mj-0003", {"Attachments": [{"ContentType": "a/b", "Filename": "c"}]}),
        ("mj-0004", {"TemplateID": "12"}),
        ("mj-0004", {"TextPart": 1}),
        ("mj-0004", {"To": {"Email": "ana@cliente.example"}}),
        ("mj-0004", {"EventPayload": {"a": 1}}),
        ("mj-0004", {"Headers": {"X-A": 1}}),
        ("mj-0004", {"Headers": {"X-A": "b\r\nTo: c"}}),
        ("mj-0004", {"Attachments": [{**_PNG, "Base64Content": "ñ"}]}),
        ("mj-0005", {"TrackOpens": "no"}),
        ("mj-0005", {"Priority": 4}),
        ("mj-0006", {"Subject": "x" * 256}),
        ("mj-0006", {"CustomID": "x" * 65}),
        ("mj-0006", {"CustomCampaign": "x" * 256}),
        ("mj-0006", {"URLTags": "x" * 257}),
        ("mj-0007", {"To": []}),
        ("mj-0012", {"To": [{"Email": ""}]}),
        ("mj-0012", {"Attachments": [{**_PNG, "Filename": ""}]}),
        ("mj-0013", {"ReplyTo": {"Email": "ana"}}),
        ("send-0001", {"Text": "Hola"}),
        ("send-0001", {"SandboxMode": True}),
        ("send-0003", {"HTMLPart": None}),
        ("send-0006", {"Sender": {"Email": "x@empresa.example"}}),
        ("send-0008", {"From": {"Email": "x@otra.example"}}),
        ("send-0010", {"TemplateID": 12}),
        ("send-0011", {"Headers": {"MESSAGE-ID": "<1@empresa.example>"}}),
        ("send-0012", {"DeduplicateCampaign": True}),
        ("send-0013", {"MonitoringCategory": "none"}),
        ("send-0016", {"TemplateErrorDeliver": True}),
    ],
)
def test_refused_messages(client, mailjet, code, properties):
    assert _only_error(client.send(mailjet_message(**properties)))["ErrorCode"] == code
    assert not mailjet.received


def test_longest_strings(client):
    limits = {"Subject": 255, "CustomID": 64, "CustomCampaign": 255, "URLTags": 256}
    longest = {name: "x" * length for name, length in limits.items()}
    assert client.send(mailjet_message(**longest)).status_code == 200


def test_refused_for_what_the_account_lacks(client, mailjet):
    mailjet.templates[7] = {"Html-part": "<p>Hola</p>", "Text-part": "Hola"}
    mailjet.monitoring_categories = {"old": False}
    mailjet.may_set_sender = True
    mailjet.api.refuse("Leo@cliente.example", "mj-0001")

    def code(**properties):
        return _only_error(client.send(mailjet_message(**properties)))["ErrorCode"]

    assert code(TemplateID=7) == "send-0004"
    assert code(TemplateID=7, HTMLPart=None, TextPart="x") == "send-0005"
    assert code(MonitoringCategory="old") == "send-0014"
    assert code(Sender={"Email": "x@otra.example"}) == "send-0007"
    assert code(to="leo@cliente.example") == "mj-0001"


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("mj-0003", {}),
        ("mj-0004", {"Messages": {}}),
        ("mj-0004", []),
        ("mj-0004", {"Messages": [{}], "SandboxMode": "yes"}),
        ("mj-0007", {"Messages": []}),
        ("mj-0008", {"Messages": [mailjet_message()] * 51}),
        ("send-0001", {"Messages": [mailjet_message()], "Mesages": []}),
        ("send-0015", {"Messages": [mailjet_message(To=_TO_51)]}),
        ("send-0015", {"Messages": [mailjet_message(Bcc=_TO_51[:25])] * 2}),
    ],
)
def test_refused_calls(client, mailjet, code, call):
    answer = client.call("POST", "/v3.1/send", call)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (400, code)
    assert answer.json()["StatusCode"] == 400
    assert "Messages" not in answer.json()
    assert not mailjet.received


def test_malformed_json(client):
    def code(body):
        return client.call("POST", "/v3.1/send", data=body).json()["ErrorCode"]

    assert code(b'{"Messages": [') == "mj-0002"
    assert code(b'{"Messages": [NaN]}') == "mj-0002"
    assert code(b"\xff") == "mj-0002"
    assert code(b'{"Messages": [{"Subject": "a", "Subject": "b"}]}') == "send-0002"


def test_payload_that_is_too_large(client, mailjet):
    def attached(size):
        content = b64encode(bytes(size)).decode()
        return mailjet_message(Attachments=[{**_PNG, "Base64Content": content}])

    assert client.send(attached(11_000_000)).status_code == 200
    refused = client.send(attached(12_000_000))
    assert (refused.status_code, refused.json()["ErrorCode"]) == (400, "mj-0011")
    gateway = client.send(attached(16_000_000))
    assert (gateway.status_code, gateway.headers["Content-Type"]) == (413, "text/html")
    assert len(mailjet.received) == 1


def test_fifty_messages_of_a_call(client, mailjet):
    messages = [mailjet_message(entry["Email"]) for entry in _TO_51[:50]]
    items = client.send(*messages).json()["Messages"]
    assert [item["To"][0]["Email"] for item in items] == [
        message.recipients[0] for message in mailjet.received
    ]
    assert len({item["To"][0]["MessageID"] for item in items}) == 50
    assert mailjet.api.calls[0].messages == 50


def test_globals_apply_to_every_message_that_has_no_own(client, mailjet):
    client.send(mailjet_message(Subject=None), mailjet_message(), Globals={"Subject": "Común"})
    assert [message.subject for message in mailjet.received] == ["Común", "Promoción de mañana"]


def test_sandbox_mode_delivers_nothing(client, mailjet):
    answer = client.send(
        mailjet_message(), mailjet_message("x"), SandboxMode=True, AdvanceErrorHandling=True
    )
    good, bad = answer.json()["Messages"]
    assert (good["To"][0]["MessageUUID"], good["To"][0]["MessageID"]) == ("", 0)
    assert bad["Status"] == "error"
    assert not mailjet.received


def test_a_variable_that_is_null_is_an_internal_error(client, mailjet):
    assert client.send(mailjet_message(Variables={"a": None})).status_code == 500
    assert not mailjet.received


def test_wrong_key(client, mailjet):
    def refused(**options):
        answer = client.call("POST", "/v3.1/send", {"Messages": []}, **options)
        assert answer.status_code == answer.json()["StatusCode"] == 401
        return answer.json().get("ErrorCode")

    assert refused(auth=(mailjet.user, "wrong")) == "mj-0015"
    assert refused(auth=None) == "mj-0015"
    mailjet.api.bare_unauthorized = True
    assert refused(auth=("wrong", mailjet.password)) is None
    mailjet.api.suspended = True
    assert refused() == "mj-0001"


def test_template_is_filled_in_both_ways(client, mailjet):
    mailjet.templates[7] = '<p>{{var:nombre:"cliente"}} {{var:ciudad:Cali}} {{var:nada}}</p>'
    variables = {"nombre": "Ana"}
    client.send(
        mailjet_message(
            HTMLPart=None, TemplateID=7, TemplateLanguage=True, Variables=variables, CustomID="a"
        )
    )
    headers = {"X_MJ_TemplateID": "7", "X_MJ_Vars": json.dumps(variables)}
    send(mailjet, mail(X_MJ_TemplateLanguage="1", **headers))
    send(mailjet, mail(**headers))

    by_api, by_smtp, plain = (
        email.get_body(("html",)).get_content().strip() for email in mailjet.delivered
    )
    assert by_api == by_smtp == "<p>Ana Cali </p>"
    assert plain == mailjet.templates[7]
    assert not [name for name in mailjet.delivered[0] if name.lower().startswith("x-mj")]


def test_every_answer_names_the_request(client):
    first, second = client.send(mailjet_message()), client.rest("GET", "sender")
    assert first.headers["X-Mj-Request-Guid"] != second.headers["X-Mj-Request-Guid"]


def test_on_message_refuses_the_whole_call(client, mailjet):
    def fail(message):
        raise RuntimeError("no")

    mailjet.on_message = fail
    assert client.send(mailjet_message()).status_code == 500
    assert not mailjet.received
