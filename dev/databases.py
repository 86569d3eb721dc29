"""Databases with the addon installed, made by copying instead of installing.

Two templates are kept: Odoo with Mass Mailing alone, and a copy of it with the addon. The benchmark
has a third one, with the addon that it compares with. Each group of other addons whose tests are
run has two, without and with ours.
Their names have a digest of what they were made from: a change of the addon makes the second one
anew, a change of Odoo both.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from dev.console import Stop, say, step, tail
from dev.locks import exclusive
from dev.odoo import odoo_command
from dev.paths import ADDON, DATA, LOGS, ODOO_HOME, ROOT, addons_path
from dev.postgres import Server
from dev.processes import run
from dev.sql import connect, execute

_BASE_ADDON = "mass_mailing"
_BASE = "template_base_"
_ADDON = "template_addon_"
_PEER = "template_peer_"
_OCA = "template_oca_"
_TESTS = "template_tests_"

# What does not end up in a database.
_IGNORED_FOLDERS = {"tests", "dev", "lab", "docs", "__pycache__"}
_IGNORED_FILES = {"Makefile", "pyproject.toml"}
_IGNORED_SUFFIXES = {".md", ".rst", ".txt", ".pyc"}


def installed_database(pg: Server) -> str:
    """Return the template database that has the addon installed; make it if need be.

    :raises Stop: the addon cannot be installed, with the end of Odoo's log
    """
    with exclusive("databases", "another command is preparing the databases"):
        return _template(pg)


def fresh_database(pg: Server, name: str) -> str:
    """Make the database `name` anew as a copy of the template; return its full name."""
    return _fresh(pg, name, _template)


def fresh_base_database(pg: Server, name: str) -> str:
    """Make the database `name` anew with Mass Mailing but not the addon; return its full name."""
    return _fresh(pg, name, _base_template)


def fresh_peer_database(pg: Server, name: str, addon: str, folder: Path) -> str:
    """Make the database `name` anew with Mass Mailing and somebody else's addon, which is in the
    folder with what it depends on; return its full name."""

    def template(pg: Server) -> str:
        digest = _digest(_odoo_state(), *_addon_files(folder))
        return _made(pg, _PEER, digest, addon, _base_template, folder)

    return _fresh(pg, name, template)


def fresh_oca_database(
    pg: Server, name: str, group: str, addons: Sequence[str], folder: Path, ours: bool
) -> str:
    """Make the database `name` anew with Mass Mailing, a group of the OCA's addons, Odoo's demo
    data, which their tests are about, and, if so wanted, our addon; return its full name."""
    return _fresh_beside(pg, name, f"{_OCA}{group}_", addons, ours, folder, demo=True)


def fresh_tests_database(pg: Server, name: str, addons: Sequence[str], ours: bool) -> str:
    """Make the database `name` anew with Mass Mailing, addons of Odoo's that hold tests and, if so
    wanted, our addon; return its full name."""
    return _fresh_beside(pg, name, _TESTS, addons, ours)


def database_exists(pg: Server, name: str) -> bool:
    """Tell whether there is a database of this full name."""
    return name in _existing(pg)


def full_name(pg: Server, name: str) -> str:
    """Return the name that a database of this checkout has on the server."""
    return pg.database_prefix + name


def drop_database(pg: Server, name: str) -> None:
    """Drop the database of this full name, if it exists, and its file store."""
    with _maintenance(pg) as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    shutil.rmtree(_filestore(name), ignore_errors=True)


def drop_all(pg: Server) -> None:
    """Drop every database of this checkout on a server that it shares with others."""
    for name in _existing(pg):
        if pg.database_prefix and name.startswith(pg.database_prefix):
            drop_database(pg, name)


def _fresh(pg: Server, name: str, template: Any) -> str:
    target = full_name(pg, name)
    with exclusive("databases", "another command is preparing the databases"):
        copy_database(pg, template(pg), target)
    return target


def _fresh_beside(
    pg: Server,
    name: str,
    kind: str,
    addons: Sequence[str],
    ours: bool,
    folder: Path | None = None,
    demo: bool = False,
) -> str:
    wanted = ",".join([_BASE_ADDON, *addons])
    digest = _digest(_odoo_state(), wanted, *(_addon_files(folder) if folder else ()))
    # Demo data comes with the first installation only.
    base = None if demo else _base_template

    def without(pg: Server) -> str:
        return _made(pg, f"{kind}without_", digest, wanted, base, folder, demo)

    def template(pg: Server) -> str:
        if not ours:
            return without(pg)
        both = _digest(digest, *_addon_files(ROOT))
        return _made(pg, f"{kind}with_", both, ADDON, without, folder, demo)

    return _fresh(pg, name, template)


def _template(pg: Server) -> str:
    return _made(pg, _ADDON, _digest(_odoo_state(), *_addon_files(ROOT)), ADDON, _base_template)


def _base_template(pg: Server) -> str:
    return _made(pg, _BASE, _digest(_odoo_state()), _BASE_ADDON, None)


def _made(
    pg: Server,
    kind: str,
    digest: str,
    addons: str,
    source: Any,
    folder: Path | None = None,
    demo: bool = False,
) -> str:
    name = full_name(pg, kind + digest)
    if name in _existing(pg):
        return name
    origin = source(pg) if source else None
    for old in _existing(pg):
        if old.startswith(full_name(pg, kind)):
            drop_database(pg, old)
    # Renamed when complete, so that an interrupted installation is never taken for a template.
    building = full_name(pg, "building")
    drop_database(pg, building)
    with step(f"Database with {addons}"):
        if origin:
            copy_database(pg, origin, building)
        _install(pg, building, addons, folder, demo)
        with _maintenance(pg) as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )
        shutil.rmtree(_filestore(name), ignore_errors=True)
        if _filestore(building).exists():
            _filestore(building).rename(_filestore(name))
    return name


def _install(pg: Server, database: str, addons: str, folder: Path | None, demo: bool) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    *_others, addon = addons.split(",")
    path = LOGS / f"install-{addon}.log"
    options = [f"--init={addons}", "--stop-after-init", "--no-http"]
    if not demo:
        options.append("--without-demo=all")
    if folder:
        options.append(f"--addons-path={addons_path()},{folder}")
    status = run([*odoo_command(pg, database), *options], pg.env(), path)
    # Odoo ends with 0 also when it skips an addon that it cannot find.
    if status or not _are_installed(pg, database, addons.split(",")):
        raise Stop(f"{addons} could not be installed (log: {path}):\n{tail(path)}")
    for line in path.read_text(errors="replace").splitlines():
        if f".{ADDON}" in line and " WARNING " in line:
            say(f"  {line}")


def _are_installed(pg: Server, database: str, addons: Sequence[str]) -> bool:
    installed = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return {(addon,) for addon in addons} <= set(execute(pg, database, installed))


def copy_database(pg: Server, source: str, target: str) -> None:
    """Make a database, by its full name, a copy of another one, which nobody may use meanwhile."""
    drop_database(pg, target)
    with _maintenance(pg) as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )
    if _filestore(source).exists():
        # Odoo names these files after their content and never changes one.
        shutil.copytree(_filestore(source), _filestore(target), copy_function=os.link)


def _filestore(database: str) -> Path:
    return DATA / "filestore" / database


def _existing(pg: Server) -> list[str]:
    with _maintenance(pg) as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def _maintenance(pg: Server) -> Iterator[Any]:
    try:
        connection = connect(pg, "postgres")
    except psycopg2.OperationalError as error:
        raise Stop(f"PostgreSQL cannot be reached: {error}") from None
    with closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _odoo_state() -> str:
    """Return what changes when the Odoo tree is replaced or updated.

    Reading its forty thousand files would take longer than the installation saves.
    """
    reflog = ODOO_HOME / ".git" / "logs" / "HEAD"
    moves = reflog.read_text() if reflog.exists() else ""
    release = (ODOO_HOME / "odoo" / "release.py").stat()
    return f"{ODOO_HOME} {release.st_mtime_ns} {moves}"


def _addon_files(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in _IGNORED_FOLDERS and not name.startswith(".")
        )
        for name in sorted(files):
            path = Path(folder, name)
            if name in _IGNORED_FILES or name.startswith(".") or path.suffix in _IGNORED_SUFFIXES:
                continue
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            yield f"{path.relative_to(root)} {content}"
