"""The finding process of a real district, fitted to its own history: how often, where, when and what."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, cos, pi

import numpy as np
from shapely import Point

from dispatch.clocks import CITY_ZONE
from dispatch.disorder import CategoryRate, Rhythm
from dispatch.trouble_spots import KnownSpot
from geo.coordinates import LonLat
from geo.streets import Street, StreetId

LEAST_FINDINGS = 200
"""With fewer there is nothing to fit."""

_CELL_M = 25.0
_CLUSTERED = 2.0
"""A piece of a street with so many times its share of findings is a spot."""
_JULY = 200


@dataclass(frozen=True, slots=True)
class PastFinding:
    """What a history says of one finding."""

    at: datetime
    place: LonLat
    category: str
    street: StreetId | None
    by_resident: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """How a district's findings come about."""

    rates: tuple[CategoryRate, ...]
    popularity: Mapping[StreetId, float]
    spots: Mapping[StreetId, Sequence[KnownSpot]] | None
    rhythm: Rhythm
    patrols_a_day: float
    findings_a_day: float
    requests_a_day: float


class TooLittleHistoryError(ValueError):
    """There are too few findings to fit anything to."""


def fit_process(
    findings: Sequence[PastFinding], patrols: Sequence[tuple[StreetId, datetime]], streets: Iterable[Street]
) -> Process:
    """Fit to what was found on streets, and to when patrols set out."""
    known = {street.id: street for street in streets}
    on_streets = [one for one in findings if one.street in known]
    if len(on_streets) < LEAST_FINDINGS:
        raise TooLittleHistoryError
    days = _days(one.at for one in findings)
    residents = sum(one.by_resident for one in findings)
    by_street: dict[StreetId, list[PastFinding]] = {}
    for one in on_streets:
        assert one.street is not None
        by_street.setdefault(one.street, []).append(one)
    walked = Counter(street for street, _ in patrols)
    return Process(
        tuple(_rates(on_streets)),
        {name: float(max(walked[name], 0.5)) ** 2 for name in known},  # plans walk by its square root
        {name: _spots(known[name], found, walked[name]) for name, found in by_street.items()},
        _rhythm([at for _, at in patrols]),
        len(patrols) / days,
        (len(findings) - residents) / days,
        residents / days,
    )


def _days(instants: Iterable[datetime]) -> float:
    stamps = sorted(instants)
    return max(ceil((stamps[-1] - stamps[0]) / timedelta(days=1)), 1)


def _rates(findings: Sequence[PastFinding]) -> list[CategoryRate]:
    by_category: dict[str, list[datetime]] = {}
    for one in findings:
        by_category.setdefault(one.category, []).append(one.at.astimezone(CITY_ZONE))
    return [_rate(code, times) for code, times in sorted(by_category.items())]


def _rate(code: str, times: Sequence[datetime]) -> CategoryRate:
    """When a category shows itself: the hour on a circle, July against January, weekend against workday."""
    hours = np.array([at.hour + at.minute / 60 for at in times]) * (2 * pi / 24)
    mean = np.exp(1j * hours).mean()
    peak = float(np.angle(mean) * 24 / (2 * pi)) % 24
    length = min(max(float(abs(mean)), 1e-3), 0.999)
    spread = float(np.sqrt(-2 * np.log(length))) * 24 / (2 * pi)
    season = float(np.mean([cos(2 * pi * (at.timetuple().tm_yday - _JULY) / 365) for at in times]))
    weekend = sum(at.weekday() >= 5 for at in times) / len(times)
    covers_a_year = (max(times) - min(times)).days >= 300
    return CategoryRate(
        code,
        float(len(times)),
        peak,
        min(max(spread, 1.0), 8.0),
        float(np.clip(2 * season / 0.6, -1, 1)) if covers_a_year else 0.0,
        float(np.clip((weekend / 2) / max((1 - weekend) / 5, 1e-6), 0.2, 3.0)),
    )


def _spots(street: Street, findings: Sequence[PastFinding], walked: int) -> list[KnownSpot]:
    """Pieces of the street with far more than their share; the rest lies scattered along all of it.

    Weights are findings a walk, since a plan draws them for each walk anew.
    """
    fractions = np.array([street.centreline.project(Point(*one.place), normalized=True) for one in findings])
    cells = max(round(street.length_m / _CELL_M), 1)
    cell = np.minimum((fractions * cells).astype(int), cells - 1)
    counts = np.bincount(cell, minlength=cells)
    per_walk = 1 / max(walked, 1)
    spots = []
    scattered = len(findings)
    for place in np.flatnonzero(counts >= max(_CLUSTERED * len(findings) / cells, 3)):
        mine = np.flatnonzero(cell == place)
        code, _ = Counter(findings[int(index)].category for index in mine).most_common(1)[0]
        spread = max(float(fractions[mine].std()) * street.length_m, 5.0)
        spots.append(KnownSpot(float(fractions[mine].mean()), spread, len(mine) * per_walk, code))
        scattered -= len(mine)
    return [KnownSpot(0.5, street.length_m, max(scattered, 0.2) * per_walk, None), *spots]


def _rhythm(starts: Sequence[datetime]) -> Rhythm:
    if len(starts) < LEAST_FINDINGS:
        return Rhythm()
    local = [at.astimezone(CITY_ZONE) for at in starts]
    hours, weekdays = Counter(at.hour for at in local), Counter(at.weekday() for at in local)
    return Rhythm(
        tuple(float(hours[hour]) for hour in range(24)), tuple(float(weekdays[day]) + 0.1 for day in range(7))
    )
