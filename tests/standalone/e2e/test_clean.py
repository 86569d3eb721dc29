"""`make clean` where the databases are on somebody else's PostgreSQL server."""

import os
import shutil
import subprocess
import sys
from contextlib import closing

from dev.databases import database_exists, drop_database, full_name
from dev.paths import ROOT, VENV_PYTHON
from dev.sql import connect

_MAKE_ONE = """
from contextlib import closing
from dev.databases import full_name
from dev.postgres import postgres
from dev.sql import connect
with postgres() as pg, closing(connect(pg, "postgres")) as connection:
    connection.autocommit = True
    name = full_name(pg, "test")
    connection.cursor().execute(f'CREATE DATABASE "{name}"')
    print(name)
"""


def run(checkout, *command, **env):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=checkout,
        env={**inherited, "PYTHONPATH": str(checkout), **env},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_drops_the_databases_that_it_made_and_no_other(pg, tmp_path):
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "dev", checkout / "dev")
    (checkout / ".dev").mkdir()
    (checkout / ".dev" / "venv").symlink_to(VENV_PYTHON.parents[1])
    ours = full_name(pg, "clean")
    try:
        execute_alone(pg, f'CREATE DATABASE "{ours}"')
        made = run(checkout, "-c", _MAKE_ONE, **pg.env()).strip()
        assert database_exists(pg, made)
        printed = run(checkout, "-m", "dev.clean")  # in a shell without PGHOST
        assert not database_exists(pg, made), printed
        assert database_exists(pg, ours)
    finally:
        drop_database(pg, ours)
    assert not (checkout / ".dev").exists()
    assert VENV_PYTHON.exists()


def execute_alone(pg, statement):
    with closing(connect(pg, "postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)
