"""The manual's events, posted to a running Odoo, whose own job applies them."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

ALDEAMO = Path(__file__).parents[2] / "fixtures" / "aldeamo"
SAMPLES = sorted(path for path in ALDEAMO.glob("*.json") if ".event." not in path.name)
MISPRINTED = sorted(ALDEAMO.glob("as_printed/*.txt"))


@pytest.fixture(scope="module")
def server(odoo):
    return odoo.rpc(
        "ir.mail_server",
        "create",
        {
            "name": "Samples",
            "provider": "aldeamo",
            "smtp_host": "127.0.0.1",
            "smtp_port": 2589,
            "smtp_user": "empresa",
            "smtp_pass": "secreto",
            "mass_mail": True,
        },
    )


@pytest.fixture
def webhook(odoo, server):
    (values,) = odoo.rpc("ir.mail_server", "read", [server], ["webhook_url"])
    return f"{odoo.url}/mail_provider/{values['webhook_url'].rpartition('/')[2]}"


def events(odoo, server, **fields):
    domain = [("mail_server_id", "=", server), *((name, "=", fields[name]) for name in fields)]
    return odoo.rpc("mail.tracking", "search_count", domain)


def test_samples_and_misprinted_samples_twice(odoo, server, webhook):
    for path in [*SAMPLES, *MISPRINTED, *reversed(SAMPLES), *MISPRINTED]:
        assert requests.post(webhook, data=path.read_bytes(), timeout=10).status_code == 200
    assert events(odoo, server) == 20
    assert events(odoo, server, state="failed") == 5
    kept = odoo.rpc(
        "mail.tracking",
        "search_read",
        [("mail_server_id", "=", server), ("state", "=", "failed")],
        ["payload"],
        order="id",
    )
    assert [event["payload"] for event in kept] == [path.read_text() for path in MISPRINTED]
    # Odoo's own scheduler runs the job. Four of the samples name mails that nobody sent: they
    # wait for another event to make those known.
    deadline = time.monotonic() + 90
    while events(odoo, server, state="pending") > 4:
        assert time.monotonic() < deadline, "the job was not woken"
        time.sleep(0.2)
    for path in SAMPLES:
        expected = json.loads(path.with_suffix(".event.json").read_text())
        names = ("event_type", "recipient", "occurred_at", "reason", "url", "place", "device_type")
        found = [(name, "=", expected.get(name, False)) for name in names]
        assert odoo.rpc("mail.tracking", "search_count", found) >= 1, path.name
    blacklisted = odoo.rpc("mail.blacklist", "search_read", [], ["email"])
    assert [entry["email"] for entry in blacklisted] == ["test4@testdomain.com"]


def test_the_same_event_many_times_at_once(odoo, server, webhook):
    subject = "At once"
    body = json.dumps({"event": "open", "type": "SMTP", "subject": subject})
    for round_ in range(5):
        several = [body.replace(subject, f"{subject} {round_}")] * 8
        with ThreadPoolExecutor(len(several)) as pool:
            answers = list(pool.map(lambda text: requests.post(webhook, text, timeout=10), several))
        assert [answer.status_code for answer in answers] == [200] * len(several)
        # Without care, Odoo's own retry would sleep for up to two seconds here.
        assert max(answer.elapsed.total_seconds() for answer in answers) < 1
        assert events(odoo, server, subject=f"{subject} {round_}") == 1


def test_secret_is_not_in_the_log(odoo, webhook):
    assert requests.post(webhook, data=b"{}", timeout=10).status_code == 200
    secret = webhook.rpartition("/")[2].partition("-")[2]
    log = Path(odoo.log_path).read_text()
    assert "/mail_provider/" in log
    assert secret not in log
