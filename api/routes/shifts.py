"""Going on and off shift, and who is on duty."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import DriverTransaction
from api.duty_problems import NoStaffAccountError
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may
from api.ids import new_id
from api.refusals import NotAllowedError
from api.store import duty
from api.store.audit import record_by_driver
from api.store.rows import Row

router = APIRouter(prefix="/api/v1/shifts", tags=["shifts"])

Sender = Annotated[Principal, require(Permission.SEND_POSITIONS)]
Keeper = Annotated[Principal, require(Permission.MANAGE_ROSTERS)]


class Duty(BaseModel):
    """Whether somebody is on duty, and what he does there."""

    person: UUID
    on_duty: bool
    since: datetime | None = None
    until: datetime | None = None
    """When the roster lets him go; null where he put himself on shift."""
    patrol: UUID | None = None
    patrol_street: str | None = None


def own_person(principal: Principal) -> UUID:
    """Return the member of staff that the account belongs to."""
    if principal.person is None:
        raise NoStaffAccountError
    return principal.person


def places_of(person: Row) -> tuple[Where, ...]:
    """Whose business somebody is: his area's, and each of his streets'."""
    owners = frozenset({person["id"]})
    return tuple(Where(person["area"], street, owners=owners) for street in person["streets"] or (None,))


@router.get("/mine")
async def read_my_duty(principal: Sender, driver: DriverTransaction) -> Duty:
    """Whether I am on duty."""
    return await _duty(driver, principal.district, own_person(principal))


@router.post("/on")
async def go_on_shift(principal: Sender, driver: DriverTransaction) -> Duty:
    """Go on shift; from now on positions are taken and work is offered."""
    person = own_person(principal)
    await duty.go_on(driver, principal.district, new_id(), person, datetime.now(UTC))
    return await _duty(driver, principal.district, person)


@router.post("/off")
async def go_off_shift(principal: Sender, driver: DriverTransaction) -> Duty:
    """Go off shift, whatever the roster says; a running patrol ends too."""
    person = own_person(principal)
    await duty.go_off(driver, principal.district, new_id(), person)
    return await _duty(driver, principal.district, person)


@router.post("/{person}/on")
async def put_on_shift(person: UUID, principal: Keeper, driver: DriverTransaction) -> Duty:
    """Put somebody else on shift."""
    await _demand(driver, principal, person)
    await duty.go_on(driver, principal.district, new_id(), person, datetime.now(UTC))
    await record_by_driver(driver, principal, "shift:on", str(person))
    return await _duty(driver, principal.district, person)


@router.post("/{person}/off")
async def take_off_shift(person: UUID, principal: Keeper, driver: DriverTransaction) -> Duty:
    """Take somebody else off shift."""
    await _demand(driver, principal, person)
    await duty.go_off(driver, principal.district, new_id(), person)
    await record_by_driver(driver, principal, "shift:off", str(person))
    return await _duty(driver, principal.district, person)


async def _demand(driver: asyncpg.Connection, principal: Principal, person: UUID) -> None:
    found = await duty.find_person(driver, principal.district, person)
    if found is None:
        raise NotFoundError("person", "人员")
    places = places_of(found)
    if any(may(principal, Permission.MANAGE_ROSTERS, where) for where in places):
        return
    if any(may(principal, Permission.VIEW_PEOPLE, where) for where in places):
        raise NotAllowedError
    raise NotFoundError("person", "人员")


async def _duty(driver: asyncpg.Connection, district: str, person: UUID) -> Duty:
    row = await duty.find_duty(driver, district, person)
    return Duty(person=person, on_duty=True, **dict(row)) if row else Duty(person=person, on_duty=False)
