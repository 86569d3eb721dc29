"""`make oca-tests`: do the OCA's addons for mail work beside ours, and ours beside theirs?

Runs their own tests twice, without and with our addon, and compares. Then runs our own tests of
what those addons promise: they look at the mails that the providers receive.
"""

from pathlib import Path

from dev import test
from dev.console import say
from dev.databases import fresh_oca_database
from dev.oca_addons import GROUPS, oca_folder
from dev.paths import ROOT
from dev.peer_tests import compare, run_tests
from dev.postgres import Server, postgres
from dev.processes import run_as_command

_PROMISES = ROOT / "tests" / "standalone" / "e2e" / "test_oca_promises.py"


def main(arguments: list[str]) -> int:
    """Run both parts, or the groups that are named and `promises`; return 0 if all is well."""
    folder = oca_folder()
    wanted = arguments or [*GROUPS, "promises"]
    unknown = set(wanted) - {*GROUPS, "promises"}
    if unknown:
        say(f"Not one of {', '.join([*GROUPS, 'promises'])}: {', '.join(sorted(unknown))}")
        return 2
    with postgres() as pg:
        well = [_compared(pg, group, folder) for group in GROUPS if group in wanted]
    if "promises" in wanted:
        well.append(test.main([str(_PROMISES)]) == 0)
    return 0 if all(well) else 1


def _compared(pg: Server, group: str, folder: Path) -> bool:
    addons = GROUPS[group]
    tags = ",".join(f"/{addon}" for addon in addons)
    outcomes = []
    for ours, label in ((False, "without the addon"), (True, "with the addon")):
        database = fresh_oca_database(pg, f"oca_{group}", group, addons, folder, ours)
        outcomes.append(run_tests(pg, database, f"of {', '.join(addons)} {label}", tags, folder))
    started = {name.partition(":")[0].partition(".")[0] for name in outcomes[0].started}
    for addon in sorted(set(addons) - started):
        say(f"has no tests: {addon}")
    return compare(*outcomes)


if __name__ == "__main__":
    run_as_command(main)
