"""Residents without an account in the store: the key, tickets, what is nearby, contact details, visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from api.store.resident_messages import forget_messages
from api.store.rows import Row, fetch_rows, find_row
from dispatch.resident_rules import NearbyRules

_NOT_ENDED = ["reported", "filed", "offered", "accepted", "on_site"]
_MOST_NEARBY = 20
_TICKETS_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Contact:
    """How a resident can be reached; personal."""

    name: str
    phone: str
    address: str
    language: str
    tell: bool


@dataclass(frozen=True, slots=True)
class BookedVisit:
    """When somebody comes to a home."""

    community: str
    day: date
    slot: str


async def find_key(driver: asyncpg.Connection, district: str) -> bytes | None:
    """Return the key by which codes are made, if one was drawn."""
    key: bytes | None = await driver.fetchval("SELECT key FROM resident_key WHERE district = $1", district)
    return key


async def keep_key(driver: asyncpg.Connection, district: str, drawn: bytes) -> bytes:
    """Keep a new key, or return the one that somebody else kept first."""
    key: bytes = await driver.fetchval(
        """INSERT INTO resident_key (district, key) VALUES ($1, $2)
           ON CONFLICT (district) DO UPDATE SET key = resident_key.key RETURNING key""",
        district,
        drawn,
    )
    return key


async def count_reports(
    driver: asyncpg.Connection, district: str, address: bytes, now: datetime
) -> tuple[int, int, int]:
    """Return how many reports came from there in the last hour and day, and the tickets of the hour."""
    row = await find_row(
        driver,
        """
        SELECT count(*) FILTER (WHERE reported_at > $3::timestamptz - interval '1 hour') AS hour,
               count(*) FILTER (WHERE reported_at > $3::timestamptz - interval '1 day') AS day,
               count(*) FILTER (WHERE issued_at > $3::timestamptz - interval '1 hour') AS tickets
        FROM resident_ticket
        WHERE district = $1 AND address = $2 AND issued_at > $3::timestamptz - interval '1 day'
        """,
        district,
        address,
        now,
    )
    assert row is not None
    return row["hour"], row["day"], row["tickets"]


async def add_ticket(
    driver: asyncpg.Connection, district: str, ticket: UUID, address: bytes, now: datetime, until: datetime
) -> bool:
    """Give out a ticket; false where the same sum was shown before. Old ones are swept out."""
    await driver.execute(
        "DELETE FROM resident_ticket WHERE district = $1 AND issued_at < $2", district, now - _TICKETS_KEPT
    )
    added = await driver.fetchval(
        """INSERT INTO resident_ticket (district, id, address, issued_at, expires_at)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING true""",
        district,
        ticket,
        address,
        now,
        until,
    )
    return bool(added)


async def ticket_is_good(driver: asyncpg.Connection, district: str, ticket: UUID, now: datetime) -> bool:
    """Whether the ticket was given out and has not run out."""
    return bool(
        await driver.fetchval(
            "SELECT true FROM resident_ticket WHERE district = $1 AND id = $2 AND expires_at > $3",
            district,
            ticket,
            now,
        )
    )


async def count_photograph(driver: asyncpg.Connection, district: str, ticket: UUID, most: int) -> bool:
    """Count one more photograph of a ticket; false where it has all that it may have."""
    return bool(
        await driver.fetchval(
            """UPDATE resident_ticket SET photographs = photographs + 1
               WHERE district = $1 AND id = $2 AND photographs < $3 RETURNING true""",
            district,
            ticket,
            most,
        )
    )


async def use_ticket(driver: asyncpg.Connection, district: str, ticket: UUID, now: datetime) -> bool:
    """Spend the ticket on a report; false where it was spent before."""
    return bool(
        await driver.fetchval(
            """UPDATE resident_ticket SET reported_at = $3
               WHERE district = $1 AND id = $2 AND reported_at IS NULL RETURNING true""",
            district,
            ticket,
            now,
        )
    )


async def list_nearby(
    driver: asyncpg.Connection,
    district: str,
    lon: float,
    lat: float,
    rules: NearbyRules,
    hidden: Sequence[str],
    since: datetime,
) -> Sequence[Row]:
    """Return what is open around a place, the nearest first; of hidden categories nothing."""
    return await fetch_rows(
        driver,
        """
        SELECT c.number, c.category, c.state, c.reported_at, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
               s.name AS street, s.name_en AS street_en,
               ST_Distance(c.geom::geography, here.at::geography) AS distance_m
        FROM (SELECT ST_SetSRID(ST_MakePoint($2, $3), 4326) AS at) AS here
        JOIN cases c ON c.district = $1 AND c.geom && ST_Expand(here.at, $4 / 70000.0)
        LEFT JOIN LATERAL (
            SELECT s.name, s.name_en FROM street s WHERE s.district = $1 AND s.id = c.street
            ORDER BY s.version DESC LIMIT 1) AS s ON true
        WHERE c.state = ANY($5::text[]) AND c.kind = ANY($6::text[]) AND c.category <> ALL($7::text[])
          AND c.reported_at > $8 AND ST_DWithin(c.geom::geography, here.at::geography, $4)
        ORDER BY distance_m, c.number LIMIT $9
        """,
        district,
        lon,
        lat,
        rules.within_m,
        _NOT_ENDED,
        [kind.value for kind in rules.kinds],
        list(hidden),
        since,
        _MOST_NEARBY,
    )


async def find_case_numbered(driver: asyncpg.Connection, district: str, number: int) -> UUID | None:
    """Return the id of the case of that number."""
    found: UUID | None = await driver.fetchval(
        "SELECT id FROM cases WHERE district = $1 AND number = $2", district, number
    )
    return found


async def number_of(driver: asyncpg.Connection, district: str, case: UUID) -> int | None:
    """Return the number of a case."""
    found: int | None = await driver.fetchval(
        "SELECT number FROM cases WHERE district = $1 AND id = $2", district, case
    )
    return found


async def save_contact(driver: asyncpg.Connection, district: str, finding: UUID, contact: Contact) -> None:
    """Keep how a resident can be reached, apart from the case."""
    await driver.execute(
        """INSERT INTO resident_contact (district, finding, name, phone, address, language, tell)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        district,
        finding,
        contact.name,
        contact.phone,
        contact.address,
        contact.language,
        contact.tell,
    )


