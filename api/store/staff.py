"""The district's staff as administrators keep them: people, task forces, rosters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from api.identity import Reach
from api.store.rows import Row, fetch_rows, find_row

_PERSON = """
    SELECT p.id, p.name, p.name_en, p.post, p.skills, p.phone, p.area, p.street, p.department, p.capacity,
           p.load, p.active,
           EXISTS (SELECT FROM shift s
                   WHERE s.district = p.district AND s.person = p.id AND s.ended_at IS NULL) AS on_shift
    FROM person p
"""

WITHIN_REACH = """
    (p.id = ANY($2::uuid[]) OR EXISTS (
        SELECT FROM unnest($3::text[], $4::text[], $5::text[]) AS g(area, street, department)
        WHERE starts_with(p.area, g.area)
          AND (g.department = '' OR g.department = p.department)
          AND (g.street = '' OR g.street = p.street OR EXISTS (
              SELECT FROM task_force t
              JOIN task_force_member m ON m.district = t.district AND m.task_force = t.id
              WHERE t.district = p.district AND t.street = g.street AND m.person = p.id))))
"""

_NARROWED = """
    AND ($6 = '' OR starts_with(p.area, $6)) AND ($7 = '' OR p.street = $7) AND ($8 = '' OR p.post = $8)
    AND ($9 = '' OR strpos(lower(p.name || ' ' || p.name_en), lower($9)) > 0)
    AND ($10::boolean IS NULL OR p.active = $10)
"""

CHANGEABLE = frozenset(
    ("name", "name_en", "post", "skills", "phone", "area", "street", "department", "capacity", "active")
)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What a list of people is narrowed to; what is empty does not narrow it."""

    area: str = ""
    street: str = ""
    post: str = ""
    words: str = ""
    active: bool | None = None


def columns_of(reach: Reach) -> tuple[list[UUID], list[str], list[str], list[str]]:
    """Return a reach as the arrays that SQL compares with: one's own ids; areas, streets, departments."""
    return (
        sorted(reach.own),
        [grant.area for grant in reach.grants],
        [grant.street or "" for grant in reach.grants],
        [grant.department or "" for grant in reach.grants],
    )


async def list_people(
    driver: asyncpg.Connection,
    district: str,
    reach: Reach,
    wanted: PeopleFilter,
    *,
    after: tuple[str, str],
    limit: int,
) -> Sequence[Row]:
    """Return the people within the reach, by area and id."""
    return await fetch_rows(
        driver,
        f"""{_PERSON} WHERE p.district = $1 AND {WITHIN_REACH} {_NARROWED}
        AND ($11 = '' OR (p.area, p.id::text) > ($11, $12)) ORDER BY p.area, p.id::text LIMIT $13""",
        district,
        *columns_of(reach),
        wanted.area,
        wanted.street,
        wanted.post,
        wanted.words,
        wanted.active,
        *after,
        limit,
    )


async def find_person(driver: asyncpg.Connection, district: str, person: UUID) -> Row | None:
    """Return one member of staff."""
    return await find_row(driver, f"{_PERSON} WHERE p.district = $1 AND p.id = $2", district, person)


async def add_person(driver: asyncpg.Connection, district: str, person: UUID, values: dict[str, Any]) -> None:
    """Add a member of staff."""
    names = sorted(CHANGEABLE & set(values))
    places = ", ".join(f"${number}" for number in range(3, 3 + len(names)))
    await driver.execute(
        f"INSERT INTO person (district, id, {', '.join(names)}) VALUES ($1, $2, {places})",  # noqa: S608 - names come from the set above
        district,
        person,
        *(values[name] for name in names),
    )


async def change_person(
    driver: asyncpg.Connection, district: str, person: UUID, values: dict[str, Any]
) -> None:
    """Change what is stated of a member of staff."""
    names = sorted(CHANGEABLE & set(values))
    if not names:
        return
    settings = ", ".join(f"{name} = ${number}" for number, name in enumerate(names, start=3))
    await driver.execute(
        f"UPDATE person SET {settings} WHERE district = $1 AND id = $2",  # noqa: S608 - names come from the set above
        district,
        person,
        *(values[name] for name in names),
    )


_TASK_FORCE = """
    SELECT t.id, t.street, t.name, t.name_en, t.chief, c.name AS chief_name, c.area AS chief_area,
           coalesce(s.subdistrict, c.area, t.district) AS area,
           ARRAY(SELECT m.person FROM task_force_member m
                 WHERE m.district = t.district AND m.task_force = t.id ORDER BY m.person) AS members
    FROM task_force t
    LEFT JOIN person c ON c.district = t.district AND c.id = t.chief
    LEFT JOIN street s ON s.district = t.district AND s.id = t.street AND s.version = (
        SELECT max(version) FROM dataset_version v WHERE v.district = t.district AND v.dataset = 'streets')
"""

