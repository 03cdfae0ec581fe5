"""Notices to people, as a page shows them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from api.identity import Principal
from api.store.rows import Row, fetch_rows

_FOR_ME = """
    (n.person = ANY($2::uuid[]) OR EXISTS (
        SELECT FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])
             AS g(role, area, street, department)
        WHERE (n.person IS NULL AND n.post = g.role
               AND starts_with(coalesce(nullif(n.area, ''), n.district), g.area)
               AND (g.street = '' OR EXISTS (SELECT FROM cases c WHERE c.district = n.district
                                             AND c.id = n.case_id AND c.street = g.street)))
           OR (n.department IS NOT NULL AND n.department = g.department AND EXISTS (
               SELECT FROM cases c WHERE c.district = n.district AND c.id = n.case_id
                 AND starts_with(coalesce(nullif(c.area, ''), c.nearest_area, c.district), g.area)))))
"""


def _who(principal: Principal) -> tuple[list[UUID], list[str], list[str], list[str], list[str]]:
    return (
        sorted(principal.selves),
        [grant.role.value for grant in principal.grants],
        [grant.area for grant in principal.grants],
        [grant.street or "" for grant in principal.grants],
        [grant.department or "" for grant in principal.grants],
    )


async def list_notices(
    driver: asyncpg.Connection,
    principal: Principal,
    *,
    unseen: bool,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row]:
    """Return notices to this person, to his posts where he holds them, to his department; newest first."""
    return await fetch_rows(
        driver,
        f"""
        SELECT n.id, n.case_id, n.kind, n.words_zh, n.words_en, n.details::text AS details, n.at, n.seen_at
        FROM notice n WHERE n.district = $1 AND {_FOR_ME} AND (NOT $7 OR n.seen_at IS NULL)
          AND ($8::timestamptz IS NULL OR (n.at, n.id) < ($8, $9::uuid))
        ORDER BY n.at DESC, n.id DESC LIMIT $10""",  # noqa: S608 - the condition is the constant above
        principal.district,
        *_who(principal),
        unseen,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )


async def mark_seen(driver: asyncpg.Connection, principal: Principal, notices: Sequence[UUID]) -> int:
    """Remember that somebody has seen these; returns how many of them were new to him and his post."""
    rows = await fetch_rows(
        driver,
        f"""UPDATE notice n SET seen_at = now(), seen_by = $7
        WHERE n.district = $1 AND n.id = ANY($8::uuid[]) AND n.seen_at IS NULL AND {_FOR_ME}
        RETURNING n.id""",  # noqa: S608 - the condition is the constant above
        principal.district,
        *_who(principal),
        principal.account,
        list(notices),
    )
    return len(rows)
