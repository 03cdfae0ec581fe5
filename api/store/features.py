"""Areas, streets and centres as features of the OGC API: what lies in a box, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from api.store.rows import Row, fetch_rows, find_row

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Layer:
    """One collection: its titles, its columns as SQL, and from where."""

    title: str
    title_zh: str
    columns: str
    source: str
    dataset: str


LAYERS = {
    "areas": Layer(
        "Areas of all four levels",
        "四级区域",
        "f.code AS id, f.level, f.name, f.name_en, f.households",
        "area f WHERE f.district = $1 AND f.version = $2",
        "boundaries",
    ),
    "streets": Layer(
        "Streets with their polygons",
        "街巷",
        "f.id, f.name, f.name_en, f.subdistrict, f.width_m, f.length_m, f.area_m2",
        "street f WHERE f.district = $1 AND f.version = $2",
        "streets",
    ),
    "centres": Layer(
        "Service centres and stations",
        "服务中心与站点",
        "f.id, f.name, f.name_en, f.kind, f.tier, f.floor_area_m2",
        "centre f WHERE f.district = $1 AND $2::integer IS NOT NULL",
        "places",
    ),
}

_IN_BOX = """ AND ($3::float8 IS NULL OR ST_Intersects(f.geom,
    CASE WHEN $3 <= $5 THEN ST_MakeEnvelope($3, $4, $5, $6, 4326) ELSE ST_Collect(
        ST_MakeEnvelope($3, $4, 180, $6, 4326), ST_MakeEnvelope(-180, $4, $5, $6, 4326)) END))"""
"""A box whose west lies east of its east goes across the 180th meridian."""


async def list_features(
    driver: asyncpg.Connection,
    district: str,
    layer: Layer,
    version: int,
    *,
    box: Box | None,
    limit: int,
    offset: int,
) -> Sequence[Row]:
    """Return one page of a layer's features, each with its GeoJSON geometry as `geometry`."""
    return await fetch_rows(
        driver,
        f"SELECT {layer.columns}, ST_AsGeoJSON(f.geom, 7) AS geometry FROM {layer.source}{_IN_BOX}"  # noqa: S608 - the layers above
        " ORDER BY 1 LIMIT $7 OFFSET $8",
        district,
        version,
        *(box or (None,) * 4),
        limit,
        offset,
    )


async def district_box(driver: asyncpg.Connection, district: str, version: int) -> Box | None:
    """Return the district's west, south, east and north."""
    row = await find_row(
        driver,
        """SELECT ST_XMin(b) AS w, ST_YMin(b) AS s, ST_XMax(b) AS e, ST_YMax(b) AS n
           FROM (SELECT ST_Extent(geom) AS b FROM area
                 WHERE district = $1 AND version = $2 AND level = 'district') whole""",
        district,
        version,
    )
    return (row["w"], row["s"], row["e"], row["n"]) if row and row["w"] is not None else None


async def count_features(
    driver: asyncpg.Connection, district: str, layer: Layer, version: int, box: Box | None
) -> int:
    """Return how many features there are in the box."""
    row = await find_row(
        driver,
        f"SELECT count(*) AS count FROM {layer.source}{_IN_BOX}",  # noqa: S608 - the layers above
        district,
        version,
        *(box or (None,) * 4),
    )
    return int(row["count"]) if row else 0


async def find_feature(
    driver: asyncpg.Connection, district: str, layer: Layer, version: int, feature: str
) -> Row | None:
    """Return one feature."""
    key = layer.columns.partition(",")[0].partition(" ")[0]
    return await find_row(
        driver,
        f"SELECT {layer.columns}, ST_AsGeoJSON(f.geom, 7) AS geometry FROM {layer.source}"  # noqa: S608 - the layers above
        f" AND {key} = $3",
        district,
        version,
        feature,
    )
