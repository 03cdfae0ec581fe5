"""Events as the assessment reads them: in the feed's order, with no more of each than it counts."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from api.store.feed import FeedPlace
from api.store.rows import Row, fetch_rows
from dispatch.cases import Actor, CaseEvent, Post
from dispatch.ids import CaseId, EventId, PersonId
from dispatch.lifecycle import Action, State
from geo.area_codes import AreaCode

_AT_MOST = 10_000

_AFTER = """
    SELECT seq, epoch, id, case_id, kind, at, actor, actor_post, (body ->> 'number')::integer AS number,
        body ->> 'before' AS before, body ->> 'after' AS after,
        CASE WHEN kind IN ('offer', 'suggest', 'nobody_found', 'photograph', 'note') THEN NULL
             ELSE body -> 'details' END AS details
    FROM case_event WHERE district = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""
"""What an offer says of runners-up is long and counts for nothing here."""


async def told_after(
    driver: asyncpg.Connection, district: str, seq: int
) -> tuple[FeedPlace | None, Sequence[CaseEvent]]:
    """The next events after that place of the feed, and the place that they reach; None where none are."""
    rows = await fetch_rows(driver, _AFTER, district, seq, _AT_MOST)
    if not rows:
        return None, ()
    return FeedPlace(rows[-1]["epoch"], rows[-1]["seq"]), [_told(district, row) for row in rows]


def _told(district: str, row: Row) -> CaseEvent:
    actor, before, details = row["actor"], row["before"], row["details"]
    return CaseEvent(
        EventId(row["id"]),
        CaseId(row["case_id"]),
        AreaCode(district),
        row["number"],
        Action(row["kind"]),
        State(before) if before else None,
        State(row["after"]),
        Actor(PersonId(actor) if actor else None, Post(row["actor_post"])),
        row["at"],
        details=orjson.loads(details) if isinstance(details, str | bytes) else details or {},
    )


async def count_patrols(
    driver: asyncpg.Connection, district: str, begins: datetime, ends: datetime
) -> dict[str, int]:
    """How many patrols began in the period, by street."""
    rows = await fetch_rows(
        driver,
        "SELECT street, count(*) AS patrols FROM patrol "
        "WHERE district = $1 AND started_at >= $2 AND started_at < $3 GROUP BY street",
        district,
        begins,
        ends,
    )
    return {row["street"]: row["patrols"] for row in rows}


async def names_of_people(driver: asyncpg.Connection, district: str) -> dict[str, tuple[str, str]]:
    """Everybody's name, in Chinese and in English."""
    rows = await fetch_rows(driver, "SELECT id, name, name_en FROM person WHERE district = $1", district)
    return {str(row["id"]): (row["name"], row["name_en"]) for row in rows}
