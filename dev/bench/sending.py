"""Sending prepared mails by API, beside stock Odoo by SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from dev.bench import services
from dev.bench.figures import Run, summary
from dev.bench.lines import Line, faster, peer
from dev.bench.mailing import Mailing
from dev.bench.scale import Scale
from dev.console import step
from dev.odoo import Odoo
from dev.postgres import Server
from dev.sandbox import Sandbox
from dev.sandbox.provider import Provider

# Round trip in seconds -> how many times as fast as SMTP it must be.
_TIMES = {0.0: 4, 0.02: 8}


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure both at each round trip, in turn."""
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
        for latency, times in _TIMES.items():
            provider.api.latency = provider.smtp_latency = latency
            api, smtp = [], []
            with step(f"Sending {scale.mails} mails at {latency * 1000:g} ms, in turn"):
                for _ in range(scale.sending_passes):
                    api.append(_by_api(ours, provider, scale.mails))
                    smtp.append(_by_smtp(stock, provider, scale.mails))
            group = f"Sending {scale.mails} prepared mails"
            what = f"{latency * 1000:g} ms round trip"
            yield peer(group, f"stock SMTP, {what}", summary(smtp), _per_mail(smtp))
            yield faster(group, f"API, {what}", api, smtp, times, _per_mail(api))


def _by_api(odoo: Odoo, provider: Provider, mails: int) -> Run:
    mailing = Mailing(
        odoo, provider, mails, provider="mailjet", transport="api", api_url=provider.api_url
    )  # fmt: skip
    return _sent(mailing, mails)


def _by_smtp(odoo: Odoo, provider: Provider, mails: int) -> Run:
    return _sent(Mailing(odoo, provider, mails), mails)


def _sent(mailing: Mailing, mails: int) -> Run:
    mailing.prepare()
    return Run(mails, mailing.send())


def _per_mail(runs: list[Run]) -> str:
    return f"{1000 / summary(runs).rate:.1f} ms a mail"
