"""Faults of an API and of an SMTP server: on order, and at random by a seed."""

import json
import smtplib
import time
from random import Random

import pytest
import requests
from conftest import aldeamo_message, connect, mail, mailjet_message

from lab.sandbox.faults import ApiFault, FaultPlan, SmtpFault

pytestmark = pytest.mark.slow

ACCEPTED = [fault for fault in ApiFault if fault.name.startswith("ACCEPTED_")]
UNACCEPTED = [ApiFault.RATE_LIMITED, ApiFault.REFUSED, ApiFault.DOWN, ApiFault.RESET]


@pytest.fixture
def api_send(request, provider, client, aldeamo_send):
    """Sends a message through the provider's API."""
    if "mailjet" in request.node.callspec.params.values():
        return lambda to="ana@cliente.example": client.send(mailjet_message(to))
    return lambda to="ana@cliente.example": aldeamo_send(aldeamo_message(to))


def is_success(answer):
    """Whether a client can see that its one message was accepted, or is right to think so."""
    try:
        body = answer.json()
    except ValueError:
        return False
    if not answer.ok or not isinstance(body, dict):
        return False
    return bool(body.get("to")) or "success" in json.dumps(body)


def attempt(send, *args):
    """Send; return the answer, or ``None`` if the connection gave none."""
    try:
        return send(*args)
    except requests.exceptions.RequestException:
        return None


def addresses(number):
    return [f"cliente{index}@cliente.example" for index in range(number)]


# --- on order, by API ---


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fault", UNACCEPTED)
def test_nothing_is_accepted_before_the_fault(provider, api_send, fault, seed):
    provider.api.order(fault, seed=seed)
    answer = attempt(api_send)
    assert answer is None or not is_success(answer)
    assert not provider.received
    assert is_success(api_send())
    assert len(provider.received) == 1


@pytest.mark.parametrize("fault", ACCEPTED)
def test_mail_is_accepted_whatever_the_answer_is(provider, api_send, fault):
    provider.api.order(fault, patience=0.5)
    started = time.monotonic()
    answer = attempt(api_send)
    took = time.monotonic() - started
    assert [message.recipients for message in provider.received] == [("ana@cliente.example",)]
    if fault in (ApiFault.ACCEPTED_HANGING, ApiFault.ACCEPTED_RESET):
        assert answer is None
    if fault is ApiFault.ACCEPTED_DOWN:
        assert answer.status_code >= 500
    if fault is ApiFault.ACCEPTED_EMPTY:
        assert answer.content == b""
    if fault in (ApiFault.ACCEPTED_BROKEN, ApiFault.ACCEPTED_TRUNCATED, ApiFault.ACCEPTED_EMPTY):
        assert answer is None or not is_success(answer)
    if fault in (ApiFault.ACCEPTED_DRIPPING, ApiFault.ACCEPTED_HANGING):
        assert took >= 0.4
    if fault is ApiFault.ACCEPTED_DRIPPING:
        assert is_success(answer)
    assert is_success(api_send())


def test_answer_that_drips_keeps_a_read_timeout_waiting(client, mailjet):
    """Which is counted from one piece to the next."""
    mailjet.api.order(ApiFault.ACCEPTED_DRIPPING, patience=1.5)
    body = {"Messages": [mailjet_message()]}
    answer = client.call("POST", "/v3.1/send", body, timeout=0.5)
    assert answer.json()["Messages"][0]["Status"] == "success"
    assert answer.elapsed.total_seconds() < 1  # of the head


@pytest.mark.parametrize("seed", range(30))
def test_half_an_answer_is_half_or_cut(client, mailjet, seed):
    mailjet.api.order(ApiFault.ACCEPTED_TRUNCATED, seed=seed)
    answer = attempt(client.send, mailjet_message())
    assert answer is None or not is_success(answer)