LEADS_THERE = """
    (t.chief = ANY($2::uuid[])
     OR EXISTS (SELECT FROM task_force_member m
                WHERE m.district = t.district AND m.task_force = t.id AND m.person = ANY($2::uuid[]))
     OR EXISTS (SELECT FROM unnest($3::text[], $4::text[], $5::text[]) AS g(area, street, department)
                WHERE starts_with(coalesce(s.subdistrict, c.area, t.district), g.area)
                  AND g.street IN ('', t.street) AND g.department = ''))
"""


async def list_task_forces(
    driver: asyncpg.Connection, district: str, reach: Reach, *, after: str, limit: int
) -> Sequence[Row]:
    """Return the task forces within the reach, by street."""
    return await fetch_rows(
        driver,
        f"{_TASK_FORCE} WHERE t.district = $1 AND {LEADS_THERE} AND t.street > $6 ORDER BY t.street LIMIT $7",
        district,
        *columns_of(reach),
        after,
        limit,
    )


async def find_task_force(driver: asyncpg.Connection, district: str, task_force: UUID) -> Row | None:
    """Return one task force."""
    return await find_row(driver, f"{_TASK_FORCE} WHERE t.district = $1 AND t.id = $2", district, task_force)


async def set_task_force(
    driver: asyncpg.Connection, district: str, task_force: UUID, chief: UUID | None, members: Sequence[UUID]
) -> None:
    """Replace a task force's chief and members."""
    await driver.execute(
        "UPDATE task_force SET chief = $3 WHERE district = $1 AND id = $2", district, task_force, chief
    )
    await driver.execute(
        "DELETE FROM task_force_member WHERE district = $1 AND task_force = $2", district, task_force
    )
    await driver.execute(
        "INSERT INTO task_force_member (district, task_force, person) SELECT $1, $2, unnest($3::uuid[])",
        district,
        task_force,
        list(dict.fromkeys(members)),
    )


async def count_people(driver: asyncpg.Connection, district: str, people: Sequence[UUID]) -> int:
    """Return how many of these are active members of staff."""
    found: int = await driver.fetchval(
        "SELECT count(*) FROM person WHERE district = $1 AND active AND id = ANY($2::uuid[])",
        district,
        list(set(people)),
    )
    return found


async def list_rosters(
    driver: asyncpg.Connection,
    district: str,
    reach: Reach,
    *,
    since: datetime,
    until: datetime,
    person: UUID | None,
    after: tuple[str, str],
    limit: int,
) -> Sequence[Row]:
    """Return who is to work within a time, within the reach, by beginning and id."""
    return await fetch_rows(
        driver,
        f"""
        SELECT r.id, r.person, p.name, p.post, p.area, r.starts_at, r.ends_at, r.emergency
        FROM roster r JOIN person p ON p.district = r.district AND p.id = r.person
        WHERE r.district = $1 AND {WITHIN_REACH}
          AND r.ends_at > $6 AND r.starts_at < $7 AND ($8::uuid IS NULL OR r.person = $8)
          AND ($9 = '' OR (r.starts_at, r.id::text) > ($9::text::timestamptz, $10))
        ORDER BY r.starts_at, r.id::text LIMIT $11
        """,  # noqa: S608 - the condition is the constant above
        district,
        *columns_of(reach),
        since,
        until,
        person,
        *after,
        limit,
    )


async def find_roster(driver: asyncpg.Connection, district: str, roster: UUID) -> Row | None:
    """Return one entry of a roster with the person's place."""
    return await find_row(
        driver,
        "SELECT r.id, r.person, p.area, p.street, p.department FROM roster r "
        "JOIN person p ON p.district = r.district AND p.id = r.person WHERE r.district = $1 AND r.id = $2",
        district,
        roster,
    )


async def add_roster(
    driver: asyncpg.Connection,
    district: str,
    roster: UUID,
    person: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    emergency: bool,
) -> bool:
    """Put somebody on the roster; false where that crosses a time for which he is on it already."""
    added = await driver.fetchval(
        """
        INSERT INTO roster (district, id, person, starts_at, ends_at, emergency)
        SELECT $1, $2, $3, $4::timestamptz, $5::timestamptz, $6 WHERE NOT EXISTS (
            SELECT FROM roster WHERE district = $1 AND person = $3 AND starts_at < $5 AND ends_at > $4)
        RETURNING true
        """,
        district,
        roster,
        person,
        starts_at,
        ends_at,
        emergency,
    )
    return bool(added)


async def remove_roster(driver: asyncpg.Connection, district: str, roster: UUID) -> None:
    """Take an entry off the roster."""
    await driver.execute("DELETE FROM roster WHERE district = $1 AND id = $2", district, roster)
