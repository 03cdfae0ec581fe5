"""Webhooks in the store: who is told of what, what waits to be delivered, and what could not be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from api.ids import new_id
from api.store.rows import Row, fetch_rows, find_row

MOST_ATTEMPTS = 12
LEASE = timedelta(minutes=2)
"""A process that dies while it delivers keeps others from it for this long."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Another system that is told: of events of cases, or of notices to people (a message gateway)."""

    id: UUID
    name: str
    url: str
    secret: str
    source: str
    area: str
    kinds: tuple[str, ...]
    states: tuple[str, ...]
    active: bool
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one webhook."""

    id: UUID
    webhook: UUID
    url: str
    secret: str
    body: bytes
    attempts: int


_WEBHOOK = (
    "SELECT id, name, url, secret, source, area, kinds, states, active, created_by, created_at FROM webhook"
)


def _webhook(row: Row) -> Webhook:
    return Webhook(**{**row, "kinds": tuple(row["kinds"]), "states": tuple(row["states"])})


async def add_webhook(driver: asyncpg.Connection, district: str, webhook: Webhook) -> None:
    """Begin to tell another system of what happens from now on."""
    await driver.execute(
        """
        INSERT INTO webhook (district, id, name, url, secret, source, area, kinds, states, active, created_by,
                             created_at, seen_epoch, seen_seq)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
               coalesce(max(f.epoch), 0), coalesce(max(f.last_seq), 0)
        FROM feed f WHERE f.district = $1
        """,
        district,
        webhook.id,
        webhook.name,
        webhook.url,
        webhook.secret,
        webhook.source,
        webhook.area,
        list(webhook.kinds),
        list(webhook.states),
        webhook.active,
        webhook.created_by,
        webhook.created_at,
    )


async def list_webhooks(driver: asyncpg.Connection, district: str) -> list[Webhook]:
    """Return all webhooks, the oldest first."""
    return [
        _webhook(row)
        for row in await fetch_rows(driver, f"{_WEBHOOK} WHERE district = $1 ORDER BY id", district)
    ]


async def find_webhook(driver: asyncpg.Connection, district: str, webhook: UUID) -> Webhook | None:
    """Return one webhook."""
    row = await find_row(driver, f"{_WEBHOOK} WHERE district = $1 AND id = $2", district, webhook)
    return _webhook(row) if row else None


async def set_active(driver: asyncpg.Connection, district: str, webhook: UUID, active: bool) -> None:
    """Stop telling a system, or go on; what happened in between is told then."""
    await driver.execute(
        "UPDATE webhook SET active = $3 WHERE district = $1 AND id = $2", district, webhook, active
    )


async def remove_webhook(driver: asyncpg.Connection, district: str, webhook: UUID) -> None:
    """Forget a webhook and what waits for it."""
    await driver.execute("DELETE FROM webhook WHERE district = $1 AND id = $2", district, webhook)


async def allowed_hosts(driver: asyncpg.Connection, district: str) -> frozenset[str]:
    """Return the hosts inside the network that may be called."""
    rows = await fetch_rows(driver, "SELECT host FROM webhook_host WHERE district = $1", district)
    return frozenset(row["host"] for row in rows)


async def set_allowed_hosts(driver: asyncpg.Connection, district: str, hosts: Sequence[str]) -> None:
    """Choose the hosts inside the network that may be called."""
    await driver.execute("DELETE FROM webhook_host WHERE district = $1", district)
    await driver.execute(
        "INSERT INTO webhook_host (district, host) SELECT DISTINCT $1, lower(h) FROM unnest($2::text[]) AS h",
        district,
        list(hosts),
    )


async def enqueue_case_events(driver: asyncpg.Connection, district: str, most: int = 500) -> int:
    """Queue what the event log holds beyond what each webhook has seen; returns how many were queued.

    The feed's epoch rises when a store was restored: then a webhook goes on from where the feed stands.
    """
    hooks = await fetch_rows(
        driver,
        """
        SELECT w.id, w.area, w.kinds, w.states, w.seen_epoch, w.seen_seq, f.epoch, f.last_seq
        FROM webhook w JOIN feed f ON f.district = w.district
        WHERE w.district = $1 AND w.active AND w.source = 'cases'
          AND (w.seen_epoch, w.seen_seq) IS DISTINCT FROM (f.epoch, f.last_seq)
        FOR UPDATE OF w SKIP LOCKED
        """,
        district,
    )
    queued = 0
    for hook in hooks:
        since = hook["seen_seq"] if hook["epoch"] == hook["seen_epoch"] else hook["last_seq"]
        rows = await fetch_rows(driver, _NEW_EVENTS, district, since, most)
        wanted = [row for row in rows if _is_wanted(hook, row)]
        await queue_messages(
            driver, district, hook["id"], [(row["id"], _case_event(district, row)) for row in wanted]
        )
        await driver.execute(
            "UPDATE webhook SET seen_epoch = $3, seen_seq = $4 WHERE district = $1 AND id = $2",
            district,
            hook["id"],
            hook["epoch"],
            rows[-1]["seq"] if rows else since,
        )
        queued += len(wanted)
    return queued


_NEW_EVENTS = """
    SELECT e.id, e.case_id, e.kind, e.at, e.area, e.street, e.seq, e.body->>'after' AS state,
           c.kind AS case_kind, c.category, c.number, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
    FROM case_event e LEFT JOIN cases c ON c.district = e.district AND c.id = e.case_id
    WHERE e.district = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3
