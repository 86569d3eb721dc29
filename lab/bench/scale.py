"""The sizes of a whole run and of a quick one."""

from __future__ import annotations

from dataclasses import dataclass

# Requests in flight; the larger numbers are for the webhook server alone.
IN_FLIGHT = (1, 16, 64)
IN_FLIGHT_SERVER = (256,)
BURST = 1000


@dataclass(frozen=True)
class Scale:
    """Sizes of the measurements; times are seconds.

    :param passes: how often everything that is compared is measured in turn
    :param stock_backlog: whether a burst meets Odoo's own backlog, too: TCP tries again for long
    :param stored: sizes of the tables that events are applied in
    :param events_share: of the 20 000 events and 2000 bounces that are applied in a pass
    :param applying_passes: how often
    :param mails: how many are sent in a comparison
    :param far_mails: the same where each answer of the provider takes a tenth of a second
    :param sending_passes: how often, as sending takes long
    :param large_mails: how many large ones are sent while the memory is looked at
    :param disk_mails: how many the disk is measured with
    :param queue_mails: how many are being sent while the webhook is measured
    :param rates: events a second at which the p99 is looked for
    :param old: events that are deleted as too old
    :param dns_rounds: how often a domain is checked
    """

    passes: int
    seconds: float
    warm_up: float
    bursts: int
    stock_backlog: bool
    stored: tuple[int, ...]
    events_share: float
    applying_passes: int
    mails: int
    far_mails: int
    sending_passes: int
    large_mails: int
    disk_mails: int
    queue_mails: int
    rates: tuple[int, ...]
    rate_seconds: float
    old: int
    dns_rounds: int


FULL = Scale(
    passes=5,
    seconds=3,
    warm_up=2,
    bursts=5,
    stock_backlog=True,
    stored=(1_000, 10_000, 100_000, 1_000_000),
    events_share=1,
    applying_passes=3,
    mails=1000,
    far_mails=250,
    sending_passes=2,
    large_mails=1000,
    disk_mails=100_000,
    queue_mails=1500,
    rates=(50, 100, 200, 300, 400, 600, 1000, 2000, 3000, 4000, 6000),
    rate_seconds=8,
    old=1_000_000,
    dns_rounds=7,
)
QUICK = Scale(
    passes=1,
    seconds=0.4,
    warm_up=0.5,
    bursts=1,
    stock_backlog=False,
    stored=(1_000, 10_000),
    events_share=0.1,
    applying_passes=1,
    mails=105,
    far_mails=105,
    sending_passes=1,
    large_mails=50,
    disk_mails=10_000,
    queue_mails=320,
    rates=(),
    rate_seconds=0,
    old=20_000,
    dns_rounds=1,
)
