"""Several people act at once on the real store, legally or not; a plain model says what may come of it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from api.ids import new_id
from api.store.cases import CaseFile, find_case_file, list_events
from api.store.database import driver_transaction, open_engine
from api.store.saving import LostRaceError, NoRoomError, save_change
from dispatch import use_cases as do
from dispatch.cases import THE_SYSTEM, Act, Actor, Place, Post, Ring
from dispatch.changes import Change
from dispatch.choices import Choice
from dispatch.errors import DispatchError
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import CaseId, FindingId, PersonId
from dispatch.lifecycle import Action, Outcome
from dispatch.responders import NOWHERE, Responder
from dispatch.words import Words
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId
from tests.api import small_district
from tests.dispatch.test_lifecycle import AS_DECIDED
from tests.dispatch.world import policy

pytestmark = pytest.mark.postgis

NOON = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HERE = Place(
    LonLat(112.005, 37.005), small_district.DISTRICT, small_district.grid_code(1), StreetId("lane-0"), 1
)
DESK = Actor(PersonId(UUID(int=999)), Post("operator"), "值班员")
CAPACITY = 2
PLAIN = {
    (before, action): after
    for before, action, after in (
        line.replace("-> ", " ").replace(" -", " ").split() for line in AS_DECIDED.split("\n")[1:-1]
    )
}
"""The table once more, as words."""
LIVE = ("offered", "accepted", "on_site")
ACTS = st.sampled_from(
    ["file", "dismiss", "offer", "offer", "accept", "accept", "decline", "expire", "withdraw", "arrive",
     "resolve", "verify", "send_back", "reopen", "note", "pause", "resume"]
)  # fmt: skip
ENDINGS = st.sampled_from([None, Outcome.PERSUADED, Outcome.RECTIFIED, Outcome.PASSED_ON])


class Attempt(NamedTuple):
    """What somebody tries: which act, by which member of the crew, with which outcome if it ends the case."""

    verb: str
    who: int
    outcome: Outcome | None


class Histories(RuleBasedStateMachine):
    """Bursts of acts; whoever is not saved must have left nothing behind."""

    cases = Bundle("cases")

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], engine: AsyncEngine) -> None:
        super().__init__()
        self.run, self.engine = run, engine
        self.now = NOON
        self.crew = [PersonId(new_id()) for _ in range(3)]
        self.state: dict[CaseId, str] = {}
        self.events: dict[CaseId, int] = {}
        self.holder: dict[CaseId, PersonId] = {}
        self.run(self._hire())

    async def _hire(self) -> None:
        async with driver_transaction(self.engine) as driver:
            await driver.executemany(
                """INSERT INTO person (district, id, name, post, area, street, capacity)
                   VALUES ('990101', $1, '环卫', 'sanitation_company', '990101001', 'lane-0', $2)""",
                [(person, CAPACITY) for person in self.crew],
            )

    @rule(target=cases)
    def report(self) -> CaseId:
        self.now += timedelta(minutes=1)
        seen = Finding(
            FindingId(new_id()), small_district.DISTRICT, self.crew[0], str(new_id()), Source.STAFF,
            Kind.PATROL_FINDING, "E0102", HERE.at, self.now, self.now, wish=Wish.HAND_ON,
        )  # fmt: skip
        change = do.report(seen, HERE, self._act(self.crew[0]), policy())
        self.run(self._save(change))
        self.state[change.case.id], self.events[change.case.id] = "reported", 1
        return change.case.id

    @rule(
        case=cases,
        burst=st.lists(st.builds(Attempt, ACTS, st.integers(0, 2), ENDINGS), min_size=1, max_size=4),
    )
    def act_at_once(self, case: CaseId, burst: list[Attempt]) -> None:
        self.now += timedelta(minutes=1)
        done = self.run(self._all(case, burst))
        for change in sorted(done, key=lambda one: one.events[0].number):
            self._follow(case, change)

    @rule(burst=st.lists(st.tuples(cases, st.integers(0, 2)), min_size=2, max_size=6))
    def offer_many_to_few(self, burst: list[tuple[CaseId, int]]) -> None:
        async def all_at_once() -> list[tuple[CaseId, Change | None]]:
            tries = [(case, self._try(case, Attempt("offer", who, None))) for case, who in burst]
            return list(
                zip([case for case, _ in tries], await asyncio.gather(*(t for _, t in tries)), strict=True)
            )

        for case, change in self.run(all_at_once()):
            if change is not None:
                self._follow(case, change)

    def _follow(self, case: CaseId, change: Change) -> None:
        """The plain model takes the saved events one by one; each has to be a step that it knows."""
        for event in change.events:
            self.events[case] += 1
            assert event.number == self.events[case]
            assert event.before == self.state[case]
            moved = PLAIN.get((self.state[case], event.action.value))
            if moved is None:
                assert event.action in (Action.NOTE, Action.PAUSE, Action.RESUME)
            self.state[case] = moved or self.state[case]
            if event.action is Action.OFFER:
                self.holder[case] = PersonId(UUID(str(event.details["responder"])))
        if self.state[case] not in LIVE:
            self.holder.pop(case, None)

    async def _all(self, case: CaseId, burst: list[Attempt]) -> list[Change]:
        made = await asyncio.gather(*(self._try(case, attempt) for attempt in burst))
        return [change for change in made if change is not None]

    async def _try(self, case: CaseId, attempt: Attempt) -> Change | None:
        """Read in one transaction and save in another: whatever happened in between has to be noticed."""
        async with driver_transaction(self.engine) as driver:
            file = await find_case_file(driver, "990101", case)
        assert file is not None
        try:
            change = self._decide(file, attempt)
            await self._save(change)
        except (DispatchError, LostRaceError, NoRoomError):
            return None
        return change

    def _act(self, person: PersonId | None) -> Act:
        actor = Actor(person, Post("sanitation_company"), "环卫") if person else THE_SYSTEM
        return Act(actor, self.now, new_id, "因为")

    def _decide(self, file: CaseFile, attempt: Attempt) -> Change:
        case, rules, verb = file.case, policy(), attempt.verb
        mine, desk = self._act(self.crew[attempt.who]), Act(DESK, self.now, new_id, "因为")
        match verb:
            case "offer":
                return do.offer(case, self._choice(attempt.who), desk)
            case "note" | "verify":
                return getattr(do, verb)(case, desk)
            case "file" | "dismiss" | "send_back" | "reopen" | "pause" | "resume":
                return getattr(do, verb)(case, desk, rules)
            case "resolve":
                return do.resolve(case, file.task, mine, rules, attempt.outcome, photographs=["p"])
        if file.task is None:
            raise DispatchError("没有任务。", "There is no task.")
        return getattr(do, verb)(case, file.task, mine)

    def _choice(self, who: int) -> Choice:
        one = Responder(self.crew[who], "环卫", Post("sanitation_company"), AreaCode("990101001"))
        return Choice(
            one, Ring.TASK_FORCE, self.now + timedelta(minutes=3), Words("近", "near"), 60.0, NOWHERE
        )

    async def _save(self, change: Change) -> None:
        async with driver_transaction(self.engine) as driver:
            await save_change(driver, change)

    @invariant()
    def the_store_stands_where_the_plain_model_stands(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        async with driver_transaction(self.engine) as driver:
            for case, state in self.state.items():
                file = await find_case_file(driver, "990101", case)
                assert file is not None
                assert (file.case.state.value, file.case.events) == (state, self.events[case])
                assert file.case.holder == self.holder.get(case)
                told = await list_events(driver, "990101", case)
                assert [event.number for event in told] == list(range(1, self.events[case] + 1))
                assert told[-1].after.value == state
            for person in self.crew:
                load = await driver.fetchval("SELECT load FROM person WHERE id = $1", person)
                held = sum(holder == person for holder in self.holder.values())
                assert load == held <= CAPACITY


def test_random_histories_agree_with_a_plain_model(database: str) -> None:
    with asyncio.Runner() as runner:
        engine = runner.run(_open(database))
        try:
            run_state_machine_as_test(
                lambda: Histories(runner.run, engine),
                settings=settings(
                    max_examples=25,
                    stateful_step_count=25,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(engine.dispose())


async def _open(database: str) -> AsyncEngine:
    engine = open_engine(database, pool_size=8)
    await small_district.load(engine)
    return engine
