"""What can go wrong with a provider, and plans of it made at random from a seed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from enum import Enum
from random import Random
from typing import TypeVar


class ApiFault(Enum):
    """What goes wrong with a call to the API."""

    # of a call that sends, before anything of it is accepted
    RATE_LIMITED = "429"
    REFUSED = "refused as a whole"
    DOWN = "5xx"
    RESET = "closed without an answer"
    # of a call that sends, all of whose good mails are accepted
    SLOW = "answered late"
    ACCEPTED_DOWN = "accepted, then 5xx"
    ACCEPTED_BROKEN = "accepted, then an answer that is not JSON"
    ACCEPTED_TRUNCATED = "accepted, then half an answer"
    ACCEPTED_EMPTY = "accepted, then an answer without a body"
    ACCEPTED_WRONG_TYPES = "accepted, then JSON of a wrong form"
    ACCEPTED_DRIPPING = "accepted, then an answer in small pieces"
    ACCEPTED_HANGING = "accepted, then a long silence and no answer"
    ACCEPTED_RESET = "accepted, then closed without an answer"
    # of a mail, at each try
    MAIL_REFUSED = "mail refused"
    MAIL_POISONED = "each call with the mail: 500"
    # of the account, for a while
    REVOKED = "credentials revoked"
    UNREACHABLE = "connections refused"
    # of a call that looks for a message; only Mailjet has such
    LOOK_UP_DOWN = "look-up: 429 or 5xx"
    LOOK_UP_BROKEN = "look-up: not what it should be"
    LOOK_UP_HANGING = "look-up: no answer"
    LOOK_UP_LAGGING = "message found only after a while"


class SmtpFault(Enum):
    """What goes wrong with an SMTP connection or a mail on it."""

    # of a connection
    GREETING_SLOW = "greeting late"
    GREETING_4XX = "421 as greeting"
    AUTH_4XX = "454 to AUTH"
    # of the account, for a while
    REVOKED = "credentials revoked"
    UNREACHABLE = "connections refused"
    # of a mail that is not accepted
    MAIL_4XX = "451 to MAIL"
    RCPT_4XX = "450 to RCPT"
    DATA_4XX = "451 to DATA"
    BYE = "421 to MAIL, and closed"
    CLOSED_AT_DATA = "closed at DATA"
    CLOSED_UNACCEPTED = "closed after the final dot, not accepted"
    FINAL_4XX = "451 after the final dot"
    FINAL_5XX = "554 after the final dot"
    # of a mail that is accepted
    SLOW = "answered late"
    CLOSED_ACCEPTED = "accepted, then closed after the final dot"
    HANGING_ACCEPTED = "accepted, then a long silence and closed"
    # of an address, at each try
    RCPT_5XX = "550 to RCPT"
    MAIL_POISONED = "each try to mail it: 451 after the final dot"


Fault = TypeVar("Fault", ApiFault, SmtpFault)


class FaultPlan:
    """Random faults: the same seed and rates give the same faults.

    Which fault a connection, a call or a mail meets follows from its number; whether an address is
    one that is refused or poisoned, from the address, so that each try meets the same.

    :param rates: fault → share of the connections, calls, mails or addresses that meet it
    :param patience: seconds of silence or dripping, and until a lagging message is found
    :param pause: seconds that credentials are revoked or connections refused
    :ivar met: how many met each fault
    """

    def __init__(
        self,
        seed: Hashable,
        rates: Mapping[ApiFault | SmtpFault, float],
        patience: float = 5.0,
        pause: float = 1.0,
    ):
        self.met: Counter[ApiFault | SmtpFault] = Counter()
        self.patience = patience
        self.pause = pause
        self._seed = seed
        self._rates = dict(rates)
        self._numbers: Counter[str] = Counter()
        self._lock = threading.Lock()

    def draw(self, faults: Iterable[Fault], what: str) -> tuple[Fault | None, Random]:
        """Draw at most one of the faults for the next ``what`` (a call, a mail …).

        :return: the fault, and what to draw its details from
        """
        with self._lock:
            self._numbers[what] += 1
            random = self._random(what, self._numbers[what])
            chosen = random.random()
            for fault in faults:
                chosen -= self._rates.get(fault, 0.0)
                if chosen < 0:
                    self.met[fault] += 1
                    return fault, random
        return None, random

    def strikes(self, fault: ApiFault | SmtpFault, what: str) -> bool:
        """Tell whether something, by its name, has a fault."""
        struck = self._random(fault.name, what).random() < self._rates.get(fault, 0.0)
        if struck:
            with self._lock:
                self.met[fault] += 1
        return struck

    def _random(self, *key: object) -> Random:
        return Random(repr((self._seed, *key)))
