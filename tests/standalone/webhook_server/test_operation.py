"""The files in docs/operation.rst, run as they stand; only paths and ports are replaced."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests
import trustme
import urllib3
from receiver import event

from dev.databases import fresh_base_database, fresh_database
from dev.odoo import free_port
from dev.paths import DATA, ODOO_HOME, ROOT, addon_path
from dev.service import Service
from dev.sql import execute

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.skipif(not NGINX, reason="needs nginx"),
    pytest.mark.skipif("PGHOST" in os.environ, reason="needs databases of certain names"),
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
DOCUMENT = (ROOT / "docs" / "operation.rst").read_text()
BLOCKS = [
    (kind, re.sub(r"^    ", "", text, flags=re.MULTILINE))
    for kind, text in re.findall(
        r"^\.\. code-block:: (\w+)\n\n((?:    .*\n|\n)+)", DOCUMENT, re.MULTILINE
    )
]
[ODOO_CONF] = [text for kind, text in BLOCKS if kind == "ini"]
ODOO_UNIT, UNIT = [text for kind, text in BLOCKS if kind == "systemd"]
ONLY_ODOO, WITH_SERVERS = [text for kind, text in BLOCKS if kind == "nginx"]
SERVERS = re.findall(r"echo (DATABASE=(\w+)) > /etc/odoo/mail-webhook-server-(\d+)", DOCUMENT)
SECRETS = {"empresa": "secret-of-empresa", "tienda": "secret-of-tienda"}


class Relay:
    """Stands before PostgreSQL, so that a test can take it away."""

    def __init__(self, pg):
        self._target = f"{pg.host}/.s.PGSQL.{pg.port}"
        self._sockets = set()
        self.port = free_port()
        self.mend()

    def mend(self):
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def cut(self):
        for connection in [self._listener, *self._sockets]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._sockets.clear()

    def _accept(self, listener):
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._sockets |= {client, server}
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    @staticmethod
    def _pass_on(source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for connection in (source, target):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Program(Service):
    """One of the services that the document describes."""

    NAME = "Operation"
    STARTUP = 60

    def __init__(self, name, port, command, page, env=None):
        super().__init__(port, name, command, env or {})
        self._page = page

    def is_healthy(self):
        with suppress(requests.RequestException):
            page = self.url + self._page
            return requests.get(page, timeout=5, allow_redirects=False).status_code < 500
        return False

    @property
    def is_running(self):
        return self.process.poll() is None

    def send(self, number):
        os.killpg(self.process.pid, number)


class World:
    """The machine that the document describes."""

    def __init__(self, pg, folder):
        self.pg = pg
        self.relay = Relay(pg)
        self.databases = {name: fresh_database(pg, name) for name in SECRETS}
        self.tokens = {name: self._make_server(name) for name in SECRETS}
        self.folder = folder
        documented = ["8069", "8072", *(port for _line, _database, port in SERVERS)]
        self.ports = {port: str(free_port()) for port in documented}
        self.ports |= {"listen 80": f"listen {free_port()}", "listen 443": f"listen {free_port()}"}
        for name in ("etc/odoo", "log", "temporary"):
            (folder / name).mkdir(parents=True)
        certificate = trustme.CA().issue_cert("localhost", "127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / "tls.pem")
        for line, _database, port in SERVERS:
            (folder / "etc/odoo" / f"mail-webhook-server-{self.ports[port]}").write_text(
                line + "\n"
            )
        self.odoo = self._odoo()
        self.servers = {port: self._server(port) for _line, _database, port in SERVERS}

    def _make_server(self, database):
        ((server,),) = execute(
            self.pg,
            database,
            """
            INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption,
                                        smtp_authentication, transport, provider_tracking,
                                        active, sequence, provider, webhook_secret)
            VALUES ('x', '127.0.0.1', 25, 'none', 'login', 'smtp', 'auto', true, 1, 'aldeamo', %s)
            RETURNING id
            """,
            SECRETS[database],
        )
        return f"{server}-{SECRETS[database]}"

    def adapted(self, text):
        """Replace the document's paths and ports."""
        for theirs, ours in {
            "/srv/odoo/venv/bin/python": sys.executable,
            "/srv/odoo/odoo": str(ODOO_HOME),
            "/srv/odoo/addons": str(addon_path().parent),
            "/etc/odoo": str(self.folder / "etc/odoo"),
            "/var/log/nginx": str(self.folder / "log"),
            "/etc/letsencrypt/live/empresa.example/fullchain.pem": f"{self.folder}/tls.pem",
            "/etc/letsencrypt/live/empresa.example/privkey.pem": f"{self.folder}/tls.pem",
        }.items():
            assert theirs in DOCUMENT, theirs
            text = text.replace(theirs, ours)
        return re.sub(r"listen 443|listen 80|\b80\d\d\b", lambda found: self.ports[found[0]], text)

    def _odoo(self):
        conf = self.folder / "etc/odoo/odoo.conf"
        rest = {
            "db_host": "127.0.0.1",
            "db_port": self.relay.port,
            "db_user": self.pg.user,
            "data_dir": DATA,
            "gevent_port": self.ports["8072"],
            "max_cron_threads": 0,
        }
        lines = [f"{name} = {value}" for name, value in rest.items()]
        conf.write_text(self.adapted(ODOO_CONF) + "\n".join(lines) + "\n")
        [start] = re.findall("^ExecStart=(.+)$", self.adapted(ODOO_UNIT), re.MULTILINE)
        command = shlex.split(start)
        return Program("odoo", self.ports["8069"], command, "/web/health")

    def _server(self, port):
        text = self.adapted(UNIT.replace("%i", port))
        lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        name, value = lines["Environment"].split("=")
        env = {name: value}
        for line in Path(lines["EnvironmentFile"]).read_text().splitlines():
            env.update([line.split("=")])
        command = [os.path.expandvars(part) for part in shlex.split(lines["ExecStart"])]
        command = [part.replace("${DATABASE}", env["DATABASE"]) for part in command]
        return Program(
            f"webhook-server-{port}", self.ports[port], command, "/mail_provider/health", env
        )

    def nginx(self, text):
        """Return nginx with Debian's settings, as far as they matter, and the document's."""
        folder = self.folder
        (folder / "odoo.conf").write_text(self.adapted(text))
        main = folder / "nginx.conf"
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{name}_temp_path {folder}/temporary/{name};\n" for name in places)
        main.write_text(
            f"""
            {"user root;" if os.geteuid() == 0 else ""}
            daemon off;
            worker_processes 1;
            pid {folder}/nginx.pid;
            error_log {folder}/log/error.log;
            events {{ worker_connections 768; }}
            http {{
                {temporary}
                access_log {folder}/log/access.log;
                include {folder}/odoo.conf;
            }}
            """
        )
        port = self.ports["listen 80"].split()[1]
        command = [NGINX, "-c", str(main), "-p", str(folder), "-e", f"{folder}/log/error.log"]
        return Program("nginx", port, command, "/favicon.ico")

    def request(self, method, database, path, body=None, scheme="https", **options):
        port = self.ports["listen 443" if scheme == "https" else "listen 80"].split()[1]
        return requests.request(
            method,
            f"{scheme}://127.0.0.1:{port}{path}",
            data=body,
            headers={"Host": f"{database}.example"},
            verify=False,
            timeout=30,
            allow_redirects=False,
            **options,
        )

    def send(self, scheme, stream):
        """Send what may be no HTTP at all."""
        port = int(self.ports["listen 443" if scheme == "https" else "listen 80"].split()[1])
        context = ssl._create_unverified_context()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            connection = context.wrap_socket(plain) if scheme == "https" else plain
            connection.sendall(stream)
            while connection.recv(65536):
                pass

    def post(self, database, body=None, token=None):
        path = f"/mail_provider/{token or self.tokens[database]}"
        return self.request("POST", database, path, json.dumps(body or event()))

    def is_stored(self, database, sent, patience=15):
        """Wait until an event is stored in a database."""
        found = "SELECT count(*) FROM mail_tracking WHERE recipient = %s"
        deadline = time.monotonic() + patience
        while execute(self.pg, database, found, sent["email"]) != [(1,)]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def wait(self, is_so, patience=20):
        deadline = time.monotonic() + patience
        while not is_so():
            assert time.monotonic() < deadline, "it never was so"
            time.sleep(0.1)

    def of(self, database):
        """Return the webhook servers of a database."""
        return [self.servers[port] for _line, name, port in SERVERS if name == database]

    def logs(self):
        """Return the path and the text of every log that was written."""
        programs = [self.odoo, *self.servers.values()]
        paths = [*(self.folder / "log").iterdir(), *(Path(p.log_path) for p in programs)]
        return {path: path.read_text(errors="replace") for path in paths if path.exists()}


