"""What every provider's API promises, whatever it answers.

Nothing raises, what was accepted stays accepted, what nobody knows is in doubt, and what is said
can be stored.
"""

import copy
import json
import threading
import time

import pytest
from sending import api_of, mime, outgoing, prepared, send, sends

import providers.api
from lab.sandbox.faults import ApiFault
from providers import PROVIDERS
from providers.message import Attachment, from_message
from providers.transport import Limits, Outcome, Transport

pytestmark = pytest.mark.slow

ANA = "ana@cliente.example"
RESULTS = {"accepted", "refused", "retry", "busy", "account_blocked", "in_doubt"}
FAILURES = {"invalid_address", "sender", "content", "configuration", None}
HANGING = 30  # seconds: longer than a test takes

# The rows of those who get a mail, in an answer of each provider.
ROWS = {"mailjet": ("Email", "MessageUUID"), "aldeamo": ("email", "msgid")}


def check(outcome):
    """Check what holds of any outcome."""
    assert isinstance(outcome, Outcome)
    assert outcome.result in RESULTS
    assert (outcome.failure in FAILURES) if outcome.result == "refused" else not outcome.failure
    assert (outcome.reason is None) == (outcome.result == "accepted")
    assert not outcome.ids or outcome.result == "accepted"
    for reason in filter(None, [outcome.reason, *outcome.refused.values()]):
        check_storable(json.dumps(reason.as_json(), ensure_ascii=False))
        check_storable(str(reason))
        assert len(str(reason)) < 3000
    for address, message_id in outcome.ids.items():
        assert address == ANA
        assert isinstance(message_id, str)
        assert 0 < len(message_id) <= 255
        check_storable(message_id)


def check_storable(value):
    """Check what PostgreSQL demands of a text."""
    assert "\0" not in value
    assert "\\u0000" not in value
    value.encode()


def answer(code, rows=None, **more):
    """A good answer of the provider to a call with one mail, with other rows of its takers."""
    email, message_id = ROWS[code]
    rows = [{email: ANA, message_id: "id-1"}] if rows is None else rows
    if code == "mailjet":
        return {"Messages": [{"Status": "success", "To": rows, **more}]}
    return {"message": "Messages sent!", "to": rows, **more}


def refusal(code, said):
    if code == "mailjet":
        error = {"ErrorCode": "mj-0006", "StatusCode": 400, "ErrorMessage": said}
        return {"Messages": [{"Status": "error", "Errors": [error]}]}
    return {"error": said}


def outcome_of(account, api, body, status=200):
    account.api.fail(status, body)
    before = len(sends(account))
    (outcome,) = send(api, outgoing())
    assert len(sends(account)) == before + 1  # nothing is sent again by itself
    check(outcome)
    return outcome


def test_interface(api, code):
    provider = PROVIDERS[code]
    assert isinstance(api, Transport)
    assert isinstance(api.limits, Limits)
    assert type(api) is provider.api


def test_accepted(account, api):
    (outcome,) = send(api, outgoing())
    check(outcome)
    assert outcome.result == "accepted"
    assert set(outcome.ids) == {ANA}


def test_as_many_as_the_limits_allow_in_one_call(account, api):
    count = api.limits.messages
    mails = [outgoing(f"p{number}@cliente.example") for number in range(count)]
    found = api.send([prepared(api, mail, f"t{number}") for number, mail in enumerate(mails)])
    assert [outcome.result for outcome in found] == ["accepted"] * count
    for mail, outcome in zip(mails, found, strict=True):
        assert list(outcome.ids) == [mail.to[0].address]
    assert len(sends(account)) == 1


@pytest.mark.parametrize("field", [0, 1])
@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 7, 1.5, "", "x", [], ["x"], {}, {"x": 1}, 10**400),
        *("a\0b", "\ud800", "x" * 9000, "ñ" * 9000, "=?utf-8?q?x=00?="),
    ],
)
def test_accepted_whatever_a_row_says(account, api, code, field, value):
    """The mail is on its way; its id matters less."""
    row = {ROWS[code][0]: ANA, ROWS[code][1]: "id-1", ROWS[code][field]: value}
    assert outcome_of(account, api, answer(code, [row])).result == "accepted"


