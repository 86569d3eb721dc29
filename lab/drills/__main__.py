"""`make drills`: run the drills, or those named; the exit status is 1 if any failed."""

import argparse
import importlib
import pkgutil
import time
import traceback
from contextlib import ExitStack
from types import ModuleType

from dev.console import Stop, say, step
from dev.locks import exclusive
from dev.postgres import OwnServer
from dev.processes import run_as_command
from lab.drills import faults, loads
from lab.drills.outcome import ImpossibleError, Outcome
from lab.drills.world import World

_PACKAGES = {
    module.name: package.__name__
    for package in (faults, loads)
    for module in pkgutil.iter_modules(package.__path__)
}
_NAMES = list(_PACKAGES)
_HEADER = (
    f"{'':<28}{'mails':^15}{'events':^24}\n{'':<28}{'sent':>7}{'received':>9}"
    f"{'posted':>8}{'stored':>8}{'applied':>8}{'lost':>6}{'mails twice':>13}{'applied twice':>15}"
)


def main(arguments: list[str]) -> int:
    """Run drills; return 0 if all went well."""
    parser = argparse.ArgumentParser(prog="python -m lab.drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_NAMES))
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(_NAMES):
        parser.error(f"no drill: {', '.join(sorted(unknown))}; there are {', '.join(_NAMES)}")
    lines = []
    is_good = True
    with ExitStack() as running:
        running.enter_context(exclusive("drills", "other drills run in this checkout"))
        own = running.enter_context(OwnServer("drills"))
        world = running.enter_context(World(own.server, "drills", own))
        for name in options.names or _NAMES:
            line, is_fine = _run(name, world)
            lines.append(line)
            is_good = is_good and is_fine
            say(f"\n{_HEADER}\n{line}\n")
    say("\n".join(["", _HEADER, *lines]))
    return 0 if is_good else 1


def _run(name: str, world: World) -> tuple[str, bool]:
    """Run one drill; return its line of the table, and whether it went well."""
    drill: ModuleType = importlib.import_module(f"{_PACKAGES[name]}.{name}")
    what = (drill.__doc__ or "").partition("\n")[0]
    begun = time.monotonic()
    try:
        with step(f"{name}: {what}"):
            world.mend()
            outcome: Outcome = drill.run(world)
    except ImpossibleError as reason:
        return f"– {name:<26} left out: {reason}", True
    except (Stop, Exception) as error:  # noqa: BLE001 - the others are to be run all the same
        traceback.print_exc()
        return f"✗ {name:<26} broke down: {type(error).__name__}: {error}", False
    seconds = time.monotonic() - begun
    return f"{_line(name, outcome)}   {seconds:.0f} s{_remarks(outcome)}", outcome.is_good


def _line(name: str, outcome: Outcome) -> str:
    return (
        f"{'✓' if outcome.is_good else '✗'} {name:<26}{outcome.sent:>7}{outcome.received:>9}"
        f"{outcome.posted:>8}{outcome.stored:>8}{outcome.applied:>8}{outcome.lost:>6}"
        f"{outcome.doubled:>13}{outcome.twice:>15}"
    )


def _remarks(outcome: Outcome) -> str:
    return "".join(f"\n      {text}" for text in [*outcome.notes, *outcome.failures])


if __name__ == "__main__":
    run_as_command(main)
