"""What administrators change on the map: centres, closures; and what was imported."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from api.store.rows import Row, fetch_rows, find_row
from api.store.versions import Dataset, begin_version

_CENTRE = (
    "SELECT id, name, name_en, kind, tier, floor_area_m2, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM centre"
)


async def find_centre(driver: asyncpg.Connection, district: str, centre: str) -> Row | None:
    """Return one centre or station."""
    return await find_row(driver, f"{_CENTRE} WHERE district = $1 AND id = $2", district, centre)


async def save_centre(
    driver: asyncpg.Connection, district: str, centre: str, values: dict[str, Any], *, by: str
) -> None:
    """Add a centre, or change the one that has this id; maps draw it anew."""
    await driver.execute(
        """
        INSERT INTO centre (district, id, name, name_en, kind, tier, floor_area_m2, geom)
        VALUES ($1, $2, $3, $4, $5, $6, $7, ST_SetSRID(ST_MakePoint($8, $9), 4326))
        ON CONFLICT (district, id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en,
            kind = excluded.kind, tier = excluded.tier, floor_area_m2 = excluded.floor_area_m2,
            geom = excluded.geom
        """,
        district,
        centre,
        values["name"],
        values["name_en"],
        values["kind"],
        values["tier"],
        values["floor_area_m2"],
        values["lon"],
        values["lat"],
    )
    await begin_version(driver, district, Dataset.PLACES, by=by, source=f"centre {centre}")


async def remove_centre(driver: asyncpg.Connection, district: str, centre: str, *, by: str) -> bool:
    """Take a centre off the map; false where there is none."""
    gone = await driver.fetchval(
        "DELETE FROM centre WHERE district = $1 AND id = $2 RETURNING true", district, centre
    )
    if gone:
        await begin_version(driver, district, Dataset.PLACES, by=by, source=f"centre {centre} removed")
    return bool(gone)


async def list_closures(
    driver: asyncpg.Connection, district: str, version: int, *, past: bool
) -> Sequence[Row]:
    """Return closures of that version of the roads with their shape, newest first."""
    return await fetch_rows(
        driver,
        """
        SELECT c.id, c.why, c.closed_by, c.closed_at, c.until, c.lifted_at, c.lifted_by, c.edges,
               ST_AsGeoJSON(ST_LineMerge(ST_Collect(e.geom)), 6) AS shape
        FROM closure c LEFT JOIN road_edge e
          ON e.district = c.district AND e.version = c.roads_version AND e.id = ANY(c.edges)
        WHERE c.district = $1 AND c.roads_version = $2
          AND ($3 OR c.lifted_at IS NULL AND (c.until IS NULL OR c.until > now()))
        GROUP BY c.district, c.id ORDER BY c.closed_at DESC LIMIT 1000
        """,
        district,
        version,
        past,
    )


async def edges_near(
    driver: asyncpg.Connection, district: str, version: int, lon: float, lat: float, within_m: float
) -> list[int]:
    """Return the edges that pass within so many metres of a place."""
    rows = await fetch_rows(
        driver,
        """
        SELECT id FROM road_edge WHERE district = $1 AND version = $2
          AND geom && ST_Expand(ST_SetSRID(ST_MakePoint($3, $4), 4326), $5 / 50000.0)
          AND ST_DWithin(geom::geography, ST_SetSRID(ST_MakePoint($3, $4), 4326)::geography, $5) ORDER BY id
        """,
        district,
        version,
        lon,
        lat,
        within_m,
    )
    return [row["id"] for row in rows]


ALONG_M = 15.0
"""How far from a drawn line a road may lie and still be what was meant: half the width of a wide street."""


async def edges_of_street(driver: asyncpg.Connection, district: str, version: int, street: str) -> list[int]:
    """Return the edges that run along a patrolled street; none where there is no such street."""
    row = await find_row(
        driver,
        """SELECT ST_AsBinary(centreline) AS line, width_m FROM street WHERE district = $1 AND id = $2
           ORDER BY version DESC LIMIT 1""",
        district,
        street,
    )
    if row is None:
        return []
    return await edges_along(driver, district, version, row["line"], max(row["width_m"] / 2, ALONG_M))


async def edges_along(
    driver: asyncpg.Connection, district: str, version: int, line: bytes, along_m: float = ALONG_M
) -> list[int]:
    """Return the edges that run along a line (WKB, degrees); what only crosses it is not meant.

    Either half of the edge lies beside the line, or half of the line beside the edge.
    """
    rows = await fetch_rows(
        driver,
        """
        WITH drawn AS (
            SELECT line, ST_Buffer(line::geography, $4)::geometry AS beside
            FROM ST_GeomFromWKB($3, 4326) AS line
        )
        SELECT id FROM road_edge, drawn
        WHERE district = $1 AND version = $2 AND geom && beside AND (
            ST_Length(ST_Intersection(geom, beside)) >= ST_Length(geom) / 2
            OR ST_Length(ST_Intersection(line, ST_Buffer(geom::geography, $4)::geometry))
               >= ST_Length(line) / 2)
        ORDER BY id
        """,
        district,
        version,
        line,
        along_m,
    )
    return [row["id"] for row in rows]


async def edges_within(driver: asyncpg.Connection, district: str, version: int, outline: bytes) -> list[int]:
    """Return the edges that touch an area (WKB, degrees)."""
    rows = await fetch_rows(
        driver,
        """
        SELECT id FROM road_edge, ST_GeomFromWKB($3, 4326) AS drawn
        WHERE district = $1 AND version = $2 AND geom && drawn AND ST_Intersects(geom, drawn) ORDER BY id
        """,
        district,
        version,
        outline,
    )
    return [row["id"] for row in rows]


async def describe_edges(
    driver: asyncpg.Connection, district: str, version: int, edges: Sequence[int]
) -> Row | None:
    """Return the length of these edges, their names and their shape."""
    return await find_row(
        driver,
        """
        SELECT coalesce(sum(ST_Length(geom::geography)), 0) AS length_m,
               array_remove(array_agg(DISTINCT name), '') AS names,
               array_remove(array_agg(DISTINCT name_en), '') AS names_en,
               ST_AsGeoJSON(ST_LineMerge(ST_Collect(geom)), 6) AS shape
        FROM road_edge WHERE district = $1 AND version = $2 AND id = ANY($3::bigint[])
        """,
        district,
        version,
        list(edges),
    )


async def count_edges(driver: asyncpg.Connection, district: str, version: int, edges: Sequence[int]) -> int:
    """Return how many of these edges there are."""
    found: int = await driver.fetchval(
        "SELECT count(*) FROM road_edge WHERE district = $1 AND version = $2 AND id = ANY($3::bigint[])",
        district,
        version,
        list(edges),
    )
    return found


async def list_imports(
    driver: asyncpg.Connection, district: str, *, before: datetime | None, limit: int
) -> Sequence[Row]:
    """Return what was loaded, newest first."""
    return await fetch_rows(
        driver,
        """
        SELECT dataset, version, loaded_at, loaded_by, source FROM dataset_version
        WHERE district = $1 AND ($2::timestamptz IS NULL OR loaded_at < $2)
        ORDER BY loaded_at DESC, dataset, version DESC LIMIT $3
        """,
        district,
        before,
        limit,
    )


async def closure_exists(driver: asyncpg.Connection, district: str, closure: UUID) -> bool:
    """Whether there is, or was, such a closure."""
    return bool(
        await driver.fetchval(
            "SELECT EXISTS (SELECT FROM closure WHERE district = $1 AND id = $2)", district, closure
        )
    )