def test_spoiled_answers_are_of_many_kinds_and_never_refuse(client, mailjet):
    seen = set()
    for seed in range(120):
        mailjet.api.order(ApiFault.ACCEPTED_WRONG_TYPES, seed=seed)
        answer = client.send(mailjet_message(), mailjet_message())
        seen.add(answer.text[:200] if len(answer.text) > 500 else answer.text)
        body = answer.json()
        items = body.get("Messages") if isinstance(body, dict) else None
        statuses = [item.get("Status") for item in items or () if isinstance(item, dict)]
        assert "error" not in statuses
    assert len(seen) > 60
    assert len(mailjet.received) == 240


def test_spoiled_answer_leaves_a_refusal_one(client, mailjet):
    mailjet.api.refuse("leo@cliente.example", "mj-0013")
    for seed in range(60):
        mailjet.api.order(ApiFault.ACCEPTED_WRONG_TYPES, seed=seed)
        body = client.send(mailjet_message("leo@cliente.example")).json()
        items = body.get("Messages") if isinstance(body, dict) else None
        assert all(item["Status"] == "error" for item in items or ())
    assert not mailjet.received


def test_spoiled_answer_of_aldeamo_lists_ids_that_are_none(aldeamo_send, aldeamo):
    ids = []
    for seed in range(60):
        aldeamo.api.order(ApiFault.ACCEPTED_WRONG_TYPES, seed=seed)
        body = aldeamo_send(aldeamo_message()).json()
        listed = body.get("to") if isinstance(body, dict) else None
        if isinstance(listed, list):
            ids += [entry.get("msgid") for entry in listed if isinstance(entry, dict)]
    assert "\0" in ids
    assert "x" * 9000 in ids


def test_look_ups_fail_in_their_own_ways(client, mailjet):
    found = "message?CustomID=a"
    client.send(mailjet_message(CustomID="a"))
    assert client.rest("GET", found).json()["Count"] == 1
    mailjet.api.order(ApiFault.LOOK_UP_DOWN)
    assert client.rest("GET", found).status_code in (429, 500, 502, 503, 504)
    for seed in range(5):
        mailjet.api.order(ApiFault.LOOK_UP_BROKEN, seed=seed)
        assert '"CustomID"' not in client.rest("GET", found).text[-40:]
    mailjet.api.order(ApiFault.LOOK_UP_HANGING, patience=0.3)
    assert attempt(client.rest, "GET", found) is None
    assert client.rest("GET", found).json()["Count"] == 1


# --- of a mail or the account, by API ---


def test_poisoned_mail_takes_its_call_along(client, mailjet):
    mailjet.api.poison("Leo@cliente.example")
    for _try in range(2):
        answer = client.send(mailjet_message(), mailjet_message("leo@cliente.example"))
        assert answer.status_code == 500
    assert not mailjet.received
    assert is_success(client.send(mailjet_message()))


def test_revoked_for_a_while(provider, api_send):
    provider.api.revoke(0.5)
    assert api_send().status_code in (401, 403)
    assert not provider.received
    time.sleep(0.6)
    assert is_success(api_send())
    provider.api.revoke()
    assert not is_success(api_send())
    provider.api.heal()
    assert is_success(api_send())


def test_unreachable_for_a_while(provider, api_send):
    assert is_success(api_send())
    provider.api.vanish(1)
    started = time.monotonic()
    assert attempt(api_send) is None
    assert time.monotonic() - started < 0.9  # refused, not waited for
    time.sleep(1.2)
    assert is_success(api_send())
    assert len(provider.received) == 2


def test_healed_it_is_reachable_at_once(provider, api_send):
    provider.api.vanish(60)
    assert attempt(api_send) is None
    provider.api.heal()
    assert is_success(api_send())


# --- a plan, by API ---


def played(provider, api_send, seed, rates, number=40):
    provider.received.clear()
    plan = provider.api.plan = FaultPlan(seed, rates, patience=0.05, pause=0.05)
    outcomes = [attempt(api_send, email) for email in addresses(number)]
    provider.api.plan = None
    return [
        answer is not None and (answer.status_code, is_success(answer)) for answer in outcomes
    ], plan.met


def test_same_seed_same_faults(provider, api_send):
    rates = dict.fromkeys([*UNACCEPTED, *ACCEPTED, ApiFault.MAIL_REFUSED], 0.06)
    first, met = played(provider, api_send, 7, rates)
    received = [message.recipients for message in provider.received]
    assert played(provider, api_send, 7, rates) == (first, met)
    assert [message.recipients for message in provider.received] == received
    assert played(provider, api_send, 8, rates) != (first, met)
    assert len(met) > 6


