"""Judging positions as phones send them: a fix that cannot be right is kept, flagged and never used."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_AHEAD = timedelta(seconds=60)
"""How far a phone's clock may run ahead of ours."""
_FASTEST_M_PER_S = 200 / 3.6
_NULL_ISLAND_DEG = 0.01
_METRES_PER_DEGREE = 111_195.0
_KEEP_AFTER_M = 15.0


class FixFlag(StrEnum):
    """Why a fix is not used."""

    FUTURE = "future"
    NULL_ISLAND = "null_island"
    TOO_FAST = "too_fast"


@dataclass(frozen=True, slots=True)
class PhoneFix:
    """Where a phone was: WGS 84 degrees, its own time, the radius that it claims."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None


def flag_of(fix: PhoneFix, previous: PhoneFix | None, received_at: datetime) -> FixFlag | None:
    """Return why the fix cannot be right; None for one that can. `previous` is the last good one."""
    if fix.at > received_at + _AHEAD:
        return FixFlag.FUTURE
    if abs(fix.lon) < _NULL_ISLAND_DEG and abs(fix.lat) < _NULL_ISLAND_DEG:
        return FixFlag.NULL_ISLAND
    if previous is not None and previous.at != fix.at:
        slack_m = (fix.accuracy_m or 0.0) + (previous.accuracy_m or 0.0)
        apart_s = abs((fix.at - previous.at).total_seconds())
        if distance_m(previous, fix) - slack_m > _FASTEST_M_PER_S * apart_s:
            return FixFlag.TOO_FAST
    return None


def worth_keeping(fix: PhoneFix, kept: PhoneFix | None, every: timedelta) -> bool:
    """Whether the thinned track needs this fix after the last: one `every` so often, or where he moved."""
    return kept is None or fix.at - kept.at >= every or distance_m(kept, fix) >= _KEEP_AFTER_M


def distance_m(one: PhoneFix, other: PhoneFix) -> float:
    """Metres between two fixes, right to a fraction of a percent within a city."""
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot(east, one.lat - other.lat) * _METRES_PER_DEGREE
