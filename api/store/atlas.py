"""What the district's page reads: areas, streets and centres as cards, lists and search results.

Every function takes the version to read; rows come back as they are, the routes give them their shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from api.store.rows import Row, fetch_rows, find_row


async def find_district(driver: asyncpg.Connection, district: str) -> Row | None:
    """Return the district's names, and whether it is synthetic."""
    return await find_row(
        driver, "SELECT code, name, name_en, synthetic FROM district WHERE code = $1", district
    )


async def bounds_of_district(driver: asyncpg.Connection, district: str, version: int) -> list[float] | None:
    """Return west, south, east, north of all areas; None where there is none."""
    row = await find_row(
        driver,
        "SELECT ST_XMin(e) AS w, ST_YMin(e) AS s, ST_XMax(e) AS e, ST_YMax(e) AS n FROM "
        "(SELECT ST_Extent(geom) AS e FROM area WHERE district = $1 AND version = $2) AS whole",
        district,
        version,
    )
    return list(row.values()) if row and row["w"] is not None else None


async def count_all(
    driver: asyncpg.Connection, district: str, boundaries: int, streets: int
) -> dict[str, int]:
    """Return how many there are of everything."""
    row = await find_row(
        driver,
        """
        SELECT count(*) FILTER (WHERE level = 'subdistrict') AS subdistricts,
               count(*) FILTER (WHERE level = 'community') AS communities,
               count(*) FILTER (WHERE level = 'grid') AS grids,
               coalesce(sum(households) FILTER (WHERE level = 'grid'), 0)::bigint AS households,
               (SELECT count(*) FROM street WHERE district = $1 AND version = $3) AS streets,
               (SELECT count(*) FROM centre WHERE district = $1) AS centres,
               (SELECT count(*) FROM estate WHERE district = $1) AS estates,
               (SELECT count(*) FROM task_force WHERE district = $1) AS task_forces,
               (SELECT count(*) FROM person WHERE district = $1 AND active) AS people,
               (SELECT count(*) FROM on_duty WHERE district = $1) AS on_shift
        FROM area WHERE district = $1 AND version = $2
        """,
        district,
        boundaries,
        streets,
    )
    return dict(row or {})


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """Which areas are wanted; None where it does not matter."""

    level: str | None = None
    parent: str | None = None
    words: str | None = None


async def list_area_cards(
    driver: asyncpg.Connection, district: str, version: int, wanted: AreaFilter, after: str, limit: int
) -> Sequence[Row]:
    """Return areas ordered by code, from the first after `after`."""
    return await fetch_rows(
        driver,
        """
        SELECT code, level, name, name_en, households,
               ST_XMin(geom) AS w, ST_YMin(geom) AS s, ST_XMax(geom) AS e, ST_YMax(geom) AS n
        FROM area
        WHERE district = $1 AND version = $2 AND code > $3
          AND ($4::text IS NULL OR level = $4)
          AND ($5::text IS NULL OR code LIKE $5 || '___')
          AND ($6::text IS NULL OR name ILIKE $6 OR name_en ILIKE $6 OR code LIKE $6)
        ORDER BY code LIMIT $7
        """,
        district,
        version,
        after,
        wanted.level,
        wanted.parent,
        containing(wanted.words),
        limit,
    )


async def find_area_card(driver: asyncpg.Connection, district: str, version: int, code: str) -> Row | None:
    """Return one area with its people: workers who answer for it or for an area within or above it."""
    return await find_row(
        driver,
        """
        SELECT code, level, name, name_en, households,
               ST_XMin(geom) AS w, ST_YMin(geom) AS s, ST_XMax(geom) AS e, ST_YMax(geom) AS n,
               ST_Area(geom::geography) AS area_m2,
               (SELECT count(*) FROM area AS child WHERE child.district = $1 AND child.version = $2
                  AND child.code LIKE a.code || '___') AS children,
               (SELECT count(*) FROM person WHERE district = $1 AND active AND post = 'grid_worker'
                  AND (area LIKE a.code || '%' OR length(area) > 9 AND a.code LIKE area || '%')) AS workers,
               (SELECT array_agg(ARRAY[id::text, name, name_en] ORDER BY name) FROM person
                  WHERE district = $1 AND active AND area = a.code
                  AND post IN ('grid_leader', 'community_leader', 'supervisor')) AS leaders
        FROM area AS a WHERE district = $1 AND version = $2 AND code = $3
        """,
        district,
        version,
        code,
    )


