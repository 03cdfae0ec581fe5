"""Rosters: who is to work when."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import DriverTransaction
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may, reach_of
from api.ids import new_id
from api.instants import Instant
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.refusals import ConflictingChangeError, NotAllowedError, UnusableValueError
from api.store import staff
from api.store.audit import record_by_driver
from api.store.rows import Row

router = APIRouter(prefix="/api/v1", tags=["rosters"])

Viewer = Annotated[Principal, require(Permission.VIEW_PEOPLE)]
Keeper = Annotated[Principal, require(Permission.MANAGE_ROSTERS)]

LONGEST_DUTY = timedelta(hours=36)
WIDEST_VIEW = timedelta(days=62)


class RosterItem(BaseModel):
    """One time for which somebody is on the roster."""

    id: UUID
    person: UUID
    name: str
    post: str
    area: str
    starts_at: datetime
    ends_at: datetime
    emergency: bool


class NewRoster(BaseModel):
    """Somebody is to work from then till then."""

    person: UUID
    starts_at: Instant
    ends_at: Instant
    emergency: bool = False


@router.get("/rosters")
async def list_rosters(
    principal: Viewer,
    driver: DriverTransaction,
    since: Instant,
    until: Instant,
    person: UUID | None = None,
    cursor: Cursor = "",
    limit: Limit = 200,
) -> Page[RosterItem]:
    """List who is on the roster between two times, at most 62 days apart."""
    if not timedelta() < until - since <= WIDEST_VIEW:
        raise UnusableValueError(
            "Ask for a time of at most 62 days, the end after the beginning",
            "查询时段须在 62 天以内，且结束晚于开始",
        )
    starts_after, id_after = decode_cursor(cursor, 2)
    rows = await staff.list_rosters(
        driver,
        principal.district,
        reach_of(principal, Permission.VIEW_PEOPLE),
        since=since,
        until=until,
        person=person,
        after=(_checked_time(starts_after), id_after),
        limit=limit + 1,
    )
    return page_of(
        rows,
        limit,
        lambda row: RosterItem(**row),
        lambda row: (row["starts_at"].isoformat(), str(row["id"])),
    )


@router.post("/rosters", status_code=201)
async def add_roster(body: NewRoster, principal: Keeper, driver: DriverTransaction) -> dict[str, UUID]:
    """Put somebody on the roster."""
    row = await staff.find_person(driver, principal.district, body.person)
    if row is None or not may(principal, Permission.VIEW_PEOPLE, _where(row)):
        raise NotFoundError("member of staff", "工作人员")
    if not may(principal, Permission.MANAGE_ROSTERS, _where(row)):
        raise NotAllowedError
    if not timedelta() < body.ends_at - body.starts_at <= LONGEST_DUTY:
        raise UnusableValueError(
            "A duty ends after it begins and lasts 36 hours at most", "班次须结束晚于开始，且不超过 36 小时"
        )
    made = new_id()
    added = await staff.add_roster(
        driver,
        principal.district,
        made,
        body.person,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        emergency=body.emergency,
    )
    if not added:
        raise ConflictingChangeError(
            f"{row['name']} is on the roster for part of that time", f"{row['name']}在该时段已有排班"
        )
    await record_by_driver(driver, principal, "roster.add", str(made), area=row["area"])
    return {"id": made}


@router.delete("/rosters/{roster_id}", status_code=204)
async def remove_roster(roster_id: UUID, principal: Keeper, driver: DriverTransaction) -> None:
    """Take an entry off the roster."""
    row = await staff.find_roster(driver, principal.district, roster_id)
    if row is None or not may(principal, Permission.MANAGE_ROSTERS, _where(row)):
        raise NotFoundError("entry of the roster", "排班")
    await staff.remove_roster(driver, principal.district, roster_id)
    await record_by_driver(driver, principal, "roster.remove", str(roster_id), area=row["area"])


def _where(row: Row) -> Where:
    departments: list[str] = [row["department"]] if row["department"] else []
    return Where(row["area"], row["street"], frozenset(departments))


def _checked_time(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise UnusableValueError("The cursor is not one of ours", "翻页标记无效") from None
