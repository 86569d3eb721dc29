"""Mailjet's REST resources: senders, domains, callback URLs, messages."""

import time
from base64 import b64encode

import pytest
from conftest import Receiver, mail, mailjet_message, send

from lab.sandbox import Script, Step
from lab.sandbox.mailjet_callbacks import Callbacks
from lab.sandbox.script import Journey


@pytest.fixture
def rest(client):
    """Makes a call; returns its status and its data, or its error."""

    def call(method, path, json=None):
        answer = client.rest(method, path, json)
        body = answer.json() if answer.content else {}
        return answer.status_code, body.get("Data", body.get("ErrorMessage"))

    return call


def _callback(receiver, event_type, **properties):
    return {"EventType": event_type, "Url": receiver.url, "Version": 2, **properties}


def test_lists_come_in_pages_of_ten(client, rest):
    for n in range(12):
        assert rest("POST", "sender", {"Email": f"{n}@empresa.example"})[0] == 201
    assert len(rest("GET", "sender")[1]) == 10
    assert len(rest("GET", "sender?Limit=1000")[1]) == 13
    assert [row["ID"] for row in rest("GET", "sender?Limit=2&Offset=11")[1]] == [12, 13]
    assert [row["ID"] for row in rest("GET", "sender?Sort=ID+DESC&Limit=1")[1]] == [13]
    assert [row["ID"] for row in rest("GET", "sender?Status=Active")[1]] == [1]
    assert client.rest("GET", "sender?countOnly=1").json() == {"Count": 13, "Data": [], "Total": 13}


def test_errors_of_the_resources(client, rest, mailjet):
    assert rest("POST", "sender", {"Email": "*@empresa.example"})[1].startswith("MJ18")
    assert rest("POST", "sender", {"Email": "a@empresa.example", "X": 1})[1].startswith("MJ08")
    answer = client.rest("GET", "sender/99")
    assert (answer.status_code, set(answer.json())) == (
        404,
        {"ErrorInfo", "ErrorMessage", "StatusCode"},
    )
    assert rest("GET", "nothing")[0] == 404
    assert rest("POST", "dns", {"Domain": "x.example"})[0] == 405
    wrong = client.rest("GET", "sender", auth=(mailjet.user, "wrong"))
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (401, "text/html")
    assert client.rest("GET", "sender", auth=None).content == b""


def test_address_becomes_active_by_its_mail(client, rest, mailjet):
    message = mailjet_message(From={"Email": "ana@otra.example"})
    (sender,) = rest("POST", "sender", {"Email": "ana@otra.example", "Name": "Ana"})[1]
    assert sender["Status"] == "Inactive"
    status, (validation,) = rest("POST", f"sender/{sender['ID']}/validate")
    assert status == 200
    assert validation == {"ValidationMethod": "ActivationEmail", "Errors": {}, "GlobalError": ""}
    assert mailjet.activations == ["ana@otra.example"] * 2
    assert client.send(message).status_code == 403

    mailjet.senders.activate("ana@otra.example")
    assert rest("GET", "sender/ana@otra.example")[1][0]["Status"] == "Active"
    assert rest("POST", "sender/ana@otra.example/validate")[0] == 400
    assert client.send(message).status_code == 200
    assert rest("DELETE", f"sender/{sender['ID']}")[0] == 204
    assert client.send(message).status_code == 403


def test_domain_becomes_active_by_its_token(client, rest, mailjet):
    (sender,) = rest("POST", "sender", {"Email": "*@otra.example"})[1]
    (dns,) = rest("GET", "dns/otra.example")[1]
    assert str(sender["DNSID"]) == dns["ID"]
    status, (validation,) = rest("POST", f"sender/{sender['ID']}/validate")
    assert (status, validation["ValidationMethod"]) == (200, "")
    assert set(validation["Errors"]) == {"DNSValidationError", "FileValidationError"}
    assert validation["GlobalError"]

    name = f"{dns['OwnerShipTokenRecordName']}.otra.example"
    mailjet.published[name] = [dns["OwnerShipToken"]]
    (validation,) = rest("POST", f"sender/{sender['ID']}/validate")[1]
    assert validation["ValidationMethod"] == "DNS"
    assert client.send(mailjet_message(From={"Email": "x@otra.example"})).status_code == 200

    (address,) = rest("POST", "sender", {"Email": "ana@otra.example"})[1]
    (validation,) = rest("POST", f"sender/{address['ID']}/validate")[1]
    assert validation["ValidationMethod"] == "Domain"