async def find_area_geometry(
    driver: asyncpg.Connection, district: str, version: int, code: str
) -> str | None:
    """Return an area's geometry as GeoJSON text, to 7 decimals (a centimetre)."""
    found: str | None = await driver.fetchval(
        "SELECT ST_AsGeoJSON(geom, 7) FROM area WHERE district = $1 AND version = $2 AND code = $3",
        district,
        version,
        code,
    )
    return found


async def list_street_cards(
    driver: asyncpg.Connection,
    district: str,
    version: int,
    *,
    area: str | None,
    words: str | None,
    after: str,
    limit: int,
) -> Sequence[Row]:
    """Return streets ordered by id, from the first after `after`."""
    return await fetch_rows(
        driver,
        """
        SELECT s.id, s.name, s.name_en, s.subdistrict, s.hue, s.width_m, s.length_m, s.area_m2,
               ST_XMin(s.geom) AS w, ST_YMin(s.geom) AS s, ST_XMax(s.geom) AS e, ST_YMax(s.geom) AS n,
               chief.id AS chief, chief.name AS chief_name, chief.name_en AS chief_name_en,
               (SELECT count(*) FROM task_force_member AS m
                  WHERE m.district = $1 AND m.task_force = t.id) AS members,
               (SELECT count(DISTINCT m.person) FROM task_force_member AS m
                  JOIN on_duty AS d ON d.district = m.district AND d.person = m.person
                  WHERE m.district = $1 AND m.task_force = t.id) AS on_shift
        FROM street AS s
        LEFT JOIN task_force AS t ON t.district = s.district AND t.street = s.id
        LEFT JOIN person AS chief ON chief.district = t.district AND chief.id = t.chief
        WHERE s.district = $1 AND s.version = $2 AND s.id > $3
          AND ($4::text IS NULL OR s.subdistrict LIKE $4 || '%')
          AND ($5::text IS NULL OR s.name ILIKE $5 OR s.name_en ILIKE $5 OR s.id ILIKE $5)
        ORDER BY s.id LIMIT $6
        """,
        district,
        version,
        after,
        area,
        containing(words),
        limit,
    )


async def find_street_card(driver: asyncpg.Connection, district: str, version: int, id_: str) -> Row | None:
    """Return one street with its task force."""
    return await find_row(
        driver,
        """
        SELECT s.id, s.name, s.name_en, s.subdistrict, s.hue, s.width_m, s.length_m, s.area_m2,
               ST_XMin(s.geom) AS w, ST_YMin(s.geom) AS s, ST_XMax(s.geom) AS e, ST_YMax(s.geom) AS n,
               t.id AS task_force, t.chief, t.name AS task_force_name, t.name_en AS task_force_name_en
        FROM street AS s
        LEFT JOIN task_force AS t ON t.district = s.district AND t.street = s.id
        WHERE s.district = $1 AND s.version = $2 AND s.id = $3
        """,
        district,
        version,
        id_,
    )


async def list_street_members(driver: asyncpg.Connection, district: str, street: str) -> Sequence[Row]:
    """Return chief and members of a street's task force, with whether they are on shift now."""
    return await fetch_rows(
        driver,
        """
        SELECT p.id, p.name, p.name_en, p.post, t.chief IS NOT DISTINCT FROM p.id AS is_chief,
               EXISTS (SELECT FROM on_duty AS d WHERE d.district = $1 AND d.person = p.id) AS on_shift
        FROM task_force AS t
        JOIN person AS p ON p.district = t.district AND (p.id = t.chief OR EXISTS (
            SELECT FROM task_force_member AS m
            WHERE m.district = t.district AND m.task_force = t.id AND m.person = p.id))
        WHERE t.district = $1 AND t.street = $2
        ORDER BY is_chief DESC, p.post, p.name, p.id
        """,
        district,
        street,
    )


