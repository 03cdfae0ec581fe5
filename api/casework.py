"""Every act on a case as the server does it: read, decide purely, save once; again where somebody was faster.

One transaction reads the case, runs the pure act, lets the dispatcher look for somebody where the case now
stands filed, and saves the whole change. The answer is sent after the commit.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.actors import Reporters
from api.district_watch import DistrictWatch
from api.ids import new_id
from api.intake import Intake
from api.store.case_lists import ListedCase, find_items
from api.store.cases import CaseFile, find_case_file, find_receipt, find_report, list_events
from api.store.database import driver_transaction
from api.store.saving import (
    LostRaceError,
    NoRoomError,
    SameClientIdError,
    Saved,
    save_change,
    save_receipt,
)
from dispatch.by_hand import AtHand
from dispatch.cases import Act, Actor, Case, Place
from dispatch.changes import Change
from dispatch.choices import Decision
from dispatch.errors import ActionNotAllowedError, AlreadyTakenError, CaseNotFoundError
from dispatch.findings import Finding
from dispatch.ids import PersonId
from dispatch.lifecycle import Action, State
from dispatch.policy import Policy
from dispatch.use_cases import report_finding
from geo.area_codes import AreaCode
from geo.coordinates import LonLat

_TRIES = 6
_TRY_AGAIN = (LostRaceError, NoRoomError, asyncpg.DeadlockDetectedError)
_MOMENTS = timedelta(seconds=10)

ActorOf = Callable[[asyncpg.Connection], Awaitable[Actor]]
"""Who acts, read over the act's own connection; in it may be written what is to be kept beside the case."""

PureAct = Callable[[CaseFile, Act], Change]
"""What is known of a case and who acts, in; what is to be saved, out."""


class SameIdOtherReportError(Exception):
    """A phone uses one id for two different reports."""


def _anybody(_: CaseFile) -> None:
    """Look at nothing: whoever calls has made sure already."""


@dataclass(frozen=True, slots=True)
class Told:
    """What comes with an act: why, when by the phone, and the phone's own id for it."""

    reason: str = ""
    phone_at: datetime | None = None
    look: Callable[[CaseFile], None] = _anybody
    """Refuses whoever may not touch this case."""
    client_id: str = ""
    """With the actor it tells a retry from a second act; empty where nobody will try again."""
    digest: str = ""


class Dispatcher(Protocol):
    """Looks for somebody when a case stands filed."""

    async def carry_on(self, driver: asyncpg.Connection | None, change: Change, policy: Policy) -> Change:
        """The change, with an offer put on top where it needs one, or that nobody is to be had.

        Without a connection it reads together with others; only a new case may be decided upon so.
        """

    async def decide(
        self, driver: asyncpg.Connection, case: Case, policy: Policy, *, now: datetime
    ) -> Decision:
        """Whom it would ask now."""

    async def at_hand(
        self, driver: asyncpg.Connection, case: Case, policy: Policy, now: datetime
    ) -> list[AtHand]:
        """Everybody whom an operator may send now, the nearest first."""

    async def offer_to(
        self,
        driver: asyncpg.Connection,
        file: CaseFile,
        act: Act,
        policy: Policy,
        responder: PersonId | None,
    ) -> Change:
        """An operator's offer: to the one he named, if he may be asked, or to whom dispatch would ask."""

    async def hand_over(
        self, driver: asyncpg.Connection, file: CaseFile, act: Act, policy: Policy, responder: PersonId
    ) -> Change:
        """Take it back from whoever holds it and offer it to the one named, as one change."""


