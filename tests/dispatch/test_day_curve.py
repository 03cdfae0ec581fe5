"""The day by the hour: equal to a plain count, whatever the server's own zone."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dispatch.clocks import CITY_ZONE
from dispatch.day_curve import USUAL_DAYS, day_begins, day_curve
from dispatch.lifecycle import State
from dispatch.tales import Tale, read_tales
from tests.dispatch.random_histories import random_history
from tests.dispatch.world import NOON


@pytest.fixture(scope="module")
def tales() -> list[Tale]:
    return list(read_tales(random_history(5, cases=300)).values())


def plain(tales: list[Tale], name: str) -> Counter[tuple[object, int]]:
    """By city day and hour."""
    counted: Counter[tuple[object, int]] = Counter()
    for tale in tales:
        at = getattr(tale, name)
        if at is not None and tale.state not in (State.DISMISSED, State.MERGED):
            local = at.astimezone(CITY_ZONE)
            counted[local.date(), local.hour] += 1
    return counted


def test_the_city_day_begins_at_its_own_midnight() -> None:
    assert day_begins(NOON).isoformat().endswith("00:00:00+08:00")
    just_after = datetime(2026, 3, 11, 0, 1, tzinfo=CITY_ZONE)
    assert day_begins(just_after) - day_begins(just_after - timedelta(minutes=2)) == timedelta(days=1)


def test_each_hour_is_counted_today_and_before(tales: list[Tale]) -> None:
    now = max(tale.reported_at for tale in tales) + timedelta(days=1)
    curve = day_curve(tales, now)
    for name, today, usual in (
        ("reported_at", curve.reported, curve.usual_reported),
        ("resolved_at", curve.settled, curve.usual_settled),
    ):
        counted = plain([t for t in tales if getattr(t, name) is None or getattr(t, name) <= now], name)
        day = now.astimezone(CITY_ZONE).date()
        assert today == tuple(counted[day, hour] for hour in range(24))
        before = [day - timedelta(days=back) for back in range(1, USUAL_DAYS + 1)]
        assert curve.usual_days > 0
        for hour in range(24):
            mean = sum(counted[one, hour] for one in before) / curve.usual_days
            assert usual[hour] == pytest.approx(mean)


def test_what_came_to_nothing_and_what_is_to_come_are_left_out(tales: list[Tale]) -> None:
    one = replace(tales[0], reported_at=NOON, resolved_at=None, state=State.FILED)
    assert sum(day_curve([one], NOON).reported) == 1
    assert sum(day_curve([replace(one, state=State.DISMISSED)], NOON).reported) == 0
    assert sum(day_curve([replace(one, reported_at=NOON + timedelta(minutes=1))], NOON).reported) == 0


def test_with_no_day_before_there_is_no_usual_one() -> None:
    curve = day_curve([], NOON)
    assert curve.usual_days == 0
    assert set(curve.usual_reported) == {0.0}