"""


def _is_wanted(hook: Row, event: Row) -> bool:
    return (
        event["area"].startswith(hook["area"])
        and (not hook["kinds"] or event["case_kind"] in hook["kinds"])
        and (not hook["states"] or event["state"] in hook["states"])
    )


def _case_event(district: str, row: Row) -> dict[str, Any]:
    """Return the event in the form of CloudEvents 1.0; it names no person and no reporter.

    Its state is the one that the case was in after it, whatever became of the case since.
    """
    return {
        "specversion": "1.0",
        "id": str(row["id"]),
        "source": f"/districts/{district}",
        "type": f"yilu.case.{row['kind']}",
        "subject": str(row["case_id"]),
        "time": row["at"].isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "case": str(row["case_id"]),
            "number": row["number"],
            "action": row["kind"],
            "kind": row["case_kind"],
            "state": row["state"],
            "category": row["category"],
            "area": row["area"],
            "street": row["street"],
            "lon": row["lon"],
            "lat": row["lat"],
            "seq": row["seq"],
        },
    }


async def enqueue_notices(driver: asyncpg.Connection, district: str, most: int = 500) -> int:
    """Queue notices to people for each message gateway; returns how many were queued."""
    rows = await fetch_rows(driver, _NEW_NOTICES, district, most)
    for row in rows:
        await queue_messages(driver, district, row["webhook"], [(row["id"], _notice_event(district, row))])
    return len(rows)


_NEW_NOTICES = """
    SELECT w.id AS webhook, n.id, n.case_id, n.kind, n.words_zh, n.words_en, n.post, n.area, n.department,
           n.at, p.name AS person_name, p.phone
    FROM webhook w
    JOIN notice n ON n.district = w.district AND n.at >= w.created_at AND n.at > now() - interval '1 day'
    LEFT JOIN person p ON p.district = n.district AND p.id = n.person
    WHERE w.district = $1 AND w.active AND w.source = 'notices'
      AND starts_with(coalesce(nullif(n.area, ''), w.district), w.area)
      AND (cardinality(w.kinds) = 0 OR n.kind = ANY(w.kinds))
      AND NOT EXISTS (SELECT FROM webhook_delivery d
                      WHERE d.district = w.district AND d.webhook = w.id AND d.about = n.id)
    ORDER BY n.at LIMIT $2
