"""`make odoo`: odoo-bin on the development database."""

from dev.console import say
from dev.databases import database_exists, fresh_database, full_name
from dev.odoo import free_port, odoo_command
from dev.postgres import postgres
from dev.processes import run, run_as_command

_DATABASE = "development"


def main(arguments: list[str]) -> int:
    """Run odoo-bin with the arguments (a sub-command first, if any); return its exit status."""
    with postgres() as pg:
        database = full_name(pg, _DATABASE)
        if not database_exists(pg, database):
            fresh_database(pg, _DATABASE)
        program = odoo_command(pg, database)
        if arguments and not arguments[0].startswith("-"):
            program = odoo_command(pg, database, arguments.pop(0))
        else:
            port = free_port()
            program += [f"--http-port={port}", f"--gevent-port={free_port()}"]
            if "--stop-after-init" not in arguments:
                say(f"• Odoo on http://127.0.0.1:{port} (admin/admin), Ctrl-C stops it")
        return run([*program, *arguments], pg.env())


if __name__ == "__main__":
    run_as_command(main)