class Casework:
    """One per process; holds no state of any case."""

    def __init__(
        self,
        engine: AsyncEngine,
        watch: DistrictWatch,
        policy: Policy,
        dispatcher: Dispatcher,
        reporters: Reporters,
        intake: Intake,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._intake = intake
        self._watch = watch
        self.dispatcher = dispatcher
        self.reporters = reporters
        self.policy = policy
        self.clock = clock

    async def place_of(self, at: LonLat) -> Place:
        """Where a point lies; outside every area the nearest one is named, and the case waits for a place."""
        territory = await self._watch.territory()
        location = territory.locate(at.lon, at.lat)
        district = self._watch.district
        if location is not None:
            return Place.located(at, location, territory.version)
        nearest, away_m = territory.nearest_area(at.lon, at.lat)
        return Place(at, AreaCode(district), None, None, territory.version, nearest.code, away_m)

    async def report(self, finding: Finding, actor: Actor, digest: str) -> tuple[ListedCase, bool]:
        """Take a finding in: its case, and whether it is new.

        The same report again gets the same case. What is read and saved is read and saved together with
        whatever comes in the same instant. It is decided upon what can be read without a transaction: the
        one that saves it has the guards, and where they no longer hold it is decided again.
        """

        async def once() -> ListedCase:
            change = await self._decided(None, finding, actor)
            return _listed(change, await self._intake.save(change, digest))

        return await self._taken_in(finding, digest, once)

    async def report_within(self, finding: Finding, acts: ActorOf, digest: str) -> tuple[ListedCase, bool]:
        """The same in a transaction of its own, in which `acts` may keep what belongs to the report."""

        async def once() -> ListedCase:
            async with driver_transaction(self._engine) as driver:
                change = await self._decided(driver, finding, await acts(driver))
                return _listed(change, await save_change(driver, change, digest))

        return await self._taken_in(finding, digest, once)

    async def _decided(self, driver: asyncpg.Connection | None, finding: Finding, actor: Actor) -> Change:
        place = await self.place_of(finding.at)
        act = Act(actor, self.clock(), new_id, phone_at=finding.found_at)
        change = report_finding(finding, place, act, self.policy)
        return await self.dispatcher.carry_on(driver, change, self.policy)

    async def _taken_in(
        self, finding: Finding, digest: str, once: Callable[[], Awaitable[ListedCase]]
    ) -> tuple[ListedCase, bool]:
        """Try until it is in; the store refuses an id that it knows, so only then is it looked up."""
        sent_before = False
        for _ in range(_TRIES):
            if sent_before and (known := await self._sent_before(finding, digest)) is not None:
                return known, False
            try:
                return await once(), True
            except SameClientIdError:
                sent_before = True
            except _TRY_AGAIN:
                continue
        raise LostRaceError

    async def _sent_before(self, finding: Finding, digest: str) -> ListedCase | None:
        """The case that this very report became when it was sent before."""
        async with driver_transaction(self._engine) as driver:
            earlier = await find_report(driver, finding.district, finding.submitter, finding.client_id)
            if earlier is None:
                return None
            if earlier.digest != digest:
                raise SameIdOtherReportError
            (known,) = await find_items(driver, finding.district, [earlier.case])
            return known

    async def act(
        self,
        case_id: UUID,
        actor: Actor,
        pure: PureAct,
        told: Told = Told(),
    ) -> Case:
        """Do one act. The case as it then stands."""
        return await self.act_within(case_id, actor, _without_driver(pure), told)

    async def act_within(
        self,
        case_id: UUID,
        actor: Actor,
        pure: Callable[[CaseFile, Act, asyncpg.Connection], Awaitable[Change | None]],
        told: Told = Told(),
    ) -> Case:
        """The same for an act that has to read more; one that finds nothing to do returns None."""
        for _ in range(_TRIES):
            act = Act(actor, self.clock(), new_id, told.reason, told.phone_at)
            try:
                async with driver_transaction(self._engine) as driver:
                    return await self._act_once(driver, case_id, act, pure, told)
            except _TRY_AGAIN:
                continue
            except ActionNotAllowedError as refused:
                if (faster := await self._who_was_faster(case_id, act)) is not None:
                    raise faster from refused
                raise
        raise LostRaceError

    async def _act_once(
        self,
        driver: asyncpg.Connection,
        case_id: UUID,
        act: Act,
        pure: Callable[[CaseFile, Act, asyncpg.Connection], Awaitable[Change | None]],
        told: Told,
    ) -> Case:
        file = await find_case_file(driver, self._watch.district, case_id, locked=True)
        if file is None:
            raise CaseNotFoundError
        told.look(file)
        if told.client_id and await self._done_before(driver, act, told):
            return file.case
        change = await pure(file, act, driver)
        if change is None:
            return file.case
        if change.case.state is State.FILED and change.events[-1].action is not Action.NOTE:
            change = await self.dispatcher.carry_on(driver, change, self.policy)
        await save_change(driver, change)
        if told.client_id:
            await save_receipt(driver, change, act.actor.person, told.client_id, told.digest)
        return change.case

    async def _done_before(self, driver: asyncpg.Connection, act: Act, told: Told) -> bool:
        """Whether the phone's act came in already and only the answer was lost."""
        digest = await find_receipt(driver, self._watch.district, act.actor.person, told.client_id)
        if digest is not None and digest != told.digest:
            raise SameIdOtherReportError
        return digest is not None

    async def _who_was_faster(self, case_id: UUID, act: Act) -> AlreadyTakenError | None:
        """Whoever changed the case moments ago, so that the slower of two is told who it was."""
        async with driver_transaction(self._engine) as driver:
            events = await list_events(driver, self._watch.district, case_id)
        others = [
            event
            for event in events
            if event.actor.person not in (None, act.actor.person) and act.at - event.at < _MOMENTS
        ]
        if not others:
            return None
        given = [str(event.details.get("name", "")) for event in events if event.action is Action.OFFER]
        return AlreadyTakenError(others[-1].actor.name, given[-1] if given else "")


def _listed(change: Change, saved: Saved) -> ListedCase:
    return ListedCase(change.case, saved.number, saved.holder)


def _without_driver(
    pure: PureAct,
) -> Callable[[CaseFile, Act, asyncpg.Connection], Awaitable[Change | None]]:
    async def run(file: CaseFile, act: Act, _: asyncpg.Connection) -> Change:
        return pure(file, act)

    return run
