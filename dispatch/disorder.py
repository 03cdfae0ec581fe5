"""What there is to find on the streets, and when: a seeded space-time process.

A street has a few *trouble spots* (a market corner, a school gate, a night kitchen), each with its own
hours, season and life span, over a thin background along the whole street. A patrol that walks the street
meets what the spots and the background hold at that hour; and one finding in a few calls another to the same
spot within days, as real disorder repeats itself nearby.

Everything is drawn from one `numpy` generator: the same seed gives the same year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from dispatch.trouble_spots import KnownSpot, Spot, draw_spots, place_spots
from geo.coordinates import LonLat, MetricPlane
from geo.streets import Street, StreetId

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WALKING_M_PER_S = 0.9
"""A patrol stops and looks: slower than the 1.2 m/s of somebody who only walks."""

HOURS_OF_PATROL: tuple[float, ...] = (
    0, 0, 0, 0, 0, 0, 1, 6, 9, 10, 9, 6, 3, 4, 8, 9, 9, 8, 6, 5, 3, 0, 0, 0,
)  # fmt: skip
WEEKDAYS_OF_PATROL: tuple[float, ...] = (1.05, 1.05, 1.05, 1.05, 1.1, 0.9, 0.8)


@dataclass(frozen=True, slots=True)
class CategoryRate:
    """How often a category turns up, and when: weights, not shares."""

    code: str
    weight: float
    peak_hour: float
    spread_h: float
    summer: float = 0.0
    """-1 … 1: how much more of it there is in July than in January."""
    weekend: float = 1.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When patrols set out: weights of the 24 hours, and of the weekdays from Monday."""

    hours: tuple[float, ...] = HOURS_OF_PATROL
    weekdays: tuple[float, ...] = WEEKDAYS_OF_PATROL


@dataclass(frozen=True, slots=True)
class PlannedPatrol:
    """One walk along one street, from its first to its last point or back."""

    street: StreetId
    starts_at: datetime
    lasts: timedelta
    backwards: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that a patrol comes upon: where, when and what it is."""

    patrol: int
    at: datetime
    place: LonLat
    category: str


@dataclass(frozen=True, slots=True)
class DisorderPlan:
    """What a stretch of days holds: its walks, and in time order what they find."""

    patrols: tuple[PlannedPatrol, ...]
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The streets' centrelines in metres, ready to be asked for the point at a fraction of the way."""

    plane: MetricPlane
    vertices: tuple[Floats, ...]
    distances: tuple[Floats, ...]

    def length_m(self, street: int) -> float:
        return float(self.distances[street][-1])

    def place(self, street: int, along_m: float, aside_m: float) -> LonLat:
        distances, vertices = self.distances[street], self.vertices[street]
        x = float(np.interp(along_m, distances, vertices[:, 0]))
        y = float(np.interp(along_m, distances, vertices[:, 1]))
        step = min(max(int(np.searchsorted(distances, along_m)), 1), len(distances) - 1)
        dx, dy = vertices[step] - vertices[step - 1]
        norm = float(np.hypot(dx, dy)) or 1.0
        lon, lat = self.plane.to_degrees(x - dy / norm * aside_m, y + dx / norm * aside_m)
        return LonLat(round(float(lon), 6), round(float(lat), 6))


def plan_disorder(
    streets: Sequence[Street],
    categories: Sequence[CategoryRate],
    *,
    starts_at: datetime,
    days: int,
    patrols: int,
    findings: int,
    seed: int,
    popularity: Mapping[StreetId, float] | None = None,
    spots: Mapping[StreetId, Sequence[KnownSpot]] | None = None,
    rhythm: Rhythm = Rhythm(),
) -> DisorderPlan:
    """Plan exactly `patrols` walks and `findings` sightings over `days` days from `starts_at` (midnight).

    `popularity` and `spots` are those of a history; without them both are drawn.
    """
    if not streets or not categories:
        raise ValueError("A plan needs at least one street and one category.")
    random = np.random.default_rng(seed)
    lines = _measure(streets)
    busy = np.array(
        [(popularity or {}).get(street.id, 0.0) or float(random.lognormal(0.0, 0.7)) for street in streets]
    )
    walks = _plan_walks(random, lines, busy, streets, starts_at, days, patrols, rhythm)
    lengths_m = [lines.length_m(index) for index in range(len(streets))]
    if spots is None:
        weights = np.array([category.weight for category in categories])
        laid = draw_spots(random, lengths_m, busy, weights, days)
    else:
        known = {index: spots.get(street.id, ()) for index, street in enumerate(streets)}
        laid = place_spots(known, [category.code for category in categories], lengths_m, days)
    sightings = _draw_sightings(random, lines, laid, walks, categories, starts_at, findings)
    return DisorderPlan(tuple(walks[0]), tuple(sightings))


