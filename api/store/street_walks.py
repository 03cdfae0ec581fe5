"""Who belongs to a street, who walked it, and whom somebody with a task may have to call."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from api.store.rows import Row, fetch_rows
from geo.street_pieces import TrackFix


async def people_of_street(driver: asyncpg.Connection, district: str, street: str) -> frozenset[UUID]:
    """Return the street's own people: its task force, its chief, whoever is posted there."""
    rows = await fetch_rows(
        driver,
        """
        SELECT m.person FROM task_force f
            JOIN task_force_member m ON m.district = f.district AND m.task_force = f.id
            WHERE f.district = $1 AND f.street = $2
        UNION SELECT chief FROM task_force WHERE district = $1 AND street = $2 AND chief IS NOT NULL
        UNION SELECT id FROM person WHERE district = $1 AND street = $2
        """,
        district,
        street,
    )
    return frozenset(row["person"] for row in rows)


async def walkers_of_street(
    driver: asyncpg.Connection, district: str, street: str, since: datetime, until: datetime
) -> frozenset[UUID]:
    """Return who began a patrol of the street in that time."""
    rows = await fetch_rows(
        driver,
        "SELECT DISTINCT person FROM patrol "
        "WHERE district = $1 AND street = $2 AND started_at < $4 AND coalesce(ended_at, $4) > $3",
        district,
        street,
        since,
        until,
    )
    return frozenset(row["person"] for row in rows)


async def fixes_of_street(
    driver: asyncpg.Connection, district: str, street: str, since: datetime, until: datetime
) -> Sequence[TrackFix]:
    """Return the good fixes of the street's patrols in that time, in order."""
    rows = await fetch_rows(
        driver,
        """
        SELECT p.id AS patrol, t.at, t.lon, t.lat FROM patrol p
        JOIN position_track t ON t.district = p.district AND t.person = p.person
            AND t.at BETWEEN $3 AND $4
            AND (t.patrol = p.id OR t.at BETWEEN p.started_at AND coalesce(p.ended_at, $4))
        WHERE p.district = $1 AND p.street = $2 AND p.started_at < $4 AND coalesce(p.ended_at, $4) > $3
          AND t.flag IS NULL
        ORDER BY t.at LIMIT 50000
        """,
        district,
        street,
        since,
        until,
    )
    return [TrackFix(row["patrol"], row["at"], row["lon"], row["lat"]) for row in rows]


async def people_to_call(driver: asyncpg.Connection, district: str, case: UUID, asker: UUID) -> Sequence[Row]:
    """Return the staff around a case who have a telephone: its street's chief, its grid's leader, its finder.

    Nobody is named twice, and nobody is told to call himself.
    """
    return await fetch_rows(
        driver,
        """
        SELECT DISTINCT ON (p.id) p.id, p.name, p.name_en, p.post, p.phone, w.why, w.place
        FROM cases c
        CROSS JOIN LATERAL (
            SELECT f.chief AS person, 'chief' AS why, 1 AS place FROM task_force f
                WHERE f.district = c.district AND f.street = c.street
            UNION ALL
            SELECT l.id, 'grid_leader', 2 FROM person l
                WHERE l.district = c.district AND l.active AND l.area <> ''
                  AND l.area IN (c.area, left(c.area, 12)) AND l.post IN ('grid_leader', 'community_leader')
            UNION ALL
            SELECT c.reporter, 'finder', 3
        ) w
        JOIN person p ON p.district = c.district AND p.id = w.person
        WHERE c.district = $1 AND c.id = $2 AND p.id <> $3 AND p.active AND coalesce(p.phone, '') <> ''
        ORDER BY p.id, w.place
        """,
        district,
        case,
        asker,
    )
