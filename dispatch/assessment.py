"""Every indicator of the assessment, by any grouping and period, from the events of the cases alone.

What counts in a period is what happened in it: reported, filed, dispatched, handled and closed by when they
were; due, on time and overdue by when the deadline was. Rates are None where nothing counts.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from dispatch.findings import Source
from dispatch.ids import DepartmentId
from dispatch.lifecycle import Outcome, State
from dispatch.tales import CallTale, Tale

Key = TypeVar("Key", bound=Hashable)
CONTENT = 4
"""From this score (of 5) on somebody counts as satisfied."""
_FROM_OUTSIDE = frozenset({Source.RESIDENT, Source.HOTLINE, Source.PARTNER_SYSTEM})


@dataclass(frozen=True, slots=True)
class Period:
    """From (inclusive) until (exclusive)."""

    begins: datetime
    ends: datetime

    def holds(self, instant: datetime | None) -> bool:
        """Whether the instant lies in it."""
        return instant is not None and self.begins <= instant < self.ends


def rate(part: float, whole: float) -> float | None:
    """A share between 0 and 1, or None where there is nothing to share."""
    return part / whole if whole else None


@dataclass(slots=True)
class Indicators:
    """Counts of one group in one period; the rates follow from them."""

    reported: int = 0
    reported_valid: int = 0
    reported_from_outside: int = 0
    screened: int = 0
    settled: int = 0
    filed: int = 0
    dispatched: int = 0
    dispatched_right: int = 0
    returned: int = 0
    handled: int = 0
    handled_on_time: int = 0
    due: int = 0
    due_handled_on_time: int = 0
    due_closed: int = 0
    due_closed_on_time: int = 0
    overdue: int = 0
    closed: int = 0
    reworked: int = 0
    answered: int = 0
    evaluated: int = 0
    satisfied: int = 0
    open_at_end: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    streets: set[str] = field(default_factory=set)
    response_s: list[float] = field(default_factory=list)

    @property
    def valid_report_rate(self) -> float | None:
        """Reports that were neither dismissed nor merged, among all."""
        return rate(self.reported_valid, self.reported)

    @property
    def missed_report_rate(self) -> float | None:
        """Valid reports that came from outside, where staff should have seen it first."""
        return rate(self.reported_from_outside, self.reported_valid)

    @property
    def filing_rate(self) -> float | None:
        """Filed among those reported that were not settled on the spot."""
        return rate(self.screened, self.reported - self.settled)

    @property
    def correct_dispatch_rate(self) -> float | None:
        """Cases whose first offer was neither declined, left unanswered nor withdrawn."""
        return rate(self.dispatched_right, self.dispatched)

    @property
    def return_rate(self) -> float | None:
        """Offers that came back, per dispatched case."""
        return rate(self.returned, self.dispatched)

    @property
    def on_time_handling_rate(self) -> float | None:
        """Of the cases due, those resolved in time."""
        return rate(self.due_handled_on_time, self.due)

    @property
    def closing_rate(self) -> float | None:
        """Of the cases due, those closed."""
        return rate(self.due_closed, self.due)

    @property
    def on_time_closing_rate(self) -> float | None:
        """Of the cases due, those resolved in time and closed."""
        return rate(self.due_closed_on_time, self.due)

    @property
    def rework_rate(self) -> float | None:
        """Cases sent back, per case handled."""
        return rate(self.reworked, self.handled)

    @property
    def response_rate(self) -> float | None:
        """Of the cases dispatched, those that somebody took (hotline)."""
        return rate(self.answered, self.dispatched)

    @property
    def completion_rate(self) -> float | None:
        """Of the cases filed or settled, those closed (hotline)."""
        return rate(self.closed, self.filed + self.settled)

    @property
    def resolution_rate(self) -> float | None:
        """Of the endings, those that were not merely passed on (hotline)."""
        ended = sum(self.outcomes.values())
        return rate(ended - self.outcomes[Outcome.PASSED_ON], ended)

    @property
    def satisfaction_rate(self) -> float | None:
        """Of those who evaluated, the satisfied (hotline)."""
        return rate(self.satisfied, self.evaluated)

    def coverage_rate(self, streets: Set[str]) -> float | None:
        """Of these streets, those on which staff found something."""
        return rate(len(self.streets & streets), len(streets))

    def count(self, tale: Tale, period: Period) -> None:
        """Take one case into account."""
        if period.holds(tale.reported_at):
            self._count_report(tale)
        if period.holds(tale.filed_at):
            self.filed += 1
        if period.holds(tale.dispatched_at):
            self._count_dispatch(tale)
        self.returned += sum(period.holds(at) for at in tale.returns)
        self.reworked += sum(period.holds(at) for at in tale.reworks)
        if period.holds(tale.resolved_at):
            self._count_ending(tale)
        if period.holds(tale.closed_at):
            self.closed += 1
        if period.holds(tale.due) and tale.state not in (State.DISMISSED, State.MERGED):
            self._count_due(tale, period.ends)
        if tale.reported_at < period.ends and (tale.ended_at is None or tale.ended_at >= period.ends):
            self.open_at_end += 1

    def _count_report(self, tale: Tale) -> None:
        self.reported += 1
        if tale.state not in (State.DISMISSED, State.MERGED):
            self.reported_valid += 1
            self.reported_from_outside += tale.source in _FROM_OUTSIDE
        self.settled += tale.settled
        self.screened += tale.filed_at is not None and not tale.settled
        if tale.source is Source.STAFF and tale.street is not None:
            self.streets.add(tale.street)

    def _count_dispatch(self, tale: Tale) -> None:
        self.dispatched += 1
        self.dispatched_right += tale.first_offer_kept
        if tale.answered_at is not None:
            self.answered += 1
            self.response_s.append((tale.answered_at - tale.reported_at).total_seconds())

    def _count_ending(self, tale: Tale) -> None:
        self.handled += 1
        self.handled_on_time += not tale.handled_late
        if tale.outcome is not None:
            self.outcomes[tale.outcome] += 1
        if tale.satisfaction is not None:
            self.evaluated += 1
            self.satisfied += tale.satisfaction >= CONTENT

    def _count_due(self, tale: Tale, now: datetime) -> None:
        self.due += 1
        in_time = tale.resolved_at is not None and not tale.handled_late
        self.due_handled_on_time += in_time
        self.due_closed += tale.closed_at is not None
        self.due_closed_on_time += in_time and tale.closed_at is not None
        self.overdue += tale.overdue_at(now)


RATES = (
    "valid_report_rate",
    "missed_report_rate",
    "filing_rate",
    "correct_dispatch_rate",
    "return_rate",
    "on_time_handling_rate",
    "closing_rate",
    "on_time_closing_rate",
    "rework_rate",
    "response_rate",
    "completion_rate",
    "resolution_rate",
    "satisfaction_rate",
)
COUNTS = (
    "reported",
    "reported_valid",
    "settled",
    "filed",
    "dispatched",
    "returned",
    "handled",
    "handled_on_time",
    "due",
    "due_closed",
    "due_closed_on_time",
    "overdue",
    "closed",
    "reworked",
    "evaluated",
    "satisfied",
    "open_at_end",
)


class Grouping(StrEnum):
    """By what indicators can be counted."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"
    STREET = "street"
    FINDER = "finder"
    FINDER_POST = "finder_post"
    RESOLVER = "resolver"
    RESOLVER_POST = "resolver_post"
    CATEGORY = "category"
    KIND = "kind"
    SOURCE = "source"


