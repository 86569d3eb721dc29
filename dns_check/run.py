# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Runs all checks of several domains at the same time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sized
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack

from .alignment import check_alignment
from .cnames import check_return_path, check_tracking
from .context import Context
from .dkim.check import check_dkim
from .dmarc.check import check_dmarc
from .expectations import Expectations
from .mx import check_mx
from .names import BadNameError, domain_to_ascii
from .net.resolver import PARALLEL, Resolver, ResolverSettings
from .net.wire import Wire
from .ownership import check_ownership
from .policies import check_bimi, check_mta_sts, check_tls_rpt
from .result import CHECKS, Problem, Result, conclude
from .spf.check_provider import check_spf_esp
from .spf.check_record import check_spf
from .spf.spf import Spf
from .stale import with_stale_caches

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
# Threads of all domains together, for questions and for checks. Each domain has its share, so that
# no domain waits for another one.
MAX_QUESTIONS = 400
MAX_CHECKS = 200
MIN_SHARE = 4


def check_domains(
    expectations: Mapping[str, Expectations | None], settings: ResolverSettings | None = None
) -> Iterator[tuple[str, Result]]:
    """Check several domains at the same time, within one deadline, and yield results as they come.

    What was not answered at the deadline is `unknown`. Each call asks the DNS again.

    :param expectations: by domain; None: nothing is known about the provider
    :return: iterator over (domain as given, result); for each domain one result of each check
    :raises ValueError: one of the name servers isn't an address
    """
    settings = settings or ResolverSettings()
    until = time.monotonic() + settings.deadline
    parallel = min(PARALLEL, _share(MAX_QUESTIONS, expectations))
    with ExitStack() as stack:
        wire = Wire()
        stack.callback(wire.close)
        contexts: dict[str, Context] = {}
        resolvers: dict[str, Resolver] = {}
        for domain, expected in expectations.items():
            resolver = stack.enter_context(Resolver(settings, until, parallel, wire))
            try:
                name = domain_to_ascii(domain)
            except BadNameError:
                yield from ((domain, _bad_name(check, domain)) for check in CHECKS)
            else:
                contexts[domain] = Context(name, expected or Expectations(), resolver)
                resolvers[domain] = resolver
        if contexts:
            yield from _run(contexts, resolvers, stack)


def _share(threads: int, domains: Sized) -> int:
    return max(threads // max(len(domains), 1), MIN_SHARE)


def _run(
    contexts: dict[str, Context], resolvers: dict[str, Resolver], stack: ExitStack
) -> Iterator[tuple[str, Result]]:
    workers = min(len(_SINGLE) + 1, _share(MAX_CHECKS, contexts))
    tasks: dict[Future[list[Result]], str] = {}
    records = {domain: Spf(context) for domain, context in contexts.items()}
    # The longest chains of questions come first, for all domains: the rest is done meanwhile.
    for domain, spf in records.items():
        spf.prefetch(resolvers[domain])
    for domain, context in contexts.items():
        pool = ThreadPoolExecutor(workers, thread_name_prefix="dns-check")
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        resolver = resolvers[domain]
        tasks[pool.submit(_both_spf, records[domain], resolver)] = domain
        for name, function in _SINGLE.items():
            tasks[pool.submit(_single, resolver, context.domain, name, function, context)] = domain
    found: dict[str, dict[str, Result]] = {domain: {} for domain in contexts}
    for future in as_completed(tasks):
        domain = tasks[future]
        for result in future.result():
            found[domain][result.name] = result
            yield domain, result
        needed = [found[domain].get(name) for name in _ALIGNMENT_NEEDS]
        if all(needed) and "alignment" not in found[domain]:
            context, resolver = contexts[domain], resolvers[domain]
            (result,) = _single(
                resolver, context.domain, "alignment", check_alignment, context, *needed
            )
            found[domain]["alignment"] = result
            yield domain, result


def _both_spf(spf: Spf, resolver: Resolver) -> list[Result]:
    # One after the other, because the second uses what the first has computed.
    domain = spf.context.domain
    return [
        *_single(resolver, domain, "spf", check_spf, spf),
        *_single(resolver, domain, "spf_esp", check_spf_esp, spf),
    ]


def _single(
    resolver: Resolver, domain: str, name: str, function: Callable[..., Result], *arguments: object
) -> list[Result]:
    """Return the result of one check in a list. An error in it must not stop the other checks.

    If the zone's servers are asked, it also tells what caches still have.
    """
    try:
        result = function(*arguments)
        is_direct = resolver.settings.authoritative
        return [with_stale_caches(resolver, domain, result) if is_direct else result]
    except BadNameError as error:
        return [_bad_name(name, error)]
    except Exception:
        _logger.exception("The DNS check %s failed", name)
        return [conclude(name, [Problem.of("internal")])]


def _bad_name(check: str, name: object) -> Result:
    return conclude(check, [Problem.of("bad_name", name=str(name))])