async def list_centres(driver: asyncpg.Connection, district: str) -> Sequence[Row]:
    """Return every service centre and station, ordered by id."""
    return await fetch_rows(
        driver,
        "SELECT id, name, name_en, kind, tier, floor_area_m2, ST_X(geom) AS lon, ST_Y(geom) AS lat "
        "FROM centre WHERE district = $1 ORDER BY id",
        district,
    )


async def nearest_landmark(
    driver: asyncpg.Connection, district: str, lon: float, lat: float, within_m: float
) -> Row | None:
    """Return the centre, station or estate nearest to a point, with its distance; none beyond `within_m`."""
    rows = await fetch_rows(
        driver,
        """
        WITH here AS (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326) AS point), near AS (
            (SELECT 'centre' AS kind, id, name, name_en, geom FROM centre, here WHERE district = $1
             ORDER BY geom <-> point LIMIT 3)
            UNION ALL
            (SELECT 'estate', id, name, name_en, geom FROM estate, here WHERE district = $1
             ORDER BY geom <-> point LIMIT 3)
        )
        SELECT kind, id, name, name_en, ST_Distance(geom::geography, point::geography) AS away_m
        FROM near, here WHERE ST_DWithin(geom::geography, point::geography, $4)
        ORDER BY away_m, kind, id LIMIT 1
        """,
        district,
        lon,
        lat,
        within_m,
    )
    return rows[0] if rows else None


async def search(
    driver: asyncpg.Connection, district: str, boundaries: int, streets: int, words: str, limit: int
) -> Sequence[Row]:
    """Return what is called so, or coded so: exact names first, then beginnings, then what holds the most.

    A town's name is also in its communities', streets' and estates': the large come before the small.
    """
    return await fetch_rows(
        driver,
        """
        WITH named AS (
            SELECT CASE level WHEN 'community' THEN 1 WHEN 'grid' THEN 4 ELSE 0 END AS rank,
                   'area' AS kind, code AS id, name, name_en, level, geom FROM area
            WHERE district = $1 AND version = $2
              AND (name ILIKE $4 OR name_en ILIKE $4 OR code LIKE $5)
            UNION ALL
            SELECT 2, 'street', id, name, name_en, NULL, geom FROM street
            WHERE district = $1 AND version = $3 AND (name ILIKE $4 OR name_en ILIKE $4 OR id ILIKE $5)
            UNION ALL
            SELECT 3, 'centre', id, name, name_en, NULL, geom FROM centre
            WHERE district = $1 AND (name ILIKE $4 OR name_en ILIKE $4 OR id ILIKE $5)
            UNION ALL
            SELECT 5, 'estate', id, name, name_en, NULL, geom FROM estate
            WHERE district = $1 AND (name ILIKE $4 OR name_en ILIKE $4 OR id ILIKE $5)
        ), best AS (
            SELECT * FROM named
            ORDER BY (name = $6 OR lower(name_en) = lower($6) OR id = $6) DESC,
                     (name ILIKE $5 OR name_en ILIKE $5) DESC, rank, length(id), length(name), id
            LIMIT $7
        )
        SELECT kind, id, name, name_en, level,
               ST_XMin(geom) AS w, ST_YMin(geom) AS s, ST_XMax(geom) AS e, ST_YMax(geom) AS n,
               ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat
        FROM best
        """,
        district,
        boundaries,
        streets,
        containing(words),
        beginning(words),
        words,
        limit,
    )


def containing(words: str | None) -> str | None:
    """Return the LIKE pattern for texts that contain `words`, taken literally."""
    return None if words is None else f"%{_literal(words)}%"


def beginning(words: str) -> str:
    """Return the LIKE pattern for texts that begin with `words`, taken literally."""
    return f"{_literal(words)}%"


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
