"""Calls to the APIs: how many mails in each, and what their answers and faults come to."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from sending import api_of, outgoing, people, prepared, send, sends

import providers.api
from lab.sandbox.faults import ApiFault
from lab.sandbox.rest import FakeAnswer
from providers.api import ApiError, NoTlsError
from providers.mailjet.send import MailjetApi
from providers.message import Attachment

pytestmark = pytest.mark.slow

HTML = "<html><body><h1>no JSON</h1></body></html>"
SEND = "/v3.1/send"


def results(found):
    return [outcome.result for outcome in found]


def mails(count, name="p"):
    return [outgoing(person.address) for person in people(count, name)]


def addresses(account):
    return Counter(address for message in account.received for address in message.recipients)


# --- What fits into a call


def test_fifty_messages_a_call_over_one_connection(mailjet, mailjet_api):
    assert results(send(mailjet_api, *mails(120))) == ["accepted"] * 120
    assert [call.messages for call in sends(mailjet)] == [50, 50, 20]
    assert {call.connection for call in sends(mailjet)} == {1}
    assert mailjet.api.connections == 1
    assert [message.recipients[0] for message in mailjet.received] == [
        person.address for person in people(120)
    ]


def test_fifty_recipients_a_call(mailjet, mailjet_api):
    """The limit is what Mailjet takes, and no less."""
    group = [
        outgoing(f"to{number}@cliente.example", cc=people(14, f"cc{number}-"), bcc=people(10, "b"))
        for number in range(2)
    ]
    assert sum(len(mail.recipients) for mail in group) == MailjetApi.limits.recipients
    assert results(send(mailjet_api, *group)) == ["accepted"] * 2
    one_more = outgoing([person.address for person in people(MailjetApi.limits.recipients + 1)])
    assert results(send(mailjet_api, one_more)) == ["refused"]


@pytest.mark.parametrize("content", [bytes(3_600_000), None])
def test_fifteen_megabytes_a_call(mailjet, mailjet_api, content):
    """Attachments, or letters that some JSON makes six bytes of: what is stored is what counts.

    So much is in one call only where a single mail is that large.
    """
    large = (
        {"attachments": [Attachment("a.bin", "application/octet-stream", content)]}
        if content
        else {"html": "ñ" * 2_400_000}
    )
    group = [outgoing(f"p{number}@cliente.example", **large) for number in range(3)]
    size = sum(len(prepared(mailjet_api, mail).content) for mail in group)
    assert 14_000_000 < size <= 14_500_000
    assert results(send(mailjet_api, *group)) == ["accepted"] * 3
    assert [call.status for call in sends(mailjet)] == [200]


def test_mail_that_is_too_large(mailjet, mailjet_api):
    large = outgoing(attachments=[Attachment("a", "application/pdf", bytes(11_500_000))])
    gateway = outgoing(attachments=[Attachment("a", "application/pdf", bytes(16_000_000))])
    found = send(mailjet_api, large) + send(mailjet_api, gateway)
    assert results(found) == ["refused"] * 2
    assert [outcome.failure for outcome in found] == ["content"] * 2
    assert "mj-0011" in str(found[0].reason)
    assert "HTTP 413" in str(found[1].reason)
    assert all("15 MB" in str(outcome.reason) for outcome in found)


def test_aldeamo_takes_one_a_call_over_one_connection(aldeamo, aldeamo_api):
    assert results(send(aldeamo_api, *mails(12))) == ["accepted"] * 12
    assert [call.messages for call in sends(aldeamo)] == [1] * 12
    assert aldeamo.api.connections == 1
    assert addresses(aldeamo) == Counter(person.address for person in people(12))


# --- Mixed results


@pytest.mark.parametrize("status", [200, 400])
def test_results_of_one_call_are_told_apart(mailjet, mailjet_api, status):
    mailjet.api.partial_status = status
    mailjet.api.refuse("p1@cliente.example", "mj-0013")
    mailjet.api.refuse("p7@cliente.example", "send-0008")
    mailjet.api.refuse("p49@cliente.example", "mj-0006")
    found = send(mailjet_api, *mails(50))
    refused = {number: found[number].failure for number in range(50) if not found[number].ids}
    assert refused == {1: "invalid_address", 7: "sender", 49: "content"}
    assert len({str(found[number].reason) for number in refused}) == 3
    assert len(sends(mailjet)) == 1
    assert sends(mailjet)[0].status == status
    assert len(mailjet.received) == 47
    for number, outcome in enumerate(found):
        assert set(outcome.ids) == (set() if number in refused else {f"p{number}@cliente.example"})


def poison(mail, call):
    """Have Mailjet answer with an error to each call that holds the mail."""
    messages = (call.body or {}).get("Messages", [])
    return any(mail in str(message["To"]) for message in messages)


def fail_on(account, address, status, body):
    """Answer each call that holds a mail to the address so."""

    def before_processing(call):
        if poison(address, call):
            account.api.fail(status, body)

    account.api.before_processing = before_processing


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"ErrorCode": "mj-0004", "StatusCode": 400, "ErrorMessage": "x"}),
        (413, HTML),
    ],
)
def test_one_mail_for_which_all_are_turned_down(mailjet, mailjet_api, status, body):
    """None was taken: each is to be tried by itself, at once, and only the bad one is refused."""
    fail_on(mailjet, "p3@cliente.example", status, body)
    found = send(mailjet_api, *mails(6))
    assert [(outcome.result, outcome.delay) for outcome in found] == [("retry", 0)] * 6
    assert not any(outcome.stops_others for outcome in found)
    assert not mailjet.received
    alone = [send(mailjet_api, mail)[0] for mail in mails(6)]
    assert results(alone) == ["accepted"] * 3 + ["refused"] + ["accepted"] * 2


def test_account_that_is_blocked_is_so_for_all_of_a_call(mailjet, mailjet_api):
    """There is no use in trying each by itself."""
    mailjet.api.fail(401, HTML)
    found = send(mailjet_api, *mails(3))
    assert results(found) == ["account_blocked"] * 3
    assert all(outcome.stops_others for outcome in found)


def test_variable_that_mailjet_fails_on(mailjet, mailjet_api):
    """The sandbox itself answers 500 to a variable that is null, as reported of Mailjet."""
    mailjet.templates[7] = "<p>{{var:a}}</p>"
    headers = {"X-MJ-TemplateID": "7", "X-MJ-TemplateLanguage": "1", "X-MJ-Vars": '{"a": null}'}
    found = send(mailjet_api, outgoing(headers=headers), *mails(2))
    assert results(found) == ["in_doubt"] * 3
    assert len(sends(mailjet)) == 1


def test_answer_that_has_not_an_item_for_each_mail_is_none(mailjet, mailjet_api):
    """Some may have been accepted: none may be sent again by the client."""
    item = {"Status": "success", "To": [{"Email": "p0@cliente.example", "MessageUUID": "x"}]}
    for status in (200, 400):
        mailjet.api.fail(status, {"Messages": [item]})
        before = len(sends(mailjet))
        assert results(send(mailjet_api, *mails(3))) == ["in_doubt"] * 3
        assert len(sends(mailjet)) == before + 1


# --- HTTP


def test_busy_provider_is_left_alone(account, api):
    """Nothing was taken. The outbox tries again; the client never does by itself."""
    account.api.fail(429, HTML)
    (outcome,) = send(api, outgoing())
    assert (outcome.result, outcome.stops_others) == ("busy", True)
    assert "no more requests at the moment" in str(outcome.reason)
    assert [call.status for call in sends(account)] == [429]
    assert not account.received
    assert results(send(api, outgoing())) == ["accepted"]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_mails_of_a_failing_provider_are_never_posted_again(account, api, status):
    """It may have taken them before it failed: as the sandbox has here."""

    def taken(call):
        answered = account.api.answer
        account.api.answer = lambda request: answered(request) and FakeAnswer(status, HTML)

    account.api.before_processing = taken
    found = send(api, *mails(3))
    assert results(found) == ["in_doubt"] * 3
    assert all(str(outcome.reason) for outcome in found)
    assert addresses(account) == Counter(person.address for person in people(3))


@pytest.mark.parametrize("status", [500, 502, 503])
def test_what_changes_nothing_is_asked_again(mailjet, mailjet_api, at_once, status):
    mailjet.api.fail(status, HTML, times=4)
    mailjet_api.check()
    assert [call.status for call in mailjet.api.calls] == [status] * 4 + [200]


def test_what_is_made_in_the_account_is_not_made_again(mailjet, mailjet_api, at_once):
    mailjet.api.fail(500, HTML)
    with pytest.raises(ApiError):
        mailjet_api.call("POST", "sender", json={"Email": "*@empresa.example"})
    assert len(mailjet.api.calls) == 1


def test_tries_come_later_and_later(monkeypatch, mailjet, mailjet_api):
    """Of what changes nothing."""
    waited = []
    monkeypatch.setattr(providers.api.time, "sleep", waited.append)
    mailjet.api.fail(429, HTML, times=4)
    mailjet_api.check()
    assert len(waited) == 4
    for seconds, most in zip(waited, (1, 2, 4, 8), strict=True):
        assert most / 2 <= seconds <= most


def test_busy_account_is_not_asked_without_end(mailjet, mailjet_api, at_once):
    mailjet.api.fail(429, HTML, times=5)
    with pytest.raises(ApiError, match="Try again in a minute"):
        mailjet_api.check()
    assert len(mailjet.api.calls) == 5


def test_rate_limit(mailjet, mailjet_api):
    """What is beyond it is known not to have been taken."""
    mailjet.api.rate_limit = (2, 60)
    found = send(mailjet_api, *mails(150))
    assert results(found) == ["accepted"] * 100 + ["busy"] * 50
    assert addresses(mailjet) == Counter(person.address for person in people(100))


def test_provider_that_cannot_be_reached(account, code):
    url = "https://127.0.0.1:9"  # discard: nobody listens
    with api_of(code, account, url=url) as api:
        (outcome,) = send(api, outgoing())
    assert outcome.result == "busy"
    assert f"{url} can't be reached" in str(outcome.reason)
    assert "check the address" in str(outcome.reason)


@pytest.mark.parametrize(
    "url",
    [
        "https://no.such.host.invalid",
        "https://api..mailjet.com",
        f"https://{'x' * 64}.example",
        "https://a b",
        "https://127.0.0.1:99999",
    ],
)
def test_name_that_does_not_exist(account, code, url):
    with api_of(code, account, url=url) as api:
        assert results(send(api, outgoing())) == ["busy"]


def test_credentials_of_others_are_not_used(monkeypatch, tmp_path, account, api):
    """The requests library would prefer what the system's user keeps for other programs."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert results(send(api, outgoing())) == ["accepted"]