def test_dns_check_judges_what_is_published(rest, mailjet):
    (dns,) = rest("GET", "dns")[1]
    assert (dns["DKIMStatus"], dns["SPFStatus"]) == ("Not checked", "Not checked")
    (check,) = rest("POST", "dns/empresa.example/check")[1]
    assert (check["DKIMStatus"], check["SPFStatus"]) == ("Error", "Not found")
    assert check["DKIMErrors"]
    assert check["SPFErrors"]

    name = dns["DKIMRecordName"].rstrip(".")
    mailjet.published[name] = [dns["DKIMRecordValue"].replace("; p=", ";p=")]
    mailjet.published["empresa.example"] = ["other", "v=spf1 include:_spf.empresa.example -all"]
    assert rest("POST", f"dns/{dns['ID']}/check")[1][0]["SPFStatus"] == "Error"
    mailjet.published["_spf.empresa.example"] = ["v=spf1 include:spf.mailjet.com ~all"]
    (check,) = rest("POST", f"dns/{dns['ID']}/check")[1]
    assert (check["DKIMStatus"], check["SPFStatus"]) == ("OK", "OK")
    assert (check["DKIMErrors"], check["SPFErrors"]) == ([], [])
    (dns,) = rest("GET", "dns")[1]
    assert (dns["DKIMStatus"], dns["IsCheckInProgress"]) == ("OK", False)


def test_one_dns_record_is_printed_as_texts(rest):
    (dns,) = rest("GET", "dns/42")[1]
    assert (dns["ID"], dns["IsCheckInProgress"], dns["LastCheckAt"]) == ("42", "false", "")
    assert dns["DKIMRecordName"] == "mailjet._domainkey.empresa.example"


def test_dns_is_asked_through_the_resolver(rest, mailjet):
    asked = []
    mailjet.resolve_txt = lambda name: asked.append(name) or []
    rest("POST", "dns/empresa.example/check")
    assert asked == ["mailjet._domainkey.empresa.example", "empresa.example"]


def test_callback_url_is_kept_once_per_type(rest, receiver):
    status, (row,) = rest("POST", "eventcallbackurl", {"EventType": "open", "Url": receiver.url})
    assert (status, row["Version"], row["Status"], row["IsBackup"]) == (201, 1, "alive", False)
    assert rest("POST", "eventcallbackurl", _callback(receiver, "open"))[1].startswith("MJ18")
    backup = _callback(receiver, "open", IsBackup=True, Version="2")
    assert rest("POST", "eventcallbackurl", backup)[0] == 201
    assert [
        other["ID"] for other in rest("GET", "eventcallbackurl?EventType=6&Backup=true")[1]
    ] == [2]

    path = f"eventcallbackurl/{row['ID']}"
    assert rest("PUT", path, {"Version": 1})[0] == 304
    assert rest("PUT", path, {"Version": 2})[1][0]["Version"] == 2
    assert rest("PUT", path, {"EventTyp": "open"})[1].startswith("MJ08")
    assert rest("DELETE", path)[0] == 204
    assert rest("GET", path)[0] == 404


