"""The district as its page shows it: areas, streets, centres, search, and where a point lies."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from api.case_items import LonLatPair
from api.dependencies import DriverTransaction, Watch
from api.errors import NotFoundError, NotReadyError
from api.guards import require
from api.identity import Permission
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.routes.query_place import Latitude, Longitude
from api.store import atlas
from api.store.drill import read_drill
from api.store.rows import Row
from geo.areas import Level, parent_of, parse_area_code

router = APIRouter(prefix="/api/v1", tags=["district"], dependencies=[require(Permission.VIEW_TERRITORY)])

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
_GEOJSON = "application/geo+json"
Words = Annotated[str, Query(min_length=1, max_length=100)]
LANDMARK_WITHIN_M = 300


class DatasetVersions(BaseModel):
    """The versions in force; a tile asked for by its version may be kept for ever."""

    boundaries: int
    streets: int
    roads: int
    places: int
    base: int


class LocaleDefaults(BaseModel):
    """How pages speak until a person chooses."""

    language: str = "zh"
    time_zone: str = "Asia/Shanghai"


class DistrictCard(BaseModel):
    """The district at a glance."""

    code: str
    name: str
    name_en: str
    synthetic: bool
    simulation: bool
    bbox: Bounds
    versions: DatasetVersions
    counts: dict[str, int]
    locale: LocaleDefaults


class AreaItem(BaseModel):
    """An area in a list."""

    code: str
    level: Level
    name: str
    name_en: str
    parent: str | None
    households: int
    bbox: Bounds


class PersonName(BaseModel):
    """Whom to name on a card."""

    id: str
    name: str
    name_en: str


class AreaCard(AreaItem):
    """An area with its people."""

    area_m2: float
    children: int
    workers: int
    leader: PersonName | None


class Street(BaseModel):
    """A patrolled street."""

    id: str
    name: str
    name_en: str
    subdistrict: str
    hue: int
    width_m: float
    length_m: float
    area_m2: float
    bbox: Bounds
    chief: PersonName | None


class StreetItem(Street):
    """A patrolled street in a list."""

    members: int
    on_shift: int
    """How many of them are on duty now."""


class Member(PersonName):
    """Somebody of a street's task force."""

    post: str
    is_chief: bool
    on_shift: bool


class StreetCard(Street):
    """A patrolled street with its task force."""

    task_force: str | None
    members: list[Member]


class CentreCard(BaseModel):
    """A service centre or station."""

    id: str
    name: str
    name_en: str
    kind: str
    tier: str
    floor_area_m2: float
    at: LonLatPair


class Found(BaseModel):
    """Something that is called as was searched for."""

    kind: str
    id: str
    name: str
    name_en: str
    level: Level | None
    bbox: Bounds
    at: LonLatPair


class Located(BaseModel):
    """Where a point lies; all null outside the district, then the nearest grid is named."""

    district: str | None
    subdistrict: str | None
    community: str | None
    grid: str | None
    street: str | None
    street_distance_m: float | None
    nearest_area: str
    nearest_m: float
    boundaries_version: int


class Landmark(BaseModel):
    """What people know a place by: a service centre, a station or an estate close to it."""

    kind: str
    id: str
    name: str
    name_en: str
    away_m: float


@router.get("/district")
async def read_district(driver: DriverTransaction, watch: Watch) -> DistrictCard:
    """Name, extent, versions and counts of the district that this server serves."""
    versions = await watch.versions()
    found = await atlas.find_district(driver, watch.district)
    bounds = await atlas.bounds_of_district(driver, watch.district, versions.boundaries)
    if found is None or bounds is None:
        raise NotReadyError
    counts = await atlas.count_all(driver, watch.district, versions.boundaries, versions.streets)
    return DistrictCard(
        **dict(found),
        simulation=(await read_drill(driver, watch.district)).playing,
        bbox=_quad(bounds),
        versions=DatasetVersions.model_validate(versions, from_attributes=True),
        counts=counts,
        locale=LocaleDefaults(),
    )


@router.get("/areas")
async def list_areas(
    driver: DriverTransaction,
    watch: Watch,
    level: Level | None = None,
    parent: Annotated[str | None, Query(max_length=20)] = None,
    q: Words | None = None,
    cursor: Cursor = "",
    limit: Limit = 1000,
) -> Page[AreaItem]:
    """Areas ordered by code; by level, by the area right above, by part of a name or code."""
    wanted = atlas.AreaFilter(level.value if level else None, parent and parse_area_code(parent), q)
    (after,) = decode_cursor(cursor, 1)
    version = (await watch.versions()).boundaries
    rows = await atlas.list_area_cards(driver, watch.district, version, wanted, after, limit + 1)
    return page_of(rows, limit, _area_item, lambda row: (row["code"],))


@router.get("/areas/{code}")
async def read_area(code: str, driver: DriverTransaction, watch: Watch) -> AreaCard:
    """One area: households, workers, leader, how many areas it holds."""
    version = (await watch.versions()).boundaries
    row = await atlas.find_area_card(driver, watch.district, version, parse_area_code(code))
    if row is None:
        raise NotFoundError("area", "区域")
    leaders = [PersonName(id=id_, name=name, name_en=name_en) for id_, name, name_en in row["leaders"] or ()]
    return AreaCard(
        **_area_item(row).model_dump(),
        area_m2=round(row["area_m2"], 1),
        children=row["children"],
        workers=row["workers"],
        leader=leaders[0] if leaders else None,
    )


