# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A header that Python's email package leaves as it is."""

from email.policy import Policy

MAX_LINE = 900  # characters; RFC 5322 2.1.1 allows 998


class Verbatim(str):
    """A header's ASCII value that goes out as it is.

    Python's email package encodes words that are longer than a line (RFC 2047), which Mailjet
    doesn't decode in its control headers. It leaves alone what knows how to fold itself.
    """

    name: str

    def __new__(cls, name: str, value: str) -> "Verbatim":
        self = super().__new__(cls, value)
        self.name = name
        return self

    def fold(self, *, policy: Policy) -> str:
        """Return the header's lines, broken at spaces only: that of `email.policy`."""
        lines = [f"{self.name}:"]
        for word in self.split(" "):
            if len(lines[-1]) + len(word) > MAX_LINE:
                lines.append("")
            lines[-1] += f" {word}"
        return policy.linesep.join([*lines, ""])
