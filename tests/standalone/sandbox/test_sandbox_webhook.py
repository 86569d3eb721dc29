"""What the providers do with slow, failing and absent receivers."""

import socket
import time
from dataclasses import replace

import pytest
from conftest import Receiver

from lab.sandbox.webhook import ALDEAMO, MAILJET, WebhookSender

ALDEAMO_NOW = replace(ALDEAMO, pause=0.05)
MAILJET_NOW = replace(MAILJET, pause=0.05)


def _webhook(rules, url, bodies):
    """Post bodies, wait until all are dealt with; return the report."""
    webhook = WebhookSender(rules)
    webhook.url = url
    webhook.start()
    try:
        for body in bodies:
            webhook.submit(body)
        webhook.join()
    finally:
        webhook.stop()
    return webhook.report


def _free_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest.mark.parametrize("rules", [ALDEAMO, MAILJET])
def test_prompt_answers(receiver, rules):
    report = _webhook(rules, receiver.url, [{"n": n} for n in range(50)])

    assert sorted(body["n"] for body in receiver.bodies) == list(range(50))
    assert (report.posted, report.events, report.answered) == (50, 50, 50)
    assert (report.resent, report.failed, report.dropped) == (0, 0, 0)
    assert len(report.latencies) == 50
    assert 0 < report.median <= report.max


def test_aldeamo_discards_what_is_answered_after_100_ms(receiver):
    receiver.delay = 0.15
    report = _webhook(ALDEAMO_NOW, receiver.url, [{}, {}])

    assert (report.slow, report.discarded, report.answered, report.resent) == (2, 2, 0, 0)
    assert len(receiver.bodies) == 2
    assert report.median >= 0.15


def test_mailjet_only_counts_slow_answers(receiver):
    receiver.delay = 0.15
    report = _webhook(MAILJET_NOW, receiver.url, [{}, {}])
    assert (report.slow, report.discarded, report.answered, report.resent) == (2, 0, 2, 0)


def test_several_are_in_flight(receiver):
    receiver.delay = 1
    started = time.monotonic()
    _webhook(MAILJET, receiver.url, [{}] * 4)
    assert time.monotonic() - started < 3


def test_aldeamo_resends_a_failed_one_once(receiver):
    receiver.statuses = [500]
    report = _webhook(ALDEAMO_NOW, receiver.url, [{"n": 1}])

    assert receiver.bodies == [{"n": 1}, {"n": 1}]
    assert (report.posted, report.resent, report.answered, report.failed) == (1, 1, 1, 0)


def test_aldeamo_gives_up_after_one_resend(receiver):
    receiver.statuses = [500, 404]
    report = _webhook(ALDEAMO_NOW, receiver.url, [{"n": 1}])

    assert len(receiver.bodies) == 2
    assert (report.posted, report.resent, report.answered, report.failed) == (1, 1, 0, 1)


def test_a_redirect_is_not_followed_and_failed(receiver):
    receiver.statuses = [303, 303]
    report = _webhook(ALDEAMO_NOW, receiver.url, [{}])
    assert (report.resent, report.failed) == (1, 1)


def test_aldeamo_resends_once_when_nobody_answers():
    report = _webhook(ALDEAMO_NOW, f"http://127.0.0.1:{_free_port()}/x", [{}])
    assert (report.posted, report.resent, report.failed, report.latencies) == (1, 1, 1, [])


def test_mailjet_goes_on_trying_until_200(receiver):
    receiver.statuses = [500, 503, 204]
    report = _webhook(MAILJET_NOW, receiver.url, [{}])
    assert (report.posted, report.resent, report.answered, report.failed) == (1, 3, 1, 0)


def test_url_that_keeps_failing_is_told():
    url = f"http://127.0.0.1:{_free_port()}/x"
    failed = []
    webhook = WebhookSender(replace(MAILJET_NOW, resends=2))
    webhook.on_failure = failed.append
    webhook.start()
    webhook.submit({}, url)
    webhook.join()
    webhook.stop()
    assert failed == [url]
    assert (webhook.report.resent, webhook.report.failed) == (2, 1)


def test_aldeamo_deletes_what_exceeds_1000_waiting():
    with Receiver() as receiver:
        receiver.delay = 1.0
        webhook = WebhookSender(ALDEAMO_NOW)
        webhook.url = receiver.url
        for n in range(1100):
            webhook.submit({"n": n})
        webhook.start()
        webhook.stop()
    assert webhook.report.dropped == 100


def test_wait_for_room_lets_nothing_be_dropped(receiver):
    webhook = WebhookSender(replace(ALDEAMO, waiting=5))
    webhook.url = receiver.url
    webhook.start()
    for n in range(50):
        webhook.wait_for_room()
        webhook.submit({"n": n})
    webhook.join()
    webhook.stop()
    assert (webhook.report.posted, webhook.report.dropped) == (50, 0)


def test_post_returns_the_answer_and_does_not_resend(receiver):
    receiver.statuses = [404]
    webhook = WebhookSender(ALDEAMO)
    webhook.url = receiver.url
    assert webhook.post([{"a": 1}, {"a": 2}]).status == 404
    assert receiver.bodies == [[{"a": 1}, {"a": 2}]]
    assert (webhook.report.posted, webhook.report.events, webhook.report.failed) == (1, 2, 1)


def test_post_tells_that_nobody_answers():
    webhook = WebhookSender(ALDEAMO)
    webhook.url = f"http://127.0.0.1:{_free_port()}/x"
    with pytest.raises(OSError, match="refused"):
        webhook.post({})
    assert webhook.report.failed == 1