@pytest.mark.parametrize(
    "fault", [fault for fault in ApiFault if not fault.name.startswith("LOOK_UP_")]
)
def test_every_fault_can_be_planned(provider, api_send, fault):
    _outcomes, met = played(provider, api_send, 1, {fault: 0.5}, number=6)
    assert set(met) == {fault}
    provider.api.heal()
    assert is_success(api_send("zoe@empresa.example"))


def test_planned_faults_of_a_mail_meet_each_try(provider, api_send):
    provider.api.plan = FaultPlan(3, {ApiFault.MAIL_POISONED: 0.3, ApiFault.MAIL_REFUSED: 0.3})
    tries = [[is_success(api_send(email)) for email in addresses(20)] for _try in range(2)]
    assert tries[0] == tries[1]
    assert 0 < sum(tries[0]) < 20
    assert len(provider.received) == 2 * sum(tries[0])


def test_lagging_message_is_found_later(client, mailjet):
    mailjet.api.plan = FaultPlan(1, {ApiFault.LOOK_UP_LAGGING: 1.0}, patience=1.0)
    client.send(mailjet_message(CustomID="a"))
    assert client.rest("GET", "message?CustomID=a").json()["Count"] == 0
    time.sleep(1.1)
    assert client.rest("GET", "message?CustomID=a").json()["Count"] == 1


def test_planned_look_ups(client, mailjet):
    faults = [ApiFault.LOOK_UP_DOWN, ApiFault.LOOK_UP_BROKEN, ApiFault.LOOK_UP_HANGING]
    plan = mailjet.api.plan = FaultPlan(1, dict.fromkeys(faults, 0.3), patience=0.05)
    for _try in range(20):
        attempt(client.rest, "GET", "message?CustomID=a")
    assert set(plan.met) == set(faults)


def test_shares_are_kept():
    plan = FaultPlan(1, {ApiFault.DOWN: 0.1, ApiFault.RESET: 0.3})
    faults = [plan.draw((ApiFault.DOWN, ApiFault.RESET), "call")[0] for _call in range(2000)]
    assert 150 < faults.count(ApiFault.DOWN) < 250
    assert 500 < faults.count(ApiFault.RESET) < 700
    assert plan.met == {
        ApiFault.DOWN: faults.count(ApiFault.DOWN),
        ApiFault.RESET: faults.count(ApiFault.RESET),
    }


def test_details_follow_from_the_seed():
    def details(seed):
        plan = FaultPlan(seed, {ApiFault.DOWN: 1.0})
        return [plan.draw((ApiFault.DOWN,), "call")[1].random() for _call in range(5)]

    assert details("a") == details("a") != details("b")
    assert all(isinstance(number, float) for number in details(Random))


# --- SMTP ---


def code_of(provider, to="ana@cliente.example"):
    """The code of the refusal of a mail on a connection of its own, ``None`` if it has none,
    250 if it is accepted."""
    try:
        with connect(provider) as smtp:
            smtp.send_message(mail(to))
    except smtplib.SMTPServerDisconnected:
        return None
    except smtplib.SMTPRecipientsRefused as refused:
        return refused.recipients[to][0]
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    except OSError:
        return None
    return 250


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SmtpFault.GREETING_4XX, 421),
        (SmtpFault.AUTH_4XX, 454),
        (SmtpFault.MAIL_4XX, 451),
        (SmtpFault.RCPT_4XX, 450),
        (SmtpFault.DATA_4XX, 451),
        (SmtpFault.BYE, 421),
        (SmtpFault.FINAL_4XX, 451),
        (SmtpFault.FINAL_5XX, 554),
        (SmtpFault.CLOSED_AT_DATA, None),
        (SmtpFault.CLOSED_UNACCEPTED, None),
    ],
)
def test_mail_is_not_accepted_by_smtp(provider, fault, code):
    provider.smtp.order(fault)
    assert code_of(provider) == code
    assert not provider.received
    assert code_of(provider) == 250
    assert len(provider.received) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SmtpFault.SLOW, 250),
        (SmtpFault.GREETING_SLOW, 250),
        (SmtpFault.CLOSED_ACCEPTED, None),
        (SmtpFault.HANGING_ACCEPTED, None),
    ],
)
def test_mail_is_accepted_by_smtp(provider, fault, code):
    provider.smtp.patience = 0.6
    provider.smtp.order(fault)
    started = time.monotonic()
    assert code_of(provider) == code
    if fault is not SmtpFault.CLOSED_ACCEPTED:
        assert time.monotonic() - started >= 0.3
    assert len(provider.received) == 1
    assert code_of(provider) == 250


