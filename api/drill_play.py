"""A drill being played: the sample people with their phones, a desk and residents, day after day."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.drill_accounts import drill_link, grants_of, people_with_accounts
from api.drill_desk import Desk, Resident
from api.drill_phone import Phone, Stage
from api.drill_wire import Exchange, Wire
from api.identity import Grant, Role
from api.settings import data_folder
from api.store.drill import DrillState
from dispatch.behaviour import Behaviour, Nature, Outcomes
from dispatch.clocks import CITY_ZONE
from dispatch.disorder import DisorderPlan, PlannedPatrol, Sighting, plan_disorder
from dispatch.ids import PersonId
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.sample import Member, SamplePeople, sample_people
from dispatch.sample_year import category_rates, midnight
from geo.areas import Territory
from geo.coordinates import LonLat
from geo.road_readers import import_roads
from geo.road_rules import Mode
from geo.sample import load
from geo.streets import Street, StreetId
from geo.travel import Travel

logger = logging.getLogger("yilu.drill")

DAY_BEGINS_H, DAY_ENDS_H = 7.5, 20.5
PATROLS_A_PHONE_HOUR = 0.25
FINDINGS_A_PATROL = 3
RESIDENTS = 4
LOSSY = 0.01
"""The share of answers that a phone never gets, so that it sends again."""
_MOST_AWAKE = 2
"""For each phone that is always awake, so many at most when people without one are sent for."""
_GO_HOME_S = 5.0
_START_AGAIN_S = 10.0


@dataclass(frozen=True)
class Ground:
    """The sample district as everybody who plays knows it."""

    territory: Territory
    people: SamplePeople
    policy: Policy
    walk: Travel

    @classmethod
    def read(cls) -> "Ground":
        """Read it from the shipped data."""
        sample = load(data_folder() / "boundaries")
        territory, policy = sample.territory(), load_policy(data_folder() / "policy")
        network, _ = import_roads(sample.roads)
        people = sample_people(territory, sorted(policy.departments))
        return cls(territory, people, policy, Travel(network, Mode.WALK))

    async def way(self, here: LonLat, there: LonLat) -> Sequence[LonLat]:
        """The way on foot over the district's roads; straight where none leads."""
        found = await asyncio.to_thread(self.walk.path, here, there)
        between = [LonLat(x, y) for x, y in found.line.coords] if found else []
        return [here, *between, there]

    def crew(self, count: int, but: frozenset[UUID], chance: Random) -> list[Member]:
        """Choose people so that as many streets as possible have somebody."""
        forces = list(self.people.task_forces)
        chance.shuffle(forces)
        chosen: dict[PersonId, Member] = {}
        for place in range(max((len(force.members) for force in forces), default=0)):
            for force in forces:
                if len(chosen) >= count:
                    return list(chosen.values())
                if place < len(force.members) and (person := force.members[place]) not in but:
                    chosen[person] = self.people.by_id[person]
        return list(chosen.values())