"""


def _notice_event(district: str, row: Row) -> dict[str, Any]:
    """Return a notice as a message gateway needs it: whom to reach, and what to say in both languages."""
    return {
        "specversion": "1.0",
        "id": str(row["id"]),
        "source": f"/districts/{district}",
        "type": f"yilu.notice.{row['kind']}",
        "subject": str(row["case_id"]),
        "time": row["at"].isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "to": {
                "name": row["person_name"],
                "phone": row["phone"],
                "post": row["post"],
                "department": row["department"],
                "area": row["area"],
            },
            "text_zh": row["words_zh"],
            "text_en": row["words_en"],
        },
    }


async def queue_messages(
    driver: asyncpg.Connection, district: str, webhook: UUID, messages: Sequence[tuple[UUID, dict[str, Any]]]
) -> None:
    """Hand messages to a webhook's outbox, each about something that it is told of once."""
    await driver.executemany(
        """
        INSERT INTO webhook_delivery (district, webhook, about, id, body, created_at, try_at)
        VALUES ($1, $2, $3, $4, $5::text::jsonb, now(), now()) ON CONFLICT DO NOTHING
        """,
        [(district, webhook, about, new_id(), orjson.dumps(body).decode()) for about, body in messages],
    )


async def claim_due(driver: asyncpg.Connection, district: str, most: int = 20) -> list[Delivery]:
    """Take deliveries that are due, so that no other process takes them meanwhile."""
    rows = await fetch_rows(
        driver,
        """
        WITH due AS (
            SELECT d.district, d.id FROM webhook_delivery d
            JOIN webhook w ON w.district = d.district AND w.id = d.webhook AND w.active
            WHERE d.district = $1 AND d.try_at <= now()
            ORDER BY d.try_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED)
        UPDATE webhook_delivery d SET attempts = d.attempts + 1, try_at = now() + $3::interval
        FROM due, webhook w
        WHERE d.district = due.district AND d.id = due.id AND w.district = d.district AND w.id = d.webhook
        RETURNING d.id, d.webhook, w.url, w.secret, d.body::text AS body, d.attempts
        """,
        district,
        most,
        LEASE,
    )
    return [Delivery(**{**row, "body": row["body"].encode()}) for row in rows]


async def note_delivered(driver: asyncpg.Connection, district: str, delivery: UUID) -> None:
    """Remember that a message was taken; whom it reached and what it said is not kept beyond that."""
    await driver.execute(
        """UPDATE webhook_delivery
           SET body = body #- '{data}', delivered_at = now(), try_at = NULL, dead_at = NULL,
               last_failure = NULL
           WHERE district = $1 AND id = $2""",
        district,
        delivery,
    )


async def note_failure(
    driver: asyncpg.Connection, district: str, delivery: Delivery, why: str, wait: timedelta
) -> None:
    """Try again later, twice as late each time; after the last attempt put it with the dead letters."""
    dead = delivery.attempts >= MOST_ATTEMPTS
    await driver.execute(
        """
        UPDATE webhook_delivery SET last_failure = $3,
            try_at = CASE WHEN $4 THEN NULL ELSE now() + $5::interval END,
            dead_at = CASE WHEN $4 THEN now() END
        WHERE district = $1 AND id = $2
        """,
        district,
        delivery.id,
        why[:500],
        dead,
        wait,
    )


async def list_deliveries(
    driver: asyncpg.Connection, district: str, webhook: UUID, *, dead: bool, after: str, limit: int
) -> Sequence[Row]:
    """Return what waits for a webhook or could not be delivered, by id."""
    return await fetch_rows(
        driver,
        """
        SELECT id, body->>'type' AS type, body->>'subject' AS subject, created_at, try_at, attempts,
               last_failure, dead_at
        FROM webhook_delivery
        WHERE district = $1 AND webhook = $2 AND delivered_at IS NULL AND (NOT $3 OR dead_at IS NOT NULL)
          AND id::text > $4 ORDER BY id::text LIMIT $5
        """,
        district,
        webhook,
        dead,
        after,
        limit,
    )


async def send_again(driver: asyncpg.Connection, district: str, webhook: UUID) -> int:
    """Try the dead letters of a webhook anew; returns how many there are."""
    rows = await fetch_rows(
        driver,
        """
        UPDATE webhook_delivery SET dead_at = NULL, attempts = 0, try_at = now()
        WHERE district = $1 AND webhook = $2 AND dead_at IS NOT NULL RETURNING id
        """,
        district,
        webhook,
    )
    return len(rows)
