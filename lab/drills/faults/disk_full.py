"""The disk with the events' tables is full for two seconds while events come in."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dev.clean import unmount
from lab import small_disk
from lab.drills.mailing import Mailing
from lab.drills.outcome import ImpossibleError, Outcome
from lab.drills.world import World

_TABLES = ("mail_tracking", "mail_tracking_spool")


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
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
    _remove(world)  # what a killed command has left
    if not small_disk.mount():
        raise ImpossibleError("only root may mount a small disk, and not in every container")
    try:
        place = small_disk.PLACE / "tables"
        place.mkdir()
        owner = world.own_server().data.stat()
        os.chown(place, owner.st_uid, owner.st_gid)
        _execute(world, f"CREATE TABLESPACE small_disk LOCATION '{place}'")
        for table in _TABLES:
            _execute(world, f"ALTER TABLE {table} SET TABLESPACE small_disk")
        try:
            yield small_disk.PLACE
        finally:
            for table in _TABLES:
                _execute(world, f"ALTER TABLE {table} SET TABLESPACE pg_default")
    finally:
        _remove(world)


def _remove(world: World) -> None:
    """Leave neither the tablespace nor the disk behind, where they are."""
    try:
        _execute(world, "DROP TABLESPACE IF EXISTS small_disk")
    finally:
        unmount(small_disk.PLACE)


def _execute(world: World, statement: str) -> None:
    """Execute what can't be done in a transaction."""
    with closing(world.connect()) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