@pytest.mark.parametrize("rows", [[ANA], [None], [[ANA]], [7], [ANA, {"Email": ANA}]])
def test_accepted_whatever_a_row_is(account, api, code, rows):
    assert outcome_of(account, api, answer(code, rows)).result == "accepted"


@pytest.mark.parametrize("rows", [[], {}, "x", 7, False, {"email": ANA}])
def test_in_doubt_without_rows(account, api, code, rows):
    assert outcome_of(account, api, answer(code, rows)).result == "in_doubt"


@pytest.mark.parametrize("errors", [["text"], "text", [None], [{"ErrorCode": "mj-0013"}], {}, 7])
def test_accepted_with_errors_beside(mailjet, mailjet_api, errors):
    """Mailjet says that it was a success: then somebody gets it, or nobody knows."""
    body = answer("mailjet", Errors=errors)
    assert outcome_of(mailjet, mailjet_api, body).result == "accepted"
    body = answer("mailjet", [], Errors=errors)
    assert outcome_of(mailjet, mailjet_api, body).result == "in_doubt"


@pytest.mark.parametrize(
    "errors",
    [
        *(["text"], "text", [None], [[]], {}, 7, None, [{}]),
        [{"ErrorCode": ["x"], "StatusCode": "x", "ErrorMessage": {}, "ErrorRelatedTo": 7}],
        [{"ErrorCode": "mj-0013", "ErrorRelatedTo": ["a\0b"], "ErrorMessage": "\0" * 5000}],
    ],
)
def test_refused_whatever_the_errors_are(mailjet, mailjet_api, errors):
    body = {"Messages": [{"Status": "error", "Errors": errors}]}
    assert outcome_of(mailjet, mailjet_api, body).result == "refused"


@pytest.mark.parametrize("item", [None, "x", 7, [], {}, {"Status": None}, {"Status": ["success"]}])
def test_in_doubt_whatever_an_item_is(mailjet, mailjet_api, item):
    """Its neighbour is accepted."""
    row = {"Email": "leo@cliente.example", "MessageUUID": "x"}
    mailjet.api.fail(200, {"Messages": [item, {"Status": "success", "To": [row]}]})
    first, second = send(mailjet_api, outgoing(), outgoing("leo@cliente.example"))
    check(first)
    assert (first.result, second.result) == ("in_doubt", "accepted")


@pytest.mark.parametrize("said", ["a\0b", "\ud800", "x" * 9000, "100% %(a)s", "<b>x</b>"])
@pytest.mark.parametrize("status", [200, 400])
def test_refused_in_whatever_words(account, api, code, said, status):
    outcome = outcome_of(account, api, refusal(code, said), status)
    assert outcome.result == "refused"


@pytest.mark.parametrize("said", ["a\0b", "x" * 9000, ["x"], {"x": "y"}, 7])
def test_call_refused_in_whatever_words(account, api, said):
    body = {"ErrorCode": said, "ErrorMessage": said, "StatusCode": said, "error": said}
    assert outcome_of(account, api, body, 400).result == "refused"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize(
    "body", ["", "OK", "<html/>", [], [None], {}, 7, None, True, {"Messages": 7, "to": 7}]
)
def test_in_doubt_when_an_answer_says_nothing(account, api, status, body):
    assert outcome_of(account, api, body, status).result == "in_doubt"


def test_in_doubt_when_an_answer_is_too_deep(account, api):
    body = "[" * 100_000 + "]" * 100_000
    assert outcome_of(account, api, body).result == "in_doubt"


@pytest.mark.parametrize("seed", range(25))
def test_spoiled_answers(account, api, seed):
    """What was accepted is never refused, nor worth another try."""
    account.api.order(ApiFault.ACCEPTED_WRONG_TYPES, seed=seed)
    (outcome,) = send(api, outgoing())
    check(outcome)
    assert outcome.result in ("accepted", "in_doubt")
    assert len(account.received) == 1


