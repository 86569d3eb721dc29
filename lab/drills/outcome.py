"""What came of a drill."""

from dataclasses import dataclass, field


class ImpossibleError(Exception):
    """The fault can't be made on this machine; its text says why."""


@dataclass
class Outcome:
    """Mails and events, before and after.

    :ivar sent: mails that Odoo had to send
    :ivar received: of these, by the provider
    :ivar doubled: mails that the provider received more than once
    :ivar posted: different events that the provider posted
    :ivar stored: of the events, those that are in Odoo
    :ivar applied: of the events, those that the job has applied
    :ivar twice: effects that an event had more than once
    :ivar notes: figures of the drill itself
    :ivar failures: what else went wrong
    """

    sent: int = 0
    received: int = 0
    doubled: int = 0
    posted: int = 0
    stored: int = 0
    applied: int = 0
    twice: int = 0
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Mails that did not arrive, and events that had no effect."""
        return self.sent - self.received + self.posted - self.applied

    @property
    def is_good(self) -> bool:
        """Nothing lost, nothing twice, and the drill did what it says."""
        return (
            not self.failures
            and self.sent == self.received
            and self.posted == self.stored == self.applied
            and self.twice == self.doubled == 0
        )

    def add(self, other: "Outcome") -> None:
        """Count another's mails and events too."""
        for name in ("sent", "received", "doubled", "posted", "stored", "applied", "twice"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failures += other.failures

    def require(self, is_so: bool, what: str) -> None:
        """Note a failure unless it is so."""
        if not is_so:
            self.failures.append(what)
