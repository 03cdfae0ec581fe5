"""Patrols: a walk along a street, its track, and what was found on the way."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction, Watch
from api.duty_problems import NotOnDutyError, PatrolIdTakenError, PatrolRunningError
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may, reach_of
from api.instants import Instant
from api.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from api.routes.shifts import own_person
from api.store import duty
from dispatch.findings import Entered
from geo.coordinates import LonLat, MetricPlane

router = APIRouter(prefix="/api/v1/patrols", tags=["patrols"])

Walker = Annotated[Principal, require(Permission.PATROL)]
Viewer = Annotated[Principal, require(Permission.VIEW_POSITIONS)]


class PhoneTime(BaseModel):
    """When it was by the phone: what was done without a network comes later than it happened."""

    phone_at: Instant | None = None

    def at(self, now: datetime) -> datetime:
        """The phone's time where it can be right, else the server's."""
        told = self.phone_at
        return told if told is not None and now - _LATE_AT_MOST <= told <= now else now


class PatrolStart(PhoneTime):
    """Where the walk goes; the phone makes the id, so that sending it again is harmless."""

    id: UUID
    street: Annotated[str, Field(min_length=1, max_length=100)]


_LATE_AT_MOST = timedelta(days=4)
"""A phone may have been without a network for so long."""


class PatrolItem(BaseModel):
    """A walk along a street."""

    id: UUID
    person: UUID
    name: str
    name_en: str
    street: str
    started_at: datetime
    ended_at: datetime | None
    findings: int

    @classmethod
    def of(cls, patrol: duty.Patrol) -> "PatrolItem":
        """The patrol as it is listed."""
        return cls.model_validate(patrol, from_attributes=True)


class PatrolCard(PatrolItem):
    """A walk with where it went."""

    track: list[tuple[float, float]]
    length_m: float
    entered: dict[Entered, int]
    """How many of the findings came from homes, buildings, firms and the street, where that was said."""


@router.post("", status_code=201)
async def start_patrol(
    body: PatrolStart, principal: Walker, driver: DriverTransaction, watch: Watch
) -> PatrolItem:
    """Start a patrol; positions sent until it ends are its track."""
    person, district = own_person(principal), principal.district
    if (await watch.territory()).find_street(body.street) is None:
        raise NotFoundError("street", "街巷")
    if await duty.find_duty(driver, district, person) is None:
        raise NotOnDutyError
    begun = await duty.start_patrol(
        driver, district, body.id, person, body.street, body.at(datetime.now(UTC)), drill=principal.drill
    )
    patrol = await duty.find_patrol(driver, district, body.id)
    if patrol is None:
        raise PatrolRunningError
    if not begun and (patrol.person, patrol.street) != (person, body.street):
        raise PatrolIdTakenError
    return PatrolItem.of(patrol)


@router.post("/{patrol}/end")
async def end_patrol(
    patrol: UUID, principal: Walker, driver: DriverTransaction, body: PhoneTime | None = None
) -> PatrolCard:
    """End my patrol; one that has ended already is answered as it is."""
    at = (body or PhoneTime()).at(datetime.now(UTC))
    await duty.end_patrol(driver, principal.district, patrol, own_person(principal), at)
    found = await duty.find_patrol(driver, principal.district, patrol)
    if found is None or found.person != principal.person:
        raise NotFoundError("patrol", "巡查记录")
    return await _card(driver, principal.district, found)


@router.get("")
async def list_patrols(
    principal: Viewer,
    driver: DriverTransaction,
    street: Annotated[str | None, Query(max_length=100)] = None,
    person: UUID | None = None,
    since: Instant | None = None,
    until: Instant | None = None,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Page[PatrolItem]:
    """Patrols that the account may see, the newest first."""
    reach = reach_of(principal, Permission.VIEW_POSITIONS)
    wanted = duty.PatrolFilter(street, person, since, until)
    rows = await duty.list_patrols(driver, principal.district, wanted, _place(cursor), limit + 1)
    shown = [PatrolItem.of(row) for row in rows[:limit] if reach.covers(_where(row))]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items=shown, next=encode_cursor(last.started_at.isoformat(), str(last.id)) if last else None)


@router.get("/{patrol}")
async def read_patrol(patrol: UUID, principal: Viewer, driver: DriverTransaction) -> PatrolCard:
    """One patrol with its track."""
    found = await duty.find_patrol(driver, principal.district, patrol)
    if found is None or not may(principal, Permission.VIEW_POSITIONS, _where(found)):
        raise NotFoundError("patrol", "巡查记录")
    return await _card(driver, principal.district, found)


def _where(patrol: duty.Patrol) -> Where:
    return Where(patrol.area, patrol.street, owners=frozenset({patrol.person}))


async def _card(driver: asyncpg.Connection, district: str, patrol: duty.Patrol) -> PatrolCard:
    track = [*await duty.read_patrol_track(driver, district, patrol)]
    entered = {
        Entered(name): count
        for name, count in (await duty.count_entries(driver, district, patrol.id)).items()
    }
    return PatrolCard(
        **PatrolItem.of(patrol).model_dump(), track=track, length_m=_length_m(track), entered=entered
    )


def _length_m(track: list[tuple[float, float]]) -> float:
    if len(track) < 2:
        return 0.0
    plane = MetricPlane.around(LonLat(*track[0]))
    places = [plane.to_metres(lon, lat) for lon, lat in track]
    return round(sum(math.dist(one, other) for one, other in pairwise(places)), 1)


def _place(cursor: str) -> tuple[datetime, UUID] | None:
    when, patrol = decode_cursor(cursor, 2)
    if not when:
        return None
    try:
        return datetime.fromisoformat(when), UUID(patrol)
    except ValueError:
        raise NotFoundError("page", "页面") from None