def bus_answers(world):
    """Tell whether the web client gets its live connection, as a browser asks for it."""
    context = ssl._create_unverified_context()
    port = int(world.ports["listen 443"].split()[1])
    request = (
        "GET /websocket HTTP/1.1\r\nHost: empresa.example\r\nOrigin: https://empresa.example\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        connection = context.wrap_socket(plain)
        connection.sendall(request.encode())
        return connection.recv(1000).startswith(b"HTTP/1.1 101")


def test_no_port_is_used_twice():
    """8072 is the one on which Odoo's workers leave the web client's live connections."""
    ports = [port for _line, _database, port in SERVERS]
    assert not {"8069", "8072"} & set(ports)
    assert len(ports) == len(set(ports))
    for text in (ONLY_ODOO, WITH_SERVERS):
        assert "http://127.0.0.1:8072;" in text


def provoke(world):
    """Have everybody log as much as they can about the path of a webhook."""
    for database, token in world.tokens.items():
        path = f"/mail_provider/{token}"
        for scheme in ("https", "http"):
            for method in ("GET", "POST", "PUT"):
                world.request(method, database, path, "{}", scheme)
            world.request("POST", database, path, "x" * 2_000_000, scheme)
            world.request("POST", database, f"/{path}?{path}", "{}", scheme)
            world.request("GET", database, path.replace("_", "%5f"), scheme=scheme)
        for request in (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nX: {'x' * 40_000}\r\n\r\n",
            f"POST {path}{'x' * 40_000} HTTP/1.1\r\n\r\n",
            f"POST {path} HTTP/9.9\r\n\r\n",
            f"PÖST {path} HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            for scheme in ("https", "http"):
                world.send(scheme, request.encode())
        # What cannot be written to a file is worth a message of the severest kind.
        shutil.rmtree(world.folder / "temporary" / "client_body", ignore_errors=True)
        world.request("POST", database, path, "x" * 500_000)
        world.request("GET", database, "/web/login?control=1")


def assert_secrets_are_in_no_log(world):
    logs = world.logs()
    assert any("control=1" in text for text in logs.values()), "the logs are not written"
    for path, text in logs.items():
        for secret in SECRETS.values():
            assert secret not in text, (path, [x for x in text.splitlines() if secret in x][:3])


def test_without_webhook_servers(pg, tmp_path):
    """The document's other file for nginx, and no log that Odoo writes before it has a database."""
    world = World(pg, tmp_path / "operation")
    fresh_base_database(pg, "sin_addon")
    with ExitStack() as running:
        running.callback(world.relay.cut)
        running.enter_context(world.odoo)
        running.enter_context(world.nginx(ONLY_ODOO))
        assert world.request("GET", "sin_addon", "/mail_provider/health").status_code == 404
        assert world.post("sin_addon", token=world.tokens["empresa"]).status_code == 404
        for database, other in (("empresa", "tienda"), ("tienda", "empresa")):
            sent = event()
            assert world.post(database, sent).status_code == 200
            assert world.is_stored(database, sent)
            assert world.post(other, sent, world.tokens[database]).status_code == 404
            assert world.request("GET", database, "/mail_provider/health").status_code == 200
        world.wait(lambda: bus_answers(world))
        provoke(world)
        world.odoo.stop()
        world.relay.cut()
        world.odoo.start()
        assert world.post("empresa").status_code == 503
        provoke(world)
        world.relay.mend()
        world.wait(lambda: world.post("empresa").status_code == 200)
        assert_secrets_are_in_no_log(world)


@pytest.fixture(scope="module")
def world(pg, tmp_path_factory):
    urllib3.disable_warnings()
    world = World(pg, tmp_path_factory.mktemp("operation"))
    with ExitStack() as running:
        running.callback(world.relay.cut)
        running.enter_context(world.odoo)
        yield world


@pytest.fixture(scope="module")
def running(world):
    """nginx and all webhook servers."""
    with ExitStack() as services:
        for server in world.servers.values():
            services.enter_context(server)
        world.proxy = services.enter_context(world.nginx(WITH_SERVERS))
        yield world


@pytest.fixture
def whole(running):
    """All services run, and nginx knows it."""
    yield running
    for server in running.servers.values():
        if not server.is_running:
            server.start()
    # It leaves out who failed for 10 s; its new worker knows of nobody who did.
    os.kill(running.proxy.process.pid, signal.SIGHUP)
    time.sleep(1)


def test_live_connection_of_the_web_client(whole):
    whole.wait(lambda: bus_answers(whole))


def test_each_database_gets_its_events(whole):
    for database, other in (("empresa", "tienda"), ("tienda", "empresa")):
        sent = event()
        assert whole.post(database, sent).status_code == 200
        assert whole.is_stored(database, sent)
        assert not whole.is_stored(other, sent, patience=0)
        assert whole.post(other, sent, whole.tokens[database]).status_code == 404
        assert whole.request("GET", database, "/mail_provider/health").status_code == 200
        assert whole.request("GET", database, "/web/login").status_code == 200


def test_http_is_redirected(whole):
    for path in ("/web/login", f"/mail_provider/{whole.tokens['empresa']}"):
        answer = whole.request("POST", "empresa", path, "{}", scheme="http")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"https://empresa.example{path}"


def test_frozen_webhook_servers(whole):
    for server in whole.of("empresa"):
        server.send(signal.SIGSTOP)
    try:
        sent = [event() for _n in range(3)]
        answers = [whole.post("empresa", one) for one in sent]
        assert [answer.status_code for answer in answers] == [200] * 3
        # Then nginx knows.
        assert answers[-1].elapsed.total_seconds() < 2
        assert all(whole.is_stored("empresa", one) for one in sent)
        assert whole.post("tienda").elapsed.total_seconds() < 2
    finally:
        for server in whole.of("empresa"):
            server.send(signal.SIGCONT)


def test_dead_webhook_servers(whole):
    for server in whole.of("tienda"):
        server.kill()
    sent = event()
    assert whole.post("tienda", sent).status_code == 200
    assert whole.is_stored("tienda", sent)
    assert whole.request("GET", "tienda", "/mail_provider/health").status_code == 200
    assert whole.post("tienda", token="1-wrong").status_code == 404


def test_odoo_is_away(whole):
    whole.odoo.stop()
    try:
        sent = event()
        assert whole.post("empresa", sent).status_code == 200
        assert whole.is_stored("empresa", sent)
    finally:
        whole.odoo.start()


def test_postgresql_is_away(whole):
    """Whoever answers says that it is to be posted again."""
    for server in whole.of("tienda"):
        server.kill()
    whole.relay.cut()
    try:
        assert whole.post("empresa").status_code == 503
        assert whole.post("tienda").status_code == 503
        for database in SECRETS:
            assert whole.request("GET", database, "/mail_provider/health").status_code == 503
    finally:
        whole.relay.mend()
    for database in SECRETS:
        whole.wait(lambda name=database: whole.post(name).status_code == 200)


def test_webhook_servers_started_anew_in_turn_lose_no_answer(whole):
    statuses, done = [], threading.Event()

    def keep_posting():
        while not done.wait(0.01):
            statuses.append(whole.post("empresa").status_code)

    with ThreadPoolExecutor(1) as pool:
        posting = pool.submit(keep_posting)
        try:
            for server in whole.of("empresa"):
                server.stop()
                server.start()
                time.sleep(10)  # for as long nginx leaves out who failed
        finally:
            done.set()
        posting.result()
    assert set(statuses) == {200}
    assert len(statuses) > 10


def test_no_log_shows_a_secret(whole):
    provoke(whole)
    assert_secrets_are_in_no_log(whole)
