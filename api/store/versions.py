"""What a district is made of, version by version: the newest is in force, the old stay readable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import asyncpg


class Dataset(StrEnum):
    """What is redrawn as a whole."""

    BOUNDARIES = "boundaries"
    STREETS = "streets"
    ROADS = "roads"
    PLACES = "places"
    """Centres and estates: only the newest is kept, the number tells caches that it changed."""
    BASE = "base"
    """Water, rail, green and buildings: likewise."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions in force; 0 where nothing has been loaded yet."""

    boundaries: int = 0
    streets: int = 0
    roads: int = 0
    places: int = 0
    base: int = 0

    def of(self, dataset: Dataset) -> int:
        """Return the version in force of one dataset."""
        version: int = getattr(self, dataset.value)
        return version


async def newest_versions(driver: asyncpg.Connection, district: str) -> Versions:
    """Return the versions in force."""
    rows = await driver.fetch(
        "SELECT dataset, max(version) AS version FROM dataset_version WHERE district = $1 GROUP BY dataset",
        district,
    )
    return Versions(**{row["dataset"]: row["version"] for row in rows})


async def version_loaded_at(
    driver: asyncpg.Connection, district: str, dataset: Dataset, version: int
) -> datetime:
    """Return when that version was loaded."""
    loaded_at: datetime = await driver.fetchval(
        "SELECT loaded_at FROM dataset_version WHERE district = $1 AND dataset = $2 AND version = $3",
        district,
        dataset.value,
        version,
    )
    return loaded_at


async def begin_version(
    driver: asyncpg.Connection, district: str, dataset: Dataset, *, by: str, source: str
) -> int:
    """Take the next version of `dataset`; two who do so at once wait for each other on the district's row."""
    await driver.execute("SELECT 1 FROM district WHERE code = $1 FOR NO KEY UPDATE", district)
    version: int = await driver.fetchval(
        "INSERT INTO dataset_version (district, dataset, version, loaded_by, source) "
        "SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4 FROM dataset_version "
        "WHERE district = $1 AND dataset = $2 RETURNING version",
        district,
        dataset.value,
        by,
        source,
    )
    return version
