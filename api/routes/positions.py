"""Where people are: phones send, maps read; taken on duty only, kept for a limited time, shown by need."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction
from api.direct_route import DirectRoute
from api.errors import NotFoundError
from api.fixes import FixFlag, PhoneFix
from api.guards import require
from api.identity import Permission, Principal, may, reach_of
from api.instants import Instant
from api.position_intake import PositionIntake
from api.refusals import UnusableValueError
from api.routes.shifts import own_person, places_of
from api.store import duty
from api.store.audit import record_by_driver
from api.store.positions import KnownPosition, positions_since, read_track

router = APIRouter(prefix="/api/v1", tags=["positions"])
from_phones = APIRouter(prefix="/api/v1", tags=["positions"], route_class=DirectRoute)

_LONGEST_TRACK = timedelta(days=1)
SHOWN = timedelta(hours=12)
"""A fix older than this is not shown as somebody's place."""


class FixItem(BaseModel):
    """One fix (WGS 84), with the phone's own time."""

    at: Instant
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    accuracy_m: Annotated[float | None, Field(ge=0, le=100_000, allow_inf_nan=False)] = None


class Fixes(BaseModel):
    """What a phone collected since it last sent."""

    fixes: Annotated[list[FixItem], Field(min_length=1, max_length=500)]


class FlaggedFix(BaseModel):
    """A fix that is kept and never used."""

    at: datetime
    flag: FixFlag


class TakenFixes(BaseModel):
    """What became of them. Off duty none is kept: the phone should stop sending."""

    on_duty: bool
    kept: int
    flagged: list[FlaggedFix]


class PositionItem(BaseModel):
    """Somebody's latest place."""

    person: UUID
    name: str
    name_en: str
    post: str
    lon: float
    lat: float
    at: datetime
    accuracy_m: float | None

    @classmethod
    def of(cls, known: KnownPosition) -> "PositionItem":
        """The place as it is shown."""
        return cls.model_validate(known, from_attributes=True)


class Track(BaseModel):
    """Where somebody went: the thinned track."""

    person: UUID
    fixes: list[FixItem]


@from_phones.post("/positions")
async def send_positions(
    body: Fixes, principal: Annotated[Principal, require(Permission.SEND_POSITIONS)], request: Request
) -> TakenFixes:
    """Send several fixes at once, every ten to fifteen seconds; sending them again is harmless."""
    intake: PositionIntake = request.app.state.positions
    fixes = [PhoneFix(one.at.astimezone(UTC), one.lon, one.lat, one.accuracy_m) for one in body.fixes]
    taken = await intake.take(own_person(principal), fixes)
    flagged = [FlaggedFix(at=at, flag=flag) for at, flag in taken.flagged]
    return TakenFixes(on_duty=taken.on_shift, kept=taken.kept, flagged=flagged)


@router.get("/positions")
async def list_positions(
    principal: Annotated[Principal, require(Permission.VIEW_POSITIONS)],
    driver: DriverTransaction,
    area: Annotated[str, Query(max_length=15, pattern="^[0-9]*$", description="A code prefix.")] = "",
) -> list[PositionItem]:
    """The latest place of everybody on duty whom the account may see; the live stream tells what changes."""
    reach = reach_of(principal, Permission.VIEW_POSITIONS)
    known = await positions_since(driver, principal.district, datetime.now(UTC) - SHOWN)
    return [
        PositionItem.of(one)
        for one in known
        if one.area.startswith(area) and any(map(reach.covers, one.where))
    ]


@router.get("/people/{person}/track")
async def read_person_track(
    person: UUID,
    principal: Annotated[Principal, require(Permission.VIEW_POSITIONS)],
    driver: DriverTransaction,
    since: Instant,
    until: Instant,
) -> Track:
    """Where somebody went, for at most a day; the look is recorded."""
    if not timedelta(0) <= until - since <= _LONGEST_TRACK:
        raise UnusableValueError(
            "Ask for at most one day, with 'since' before 'until'.", "最多查询一天，起始时间应早于结束时间。"
        )
    found = await duty.find_person(driver, principal.district, person)
    if found is None or not any(
        may(principal, Permission.VIEW_POSITIONS, where) for where in places_of(found)
    ):
        raise NotFoundError("person", "人员")
    await record_by_driver(driver, principal, "look:track", str(person), area=found["area"])
    fixes = await read_track(driver, principal.district, person, since, until)
    return Track(person=person, fixes=[FixItem.model_validate(fix, from_attributes=True) for fix in fixes])