def test_after_a_refused_mail_the_connection_takes_the_next(provider):
    provider.smtp.order(SmtpFault.MAIL_4XX)
    provider.smtp.order(SmtpFault.DATA_4XX)
    provider.smtp.order(SmtpFault.FINAL_4XX)
    with connect(provider) as smtp:
        for _fault in range(3):
            with pytest.raises(smtplib.SMTPException):
                smtp.send_message(mail())
        smtp.send_message(mail())
    assert len(provider.received) == 1


def test_recipient_that_is_refused_does_not_hold_up_the_other(provider):
    provider.smtp.refuse("Leo@cliente.example")
    with connect(provider) as smtp:
        refused = smtp.send_message(mail("ana@cliente.example, leo@cliente.example"))
    assert refused["leo@cliente.example"][0] == 550
    assert [message.recipients for message in provider.received] == [("ana@cliente.example",)]


def test_poisoned_address_by_smtp(provider):
    provider.smtp.poison("leo@cliente.example")
    assert [code_of(provider, "leo@cliente.example") for _try in range(2)] == [451, 451]
    assert code_of(provider) == 250


def test_revoked_for_a_while_by_smtp(provider):
    provider.smtp.revoke(0.5)
    assert code_of(provider) == 535
    time.sleep(0.6)
    assert code_of(provider) == 250


def test_unreachable_for_a_while_by_smtp(provider):
    port = provider.smtp_port
    provider.smtp.vanish(1)
    time.sleep(0.1)
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(provider.smtp_host, port, timeout=5)
    time.sleep(1.2)
    assert code_of(provider) == 250
    assert provider.smtp_port == port


def test_healed_smtp_forgets_everything(provider):
    provider.smtp.order(SmtpFault.MAIL_4XX)
    provider.smtp.refuse("ana@cliente.example")
    provider.smtp.poison("ana@cliente.example")
    provider.smtp.revoke()
    provider.smtp.plan = FaultPlan(1, {SmtpFault.FINAL_4XX: 1.0})
    provider.smtp.vanish(60)
    time.sleep(0.1)
    provider.smtp.heal()
    assert code_of(provider) == 250


def test_fault_of_an_address_is_not_ordered(provider):
    with pytest.raises(ValueError, match="RCPT_5XX"):
        provider.smtp.order(SmtpFault.RCPT_5XX)


def test_same_seed_same_faults_by_smtp(provider):
    # Which mails come in a while depends on the time.
    rates = dict.fromkeys(set(SmtpFault) - {SmtpFault.UNREACHABLE, SmtpFault.REVOKED}, 0.05)

    def play(seed):
        provider.received.clear()
        plan = provider.smtp.plan = FaultPlan(seed, rates, patience=0.05)
        codes = [code_of(provider, email) for email in addresses(40)]
        received = [message.recipients for message in provider.received]
        provider.smtp.heal()
        return codes, received, plan.met

    first = play(2)
    assert play(2) == first
    assert play(3) != first
    assert len(first[2]) > 6


@pytest.mark.parametrize("fault", SmtpFault)
def test_every_fault_can_be_planned_by_smtp(provider, fault):
    plan = provider.smtp.plan = FaultPlan(1, {fault: 0.5}, patience=0.05, pause=0.05)
    for email in addresses(6):
        code_of(provider, email)
    assert set(plan.met) == {fault}
    provider.smtp.heal()
    assert code_of(provider, "zoe@empresa.example") == 250
