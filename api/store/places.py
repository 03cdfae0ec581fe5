"""What stands on the map: service centres, estates, water, rail, green and buildings, replaced as a whole."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import asyncpg
import geopandas as gpd

from api.store.copying import copy_rows
from api.store.frames import Defaults, rows_of
from api.store.versions import Dataset, begin_version

_CENTRE: Defaults = {
    "id": "",
    "name": "",
    "name_en": "",
    "kind": "community_centre",
    "tier": "",
    "community": "",
    "floor_area_m2": 0.0,
    "capacity": 0,
    "opening_hours": "",
    "by_appointment": False,
    "opens_on": None,
    "closes_on": None,
}

_ESTATE: Defaults = {
    "id": "",
    "name": "",
    "name_en": "",
    "community": "",
    "kind": "",
    "households": 0,
    "buildings": 0,
    "built": None,
}

_BASE: Defaults = {
    "class": "",
    "name": "",
    "name_en": "",
    "bridge": False,
    "households": 0,
    "floors": 0,
    "area": "",
}

_NAMED_OTHERWISE = {"kind": "class", "use": "class", "grid": "area"}
"""What the tables of the base map call our columns."""


async def save_centres(
    driver: asyncpg.Connection, district: str, centres: gpd.GeoDataFrame, *, by: str, source: str
) -> int:
    """Replace all centres and stations of the district; return the version of its places."""
    rows = ((district, *_with_dates(row)) for row in rows_of(centres, _CENTRE))
    await driver.execute("DELETE FROM centre WHERE district = $1", district)
    await copy_rows(driver, "centre", ("district", *_CENTRE, "geom"), rows)
    return await begin_version(driver, district, Dataset.PLACES, by=by, source=source)


async def save_estates(
    driver: asyncpg.Connection, district: str, estates: gpd.GeoDataFrame, *, by: str, source: str
) -> int:
    """Replace all estates of the district; return the version of its places."""
    rows = ((district, *row) for row in rows_of(estates, _ESTATE))
    await driver.execute("DELETE FROM estate WHERE district = $1", district)
    await copy_rows(driver, "estate", ("district", *_ESTATE, "geom"), rows)
    return await begin_version(driver, district, Dataset.PLACES, by=by, source=source)


async def save_base(
    driver: asyncpg.Connection,
    district: str,
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    by: str,
    source: str,
) -> int:
    """Replace the given kinds of base features (`water`, `rail`, `green`, `building`) of the district."""
    for kind, frame in layers.items():
        await driver.execute("DELETE FROM base_feature WHERE district = $1 AND kind = $2", district, kind)
        named = frame.rename(columns=_NAMED_OTHERWISE)
        rows: Iterable[tuple[Any, ...]] = (
            (district, kind, number, *row) for number, row in enumerate(rows_of(named, _BASE), start=1)
        )
        await copy_rows(driver, "base_feature", ("district", "kind", "id", *_BASE, "geom"), rows)
    return await begin_version(driver, district, Dataset.BASE, by=by, source=source)


def _with_dates(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The two dates stand right before the geometry, as dates or in ISO 8601."""
    *before, opens_on, closes_on, shape = row
    return (*before, _date(opens_on), _date(closes_on), shape)


def _date(value: Any) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value
