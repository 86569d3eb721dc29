"""Calls to the APIs: how many mails in each, and what their answers and faults come to."""

import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from sending import api_of, outcomes, outgoing, people, sends

import providers.api
from dev.sandbox.rest import Answer
from providers.api import ApiError, NoTlsError
from providers.outgoing import Attachment

HTML = "<html><body><h1>no JSON</h1></body></html>"
SEND = "/v3.1/send"


def results(found):
    return [outcome.result for outcome in found]


def mails(count, name="p"):
    return [outgoing(person.address) for person in people(count, name)]


def addresses(account):
    return Counter(address for message in account.received for address in message.recipients)


# --- Batches


def test_fifty_messages_a_call_over_one_connection(mailjet, mailjet_api):
    assert results(outcomes(mailjet_api, mails(120))) == ["accepted"] * 120
    assert [call.messages for call in sends(mailjet)] == [50, 50, 20]
    assert {call.connection for call in sends(mailjet)} == {1}
    assert mailjet.api.connections == 1
    assert [message.recipients[0] for message in mailjet.received] == [
        person.address for person in people(120)
    ]


def test_fifty_recipients_a_call(mailjet, mailjet_api):
    group = [
        outgoing(f"to{number}@cliente.example", cc=people(10, f"cc{number}-"), bcc=people(9, "b"))
        for number in range(5)
    ]
    assert results(outcomes(mailjet_api, group)) == ["accepted"] * 5
    assert [call.messages for call in sends(mailjet)] == [2, 2, 1]
    assert {call.status for call in sends(mailjet)} == {200}


@pytest.mark.parametrize("content", [bytes(2_500_000), None])
def test_fifteen_megabytes_a_call(mailjet, mailjet_api, content):
    """Attachments, or letters that JSON makes six bytes of."""
    large = (
        {"attachments": [Attachment("a.bin", "application/octet-stream", content)]}
        if content
        else {"html": "ñ" * 550_000}
    )
    group = [outgoing(f"p{number}@cliente.example", **large) for number in range(9)]
    assert results(outcomes(mailjet_api, group)) == ["accepted"] * 9
    assert [call.messages for call in sends(mailjet)] == [4, 4, 1]
    assert {call.status for call in sends(mailjet)} == {200}


def test_mail_that_is_too_large_goes_alone(mailjet, mailjet_api):
    large = outgoing(attachments=[Attachment("a", "application/pdf", bytes(11_500_000))])
    gateway = outgoing(attachments=[Attachment("a", "application/pdf", bytes(16_000_000))])
    found = outcomes(mailjet_api, [*mails(2), large, gateway, *mails(2, "q")])
    assert results(found) == ["accepted"] * 2 + ["refused"] * 2 + ["accepted"] * 2
    assert "mj-0011" in str(found[2].reason)
    assert "HTTP 413" in str(found[3].reason)
    assert all("15 MB" in str(outcome.reason) for outcome in found[2:4])


def test_aldeamo_takes_one_a_call_and_four_at_a_time(aldeamo, aldeamo_api):
    """Each waits until four are there, or the time is up: then they aren't in flight together."""
    in_flight, most, lock = set(), [], threading.Lock()
    together = threading.Barrier(4)

    def arrive(call):
        with lock:
            in_flight.add(id(call))
            most.append(len(in_flight))
        together.wait(timeout=5)

    def leave(call):
        with lock:
            in_flight.discard(id(call))

    aldeamo.api.before_processing, aldeamo.api.before_answer = arrive, leave
    assert results(outcomes(aldeamo_api, mails(12))) == ["accepted"] * 12
    assert max(most) == 4
    assert [call.messages for call in sends(aldeamo)] == [1] * 12
    assert aldeamo.api.connections <= 4
    assert addresses(aldeamo) == Counter(person.address for person in people(12))


def test_aldeamo_is_never_asked_by_more_than_four(aldeamo, aldeamo_api):
    in_flight, most, lock = [0], [], threading.Lock()

    def arrive(_call):
        with lock:
            in_flight[0] += 1
            most.append(in_flight[0])
        time.sleep(0.02)

    def leave(_call):
        with lock:
            in_flight[0] -= 1

    aldeamo.api.before_processing, aldeamo.api.before_answer = arrive, leave
    aldeamo_api.send(mails(20))  # more than a batch
    assert max(most) == 4


# --- Mixed results


