"""The order in which events count: one sequencer stamps what is committed, everybody follows the stamps.

An id drawn from a sequence at insert time would order events by when they began, and a reader who asks for
'everything after the last I saw' would lose those that commit late. So an event is written without a number;
whichever process holds the lease gives the committed ones theirs: gapless, in the order in which readers may
rely on them. The feed's row is locked while stamping, so stamps commit in their own order whoever stamps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from api.store.rows import Row, fetch_rows, find_row

LEASE_S = 6.0
"""A sequencer that died is replaced after this long."""

_BATCH = 2000


class FeedPlace(NamedTuple):
    """A place in the feed. A restore from a backup raises the epoch: what came after it is no more."""

    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, words: str) -> "FeedPlace | None":
        """Return the place that `words` names, if they name one."""
        epoch, dash, seq = words.strip().partition("-")
        digits = (epoch, seq)
        if not dash or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in digits):
            return None
        return cls(int(epoch), int(seq))


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A stamped event: what happened to which case, and whom it concerns."""

    seq: int
    id: UUID
    case_id: UUID
    kind: str
    at: datetime
    actor: UUID | None
    actor_post: str
    actor_name: str
    area: str
    street: str | None
    body: bytes
    """JSON, as it was written."""


async def hold_lease(driver: asyncpg.Connection, district: str, me: UUID) -> bool:
    """Take or keep the sequencer's lease; False while another process holds it."""
    held = await driver.fetchval(
        """
        UPDATE feed SET leased_by = $2, leased_until = clock_timestamp() + make_interval(secs => $3)
        WHERE district = $1 AND (leased_by = $2 OR leased_until IS NULL OR leased_until < clock_timestamp())
        RETURNING true
        """,
        district,
        me,
        LEASE_S,
    )
    return bool(held)


async def release_lease(driver: asyncpg.Connection, district: str, me: UUID) -> None:
    """Give the lease back, so that another process need not wait for it to run out."""
    await driver.execute(
        "UPDATE feed SET leased_by = NULL, leased_until = NULL WHERE district = $1 AND leased_by = $2",
        district,
        me,
    )


async def stamp_committed(driver: asyncpg.Connection, district: str) -> int:
    """Number the committed events that have none and return how many there were; call it in a transaction.

    The lock comes first, in a statement of its own: the next statement then sees all that earlier stampers
    committed. The lease only spares work; that no number is given twice rests on this lock.
    """
    row = await find_row(
        driver, "SELECT epoch, last_seq FROM feed WHERE district = $1 FOR NO KEY UPDATE", district
    )
    if row is None:
        return 0
    stamped: int = await driver.fetchval(
        """
        WITH waiting AS (
            SELECT id, row_number() OVER (ORDER BY recorded_at, id) AS place FROM (
                SELECT id, recorded_at FROM case_event WHERE district = $1 AND seq IS NULL
                ORDER BY recorded_at, id LIMIT $4
            ) AS oldest
        ), stamped AS (
            UPDATE case_event AS event SET seq = $3 + waiting.place, epoch = $2
            FROM waiting WHERE event.district = $1 AND event.id = waiting.id
            RETURNING 1
        )
        SELECT count(*) FROM stamped
        """,
        district,
        row["epoch"],
        row["last_seq"],
        _BATCH,
    )
    if stamped:
        await driver.execute(
            "UPDATE feed SET last_seq = last_seq + $2 WHERE district = $1", district, stamped
        )
    return stamped


async def any_waiting(driver: asyncpg.Connection, district: str) -> bool:
    """Whether committed events wait for their number: the cheap question that an idle sequencer asks."""
    waiting: bool = await driver.fetchval(
        "SELECT EXISTS (SELECT FROM case_event WHERE district = $1 AND seq IS NULL)", district
    )
    return waiting


async def newest_place(driver: asyncpg.Connection, district: str) -> FeedPlace:
    """Return where the feed ends."""
    row = await find_row(driver, "SELECT epoch, last_seq FROM feed WHERE district = $1", district)
    return FeedPlace(row["epoch"], row["last_seq"]) if row else FeedPlace(0, 0)


async def events_after(
    driver: asyncpg.Connection, district: str, seq: int, limit: int = _BATCH
) -> Sequence[FeedEvent]:
    """Return the stamped events after `seq`, in order."""
    rows = await fetch_rows(
        driver,
        """
        SELECT seq, id, case_id, kind, at, actor, actor_post,
            coalesce(body -> 'actor' ->> 'name', '') AS actor_name, area, street, body::text AS body
        FROM case_event
        WHERE district = $1 AND seq > $2 ORDER BY seq LIMIT $3
        """,
        district,
        seq,
        limit,
    )
    return [_event(row) for row in rows]


async def raise_epoch(driver: asyncpg.Connection, district: str | None = None) -> None:
    """Begin a new epoch after a restore: who followed the old feed has to fetch everything anew."""
    await driver.execute(
        "UPDATE feed SET epoch = epoch + 1, leased_by = NULL, leased_until = NULL "
        "WHERE $1::text IS NULL OR district = $1",
        district,
    )


def _event(row: Row) -> FeedEvent:
    return FeedEvent(**(dict(row) | {"body": row["body"].encode()}))
