"""What the store knows of photographs; their pixels lie in the folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from api.store.rows import fetch_rows, find_row


@dataclass(frozen=True, slots=True)
class StoredPhotograph:
    """One upload. `differs_m` and `differs_s`: how far the camera's place and time lie from the report's."""

    uploader: UUID
    client_id: UUID
    name: str
    original_digest: bytes
    width: int
    height: int
    bytes: int
    differs_m: float | None
    differs_s: float | None
    uploaded_at: datetime


_COLUMNS = (
    "uploader, client_id, name, original_digest, width, height, bytes, differs_m, differs_s, uploaded_at"
)


async def find_upload(
    driver: asyncpg.Connection, district: str, uploader: UUID, client_id: UUID
) -> StoredPhotograph | None:
    """Return what this client has uploaded under that id before."""
    row = await find_row(
        driver,
        f"SELECT {_COLUMNS} FROM photograph WHERE district = $1 AND uploader = $2 AND client_id = $3",  # noqa: S608 - constant columns
        district,
        uploader,
        client_id,
    )
    return StoredPhotograph(**row) if row else None


async def add_upload(driver: asyncpg.Connection, district: str, photograph: StoredPhotograph) -> bool:
    """Remember an upload; false where the same client was faster with the same id."""
    added = await driver.fetchval(
        f"INSERT INTO photograph (district, {_COLUMNS})"  # noqa: S608 - constant columns
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING true",
        district,
        photograph.uploader,
        photograph.client_id,
        photograph.name,
        photograph.original_digest,
        photograph.width,
        photograph.height,
        photograph.bytes,
        photograph.differs_m,
        photograph.differs_s,
        photograph.uploaded_at,
    )
    return bool(added)


async def was_uploaded_by(
    driver: asyncpg.Connection, district: str, name: str, uploaders: Sequence[UUID]
) -> bool:
    """Whether one of these uploaded it."""
    return bool(
        await driver.fetchval(
            "SELECT EXISTS (SELECT FROM photograph WHERE district = $1 AND name = $2"
            " AND uploader = ANY($3::uuid[]))",
            district,
            name,
            list(uploaders),
        )
    )


async def list_cases_showing(driver: asyncpg.Connection, district: str, name: str) -> Sequence[UUID]:
    """Return the cases that it belongs to, the newest first."""
    rows = await fetch_rows(
        driver,
        "SELECT id FROM cases WHERE district = $1 AND photographs @> ARRAY[$2::text]"
        " ORDER BY id DESC LIMIT 50",
        district,
        name,
    )
    return [row["id"] for row in rows]


async def forget_unused(driver: asyncpg.Connection, district: str, before: datetime) -> int:
    """Forget uploads from before that time which no finding or case ever named; returns how many."""
    rows = await fetch_rows(
        driver,
        """
        DELETE FROM photograph p WHERE p.district = $1 AND p.uploaded_at < $2
          AND NOT EXISTS (SELECT FROM cases c WHERE c.district = $1 AND c.photographs @> ARRAY[p.name])
          AND NOT EXISTS (SELECT FROM finding f WHERE f.district = $1 AND p.name = ANY(f.photographs)
                          AND f.received_at >= p.uploaded_at - interval '1 day')
        RETURNING p.name
        """,
        district,
        before,
    )
    return len(rows)


async def list_kept(driver: asyncpg.Connection, names: Sequence[str]) -> frozenset[str]:
    """Return which of these names any district of this store still knows."""
    rows = await fetch_rows(
        driver,
        """
        SELECT n.name FROM unnest($1::text[]) AS n(name)
        WHERE EXISTS (SELECT FROM photograph p WHERE p.name = n.name)
           OR EXISTS (SELECT FROM cases c WHERE c.photographs @> ARRAY[n.name])
        """,
        list(names),
    )
    return frozenset(row["name"] for row in rows)
