"""A day by the hour beside a usual one: whether this morning is busier than mornings are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from dispatch.clocks import CITY_ZONE
from dispatch.lifecycle import State
from dispatch.tales import Tale

HOURS = 24
USUAL_DAYS = 28
"""A usual day is the mean of so many before it, so that every weekday counts alike."""


@dataclass(frozen=True, slots=True)
class DayCurve:
    """What each hour of a day brought; `usual` is the mean of `usual_days` days before it."""

    begins: datetime
    reported: tuple[int, ...]
    settled: tuple[int, ...]
    usual_days: int
    usual_reported: tuple[float, ...]
    usual_settled: tuple[float, ...]


def day_begins(now: datetime) -> datetime:
    """When the city's day began to which a moment belongs."""
    return datetime.combine(now.astimezone(CITY_ZONE).date(), time(), CITY_ZONE)


def day_curve(tales: Iterable[Tale], now: datetime) -> DayCurve:
    """Count what was reported and settled, by hour, today and on the days before as far as any are known.

    What was dismissed or merged counts in neither.
    """
    begins = day_begins(now)
    earliest = begins - timedelta(days=USUAL_DAYS)
    today = [[0] * HOURS, [0] * HOURS]
    before = [[0] * HOURS, [0] * HOURS]
    first = begins
    for tale in tales:
        if tale.state in (State.DISMISSED, State.MERGED):
            continue
        first = min(first, tale.reported_at)
        for line, happened in enumerate((tale.reported_at, tale.resolved_at)):
            if happened is None or not earliest <= happened <= now:
                continue
            counts = today if happened >= begins else before
            counts[line][happened.astimezone(CITY_ZONE).hour] += 1
    days = min((begins - day_begins(first)).days, USUAL_DAYS)
    usual = [tuple(count / days if days else 0.0 for count in line) for line in before]
    return DayCurve(begins, tuple(today[0]), tuple(today[1]), days, usual[0], usual[1])