@pytest.mark.parametrize("status", [200, 400])
def test_results_of_one_call_are_told_apart(mailjet, mailjet_api, status):
    mailjet.api.partial_status = status
    mailjet.api.refuse("p1@cliente.example", "mj-0013")
    mailjet.api.refuse("p7@cliente.example", "send-0008")
    mailjet.api.refuse("p49@cliente.example", "mj-0006")
    found = outcomes(mailjet_api, mails(50))
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
    ("status", "body", "result"),
    [
        (400, {"ErrorCode": "mj-0004", "StatusCode": 400, "ErrorMessage": "x"}, "refused"),
        (413, HTML, "refused"),
    ],
)
def test_one_mail_for_which_all_are_turned_down(
    mailjet, mailjet_api, at_once, status, body, result
):
    fail_on(mailjet, "p3@cliente.example", status, body)
    found = outcomes(mailjet_api, mails(6))
    assert results(found) == ["accepted"] * 3 + [result] + ["accepted"] * 2
    assert addresses(mailjet) == Counter(
        person.address for number, person in enumerate(people(6)) if number != 3
    )


def test_variable_that_mailjet_fails_on(mailjet, mailjet_api, at_once):
    """The sandbox itself answers 500 to a variable that is null, as reported of Mailjet."""
    mailjet.templates[7] = "<p>{{var:a}}</p>"
    headers = {"X-MJ-TemplateID": "7", "X-MJ-TemplateLanguage": "1", "X-MJ-Vars": '{"a": null}'}
    found = outcomes(mailjet_api, [outgoing(headers=headers), *mails(2)])
    assert results(found) == ["unknown"] * 3
    assert len(sends(mailjet)) == 1


def test_answer_that_has_not_an_item_for_each_mail_is_none(mailjet, mailjet_api, at_once):
    """Some may have been accepted: none may be sent again by the client."""
    item = {"Status": "success", "To": [{"Email": "p0@cliente.example", "MessageUUID": "x"}]}
    for status in (200, 400):
        mailjet.api.fail(status, {"Messages": [item]})
        before = len(sends(mailjet))
        assert results(mailjet_api.send(mails(3))) == ["unknown"] * 3
        assert len(sends(mailjet)) == before + 1


# --- HTTP


