"""Whatever befalls it, the webhook server answers; and what it acknowledged is stored, once.

Odoo isn't running: it isn't needed.
"""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from receiver import Receiver, event, request_line, requests_for

from dev.odoo import odoo_command, upgrade
from dev.postgres import OwnServer
from dev.webhook_server import WebhookServer
from lab import load


def steady(receiver, seconds, in_flight=2, pause=0.01):
    """Post for so long; return the results, and the e-mail of what was acknowledged."""
    acknowledged, results = [], []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        payloads = [event() for _n in range(in_flight)]
        sent = [load.request(receiver.path(), json.dumps(p).encode()) for p in payloads]
        result = load.send(receiver.webhook_server.port, sent, in_flight)
        acknowledged += [payloads[number]["email"] for number in result.acknowledged]
        results.append(result)
        time.sleep(pause)
    return results, acknowledged


def emails(receiver):
    receiver.wait(lambda: not receiver.waiting())
    return [row[0] for row in receiver.query("SELECT recipient FROM mail_tracking")]


@pytest.mark.parametrize("table", ["mail_tracking", "ir_mail_server", "ir_cron"])
def test_a_locked_table_holds_up_no_answer(receiver, table):
    with receiver.locked(table):
        results, acknowledged = steady(receiver, 2.5)
        latencies = sorted(second for result in results for second in result.times)
        if table != "ir_cron":
            assert receiver.waiting() == len(acknowledged)
    assert {status for result in results for status in result.statuses} == {200}
    # None waited for the lock. The machine is shared: many may have had to wait for their turn.
    assert latencies[-1] < 1
    assert latencies[len(latencies) // 2] < 0.1
    assert sorted(emails(receiver)) == sorted(acknowledged)


def test_a_locked_table_of_servers_and_a_token_that_is_not_known(receiver):
    """Nobody can tell whether it is a new server's: the provider is to send it again."""
    url = f"{receiver.webhook_server.url}/mail_provider/77-unknown"
    with receiver.locked("ir_mail_server"):
        time.sleep(1.5)
        answer = requests.post(url, b"{}", timeout=5)
    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() < 1
    receiver.wait(lambda: requests.post(url, b"{}", timeout=5).status_code == 404)


def test_a_table_that_an_upgrade_has_changed(receiver):
    """What this version of the webhook server can't write any more waits in the spool."""
    receiver.query("ALTER TABLE mail_tracking RENAME COLUMN place TO location")
    try:
        payload = event()
        assert receiver.post(payload).status_code == 200
        time.sleep(1)
        assert receiver.waiting() == 1
    finally:
        receiver.query("ALTER TABLE mail_tracking RENAME COLUMN location TO place")
    assert receiver.stored() == [payload]


def test_postgresql_cuts_all_connections_under_load(receiver):
    """As in a restart: what is answered with 200 is stored, once; the rest is refused."""
    done = threading.Event()

    def cut():
        while not done.wait(0.3):
            receiver.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'mail_webhook_server'"
            )

    with ThreadPoolExecutor(1) as pool:
        cutting = pool.submit(cut)
        results, acknowledged = steady(receiver, 4, in_flight=8, pause=0)
        done.set()
        cutting.result()
    assert {status for result in results for status in result.statuses} <= {200, 503}
    assert len(acknowledged) > 100
    stored = emails(receiver)
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))


@pytest.fixture
def fragile(webhook_database):
    """The webhook server on a PostgreSQL of its own."""
    with OwnServer("fragile", waits_for_disk=False) as own:
        own.copy(webhook_database.pg, webhook_database.database)
        fragile = Receiver(own.server, webhook_database.database)
        with WebhookServer(own.server, fragile.database) as fragile.webhook_server:
            yield fragile