def test_certificate_that_is_not_trusted(monkeypatch, account, api):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", requests.certs.where())
    (outcome,) = send(api, outgoing())
    assert (outcome.result, outcome.stops_others) == ("account_blocked", True)
    assert "isn't trusted, so nothing was sent" in str(outcome.reason)
    assert not account.api.calls


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "ftp://127.0.0.1", "", "api.x.example"])
def test_without_tls_nothing_is_sent(account, code, recorder, url):
    with api_of(code, account, url=url.format(port=recorder.port)) as api:
        (outcome,) = send(api, outgoing())
        with pytest.raises(ApiError, match="https://"):
            api.check()
    assert outcome.result == "account_blocked"
    assert "must begin with https://" in str(outcome.reason)
    assert not recorder.requests


def test_server_that_speaks_no_tls(account, code, recorder):
    """Aldeamo's manual has https on the port where others found http."""
    with api_of(code, account, url=f"https://127.0.0.1:{recorder.port}") as api:
        (outcome,) = send(api, outgoing())
        with pytest.raises(NoTlsError, match="check the port"):
            api.check()
    assert outcome.result == "busy"
    assert "There is no https at" in str(outcome.reason)
    assert not recorder.requests


def test_the_other_port_of_aldeamo(aldeamo):
    url = aldeamo.api.plain_port_url
    with api_of("aldeamo", aldeamo, url=url) as api, pytest.raises(NoTlsError):
        api.check()
    assert requests.post(url.replace("https", "http"), json={}, timeout=5).status_code == 403


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(account, api, recorder, status):
    """It would take the key along."""
    account.api.fail(status, HTML, {"Location": f"http://127.0.0.1:{recorder.port}/"})
    (outcome,) = send(api, outgoing())
    assert outcome.result == "account_blocked"
    assert "redirects to another" in str(outcome.reason)
    assert not recorder.requests
    assert len(sends(account)) == 1


