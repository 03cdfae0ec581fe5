"""What the store is to the server: cases, tasks and timers in memory, changed only by whole `Change`s."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from dispatch.cases import Case, CaseEvent, Task
from dispatch.changes import Change, Notice, Timer, TimerKey
from dispatch.findings import Finding
from dispatch.ids import CaseId, PersonId, TaskId, WhistleId
from dispatch.situation import Situation
from dispatch.whistle import Whistle


class GuardFailedError(Exception):
    """A change was decided upon a case that has moved on: a mistake of the simulation itself."""


@dataclass(slots=True)
class Record:
    """Everything that ever happened, in the order in which it happened."""

    findings: list[Finding] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class VirtualStore:
    """Applies changes with the same guards as the SQL, and keeps the people's load in the situation."""

    situation: Situation
    record: Record = field(default_factory=Record)
    cases: dict[CaseId, Case] = field(default_factory=dict)
    tasks: dict[TaskId, Task] = field(default_factory=dict)
    tasks_of: dict[CaseId, list[TaskId]] = field(default_factory=dict)
    whistles: dict[WhistleId, Whistle] = field(default_factory=dict)
    timers: dict[TimerKey, Timer] = field(default_factory=dict)

    def apply(self, change: Change) -> tuple[Timer, ...]:
        """Take the change in; the timers that are to be waited for."""
        case = change.case
        before = self.cases.get(case.id)
        if (before is None) != change.is_new:
            raise GuardFailedError(f"case {case.id} is born twice or changed before its birth")
        if before is not None and (
            before.state not in change.expected or before.events != change.seen_events
        ):
            raise GuardFailedError(f"case {case.id} stands in {before.state}, not in {change.expected}")
        self._reserve(change)
        self.cases[case.id] = case
        if change.finding is not None:
            self.record.findings.append(change.finding)
        self.record.events.extend(change.events)
        self.record.notices.extend(change.notices)
        for task in change.tasks:
            if task.id not in self.tasks:
                self.tasks_of.setdefault(case.id, []).append(task.id)
            self.tasks[task.id] = task
        for whistle in change.whistles:
            self.whistles[whistle.id] = whistle
        for key in change.timers_cancelled:
            self.timers.pop(key, None)
        for timer in change.timers_set:
            self.timers[timer.key] = timer
        return change.timers_set

    def _reserve(self, change: Change) -> None:
        for person in change.release:
            self.situation.take_place(person, -1)
        for person in change.reserve:
            who = self.situation.find(person)
            if who is None or not who.has_room:
                raise GuardFailedError(f"{person} has no room for another task")
            self.situation.take_place(person)

    def task_of(self, case: Case) -> Task | None:
        """The offer in force."""
        return self.tasks[case.task] if case.task is not None else None

    def tasks_of_case(self, case: CaseId) -> Iterator[Task]:
        """Every offer that the case ever made."""
        return (self.tasks[task] for task in self.tasks_of.get(case, ()))

    def consume(self, timer: Timer) -> bool:
        """Take a timer away; False where it was cancelled or moved."""
        if self.timers.get(timer.key) is not timer:
            return False
        del self.timers[timer.key]
        return True

    def holds(self, person: PersonId) -> int:
        """How many tasks somebody has."""
        who = self.situation.find(person)
        return who.load if who else 0


Happening = Callable[[], None]


class VirtualTime:
    """A clock that jumps from one happening to the next."""

    def __init__(self, starts_at: datetime) -> None:
        self.now = starts_at
        self._waiting: list[tuple[datetime, int, Happening]] = []
        self._order = count()

    def at(self, when: datetime, happening: Happening) -> None:
        """Let something happen at an instant; what is due already happens next."""
        heapq.heappush(self._waiting, (max(when, self.now), next(self._order), happening))

    def run_until(self, end: datetime, every: Callable[[datetime], None] | None = None) -> None:
        """Let everything happen that is due before the end; `every` hears of the time as it goes."""
        while self._waiting and self._waiting[0][0] < end:
            self.now, _, happening = heapq.heappop(self._waiting)
            happening()
            if every is not None:
                every(self.now)
        self.now = end

    def __len__(self) -> int:
        return len(self._waiting)
