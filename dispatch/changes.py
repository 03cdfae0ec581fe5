"""What an act changes: everything that one transaction has to save, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dispatch.cases import Case, CaseEvent, Detail, Post, Task
from dispatch.findings import Finding
from dispatch.ids import CaseId, DepartmentId, PersonId, TaskId, WhistleId
from dispatch.lifecycle import State
from dispatch.whistle import Whistle
from dispatch.words import Words
from geo.area_codes import AreaCode


class TimerKind(StrEnum):
    """What happens by itself."""

    SCREEN_DUE = "screen_due"
    OFFER_EXPIRES = "offer_expires"
    LOOK_AGAIN = "look_again"
    REMIND_HALF = "remind_half"
    REMIND_MOST = "remind_most"
    DUE = "due"
    ESCALATE_SUBDISTRICT = "escalate_subdistrict"
    ESCALATE_DISTRICT = "escalate_district"
    VERIFY_DUE = "verify_due"
    REPORT_IN_DUE = "report_in_due"


CLOCK_TIMERS = (
    TimerKind.REMIND_HALF,
    TimerKind.REMIND_MOST,
    TimerKind.DUE,
    TimerKind.ESCALATE_SUBDISTRICT,
    TimerKind.ESCALATE_DISTRICT,
)


@dataclass(frozen=True, slots=True)
class TimerKey:
    """A case has at most one timer of a kind and subject; setting it again moves it."""

    case: CaseId
    kind: TimerKind
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that happens at an instant unless it is cancelled."""

    key: TimerKey
    district: AreaCode
    at: datetime


class NoticeKind(StrEnum):
    """Why somebody is told."""

    OFFER = "offer"
    WITHDRAWN = "withdrawn"
    NOBODY_FOUND = "nobody_found"
    SUGGESTED = "suggested"
    CALL_HIM = "call_him"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    HELP_WANTED = "help_wanted"
    TIME_WANTED = "time_wanted"
    RELEASE_WANTED = "release_wanted"
    WHISTLE = "whistle"
    SENT_BACK = "sent_back"
    RESOLVED = "resolved"
    CLOSED = "closed"
    TO_SCREEN = "to_screen"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to a person, to whoever holds a post over an area, or to a department."""

    kind: NoticeKind
    case: CaseId
    words: Words
    person: PersonId | None = None
    post: Post | None = None
    area: AreaCode | None = None
    department: DepartmentId | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """The case after an act, with all that hangs on it.

    `expected` are the states that the SQL update must still find (empty for a new case), `seen_events` the
    number of events the act was decided upon: where either no longer holds, somebody else was faster.
    """

    case: Case
    events: tuple[CaseEvent, ...]
    expected: tuple[State, ...] = ()
    seen_events: int = 0
    finding: Finding | None = None
    tasks: tuple[Task, ...] = ()
    whistles: tuple[Whistle, ...] = ()
    timers_set: tuple[Timer, ...] = ()
    timers_cancelled: tuple[TimerKey, ...] = ()
    reserve: tuple[PersonId, ...] = ()
    release: tuple[PersonId, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the case is born in it."""
        return self.seen_events == 0

    def then(self, later: "Change") -> "Change":
        """Both acts as one: saved together or not at all. The later one was decided upon this one's case."""
        moved = tuple(timer.key for timer in later.timers_set)
        kept = tuple(t for t in self.timers_set if t.key not in moved + later.timers_cancelled)
        cancelled = self.timers_cancelled + later.timers_cancelled
        reserve, release = _net(self.reserve + later.reserve, self.release + later.release)
        return Change(
            case=later.case,
            events=self.events + later.events,
            expected=self.expected,
            seen_events=self.seen_events,
            finding=self.finding or later.finding,
            tasks=_latest_tasks(self.tasks + later.tasks),
            whistles=_latest_whistles(self.whistles + later.whistles),
            timers_set=kept + later.timers_set,
            timers_cancelled=tuple(key for key in cancelled if key not in moved),
            reserve=reserve,
            release=release,
            notices=self.notices + later.notices,
        )


def _latest_tasks(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    latest: dict[TaskId, Task] = {task.id: task for task in tasks}
    return tuple(latest.values())


def _latest_whistles(whistles: tuple[Whistle, ...]) -> tuple[Whistle, ...]:
    latest: dict[WhistleId, Whistle] = {whistle.id: whistle for whistle in whistles}
    return tuple(latest.values())


def _net(
    reserve: tuple[PersonId, ...], release: tuple[PersonId, ...]
) -> tuple[tuple[PersonId, ...], tuple[PersonId, ...]]:
    """A place taken and given back within one change is neither."""
    kept, given_back = list(reserve), []
    for person in release:
        if person in kept:
            kept.remove(person)
        else:
            given_back.append(person)
    return tuple(kept), tuple(given_back)