@pytest.mark.parametrize("key", ["clave…", "a\nb", "\u200b", "a\r\nX: y"])
def test_key_that_cannot_be_one(account, code, key):
    with api_of(code, account, password=key, key=key) as api:
        (outcome,) = send(api, outgoing())
    assert outcome.result == "account_blocked"
    assert key not in str(outcome.reason)
    assert not account.received


@pytest.fixture
def recorder():
    """A server without TLS, with the requests it got."""
    with Recorder() as running:
        yield running


class Recorder:
    def __init__(self):
        self.requests = seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                seen.append(self.path)
                self.send_response(200)
                self.end_headers()

            do_GET = do_POST  # noqa: N815 (http.server's names)

            def log_message(self, *_args):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        (lambda api: api.stall(20), 1),
        (lambda api: api.drop(), 1),
        (lambda api: api.drop(processed=False), 0),
        (lambda api: api.mangle(), 1),
        (lambda api: api.fail(504, HTML), 0),
    ],
    ids=["time-out", "dropped", "dropped before", "mangled", "gateway"],
)
def test_what_may_have_arrived_is_never_sent_again(monkeypatch, account, code, fault, taken):
    monkeypatch.setattr(providers.api, "READ_TIMEOUT", 0.3)
    fault(account.api)
    with api_of(code, account) as api:
        (outcome,) = send(api, outgoing())
    assert (outcome.result, outcome.stops_others) == ("in_doubt", False)
    assert str(outcome.reason)
    assert len(sends(account)) == 1
    assert len(account.received) == taken


