"""The seeded sample district on its way into an empty store: geometry, roads, places, people."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import uuid5

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction
from api.store.people import (
    PersonRecord,
    RosterLine,
    TaskForceRecord,
    save_people,
    save_roster,
    save_task_forces,
)
from api.store.places import save_base, save_centres, save_estates
from api.store.roads import save_roads
from api.store.territory import load_territory, save_areas, save_district, save_streets
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.sample import Member, SamplePeople, sample_people
from dispatch.task_forces import TaskForce
from geo.areas import Level
from geo.sample import SAMPLE_DISTRICT_CODE, SampleDistrict, load

Progress = Callable[[str, int, int], None]
"""Told the step's name, how many are done and how many there are."""

_BY = "yilu"
_SOURCE = "sample district (synthetic)"


@dataclass(frozen=True, slots=True)
class _Steps:
    names: tuple[str, ...]
    tell: Progress

    def done(self, name: str) -> None:
        self.tell(name, self.names.index(name) + 1, len(self.names))


async def sample_is_loaded(driver: asyncpg.Connection, district: str = SAMPLE_DISTRICT_CODE) -> bool:
    """Whether the store holds this district already."""
    loaded: bool = await driver.fetchval("SELECT EXISTS (SELECT FROM district WHERE code = $1)", district)
    return loaded


async def load_sample(
    driver: asyncpg.Connection,
    sample: SampleDistrict,
    people: SamplePeople,
    policy: Policy,
    progress: Progress = lambda *_: None,
) -> None:
    """Save the whole sample district; call it inside a transaction, so that it is there as a whole or not."""
    steps = _Steps(("areas", "streets", "roads", "places", "buildings", "people"), progress)
    code = SAMPLE_DISTRICT_CODE
    top = next(area for area in sample.areas if area.level is Level.DISTRICT)
    await save_district(driver, code, top.name, top.name_en, synthetic=True)
    await save_areas(driver, code, sample.areas, by=_BY, source=_SOURCE)
    steps.done("areas")
    await save_streets(driver, code, sample.streets, by=_BY, source=_SOURCE)
    steps.done("streets")
    await save_roads(driver, code, sample.roads, by=_BY, source=_SOURCE)
    steps.done("roads")
    await save_centres(driver, code, sample.centres, by=_BY, source=_SOURCE)
    await save_estates(driver, code, sample.estates, by=_BY, source=_SOURCE)
    steps.done("places")
    scenery = {
        "water": sample.water,
        "rail": sample.rail,
        "green": sample.green,
        "building": sample.buildings,
    }
    await save_base(driver, code, scenery, by=_BY, source=_SOURCE)
    steps.done("buildings")
    await save_people(driver, code, (_record(member, policy) for member in people.members))
    await save_task_forces(driver, code, (_force(force, sample) for force in people.task_forces))
    steps.done("people")


async def extend_roster(driver: asyncpg.Connection, people: SamplePeople, first: date, days: int) -> None:
    """Roster the sample people for so many days; lines that stand already stay as they are."""
    await save_roster(
        driver,
        SAMPLE_DISTRICT_CODE,
        (
            RosterLine(
                uuid5(member.person, shift.begins.isoformat()),
                member.person,
                shift.begins,
                shift.ends,
                shift.station,
            )
            for member, shift in people.roster(first, days)
        ),
    )


def _record(member: Member, policy: Policy) -> PersonRecord:
    rules = policy.posts.get(member.post)
    return PersonRecord(
        member.person,
        member.name,
        member.name_en,
        member.post,
        member.area,
        member.phone,
        street=next(iter(member.streets)) if len(member.streets) == 1 else None,
        department=member.department,
        capacity=rules.capacity if rules else 0,
        station=member.station,
    )


def _force(force: TaskForce, sample: SampleDistrict) -> TaskForceRecord:
    street = next(street for street in sample.streets if street.id == force.street)
    name_en = f"{street.name_en} task force"
    return TaskForceRecord(force.id, force.street, force.name, name_en, force.chief, force.members)


async def ensure_sample(
    engine: AsyncEngine, data: Path, progress: Progress = lambda *_: None, today: date | None = None
) -> bool:
    """Load the sample district from the folder of shipped data unless it is there; whether it was loaded now.

    Either way its people are rostered from yesterday on for two weeks, so that somebody is on duty.
    """
    policy = await asyncio.to_thread(load_policy, data / "policy")
    async with driver_transaction(engine) as driver:
        known = await sample_is_loaded(driver)
        territory = await load_territory(driver, SAMPLE_DISTRICT_CODE) if known else None
    sample = None if known else await asyncio.to_thread(load, data / "boundaries")
    people = sample_people(territory or cast(SampleDistrict, sample).territory(), sorted(policy.departments))
    async with driver_transaction(engine) as driver:
        if sample is not None:
            await load_sample(driver, sample, people, policy, progress)
        first = (today or datetime.now(UTC).date()) - timedelta(days=1)
        await extend_roster(driver, people, first, 15)
    return not known
