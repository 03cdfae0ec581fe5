"""Which fixes can be right, and which the track needs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.fixes import FixFlag, PhoneFix, distance_m, flag_of, worth_keeping

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HERE = PhoneFix(NOON, 112.55, 37.86, 5.0)


def _later(seconds: float, east_m: float = 0.0) -> PhoneFix:
    return PhoneFix(NOON + timedelta(seconds=seconds), 112.55 + east_m / 87_800, 37.86, 5.0)


def test_an_ordinary_walk_is_not_flagged() -> None:
    assert flag_of(_later(10, 14), HERE, NOON + timedelta(seconds=12)) is None
    assert flag_of(HERE, None, NOON) is None


def test_a_clock_may_run_a_minute_ahead_and_no_more() -> None:
    assert flag_of(_later(60), None, NOON) is None
    assert flag_of(_later(61), None, NOON) is FixFlag.FUTURE


def test_null_island_is_nowhere_in_a_district() -> None:
    assert flag_of(PhoneFix(NOON, 0.0, 0.0), HERE, NOON) is FixFlag.NULL_ISLAND


def test_nobody_walks_at_200_km_an_hour() -> None:
    assert flag_of(_later(10, 500), HERE, NOON + timedelta(seconds=10)) is None
    assert flag_of(_later(10, 600), HERE, NOON + timedelta(seconds=10)) is FixFlag.TOO_FAST
    assert flag_of(_later(-10, 600), HERE, NOON) is FixFlag.TOO_FAST, "fixes may come in any order"


def test_a_fix_that_says_how_unsure_it_is_is_believed() -> None:
    unsure = PhoneFix(NOON + timedelta(seconds=1), 112.56, 37.86, 2000.0)
    assert flag_of(unsure, HERE, NOON + timedelta(seconds=1)) is None


def test_a_track_keeps_what_moved_and_what_lasted() -> None:
    minute = timedelta(minutes=1)
    assert worth_keeping(HERE, None, minute)
    assert not worth_keeping(_later(10, 5), HERE, minute)
    assert worth_keeping(_later(10, 16), HERE, minute)
    assert worth_keeping(_later(60), HERE, minute)
    assert not worth_keeping(_later(60), HERE, 2 * minute), "policy says how often"


@given(st.floats(-2000, 2000), st.floats(0, 3600))
def test_distance_is_right_to_half_a_percent(east_m: float, seconds: float) -> None:
    assert abs(distance_m(HERE, _later(seconds, east_m)) - abs(east_m)) <= 0.005 * abs(east_m) + 0.01