def test_connection_that_mailjet_closed_meanwhile(mailjet, mailjet_api):
    """The next call after a dropped one gets a connection of its own."""
    mailjet.api.drop()
    assert results(send(mailjet_api, outgoing())) == ["in_doubt"]
    assert results(send(mailjet_api, outgoing("leo@cliente.example"))) == ["accepted"]
    assert mailjet.api.connections == 2


# --- Asking


def now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


def test_check_sends_nothing(account, api):
    api.check()
    assert not account.received


def test_check_finds_wrong_credentials(account, code):
    with (
        api_of(code, account, password="wrong", key="wrong") as api,
        pytest.raises(ApiError) as raised,
    ):
        api.check()
    assert raised.value.status in (401, 403)
    assert "API key" in str(raised.value.reason)


def sent(api, token, mail):
    """Send a mail with a token; return its outcome."""
    (outcome,) = api.send([prepared(api, mail, token)])
    assert outcome.result == "accepted"
    return outcome


def a_minute_ago():
    return now() - timedelta(minutes=1)


def test_find_by_token(mailjet, mailjet_api):
    first = sent(mailjet_api, "t1", outgoing())
    second = sent(mailjet_api, "t2", outgoing("LEO@cliente.example"))
    assert mailjet_api.find("t1", ["ana@cliente.example"], a_minute_ago()) == first.ids
    assert mailjet_api.find("t2", ["LEO@cliente.example"], a_minute_ago()) == second.ids
    assert mailjet_api.find("t3", ["ana@cliente.example"], a_minute_ago()) is None


def test_find_by_token_alone(mailjet, mailjet_api):
    """It is random, and names one mail: the address may have come back in another spelling."""
    (uuid,) = sent(mailjet_api, "t1", outgoing("ana@xn--seal-hqa.example")).ids.values()
    found = mailjet_api.find("t1", ["ana@señal.example"], a_minute_ago())
    assert found == {"ana@señal.example": uuid}


