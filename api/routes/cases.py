"""Cases: lists of them, one with its history, and what may be done to it from a desk."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.case_access import demand
from api.case_items import CaseItem
from api.casework import Casework
from api.dependencies import DriverTransaction
from api.edge import RefusedBodyError
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.instants import Instant
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.routes.case_shapes import AtHandItem, CaseCard, Suggestion, TaskItem, case_card
from api.store.audit import record_by_driver
from api.store.case_lists import CaseFilter, ListedCase, count_cases, find_items, list_case_items
from api.store.cases import find_case_file, list_events, list_neighbours, list_tasks
from api.store.replay import list_names
from dispatch.cases import Task
from dispatch.errors import CaseNotFoundError
from dispatch.lifecycle import Outcome, State

router = APIRouter(prefix="/api/v1", tags=["cases"])

Viewer = Annotated[Principal, require(Permission.VIEW_CASES)]
Dispatching = Annotated[Principal, require(Permission.DISPATCH)]


async def casework_of(request: Request) -> Casework:
    """Return this process's casework."""
    work: Casework = request.app.state.casework
    return work


CaseworkOfRequest = Annotated[Casework, Depends(casework_of)]


class CaseQuery(BaseModel):
    """What a list of cases is narrowed to."""

    area: Annotated[str, Query(max_length=15, pattern=r"^\d*$", description="Prefix of an area code.")] = ""
    street: Annotated[str, Query(max_length=64)] = ""
    state: Annotated[list[State], Query(max_length=12, description="Any of these states.")] = []
    category: Annotated[list[str], Query(max_length=60)] = []
    kind: Annotated[list[str], Query(max_length=10)] = []
    outcome: Annotated[list[Outcome], Query(max_length=6)] = []
    holder: UUID | None = None
    reporter: UUID | None = None
    since: Instant | None = None
    until: Instant | None = None
    overdue: bool = False
    unassigned: bool = False
    west: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None
    south: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None
    east: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None
    north: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None
    q: Annotated[str, Query(max_length=100, description="In the description, or a case's number.")] = ""

    def filter(self, now: datetime) -> CaseFilter:
        """The same for the store."""
        return CaseFilter(
            area=self.area,
            street=self.street,
            states=tuple(self.state),
            categories=tuple(self.category),
            kinds=tuple(self.kind),
            outcomes=tuple(self.outcome),
            holder=self.holder,
            reporter=self.reporter,
            since=self.since,
            until=self.until,
            overdue_at=now if self.overdue else None,
            bbox=self._box(),
            words=self.q.strip(),
            unassigned=self.unassigned,
        )

    def _box(self) -> tuple[float, float, float, float] | None:
        corners = (self.west, self.south, self.east, self.north)
        match tuple(corner for corner in corners if corner is not None):
            case ():
                return None
            case (west, south, east, north) if west <= east and south <= north:
                return west, south, east, north
        raise RefusedBodyError(
            "A box needs west, south, east and north, the smaller before the greater; give all four or none.",
            "范围须同时给出 west、south、east、north，且西不大于东、南不大于北；请全部填写或全部省略。",
        )


Filters = Annotated[CaseQuery, Query()]


class CaseCount(BaseModel):
    """How many."""

    count: int


def show_item(listed: ListedCase) -> CaseItem:
    """A listed case as the API shows it."""
    return CaseItem.of(listed.case, listed.number, listed.holder)


async def item_of(driver: asyncpg.Connection, district: str, case_id: UUID) -> CaseItem | None:
    """The case as a list shows it."""
    found = await find_items(driver, district, [case_id])
    return show_item(found[0]) if found else None


async def task_items(driver: asyncpg.Connection, district: str, tasks: tuple[Task, ...]) -> list[TaskItem]:
    """Tasks with the names of those who were asked."""
    names = await list_names(driver, district, list({task.responder for task in tasks}))
    return [TaskItem.of(task, names.get(task.responder)) for task in tasks]


class CasePageQuery(CaseQuery):
    """A page of a list of cases."""

    cursor: Cursor = ""
    limit: Limit = 100


