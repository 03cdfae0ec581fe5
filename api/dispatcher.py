"""Looks for somebody when a case stands filed: loads the people around it, decides, puts the offer on top."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.ids import new_id
from api.intake import FINDINGS_AT_ONCE
from api.store.cases import CaseFile, list_tasks
from api.store.database import driver_alone
from api.store.people_near import ALL_LEVELS, PeopleMemory, Vicinity, list_people_near
from api.together import Together
from dispatch import use_cases
from dispatch.by_hand import AtHand, list_at_hand
from dispatch.cases import THE_SYSTEM, Act, Case, Ring
from dispatch.changes import Change
from dispatch.choices import Decision
from dispatch.clocks import ClockState
from dispatch.decision import already_asked, choose_by_hand, decide
from dispatch.errors import NotAllowedToTakeError
from dispatch.findings import Wish
from dispatch.ids import PersonId
from dispatch.lifecycle import Action, State
from dispatch.policy import DispatchMode, Policy
from dispatch.ports import TravelTimes
from dispatch.situation import Situation
from dispatch.words import Words

_LOOKS_AFTER = frozenset(
    {
        Action.FILE,
        Action.DECLINE,
        Action.EXPIRE,
        Action.WITHDRAW,
        Action.SEND_BACK,
        Action.REOPEN,
        Action.RESUME,
    }
)
"""After these a filed case wants somebody; after a note it does not want another offer."""

_WAITING = frozenset({ClockState.PAUSED, ClockState.SUSPENDED})
"""While its clock waits, nobody is sent to a case."""

NOBODY = Words("没有可派人员", "nobody can be sent")

_ALL_RINGS = frozenset(Ring)
_LOOKS: tuple[tuple[tuple[int, ...], frozenset[Ring]], ...] = (
    ((), frozenset({Ring.FINDER, Ring.TASK_FORCE})),
    ((15, 12), frozenset({Ring.FINDER, Ring.TASK_FORCE, Ring.GRID})),
    (ALL_LEVELS, _ALL_RINGS),
)
"""Whom to read for which rings: the street's people suffice for most cases, and the next ones are read only
where nobody of these can go."""

Travels = Callable[[], Mapping[str, TravelTimes]]
"""The roads as they are now, by mode."""


class StoreDispatcher:
    """Decides upon what the store knows at that moment; keeps nothing that a decision hangs on."""

    def __init__(self, engine: AsyncEngine, district: str, travels: Travels) -> None:
        self._engine = engine
        self._district = district
        self._travels = travels
        self._memory = PeopleMemory()
        self._together = Together(self._read_together, FINDINGS_AT_ONCE)

    async def carry_on(self, driver: asyncpg.Connection | None, change: Change, policy: Policy) -> Change:
        """The change, with an offer (or 'nobody found') on top where a filed case wants somebody.

        A case that is about to be born needs no connection of its own (None): who is near is then read for
        all that come in the same instant.
        """
        last = change.events[-1]
        if change.case.state is not State.FILED or last.action not in _LOOKS_AFTER:
            return change
        if change.case.clock.state in _WAITING:
            return change
        finding = change.finding
        keeps = finding is not None and finding.wish is Wish.KEEP
        withheld = frozenset(change.release) if last.action is Action.WITHDRAW else frozenset[PersonId]()
        return await self._look(
            driver, change, policy, finding.submitter if finding and keeps else None, withheld
        )

    async def look_again(
        self, driver: asyncpg.Connection, file: CaseFile, act: Act, policy: Policy
    ) -> Change | None:
        """Time has passed, or somebody came on shift: decide afresh."""
        if file.case.state is not State.FILED or file.case.clock.state in _WAITING:
            return None
        decision = await self.decide(driver, file.case, policy, now=act.at)
        return use_cases.apply_decision(file.case, decision, act, policy, whistled=bool(file.whistles))

    async def _look(
        self,
        driver: asyncpg.Connection | None,
        change: Change,
        policy: Policy,
        finder: PersonId | None,
        withheld: frozenset[PersonId],
    ) -> Change:
        at = change.events[-1].at
        act = Act(THE_SYSTEM, at, new_id)
        decision = await self.decide(
            driver, change.case, policy, now=at, change=change, finder=finder, withheld=withheld
        )
        return change.then(use_cases.apply_decision(change.case, decision, act, policy))

    async def decide(
        self,
        driver: asyncpg.Connection | None,
        case: Case,
        policy: Policy,
        *,
        now: datetime,
        change: Change | None = None,
        finder: PersonId | None = None,
        withheld: frozenset[PersonId] = frozenset(),
    ) -> Decision:
        """Whom to ask now. `change` is about to be saved: whom it releases has a place more."""
        tried = withheld
        if driver is not None and (change is None or not change.is_new):
            tasks = {task.id: task for task in await list_tasks(driver, case.district, case.id)}
            tasks |= {task.id: task for task in (change.tasks if change else ())}
            tried |= already_asked(tasks.values())
        released = change.release if change else ()
        for levels, rings in _LOOKS:
            if case.ring not in {None, *rings} or not (levels or case.place.street):
                continue
            situation = await self._situation(driver, case, policy, now, finder, levels)
            decision = decide(case, _with_places(situation, released), now, tried=tried, finder=finder)
            if rings == _ALL_RINGS or (decision.choice is not None and decision.ring in rings):
                break
        if decision.choice is not None and decision.mode is DispatchMode.AUTOMATIC:
            situation.take_place(decision.choice.responder.person)
        return decision

    async def at_hand(
        self, driver: asyncpg.Connection, case: Case, policy: Policy, now: datetime
    ) -> list[AtHand]:
        """Everybody whom an operator may send now, the nearest first."""
        return list_at_hand(case, await self._situation(driver, case, policy, now, None), now)

    async def offer_to(
        self,
        driver: asyncpg.Connection,
        file: CaseFile,
        act: Act,
        policy: Policy,
        responder: PersonId | None,
    ) -> Change:
        """An operator's offer: to the one he named, if he may be asked, or to whom dispatch would ask."""
        if responder is None:
            decision = await self.decide(driver, file.case, policy, now=act.at)
            if decision.choice is None:
                raise NotAllowedToTakeError(NOBODY.zh, decision.reason)
            return use_cases.offer(file.case, decision.choice, act, decision=decision)
        situation = await self._situation(driver, file.case, policy, act.at, responder)
        choice = choose_by_hand(file.case, responder, situation, act.at, act.actor.name)
        return use_cases.offer(file.case, choice, act)

    async def hand_over(
        self, driver: asyncpg.Connection, file: CaseFile, act: Act, policy: Policy, responder: PersonId
    ) -> Change:
        """Take it back from whoever holds it and offer it to the one named, as one change."""
        if file.task is None:
            return await self.offer_to(driver, file, act, policy, responder)
        taken = use_cases.withdraw(file.case, file.task, act)
        situation = await self._situation(driver, taken.case, policy, act.at, responder)
        choice = choose_by_hand(
            taken.case, responder, _with_places(situation, taken.release), act.at, act.actor.name
        )
        return taken.then(use_cases.offer(taken.case, choice, act))

    async def _situation(
        self,
        driver: asyncpg.Connection | None,
        case: Case,
        policy: Policy,
        now: datetime,
        also: PersonId | None,
        levels: tuple[int, ...] = ALL_LEVELS,
    ) -> Situation:
        """The people around a case; without a connection, those around all that come in the same instant.

        These share one situation: whom one of them is offered to has a place less for the next.
        """
        vicinity = Vicinity(case.place, now, also, levels)
        if driver is None:
            return await self._together.ask((vicinity, policy))
        return await self._read(driver, [vicinity], policy)

    async def _read_together(self, asked: Sequence[tuple[Vicinity, Policy]]) -> Sequence[Situation]:
        async with driver_alone(self._engine) as driver:
            shared = await self._read(driver, [vicinity for vicinity, _ in asked], asked[0][1])
        return [shared] * len(asked)

    async def _read(
        self, driver: asyncpg.Connection, vicinities: Sequence[Vicinity], policy: Policy
    ) -> Situation:
        near = await list_people_near(driver, self._district, vicinities, self._memory)
        return Situation(policy, near.task_forces, near.people, self._travels())


def _with_places(situation: Situation, released: Iterable[PersonId]) -> Situation:
    """The same situation, in which whoever is being released has a place more."""
    for person in released:
        if situation.find(person) is not None:
            situation.take_place(person, -1)
    return situation
