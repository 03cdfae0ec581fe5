"""Vector tiles from PostGIS: one statement a layer, simplified to half a pixel, aggregated when far out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from api.store.versions import Dataset

MAX_ZOOM = 20


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: the dataset whose version it follows, its properties, and the rows that it draws.

    The rows are a select over `tile`, which holds what was asked for: `of_district`, `of_version`, `picked`,
    `zoom`, and `reach`, the tile with its margin in degrees. It gives `shape` (degrees) and the properties.
    """

    dataset: Dataset
    properties: str
    rows: str
    picked: str = ""
    """The level or kind, where one select serves several layers."""
    keeps_old: bool = False
    """Whether old versions can still be drawn."""

    @property
    def statement(self) -> str:
        """The statement that draws it."""
        return _TILE.replace("<properties>", self.properties).replace("<rows>", self.rows)


_AREAS = """
    SELECT geom AS shape, code, name, name_en, households FROM area, tile
    WHERE district = of_district AND version = of_version AND level = picked AND geom && reach
"""

_AREA_LABELS = """
    SELECT ST_PointOnSurface(geom) AS shape, code, name, name_en FROM area, tile
    WHERE district = of_district AND version = of_version AND level = picked AND geom && reach
"""
"""One point inside each area: a label drawn from the polygon would be repeated in every tile."""

_STREETS = """
    SELECT geom AS shape, id, name, name_en, hue FROM street, tile
    WHERE district = of_district AND version = of_version AND geom && reach
"""

_STREET_LINES = """
    SELECT centreline AS shape, id, name, name_en, hue FROM street, tile
    WHERE district = of_district AND version = of_version AND centreline && reach
"""

_CENTRES = """
    SELECT geom AS shape, id, name, name_en, kind, floor_area_m2, tier FROM centre, tile
    WHERE district = of_district AND geom && reach
"""

_ESTATES = """
    SELECT geom AS shape, id, name, name_en, households FROM estate, tile
    WHERE district = of_district AND geom && reach
"""

_BASE = """
    SELECT geom AS shape, class, name, name_en, bridge FROM base_feature, tile
    WHERE district = of_district AND kind = picked AND geom && reach
"""

_ROADS = """
    SELECT geom AS shape, class, name, name_en, bridge FROM road_edge, tile
    WHERE district = of_district AND version = of_version AND geom && reach AND (
        zoom >= 14
        OR zoom >= 12 AND class NOT IN ('service', 'alley', 'footway', 'path', 'steps', 'living_street')
        OR class IN ('motorway', 'trunk', 'primary', 'secondary', 'motorway_link', 'trunk_link'))
"""

_BUILDINGS = """
    SELECT geom AS shape, 1 AS count, households, floors FROM base_feature, tile
    WHERE district = of_district AND kind = 'building' AND geom && reach AND zoom >= 14
    UNION ALL
    SELECT ST_Transform(ST_Expand(cell, side_m / 2), 4326), count(*)::int, sum(households)::int, max(floors)
    FROM (
        SELECT households, floors, side_m,
               ST_SnapToGrid(ST_Transform(ST_Centroid(geom), 3857), side_m) AS cell
        FROM base_feature, tile
        WHERE district = of_district AND kind = 'building' AND geom && reach AND zoom < 14
    ) AS placed GROUP BY cell, side_m
"""
"""Far out, buildings gather into cells of a sixty-fourth of a tile, with how many and how many households."""

_TILE = """
    WITH tile AS (
        SELECT $1::text AS of_district, $2::int AS of_version, $6::text AS picked, $3::int AS zoom,
               ST_TileEnvelope($3::int, $4::int, $5::int) AS box,
               ST_Transform(ST_TileEnvelope($3::int, $4::int, $5::int, margin => 0.015625), 4326) AS reach,
               40075016.68 / (1 << $3::int) / 1024 AS half_pixel_m,
               40075016.68 / (1 << $3::int) / 64 AS side_m
    ), drawn AS (
        SELECT ST_AsMVTGeom(
                   CASE WHEN ST_Dimension(shape) = 0 OR zoom >= 17 THEN ST_Transform(shape, 3857)
                        ELSE ST_Simplify(ST_Transform(shape, 3857), half_pixel_m, true) END,
                   box, 4096, 64, true) AS drawn_shape, <properties>
        FROM (<rows>) AS layer_rows, tile
    )
    SELECT ST_AsMVT(kept, $7::text, 4096, 'drawn_shape')
    FROM (SELECT * FROM drawn WHERE drawn_shape IS NOT NULL) AS kept
"""
"""A margin of 64 tile units (of 4096) is kept beyond the edge, so that lines and halos meet across tiles."""

