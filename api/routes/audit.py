"""Who did what, and whether the record of it is whole."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import Transaction
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.refusals import UnusableValueError
from api.store import audit

router = APIRouter(prefix="/api/v1", tags=["audit"])

Reader = Annotated[Principal, require(Permission.VIEW_AUDIT)]


class AuditItem(BaseModel):
    """One act, or one look at personal data (`look:…`)."""

    id: UUID
    at: datetime
    account: UUID | None
    name: str
    act: str
    about: str
    area: str
    details: dict[str, Any]
    sealed: bool


class AuditState(BaseModel):
    """Whether the chain is whole; the head's hash, noted elsewhere, proves later that nothing was cut off."""

    whole: bool
    fault: str | None
    entries: int
    seals: int
    unsealed: int
    head: str


@router.get("/audit")
async def list_audit(
    principal: Reader,
    connection: Transaction,
    account: UUID | None = None,
    act: Annotated[str, Query(max_length=100, description="Begins with.")] = "",
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[AuditItem]:
    """List who did what, newest first."""
    found = await audit.list_entries(
        connection,
        principal.district,
        areas=[grant.area for grant in reach_of(principal, Permission.VIEW_AUDIT).grants],
        account=account,
        act=act,
        since=_zoned(since),
        until=_zoned(until),
        before=_place(cursor),
        limit=limit + 1,
    )
    return page_of(found, limit, _item, lambda entry: (entry.at.isoformat(), str(entry.id)))


@router.get("/audit/check")
async def check_audit(principal: Reader, connection: Transaction) -> AuditState:
    """Recompute the whole chain of seals and say whether anything was changed or taken out."""
    check = await audit.verify(connection, principal.district)
    return AuditState(
        whole=check.fault is None,
        fault=check.fault,
        entries=check.entries,
        seals=check.seals,
        unsealed=check.unsealed,
        head=check.head,
    )


def _item(entry: audit.AuditEntry) -> AuditItem:
    return AuditItem(
        id=entry.id,
        at=entry.at,
        account=entry.account,
        name=entry.name,
        act=entry.act,
        about=entry.about,
        area=entry.area,
        details=dict(entry.details),
        sealed=entry.seq is not None,
    )


def _zoned(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise UnusableValueError("A time needs its zone, as in 2026-01-31T08:00:00+08:00", "时间须带时区")
    return at


def _place(cursor: str) -> tuple[datetime, UUID] | None:
    at, entry = decode_cursor(cursor, 2)
    if not cursor:
        return None
    try:
        return datetime.fromisoformat(at), UUID(entry)
    except ValueError:
        raise UnusableValueError("The cursor is not one of ours", "翻页标记无效") from None
