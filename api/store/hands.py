"""Hands: which operator has which case open, and which he said that he takes on.

A page tells it all anew every few seconds; a hand that is not told again is gone. Nothing is locked by it: it
keeps two people from doing the same work, the rules of the lifecycle keep them from harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from api.identity import Reach, Where
from api.store.rows import fetch_rows

HELD = timedelta(seconds=45)
"""A page that was not heard of for so long holds nothing; pages tell every fifteen seconds."""
_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hand:
    """One page's hand on one case."""

    page: UUID
    account: UUID
    name: str
    case_id: UUID
    taken: bool
    where: Where
    """The case's, so that nobody learns of cases by who works on them."""


async def put_hand(
    driver: asyncpg.Connection,
    district: str,
    page: UUID,
    account: UUID,
    name: str,
    open_case: UUID | None,
    taken: Sequence[UUID],
) -> None:
    """Keep what a page holds, until it tells again."""
    await driver.execute(
        "DELETE FROM hand WHERE district = $1 AND seen_at < now() - $2::interval", district, _KEPT
    )
    await driver.execute(
        """
        INSERT INTO hand (district, page, account, name, open_case, taken, seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, now())
        ON CONFLICT (district, account, page) DO UPDATE
        SET name = excluded.name, open_case = excluded.open_case, taken = excluded.taken,
            seen_at = excluded.seen_at
        """,
        district,
        page,
        account,
        name,
        open_case,
        list(taken),
    )


async def drop_hand(driver: asyncpg.Connection, district: str, page: UUID, account: UUID) -> None:
    """A page goes: it holds nothing any more."""
    await driver.execute(
        "DELETE FROM hand WHERE district = $1 AND page = $2 AND account = $3", district, page, account
    )


async def list_hands(driver: asyncpg.Connection, district: str) -> tuple[Hand, ...]:
    """Every hand on every case now; one that is taken and open is told once, as taken."""
    rows = await fetch_rows(
        driver,
        """
        SELECT h.page, h.account, h.name, c.id AS case_id, c.id = ANY(h.taken) AS taken, c.area,
               coalesce(c.nearest_area, c.district) AS beside, c.street
        FROM hand AS h
        JOIN cases AS c ON c.district = h.district AND c.id = ANY(h.taken || h.open_case)
        WHERE h.district = $1 AND h.seen_at > now() - $2::interval
        ORDER BY h.page, c.id
        """,
        district,
        HELD,
    )
    return tuple(
        Hand(
            row["page"],
            row["account"],
            row["name"],
            row["case_id"],
            row["taken"],
            Where(row["area"] or row["beside"], row["street"]),
        )
        for row in rows
    )


def hands_within(hands: Sequence[Hand], reach: Reach) -> list[Hand]:
    """Those on cases that lie within the reach."""
    return [hand for hand in hands if reach.covers(hand.where)]
