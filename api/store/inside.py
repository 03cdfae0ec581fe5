"""What lies inside a drawn shape: homes and buildings, and its size."""

import asyncpg

from api.store.rows import Row, find_row


async def count_homes(
    driver: asyncpg.Connection, district: str, boundaries_version: int, outline: bytes
) -> Row | None:
    """Return households, buildings and square metres of an area (WKB, degrees).

    A building counts where its middle lies. A district without buildings counts by its grids' households,
    each grid by the share of its area that is inside.
    """
    return await find_row(
        driver,
        """
        WITH drawn AS (SELECT ST_GeomFromWKB($3, 4326) AS shape),
        buildings AS (
            SELECT count(*)::int AS buildings, coalesce(sum(households), 0)::int AS households
            FROM base_feature, drawn
            WHERE district = $1 AND kind = 'building' AND geom && shape
              AND ST_Covers(shape, ST_Centroid(geom))
        ),
        grids AS (
            SELECT round(coalesce(sum(households * ST_Area(ST_Intersection(geom, shape))
                                      / nullif(ST_Area(geom), 0)), 0))::int AS households
            FROM area, drawn
            WHERE district = $1 AND version = $2 AND level = 'grid' AND geom && shape
        )
        SELECT ST_Area(shape::geography) AS area_m2, buildings.buildings,
               CASE WHEN EXISTS (SELECT FROM base_feature WHERE district = $1 AND kind = 'building')
                    THEN buildings.households ELSE grids.households END AS households
        FROM drawn, buildings, grids
        """,
        district,
        boundaries_version,
        outline,
    )
