"""What reports are drawn from, read out of the store as tables with geometries (WGS 84 degrees)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import geopandas as gpd
import pandas as pd

from api.store.copying import shapes_of
from api.store.roads import read_roads
from api.store.rows import Row, fetch_rows, find_row
from api.store.versions import newest_versions
from geo.coordinates import WGS84

_REAL = "c.state NOT IN ('dismissed', 'merged')"
"""A dismissed report was no finding; a merged one is counted by the case it went into."""


@dataclass(frozen=True, slots=True)
class DistrictFrames:
    """The district, what lies under every report of it, and its name."""

    name: str
    name_en: str
    synthetic: bool
    district: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    green: gpd.GeoDataFrame
    rail: gpd.GeoDataFrame


async def read_district_frames(driver: asyncpg.Connection, district: str) -> DistrictFrames | None:
    """Everything that lies under a report; None where there is no such district."""
    card = await find_row(driver, "SELECT name, name_en, synthetic FROM district WHERE code = $1", district)
    if card is None:
        return None
    versions = await newest_versions(driver, district)
    outline = await fetch_rows(
        driver,
        "SELECT ST_AsBinary(geom) AS wkb FROM area "
        "WHERE district = $1 AND version = $2 AND level = 'district'",
        district,
        versions.boundaries,
    )
    base = {
        kind: await fetch_rows(
            driver,
            "SELECT ST_AsBinary(geom) AS wkb FROM base_feature WHERE district = $1 AND kind = $2",
            district,
            kind,
        )
        for kind in ("water", "green", "rail")
    }
    return DistrictFrames(
        card["name"],
        card["name_en"],
        card["synthetic"],
        _frame(outline, ()),
        await read_roads(driver, district, versions.roads),
        *(_frame(rows, ()) for rows in base.values()),
    )


async def read_grids(driver: asyncpg.Connection, district: str) -> gpd.GeoDataFrame:
    """The grids in force: `code`, `name`, `name_en`, `households`."""
    versions = await newest_versions(driver, district)
    rows = await fetch_rows(
        driver,
        "SELECT code, name, name_en, households, ST_AsBinary(geom) AS wkb FROM area "
        "WHERE district = $1 AND version = $2 AND level = 'grid' ORDER BY code",
        district,
        versions.boundaries,
    )
    return _frame(rows, ("code", "name", "name_en", "households"))


async def read_findings(
    driver: asyncpg.Connection, district: str, since: datetime | None, until: datetime | None
) -> gpd.GeoDataFrame:
    """Cases by when they were reported: `id`, `at`, `category`; those dismissed or merged are left out."""
    rows = await fetch_rows(
        driver,
        f"""SELECT c.id::text AS id, c.reported_at AS at, c.category, ST_AsBinary(c.geom) AS wkb
            FROM cases c WHERE c.district = $1 AND {_REAL}
              AND ($2::timestamptz IS NULL OR c.reported_at >= $2)
              AND ($3::timestamptz IS NULL OR c.reported_at < $3)
            ORDER BY c.reported_at""",  # noqa: S608 - a constant condition
        district,
        since,
        until,
    )
    return _frame(rows, ("id", "at", "category"))


async def read_task_forces(
    driver: asyncpg.Connection, district: str, since: datetime, until: datetime
) -> gpd.GeoDataFrame:
    """Streets with `hue`, `chief`, `chief_en`, `people` (post, name, name_en) and the period's figures.

    Figures: `findings`, `settled`, `open`, `late` (past its deadline at the end of the period).
    """
    versions = await newest_versions(driver, district)
    rows = await fetch_rows(
        driver,
        f"""
        SELECT s.id, s.name, s.name_en, s.hue, ST_AsBinary(s.geom) AS wkb,
               p.name AS chief, p.name_en AS chief_en,
               coalesce(n.findings, 0) AS findings, coalesce(n.settled, 0) AS settled,
               coalesce(n.open, 0) AS open, coalesce(n.late, 0) AS late,
               coalesce(w.patrols, 0) AS patrols
        FROM street s
        LEFT JOIN task_force f ON f.district = s.district AND f.street = s.id
        LEFT JOIN person p ON p.district = f.district AND p.id = f.chief
        LEFT JOIN (
            SELECT c.street, count(*) AS findings,
                   count(*) FILTER (WHERE c.state IN ('resolved', 'closed')) AS settled,
                   count(*) FILTER (WHERE c.state NOT IN ('resolved', 'closed')) AS open,
                   count(*) FILTER (WHERE c.due_at < coalesce(c.resolved_at, c.closed_at, $4)) AS late
            FROM cases c
            WHERE c.district = $1 AND c.reported_at >= $3 AND c.reported_at < $4 AND {_REAL}
            GROUP BY c.street
        ) n ON n.street = s.id
        LEFT JOIN (
            SELECT street, count(*) AS patrols FROM patrol
            WHERE district = $1 AND started_at >= $3 AND started_at < $4 GROUP BY street
        ) w ON w.street = s.id
        WHERE s.district = $1 AND s.version = $2 ORDER BY s.id
        """,  # noqa: S608 - a constant condition
        district,
        versions.streets,
        since,
        until,
    )
    people = await _people_by_street(driver, district)
    columns = ("id", "name", "name_en", "hue", "chief", "chief_en")
    frame = _frame(rows, (*columns, "findings", "settled", "open", "late", "patrols"))
    frame["people"] = [people.get(street, []) for street in frame["id"]]
    return frame


async def _people_by_street(
    driver: asyncpg.Connection, district: str
) -> dict[str, list[tuple[str, str, str]]]:
    rows = await fetch_rows(
        driver,
        """
        SELECT f.street, p.post, p.name, p.name_en
        FROM task_force f
        JOIN task_force_member m ON m.district = f.district AND m.task_force = f.id
        JOIN person p ON p.district = m.district AND p.id = m.person
        WHERE f.district = $1 AND p.active AND p.id IS DISTINCT FROM f.chief
        ORDER BY f.street, p.post, p.name
        """,
        district,
    )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        found.setdefault(row["street"], []).append((row["post"], row["name"], row["name_en"]))
    return found


async def read_dispatches(
    driver: asyncpg.Connection, district: str, since: datetime, until: datetime
) -> gpd.GeoDataFrame:
    """The last offer of every case that was offered in the period, with the case's state at this moment.

    Columns: `id`, `at`, `category`, `street`, `street_en`, `who`, `who_en`, `post`, `arrived_at`, `state`,
    `is_late`.
    """
    versions = await newest_versions(driver, district)
    rows = await fetch_rows(
        driver,
        """
        SELECT DISTINCT ON (c.id) c.id::text AS id, t.offered_at AS at, c.category,
               coalesce(s.name, '') AS street, coalesce(s.name_en, '') AS street_en,
               p.name AS who, p.name_en AS who_en, t.post, t.arrived_at, c.state,
               coalesce(c.due_at < coalesce(c.resolved_at, c.closed_at, $4), false) AS is_late,
               ST_AsBinary(c.geom) AS wkb
        FROM task t
        JOIN cases c ON c.district = t.district AND c.id = t.case_id
        JOIN person p ON p.district = t.district AND p.id = t.responder
        LEFT JOIN street s ON s.district = c.district AND s.version = $2 AND s.id = c.street
        WHERE t.district = $1 AND t.offered_at >= $3 AND t.offered_at < $4
        ORDER BY c.id, t.offered_at DESC
        """,
        district,
        versions.streets,
        since,
        until,
    )
    columns = ("id", "at", "category", "street", "street_en", "who", "who_en", "post", "arrived_at")
    return _frame(rows, (*columns, "state", "is_late"))


async def read_centres(driver: asyncpg.Connection, district: str) -> gpd.GeoDataFrame:
    """Service centres: `id`, `name`, `name_en`, and what their opening depends on."""
    rows = await fetch_rows(
        driver,
        "SELECT id, name, name_en, opening_hours, opens_on, closes_on, floor_area_m2, capacity, "
        "ST_AsBinary(geom) AS wkb FROM centre WHERE district = $1 ORDER BY id",
        district,
    )
    columns = ("id", "name", "name_en", "opening_hours", "opens_on", "closes_on", "floor_area_m2")
    return _frame(rows, (*columns, "capacity"))


async def read_homes(driver: asyncpg.Connection, district: str) -> gpd.GeoDataFrame:
    """Buildings that people live in: `households`, `grid` (the code of the grid they stand in)."""
    rows = await fetch_rows(
        driver,
        "SELECT households, area AS grid, ST_AsBinary(geom) AS wkb FROM base_feature "
        "WHERE district = $1 AND kind = 'building' AND households > 0 ORDER BY id",
        district,
    )
    return _frame(rows, ("households", "grid"))


async def last_report_at(driver: asyncpg.Connection, district: str) -> datetime | None:
    """When the newest case was reported."""
    found: datetime | None = await driver.fetchval(
        "SELECT max(reported_at) FROM cases WHERE district = $1", district
    )
    return found


def _frame(rows: Sequence[Row], columns: Sequence[str]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {column: [row[column] for row in rows] for column in columns}, index=range(len(rows))
    )
    return gpd.GeoDataFrame(table, geometry=shapes_of(rows, "wkb") if rows else [], crs=WGS84)
