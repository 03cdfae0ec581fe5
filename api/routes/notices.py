"""Notices in the page: what somebody is told about his cases, his post and his department."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction
from api.guards import require
from api.identity import Permission, Principal
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.refusals import UnusableValueError
from api.store import notices
from api.store.rows import Row

router = APIRouter(prefix="/api/v1", tags=["notices"])

Self = Annotated[Principal, require(Permission.MANAGE_OWN_ACCOUNT)]


class NoticeItem(BaseModel):
    """Something that somebody should know."""

    id: UUID
    case: UUID
    kind: str
    words_zh: str
    words_en: str
    details: dict[str, Any]
    at: datetime
    seen_at: datetime | None


class Seen(BaseModel):
    """Notices that were read."""

    notices: Annotated[list[UUID], Field(min_length=1, max_length=500)]


@router.get("/notices")
async def list_notices(
    principal: Self,
    driver: DriverTransaction,
    unseen: bool = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[NoticeItem]:
    """List one's notices, newest first."""
    rows = await notices.list_notices(
        driver, principal, unseen=unseen, before=_place(cursor), limit=limit + 1
    )
    return page_of(rows, limit, _item, lambda row: (row["at"].isoformat(), str(row["id"])))


@router.post("/notices/seen")
async def mark_seen(body: Seen, principal: Self, driver: DriverTransaction) -> dict[str, int]:
    """Say that notices were read; what is addressed to a post is read once for all who hold it there."""
    return {"seen": await notices.mark_seen(driver, principal, body.notices)}


def _item(row: Row) -> NoticeItem:
    shown = {name: row[name] for name in ("id", "kind", "words_zh", "words_en", "at", "seen_at")}
    return NoticeItem(**shown, case=row["case_id"], details=orjson.loads(row["details"]))


def _place(cursor: str) -> tuple[datetime, UUID] | None:
    at, notice = decode_cursor(cursor, 2)
    if not cursor:
        return None
    try:
        return datetime.fromisoformat(at), UUID(notice)
    except ValueError:
        raise UnusableValueError("The cursor is not one of ours", "翻页标记无效") from None
