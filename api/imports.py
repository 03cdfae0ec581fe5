"""Checked reports on their way into the store: each is saved in one transaction, or nothing of it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import asyncpg
import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.store.people import (
    PersonRecord,
    RosterLine,
    TaskForceRecord,
    save_people,
    save_roster,
    save_task_forces,
)
from api.store.places import save_centres, save_estates
from api.store.read_back import people_by_phone_or_id
from api.store.territory import list_areas, save_areas, save_district, save_streets
from api.store.versions import newest_versions
from geo.area_codes import AreaCode, Level
from geo.areas import Area, Territory
from geo.boundaries import BoundaryReport, merged_areas
from geo.coordinates import WGS84, LonLat
from geo.sample import SAMPLE_DISTRICT_CODE
from geo.streets import Street, StreetId, polygon_from_centreline
from geo.table_kinds import TableKind
from geo.tables import Record, RowDefect, TableReport

_NAMES = UUID("6f1f3d0e-6c1a-5b1e-9a55-7c1f2d7f9901")
"""Under this name space ids follow from what a table names people by: a second import changes, not adds."""


class ImportRefusedError(Exception):
    """An import cannot be saved; the sentence says why and what to do."""


async def save_boundaries(
    driver: asyncpg.Connection, district: str, report: BoundaryReport, *, seen: int, by: str, source: str
) -> int:
    """Save a level as a new boundary version; `seen` is the version that the report was checked against."""
    await driver.execute("SELECT 1 FROM district WHERE code = $1 FOR NO KEY UPDATE", district)
    version = (await newest_versions(driver, district)).boundaries
    if version != seen:
        raise ImportRefusedError("The boundaries were changed meanwhile; run the import again.")
    areas = merged_areas(await list_areas(driver, district, version), report)
    top = next((area for area in areas if area.level is Level.DISTRICT), None)
    if top is None:
        raise ImportRefusedError(
            f"There is no district {district}; import its boundary first (--level district)."
        )
    await save_district(driver, district, top.name, top.name_en, synthetic=district == SAMPLE_DISTRICT_CODE)
    return await save_areas(driver, district, areas, by=by, source=source)


def district_of(areas: Iterable[Area]) -> str:
    """The one district that all areas of a file belong to."""
    districts = sorted({area.code[:6] for area in areas})
    if len(districts) != 1:
        raise ImportRefusedError(
            f"The file holds areas of several districts ({', '.join(districts)}); split it."
        )
    return districts[0]


def check_people(report: TableReport, posts: Iterable[str], departments: Iterable[str]) -> list[RowDefect]:
    """Posts and departments that the policy does not know."""
    defects = []
    for column, known in (("post", sorted(posts)), ("department", sorted(departments))):
        for row, record in enumerate(report.records, start=1):
            said = record[column]
            if said and said not in known:
                listed = ", ".join(known[:12])
                defects.append(
                    RowDefect(row, column, f"“{said}”不在政策中：{listed}", f"{said!r} is none of {listed}")
                )
    return defects


def check_rosters(report: TableReport) -> list[RowDefect]:
    """Shifts that end before they begin, or never."""
    defects = []
    for row, record in enumerate(report.records, start=1):
        start, end = record["starts_at"], record["ends_at"]
        if not (isinstance(start, datetime) and isinstance(end, datetime)):
            continue
        hours = (end - start).total_seconds() / 3600
        if not 0 < hours <= 24:
            defects.append(
                RowDefect(
                    row,
                    "ends_at",
                    "班次时长应在 24 小时以内",
                    "a shift lasts more than 0 and at most 24 hours",
                )
            )
    return defects


async def save_table(
    driver: asyncpg.Connection,
    district: str,
    report: TableReport,
    territory: Territory,
    *,
    by: str,
    source: str,
) -> None:
    """Save a table that can be imported: places are replaced as a whole, people are added or changed."""
    match report.kind:
        case TableKind.STREETS:
            await save_streets(driver, district, streets_of(report), by=by, source=source)
        case TableKind.CENTRES:
            await save_centres(driver, district, _placed(report, territory), by=by, source=source)
        case TableKind.ESTATES:
            await save_estates(driver, district, _placed(report, territory), by=by, source=source)
        case TableKind.PEOPLE:
            known = await people_by_phone_or_id(driver, district)
            await save_people(driver, district, people_of(report, district, known))
        case TableKind.TASK_FORCES:
            known = await people_by_phone_or_id(driver, district)
            await save_task_forces(driver, district, task_forces_of(report, district, known))
        case TableKind.ROSTERS:
            known = await people_by_phone_or_id(driver, district)
            await save_roster(driver, district, roster_of(report, district, known))


def streets_of(report: TableReport) -> list[Street]:
    """The streets, each with the polygon it states or the one that follows from its line and width."""
    streets = []
    for record, line in zip(report.records, report.shapes, strict=True):
        assert isinstance(line, shapely.LineString | shapely.MultiLineString)
        width_m = float(str(record["width_m"]))
        stated = str(record["polygon"] or "")
        ground = shapely.from_wkt(stated) if stated else polygon_from_centreline(line, width_m)
        streets.append(
            Street(
                StreetId(str(record["id"])),
                str(record["name"]),
                str(record["name_en"] or record["name"]),
                line,
                ground,
                width_m,
                AreaCode(str(record["subdistrict"])),
            )
        )
    return streets


def check_streets(report: TableReport) -> list[RowDefect]:
    """Polygons in words that are no polygons."""
    defects = []
    for row, record in enumerate(report.records, start=1):
        stated = str(record["polygon"] or "")
        shape = shapely.from_wkt(stated, on_invalid="ignore") if stated else None
        solid = isinstance(shape, shapely.Polygon | shapely.MultiPolygon) and shape.is_valid
        if stated and not solid:
            defects.append(RowDefect(row, "polygon", "不是有效的面（WKT）", "is no valid polygon in WKT"))
    return defects


def _placed(report: TableReport, territory: Territory) -> gpd.GeoDataFrame:
    """Centres or estates as a table; a missing community is the one that each lies in."""
    rows: list[dict[str, object]] = []
    for record, shape in zip(report.records, report.shapes, strict=True):
        row: dict[str, object] = dict(record)
        if not row["community"] and shape is not None:
            inside = shapely.point_on_surface(shape)
            found = territory.locate(inside.x, inside.y)
            row["community"] = found.community if found else ""
        row["name_en"] = row["name_en"] or row["name"]
        rows.append(row)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = list(report.shapes)
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=WGS84)


def people_of(report: TableReport, district: str, known: Mapping[str, str]) -> list[PersonRecord]:
    """The people; somebody whose id or phone is known stays who he is."""
    return [
        PersonRecord(
            id=_person_id(record, district, known),
            name=str(record["name"]),
            name_en=str(record["name_en"] or record["name"]),
            post=str(record["post"]),
            area=str(record["area"]),
            phone=str(record["phone"]),
            skills=_several(record["skills"]),
            street=str(record["street"]) if record["street"] else None,
            department=str(record["department"]) if record["department"] else None,
            capacity=int(str(record["capacity"])),
            station=_station(shape),
        )
        for record, shape in zip(report.records, report.shapes, strict=True)
    ]


def _person_id(record: Record, district: str, known: Mapping[str, str]) -> UUID:
    stated, phone = str(record["id"] or ""), str(record["phone"])
    found = known.get(stated) or known.get(phone)
    if found:
        return UUID(found)
    return UUID(stated) if _is_uuid(stated) else uuid5(_NAMES, f"{district} person {stated or phone}")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def task_forces_of(report: TableReport, district: str, known: Mapping[str, str]) -> list[TaskForceRecord]:
    """The task forces with the ids of the people they name."""
    return [
        TaskForceRecord(
            id=uuid5(_NAMES, f"{district} task force {record['street']}"),
            street=str(record["street"]),
            name=str(record["name"]),
            name_en=str(record["name_en"] or record["name"]),
            chief=UUID(known[str(record["chief"])]),
            members=tuple(dict.fromkeys(UUID(known[one]) for one in _several(record["members"]))),
        )
        for record in report.records
    ]


def roster_of(report: TableReport, district: str, known: Mapping[str, str]) -> list[RosterLine]:
    """The lines of the roster; a line of the same person and start replaces the one before."""
    lines = []
    for record, shape in zip(report.records, report.shapes, strict=True):
        person = UUID(known[str(record["person"])])
        starts_at, ends_at = record["starts_at"], record["ends_at"]
        assert isinstance(starts_at, datetime)
        assert isinstance(ends_at, datetime)
        number = uuid5(person, starts_at.isoformat())
        lines.append(
            RosterLine(number, person, starts_at, ends_at, _station(shape), bool(record["emergency"]))
        )
    return lines


def _station(shape: BaseGeometry | None) -> LonLat | None:
    return LonLat(shape.x, shape.y) if isinstance(shape, shapely.Point) else None


def _several(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()
