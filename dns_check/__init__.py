# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is a domain ready to send through a provider, and if not, what must be published?

Pure Python without Odoo: checks that ask a resolver. `Expectations` tell what a provider wants.
No answer of the DNS, and no missing answer, raises an exception.
"""

from __future__ import annotations

from .expectations import Cname, DkimKey, Expectations
from .messages import MESSAGES
from .net.resolver import ResolverSettings
from .result import ACTIONS, CHECKS, STATUSES, Check, Operation, Problem, Result
from .run import check_domains
from .text import Text


def check(
    domain: str, expectations: Expectations | None = None, settings: ResolverSettings | None = None
) -> list[Result]:
    """Check one domain.

    :param domain: as people write it, also internationalized
    :return: one result for each of `CHECKS`, in that order
    :raises ValueError: one of the name servers isn't an address
    """
    results = check_domains({domain: expectations}, settings)
    found = {result.name: result for _domain, result in results}
    return [found[name] for name in CHECKS]
