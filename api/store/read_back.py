"""What stands in the store as it came in: records and tables for `yilu export`, and who can be named."""

from collections.abc import Mapping, Sequence

import asyncpg
import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from api.store.copying import shapes_of
from api.store.rows import Row, fetch_rows
from geo.coordinates import WGS84
from geo.tables import Record

Listed = tuple[list[Record], list[BaseGeometry | None]]
"""Records, and the shape of each."""


async def list_centres(driver: asyncpg.Connection, district: str) -> Listed:
    """Return every centre and station, ordered by id."""
    return _listed(
        await fetch_rows(
            driver,
            "SELECT id, name, name_en, kind, tier, community, floor_area_m2, capacity, opening_hours, "
            "by_appointment, opens_on, closes_on, ST_AsBinary(geom) AS wkb "
            "FROM centre WHERE district = $1 ORDER BY id",
            district,
        )
    )


async def list_estates(driver: asyncpg.Connection, district: str) -> Listed:
    """Return every estate, ordered by id."""
    return _listed(
        await fetch_rows(
            driver,
            "SELECT id, name, name_en, community, kind, households, buildings, built, "
            "ST_AsBinary(geom) AS wkb FROM estate WHERE district = $1 ORDER BY id",
            district,
        )
    )


async def list_all_people(driver: asyncpg.Connection, district: str) -> Listed:
    """Return everybody who is active, ordered by post and name."""
    return _listed(
        await fetch_rows(
            driver,
            "SELECT id::text, name, name_en, post, area, phone, coalesce(street, '') AS street, "
            "coalesce(department, '') AS department, skills, capacity, ST_AsBinary(station) AS wkb "
            "FROM person WHERE district = $1 AND active ORDER BY post, name, id",
            district,
        )
    )


async def list_all_task_forces(driver: asyncpg.Connection, district: str) -> Listed:
    """Return every task force with its chief and members by phone (by id where somebody has none)."""
    return _listed(
        await fetch_rows(
            driver,
            """
            SELECT f.street, f.name, f.name_en, coalesce(nullif(c.phone, ''), f.chief::text, '') AS chief,
                   array(SELECT coalesce(nullif(p.phone, ''), p.id::text)
                         FROM task_force_member m
                         JOIN person p ON p.district = m.district AND p.id = m.person
                         WHERE m.district = f.district AND m.task_force = f.id
                         ORDER BY p.phone, p.id) AS members
            FROM task_force f LEFT JOIN person c ON c.district = f.district AND c.id = f.chief
            WHERE f.district = $1 ORDER BY f.street
            """,
            district,
        )
    )


async def list_all_rosters(driver: asyncpg.Connection, district: str) -> Listed:
    """Return every line of the roster that has not ended, ordered by time."""
    return _listed(
        await fetch_rows(
            driver,
            """
            SELECT coalesce(nullif(p.phone, ''), p.id::text) AS person, r.starts_at, r.ends_at, r.emergency,
                   ST_AsBinary(r.station) AS wkb
            FROM roster r JOIN person p ON p.district = r.district AND p.id = r.person
            WHERE r.district = $1 AND r.ends_at > now() ORDER BY r.starts_at, p.phone, p.id
            """,
            district,
        )
    )


async def read_base(driver: asyncpg.Connection, district: str, kind: str) -> gpd.GeoDataFrame:
    """Return one kind of the base map's features (water, rail, green, building), ordered by id."""
    rows = await fetch_rows(
        driver,
        "SELECT id, class AS kind, name, name_en, households, floors, area, ST_AsBinary(geom) AS wkb "
        "FROM base_feature WHERE district = $1 AND kind = $2 ORDER BY id",
        district,
        kind,
    )
    columns = ("id", "kind", "name", "name_en", "households", "floors", "area")
    data = {name: [row[name] for row in rows] for name in columns}
    return gpd.GeoDataFrame(data, geometry=shapes_of(rows, "wkb"), crs=WGS84)


async def people_by_phone_or_id(driver: asyncpg.Connection, district: str) -> Mapping[str, str]:
    """Return the id of everybody by phone and by id: what a table may name somebody by."""
    rows = await fetch_rows(driver, "SELECT id::text, phone FROM person WHERE district = $1", district)
    return {row["id"]: row["id"] for row in rows} | {row["phone"]: row["id"] for row in rows if row["phone"]}


def _listed(rows: Sequence[Row]) -> Listed:
    records: list[Record] = [
        {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in row.items()
            if name != "wkb"
        }
        for row in rows
    ]
    shapes = [None if row.get("wkb") is None else shapely.from_wkb(row["wkb"]) for row in rows]
    return records, shapes
