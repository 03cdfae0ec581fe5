"""What hotspots are drawn from: cases as plain columns, hours of patrol, and whose street it is."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg
import numpy as np

from api.store.rows import Row, fetch_rows
from geo.observations import LOCAL_ZONE, Observations

_LATE_COMMITS = 1_000
"""Numbers are drawn before the commit: a case may become visible after one with a higher number."""


async def read_observations(
    driver: asyncpg.Connection, district: str, area: str, after: int, known: Collection[str]
) -> tuple[Observations, int]:
    """Cases within an area that came after a number, and the newest number there is.

    Those dismissed or merged are left out, and so are the known ones.
    """
    rows = await fetch_rows(
        driver,
        """
        SELECT number, id::text AS id, category, reported_at, ST_X(geom) AS lon, ST_Y(geom) AS lat
        FROM cases
        WHERE district = $1 AND number > $2 AND state NOT IN ('dismissed', 'merged')
          AND (area LIKE $3 OR $3 = district || '%')
        ORDER BY number
        """,
        district,
        max(after - _LATE_COMMITS, 0),
        f"{area}%",
    )
    new = [row for row in rows if row["id"] not in known]
    newest = max((row["number"] for row in rows), default=after)
    return _observations(new), max(newest, after)


async def read_patrol_hours(driver: asyncpg.Connection, district: str) -> dict[str, float]:
    """Hours walked along each street by patrols that have ended."""
    rows = await fetch_rows(
        driver,
        """
        SELECT street, sum(extract(epoch FROM ended_at - started_at)) / 3600 AS hours
        FROM patrol WHERE district = $1 AND ended_at IS NOT NULL GROUP BY street
        """,
        district,
    )
    return {row["street"]: float(row["hours"]) for row in rows}


async def list_streets_of(
    driver: asyncpg.Connection, district: str, version: int, cases: Collection[str]
) -> Sequence[Row]:
    """The streets that most of the cases lie on, with task force and chief."""
    return await fetch_rows(
        driver,
        """
        SELECT s.id, s.name, s.name_en, n.count, f.name AS task_force, f.name_en AS task_force_en,
               p.name AS chief, p.name_en AS chief_en
        FROM (
            SELECT street, count(*) AS count FROM cases
            WHERE district = $1 AND id = ANY($3::uuid[]) AND street IS NOT NULL
            GROUP BY street
        ) n
        JOIN street s ON s.district = $1 AND s.version = $2 AND s.id = n.street
        LEFT JOIN task_force f ON f.district = $1 AND f.street = s.id
        LEFT JOIN person p ON p.district = $1 AND p.id = f.chief
        ORDER BY n.count DESC, s.id LIMIT 5
        """,
        district,
        version,
        list(cases),
    )


async def list_cases_named(driver: asyncpg.Connection, district: str, ids: Collection[str]) -> Sequence[Row]:
    """What a list shows of some cases, the newest first."""
    return await fetch_rows(
        driver,
        """
        SELECT id, number, category, state, reported_at FROM cases
        WHERE district = $1 AND id = ANY($2::uuid[]) ORDER BY reported_at DESC, id
        """,
        district,
        list(ids),
    )


def _observations(rows: Sequence[Row]) -> Observations:
    zone = ZoneInfo(LOCAL_ZONE)
    count = len(rows)
    return Observations(
        np.fromiter((row["lon"] for row in rows), np.float64, count),
        np.fromiter((row["lat"] for row in rows), np.float64, count),
        np.array([_local(row["reported_at"], zone) for row in rows], dtype="datetime64[s]"),
        np.array([row["category"] for row in rows], dtype=np.str_) if rows else np.empty(0, "U1"),
        np.array([row["id"] for row in rows], dtype=np.str_) if rows else np.empty(0, "U1"),
    )


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
