"""Shifts and patrols: who went on and off duty, and who walked along which street."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from api.store.rows import Row, fetch_rows, find_row


async def go_on(driver: asyncpg.Connection, district: str, shift: UUID, person: UUID, now: datetime) -> None:
    """Put somebody on shift; who is on already stays as he is."""
    await driver.execute(
        "INSERT INTO shift (district, id, person, started_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (district, person) WHERE ended_at IS NULL DO NOTHING",
        district,
        shift,
        person,
        now,
    )


async def go_off(driver: asyncpg.Connection, district: str, mark: UUID, person: UUID) -> None:
    """Take somebody off duty and end his patrol; whom the roster still names gets a mark that he went."""
    await driver.execute(
        "UPDATE shift SET ended_at = now() WHERE district = $1 AND person = $2 AND ended_at IS NULL",
        district,
        person,
    )
    await driver.execute(
        "INSERT INTO shift (district, id, person, started_at, ended_at) "
        "SELECT district, $3, person, now(), now() FROM on_duty WHERE district = $1 AND person = $2",
        district,
        person,
        mark,
    )
    await driver.execute(
        "UPDATE patrol SET ended_at = now() WHERE district = $1 AND person = $2 AND ended_at IS NULL",
        district,
        person,
    )


async def find_duty(driver: asyncpg.Connection, district: str, person: UUID) -> Row | None:
    """Return since when somebody is on duty, until when by the roster, and his patrol; None when off."""
    return await find_row(
        driver,
        """
        SELECT d.since, w.id AS patrol, w.street AS patrol_street,
               (SELECT max(r.ends_at) FROM roster AS r WHERE r.district = $1 AND r.person = $2
                  AND r.starts_at <= now() AND r.ends_at > now()) AS until
        FROM on_duty AS d
        LEFT JOIN patrol AS w ON w.district = $1 AND w.person = $2 AND w.ended_at IS NULL
        WHERE d.district = $1 AND d.person = $2 LIMIT 1
        """,
        district,
        person,
    )


async def find_person(driver: asyncpg.Connection, district: str, person: UUID) -> Row | None:
    """Return who somebody is and where his jurisdiction lies, his streets included."""
    return await find_row(
        driver,
        """
        SELECT p.id, p.name, p.name_en, p.post, p.area,
               ARRAY(SELECT t.street FROM task_force_member AS m
                     JOIN task_force AS t ON t.district = m.district AND t.id = m.task_force
                     WHERE m.district = p.district AND m.person = p.id
                     UNION SELECT p.street WHERE p.street IS NOT NULL
                     UNION SELECT f.street FROM task_force AS f
                           WHERE f.district = p.district AND f.chief = p.id) AS streets
        FROM person AS p WHERE p.district = $1 AND p.id = $2
        """,
        district,
        person,
    )


@dataclass(frozen=True, slots=True)
class Patrol:
    """A walk along a street."""

    id: UUID
    person: UUID
    name: str
    name_en: str
    area: str
    street: str
    started_at: datetime
    ended_at: datetime | None
    findings: int


async def start_patrol(
    driver: asyncpg.Connection,
    district: str,
    patrol: UUID,
    person: UUID,
    street: str,
    now: datetime,
    *,
    drill: bool = False,
) -> bool:
    """Begin a patrol; False where the person walks another or the id is taken."""
    begun: bool | None = await driver.fetchval(
        "INSERT INTO patrol (district, id, person, street, started_at, drill) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
        district,
        patrol,
        person,
        street,
        now,
        drill,
    )
    return bool(begun)


async def end_patrol(
    driver: asyncpg.Connection, district: str, patrol: UUID, person: UUID, now: datetime
) -> None:
    """End one's patrol; one that has ended stays as it is."""
    await driver.execute(
        "UPDATE patrol SET ended_at = greatest($4, started_at) "
        "WHERE district = $1 AND id = $2 AND person = $3 AND ended_at IS NULL",
        district,
        patrol,
        person,
        now,
    )


_PATROLS = """
    SELECT w.id, w.person, p.name, p.name_en, p.area, w.street, w.started_at, w.ended_at,
           (SELECT count(*) FROM finding AS f WHERE f.district = w.district AND f.patrol = w.id) AS findings
    FROM patrol AS w JOIN person AS p ON p.district = w.district AND p.id = w.person
    WHERE w.district = $1
"""


async def find_patrol(driver: asyncpg.Connection, district: str, patrol: UUID) -> Patrol | None:
    """Return one patrol, if there is one of that id."""
    row = await find_row(driver, f"{_PATROLS} AND w.id = $2", district, patrol)
    return Patrol(**dict(row)) if row else None


@dataclass(frozen=True, slots=True)
class PatrolFilter:
    """Which patrols are wanted; None where it does not matter."""

    street: str | None = None
    person: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_patrols(
    driver: asyncpg.Connection,
    district: str,
    wanted: PatrolFilter,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Patrol]:
    """Return patrols, the newest first, from the first older than `before`."""
    rows = await fetch_rows(
        driver,
        f"""{_PATROLS}
          AND ($2::text IS NULL OR w.street = $2)
          AND ($3::uuid IS NULL OR w.person = $3)
          AND ($4::timestamptz IS NULL OR w.started_at >= $4)
          AND ($5::timestamptz IS NULL OR w.started_at < $5)
          AND ($6::timestamptz IS NULL OR (w.started_at, w.id) < ($6, $7::uuid))
        ORDER BY w.started_at DESC, w.id DESC LIMIT $8""",
        district,
        wanted.street,
        wanted.person,
        wanted.since,
        wanted.until,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [Patrol(**dict(row)) for row in rows]


async def count_entries(driver: asyncpg.Connection, district: str, patrol: UUID) -> dict[str, int]:
    """Return how many findings of a patrol came from where its walker had gone in."""
    rows = await fetch_rows(
        driver,
        "SELECT entered, count(*) AS findings FROM finding "
        "WHERE district = $1 AND patrol = $2 AND entered IS NOT NULL GROUP BY entered",
        district,
        patrol,
    )
    return {row["entered"]: row["findings"] for row in rows}


async def read_patrol_track(
    driver: asyncpg.Connection, district: str, patrol: Patrol
) -> Sequence[tuple[float, float]]:
    """Return the places of a patrol's thinned track, in order: longitude, latitude.

    They belong to it by their time as well: a phone without a network sends them when the walk is over.
    """
    rows = await fetch_rows(
        driver,
        "SELECT lon, lat FROM position_track "
        "WHERE district = $1 AND person = $2 AND flag IS NULL "
        "AND (patrol = $3 OR at BETWEEN $4 AND coalesce($5, now())) ORDER BY at LIMIT 20000",
        district,
        patrol.person,
        patrol.id,
        patrol.started_at,
        patrol.ended_at,
    )
    return [(row["lon"], row["lat"]) for row in rows]
