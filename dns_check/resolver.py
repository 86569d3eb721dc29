# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whom to ask, and how long."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ResolverSettings:
    """Whom to ask, and how long.

    :param nameservers: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`;
        none stands for the system's
    :param timeout: seconds to wait before a try counts as unanswered and the next one is made
    :param tries: at most this many for one question
    :param deadline: seconds after which everything ends, and what isn't known is `unknown`
    :param authoritative: ask the servers of each zone themselves, to get round caches; the
        name servers are then only asked where those are
    :param authoritative_port: the port those listen on; other than 53 only in tests
    :param doh_url: ask this server by DNS over HTTPS (RFC 8484) instead of `nameservers`
    """

    nameservers: tuple[str, ...] = ()
    timeout: float = 1.5
    tries: int = 3
    deadline: float = 10.0
    authoritative: bool = False
    authoritative_port: int = 53
    doh_url: str | None = None