class Play:
    """One drill from its beginning to its end: so many phones, a desk, residents, day after day."""

    def __init__(
        self, ground: Ground, engine: AsyncEngine, district: str, exchange: Exchange, state: DrillState
    ) -> None:
        began = state.began_at
        assert began is not None
        seed = int(began.timestamp())
        self.ground = ground
        self.exchange = exchange
        self._engine = engine
        self._district = district
        self._state = state
        self._began_at = began
        self._chance = Random(seed)
        self._seed = seed
        nature = Nature(Behaviour(), seed)
        self.stage = Stage(ground.policy, nature, Outcomes(nature), state.pace, ground.way, self._is_ours)
        self._phones: dict[PersonId, Phone] = {}
        self._lives: set[asyncio.Task[None]] = set()
        self._not_played: frozenset[UUID] = frozenset()
        self._today: DisorderPlan | None = None
        self._minting = asyncio.Semaphore(2)

    def _is_ours(self, case: dict[str, object]) -> bool:
        """The year before is history: what was still open then stays as it was."""
        return bool(case["drill"]) or datetime.fromisoformat(str(case["reported_at"])) >= self._began_at

    @property
    def awake(self) -> int:
        """How many phones are."""
        return len(self._phones)

    async def run(self) -> None:
        """Play until cancelled; then everybody goes home."""
        try:
            await self.exchange.open()
            self._not_played = await people_with_accounts(self._engine, self._district)
            for member in self.ground.crew(self._state.phones, self._not_played, self._chance):
                self._wake(member)
            desk = Desk(self._operator(), self.stage, self._began_at, self._ring)
            residents = [
                Resident(self._resident(number), self.stage, self._chance, self._somewhere, 1 / RESIDENTS)
                for number in range(RESIDENTS)
            ]
            async with asyncio.TaskGroup() as together:
                together.create_task(desk.work())
                together.create_task(self._play_days())
                for resident in residents:
                    together.create_task(resident.live())
        finally:
            await self._go_home()

    async def _go_home(self) -> None:
        for life in tuple(self._lives):
            life.cancel()
        leaving = [phone.go_home() for phone in self._phones.values()]
        with suppress(TimeoutError):
            async with asyncio.timeout(_GO_HOME_S):
                await asyncio.gather(*leaving, return_exceptions=True)
        self._phones.clear()
        await self.exchange.close()

    # -- who plays ----------------------------------------------------------------------------------------

    def _wire(
        self, name: str, title: str, grants: tuple[Grant, ...], person: UUID | None = None, lossy: float = 0.0
    ) -> Wire:
        async def link() -> str:
            async with self._minting:  # the store has better to do than to make accounts
                return await drill_link(self._engine, self._district, name, title, grants, person)

        return Wire(self.exchange, link, self._chance, lossy)

    def _operator(self) -> Wire:
        return self._wire(
            "drill-operator", "演练坐席 Drill operator", (Grant(Role.OPERATOR, self._district),)
        )

    def _resident(self, number: int) -> Wire:
        grants = (Grant(Role.RESIDENT, self._district),)
        return self._wire(f"drill-resident-{number + 1}", f"演练居民 {number + 1}", grants)

    def _wake(self, member: Member) -> Phone:
        grants = grants_of(member, self._district)
        wire = self._wire(f"drill-{member.person}", f"{member.name} · 演练", grants, member.person, LOSSY)
        phone = Phone(member, self._place_of(member), wire, self.stage, self._chance)
        self._phones[member.person] = phone
        life = asyncio.create_task(self._live(phone))
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)
        return phone

    async def _live(self, phone: Phone) -> None:
        await asyncio.sleep(self._chance.uniform(0, 2 + len(self._phones) / 10))  # not all at once
        while True:
            try:
                await phone.live()
            except Exception as failure:  # noqa: BLE001 - whatever broke one phone must not end the drill
                logger.warning("the phone of %s broke and starts again: %r", phone.member.person, failure)
            await asyncio.sleep(_START_AGAIN_S)

    def _place_of(self, member: Member) -> LonLat:
        if member.station is not None:
            return member.station
        if member.streets:
            line = self._street(min(member.streets)).centreline
            point = line.interpolate(self._chance.random(), normalized=True)
        else:
            point = self.ground.territory.area(member.area).shape.representative_point()
        return LonLat(point.x, point.y)

    def _ring(self, person: UUID) -> None:
        """Somebody is asked whose phone sleeps: wake it, unless too many are awake."""
        member = self.ground.people.by_id.get(PersonId(person))
        full = len(self._phones) >= self._state.phones * _MOST_AWAKE
        if member is None or person in self._phones or person in self._not_played or full:
            return
        self._wake(member)

    # -- what happens -------------------------------------------------------------------------------------

    async def _play_days(self) -> None:
        """Day after day from morning to evening; the first begins at the hour that it is in the city."""
        now = datetime.now(CITY_ZONE)
        hour = now.hour + now.minute / 60
        begins_h = hour if DAY_BEGINS_H <= hour < DAY_ENDS_H - 2 else DAY_BEGINS_H
        for number in range(10_000):
            await self._play_day(midnight(now.date()) + timedelta(days=number), begins_h, number)
            begins_h = DAY_BEGINS_H

    async def _play_day(self, day: datetime, begins_h: float, number: int) -> None:
        plan = self._today = await asyncio.to_thread(self._plan, day, number)
        met: dict[int, list[Sighting]] = {}
        for sighting in plan.sightings:
            met.setdefault(sighting.patrol, []).append(sighting)
        clock = asyncio.get_running_loop().time
        opening, began = day + timedelta(hours=begins_h), clock()
        for place, patrol in enumerate(plan.patrols):
            due_s = (patrol.starts_at - opening).total_seconds()
            if due_s < 0:
                continue
            if patrol.starts_at > day + timedelta(hours=DAY_ENDS_H):
                break
            await asyncio.sleep(max(began + due_s / self.stage.pace - clock(), 0))
            self._send_out(patrol, met.get(place, ()))
        closing_s = (day + timedelta(hours=DAY_ENDS_H) - opening).total_seconds()
        await asyncio.sleep(max(began + closing_s / self.stage.pace - clock(), 0))

    def _plan(self, day: datetime, number: int) -> DisorderPlan:
        """What is to be found that day on the streets of those who play."""
        streets = [self._street(name) for name in sorted(self._streets_played())]
        hours = DAY_ENDS_H - DAY_BEGINS_H
        patrols = max(round(self._state.phones * hours * PATROLS_A_PHONE_HOUR), 20)
        return plan_disorder(
            streets,
            category_rates(self.ground.policy),
            starts_at=day,
            days=1,
            patrols=patrols,
            findings=patrols * FINDINGS_A_PATROL,
            seed=self._seed + number,
        )

    def _streets_played(self) -> set[StreetId]:
        return {
            force.street
            for force in self.ground.people.task_forces
            if any(person in self._phones for person in force.members)
        }

    def _street(self, name: StreetId) -> Street:
        return self.ground.territory.street(name)

    def _send_out(self, patrol: PlannedPatrol, sightings: Sequence[Sighting]) -> None:
        force = next(one for one in self.ground.people.task_forces if one.street == patrol.street)
        ready = [
            phone
            for person in force.members
            if (phone := self._phones.get(person)) is not None and phone.is_free
        ]
        if not ready:
            return
        walk = asyncio.create_task(
            self._chance.choice(ready).patrol(patrol, self._street(patrol.street), sightings)
        )
        self._lives.add(walk)
        walk.add_done_callback(self._lives.discard)

    def _somewhere(self) -> Sighting | None:
        """Where a resident is bothered, and by what: by the same disorder that patrols find."""
        return self._chance.choice(self._today.sightings) if self._today else None
