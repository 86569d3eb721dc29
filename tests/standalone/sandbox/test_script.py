"""The mix, and what it is expected to do."""

from datetime import timedelta

import pytest
from conftest import mail, send

from lab.sandbox import SILENT, Script, Step
from lab.sandbox.readers import reader_of
from lab.sandbox.script import ALDEAMO_MIX, MAILJET_MIX, Journey

_SHORT = Script(
    (
        Journey(2, (Step.DELIVERED,), ("delivered",)),
        Journey(1, (Step.DELIVERED, Step.OPENED), ("delivered", "opened")),
    )
)


def test_journeys_are_dealt_out_in_turn():
    assert [len(_SHORT.steps(index)) for index in range(6)] == [1, 2, 1, 1, 2, 1]


def test_expected_result_follows_from_the_number_of_recipients():
    assert _SHORT.expected(5) == {"delivered": 5, "opened": 2, "events": 7}
    assert SILENT.expected(5) == {}


@pytest.mark.parametrize("mix", [ALDEAMO_MIX, MAILJET_MIX])
def test_every_recipient_of_the_mix_is_either_delivered_or_bounced(mix):
    expected = mix.expected(40)
    assert expected["delivered"] + expected["bounced"] == 40
    assert expected["events"] == sum(len(mix.steps(index)) for index in range(40))


@pytest.mark.parametrize("mix", [ALDEAMO_MIX, MAILJET_MIX])
def test_few_recipients_already_show_every_kind(mix):
    kinds = {step for index in range(40) for step in mix.steps(index)}
    assert {step for index in range(9) for step in mix.steps(index)} == kinds


def test_play_posts_each_message_once(sandbox, receiver):
    sandbox.aldeamo.webhook_url = receiver.url
    sandbox.aldeamo.script = _SHORT
    send(sandbox.aldeamo, mail("a@cliente.example"), mail("b@cliente.example"))
    sandbox.aldeamo.play()
    sandbox.aldeamo.play()
    send(sandbox.aldeamo, mail("c@cliente.example"))
    sandbox.aldeamo.play()

    sent = sorted((body.get("to") or body["email"], body["event"]) for body in receiver.bodies)
    assert sent == [
        ("a@cliente.example", "sent"),
        ("b@cliente.example", "open"),
        ("b@cliente.example", "sent"),
        ("c@cliente.example", "sent"),
    ]


def test_silent_provider_posts_nothing(sandbox, receiver):
    sandbox.aldeamo.webhook_url = receiver.url
    sandbox.aldeamo.script = SILENT
    send(sandbox.aldeamo, mail())
    sandbox.aldeamo.play()
    assert not receiver.bodies
    assert sandbox.aldeamo.report.posted == 0


def test_play_needs_a_webhook(provider):
    with pytest.raises(ValueError, match="no webhook URL"):
        provider.play()


def test_times_of_a_message_ascend_to_now(sandbox, receiver):
    mailjet = sandbox.mailjet
    mailjet.webhook_url = receiver.url
    mailjet.script = Script((Journey(1, (Step.DELIVERED, Step.OPENED, Step.CLICKED), ()),))
    (received,) = send(mailjet, mail())
    mailjet.play()

    by_time = sorted(receiver.bodies, key=lambda event: event["time"])
    assert [event["event"] for event in by_time] == ["sent", "open", "click"]
    last = by_time[-1]["time"]
    assert int(received.received_at.timestamp()) <= last <= received.received_at.timestamp() + 10
    assert len({event["time"] for event in by_time}) == 3


def test_people_read_in_their_own_time(provider, receiver):
    provider.webhook_url = receiver.url
    provider.script = Script((Journey(1, (Step.DELIVERED, Step.OPENED, Step.CLICKED), ()),))
    names = [f"{number}@cliente.example" for number in range(40)]
    received = send(provider, *(mail(name) for name in names))
    age = timedelta(hours=60)
    provider.play(age)

    start = received[0].received_at - age
    gaps = []
    for name in names:
        times = [at for _message, email, _step, at in provider.history if email == name]
        assert start <= times[0] < times[1] <= times[2] < start + 2 * age
        gaps.append((times[1] - times[0]).total_seconds())
    assert any(gap < 5 for gap in gaps), "a machine"
    assert sum(gap > 60 for gap in gaps) > 25, "people"
    assert len({round(gap) for gap in gaps}) > 20
    assert [reader_of(name) for name in names] == [reader_of(name) for name in names]
    assert len({reader_of(name).opens_with for name in names}) > 3


def test_mailjet_groups_events_of_the_same_second(sandbox, receiver):
    mailjet = sandbox.mailjet
    mailjet.webhook_url = receiver.url
    mailjet.script = _SHORT
    send(mailjet, *(mail(f"{index}@cliente.example") for index in range(60)))
    mailjet.play()

    arrays = [body for body in receiver.bodies if isinstance(body, list)]
    assert arrays
    assert all(2 <= len(array) <= 50 for array in arrays)
    assert all(len({event["time"] for event in array}) == 1 for array in arrays)
    singles = len(receiver.bodies) - len(arrays)
    assert singles + sum(map(len, arrays)) == mailjet.report.events == _SHORT.expected(60)["events"]
    assert mailjet.report.posted == len(receiver.bodies)