def test_find_is_not_fooled_by_rows_of_others(mailjet, mailjet_api):
    """If a filter were not known, Mailjet would list all mails."""
    sent(mailjet_api, "t1", outgoing())
    answer = mailjet.api.answer
    mailjet.api.answer = lambda request: answer(
        replace(request, target=request.target.replace("CustomID=t2", "Unknown=t2"))
    )
    assert mailjet_api.find("t2", ["ana@cliente.example"], a_minute_ago()) is None


def test_find_all_recipients(mailjet, mailjet_api):
    mail = outgoing([person.address for person in people(15)], bcc=people(5, "b"))
    outcome = sent(mailjet_api, "t1", mail)
    assert len(outcome.ids) == 20  # more than a page of Mailjet's
    recipients = [mailbox.address for mailbox in mail.recipients]
    assert mailjet_api.find("t1", recipients, a_minute_ago()) == outcome.ids


def test_find_what_came_by_smtp(mailjet, mailjet_api):
    """Also a mail that SMTP left in doubt can be asked about."""
    from test_smtp_transport import prepared_mime, transport_of

    transport = transport_of(mailjet)
    (outcome,) = transport.send([prepared_mime(token="t9", X_MJ_CustomID="t9")])
    transport.close()
    assert outcome.result == "accepted"
    assert set(mailjet_api.find("t9", ["ana@cliente.example"], a_minute_ago())) == {
        "ana@cliente.example"
    }


def test_find_what_is_not_indexed_yet(mailjet, mailjet_api):
    mailjet.index_delay = 60
    sent(mailjet_api, "t1", outgoing())
    assert mailjet_api.find("t1", ["ana@cliente.example"], a_minute_ago()) is None
    mailjet.index_delay = 0
    assert mailjet_api.find("t1", ["ana@cliente.example"], a_minute_ago())


def test_find_leaves_earlier_mails_alone(mailjet, mailjet_api):
    sent(mailjet_api, "t1", outgoing())
    assert mailjet_api.find("t1", ["ana@cliente.example"], now() + timedelta(seconds=2)) is None


def test_find_with_a_wrong_key_is_no_answer(mailjet):
    with api_of("mailjet", mailjet, password="wrong") as api, pytest.raises(ApiError):
        api.find("t1", ["ana@cliente.example"], now())


@pytest.mark.parametrize("fault", [ApiFault.LOOK_UP_DOWN, ApiFault.LOOK_UP_BROKEN])
@pytest.mark.parametrize("seed", range(4))
def test_find_that_fails_never_says_that_there_is_none(mailjet, mailjet_api, at_once, fault, seed):
    """The mail would be sent again."""
    sent(mailjet_api, "t1", outgoing())
    mailjet.api.order(fault, times=5, path="/v3/REST/message", seed=seed)
    try:
        found = mailjet_api.find("t1", ["ana@cliente.example"], a_minute_ago())
    except ApiError:
        return
    assert found is not None


@pytest.mark.parametrize(
    "data",
    [
        *(None, "no list", 7, {}, [None], ["t1"], [[]]),
        *([{}], [{"CustomID": "t1"}], [{"CustomID": "t1", "UUID": None, "ID": []}]),
    ],
)
def test_find_that_is_not_understood_is_no_answer(mailjet, mailjet_api, data):
    mailjet.api.fail(200, {"Count": 0, "Data": data, "Total": 0})
    with pytest.raises(ApiError, match="doesn't say whether it has the mail"):
        mailjet_api.find("t1", ["ana@cliente.example"], a_minute_ago())


@pytest.mark.parametrize("row", [{"UUID": "u"}, {"ID": 7}, {"UUID": "u", "ContactAlt": ["x"]}])
def test_find_of_a_row_that_says_little(mailjet, mailjet_api, row):
    mailjet.api.fail(200, {"Count": 1, "Data": [row], "Total": 1})
    found = mailjet_api.find("t1", ["ana@cliente.example"], a_minute_ago())
    assert found == {"ana@cliente.example": str(row.get("UUID") or row["ID"])}


def test_only_who_can_be_asked_is(api, code):
    assert api.can_find == (code == "mailjet")
    if not api.can_find:
        with pytest.raises(NotImplementedError):
            api.find("t1", ["ana@cliente.example"], now())
