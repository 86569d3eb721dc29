"""`make dns-messages`: writes `docs/dns-messages.rst`, every message of the DNS checks."""

from dev.console import say
from dev.paths import ROOT
from dev.processes import run_as_command
from dns_check import MESSAGES, STATUSES

TARGET = ROOT / "docs" / "dns-messages.rst"
_HEAD = """\
=========================
Messages of the DNS check
=========================

.. ``make dns-messages`` makes this page of ``dns_check/messages.py``.

What the check of a domain can say: what is wrong, what that leads to, and what to do. "The change
shown below" is the operation that stands beside the message. Where there is none, the last column
has what to do by hand. Words such as ``%(name)s`` stand for what was found.
"""


def main(_arguments: list[str]) -> int:
    """Write the page; return 0."""
    TARGET.write_text(page(), encoding="utf-8")
    say(f"{TARGET.relative_to(ROOT)}: {len(MESSAGES)} messages")
    return 0


def page() -> str:
    """Return the page as reStructuredText."""
    rows = [("Message", "Verdict", "What is wrong", "What that leads to", "What to do", "By hand")]
    rows += [
        (
            f"``{code}``",
            STATUSES[message.status],
            message.wrong,
            message.leads_to,
            message.todo,
            message.by_hand,
        )
        for code, message in MESSAGES.items()
    ]
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 12 8 26 22 20 12", ""]
    for row in rows:
        cells = [_escaped(cell) for cell in row]
        lines += [f"   * - {cells[0]}", *(f"     - {cell}".rstrip() for cell in cells[1:])]
    return f"{_HEAD}\n" + "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Return a text in which nothing is taken for markup."""
    if text.startswith("``"):
        return text
    for mark in ("\\", "*", "`", "|"):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("_ ", "\\_ ").replace("_)", "\\_)")


if __name__ == "__main__":
    run_as_command(main)