async def find_contact(driver: asyncpg.Connection, district: str, finding: UUID) -> Contact | None:
    """Return how whoever reported it can be reached."""
    row = await find_row(
        driver,
        """SELECT name, phone, address, language, tell FROM resident_contact
           WHERE district = $1 AND finding = $2""",
        district,
        finding,
    )
    return Contact(**row) if row else None


async def forget_contacts(driver: asyncpg.Connection, district: str, ended_before: datetime) -> int:
    """Erase the details of those whose case ended before that time; returns how many."""
    gone = await fetch_rows(
        driver,
        """
        DELETE FROM resident_contact r USING cases c
        WHERE r.district = $1 AND c.district = r.district AND c.finding = r.finding
          AND c.state IN ('closed', 'dismissed', 'merged') AND c.closed_at < $2
        RETURNING r.finding
        """,
        district,
        ended_before,
    )
    await forget_messages(driver, district, [row["finding"] for row in gone])
    return len(gone)


async def list_booked(
    driver: asyncpg.Connection, district: str, community: str, first: date, last: date
) -> dict[tuple[date, str], int]:
    """Return how many visits each slot of a community holds already."""
    rows = await fetch_rows(
        driver,
        """
        SELECT v.day, v.slot, count(*) AS n FROM resident_visit v
        JOIN cases c ON c.district = v.district AND c.finding = v.finding
        WHERE v.district = $1 AND v.community = $2 AND v.day BETWEEN $3 AND $4
          AND c.state NOT IN ('dismissed', 'merged')
        GROUP BY v.day, v.slot
        """,
        district,
        community,
        first,
        last,
    )
    return {(row["day"], row["slot"]): row["n"] for row in rows}


async def book_visit(
    driver: asyncpg.Connection, district: str, finding: UUID, visit: BookedVisit, most: int
) -> bool:
    """Book a visit where the slot has room; two who want the last place are asked one after the other."""
    await driver.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"{district} {visit.community} {visit.day} {visit.slot}",
    )
    booked = await list_booked(driver, district, visit.community, visit.day, visit.day)
    if booked.get((visit.day, visit.slot), 0) >= most:
        return False
    await driver.execute(
        "INSERT INTO resident_visit (district, finding, community, day, slot) VALUES ($1, $2, $3, $4, $5)",
        district,
        finding,
        visit.community,
        visit.day,
        visit.slot,
    )
    return True


async def find_visit(driver: asyncpg.Connection, district: str, finding: UUID) -> BookedVisit | None:
    """Return the visit that a case books."""
    row = await find_row(
        driver,
        "SELECT community, day, slot FROM resident_visit WHERE district = $1 AND finding = $2",
        district,
        finding,
    )
    return BookedVisit(**row) if row else None


async def photographs_sent(driver: asyncpg.Connection, district: str, finding: UUID) -> Sequence[str]:
    """Return the photographs that came with the report itself."""
    names: Sequence[str] | None = await driver.fetchval(
        "SELECT photographs FROM finding WHERE district = $1 AND id = $2", district, finding
    )
    return names or ()
