"""Sending by API and by SMTP through the outbox, beside stock Odoo by SMTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from dev.console import step
from dev.postgres import Server
from lab.bench import services
from lab.bench.figures import Run, summary
from lab.bench.lines import Line, faster, peer
from lab.bench.mailing import Mailing
from lab.bench.scale import Scale
from lab.sandbox import Sandbox

_FAR = 0.1  # seconds: stock Odoo needs half a second for a mail there


@dataclass(frozen=True)
class _Way:
    """A way to send.

    :param values: of the mail server
    :param sending: round trip in seconds -> how many times as fast as stock SMTP prepared mails
        must leave
    :param whole: the same of a whole mailing, with Odoo's composing
    """

    name: str
    values: Mapping[str, Any]
    sending: Mapping[float, float]
    whole: Mapping[float, float]


_WAYS = (
    _Way("API", {"transport": "api"}, {0.0: 3, 0.02: 12, _FAR: 35}, {0.0: 2, 0.02: 7}),
    _Way("SMTP, 4 connections", {"connection_count": 4}, {0.0: 2.3, 0.02: 4}, {}),
    _Way("SMTP, 10 connections", {"connection_count": 10}, {0.02: 7, _FAR: 8.5}, {}),
)
_LATENCIES = (0.0, 0.02, _FAR)


@dataclass(frozen=True)
class _Pass:
    """A mailing that was sent: the mails that Odoo had prepared, and all from *Send* on."""

    sending: Run
    whole: Run


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure all ways at each round trip, in turn."""
    with ExitStack() as running:
        sandbox = running.enter_context(Sandbox())
        provider = sandbox.mailjet
        trusted = {"REQUESTS_CA_BUNDLE": sandbox.ca_bundle}
        ours, stock = (
            running.enter_context(
                services.odoo(
                    pg,
                    running.enter_context(services.database(pg, name, name == "stock")),
                    cron_workers=0,
                    env=trusted,
                )
            )
            for name in ("sending", "stock")
        )
        api_url = {"provider": "mailjet", "api_url": provider.api_url}
        for latency in _LATENCIES:
            mails = scale.far_mails if latency == _FAR else scale.mails
            ways = [way for way in _WAYS if latency in way.sending]
            beside: list[_Pass] = []
            passes: dict[str, list[_Pass]] = {way.name: [] for way in ways}
            provider.api.latency = provider.smtp_latency = latency
            with step(f"Sending {mails} mails at {latency * 1000:g} ms, in turn"):
                for _ in range(scale.sending_passes):
                    beside.append(_sent(Mailing(stock, provider, mails), mails))
                    for way in ways:
                        mailing = Mailing(ours, provider, mails, **api_url, **way.values)
                        passes[way.name].append(_sent(mailing, mails))
            provider.received.clear()
            yield from _lines("prepared mails", "sending", latency, mails, ways, beside, passes)
            ways = [way for way in ways if latency in way.whole]
            if ways:
                yield from _lines("a whole mailing", "whole", latency, mails, ways, beside, passes)


def _sent(mailing: Mailing, mails: int) -> _Pass:
    composing = mailing.prepare()
    sending = mailing.send()
    return _Pass(Run(mails, sending), Run(mails, composing + sending))


def _lines(
    what: str,
    kind: str,
    latency: float,
    mails: int,
    ways: list[_Way],
    beside: list[_Pass],
    passes: Mapping[str, list[_Pass]],
) -> Iterator[Line]:
    """Yield the line of stock SMTP, and one of each way.

    :param kind: of the figures, and of the budgets
    """
    group = f"Sending {what}, until the provider has them and Odoo has written that down"
    where = f"{latency * 1000:g} ms round trip, {mails} mails"
    stock = [getattr(one, kind) for one in beside]
    yield peer(group, f"stock SMTP, {where}", summary(stock), _per_mail(stock))
    for way in ways:
        runs = [getattr(one, kind) for one in passes[way.name]]
        times = getattr(way, kind)[latency]
        yield faster(group, f"{way.name}, {where}", runs, stock, times, _per_mail(runs))


def _per_mail(runs: list[Run]) -> str:
    return f"{1000 / summary(runs).rate:.1f} ms a mail"
