"""The record of who did, and who looked at, what: added to with each act, sealed into a hash chain later.

A chain per entry would make every act wait for the one before; so entries are written loose, and whichever
process holds the lock numbers and seals what has been committed, a batch at a time.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Principal
from api.ids import new_id

SEAL_AT_MOST = 5_000
_LOCK = 0x41554454
_ENTRIES = "SELECT id, at, account, name, act, about, area, details, seq FROM audit_entry"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act, or one look at personal data."""

    id: UUID
    at: datetime
    account: UUID | None
    name: str
    act: str
    about: str
    area: str
    details: Mapping[str, Any]
    seq: int | None


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the whole chain found."""

    entries: int
    seals: int
    unsealed: int
    head: str
    """The last seal's hash: noted elsewhere, it proves that nothing was cut off the end."""
    fault: str | None
    """The first thing that does not fit; None when all is whole."""


async def record(
    connection: AsyncConnection,
    principal: Principal,
    act: str,
    about: str = "",
    *,
    area: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry in the transaction of the act itself: both happen, or neither."""
    await connection.execute(
        text(
            """INSERT INTO audit_entry (district, id, at, account, name, act, about, area, details)
               VALUES (:district, :id, :at, :account, :name, :act, :about, :area, CAST(:details AS jsonb))"""
        ),
        {
            "district": principal.district,
            "id": new_id(),
            "at": datetime.now(UTC),
            "account": principal.account,
            "name": principal.name,
            "act": act,
            "about": about,
            "area": area or principal.district,
            "details": orjson.dumps(dict(details or {})).decode(),
        },
    )


async def record_by_driver(
    driver: asyncpg.Connection,
    principal: Principal,
    act: str,
    about: str = "",
    *,
    area: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry in a transaction of hand-written SQL; looks at personal data are acts named `look:…`."""
    await driver.execute(
        """INSERT INTO audit_entry (district, id, at, account, name, act, about, area, details)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb)""",
        principal.district,
        new_id(),
        datetime.now(UTC),
        principal.account,
        principal.name,
        act,
        about,
        area or principal.district,
        orjson.dumps(dict(details or {})).decode(),
    )


async def list_entries(
    connection: AsyncConnection,
    district: str,
    *,
    areas: list[str],
    account: UUID | None = None,
    act: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Return entries about the areas, newest first."""
    found = await connection.execute(
        text(
            f"""{_ENTRIES}
            WHERE district = :district
              AND area LIKE ANY (CAST(:areas AS text[]))
              AND (CAST(:account AS uuid) IS NULL OR account = :account)
              AND starts_with(act, :act)
              AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
              AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
              AND (CAST(:before_at AS timestamptz) IS NULL OR
                   (at, id) < (:before_at, CAST(:before_id AS uuid)))
            ORDER BY at DESC, id DESC LIMIT :limit"""
        ),
        {
            "district": district,
            "areas": [f"{prefix}%" for prefix in areas],
            "account": account,
            "act": act,
            "since": since,
            "until": until,
            "before_at": before[0] if before else None,
            "before_id": before[1] if before else None,
            "limit": limit,
        },
    )
    return [AuditEntry(*row) for row in found]


async def seal(connection: AsyncConnection, district: str) -> int:
    """Number and seal what has been committed since the last seal; returns how many entries that was."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = (
        await connection.execute(
            text(
                "SELECT number, last_seq, hash FROM audit_seal WHERE district = :district"
                " ORDER BY number DESC LIMIT 1"
            ),
            {"district": district},
        )
    ).one_or_none()
    number, last_seq, hash_before = (last.number, last.last_seq, last.hash) if last else (0, 0, b"")
    rows = (
        await connection.execute(
            text(
                """WITH fresh AS (
                        SELECT id, row_number() OVER (ORDER BY at, id) AS place FROM (
                            SELECT id, at FROM audit_entry WHERE district = :district AND seq IS NULL
                            ORDER BY at, id LIMIT :most) AS waiting)
                    UPDATE audit_entry e SET seq = :last_seq + fresh.place FROM fresh
                    WHERE e.district = :district AND e.id = fresh.id
                    RETURNING e.id, e.at, e.account, e.name, e.act, e.about, e.area, e.details, e.seq"""
            ),
            {"district": district, "most": SEAL_AT_MOST, "last_seq": last_seq},
        )
    ).all()
    if not rows:
        return 0
    await connection.execute(
        text("INSERT INTO audit_seal VALUES (:district, :number, :first, :last, :hash, now())"),
        {
            "district": district,
            "number": number + 1,
            "first": last_seq + 1,
            "last": last_seq + len(rows),
            "hash": _hash(hash_before, sorted(rows, key=lambda row: row.seq)),
        },
    )
    return len(rows)


async def verify(connection: AsyncConnection, district: str) -> AuditCheck:
    """Recompute the whole chain from what is stored."""
    seals = (
        await connection.execute(
            text(
                "SELECT number, first_seq, last_seq, hash FROM audit_seal WHERE district = :district"
                " ORDER BY number"
            ),
            {"district": district},
        )
    ).all()
    before, expected, fault = b"", 1, None
    for number, one in enumerate(seals, start=1):
        rows = await _sealed_rows(connection, district, one.first_seq, one.last_seq)
        before = _hash(before, rows)
        if one.number != number or one.first_seq != expected:
            fault = f"seal {number} is missing"
        elif len(rows) != one.last_seq - one.first_seq + 1:
            fault = f"entries are missing between {one.first_seq} and {one.last_seq}"
        elif before != one.hash:
            fault = f"an entry between {one.first_seq} and {one.last_seq} was changed"
        if fault:
            break
        expected = one.last_seq + 1
    counts = (
        await connection.execute(
            text(
                """SELECT count(*) FILTER (WHERE seq IS NULL) AS unsealed,
                          count(*) FILTER (WHERE seq >= :next) AS stray
                   FROM audit_entry WHERE district = :district"""
            ),
            {"district": district, "next": expected},
        )
    ).one()
    if fault is None and counts.stray:
        fault = f"{counts.stray} entries are numbered but not sealed"
    return AuditCheck(expected - 1, len(seals), counts.unsealed, before.hex(), fault)


async def _sealed_rows(
    connection: AsyncConnection, district: str, first: int, last: int
) -> list[Row[tuple[Any, ...]]]:
    found = await connection.execute(
        text(f"""{_ENTRIES} WHERE district = :district AND seq BETWEEN :first AND :last ORDER BY seq"""),
        {"district": district, "first": first, "last": last},
    )
    return list(found.all())


def _hash(before: bytes, rows: list[Row[tuple[Any, ...]]]) -> bytes:
    chain = hashlib.sha256(before)
    for row in rows:
        sealed = orjson.dumps(list(row), default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
        chain.update(sealed)
        chain.update(b"\n")
    return chain.digest()
