"""The space-time process behind the simulator: exact totals, a walker's order, real clusters."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from shapely import LineString, Point

from dispatch.disorder import CategoryRate, DisorderPlan, plan_disorder
from geo.area_codes import AreaCode
from geo.streets import Street, StreetId, polygon_from_centreline

MIDNIGHT = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
CATEGORIES = (
    CategoryRate("stalls", 5.0, peak_hour=18.5, spread_h=2.0, summer=0.8),
    CategoryRate("parking", 3.0, peak_hour=8.5, spread_h=1.5),
    CategoryRate("rubbish", 2.0, peak_hour=7.5, spread_h=3.0, summer=0.4),
)


def street(number: int, length_deg: float = 0.006) -> Street:
    line = LineString([(112.5, 37.8 + number / 100), (112.5 + length_deg, 37.8 + number / 100)])
    return Street(
        StreetId(f"S{number:02d}"),
        f"{number}号巷",
        f"Lane {number}",
        line,
        polygon_from_centreline(line, 10.0),
        10.0,
        AreaCode("990101001"),
    )


STREETS = tuple(street(number) for number in range(6))


def plan(seed: int = 7, days: int = 120, patrols: int = 1_500, findings: int = 4_500) -> DisorderPlan:
    return plan_disorder(
        STREETS, CATEGORIES, starts_at=MIDNIGHT, days=days, patrols=patrols, findings=findings, seed=seed
    )


def test_totals_are_exact_and_the_seed_decides_all() -> None:
    first, again, other = plan(), plan(), plan(seed=8)
    assert (len(first.patrols), len(first.sightings)) == (1_500, 4_500)
    assert first == again
    assert first != other


def test_a_sighting_lies_on_its_patrol_in_time_and_on_its_street_in_place() -> None:
    made = plan()
    streets = {street.id: street for street in STREETS}
    for sighting in made.sightings:
        patrol = made.patrols[sighting.patrol]
        assert patrol.starts_at.replace(microsecond=0) <= sighting.at <= patrol.starts_at + patrol.lasts
        ground = streets[patrol.street].shape.buffer(3e-5)
        assert ground.covers(Point(sighting.place))


def test_one_patrol_meets_things_in_the_order_of_its_way() -> None:
    made = plan()
    by_patrol: dict[int, list[tuple[datetime, float]]] = {}
    for sighting in made.sightings:
        by_patrol.setdefault(sighting.patrol, []).append((sighting.at, sighting.place.lon))
    several = {walk: seen for walk, seen in by_patrol.items() if len(seen) >= 3}
    assert several
    for walk, seen in several.items():
        ordered = [lon for _, lon in sorted(seen)]
        expected = sorted(ordered, reverse=made.patrols[walk].backwards)
        assert np.allclose(ordered, expected, atol=3e-5)


def test_findings_cluster_in_place_far_beyond_chance() -> None:
    """Squared counts by 25-metre piece: an even spread would give a variance near the mean."""
    made = plan(findings=9_000)
    pieces = Counter(
        (made.patrols[sighting.patrol].street, round(sighting.place.lon / 0.00028))
        for sighting in made.sightings
    )
    counts = np.array(list(pieces.values()))
    assert counts.var() > 5 * counts.mean()


def test_nothing_is_found_at_night_and_stalls_peak_in_the_evening() -> None:
    made = plan()
    assert all(6 <= patrol.starts_at.hour <= 22 for patrol in made.patrols)
    hours = [sighting.at.hour for sighting in made.sightings if sighting.category == "stalls"]
    mornings = [sighting.at.hour for sighting in made.sightings if sighting.category == "parking"]
    assert np.mean(hours) > np.mean(mornings) + 1


def test_a_plan_without_streets_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="at least one street"):
        plan_disorder((), CATEGORIES, starts_at=MIDNIGHT, days=1, patrols=1, findings=1, seed=1)
