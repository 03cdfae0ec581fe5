"""What administrators change on the map, and what they look up: centres, closures, imports, policy."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction, Watch
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may
from api.ids import new_id
from api.instants import Instant
from api.paging import Limit
from api.refusals import ConflictingChangeError, NotAllowedError, UnusableValueError
from api.routes.account_shapes import ShortText
from api.shapes import DrawnLine, DrawnOutline, line_wkb, outline_wkb
from api.store import fabric, import_reports
from api.store.audit import record_by_driver
from api.store.roads import Closure, close_edges, lift_closure

router = APIRouter(prefix="/api/v1", tags=["administration"])

CentreKeeper = Annotated[Principal, require(Permission.MANAGE_CENTRES)]
ClosureKeeper = Annotated[Principal, require(Permission.MANAGE_CLOSURES)]
ImportViewer = Annotated[Principal, require(Permission.VIEW_IMPORTS)]
Anyone = Annotated[Principal, require(Permission.VIEW_TERRITORY)]

CentreId = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")]
_MOST_EDGES = 5000
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class CentreBody(BaseModel):
    """A service centre or station."""

    name: ShortText
    name_en: Annotated[str, Field(max_length=100)] = ""
    kind: ShortText
    tier: Annotated[str, Field(max_length=50)] = ""
    floor_area_m2: Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)] = 0
    lon: Longitude
    lat: Latitude


class CentreSaved(CentreBody):
    """A centre with its id."""

    id: str


class ClosureItem(BaseModel):
    """Roads that nobody passes."""

    id: UUID
    why: str
    closed_by: str
    closed_at: datetime
    until: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    edges: list[int]
    geometry: dict[str, Any] | None


class ClosurePlace(BaseModel):
    """Which roads: named edges, those of a street, along a line, within an outline, or near a place."""

    edges: Annotated[list[Annotated[int, Field(ge=-(2**63), lt=2**63)]], Field(max_length=5000)] = []
    street: Annotated[str, Field(max_length=100)] = ""
    line: DrawnLine | None = None
    outline: DrawnOutline | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    within_m: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 15


class ClosurePreview(BaseModel):
    """What a closure would close."""

    edges: list[int]
    length_m: float
    names: list[str]
    names_en: list[str]
    geometry: dict[str, Any]


class NewClosure(ClosurePlace):
    """Close roads, and say why."""

    why: Annotated[str, Field(min_length=1, max_length=500)]
    until: Instant | None = None


class ImportItem(BaseModel):
    """One version of one dataset."""

    dataset: str
    version: int
    loaded_at: datetime
    loaded_by: str
    source: str


@router.put("/centres/{centre_id}")
async def save_centre(
    centre_id: CentreId, body: CentreBody, principal: CentreKeeper, driver: DriverTransaction, watch: Watch
) -> CentreSaved:
    """Add a centre or change it. It has to stand where one keeps centres."""
    before = await fabric.find_centre(driver, principal.district, centre_id)
    places = [(body.lon, body.lat), *([(before["lon"], before["lat"])] if before else [])]
    for lon, lat in places:
        await _check_place(principal, watch, lon, lat)
    await fabric.save_centre(driver, principal.district, centre_id, body.model_dump(), by=principal.name)
    act = "centre.change" if before else "centre.add"
    await record_by_driver(driver, principal, act, centre_id, details=body.model_dump())
    return CentreSaved(id=centre_id, **body.model_dump())


@router.delete("/centres/{centre_id}", status_code=204)
async def remove_centre(
    centre_id: CentreId, principal: CentreKeeper, driver: DriverTransaction, watch: Watch
) -> None:
    """Take a centre off the map."""
    row = await fabric.find_centre(driver, principal.district, centre_id)
    if row is None:
        raise NotFoundError("centre", "服务中心")
    await _check_place(principal, watch, row["lon"], row["lat"])
    await fabric.remove_centre(driver, principal.district, centre_id, by=principal.name)
    await record_by_driver(driver, principal, "centre.remove", centre_id)


@router.get("/closures")
async def list_closures(
    principal: Anyone, driver: DriverTransaction, watch: Watch, past: bool = False
) -> list[ClosureItem]:
    """List the roads that are closed now; with `past`, those that were as well."""
    version = (await watch.versions()).roads
    rows = await fabric.list_closures(driver, principal.district, version, past=past)
    return [
        ClosureItem(
            **{name: row[name] for name in ClosureItem.model_fields if name != "geometry"},
            geometry=orjson.loads(row["shape"]) if row["shape"] else None,
        )
        for row in rows
    ]


@router.post("/closures/preview")
async def preview_closure(
    body: ClosurePlace, principal: ClosureKeeper, driver: DriverTransaction, watch: Watch
) -> ClosurePreview:
    """Which roads a closure would close, before anything is closed."""
    version = (await watch.versions()).roads
    edges = await _edges_of(body, principal, driver, version)
    told = await fabric.describe_edges(driver, principal.district, version, edges)
    assert told is not None
    return ClosurePreview(
        edges=edges,
        length_m=round(told["length_m"], 1),
        names=told["names"] or [],
        names_en=told["names_en"] or [],
        geometry=orjson.loads(told["shape"]),
    )


@router.post("/closures", status_code=201)
async def close_roads(
    body: NewClosure, principal: ClosureKeeper, driver: DriverTransaction, watch: Watch
) -> dict[str, UUID]:
    """Close roads at once, until a time or until somebody lifts it."""
    now = datetime.now(UTC)
    if body.until is not None and body.until <= now:
        raise UnusableValueError("The closure would end before it begins", "封闭结束时间须晚于现在")
    _check_whole_district(principal)
    version = (await watch.versions()).roads
    edges = await _edges_of(body, principal, driver, version)
    closure = Closure(new_id(), version, tuple(edges), body.why, principal.name, now, body.until)
    await close_edges(driver, principal.district, closure)
    details = {"why": body.why, "edges": len(edges)}
    await record_by_driver(driver, principal, "closure.add", str(closure.id), details=details)
    return {"id": closure.id}


@router.delete("/closures/{closure_id}", status_code=204)
async def lift(closure_id: UUID, principal: ClosureKeeper, driver: DriverTransaction) -> None:
    """Open the roads again."""
    _check_whole_district(principal)
    now = datetime.now(UTC)
    if not await lift_closure(driver, principal.district, closure_id, by=principal.name, now=now):
        if await fabric.closure_exists(driver, principal.district, closure_id):
            raise ConflictingChangeError("The closure was lifted before", "该封闭已解除")
        raise NotFoundError("closure", "道路封闭")
    await record_by_driver(driver, principal, "closure.lift", str(closure_id))


@router.get("/imports")
async def list_imports(
    principal: ImportViewer,
    driver: DriverTransaction,
    before: Instant | None = None,
    limit: Limit = 50,
) -> list[ImportItem]:
    """List what was loaded, by whom and from where, newest first."""
    rows = await fabric.list_imports(driver, principal.district, before=before, limit=limit)
    return [ImportItem(**row) for row in rows]


class ImportReportItem(BaseModel):
    """What an import found, whether it was taken or refused."""

    id: UUID
    at: datetime
    by: str
    what: str
    source: str
    rows: int
    defects: int
    taken: bool


class ImportReport(ImportReportItem):
    """The same with the whole report."""

    words: str
    words_en: str


@router.get("/import-reports")
async def list_import_reports(
    principal: ImportViewer, driver: DriverTransaction, limit: Limit = 50
) -> list[ImportReportItem]:
    """List what imports found, newest first; those that were refused too."""
    rows = await import_reports.list_reports(driver, principal.district, limit=limit)
    return [ImportReportItem(**row) for row in rows]


@router.get("/import-reports/{report}")
async def read_import_report(
    report: UUID, principal: ImportViewer, driver: DriverTransaction
) -> ImportReport:
    """One report with each of its defects in words."""
    row = await import_reports.find_report(driver, principal.district, report)
    if row is None:
        raise NotFoundError("import report", "导入报告")
    return ImportReport(**row)


async def _check_place(principal: Principal, watch: Watch, lon: float, lat: float) -> None:
    location = (await watch.territory()).locate(lon, lat)
    if location is None:
        raise UnusableValueError("The place lies outside the district", "位置不在本辖区内")
    if not may(principal, Permission.MANAGE_CENTRES, Where(location.grid)):
        raise NotAllowedError


def _check_whole_district(principal: Principal) -> None:
    """Refuse whoever answers for a part only: a closed road sends everybody another way."""
    if not may(principal, Permission.MANAGE_CLOSURES, Where(principal.district)):
        raise NotAllowedError


async def _edges_of(
    body: ClosurePlace, principal: Principal, driver: DriverTransaction, version: int
) -> list[int]:
    if body.edges:
        edges = sorted(set(body.edges))
        if await fabric.count_edges(driver, principal.district, version, edges) != len(edges):
            raise UnusableValueError("There are no such road edges", "没有这些路段")
        return edges
    district = principal.district
    if body.outline is not None:
        edges = await fabric.edges_within(driver, district, version, outline_wkb(body.outline))
    elif body.street:
        edges = await fabric.edges_of_street(driver, district, version, body.street)
    elif body.line is not None:
        edges = await fabric.edges_along(driver, district, version, line_wkb(body.line))
    elif body.lon is not None and body.lat is not None:
        edges = await fabric.edges_near(driver, district, version, body.lon, body.lat, body.within_m)
    else:
        raise UnusableValueError(
            "Name edges or a street, draw a line or an outline, or give a place by lon and lat",
            "请指定路段或街巷、画线或画范围，或以经纬度指定位置",
        )
    if not edges:
        raise UnusableValueError("No road passes there", "该处没有道路")
    if len(edges) > _MOST_EDGES:
        raise UnusableValueError(
            f"That would close {len(edges)} pieces of road; at most {_MOST_EDGES} at once: draw less",
            f"所画范围涉及 {len(edges)} 个路段，一次最多 {_MOST_EDGES} 个，请缩小范围",
        )
    return edges
