"""A finished simulation packed into the columns of a history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
import orjson

from dispatch.cases import Actor, Case, CaseEvent, Detail
from dispatch.history import (
    ACTIONS,
    CLOCKS,
    DESK,
    NEVER,
    OUTCOMES,
    RINGS,
    STAFF,
    STATES,
    SYSTEM,
    TASK_STATES,
    TIME_KINDS,
    Column,
    History,
)
from dispatch.ids import PersonId, TaskId
from dispatch.lifecycle import Action
from dispatch.simulate import Simulation

_INSTANTS = frozenset({"due", "expires"})
_PEOPLE = frozenset({"responder", *(f"runner_up_{place}" for place in range(1, 10))})


class _Packer:
    """Turns a finished simulation into columns."""

    def __init__(self, simulation: Simulation, people: Sequence[PersonId], starts_at: datetime) -> None:
        self.simulation = simulation
        self.starts_at = starts_at
        self.person = {person: number for number, person in enumerate(people)}
        self.cases = sorted(simulation.store.cases.values(), key=lambda case: (case.reported_at, case.id))
        self.case_number = {case.id: number for number, case in enumerate(self.cases)}
        self.task_number: dict[TaskId, int] = {}
        found_on = {case.place.street for case in self.cases if case.place.street}
        self.streets = sorted(found_on | {walk.planned.street for walk in simulation.walks})
        self.grids = sorted({case.place.area for case in self.cases if case.place.area})
        self.categories = sorted({case.category for case in self.cases})
        self.reasons: dict[str, int] = {"": 0}

    def second(self, when: datetime | None) -> int:
        return NEVER if when is None else round((when - self.starts_at).total_seconds())

    def number(self, person: PersonId | None) -> int:
        return NEVER if person is None else self.person[person]

    def actor(self, actor: Actor) -> int:
        if actor.person is None:
            return SYSTEM
        return STAFF + self.person[actor.person] if actor.person in self.person else DESK

    def case_rows(self) -> dict[str, Column]:
        walks = {str(walk.id): number for number, walk in enumerate(self.simulation.walks)}
        patrol_of = {finding.id: finding.patrol for finding in self.simulation.store.record.findings}
        streets = {street: number for number, street in enumerate(self.streets)}
        grids = {grid: number for number, grid in enumerate(self.grids)}
        categories = {code: number for number, code in enumerate(self.categories)}

        def row(case: Case) -> tuple[float, ...]:
            place, clock = case.place, case.clock
            return (
                round(place.at.lon * 1e6), round(place.at.lat * 1e6),
                grids[place.area] if place.area else NEVER,
                streets[place.street] if place.street else NEVER,
                categories[case.category], STATES.index(case.state),
                OUTCOMES.index(case.outcome) if case.outcome else NEVER,
                walks[str(patrol_of[case.finding])],
                self.number(case.reporter), self.number(case.resolver), self.number(case.holder),
                self.second(case.reported_at), self.second(case.filed_at), self.second(case.resolved_at),
                self.second(case.closed_at), self.second(clock.due), self.second(clock.started_at),
                self.second(clock.stood_still_at), CLOCKS.index(clock.state), TIME_KINDS.index(clock.kind),
                round(clock.left * 1000), case.reworked, case.escalated, case.events, len(case.photographs),
                RINGS.index(case.ring) if case.ring else NEVER, self.second(case.ring_since),
            )  # fmt: skip

        names = (
            "lon_e6 lat_e6 grid street category state outcome patrol reporter resolver holder reported_s"
            " filed_s resolved_s closed_s due_s clock_started_s stood_still_s clock clock_kind left_milli"
            " reworked escalated events photographs ring ring_since_s"
        ).split()
        return _columns(names, [row(case) for case in self.cases])

    def task_rows(self) -> tuple[dict[str, Column], tuple[tuple[str, str], ...]]:
        tasks = sorted(self.simulation.store.tasks.values(), key=lambda task: (task.offered_at, task.id))
        self.task_number = {task.id: number for number, task in enumerate(tasks)}
        names = (
            "case responder ring state offered_s expires_s expected_ds answered_s on_my_way_s"
            " arrived_s ended_s"
        ).split()
        rows = [
            (
                self.case_number[task.case], self.person[task.responder], RINGS.index(task.ring),
                TASK_STATES.index(task.state), self.second(task.offered_at), self.second(task.expires_at),
                NEVER if task.expected_s is None else round(task.expected_s * 10),
                self.second(task.answered_at), self.second(task.on_my_way_at),
                self.second(task.arrived_at), self.second(task.ended_at),
            )
            for task in tasks
        ]  # fmt: skip
        return _columns(names, rows), tuple((task.reason.zh, task.reason.en) for task in tasks)

    def event_rows(self) -> tuple[dict[str, Column], tuple[bytes, ...]]:
        events = sorted(
            self.simulation.store.record.events,
            key=lambda event: (event.at, self.case_number[event.case], event.number),
        )
        rows, details = [], []
        for event in events:
            rows.append(
                (
                    self.case_number[event.case], event.number, ACTIONS.index(event.action),
                    NEVER if event.before is None else STATES.index(event.before),
                    STATES.index(event.after), self.actor(event.actor), self.second(event.at),
                    self.reasons.setdefault(event.reason, len(self.reasons)),
                    NEVER if event.task is None else self.task_number[event.task],
                )
            )  # fmt: skip
            details.append(self._details(event))
        names = "case number action before after actor at_s reason task".split()
        return _columns(names, rows), tuple(details)

    def _details(self, event: CaseEvent) -> bytes:
        """The details, without what the case itself says (a report) and with people as numbers."""
        if event.action is Action.REPORT or not event.details:
            return b""
        kept: dict[str, Detail] = {}
        for name, value in event.details.items():
            kept[name] = self._relative(name, value)
        return orjson.dumps(kept)

    def _relative(self, name: str, value: Detail) -> Detail:
        if not isinstance(value, str):
            return value
        if name in _INSTANTS:
            return f"@{self.second(datetime.fromisoformat(value))}"
        if name in _PEOPLE:
            return f"#{self.person[PersonId(UUID(value))]}"
        return value

    def patrol_rows(self) -> dict[str, Column]:
        streets = {street: number for number, street in enumerate(self.streets)}
        rows = [
            (
                self.person[walk.person], streets[walk.planned.street], self.second(walk.started_at),
                self.second(walk.ended_at), int(walk.planned.backwards),
            )
            for walk in self.simulation.walks
        ]  # fmt: skip
        return _columns("person street started_s ended_s backwards".split(), rows)


def _columns(names: Sequence[str], rows: Sequence[Sequence[float]]) -> dict[str, Column]:
    """Whole numbers in the smallest type that holds them."""
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(names))
    columns: dict[str, Column] = {}
    for place, name in enumerate(names):
        column = table[:, place]
        low, high = (int(column.min()), int(column.max())) if len(column) else (0, 0)
        kind = next(
            kind
            for kind in (np.int8, np.int16, np.int32, np.int64)
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max
        )
        columns[name] = column.astype(kind)
    return columns


def pack(simulation: Simulation, people: Sequence[PersonId], starts_at: datetime, seed: int) -> History:
    """The finished simulation as a history; `people` gives everybody's number."""
    packer = _Packer(simulation, people, starts_at)
    case = packer.case_rows()
    task, offers = packer.task_rows()
    event, details = packer.event_rows()
    patrol = packer.patrol_rows()
    return History(
        starts_at,
        seed,
        tuple(packer.categories),
        case,
        event,
        task,
        patrol,
        tuple(packer.streets),
        tuple(packer.grids),
        details,
        tuple(packer.reasons),
        offers,
    )
