"""People, task forces and rosters: in as a whole or one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from geo.coordinates import LonLat


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One member of staff; `area` is his jurisdiction, a code prefix, and `station` where he usually is."""

    id: UUID
    name: str
    name_en: str
    post: str
    area: str
    phone: str = ""
    skills: tuple[str, ...] = ()
    street: str | None = None
    department: str | None = None
    capacity: int = 3
    station: LonLat | None = None


@dataclass(frozen=True, slots=True)
class TaskForceRecord:
    """The people of one street."""

    id: UUID
    street: str
    name: str
    name_en: str
    chief: UUID
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """When somebody is to be on duty; `station` where the roster places him."""

    id: UUID
    person: UUID
    starts_at: datetime
    ends_at: datetime
    station: LonLat | None = None
    emergency: bool = False


async def save_people(driver: asyncpg.Connection, district: str, people: Iterable[PersonRecord]) -> None:
    """Add people, or change those whose id is known; their load stays."""
    records = list(people)
    await driver.execute(
        """
        INSERT INTO person (district, id, name, name_en, post, area, phone, skills, street, department,
                            capacity, station)
        SELECT $1, id, name, name_en, post, area, phone, string_to_array(skills, chr(31)), street, department,
               capacity, ST_SetSRID(ST_MakePoint(lon, lat), 4326)
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                    $9::text[], $10::text[], $11::int[], $12::float8[], $13::float8[])
            AS sent (id, name, name_en, post, area, phone, skills, street, department, capacity, lon, lat)
        ON CONFLICT (district, id) DO UPDATE
        SET name = excluded.name, name_en = excluded.name_en, post = excluded.post, area = excluded.area,
            phone = excluded.phone, skills = excluded.skills, street = excluded.street,
            department = excluded.department, capacity = excluded.capacity, station = excluded.station
        """,
        district,
        [one.id for one in records],
        [one.name for one in records],
        [one.name_en for one in records],
        [one.post for one in records],
        [one.area for one in records],
        [one.phone for one in records],
        ["\x1f".join(one.skills) for one in records],
        [one.street for one in records],
        [one.department for one in records],
        [one.capacity for one in records],
        *_places([one.station for one in records]),
    )


async def save_task_forces(
    driver: asyncpg.Connection, district: str, forces: Iterable[TaskForceRecord]
) -> None:
    """Add task forces, or change those of streets that have one; the members are replaced."""
    records = list(forces)
    await driver.execute(
        """
        INSERT INTO task_force (district, id, street, name, name_en, chief)
        SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[])
        ON CONFLICT (district, street) DO UPDATE
        SET name = excluded.name, name_en = excluded.name_en, chief = excluded.chief
        """,
        district,
        [one.id for one in records],
        [one.street for one in records],
        [one.name for one in records],
        [one.name_en for one in records],
        [one.chief for one in records],
    )
    pairs = [(one.street, member) for one in records for member in one.members]
    await driver.execute(
        """
        WITH known AS (SELECT id, street FROM task_force WHERE district = $1 AND street = ANY($2::text[])),
        gone AS (
            DELETE FROM task_force_member AS m USING known
            WHERE m.district = $1 AND m.task_force = known.id
              AND (known.street, m.person) NOT IN (SELECT * FROM unnest($3::text[], $4::uuid[]))
        )
        INSERT INTO task_force_member (district, task_force, person)
        SELECT $1, known.id, s.person FROM known
        JOIN unnest($3::text[], $4::uuid[]) AS s (street, person) ON s.street = known.street
        ON CONFLICT DO NOTHING
        """,
        district,
        [one.street for one in records],
        [street for street, _ in pairs],
        [member for _, member in pairs],
    )


async def save_roster(driver: asyncpg.Connection, district: str, lines: Iterable[RosterLine]) -> None:
    """Add lines to the roster, or change those whose id is known."""
    records = list(lines)
    await driver.execute(
        """
        INSERT INTO roster (district, id, person, starts_at, ends_at, emergency, station)
        SELECT $1, id, person, starts_at, ends_at, emergency, ST_SetSRID(ST_MakePoint(lon, lat), 4326)
        FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::bool[], $7::float8[],
                    $8::float8[]) AS sent (id, person, starts_at, ends_at, emergency, lon, lat)
        ON CONFLICT (district, id) DO UPDATE
        SET person = excluded.person, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
            emergency = excluded.emergency, station = excluded.station
        """,
        district,
        [one.id for one in records],
        [one.person for one in records],
        [one.starts_at for one in records],
        [one.ends_at for one in records],
        [one.emergency for one in records],
        *_places([one.station for one in records]),
    )


def _places(places: Sequence[LonLat | None]) -> tuple[list[float | None], list[float | None]]:
    return (
        [place.lon if place else None for place in places],
        [place.lat if place else None for place in places],
    )
