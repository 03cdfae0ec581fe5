"""The 15-minute service circle for planners: shares by area, centres, who is left out, and the rings."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from api.case_access import whole_area
from api.case_items import LonLatPair
from api.coverage_desk import CoverageDesk, CoverageQuestion
from api.dependencies import Engine, Watch
from api.guards import require
from api.identity import Permission, Principal
from api.shift_reach import reach_of_those_on_shift
from geo.road_rules import Mode
from geo.service_circle import ServiceCircle

router = APIRouter(prefix="/api/v1/coverage", tags=["coverage"])

Viewer = Annotated[Principal, require(Permission.VIEW_STATISTICS)]
LIMITS = (5.0, 10.0, 15.0)
_LISTED = 500
"""The farthest homes are named; the rest are counted."""


def desk_of(request: Request) -> CoverageDesk:
    """Return this process's desk."""
    desk: CoverageDesk = request.app.state.coverage
    return desk


DeskOfRequest = Annotated[CoverageDesk, Depends(desk_of)]


class CoverageQuery(BaseModel):
    """How one travels, and when."""

    mode: Mode = Mode.WALK
    at: Annotated[
        datetime | None, Query(description="A local time without a zone: only centres open then count.")
    ] = None

    def question(self) -> CoverageQuestion:
        """The same for the desk, to the minute."""
        at = self.at.replace(second=0, microsecond=0, tzinfo=None) if self.at else None
        return CoverageQuestion(self.mode, LIMITS, at)


class ReachQuery(BaseModel):
    """How those on shift travel, and in which area."""

    area: Annotated[str, Query(max_length=15, pattern=r"^\d*$", description="Prefix of an area code.")] = ""
    mode: Mode = Mode.EBIKE


class AreaShare(BaseModel):
    """How many households of an area are within each limit."""

    level: str
    code: str
    name: str
    name_en: str
    households: int
    within: tuple[int, int, int]
    left_out: int
    share_floor_500: float
    share_floor_1000: float


class CentreLoad(BaseModel):
    """A centre, whether it counts, and whom it serves."""

    id: str
    name: str
    name_en: str
    at: LonLatPair
    in_service: bool
    within: tuple[int, int, int]
    nearest: int


class LeftOut(BaseModel):
    """Homes beyond the last limit; minutes are null where no way leads to any centre."""

    at: LonLatPair
    households: int
    minutes: float | None


class Coverage(BaseModel):
    """The whole answer."""

    minutes: tuple[float, float, float]
    mode: str
    households: int
    share_covered: float
    areas: list[AreaShare]
    centres: list[CentreLoad]
    left_out: list[LeftOut]
    left_out_more: int
    """How many places beyond those listed are left out as well."""


@router.get("")
async def read_coverage(
    query: Annotated[CoverageQuery, Query()], viewer: Viewer, desk: DeskOfRequest, watch: Watch
) -> Coverage:
    """Who lives within 5, 10 and 15 minutes of a centre, by area; and who does not."""
    circle = await desk.circle(query.question())
    territory = await watch.territory()
    names = {area.code: (area.name, area.name_en) for area in territory.areas}
    outside = circle.left_out
    return Coverage(
        minutes=LIMITS,
        mode=circle.mode.value,
        households=int(circle.demand["households"].sum()),
        share_covered=circle.share_covered,
        areas=_areas(circle, names),
        centres=_centres(circle),
        left_out=[_home(row) for row in outside.head(_LISTED).itertuples()],
        left_out_more=max(len(outside) - _LISTED, 0),
    )


@router.get("/rings")
async def read_rings(
    query: Annotated[CoverageQuery, Query()],
    viewer: Viewer,
    desk: DeskOfRequest,
    centre: Annotated[str, Query(max_length=64, description="One centre; without, all of them as one.")] = "",
) -> Response:
    """The rings as GeoJSON, the widest first, so that the narrower are drawn on top."""
    rings = await desk.rings(query.question())
    rings = rings[rings["centre"] == centre]
    ordered = rings.sort_values("minutes", ascending=False)
    return Response(ordered.to_json(), media_type="application/geo+json")


@router.get("/reach")
async def read_reach(
    query: Annotated[ReachQuery, Query()],
    principal: Viewer,
    request: Request,
    engine: Engine,
    watch: Watch,
) -> Response:
    """Every grid with the minutes until somebody on shift is there, and its `ring`, as GeoJSON; no names.

    Counted are the people of the area itself, where they are now or else where their roster places them.
    """
    area = whole_area(principal, Permission.VIEW_STATISTICS, query.area, watch.district)
    found = await reach_of_those_on_shift(
        engine,
        watch,
        request.app.state.roads,
        request.app.state.casework.policy.positions,
        area=area,
        mode=query.mode,
        minutes=LIMITS,
        now=datetime.now(UTC),
    )
    shown = found.grids.assign(minutes=found.grids["minutes"].round(1).replace(math.inf, math.nan))
    told = orjson.loads(shown.to_json(na="null", drop_id=True))
    within = [int((shown["ring"] <= limit).sum()) for limit in LIMITS]
    about = {"on_shift": found.on_shift, "nowhere": found.nowhere, "grids": len(shown), "within": within}
    return Response(
        orjson.dumps(told | {"minutes": LIMITS, "mode": query.mode.value, "about": about}),
        media_type="application/geo+json",
        headers={"Cache-Control": "private, max-age=5"},
    )


def _within(row: dict[str, Any], prefix: str) -> tuple[int, int, int]:
    near, middle, far = (int(row[f"{prefix}{limit:g}"]) for limit in LIMITS)
    return near, middle, far


def _areas(circle: ServiceCircle, names: dict[Any, tuple[str, str]]) -> list[AreaShare]:
    shown = []
    for row in circle.shares.to_dict("records"):
        if row["level"] == "all":
            continue
        name, name_en = names.get(row["code"], (row["code"], ""))
        shown.append(
            AreaShare(
                level=row["level"],
                code=row["code"],
                name=name,
                name_en=name_en,
                households=int(row["households"]),
                within=_within(row, "within_"),
                left_out=int(row["left_out"]),
                share_floor_500=float(row["share_floor_500"]),
                share_floor_1000=float(row["share_floor_1000"]),
            )
        )
    return shown


def _centres(circle: ServiceCircle) -> list[CentreLoad]:
    table = circle.centres
    shown = []
    for row in table.reset_index().to_dict("records"):
        point = row[table.geometry.name].representative_point()
        shown.append(
            CentreLoad(
                id=str(row["id"]),
                name=row["name"],
                name_en=row["name_en"],
                at=(point.x, point.y),
                in_service=bool(row["in_service"]),
                within=_within(row, "households_within_"),
                nearest=int(row["households_nearest"]),
            )
        )
    return shown


def _home(row: Any) -> LeftOut:
    point = row.geometry.representative_point()
    minutes = float(row.minutes)
    return LeftOut(
        at=(round(point.x, 6), round(point.y, 6)),
        households=int(row.households),
        minutes=round(minutes, 1) if math.isfinite(minutes) else None,
    )