@pytest.mark.skipif("PGHOST" in os.environ, reason="somebody else's PostgreSQL")
def test_postgresql_crashes_under_load(fragile):
    """One of its processes is killed: it ends all connections, and starts anew from its log."""

    def crash():
        time.sleep(1)
        ((pid,), *_others) = fragile.query(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'mail_webhook_server'"
        )
        os.kill(pid, signal.SIGKILL)

    with ThreadPoolExecutor(1) as pool:
        crashing = pool.submit(crash)
        results, acknowledged = steady(fragile, 4, in_flight=8, pause=0)
        crashing.result()
    assert {status for result in results for status in result.statuses} == {200, 503}
    fragile.wait(lambda: fragile.post("[]").status_code == 200)
    stored = emails(fragile)
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_webhook_server_ends_under_load(receiver, how):
    """What it has acknowledged is stored, by whoever comes after it; told to end, it answers."""
    with WebhookServer(receiver.pg, receiver.database) as mortal:
        children = processes(mortal)

        def end_under_load():
            stored = "SELECT count(*) FROM mail_tracking"
            receiver.wait(lambda: receiver.waiting() + receiver.query(stored)[0][0] > 300)
            mortal.kill() if how == signal.SIGKILL else os.kill(mortal.process.pid, how)

        sent = requests_for(receiver, 6000)
        with ThreadPoolExecutor(1) as pool:
            ending = pool.submit(end_under_load)
            result = load.send(mortal.port, sent, in_flight=16)
            ending.result()
        assert not [s for s in result.statuses if isinstance(s, int) and s != 200]
        assert 0 < len(result.acknowledged) < len(sent)
        gone = time.monotonic() + 5
        while any(is_alive(child) for child in children):
            assert time.monotonic() < gone
            time.sleep(0.05)
    names = [json.loads(sent[n].partition(b"\r\n\r\n")[2])["email"] for n in result.acknowledged]
    assert len(names) > 100
    receiver.wait(lambda: set(names) <= set(emails(receiver)))
    if how == signal.SIGTERM:
        assert set(names) == set(emails(receiver))


def processes(webhook_server):
    listed = Path(
        f"/proc/{webhook_server.process.pid}/task/{webhook_server.process.pid}/children"
    ).read_text()
    return [int(pid) for pid in listed.split()]


def is_alive(pid):
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def is_whole_again(webhook_server, gone):
    there = processes(webhook_server)
    return len(there) == 3 and gone not in there and webhook_server.is_healthy()


def test_a_process_of_the_webhook_server_dies(receiver):
    """It is started again; a supervisor that is killed leaves none behind."""
    for victim in processes(receiver.webhook_server):
        os.kill(victim, signal.SIGKILL)
        receiver.wait(lambda gone=victim: is_whole_again(receiver.webhook_server, gone))
        payload = event()
        assert receiver.post(payload).status_code == 200
        assert payload in receiver.stored()
    with WebhookServer(receiver.pg, receiver.database) as mortal:
        children = processes(mortal)
        os.kill(mortal.process.pid, signal.SIGKILL)
        receiver.wait(lambda: not any(is_alive(child) for child in children))


def test_the_log_stays_short_while_the_database_is_away(receiver):
    """Somebody who comes back to it still finds what was before."""
    allow = "ALTER DATABASE {} ALLOW_CONNECTIONS {}"
    with (
        WebhookServer(receiver.pg, receiver.database) as webhook_server,
        closing(receiver.connect("postgres")) as connection,
    ):
        connection.autocommit = True
        cursor = connection.cursor()
        log = Path(webhook_server.log_path)
        before = len(log.read_text().splitlines())
        cursor.execute(allow.format(receiver.database, False))
        try:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [receiver.database],
            )
            time.sleep(6)
            lines = log.read_text().splitlines()[before:]
            assert 1 <= len(lines) <= 4, lines
            url = f"{webhook_server.url}/mail_provider/health"
            receiver.wait(lambda: requests.get(url, timeout=5).status_code == 503)
        finally:
            cursor.execute(allow.format(receiver.database, True))
        receiver.wait(webhook_server.is_healthy)
        receiver.wait(lambda: "It works again" in log.read_text())


