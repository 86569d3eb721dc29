# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is a domain ready to send through a provider, and if not, what is to be published?

Pure Python without Odoo: checks over a resolver. What is known about one provider comes in through
`Expectations`. Nothing here raises because of what the DNS says, or because it says nothing.
"""

from .expectations import Cname, DkimKey, Expectations
from .messages import MESSAGES
from .net.resolver import ResolverSettings
from .result import ACTIONS, CHECKS, STATUSES, Check, Operation, Problem, Result
from .run import run
from .text import Text


def check(domain, expectations=None, settings=None):
    """Check one domain.

    :param str domain: as people write it; internationalised, too
    :param Expectations expectations: what the provider wants
    :param ResolverSettings settings: whom to ask and how long
    :return: one `Result` for each of `CHECKS`, in that order
    :rtype: list[Result]
    """
    results = check_domains({domain: expectations}, settings)
    found = {result.name: result for _domain, result in results}
    return [found[name] for name in CHECKS]


def check_domains(expectations, settings=None):
    """Check several domains at once, within one deadline, and yield results as they come.

    What was not answered at the deadline is `unknown`. Each call asks anew.

    :param dict[str, Expectations] expectations: by domain
    :return: iterator over (domain as given, `Result`); for each domain one result a check
    :raises ValueError: when one of the name servers isn't an address
    """
    return run(expectations, settings)
