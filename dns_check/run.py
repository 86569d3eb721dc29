# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All checks of several domains, side by side."""

import logging
from concurrent.futures import ThreadPoolExecutor, as_completed

from .alignment import check_alignment
from .cnames import check_return_path, check_tracking
from .context import Context
from .dkim import check_dkim
from .dmarc import check_dmarc
from .expectations import Expectations
from .mx import check_mx
from .names import BadNameError, domain_to_ascii
from .ownership import check_ownership
from .policies import check_bimi, check_mta_sts, check_tls_rpt
from .resolver import Resolver, ResolverSettings
from .result import CHECKS, Problem, conclude
from .spf.check_provider import check_spf_esp
from .spf.check_record import check_spf
from .spf.spf import Spf
from .stale import with_stale_caches
from .text import _

_logger = logging.getLogger(__name__)

_SINGLE = {
    "ownership": check_ownership,
    "dkim": check_dkim,
    "dmarc": check_dmarc,
    "mx": check_mx,
    "return_path": check_return_path,
    "tracking": check_tracking,
    "mta_sts": check_mta_sts,
    "tls_rpt": check_tls_rpt,
    "bimi": check_bimi,
}
_ALIGNMENT_NEEDS = ("dkim", "spf_esp", "dmarc", "return_path")
# Checks at work at a time; they only wait for the DNS.
MAX_WORKERS = 40


def run(expectations, settings):
    """Yield (domain as given, `Result`) as the checks of several domains end.

    :param dict expectations: `Expectations`, or None, by domain
    :param ResolverSettings settings: or None for the default
    :raises ValueError: when one of the name servers isn't an address
    """
    with Resolver(settings or ResolverSettings()) as resolver:
        contexts = {}
        for domain, expected in expectations.items():
            try:
                name = domain_to_ascii(domain)
            except BadNameError:
                yield from ((domain, _bad_name(check, domain)) for check in CHECKS)
            else:
                contexts[domain] = Context(name, expected or Expectations(), resolver)
        if contexts:
            yield from _run(contexts)


def _run(contexts):
    workers = min(MAX_WORKERS, len(contexts) * (len(_SINGLE) + 1))
    pool = ThreadPoolExecutor(workers, thread_name_prefix="dns-check")
    try:
        tasks = {}
        for domain, context in contexts.items():
            spf = Spf(context)
            spf.prefetch()
            tasks[pool.submit(_both_spf, spf)] = domain
            for name, function in _SINGLE.items():
                tasks[pool.submit(_single, name, _with_caches(function), context)] = domain
        found = {domain: {} for domain in contexts}
        for future in as_completed(tasks):
            domain = tasks[future]
            for result in future.result():
                found[domain][result.name] = result
                yield domain, result
            needed = [found[domain].get(name) for name in _ALIGNMENT_NEEDS]
            if all(needed) and "alignment" not in found[domain]:
                (result,) = _single("alignment", check_alignment, contexts[domain], *needed)
                found[domain]["alignment"] = result
                yield domain, result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _both_spf(spf):
    # One after the other: the second draws on what the first has worked out.
    return [
        *_single("spf", _with_caches(lambda _context: check_spf(spf)), spf.context),
        *_single("spf_esp", check_spf_esp, spf),
    ]


def _with_caches(function):
    """Return a check that also says what caches still have, when the zone itself was asked."""

    def check(context):
        result = function(context)
        if context.resolver.settings.authoritative:
            result = with_stale_caches(context, result)
        return result

    return check


def _single(name, function, *arguments):
    """Return the result of one check in a list; one that fails must not take the others along."""
    try:
        return [function(*arguments)]
    except BadNameError as error:
        return [_bad_name(name, error)]
    except Exception:
        _logger.exception("The DNS check %s failed", name)
        return [
            conclude(
                name,
                [
                    Problem.of(
                        "internal",
                        "unknown",
                        _("This check could not be carried out; the server's log says why."),
                    )
                ],
            )
        ]


def _bad_name(check, name):
    return conclude(
        check,
        [
            Problem.of(
                "bad_name", "fail", _("“%(name)s” cannot be the name of a domain."), name=str(name)
            )
        ],
    )
