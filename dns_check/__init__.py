# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is a domain ready to send through a provider, and if not, what is to be published?

Pure Python without Odoo: checks over a resolver. What is known about one provider comes in through
`Expectations`. Nothing here raises because of what the DNS says, or because it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .expectations import Cname, DkimKey, Expectations
from .messages import MESSAGES
from .net.resolver import ResolverSettings
from .result import ACTIONS, CHECKS, STATUSES, Check, Operation, Problem, Result
from .run import run
from .text import Text


def check(
    domain: str, expectations: Expectations | None = None, settings: ResolverSettings | None = None
) -> list[Result]:
    """Check one domain.

    :param domain: as people write it; internationalised, too
    :param expectations: what the provider wants
    :param settings: whom to ask and how long
    :return: one `Result` for each of `CHECKS`, in that order
    """
    results = check_domains({domain: expectations}, settings)
    found = {result.name: result for _domain, result in results}
    return [found[name] for name in CHECKS]


def check_domains(
    expectations: Mapping[str, Expectations | None], settings: ResolverSettings | None = None
) -> Iterator[tuple[str, Result]]:
    """Check several domains at once, within one deadline, and yield results as they come.

    What was not answered at the deadline is `unknown`. Each call asks anew.

    :param expectations: by domain
    :return: iterator over (domain as given, `Result`); for each domain one result a check
    :raises ValueError: when one of the name servers isn't an address
    """
    return run(expectations, settings)
