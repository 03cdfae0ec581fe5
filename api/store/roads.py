"""Roads in the store: edges by version, and the closures that stand on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import geopandas as gpd

from api.store.copying import copy_rows, shapes_of
from api.store.frames import Defaults, rows_of
from api.store.rows import Row, fetch_rows
from api.store.versions import Dataset, begin_version
from geo.coordinates import WGS84

_EDGE: Defaults = {
    "id": 0,
    "u": 0,
    "v": 0,
    "class": "unclassified",
    "name": "",
    "name_en": "",
    "oneway": False,
    "bridge": False,
    "tunnel": False,
    "lanes": 0,
    "maxspeed": 0,
    "walk": "",
    "ebike": "",
    "drive": "",
    "signals": "",
    "layer": 0,
    "length_m": None,
    "way": None,
}
_STORED_AS = {"u": "source", "v": "target", "maxspeed": "maxspeed_kmh"}


@dataclass(frozen=True, slots=True)
class Closure:
    """Edges that nobody passes: who closed them, why, and until when (None: until somebody lifts it)."""

    id: UUID
    roads_version: int
    edges: tuple[int, ...]
    why: str
    closed_by: str
    closed_at: datetime
    until: datetime | None


async def save_roads(
    driver: asyncpg.Connection, district: str, roads: gpd.GeoDataFrame, *, by: str, source: str
) -> int:
    """Save the road network as a new version and return it.

    Columns as in `geo.sample.SampleDistrict.roads`: an edge runs from node `u` to node `v`, each an id of the
    source; `maxspeed` is km/h, 0 where nothing is posted. Others as in `geo.road_frames.edges_frame`: `walk`,
    `ebike` and `drive` (by class and one-way sign where empty), `signals`, `layer` and `length_m`. `way` is
    the number that the source gives the road.
    """
    version = await begin_version(driver, district, Dataset.ROADS, by=by, source=source)
    columns = ("district", "version", *(_STORED_AS.get(name, name) for name in _EDGE), "geom")
    rows = ((district, version, *row) for row in rows_of(roads, _EDGE))
    await copy_rows(driver, "road_edge", columns, rows)
    await driver.execute(_CARRY_CLOSURES, district, version)
    return version


_CARRY_CLOSURES = """
    WITH carried AS (
        SELECT c.id, array_agg(DISTINCT e.id) AS edges
        FROM closure c
        JOIN road_edge o ON o.district = c.district AND o.version = c.roads_version AND o.id = ANY(c.edges)
        JOIN road_edge e ON e.district = c.district AND e.version = $2 AND e.geom && ST_Expand(o.geom, 0.0001)
        CROSS JOIN LATERAL (
            SELECT ST_Length(
                       ST_Intersection(e.geom, ST_Buffer(o.geom::geography, 3)::geometry)::geography) AS m,
                   least(ST_Length(e.geom::geography), ST_Length(o.geom::geography)) AS of_m
        ) AS shared
        WHERE c.district = $1 AND c.roads_version = $2 - 1 AND c.lifted_at IS NULL
          AND (c.until IS NULL OR c.until > now()) AND shared.of_m > 0 AND shared.m > 0.6 * shared.of_m
        GROUP BY c.id
    )
    UPDATE closure SET roads_version = $2, edges = carried.edges
    FROM carried WHERE closure.district = $1 AND closure.id = carried.id
"""
"""A street that is closed stays closed when roads are imported anew: by where it lies, for numbers change.

Most of the shorter of the two edges must lie within 3 m of the other, so that a side street stays open.
"""


async def list_closures_left_behind(driver: asyncpg.Connection, district: str, version: int) -> Sequence[str]:
    """Why there are closures that stand on the roads before, and on none of this version."""
    rows = await fetch_rows(
        driver,
        """
        SELECT why FROM closure WHERE district = $1 AND roads_version = $2 - 1 AND lifted_at IS NULL
          AND (until IS NULL OR until > now()) ORDER BY closed_at
        """,
        district,
        version,
    )
    return [row["why"] for row in rows]


async def read_roads(driver: asyncpg.Connection, district: str, version: int) -> gpd.GeoDataFrame:
    """Return one version's edges as they were saved, ordered by id."""
    rows = await fetch_rows(
        driver,
        """
        SELECT id, source AS u, target AS v, class, name, name_en, oneway, bridge, tunnel, lanes,
               maxspeed_kmh AS maxspeed, walk, ebike, drive, signals, layer, length_m, way,
               ST_AsBinary(geom) AS wkb
        FROM road_edge WHERE district = $1 AND version = $2 ORDER BY id
        """,
        district,
        version,
    )
    columns = {name: [row[name] for row in rows] for name in _EDGE}
    return gpd.GeoDataFrame(columns, geometry=shapes_of(rows, "wkb"), crs=WGS84)


async def close_edges(driver: asyncpg.Connection, district: str, closure: Closure) -> None:
    """Record a closure; it stands at once."""
    await driver.execute(
        "INSERT INTO closure (district, id, roads_version, edges, why, closed_by, closed_at, until) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        district,
        closure.id,
        closure.roads_version,
        list(closure.edges),
        closure.why,
        closure.closed_by,
        closure.closed_at,
        closure.until,
    )


async def lift_closure(
    driver: asyncpg.Connection, district: str, closure: UUID, *, by: str, now: datetime
) -> bool:
    """Open the edges again; False where no such closure stands."""
    done: bool | None = await driver.fetchval(
        "UPDATE closure SET lifted_at = $3, lifted_by = $4 "
        "WHERE district = $1 AND id = $2 AND lifted_at IS NULL RETURNING true",
        district,
        closure,
        now,
        by,
    )
    return bool(done)


async def standing_closures(
    driver: asyncpg.Connection, district: str, roads_version: int, now: datetime
) -> Sequence[Closure]:
    """Return the closures in effect on that version of the roads, the oldest first."""
    rows = await fetch_rows(
        driver,
        """
        SELECT id, roads_version, edges, why, closed_by, closed_at, until FROM closure
        WHERE district = $1 AND roads_version = $2 AND lifted_at IS NULL AND (until IS NULL OR until > $3)
        ORDER BY closed_at, id
        """,
        district,
        roads_version,
        now,
    )
    return [_closure(row) for row in rows]


async def closures_in_effect(driver: asyncpg.Connection, district: str) -> frozenset[UUID]:
    """Return which closures stand now, on whatever version of the roads."""
    rows = await fetch_rows(
        driver,
        "SELECT id FROM closure "
        "WHERE district = $1 AND lifted_at IS NULL AND (until IS NULL OR until > now())",
        district,
    )
    return frozenset(row["id"] for row in rows)


def _closure(row: Row) -> Closure:
    return Closure(**(dict(row) | {"edges": tuple(row["edges"])}))