def _measure(streets: Sequence[Street]) -> _Lines:
    first = streets[0].centreline.representative_point()
    plane = MetricPlane.around(LonLat(first.x, first.y))
    vertices, distances = [], []
    for street in streets:
        line = max(getattr(street.centreline, "geoms", [street.centreline]), key=lambda part: part.length)
        xy = np.array(plane.shape_to_metres(line).coords, dtype=np.float64)[:, :2]
        steps = np.hypot(*np.diff(xy, axis=0).T)
        vertices.append(xy)
        distances.append(np.concatenate([[0.0], np.cumsum(steps)]))
    return _Lines(plane, tuple(vertices), tuple(distances))


_Walks = tuple[list[PlannedPatrol], Ints, Floats, Floats]
"""The patrols; and of each: its street's index, its start in hours since the plan's start, its hours."""


def _plan_walks(
    random: np.random.Generator,
    lines: _Lines,
    busy: Floats,
    streets: Sequence[Street],
    starts_at: datetime,
    days: int,
    patrols: int,
    rhythm: Rhythm,
) -> _Walks:
    weekday = np.array([rhythm.weekdays[(starts_at.weekday() + day) % 7] for day in range(days)])
    hours = np.array(rhythm.hours)
    chance = np.sqrt(busy)[:, None, None] * weekday[None, :, None] * hours[None, None, :]
    chance = chance.ravel() / chance.sum()
    counts = random.multinomial(patrols, chance).reshape(len(streets), days, 24)
    street, day, hour = (np.repeat(axis, counts.ravel()) for axis in _axes(counts.shape))
    start_h = day * 24.0 + hour + random.random(patrols)
    order = np.argsort(start_h, kind="stable")
    street, start_h = street[order], start_h[order]
    walked_h = np.array([lines.length_m(index) / WALKING_M_PER_S / 3600 for index in range(len(streets))])
    lasts_h = np.clip(walked_h[street] * random.uniform(0.95, 1.3, patrols), 0.2, 2.5)
    backwards = random.random(patrols) < 0.5
    plan = [
        PlannedPatrol(
            streets[int(index)].id,
            starts_at + timedelta(seconds=round(begin * 3600)),
            timedelta(seconds=round(length * 3600)),
            bool(back),
        )
        for index, begin, length, back in zip(street, start_h, lasts_h, backwards, strict=True)
    ]
    return plan, street, start_h, lasts_h


def _axes(shape: tuple[int, ...]) -> list[Ints]:
    return [axis.ravel() for axis in np.indices(shape)]


def _draw_sightings(
    random: np.random.Generator,
    lines: _Lines,
    spots: Sequence[Spot],
    walks: _Walks,
    categories: Sequence[CategoryRate],
    starts_at: datetime,
    findings: int,
) -> list[Sighting]:
    plan, street_of, start_h, _ = walks
    walk, spot = _meetings(spots, street_of)
    when_h = start_h[walk]
    rate = np.array([place.weight for place in spots])[spot] * _alive(spots, spot, when_h)
    rate *= _mood_of_spots(spots, spot, categories, when_h, starts_at)
    total = float(rate.sum())
    if total <= 0:
        raise ValueError("No patrol meets any trouble spot: plan more patrols or more days.")
    first = round(findings * 0.8)
    counts = random.multinomial(first, rate / total)
    met = np.repeat(np.arange(len(walk)), counts)
    met = np.concatenate([met, _repeats(random, met, walk, spot, when_h, findings - first)])
    sightings = [
        _sight(random, lines, spots[spot[index]], int(walk[index]), plan, categories, starts_at)
        for index in met
    ]
    sightings.sort(key=lambda sighting: (sighting.at, sighting.patrol, sighting.place))
    return sightings