def test_an_occupied_port_is_told_in_a_line(receiver):
    port = receiver.webhook_server.port
    command = [
        *odoo_command(receiver.pg, receiver.database, "mail_webhook_server"),
        f"--port={port}",
    ]
    ended = subprocess.run(
        command, env={**os.environ, **receiver.pg.env()}, capture_output=True, text=True
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert f"can't listen on 127.0.0.1:{port}" in line


def test_sighup_starts_it_anew_and_keeps_the_others_waiting(receiver):
    with WebhookServer(receiver.pg, receiver.database) as webhook_server:
        former = processes(webhook_server)
        with ThreadPoolExecutor(1) as pool:
            sent = requests_for(receiver, 3000)
            posting = pool.submit(load.send, webhook_server.port, sent, 8)
            time.sleep(0.3)
            os.kill(webhook_server.process.pid, signal.SIGHUP)
            receiver.wait(lambda: not any(is_alive(process) for process in former))
            result = posting.result()
        # Whoever had connected and not yet asked is cut off, as by any server that ends.
        assert not [s for s in result.statuses if isinstance(s, int) and s != 200]
        assert result.statuses[200] > 2900
        receiver.wait(lambda: len(processes(webhook_server)) == 3)
        assert webhook_server.process.poll() is None
        assert webhook_server.is_healthy()


def test_services_that_start_refuse_nothing_before_they_know_the_webhooks(receiver):
    *services, _drainer = processes(receiver.webhook_server)
    with ThreadPoolExecutor(1) as pool:
        with receiver.locked("ir_mail_server"):
            for service in services:
                os.kill(service, signal.SIGKILL)
            receiver.wait(lambda: not any(is_alive(service) for service in services))
            posted = pool.submit(receiver.post, event())
            time.sleep(2.5)
        assert posted.result().status_code == 200


@pytest.mark.parametrize("hidden", ["wrong", "right"])
def test_silent_senders_that_are_not_authentic_take_nothing(receiver, hidden):
    """300 announce a megabyte each, send none of it, and are in nobody's way.

    Half of them don't know the secret; the others don't know the user and the password.
    """
    server = receiver.servers["mailjet"]
    path = receiver.path("mailjet") if hidden == "right" else f"/mail_provider/{server}-wrong"
    update = "UPDATE ir_mail_server SET webhook_user = %s, webhook_password = %s WHERE id = %s"
    receiver.query(update, "mailjet", "password", server)
    receiver.wait(lambda: all_say(receiver, "mailjet", 401))
    head = request_line(path, f"Content-Length: {1024 * 1024}", "Authorization: Basic eDp5")
    silent = [
        socket.create_connection(("127.0.0.1", receiver.webhook_server.port)) for _n in range(300)
    ]
    try:
        for connection in silent:
            connection.sendall(head)
        time.sleep(0.5)
        results, acknowledged = steady(receiver, 2)
        assert {status for result in results for status in result.statuses} == {200}
        assert sorted(emails(receiver)) == sorted(acknowledged)
    finally:
        for connection in silent:
            connection.close()
        receiver.query(update, None, None, server)
        receiver.wait(lambda: all_say(receiver, "mailjet", 200))


def all_say(receiver, code, status):
    return all(receiver.post("[]", code).status_code == status for _time in range(20))


def test_a_burst_of_a_thousand_is_answered_and_stored(receiver):
    sent = requests_for(receiver, 1000)
    assert load.send(receiver.webhook_server.port, sent, in_flight=1000).statuses == {200: 1000}
    assert len(receiver.stored()) == 1000


def test_odoo_is_woken_at_most_once_a_second(receiver):
    """By what Odoo's schedulers listen to, and the rows that they then look for."""
    with closing(receiver.connect("postgres")) as scheduler, scheduler.cursor() as cursor:
        scheduler.autocommit = True
        cursor.execute("LISTEN cron_trigger")
        time.sleep(1.5)  # for what the test before has stored
        receiver.query("DELETE FROM ir_cron_trigger")
        cursor.execute("SELECT 1")
        scheduler.notifies.clear()
        started = time.monotonic()
        steady(receiver, 2.5)
        receiver.wait(lambda: not receiver.waiting())
        time.sleep(1.5)  # for what came in last
        seconds = time.monotonic() - started
        cursor.execute("SELECT 1")
        # The channel is one for all databases of the server.
        payloads = [n.payload for n in scheduler.notifies if n.payload == receiver.database]
    assert 2 <= len(payloads) <= seconds + 1
    triggers = receiver.query(
        """
        SELECT job.code, trigger.call_at FROM ir_cron_trigger AS trigger
          JOIN ir_cron ON ir_cron.id = trigger.cron_id
          JOIN ir_act_server AS job ON job.id = ir_cron.ir_actions_server_id
        """
    )
    assert {code for code, _at in triggers} == {"model._cron_apply()"}
    assert len({at for _code, at in triggers}) == len(triggers) == len(payloads)


def test_an_upgrade_of_the_addon_under_load(receiver):
    """Answered before, while, and after Odoo upgrades the addon, and held up by no lock of it."""
    results, acknowledged = [], []
    with ThreadPoolExecutor(1) as pool:
        upgrading = pool.submit(upgrade, receiver.pg, receiver.database)
        while not upgrading.done():
            more, answered = steady(receiver, 0.5, pause=0.02)
            results += more
            acknowledged += answered
        upgrading.result()
    assert {status for result in results for status in result.statuses} == {200}
    latencies = sorted(second for result in results for second in result.times)
    # Odoo's upgrade takes the processors that this machine has for itself.
    assert latencies[int(len(latencies) * 0.9)] < 0.5
    assert latencies[len(latencies) // 2] < 0.1
    assert sorted(emails(receiver)) == sorted(acknowledged)