@router.get("/areas/{code}/geometry", response_class=Response, responses={200: {"content": {_GEOJSON: {}}}})
async def read_area_geometry(code: str, driver: DriverTransaction, watch: Watch) -> Response:
    """One area's polygon as a GeoJSON feature."""
    version = (await watch.versions()).boundaries
    area_code = parse_area_code(code)
    geometry = await atlas.find_area_geometry(driver, watch.district, version, area_code)
    if geometry is None:
        raise NotFoundError("area", "区域")
    feature = {
        "type": "Feature",
        "id": area_code,
        "properties": {"code": area_code, "boundaries_version": version},
        "geometry": orjson.Fragment(geometry),
    }
    return Response(orjson.dumps(feature), media_type=_GEOJSON)


@router.get("/streets")
async def list_streets(
    driver: DriverTransaction,
    watch: Watch,
    area: Annotated[str | None, Query(max_length=20, description="A code prefix.")] = None,
    q: Words | None = None,
    cursor: Cursor = "",
    limit: Limit = 200,
) -> Page[StreetItem]:
    """Patrolled streets ordered by id; by area, by part of a name or id."""
    (after,) = decode_cursor(cursor, 1)
    rows = await atlas.list_street_cards(
        driver,
        watch.district,
        (await watch.versions()).streets,
        area=area and parse_area_code(area),
        words=q,
        after=after,
        limit=limit + 1,
    )
    return page_of(rows, limit, _street_item, lambda row: (row["id"],))


@router.get("/streets/{street}")
async def read_street(
    street: Annotated[str, Path(max_length=100)], driver: DriverTransaction, watch: Watch
) -> StreetCard:
    """One street: its chief, its members and who of them is on shift."""
    row = await atlas.find_street_card(driver, watch.district, (await watch.versions()).streets, street)
    if row is None:
        raise NotFoundError("street", "街巷")
    members = [
        Member(**(dict(found) | {"id": str(found["id"])}))
        for found in await atlas.list_street_members(driver, watch.district, street)
    ]
    chief = next(
        (PersonName(**m.model_dump(include={"id", "name", "name_en"})) for m in members if m.is_chief), None
    )
    return StreetCard(
        **_named(row, "id", "name", "name_en", "subdistrict", "hue", "width_m", "length_m", "area_m2"),
        bbox=_bounds(row),
        task_force=str(row["task_force"]) if row["task_force"] else None,
        chief=chief,
        members=members,
    )


@router.get("/centres")
async def list_centres(driver: DriverTransaction, watch: Watch) -> Page[CentreCard]:
    """Every service centre and station, ordered by id."""
    rows = await atlas.list_centres(driver, watch.district)
    cards = [
        CentreCard(
            **_named(row, "id", "name", "name_en", "kind", "tier", "floor_area_m2"),
            at=(row["lon"], row["lat"]),
        )
        for row in rows
    ]
    return Page(items=cards, next=None)


@router.get("/search")
async def search(
    q: Words, driver: DriverTransaction, watch: Watch, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> list[Found]:
    """Areas, streets, centres and estates by part of their name in either language, or by code."""
    versions = await watch.versions()
    rows = await atlas.search(driver, watch.district, versions.boundaries, versions.streets, q.strip(), limit)
    return [
        Found(
            **_named(row, "kind", "id", "name", "name_en", "level"),
            bbox=_bounds(row),
            at=(row["lon"], row["lat"]),
        )
        for row in rows
    ]


@router.get("/locate")
async def locate(lon: Longitude, lat: Latitude, watch: Watch) -> Located:
    """Where a point (WGS 84) lies: grid, community, subdistrict, district and street."""
    territory = await watch.territory()
    if not territory.areas:
        raise NotReadyError
    place = territory.locate(lon, lat)
    nearest, nearest_m = territory.nearest_area(lon, lat)
    return Located(
        district=place.district if place else None,
        subdistrict=place.subdistrict if place else None,
        community=place.community if place else None,
        grid=place.grid if place else None,
        street=place.street if place else None,
        street_distance_m=place.street_distance_m if place else None,
        nearest_area=nearest.code,
        nearest_m=round(nearest_m, 1),
        boundaries_version=territory.version,
    )


@router.get("/landmark")
async def find_landmark(
    lon: Longitude, lat: Latitude, driver: DriverTransaction, watch: Watch
) -> Landmark | None:
    """What a point (WGS 84) is near to, at most 300 metres away; null where nothing is."""
    row = await atlas.nearest_landmark(driver, watch.district, lon, lat, LANDMARK_WITHIN_M)
    return None if row is None else Landmark(**_named(row, "kind", "id", "name", "name_en", "away_m"))


def _area_item(row: Row) -> AreaItem:
    return AreaItem(
        **_named(row, "code", "level", "name", "name_en", "households"),
        parent=parent_of(row["code"]),
        bbox=_bounds(row),
    )


def _street_item(row: Row) -> StreetItem:
    chief = row["chief"] and PersonName(
        id=str(row["chief"]), name=row["chief_name"], name_en=row["chief_name_en"]
    )
    return StreetItem(
        **_named(row, "id", "name", "name_en", "subdistrict", "hue", "width_m", "length_m", "area_m2"),
        bbox=_bounds(row),
        chief=chief,
        members=row["members"],
        on_shift=row["on_shift"],
    )


def _named(row: Row, *names: str) -> dict[str, Any]:
    """Pick some columns; measures are rounded to what they are worth."""
    picked = {name: row[name] for name in names}
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in picked.items()}


def _bounds(row: Row) -> Bounds:
    return _quad([row["w"], row["s"], row["e"], row["n"]])


def _quad(sides: list[float]) -> Bounds:
    west, south, east, north = (round(side, 7) for side in sides)
    return west, south, east, north
