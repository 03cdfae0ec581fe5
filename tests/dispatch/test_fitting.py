"""A finding process fitted to a history: what is put in comes out again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from dispatch.disorder import plan_disorder
from dispatch.fitting import PastFinding, TooLittleHistoryError, fit_process
from dispatch.sample_year import category_rates, midnight
from geo.coordinates import LonLat
from geo.streets import StreetId
from tests.dispatch.test_simulate import LAST, policy, territory

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fitting")]  # what they share is made once

DAYS = 364
History = tuple[list[PastFinding], list[tuple[StreetId, datetime]]]
Value = TypeVar("Value")


@pytest.fixture(scope="module")
def history() -> History:
    plan = plan_disorder(
        territory().streets,
        category_rates(policy()),
        starts_at=midnight(LAST) - timedelta(days=DAYS - 1),
        days=DAYS,
        patrols=9_000,
        findings=24_000,
        seed=11,
    )
    found = [
        PastFinding(one.at, one.place, one.category, plan.patrols[one.patrol].street)
        for one in plan.sightings
    ]
    return found, [(patrol.street, patrol.starts_at) for patrol in plan.patrols]


def test_what_a_history_holds_is_played_again(history: History) -> None:
    found, patrols = history
    process = fit_process(found, patrols, territory().streets)
    assert process.findings_a_day == pytest.approx(24_000 / DAYS, rel=0.02)
    assert process.patrols_a_day == pytest.approx(9_000 / DAYS, rel=0.02)
    assert process.requests_a_day == 0
    again = plan_disorder(
        territory().streets,
        process.rates,
        starts_at=midnight(LAST) - timedelta(days=DAYS - 1),
        days=DAYS,
        patrols=9_000,
        findings=24_000,
        seed=12,
        popularity=process.popularity,
        spots=process.spots,
        rhythm=process.rhythm,
    )
    by_street, by_street_again = (
        _shares(one.street for one in found),
        _shares(again.patrols[one.patrol].street for one in again.sightings),
    )
    busiest = sorted(by_street, key=lambda name: -by_street[name])[:10]
    for name in busiest:
        assert by_street_again.get(name, 0) == pytest.approx(by_street[name], rel=0.35), name
    hours, hours_again = (
        _shares(one.at.hour for one in found),
        _shares(one.at.hour for one in again.sightings),
    )
    assert sum(abs(hours[h] - hours_again.get(h, 0)) for h in hours) < 0.2
    rates = {rate.code: rate for rate in process.rates}
    shares = _shares(one.category for one in found)
    shares_again = _shares(one.category for one in again.sightings)
    assert sum(abs(shares[c] - shares_again.get(c, 0)) for c in rates) < 0.3


def _shares(values: Iterable[Value]) -> dict[Value, float]:
    counted: dict[Value, float] = {}
    for value in values:
        counted[value] = counted.get(value, 0.0) + 1
    whole = sum(counted.values())
    return {value: count / whole for value, count in counted.items()}


def test_clusters_are_found_again(history: History) -> None:
    found, patrols = history
    spots = fit_process(found, patrols, territory().streets).spots
    assert spots is not None
    gathered = sum(len(on_street) - 1 for on_street in spots.values())
    assert gathered > len(spots) / 2, "many a street has a trouble spot of its own"
    assert all(0 <= one.fraction <= 1 and one.weight > 0 for on_street in spots.values() for one in on_street)


def test_too_little_is_said() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    street = territory().streets[0]
    point = street.centreline.interpolate(0.5, normalized=True)
    few = [PastFinding(now, LonLat(point.x, point.y), "E0104", street.id)] * 10
    with pytest.raises(TooLittleHistoryError):
        fit_process(few, [], territory().streets)
