"""Deadlines on the city's calendar: four kinds of time, and a clock that can stand still.

Everything is reckoned in Asia/Shanghai, whatever the server's zone is.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dispatch.errors import ClockNotInThatStateError, NoMoreExtensionsError

CITY_ZONE = ZoneInfo("Asia/Shanghai")
MOST_EXTENSIONS = 2


class TimeKind(StrEnum):
    """How a deadline is counted."""

    EMERGENCY_HOURS = "emergency_hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"

    @property
    def in_days(self) -> bool:
        """Whether the deadline is the end of a day rather than an instant."""
        return self in (TimeKind.WORKING_DAYS, TimeKind.CALENDAR_DAYS)


class ClockState(StrEnum):
    """What a case's clock is doing."""

    UNSET = "unset"
    RUNNING = "running"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much time a case gets: hours or days, by its kind."""

    kind: TimeKind
    amount: float


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """One stretch of a working day, such as 08:30–12:00."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days and hours are worked: weekends and holidays are not, make-up days are."""

    office_hours: tuple[OfficeHours, ...]
    holidays: frozenset[date]
    make_up_days: frozenset[date]
    known_until: date

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work on that day."""
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def add_working_time(self, start: datetime, span: timedelta) -> datetime:
        """The instant at which that much working time has gone by."""
        left, day = span, start.astimezone(CITY_ZONE).date()
        while True:
            for opens, closes in self._stretches(day):
                begin = max(opens, start)
                if begin >= closes:
                    continue
                if left <= closes - begin:
                    return begin + left
                left -= closes - begin
            day += timedelta(days=1)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from start to end; zero where end is not after start."""
        total, day = timedelta(), start.astimezone(CITY_ZONE).date()
        last = end.astimezone(CITY_ZONE).date()
        while day <= last:
            for opens, closes in self._stretches(day):
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return total

    def end_of_day_after(self, start: datetime, days: int, *, working: bool) -> datetime:
        """The end (24:00) of the nth day after the start's own day, counting working days only if asked."""
        day, left = start.astimezone(CITY_ZONE).date(), days
        while left > 0:
            day += timedelta(days=1)
            if not working or self.is_working_day(day):
                left -= 1
        return _end_of(day)

    def days_left(self, now: datetime, due: datetime, *, working: bool) -> int:
        """How many days after today's the deadline's day is."""
        day = now.astimezone(CITY_ZONE).date()
        last = (due - timedelta(microseconds=1)).astimezone(CITY_ZONE).date()
        days = 0
        while day < last:
            day += timedelta(days=1)
            days += not working or self.is_working_day(day)
        return days

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return []
        return [(_at(day, hours.opens), _at(day, hours.closes)) for hours in self.office_hours]


def _at(day: date, when: time) -> datetime:
    return datetime.combine(day, when, CITY_ZONE).astimezone(UTC)


def _end_of(day: date) -> datetime:
    return _at(day + timedelta(days=1), time())


def due_at(start: datetime, allowance: Allowance, calendar: WorkingCalendar) -> datetime:
    """When a case that starts now is due.

    Hours count to the second. Days end at 24:00 of the nth day after the day on which they begin, so that
    a case of the late evening has as many whole days as one of the morning.
    """
    match allowance.kind:
        case TimeKind.EMERGENCY_HOURS:
            return start + timedelta(hours=allowance.amount)
        case TimeKind.WORKING_HOURS:
            return calendar.add_working_time(start, timedelta(hours=allowance.amount))
        case TimeKind.WORKING_DAYS:
            return calendar.end_of_day_after(start, int(allowance.amount), working=True)
        case TimeKind.CALENDAR_DAYS:
            return calendar.end_of_day_after(start, int(allowance.amount), working=False)


def time_left(now: datetime, due: datetime, kind: TimeKind, calendar: WorkingCalendar) -> float:
    """Hours or days (by the kind) between now and the deadline; 0 when it has passed."""
    if due <= now:
        return 0.0
    match kind:
        case TimeKind.EMERGENCY_HOURS:
            return (due - now) / timedelta(hours=1)
        case TimeKind.WORKING_HOURS:
            return calendar.working_time_between(now, due) / timedelta(hours=1)
        case TimeKind.WORKING_DAYS:
            return calendar.days_left(now, due, working=True)
        case TimeKind.CALENDAR_DAYS:
            return calendar.days_left(now, due, working=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a case. `due` is meaningful from the first start on; `left` only while it stands still."""

    state: ClockState = ClockState.UNSET
    kind: TimeKind = TimeKind.EMERGENCY_HOURS
    started_at: datetime | None = None
    due: datetime | None = None
    stood_still_at: datetime | None = None
    left: float = 0.0
    extensions: int = 0

    def is_late(self, now: datetime) -> bool:
        """Whether the deadline has passed; a clock that stands still is judged by when it stopped."""
        if self.due is None:
            return False
        return (self.stood_still_at or now) > self.due

    def start(self, now: datetime, allowance: Allowance, calendar: WorkingCalendar) -> "Clock":
        """Begin to run, with the whole allowance."""
        return Clock(ClockState.RUNNING, allowance.kind, now, due_at(now, allowance, calendar))

    def stand_still(self, now: datetime, into: ClockState, calendar: WorkingCalendar) -> "Clock":
        """Pause, suspend or stop; what was left is kept. Already still: only the state changes."""
        if self.state is ClockState.UNSET or self.due is None:
            return self
        if self.state is not ClockState.RUNNING:
            return replace(self, state=into)
        left = time_left(now, self.due, self.kind, calendar)
        return replace(self, state=into, stood_still_at=now, left=left)

    def resume(self, now: datetime, calendar: WorkingCalendar) -> "Clock":
        """Run on with what was left. A deadline that had passed before stays where it was."""
        if self.due is None or self.stood_still_at is None:
            return self
        due = self.due
        if self.stood_still_at < due:
            due = due_at(now, Allowance(self.kind, self.left), calendar)
        return replace(self, state=ClockState.RUNNING, due=due, stood_still_at=None, left=0.0)

    def extend(
        self, now: datetime, more: float, calendar: WorkingCalendar, most: int = MOST_EXTENSIONS
    ) -> "Clock":
        """Give more hours or days on top of what is left; counted from now where it is already late."""
        if self.state is ClockState.UNSET or self.due is None:
            raise ClockNotInThatStateError(self.state.value, "extend")
        if self.extensions >= most:
            raise NoMoreExtensionsError(most)
        longer = replace(self, extensions=self.extensions + 1)
        if self.state is not ClockState.RUNNING:
            return replace(longer, left=self.left + more, due=max(self.due, self._just_after_standing()))
        base = max(self.due, now)
        if self.kind.in_days and self.due > now:
            base -= timedelta(microseconds=1)  # 24:00 belongs to the day it ends
        return replace(longer, due=due_at(base, Allowance(self.kind, more), calendar))

    def _just_after_standing(self) -> datetime:
        """A deadline that had passed while standing still has to count as ahead again."""
        assert self.stood_still_at is not None
        return self.stood_still_at + timedelta(microseconds=1)


UNSET = Clock()
"""The clock of a case that has not been filed."""
