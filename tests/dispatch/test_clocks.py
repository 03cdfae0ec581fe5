from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.clocks import CITY_ZONE, UNSET, Allowance, Clock, ClockState, TimeKind, due_at, time_left
from dispatch.errors import ClockNotInThatStateError, NoMoreExtensionsError
from tests.dispatch.world import policy

CALENDAR = policy().calendar
MINUTE = timedelta(minutes=1)


def city(text: str) -> datetime:
    """An instant by the city's own clock."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


MINUTES_OF_TWO_YEARS = 60 * 24 * 660
instants = st.integers(0, MINUTES_OF_TWO_YEARS).map(
    lambda minutes: datetime(2025, 1, 2, tzinfo=UTC) + minutes * MINUTE
)
kinds = st.sampled_from(TimeKind)
allowances = st.one_of(
    st.builds(
        Allowance,
        st.sampled_from([TimeKind.EMERGENCY_HOURS, TimeKind.WORKING_HOURS]),
        st.integers(1, 40).map(lambda quarters: quarters / 4),
    ),
    st.builds(
        Allowance, st.sampled_from([TimeKind.WORKING_DAYS, TimeKind.CALENDAR_DAYS]), st.integers(1, 25)
    ),
)


def is_worked(instant: datetime) -> bool:
    """Whether a minute is office time, said again in the plainest way."""
    local = instant.astimezone(CITY_ZONE)
    if not CALENDAR.is_working_day(local.date()):
        return False
    minute = local.hour * 60 + local.minute
    return 510 <= minute < 720 or 840 <= minute < 1080


@pytest.mark.parametrize(
    ("kind", "amount", "start", "due"),
    [
        ("emergency_hours", 2, "2026-03-13T23:30", "2026-03-14T01:30"),
        ("working_hours", 4, "2026-03-13T17:00", "2026-03-16T11:30"),
        ("working_hours", 4, "2026-03-13T10:30", "2026-03-13T16:30"),
        ("working_hours", 1, "2026-03-14T12:00", "2026-03-16T09:30"),
        ("working_hours", 3.5, "2026-03-16T08:30", "2026-03-16T12:00"),
        ("working_days", 1, "2026-03-13T09:00", "2026-03-17T00:00"),
        ("working_days", 1, "2026-02-13T09:00", "2026-02-15T00:00"),  # the 14th makes up for the holiday
        ("working_days", 2, "2026-02-13T09:00", "2026-02-25T00:00"),  # nine days of Spring Festival
        ("working_days", 7, "2026-09-30T09:00", "2026-10-16T00:00"),
        ("calendar_days", 30, "2026-02-13T09:00", "2026-03-16T00:00"),
    ],
)  # fmt: skip
def test_deadlines_of_known_days(kind: str, amount: float, start: str, due: str) -> None:
    assert due_at(city(start), Allowance(TimeKind(kind), amount), CALENDAR) == city(due)


def test_the_holidays_are_those_of_the_notice() -> None:
    assert not CALENDAR.is_working_day(date(2026, 2, 23))
    assert CALENDAR.is_working_day(date(2026, 2, 28))
    assert CALENDAR.is_working_day(date(2025, 9, 28))
    assert not CALENDAR.is_working_day(date(2025, 10, 8))
    assert CALENDAR.is_working_day(date(2025, 10, 9))
    off_2026 = {day for day in CALENDAR.holidays if day.year == 2026}
    assert len(off_2026) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert all(day.weekday() >= 5 for day in CALENDAR.make_up_days)


@given(instants, st.integers(1, 40))
def test_working_hours_agree_with_counting_minutes(start: datetime, quarters: int) -> None:
    due = due_at(start, Allowance(TimeKind.WORKING_HOURS, quarters / 4), CALENDAR)
    minutes = int((due - start) / MINUTE)
    worked = sum(is_worked(start + number * MINUTE) for number in range(minutes))
    assert worked == quarters * 15
    assert is_worked(due - MINUTE)


@given(instants, st.integers(0, 60 * 24 * 20))
def test_working_time_between_agrees_with_counting_minutes(start: datetime, minutes: int) -> None:
    worked = sum(is_worked(start + number * MINUTE) for number in range(minutes))
    assert CALENDAR.working_time_between(start, start + minutes * MINUTE) == worked * MINUTE


@given(instants, allowances)
def test_a_deadline_lies_ahead_and_all_of_it_is_left(start: datetime, allowance: Allowance) -> None:
    due = due_at(start, allowance, CALENDAR)
    assert due > start
    assert time_left(start, due, allowance.kind, CALENDAR) == pytest.approx(allowance.amount)
    assert time_left(due, due, allowance.kind, CALENDAR) == 0


@given(instants, allowances, st.floats(0, 0.99))
def test_a_pause_that_ends_at_once_moves_nothing(start: datetime, allowance: Allowance, share: float) -> None:
    clock = UNSET.start(start, allowance, CALENDAR)
    assert clock.due is not None
    now = start + (clock.due - start) * share
    back = clock.stand_still(now, ClockState.PAUSED, CALENDAR).resume(now, CALENDAR)
    assert back.due is not None
    assert time_left(now, back.due, back.kind, CALENDAR) == pytest.approx(
        time_left(now, clock.due, clock.kind, CALENDAR), abs=1e-6
    )
    if not allowance.kind.in_days:
        assert abs(back.due - clock.due) < timedelta(seconds=1) or not is_worked(now)


@given(instants, allowances, st.floats(0, 0.99), st.timedeltas(timedelta(), timedelta(days=60)))
def test_standing_still_costs_no_time(
    start: datetime, allowance: Allowance, share: float, rest: timedelta
) -> None:
    clock = UNSET.start(start, allowance, CALENDAR)
    assert clock.due is not None
    now = start + (clock.due - start) * share
    left = time_left(now, clock.due, clock.kind, CALENDAR)
    resumed = clock.stand_still(now, ClockState.SUSPENDED, CALENDAR).resume(now + rest, CALENDAR)
    assert resumed.due is not None
    assert time_left(now + rest, resumed.due, resumed.kind, CALENDAR) == pytest.approx(left, abs=1e-6)


@given(instants, allowances, st.timedeltas(timedelta(seconds=1), timedelta(days=30)))
def test_what_was_late_stays_late(start: datetime, allowance: Allowance, over: timedelta) -> None:
    clock = UNSET.start(start, allowance, CALENDAR)
    assert clock.due is not None
    now = clock.due + over
    stopped = clock.stand_still(now, ClockState.STOPPED, CALENDAR)
    assert stopped.is_late(now + timedelta(days=400))
    assert stopped.resume(now + timedelta(days=1), CALENDAR).due == clock.due


@given(instants, allowances, st.floats(0, 1.5))
def test_an_extension_gives_exactly_so_much_more(start: datetime, allowance: Allowance, share: float) -> None:
    clock = UNSET.start(start, allowance, CALENDAR)
    assert clock.due is not None
    now = start + (clock.due - start) * share
    more = 2.0
    left = time_left(now, clock.due, clock.kind, CALENDAR)
    longer = clock.extend(now, more, CALENDAR)
    assert longer.due is not None
    assert time_left(now, longer.due, longer.kind, CALENDAR) == pytest.approx(left + more, abs=1e-6)
    assert longer.extensions == 1
    paused = clock.stand_still(now, ClockState.PAUSED, CALENDAR).extend(now, more, CALENDAR)
    again = paused.resume(now, CALENDAR)
    assert again.due is not None
    assert time_left(now, again.due, again.kind, CALENDAR) == pytest.approx(left + more, abs=1e-6)


def test_two_extensions_and_no_more() -> None:
    now = city("2026-03-11T10:00")
    clock = UNSET.start(now, Allowance(TimeKind.WORKING_DAYS, 3), CALENDAR)
    twice = clock.extend(now, 1, CALENDAR).extend(now, 1, CALENDAR)
    with pytest.raises(NoMoreExtensionsError):
        twice.extend(now, 1, CALENDAR)
    with pytest.raises(ClockNotInThatStateError):
        UNSET.extend(now, 1, CALENDAR)


def test_a_clock_that_never_ran_is_never_late() -> None:
    now = city("2026-03-11T10:00")
    assert not UNSET.is_late(now)
    assert UNSET.stand_still(now, ClockState.STOPPED, CALENDAR) == UNSET
    assert UNSET.resume(now, CALENDAR) == UNSET
    suspended = replace(Clock(), state=ClockState.PAUSED, due=now, stood_still_at=now)
    assert suspended.stand_still(now, ClockState.SUSPENDED, CALENDAR).state is ClockState.SUSPENDED