@router.get("/cases")
async def read_cases(
    query: Annotated[CasePageQuery, Query()], driver: DriverTransaction, viewer: Viewer
) -> Page[CaseItem]:
    """List cases, newest first."""
    before = place_in_cases(query.cursor)
    rows = await list_case_items(
        driver,
        viewer.district,
        query.filter(datetime.now(UTC)),
        reach_of(viewer, Permission.VIEW_CASES),
        limit=query.limit + 1,
        before=before,
    )
    return page_of(
        rows,
        query.limit,
        show_item,
        key_in_cases,
    )


def key_in_cases(listed: ListedCase) -> tuple[str, str]:
    """What a list of cases is ordered by, newest first."""
    return listed.case.reported_at.isoformat(), str(listed.case.id)


def place_in_cases(cursor: str) -> tuple[datetime, UUID] | None:
    """The place in a list of cases that a cursor names; None for its beginning."""
    at, case_id = decode_cursor(cursor, 2)
    if not at:
        return None
    try:
        return datetime.fromisoformat(at), UUID(case_id)
    except ValueError:
        raise RefusedBodyError(
            "The cursor is not one of this list; take 'next' of the page before, or start without one.",
            "翻页标记不属于此列表，请使用上一页返回的 next，或从第一页开始。",
        ) from None


@router.get("/cases/count")
async def count(query: Filters, driver: DriverTransaction, viewer: Viewer) -> CaseCount:
    """Count the cases of a list."""
    reach = reach_of(viewer, Permission.VIEW_CASES)
    return CaseCount(count=await count_cases(driver, viewer.district, query.filter(datetime.now(UTC)), reach))


@router.get("/cases/{case_id}")
async def read_case(case_id: UUID, driver: DriverTransaction, viewer: Viewer) -> CaseCard:
    """One case with its history, its offers and its whistles; the look is recorded."""
    file = await find_case_file(driver, viewer.district, case_id)
    if file is None:
        raise CaseNotFoundError
    demand(viewer, Permission.VIEW_CASES, file)
    if file.case.reporter not in (viewer.person, viewer.account):
        await record_by_driver(
            driver, viewer, "look:case", str(case_id), area=file.case.place.area or viewer.district
        )
    item = await item_of(driver, viewer.district, case_id)
    assert item is not None
    tasks = await list_tasks(driver, viewer.district, case_id)
    events = await list_events(driver, viewer.district, case_id)
    actors = {event.actor.person for event in events if event.actor.person is not None}
    return case_card(
        item,
        events,
        await task_items(driver, viewer.district, tasks),
        file.whistles,
        await list_names(driver, viewer.district, list(actors)),
    )


@router.get("/cases/{case_id}/duplicates")
async def read_duplicates(case_id: UUID, driver: DriverTransaction, viewer: Viewer) -> list[CaseItem]:
    """Live cases of the same category within a hundred metres."""
    file = await find_case_file(driver, viewer.district, case_id)
    if file is None:
        raise CaseNotFoundError
    demand(viewer, Permission.VIEW_CASES, file)
    near = await list_neighbours(driver, file.case)
    order = {case.id: place for place, case in enumerate(near)}
    items = await find_items(driver, viewer.district, list(order))
    return [show_item(listed) for listed in sorted(items, key=lambda listed: order[listed.case.id])]


@router.get("/cases/{case_id}/suggestion")
async def read_suggestion(
    case_id: UUID, driver: DriverTransaction, viewer: Dispatching, work: CaseworkOfRequest
) -> Suggestion:
    """Whom dispatch would ask now, why, and who else was looked at."""
    file = await find_case_file(driver, viewer.district, case_id)
    if file is None:
        raise CaseNotFoundError
    demand(viewer, Permission.DISPATCH, file)
    return Suggestion.of(await work.dispatcher.decide(driver, file.case, work.policy, now=work.clock()))


@router.get("/cases/{case_id}/at-hand")
async def read_at_hand(
    case_id: UUID, driver: DriverTransaction, viewer: Dispatching, work: CaseworkOfRequest
) -> list[AtHandItem]:
    """Everybody whom one may send now by one's own choice, the nearest first, with minutes and load."""
    file = await find_case_file(driver, viewer.district, case_id)
    if file is None:
        raise CaseNotFoundError
    demand(viewer, Permission.DISPATCH, file)
    found = await work.dispatcher.at_hand(driver, file.case, work.policy, work.clock())
    return [AtHandItem.of(one) for one in found]