def test_busy_provider_is_asked_again(account, api, at_once):
    account.api.fail(429, HTML, times=4)
    assert results(api.send([outgoing()])) == ["accepted"]
    assert [call.status for call in sends(account)] == [429] * 4 + [200]
    assert len(account.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_mails_of_a_failing_provider_are_never_posted_again(account, api, at_once, status):
    """It may have taken them before it failed: as the sandbox has here."""

    def taken(call):
        answered = account.api.answer
        account.api.answer = lambda request: answered(request) and Answer(status, HTML)

    account.api.before_processing = taken
    found = outcomes(api, mails(3))
    assert set(results(found)) <= {"unknown"}
    assert set(addresses(account).values()) == {1}


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
    waited = []
    monkeypatch.setattr(providers.api.time, "sleep", waited.append)
    mailjet.api.fail(429, HTML, times=4)
    mailjet_api.send([outgoing()])
    assert len(waited) == 4
    for seconds, most in zip(waited, (1, 2, 4, 8), strict=True):
        assert most / 2 <= seconds <= most


def test_rate_limit(monkeypatch, mailjet, mailjet_api):
    monkeypatch.setattr(providers.api, "RETRY_DELAYS", (0.3, 0.3, 0.3, 0.3))
    mailjet.api.rate_limit = (2, 0.4)
    assert results(outcomes(mailjet_api, mails(250))) == ["accepted"] * 250
    assert 429 in {call.status for call in sends(mailjet)}
    assert addresses(mailjet) == Counter(person.address for person in people(250))


def test_provider_that_stays_busy_gets_the_mails_later(account, api, at_once):
    account.api.fail(429, HTML, times=5)
    (outcome,) = api.send([outgoing()])
    assert (outcome.result, outcome.stops_others) == ("later", True)
    assert len(sends(account)) == 5
    assert not account.received


def test_provider_that_cannot_be_reached(account, code, at_once):
    url = "https://127.0.0.1:9"  # discard: nobody listens
    with api_of(code, account, url=url) as api:
        (outcome,) = api.send([outgoing()])
    assert outcome.result == "later"
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
def test_name_that_does_not_exist(account, code, at_once, url):
    with api_of(code, account, url=url) as api:
        assert results(api.send([outgoing()])) == ["later"]


def test_credentials_of_others_are_not_used(monkeypatch, tmp_path, account, api):
    """The requests library would prefer what the system's user keeps for other programs."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert results(api.send([outgoing()])) == ["accepted"]


def test_certificate_that_is_not_trusted(monkeypatch, account, api):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", requests.certs.where())
    (outcome,) = api.send([outgoing()])
    assert (outcome.result, outcome.stops_others) == ("stopped", True)
    assert "isn't trusted, so nothing was sent" in str(outcome.reason)
    assert not account.api.calls


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "ftp://127.0.0.1", "", "api.x.example"])
def test_without_tls_nothing_is_sent(account, code, recorder, url):
    with api_of(code, account, url=url.format(port=recorder.port)) as api:
        (outcome,) = api.send([outgoing()])
        with pytest.raises(ApiError, match="https://"):
            api.check()
    assert outcome.result == "stopped"
    assert "must begin with https://" in str(outcome.reason)
    assert not recorder.requests


def test_server_that_speaks_no_tls(account, code, recorder):
    """Aldeamo's manual has https on the port where others found http."""
    with api_of(code, account, url=f"https://127.0.0.1:{recorder.port}") as api:
        (outcome,) = api.send([outgoing()])
        with pytest.raises(NoTlsError, match="check the port"):
            api.check()
    assert outcome.result == "later"
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
    (outcome,) = api.send([outgoing()])
    assert outcome.result == "stopped"
    assert "leads elsewhere" in str(outcome.reason)
    assert not recorder.requests
    assert len(sends(account)) == 1


@pytest.mark.parametrize("key", ["clave…", "a\nb", "\u200b", "a\r\nX: y"])
def test_key_that_cannot_be_one(account, code, key):
    with api_of(code, account, password=key, key=key) as api:
        (outcome,) = api.send([outgoing()])
    assert outcome.result == "stopped"
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
        (outcome,) = api.send([outgoing()])
    assert (outcome.result, outcome.stops_others) == ("unknown", True)
    assert str(outcome.reason)
    assert len(sends(account)) == 1
    assert len(account.received) == taken


def test_connection_that_mailjet_closed_meanwhile(mailjet, mailjet_api):
    """The next call after a dropped one gets a connection of its own."""
    mailjet.api.drop()
    assert results(mailjet_api.send([outgoing()])) == ["unknown"]
    assert results(mailjet_api.send([outgoing("leo@cliente.example")])) == ["accepted"]
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


def with_id(custom_id, to="ana@cliente.example", **values):
    return outgoing(to, headers={"X-MJ-CustomID": custom_id}, **values)


def test_find_by_custom_id(mailjet, mailjet_api):
    since = now() - timedelta(minutes=1)
    first, second = with_id("t1"), with_id("t2", "LEO@cliente.example")
    sent_first, sent_second = mailjet_api.send([first, second])
    assert mailjet_api.find(first, since) == sent_first.ids
    assert mailjet_api.find(second, since) == sent_second.ids
    assert mailjet_api.find(with_id("t3"), since) is None
    # The token names a mail; whether it is this recipient's says the address.
    assert mailjet_api.find(with_id("t1", "eva@cliente.example"), since) is None


def test_find_all_recipients(mailjet, mailjet_api):
    mail = with_id("t1", [person.address for person in people(15)], bcc=people(5, "b"))
    (outcome,) = mailjet_api.send([mail])
    assert len(outcome.ids) == 20  # more than a page of Mailjet's
    assert mailjet_api.find(mail, now() - timedelta(minutes=1)) == outcome.ids


def test_find_what_is_not_indexed_yet(mailjet, mailjet_api):
    mailjet.index_delay = 60
    mail = with_id("t1")
    mailjet_api.send([mail])
    assert mailjet_api.find(mail, now() - timedelta(minutes=1)) is None
    mailjet.index_delay = 0
    assert mailjet_api.find(mail, now() - timedelta(minutes=1))


def test_find_leaves_earlier_mails_alone(mailjet, mailjet_api):
    mail = with_id("t1")
    mailjet_api.send([mail])
    assert mailjet_api.find(mail, now() + timedelta(seconds=2)) is None


def test_find_with_a_wrong_key_is_no_answer(mailjet):
    with api_of("mailjet", mailjet, password="wrong") as api, pytest.raises(ApiError):
        api.find(with_id("t1"), now())


def test_find_never_takes_a_mail_without_a_token_for_another(mailjet, mailjet_api):
    """Without CustomID Mailjet would list all mails."""
    mailjet_api.send([outgoing()])
    assert mailjet_api.find(outgoing(), now() - timedelta(minutes=1)) is None
