"""How much is measured: enough to trust, or just enough to see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes of the measurements; times are seconds.

    :param passes: how often everything that is compared is measured in turn
    :param in_flight: requests at once
    :param in_flight_intake: more of them, which only a dedicated intake has to stand
    :param stored: sizes of the tables that events are applied in
    :param events_share: of the 20 000 events and 2000 bounces that are applied in a pass
    :param applying_passes: how often
    :param mails: how many are sent in a comparison
    :param sending_passes: how often, as sending takes long
    :param queue_mails: how many are being sent while the webhook is measured
    :param rates: events a second at which the p99 is looked for
    """

    passes: int
    seconds: float
    warm_up: float
    burst: int
    bursts: int
    in_flight: tuple[int, ...]
    in_flight_intake: tuple[int, ...]
    stored: tuple[int, ...]
    events_share: float
    applying_passes: int
    mails: int
    sending_passes: int
    latencies: tuple[float, ...]
    queue_mails: int
    rates: tuple[int, ...]
    rate_seconds: float


FULL = Scale(
    passes=5,
    seconds=3,
    warm_up=2,
    burst=1000,
    bursts=5,
    in_flight=(1, 16, 64),
    in_flight_intake=(256,),
    stored=(1_000, 10_000, 100_000, 1_000_000),
    events_share=1,
    applying_passes=3,
    mails=1000,
    sending_passes=2,
    latencies=(0.0, 0.02),
    queue_mails=1500,
    rates=(50, 100, 200, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 4000, 6000),
    rate_seconds=8,
)
QUICK = Scale(
    passes=3,
    seconds=0.8,
    warm_up=0.5,
    burst=1000,
    bursts=1,
    in_flight=(1, 16, 64),
    in_flight_intake=(256,),
    stored=(1_000, 10_000),
    events_share=0.15,
    applying_passes=1,
    mails=120,
    sending_passes=1,
    latencies=(0.0, 0.02),
    queue_mails=250,
    rates=(),
    rate_seconds=0,
)