def test_events_go_to_the_url_of_their_type(rest, mailjet, receiver):
    url = receiver.url.replace("://", "://odoo:se%3Acreto@")
    with Receiver() as grouped, Receiver() as by_hand:
        mailjet.webhook_url = by_hand.url
        rest("POST", "eventcallbackurl", {"EventType": "sent", "Url": url})
        rest("POST", "eventcallbackurl", _callback(grouped, "open"))
        steps = (Step.DELIVERED, Step.OPENED, Step.CLICKED)
        mailjet.script = Script((Journey(1, steps, ()),))
        send(mailjet, *(mail(f"{n}@cliente.example") for n in range(20)))
        mailjet.play()

        assert {body["event"] for body in receiver.bodies} == {"sent"}
        assert len(receiver.bodies) == 20
        basic = f"Basic {b64encode(b'odoo:se:creto').decode()}"
        assert set(receiver.authorizations) == {basic}
        opened = [
            event for body in grouped.bodies for event in (body if type(body) is list else [body])
        ]
        assert len(grouped.bodies) < len(opened) == 20
        assert by_hand.bodies
        assert mailjet.post({"event": "open"}).status == 200
        assert grouped.bodies[-1] == {"event": "open"}


def test_events_without_a_url_stay_away(rest, mailjet, receiver):
    rest("POST", "eventcallbackurl", _callback(receiver, "open"))
    mailjet.script = Script((Journey(1, (Step.DELIVERED, Step.OPENED), ()),))
    send(mailjet, mail())
    mailjet.play()
    assert [body["event"] for body in receiver.bodies] == ["open"]


def test_suspended_url_gives_way_to_its_backup_until_it_changes():
    callbacks = Callbacks()
    first = callbacks.create({"EventType": "sent", "Url": "http://a.example", "Version": 2})
    callbacks.create({"EventType": "sent", "Url": "http://b.example", "IsBackup": True})
    assert callbacks.target("sent") == ("http://a.example", 2)

    callbacks.suspend("http://a.example")
    assert first["Status"] == "dead"
    assert callbacks.target("sent") == ("http://b.example", 1)
    assert callbacks.target("open") is None
    callbacks.update(first, {"Url": "http://c.example"})
    assert callbacks.target("sent") == ("http://c.example", 2)


def test_message_is_found_by_its_custom_id(client, rest, mailjet):
    (item,) = client.send(mailjet_message(CustomID="odoo-1")).json()["Messages"]
    send(mailjet, mail(X_MJ_CustomID="odoo-2"))
    query = "message?CustomID=odoo-1&ShowCustomID=true&ShowContactAlt=true&ShowSubject=true"
    (row,) = rest("GET", query)[1]
    assert row["ID"] == item["To"][0]["MessageID"]
    assert row["UUID"] == item["To"][0]["MessageUUID"]
    assert (row["CustomID"], row["ContactAlt"]) == ("odoo-1", "ana@cliente.example")
    assert (row["Subject"], row["Status"]) == ("Promoción de mañana", "queued")
    assert rest("GET", "message?CustomID=odoo-2")[1][0]["Subject"] == ""
    assert rest("GET", f"message/{row['ID']}")[1][0]["ID"] == row["ID"]
    assert rest("GET", "message?CustomID=none") == (200, [])


def test_message_is_not_found_before_it_is_indexed(client, rest, mailjet):
    mailjet.index_delay = 2
    client.send(mailjet_message(CustomID="odoo-1"))
    assert rest("GET", "message?CustomID=odoo-1") == (200, [])
    time.sleep(2.1)
    assert len(rest("GET", "message?CustomID=odoo-1")[1]) == 1


def test_history_of_a_message(rest, mailjet):
    (received,) = send(mailjet, mail())
    (event,) = mailjet.events_for(received, Step.DELIVERED)
    mailjet.events_for(received, Step.HARD_BOUNCE)
    rows = rest("GET", f"messagehistory/{event['MessageID']}")[1]
    assert [row["EventType"] for row in rows] == ["sent", "bounced"]
    assert rows[0]["EventAt"] == event["time"]
    assert rest("GET", f"message/{event['MessageID']}")[1][0]["Status"] == "hardbounced"
    assert rest("GET", "messagehistory/1")[0] == 404


def test_key_and_profile(rest, mailjet):
    (key,) = rest("GET", "apikey?Limit=1")[1]
    assert (key["APIKey"], key["SecretKey"]) == (mailjet.user, mailjet.password)
    assert rest("GET", "myprofile")[1][0]["CompanyName"] == "Empresa"