@pytest.mark.parametrize(
    ("fault", "results"),
    [
        (ApiFault.RATE_LIMITED, {"busy"}),
        (ApiFault.DOWN, {"in_doubt"}),
        (ApiFault.RESET, {"in_doubt"}),
        (ApiFault.ACCEPTED_DOWN, {"in_doubt"}),
        (ApiFault.ACCEPTED_BROKEN, {"in_doubt"}),
        (ApiFault.ACCEPTED_TRUNCATED, {"in_doubt"}),
        (ApiFault.ACCEPTED_EMPTY, {"in_doubt"}),
        (ApiFault.ACCEPTED_RESET, {"in_doubt"}),
        (ApiFault.ACCEPTED_HANGING, {"in_doubt"}),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_faults(monkeypatch, account, code, fault, results, seed):
    monkeypatch.setattr(providers.api, "READ_TIMEOUT", 2)
    account.api.order(fault, seed=seed, patience=4)
    with api_of(code, account) as api:
        (outcome,) = send(api, outgoing())
        check(outcome)
        assert outcome.result in results
        assert len(sends(account)) == 1
        # The connection or its successor serves the next mail.
        assert send(api, outgoing("leo@cliente.example"))[0].result == "accepted"


def aborted(api, after):
    """Abort a call from another thread; return its outcome and how long it went on."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.extend(send(api, outgoing())))
    thread.start()
    time.sleep(after)
    assert thread.is_alive()
    began = time.monotonic()
    api.abort()
    thread.join(HANGING)
    assert not thread.is_alive()
    check(outcomes[0])
    return outcomes[0], time.monotonic() - began


@pytest.mark.parametrize("fault", [ApiFault.ACCEPTED_DRIPPING, ApiFault.ACCEPTED_HANGING])
@pytest.mark.parametrize("is_kept", [False, True])
def test_abort_ends_a_call(account, api, fault, is_kept):
    """A dripping answer never runs into the time-out between two bytes."""
    if is_kept:
        assert send(api, outgoing("eva@cliente.example"))[0].result == "accepted"
    account.api.order(fault, patience=HANGING)
    outcome, seconds = aborted(api, after=1)
    assert outcome.result in ("accepted", "in_doubt")  # half of a JSON text may be enough
    assert seconds < HANGING / 3
    assert [received.recipients for received in account.received].count((ANA,)) == 1
    account.api.heal()
    assert send(api, outgoing("leo@cliente.example"))[0].result == "accepted"


def test_abort_before_the_connection_is_there(monkeypatch, account, api):
    """Nothing is sent afterwards: whoever aborted it counts on its being over."""
    connect = providers.api.HTTPSConnection.connect
    going_on = threading.Event()

    def late(connection):
        going_on.wait(HANGING)
        return connect(connection)

    monkeypatch.setattr(providers.api.HTTPSConnection, "connect", late)
    threading.Timer(0.8, going_on.set).start()
    outcome, _seconds = aborted(api, after=0.4)
    assert outcome.result == "busy"
    assert not sends(account)
    assert send(api, outgoing())[0].result == "accepted"


@pytest.mark.parametrize(
    "values",
    [
        {"subject": "a\0b\ud800", "text": "\0", "html": "\ud800<p>"},
        {"subject": "x" * 5000},
        {"text": "", "html": ""},
        {"headers": {"X-Año": "mañana", "X-Mal\0o": "\ud800"}},
        {"attachments": [Attachment("\ud800", "a/b", b""), Attachment("", "", b"\0")]},
    ],
)
def test_encoding_never_raises(api, values):
    """One line of JSON in UTF-8, which the provider takes or refuses."""
    content = prepared(api, outgoing(**values)).content
    assert isinstance(content, bytes)
    assert isinstance(json.loads(content.decode()), dict)
    assert b"\n" not in content
    (outcome,) = send(api, outgoing(**values))
    check(outcome)
    assert outcome.result in ("accepted", "refused", "retry")


def test_encoding_changes_nothing(api):
    """A mail is encoded once for each part of its recipients."""
    mail = from_message(mime(attachments=[("a.pdf", b"%PDF", "application/pdf")]), [ANA])
    before = copy.deepcopy(mail)
    assert prepared(api, mail).content == prepared(api, mail).content
    assert mail == before