_LEVELS = ("district", "subdistrict", "community", "grid")


def _areas(level: str) -> Layer:
    return Layer(Dataset.BOUNDARIES, "code, name, name_en, households", _AREAS, level, keeps_old=True)


def _area_labels(level: str) -> Layer:
    return Layer(Dataset.BOUNDARIES, "code, name, name_en", _AREA_LABELS, level, keeps_old=True)


def _base(kind: str) -> Layer:
    return Layer(Dataset.BASE, "class, name, name_en, bridge", _BASE, kind)


LAYERS: Mapping[str, Layer] = {
    **{level: _areas(level) for level in _LEVELS},
    **{f"{level}_labels": _area_labels(level) for level in _LEVELS},
    "streets": Layer(Dataset.STREETS, "id, name, name_en, hue", _STREETS, keeps_old=True),
    "street_lines": Layer(Dataset.STREETS, "id, name, name_en, hue", _STREET_LINES, keeps_old=True),
    "roads": Layer(Dataset.ROADS, "class, name, name_en, bridge", _ROADS, keeps_old=True),
    "water": _base("water"),
    "rail": _base("rail"),
    "green": _base("green"),
    "buildings": Layer(Dataset.BASE, "count, households, floors", _BUILDINGS),
    "centres": Layer(Dataset.PLACES, "id, name, name_en, kind, floor_area_m2, tier", _CENTRES),
    "estates": Layer(Dataset.PLACES, "id, name, name_en, households", _ESTATES),
}
"""Every layer by the name that it has in the address and inside the tile."""


async def draw_tile(
    driver: asyncpg.Connection, layer: str, district: str, version: int, z: int, x: int, y: int
) -> bytes:
    """Return one layer's tile as MVT; empty where nothing lies in it."""
    drawn_as = LAYERS[layer]
    tile: bytes | None = await driver.fetchval(
        drawn_as.statement, district, version, z, x, y, drawn_as.picked, layer
    )
    return tile or b""


_SHAPES = """
    WITH tile AS (
        SELECT ST_TileEnvelope($1::int, $2::int, $3::int) AS box,
               40075016.68 / (1 << $1::int) / 1024 AS half_pixel_m
    ), drawn AS (
        SELECT ST_AsMVTGeom(
                   CASE WHEN ST_Dimension(shape) = 0 OR $1::int >= 17 THEN shape
                        ELSE ST_Simplify(shape, half_pixel_m, true) END,
                   box, 4096, 64, true) AS drawn_shape, told
        FROM (
            SELECT ST_Transform(ST_GeomFromWKB(given.shape, 4326), 3857) AS shape, given.told::jsonb AS told
            FROM unnest($4::bytea[], $5::text[]) AS given(shape, told)
        ) AS given_shapes, tile
    )
    SELECT ST_AsMVT(kept, $6::text, 4096, 'drawn_shape')
    FROM (SELECT drawn_shape, told FROM drawn WHERE drawn_shape IS NOT NULL) AS kept
"""
"""The same for shapes that were computed outside the store; the keys of `told` become properties."""


async def draw_shapes(
    driver: asyncpg.Connection, layer: str, shapes: Sequence[bytes], properties: Sequence[str],
    z: int, x: int, y: int,
) -> bytes:  # fmt: skip
    """Return a tile of the shapes given (WKB in degrees), each with its properties as a JSON object."""
    if not shapes:
        return b""
    tile: bytes | None = await driver.fetchval(_SHAPES, z, x, y, shapes, properties, layer)
    return tile or b""


async def version_exists(driver: asyncpg.Connection, district: str, dataset: Dataset, version: int) -> bool:
    """Whether that version of the dataset was ever loaded."""
    found: bool = await driver.fetchval(
        "SELECT EXISTS (SELECT FROM dataset_version WHERE district = $1 AND dataset = $2 AND version = $3)",
        district,
        dataset.value,
        version,
    )
    return found
