"""What a shape that somebody drew on the map holds: cases, households, people."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel
from shapely import Point, from_wkb

from api.dependencies import DriverTransaction, Watch
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.instants import Instant
from api.routes.positions import SHOWN, PositionItem
from api.shapes import DrawnOutline, outline_wkb
from api.store.case_lists import NOT_ENDED, CaseFilter, Tally, tally_cases
from api.store.inside import count_homes
from api.store.positions import positions_since

router = APIRouter(prefix="/api/v1/shapes", tags=["shapes"])

_LOOKED_BACK = timedelta(days=30)


class ShapeBody(BaseModel):
    """An area, and since when its cases are counted."""

    outline: DrawnOutline
    since: Instant | None = None
    """Thirty days ago where it is not said."""


class CategoryCount(BaseModel):
    """How many cases of one category."""

    category: str
    count: int


class ShapeCount(BaseModel):
    """What lies inside."""

    area_m2: float
    households: int
    buildings: int
    since: datetime
    reported: int
    """Cases reported since then, whatever became of them."""
    open: int
    late: int
    by_category: list[CategoryCount]
    """Of those reported since then, the most frequent first."""
    people: list[PositionItem] | None
    """Who is on duty there now; null for who may not see where people are."""


@router.post("/count")
async def count_inside(
    body: ShapeBody,
    driver: DriverTransaction,
    watch: Watch,
    viewer: Annotated[Principal, require(Permission.VIEW_CASES)],
) -> ShapeCount:
    """Count the cases, households and people inside an area, as far as the account may see them."""
    outline, now = outline_wkb(body.outline), datetime.now(UTC)
    since = body.since or now - _LOOKED_BACK
    homes = await count_homes(driver, watch.district, (await watch.versions()).boundaries, outline)
    assert homes is not None
    reach = reach_of(viewer, Permission.VIEW_CASES)

    async def tally(wanted: CaseFilter) -> list[Tally]:
        return await tally_cases(driver, watch.district, wanted, reach, now)

    standing = await tally(CaseFilter(within=outline, states=NOT_ENDED))
    reported = await tally(CaseFilter(within=outline, since=since))
    categories = Counter[str]()
    for one in reported:
        categories[one.category] += one.count
    return ShapeCount(
        area_m2=round(homes["area_m2"], 1),
        households=homes["households"],
        buildings=homes["buildings"],
        since=since,
        reported=categories.total(),
        open=sum(one.count for one in standing),
        late=sum(one.count for one in standing if one.late),
        by_category=[CategoryCount(category=code, count=n) for code, n in categories.most_common(20)],
        people=await _people_inside(driver, viewer, outline, now),
    )


async def _people_inside(
    driver: DriverTransaction, viewer: Principal, outline: bytes, now: datetime
) -> list[PositionItem] | None:
    reach = reach_of(viewer, Permission.VIEW_POSITIONS)
    if not reach:
        return None
    shape = from_wkb(outline)
    return [
        PositionItem.of(one)
        for one in await positions_since(driver, viewer.district, now - SHOWN)
        if any(map(reach.covers, one.where)) and shape.covers(Point(one.lon, one.lat))
    ]
