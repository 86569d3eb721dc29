"""One target, searched by libFuzzer in a process of its own: `python -m lab.fuzz.target NAME …`.

Further arguments are libFuzzer's. What the search finds it writes to where they say.
"""

import os
import random
import sys
from collections.abc import Callable

import atheris

from lab.fuzz import hostile, invariants
from lab.fuzz.addon import PACKAGE
from lab.fuzz.conversation import STATUSES, TOKEN, Conversation

with atheris.instrument_imports(include=[PACKAGE]):
    from addon_without_odoo.webhook import authentication, rows
    from addon_without_odoo.webhook.server import connection, receiver

# Of all bodies: the others are the bytes that libFuzzer makes of what it knows.
_INVENTED = 0.3


def mailjet(body: bytes) -> None:
    invariants.check(rows.tracking_rows, "mailjet", body)


def aldeamo(body: bytes) -> None:
    invariants.check(rows.tracking_rows, "aldeamo", body)


def http(data: bytes) -> None:
    """The first byte says into which pieces the others fall; `TOKEN` stands for the webhook's."""
    stream = data[1:].replace(b"TOKEN", TOKEN.encode())
    for size in (1 + data[0] if data else 1, max(1, len(stream))):
        conversation = Conversation(connection, receiver, authentication)
        statuses = set(conversation.run(stream, size))
        assert statuses <= STATUSES, statuses


def wire() -> Callable[[bytes], None]:
    from lab.fuzz.wire import Wire

    over_the_wire = Wire(os.environ)

    def post(body: bytes) -> None:
        # Translated here as well: for libFuzzer to see what is new, and to know what to look for.
        for code in over_the_wire.codes:
            expected = invariants.check(rows.tracking_rows, code, body)
            over_the_wire.post(code, body, {row["fingerprint"] for row in expected})

    return post


def _mutated(data: bytes, max_size: int, seed: int) -> bytes:
    choose = random.Random(seed)
    if choose.random() < _INVENTED:
        return hostile.event(choose)[:max_size]
    return bytes(atheris.Mutate(data, max_size))


def main(name: str) -> None:
    """Search until libFuzzer's arguments end it."""
    targets = {"mailjet": mailjet, "aldeamo": aldeamo, "http": http}
    one = targets.get(name) or wire()
    mutator = {} if name == "http" else {"custom_mutator": _mutated}
    atheris.Setup(sys.argv, one, **mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv.pop(1))
