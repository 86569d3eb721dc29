"""The DNS check in each kind of process that Odoo has."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from dev import sql
from dev.databases import fresh_database
from dev.odoo import Odoo, free_port
from lab.demo_dns import BROKEN, RIGHT, DemoDns
from lab.sandbox import Sandbox


@pytest.fixture(scope="module")
def dns():
    with Sandbox() as sandbox, DemoDns(sandbox) as dns:
        yield dns


def running(pg, dns, name, workers, **options):
    return Odoo(pg, fresh_database(pg, name), workers=workers, **options)


def set_up(odoo, dns):
    """Have Odoo ask the sandbox's DNS; return the id of a server of Aldeamo's."""
    for name, value in dns.parameters.items():
        odoo.rpc("ir.config_parameter", "set_param", name, value)
    values = {"name": "Aldeamo", "provider": "aldeamo", "smtp_host": "127.0.0.1", **dns.aldeamo}
    values |= {"smtp_port": 2589, "smtp_user": "empresa", "smtp_pass": "secreto"}
    return odoo.rpc("ir.mail_server", "create", values)


def browser(odoo):
    """Return a session that is logged in as the administrator."""
    session = requests.Session()
    login = {"db": odoo.database, "login": "admin", "password": "admin"}
    post(session, f"{odoo.url}/web/session/authenticate", login)
    return session


def check(session, url, server, *domains):
    """Check domains as the browser does; return domain → state."""
    call = {"model": "mail.dns.check", "method": "check", "kwargs": {}}
    call["args"] = [server, domains]
    cards = post(session, f"{url}/web/dataset/call_kw", call)
    return {card["domain"]: card["state"] for card in cards}


def post(session, url, params):
    answer = session.post(url, json={"jsonrpc": "2.0", "params": params}, timeout=30).json()
    assert "error" not in answer, answer["error"]["data"]["debug"]
    return answer["result"]


@pytest.mark.parametrize("workers", [0, 2], ids=["threaded", "prefork"])
def test_several_at_once(pg, dns, workers):
    with running(pg, dns, f"dns{workers}", workers) as odoo:
        server = set_up(odoo, dns)
        session = browser(odoo)
        with ThreadPoolExecutor(2) as pool:
            tasks = [
                pool.submit(check, session, odoo.url, server, domain) for domain in (RIGHT, BROKEN)
            ]
            found = [task.result() for task in tasks]
        assert found == [{RIGHT: "ok"}, {BROKEN: "fail"}]


def test_gevent(pg, dns):
    port = free_port()
    with running(pg, dns, "dnsgevent", 1, extra=[f"--gevent-port={port}"]) as odoo:
        server = set_up(odoo, dns)
        found = check(browser(odoo), f"http://127.0.0.1:{port}", server, RIGHT, BROKEN)
        assert found == {RIGHT: "ok", BROKEN: "fail"}


@contextmanager
def silent_port():
    """Yield the port of a name server that never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        yield server.getsockname()[1]


def transactions(pg, database):
    """Return what the transactions do that have been open for longer than a second."""
    return sql.execute(
        pg,
        "postgres",
        """
        SELECT query FROM pg_stat_activity
         WHERE datname = %s AND xact_start < now() - interval '1 second'
        """,
        database,
    )


def test_nothing_is_locked_while_the_dns_is_waited_for(pg, dns):
    """A dead DNS: no transaction is open meanwhile."""
    with running(pg, dns, "dnslock", 2) as odoo:
        server = set_up(odoo, dns)
        with silent_port() as port, ThreadPoolExecutor(1) as pool:
            odoo.rpc("ir.config_parameter", "set_param", "mail_mailjet_aldeamo.dns_port", str(port))
            session = browser(odoo)
            start = time.monotonic()
            checked = pool.submit(check, session, odoo.url, server, RIGHT)
            time.sleep(1.5)
            held = transactions(pg, odoo.database)
            assert checked.result() == {RIGHT: "unknown"}
            assert 4 < time.monotonic() - start < 11
    assert not held