def _meetings(spots: Sequence[Spot], street_of: Ints) -> tuple[Ints, Ints]:
    """Return every (walk, spot) pair on one street."""
    by_street: dict[int, list[int]] = {}
    for index, spot in enumerate(spots):
        by_street.setdefault(spot.street, []).append(index)
    walks = [np.full(len(by_street[int(street)]), walk) for walk, street in enumerate(street_of)]
    met = [np.array(by_street[int(street)]) for street in street_of]
    return np.concatenate(walks), np.concatenate(met)


def _alive(spots: Sequence[Spot], spot: Ints, when_h: Floats) -> Floats:
    day = when_h / 24
    opens = np.array([place.opens_day for place in spots])[spot]
    closes = np.array([place.closes_day for place in spots])[spot]
    trend = np.array([place.trend_per_year for place in spots])[spot]
    lives = (day >= opens) & (day <= closes)
    return np.where(lives, np.exp(trend * (day / 365 - 0.5)), 0.0)


def _mood_of_spots(
    spots: Sequence[Spot],
    spot: Ints,
    categories: Sequence[CategoryRate],
    when_h: Floats,
    starts_at: datetime,
) -> Floats:
    category = np.array([-1 if place.category is None else place.category for place in spots])[spot]
    hour = when_h % 24
    day_of_year = (starts_at.timetuple().tm_yday + when_h / 24) % 365
    weekend = (starts_at.weekday() + (when_h // 24).astype(np.int64)) % 7 >= 5
    mood = np.ones(len(spot))
    for index, rate in enumerate(categories):
        mine = category == index
        mood[mine] = _mood(rate, hour[mine], day_of_year[mine], weekend[mine])
    return mood


def _mood(rate: CategoryRate, hour: Floats, day_of_year: Floats, weekend: npt.NDArray[np.bool_]) -> Floats:
    apart = np.abs(hour - rate.peak_hour)
    apart = np.minimum(apart, 24 - apart)
    daily = 0.15 + 1.6 * np.exp(-0.5 * (apart / rate.spread_h) ** 2)
    yearly = 1 + rate.summer * 0.6 * np.cos(2 * np.pi * (day_of_year - 200) / 365)
    mood: Floats = daily * yearly * np.where(weekend, rate.weekend, 1.0)
    return mood


def _repeats(
    random: np.random.Generator, met: Ints, walk: Ints, spot: Ints, when_h: Floats, count: int
) -> Ints:
    """Send `count` findings back to spots where something was found, on a later walk within days."""
    by_spot: dict[int, Ints] = {int(place): np.flatnonzero(spot == place) for place in np.unique(spot[met])}
    parents = random.choice(met, count)
    delays = random.exponential(60.0, count)
    repeats = np.empty(count, dtype=np.int64)
    for index, (parent, delay) in enumerate(zip(parents, delays, strict=True)):
        visits = by_spot[int(spot[parent])]
        at = int(np.searchsorted(when_h[visits], when_h[parent] + delay))
        repeats[index] = visits[min(at, len(visits) - 1)]
    return repeats


def _sight(
    random: np.random.Generator,
    lines: _Lines,
    spot: Spot,
    walk: int,
    plan: Sequence[PlannedPatrol],
    categories: Sequence[CategoryRate],
    starts_at: datetime,
) -> Sighting:
    length = lines.length_m(spot.street)
    if spot.category is None:
        along = float(random.uniform(0, length))
    else:
        along = float(np.clip(random.normal(spot.fraction * length, spot.spread_m), 0, length))
    patrol = plan[walk]
    way = along / length if length else 0.0
    at = patrol.starts_at + patrol.lasts * (1 - way if patrol.backwards else way)
    category = spot.category
    if category is None or random.random() < 0.25:
        category = _any_category(random, categories, at)
    place = lines.place(spot.street, along, float(np.clip(random.normal(0, 2.5), -6, 6)))
    return Sighting(walk, at.replace(microsecond=0), place, categories[category].code)


def _any_category(random: np.random.Generator, categories: Sequence[CategoryRate], at: datetime) -> int:
    hour = np.array([at.hour + at.minute / 60])
    day = np.array([float(at.timetuple().tm_yday)])
    weekend = np.array([at.weekday() >= 5])
    weights = np.array([rate.weight * float(_mood(rate, hour, day, weekend)[0]) for rate in categories])
    return int(np.searchsorted(np.cumsum(weights), random.random() * float(weights.sum())))