_DIGITS = {Grouping.DISTRICT: 6, Grouping.SUBDISTRICT: 9, Grouping.COMMUNITY: 12, Grouping.GRID: 15}


def key_of(tale: Tale, grouping: Grouping) -> str | None:
    """The group to which a case belongs; None where it belongs to none. A task force is its street's."""
    digits = _DIGITS.get(grouping)
    if digits is not None:
        return tale.area[:digits] if tale.area is not None else None
    value = getattr(tale, grouping.value)
    return None if value is None else str(value)


def assess(
    tales: Iterable[Tale], period: Period, key: Callable[[Tale], Key | None]
) -> Mapping[Key, Indicators]:
    """The indicators of every group that the key names."""
    groups: defaultdict[Key, Indicators] = defaultdict(Indicators)
    for tale in tales:
        group = key(tale)
        if group is not None:
            groups[group].count(tale, period)
    return groups


@dataclass(slots=True)
class DepartmentIndicators:
    """How a department answers when it is called."""

    called: int = 0
    reported_in: int = 0
    reported_in_on_time: int = 0
    arrived: int = 0
    done: int = 0
    released: int = 0
    scored: int = 0
    satisfied: int = 0

    @property
    def report_in_rate(self) -> float | None:
        """Calls that were answered; those released before need no answer."""
        return rate(self.reported_in, self.called - self.released)

    @property
    def on_time_report_in_rate(self) -> float | None:
        """Calls that were answered without a reminder."""
        return rate(self.reported_in_on_time, self.called - self.released)

    @property
    def completion_rate(self) -> float | None:
        """Calls that were done."""
        return rate(self.done, self.called - self.released)

    @property
    def satisfaction_rate(self) -> float | None:
        """Of those that the subdistrict assessed, the satisfied."""
        return rate(self.satisfied, self.scored)

    def count(self, call: CallTale) -> None:
        """Take one call into account."""
        self.called += 1
        self.reported_in += call.reported_in_at is not None
        self.reported_in_on_time += call.reported_in_at is not None and not call.reminded
        self.arrived += call.arrived_at is not None
        self.done += call.done_at is not None
        self.released += call.released_at is not None and call.reported_in_at is None
        if call.score is not None:
            self.scored += 1
            self.satisfied += call.score >= CONTENT


def assess_departments(tales: Iterable[Tale], period: Period) -> Mapping[DepartmentId, DepartmentIndicators]:
    """The indicators of every department that was called in the period."""
    departments: defaultdict[DepartmentId, DepartmentIndicators] = defaultdict(DepartmentIndicators)
    for tale in tales:
        for department, call in tale.calls.items():
            if period.holds(call.called_at):
                departments[department].count(call)
    return departments
