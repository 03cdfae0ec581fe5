"""The territory in the store: areas and streets, saved as a version, read back as `geo.areas.Territory`."""

from collections.abc import Iterable, Sequence

import asyncpg

from api.store.copying import copy_rows, shapes_of
from api.store.hues import hues_of
from api.store.versions import Dataset, begin_version, newest_versions
from geo.areas import Area, AreaCode, Territory
from geo.streets import Street, StreetId


async def save_district(
    driver: asyncpg.Connection, code: str, name: str, name_en: str, *, synthetic: bool
) -> None:
    """Make the district known, or rename it."""
    await driver.execute(
        "INSERT INTO district (code, name, name_en, synthetic) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (code) DO UPDATE SET name = $2, name_en = $3, synthetic = $4",
        code,
        name,
        name_en,
        synthetic,
    )
    await driver.execute("INSERT INTO feed (district) VALUES ($1) ON CONFLICT DO NOTHING", code)


async def save_areas(
    driver: asyncpg.Connection, district: str, areas: Iterable[Area], *, by: str, source: str
) -> int:
    """Save all areas of the district as a new boundary version and return it; the old one stays readable.

    Call it inside a transaction: cases filed before it commits keep the old version.
    """
    version = await begin_version(driver, district, Dataset.BOUNDARIES, by=by, source=source)
    await copy_rows(
        driver,
        "area",
        ("district", "version", "code", "level", "name", "name_en", "households", "geom"),
        ((district, version, a.code, a.level.value, a.name, a.name_en, a.households, a.shape) for a in areas),
    )
    return version


async def save_streets(
    driver: asyncpg.Connection, district: str, streets: Sequence[Street], *, by: str, source: str
) -> int:
    """Save all patrolled streets of the district as a new version and return it."""
    version = await begin_version(driver, district, Dataset.STREETS, by=by, source=source)
    hues = hues_of(streets)
    await copy_rows(
        driver,
        "street",
        (
            *("district", "version", "id", "name", "name_en", "subdistrict"),
            *("width_m", "length_m", "area_m2", "hue", "centreline", "geom"),
        ),
        (
            (
                *(district, version, s.id, s.name, s.name_en, s.subdistrict),
                *(s.width_m, s.length_m, s.area_m2, hues[s.id], s.centreline, s.shape),
            )
            for s in streets
        ),
    )
    return version


async def list_areas(driver: asyncpg.Connection, district: str, version: int) -> list[Area]:
    """Return every area of one boundary version, ordered by code."""
    rows = await driver.fetch(
        "SELECT code, name, name_en, households, ST_AsBinary(geom) AS wkb FROM area "
        "WHERE district = $1 AND version = $2 ORDER BY code",
        district,
        version,
    )
    return [
        Area(AreaCode(row["code"]), row["name"], row["name_en"], shape, row["households"])
        for row, shape in zip(rows, shapes_of(rows, "wkb"), strict=True)
    ]


async def list_streets(driver: asyncpg.Connection, district: str, version: int) -> list[Street]:
    """Return every patrolled street of one version, ordered by id."""
    rows = await driver.fetch(
        "SELECT id, name, name_en, subdistrict, width_m, ST_AsBinary(centreline) AS line, "
        "ST_AsBinary(geom) AS ground FROM street WHERE district = $1 AND version = $2 ORDER BY id",
        district,
        version,
    )
    return [
        Street(
            StreetId(row["id"]),
            row["name"],
            row["name_en"],
            line,
            ground,
            row["width_m"],
            AreaCode(row["subdistrict"]),
        )
        for row, line, ground in zip(rows, shapes_of(rows, "line"), shapes_of(rows, "ground"), strict=True)
    ]


async def load_territory(driver: asyncpg.Connection, district: str, version: int | None = None) -> Territory:
    """Build the territory of a boundary version (the newest when None) with the streets in force."""
    newest = await newest_versions(driver, district)
    version = newest.boundaries if version is None else version
    areas = await list_areas(driver, district, version)
    streets = await list_streets(driver, district, newest.streets)
    return Territory(version, areas, streets)
