"""Messages to residents who asked for them: what happened to their cases, on its way to the gateways."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from api.store.rows import fetch_rows
from api.store.webhooks import queue_messages

KIND = "resident_news"
"""What a gateway subscribes to beside the kinds of notices to people of the district."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a resident's case, and how he can be told; personal."""

    event: UUID
    case_id: UUID
    number: int
    action: str
    category: str
    at: datetime
    name: str
    phone: str
    language: str


_IS_GATEWAY = """
    w.district = $1 AND w.active AND w.source = 'notices'
    AND (cardinality(w.kinds) = 0 OR 'resident_news' = ANY(w.kinds))
"""


async def has_gateway(driver: asyncpg.Connection, district: str) -> bool:
    """Whether somebody passes messages to residents on: where nobody does, none are promised."""
    return bool(
        await driver.fetchval(
            f"SELECT EXISTS (SELECT FROM webhook w WHERE {_IS_GATEWAY})",  # noqa: S608 - a constant
            district,
        )
    )


async def take_news(
    driver: asyncpg.Connection, district: str, actions: Collection[str]
) -> list[tuple[UUID, list[News]]]:
    """Return for each gateway what happened since it was last asked for, to those who want to be told.

    Nothing older than a day: a gateway that was switched off does not tell of what is long over.
    """
    hooks = await fetch_rows(
        driver,
        f"""
        SELECT w.id, w.area, w.seen_epoch, w.seen_seq, f.epoch, f.last_seq
        FROM webhook w JOIN feed f ON f.district = w.district
        WHERE {_IS_GATEWAY} AND (w.seen_epoch, w.seen_seq) IS DISTINCT FROM (f.epoch, f.last_seq)
        FOR UPDATE OF w SKIP LOCKED""",  # noqa: S608 - the condition is the constant above
        district,
    )
    taken = []
    for hook in hooks:
        # The feed's epoch rises when a store was restored: then a gateway goes on from where the feed stands.
        since = hook["seen_seq"] if hook["epoch"] == hook["seen_epoch"] else hook["last_seq"]
        rows = await fetch_rows(driver, _NEWS, district, since, hook["last_seq"], list(actions), hook["area"])
        taken.append((hook["id"], [News(**row) for row in rows]))
        await driver.execute(
            "UPDATE webhook SET seen_epoch = $3, seen_seq = $4 WHERE district = $1 AND id = $2",
            district,
            hook["id"],
            hook["epoch"],
            hook["last_seq"],
        )
    return taken


_NEWS = """
    SELECT e.id AS event, c.id AS case_id, c.number, e.kind AS action, c.category, e.at,
           r.name, r.phone, r.language
    FROM case_event e
    JOIN cases c ON c.district = e.district AND c.id = e.case_id
    JOIN resident_contact r ON r.district = c.district AND r.finding = c.finding AND r.tell
    WHERE e.district = $1 AND e.seq > $2 AND e.seq <= $3 AND e.kind = ANY($4::text[])
      AND e.at > now() - interval '1 day'
      AND starts_with(coalesce(nullif(e.area, ''), e.district), $5)
    ORDER BY e.seq
"""


async def queue_news(
    driver: asyncpg.Connection, district: str, webhook: UUID, said: list[tuple[News, str, str]]
) -> None:
    """Hand messages, each with its words in Chinese and English, to a gateway's outbox."""
    messages = [(news.event, _message(district, news, zh, en)) for news, zh, en in said]
    await queue_messages(driver, district, webhook, messages)
    await driver.executemany(
        """UPDATE resident_contact r SET told = r.told + 1 FROM cases c
           WHERE c.district = $1 AND c.id = $2 AND r.district = c.district AND r.finding = c.finding""",
        [(district, news.case_id) for news, _, _ in said],
    )


def _message(district: str, news: News, words_zh: str, words_en: str) -> dict[str, Any]:
    """The form of a notice to somebody of the district, with the language that the resident reads."""
    return {
        "specversion": "1.0",
        "id": str(news.event),
        "source": f"/districts/{district}",
        "type": f"yilu.notice.{KIND}",
        "subject": str(news.case_id),
        "time": news.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "to": {"name": news.name, "phone": news.phone, "language": news.language},
            "text_zh": words_zh,
            "text_en": words_en,
        },
    }


async def find_wish(driver: asyncpg.Connection, district: str, finding: UUID) -> bool | None:
    """Whether whoever reported it wants messages; None where he left no number."""
    wish: bool | None = await driver.fetchval(
        "SELECT tell FROM resident_contact WHERE district = $1 AND finding = $2", district, finding
    )
    return wish


async def set_wish(driver: asyncpg.Connection, district: str, finding: UUID, wish: bool) -> bool:
    """Send messages from now on, or none; what waits unsent goes too. False where no number was left."""
    known = await driver.fetchval(
        "UPDATE resident_contact SET tell = $3 WHERE district = $1 AND finding = $2 RETURNING true",
        district,
        finding,
        wish,
    )
    if not wish:
        await forget_messages(driver, district, [finding])
    return bool(known)


async def forget_messages(driver: asyncpg.Connection, district: str, findings: Collection[UUID]) -> None:
    """Take back what has not been delivered yet of those findings' cases: it names people."""
    await driver.execute(
        """
        DELETE FROM webhook_delivery d USING cases c
        WHERE d.district = $1 AND c.district = d.district AND c.finding = ANY($2::uuid[])
          AND d.delivered_at IS NULL AND d.body->>'type' = 'yilu.notice.resident_news'
          AND d.body->>'subject' = c.id::text
        """,
        district,
        list(findings),
    )
