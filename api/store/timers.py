"""What is due: claimed by one process at a time, fired in the transaction that records it.

A claim is a short lease, not a lock that is held: whoever acts on a case locks the case first and its timers
after, and so does whoever fires one. That it is recorded exactly once rests on `consume`: the row goes in the
same transaction in which the event is written. A process that dies lets its lease run out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from api.store.rows import fetch_rows

LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose time has come."""

    district: str
    case_id: UUID
    kind: str
    subject: str
    id: UUID
    due_at: datetime
    attempts: int


async def claim_due(
    driver: asyncpg.Connection, district: str, now: datetime, limit: int
) -> Sequence[DueTimer]:
    """Claim the timers that are due, the longest due first; another process takes the others."""
    rows = await fetch_rows(
        driver,
        """
        WITH due AS (
            SELECT case_id, kind, subject FROM timer
            WHERE try_at <= $2 AND district = $1
            ORDER BY try_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE timer SET try_at = $3, attempts = attempts + 1
        FROM due
        WHERE timer.district = $1 AND timer.case_id = due.case_id AND timer.kind = due.kind
          AND timer.subject = due.subject
        RETURNING timer.district, timer.case_id, timer.kind, timer.subject, timer.id, timer.due_at,
                  timer.attempts
        """,
        district,
        now,
        now + LEASE,
        limit,
    )
    return sorted((DueTimer(**dict(row)) for row in rows), key=lambda timer: (timer.due_at, timer.id))


async def consume(driver: asyncpg.Connection, timer: DueTimer) -> bool:
    """Take the timer away; False where it was cancelled, moved or fired in the meantime: then do nothing.

    Call it in the transaction that records what the timer does, after the case was locked.
    """
    gone: bool | None = await driver.fetchval(
        "DELETE FROM timer WHERE district = $1 AND case_id = $2 AND kind = $3 AND subject = $4 AND id = $5 "
        "RETURNING true",
        timer.district,
        timer.case_id,
        timer.kind,
        timer.subject,
        timer.id,
    )
    return bool(gone)


async def put_off(driver: asyncpg.Connection, timer: DueTimer, until: datetime, why: str) -> None:
    """Try a timer again later, after firing it has failed."""
    await driver.execute(
        "UPDATE timer SET try_at = $6, last_failure = $7 "
        "WHERE district = $1 AND case_id = $2 AND kind = $3 AND subject = $4 AND id = $5",
        timer.district,
        timer.case_id,
        timer.kind,
        timer.subject,
        timer.id,
        until,
        why[:500],
    )


async def next_due(driver: asyncpg.Connection, district: str) -> datetime | None:
    """Return when the next timer is to be tried."""
    found: datetime | None = await driver.fetchval(
        "SELECT min(try_at) FROM timer WHERE district = $1", district
    )
    return found
