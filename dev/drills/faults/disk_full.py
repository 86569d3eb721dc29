"""The disk with the events' tables is full for two seconds while events come in."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dev.drills.mailing import Mailing
from dev.drills.outcome import ImpossibleError, Outcome
from dev.drills.world import World
from dev.paths import STATE

_TABLES = ("mail_tracking", "mail_tracking_spool")
_MOUNT = STATE / "small-disk"
_SIZE = "64m"


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    if not world.own:
        raise ImpossibleError("somebody else's PostgreSQL")
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    with _small_disk(world) as place:
        for event in mailing.make_events():
            event["Payload"] = os.urandom(3000).hex()
        filler = place / "filler"

        def fill() -> None:
            with open(filler, "wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(65536))
            time.sleep(2)
            filler.unlink()

        report = mailing.post(fault=fill).report
        mailing.outcome.require(report.resent > 0, "nobody noticed")
        mailing.outcome.notes.append(f"requests sent again: {report.resent}")
        return mailing.count()


@contextmanager
def _small_disk(world: World) -> Iterator[Path]:
    """Move the tables to a disk of a few megabytes, and back."""
    _MOUNT.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0777", "tmpfs", str(_MOUNT)]
    if os.geteuid() or subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
        raise ImpossibleError("only root may mount a small disk, and not in every container")
    try:
        place = _MOUNT / "tables"
        place.mkdir()
        owner = world.own.data.stat()
        os.chown(place, owner.st_uid, owner.st_gid)
        _execute(world, f"CREATE TABLESPACE small_disk LOCATION '{place}'")
        for table in _TABLES:
            _execute(world, f"ALTER TABLE {table} SET TABLESPACE small_disk")
        try:
            yield _MOUNT
        finally:
            for table in _TABLES:
                _execute(world, f"ALTER TABLE {table} SET TABLESPACE pg_default")
            _execute(world, "DROP TABLESPACE small_disk")
    finally:
        subprocess.run(["umount", str(_MOUNT)], check=True)


def _execute(world: World, statement: str) -> None:
    """Execute what can't be done in a transaction."""
    connection = world.connect()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
