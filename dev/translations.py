"""`make translations`: the terms as they are now, in the template and in every language."""

import tempfile
from collections.abc import Container
from pathlib import Path

import polib

from dev.console import Stop, say, tail
from dev.databases import drop_database, fresh_database
from dev.odoo import odoo_command
from dev.paths import ADDON, LOGS, ROOT
from dev.postgres import Server, postgres
from dev.processes import run, run_as_command
from dev.sql import execute

_FOLDER = ROOT / "i18n"
# Odoo loads es.po before: what it says need not be said again.
_OVERLAYS = {"es_419"}


def main(_arguments: list[str]) -> int:
    """Write the files; return 0. What has no translation yet is said, and left empty."""
    with postgres() as pg:
        database = fresh_database(pg, "translations")
        terms = _ours(_exported(pg, database), _shared_records(pg, database))
        drop_database(pg, database)
    terms.save(str(_FOLDER / f"{ADDON}.pot"))
    for path in sorted(_FOLDER.glob("*.po")):
        language = _merged(terms, polib.pofile(str(path)), complete=path.stem not in _OVERLAYS)
        language.save(str(path))
        say(f"{path.name}: {len(language)}, to translate: {len(language.untranslated_entries())}")
    return 0


def _exported(pg: Server, database: str) -> polib.POFile:
    """Return what Odoo exports."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "translations.log"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{ADDON}.pot"
        options = [f"--i18n-export={path}", f"--modules={ADDON}", "--stop-after-init", "--no-http"]
        run([*odoo_command(pg, database), *options], pg.env(), log)
        if not path.exists():
            raise Stop(f"Odoo exported nothing (log: {log}):\n{tail(log)}")
        return polib.pofile(str(path))


def _shared_records(pg: Server, database: str) -> set[str]:
    """Return the models and fields of other addons that ours extends, as ``addon.name``.

    Odoo exports their labels with ours as well: left there, our words would replace Odoo's.
    """
    rows = execute(
        pg,
        database,
        "SELECT ours.module || '.' || ours.name"
        "  FROM ir_model_data ours JOIN ir_model_data theirs USING (model, res_id)"
        " WHERE ours.module = %s AND theirs.module != ours.module",
        ADDON,
    )
    return {name for (name,) in rows}


def _ours(exported: polib.POFile, shared: Container[str]) -> polib.POFile:
    """Return the terms without those that only stand at records of other addons."""
    for entry in list(exported):
        entry.occurrences = [
            place for place in entry.occurrences if place[0].rpartition(":")[2] not in shared
        ]
        if not entry.occurrences:
            exported.remove(entry)
    return exported


def _merged(terms: polib.POFile, language: polib.POFile, complete: bool) -> polib.POFile:
    """Return a language's file with the terms of the template, and what it knows of them."""
    known = {entry.msgid: entry.msgstr for entry in language}
    merged = polib.POFile()
    merged.header, merged.metadata = language.header, language.metadata
    merged.metadata["POT-Creation-Date"] = terms.metadata["POT-Creation-Date"]
    for term in terms:
        if complete or term.msgid in known:
            merged.append(
                polib.POEntry(
                    msgid=term.msgid,
                    msgstr=known.get(term.msgid, ""),
                    occurrences=term.occurrences,
                    comment=term.comment,
                    flags=term.flags,
                )
            )
    return merged


if __name__ == "__main__":
    run_as_command(main)
