"""Many cases with random lives, made by the real acts: what assessments are checked on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from dispatch import use_cases as do
from dispatch.cases import Case, CaseEvent, Ring, Task
from dispatch.changes import TimerKind
from dispatch.choices import Choice
from dispatch.clocks import ClockState
from dispatch.errors import DispatchError
from dispatch.findings import Kind, Source, Wish
from dispatch.lifecycle import Outcome, State
from dispatch.responders import NOWHERE
from dispatch.whistle import Whistle
from dispatch.words import Words
from geo.area_codes import AreaCode
from geo.streets import StreetId
from tests.dispatch.world import NOON, act, by_operator, finding, place, policy, responder

CATEGORIES = ("E0102", "E0401", "E0405", "E0201", "E0601", "P0102")


class Life:
    """One case, and what can befall it."""

    def __init__(self, chance: Random, begins: datetime, *, by_departments: bool = False) -> None:
        """`by_departments`: once they are called, little else happens to the case."""
        self.chance, self.now = chance, begins
        self.by_departments = by_departments
        self.events: list[CaseEvent] = []
        self.tasks: dict[object, Task] = {}
        self.whistle: Whistle | None = None
        source = chance.choice([Source.STAFF, Source.STAFF, Source.RESIDENT, Source.HOTLINE])
        settles = source is Source.STAFF and chance.random() < 0.4
        seen = replace(
            finding(
                category=chance.choice(CATEGORIES), kind=Kind.PATROL_FINDING, source=source,
                wish=Wish.SETTLE if settles else Wish.HAND_ON,
                outcome=Outcome.PERSUADED if settles else None, found_at=begins,
            ),
            received_at=begins,
        )  # fmt: skip
        area = AreaCode(f"990101{chance.randint(1, 3):03d}{chance.randint(1, 2):03d}001")
        street = StreetId(f"street-{chance.randint(1, 4)}") if chance.random() < 0.8 else None
        change = do.report_finding(seen, place(street, area), self.by(chance.randint(1, 5)), policy())
        self.case: Case = change.case
        self.events += change.events

    def by(self, number: int | None, reason: str = "so") -> object:
        return act(number, "sanitation_company" if number else "system", self.now, reason)

    def go_on(self) -> None:
        """One more act, if the rules allow the one that came up."""
        self.now += timedelta(minutes=self.chance.choice([1, 5, 30, 240, 1500]))
        try:
            change = self.chance.choice(self._acts())()
        except (DispatchError, KeyError):
            return
        self.case = change.case
        self.events += change.events
        self.tasks |= {task.id: task for task in change.tasks}
        if change.whistles:
            self.whistle = change.whistles[0]

    def _acts(self) -> list[Callable[[], object]]:
        case, rules, above = self.case, policy(), by_operator(self.now)
        holder = 2 if case.holder is None else case.holder.int
        task = self.tasks.get(case.task)
        if case.state is State.REPORTED:
            return [
                lambda: do.file(case, above, rules), lambda: do.file(case, above, rules),
                lambda: do.dismiss(case, above, rules),
            ]  # fmt: skip
        if case.state is State.FILED and self.by_departments:
            return [self._department] * 8 + [self._offer] if self.whistle else [self._whistle]
        if case.state is State.FILED:
            return [self._offer, self._offer, self._whistle, lambda: do.pause(case, above, rules)]
        if case.state is State.OFFERED and task is not None:
            return [
                lambda: do.accept(case, task, self.by(holder)),
                lambda: do.accept(case, task, self.by(holder)),
                lambda: do.decline(case, task, self.by(holder)), lambda: do.expire(case, task, self.by(None)),
            ]  # fmt: skip
        if case.state is State.ACCEPTED and task is not None:
            return [lambda: do.arrive(case, task, self.by(holder)), lambda: do.withdraw(case, task, above)]
        if case.state is State.ON_SITE:
            outcome = self.chance.choice([Outcome.PERSUADED, Outcome.RECTIFIED, Outcome.PASSED_ON])
            return [
                lambda: do.resolve(
                    case, task, self.by(holder), rules, outcome, photographs=["a", "b"],
                    whistles=[self.whistle] if self.whistle else [],
                ),
                self._department, lambda: do.extend(case, above, rules, 1),
                lambda: do.escalate(case, self.by(None), TimerKind.DUE),
            ]  # fmt: skip
        if case.state is State.RESOLVED:
            return [
                lambda: do.verify(case, above), lambda: do.verify(case, above),
                lambda: do.send_back(case, above, rules), lambda: do.appeal(case, above),
                lambda: do.answer_appeal(case, above, upheld=True),
            ]  # fmt: skip
        return [
            lambda: do.evaluate(case, above, self.chance.randint(1, 5)),
            lambda: do.reopen(case, above, rules),
            self._department,
        ]

    def _offer(self) -> object:
        if self.case.clock.state is ClockState.PAUSED:
            return do.resume(self.case, by_operator(self.now), policy())
        who = responder(self.chance.randint(2, 6), "sanitation_company")
        expires = self.now + timedelta(minutes=3)
        choice = Choice(who, Ring.TASK_FORCE, expires, Words("近", "near"), 60.0, NOWHERE)
        return do.offer(self.case, choice, self.by(None))

    def _whistle(self) -> object:
        return do.call_whistle(self.case, by_operator(self.now), policy())

    def _department(self) -> object:
        if self.whistle is None:
            raise KeyError
        department = self.chance.choice(self.whistle.calls).department
        step = self.chance.choice(
            [do.report_in, do.report_in, do.whistle_arrive, do.whistle_done, do.release, do.remind_department]
        )
        if self.chance.random() < 0.2:
            return do.rate_department(
                self.case, self.whistle, department, by_operator(self.now), self.chance.randint(1, 5)
            )
        change = step(self.case, self.whistle, department, by_operator(self.now))
        if change is None:
            raise KeyError
        return change


def random_history(seed: int, cases: int, acts: int = 14, *, by_departments: bool = False) -> list[CaseEvent]:
    """The events of so many cases, in the order in which they happened."""
    chance = Random(seed)
    events: list[CaseEvent] = []
    for _ in range(cases):
        begins = NOON + timedelta(minutes=chance.randint(0, 60 * 24 * 20))
        life = Life(chance, begins, by_departments=by_departments)
        for _ in range(chance.randint(0, acts)):
            life.go_on()
        events += life.events
    return sorted(events, key=lambda event: (event.at, event.case.int, event.number))
