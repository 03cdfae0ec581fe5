"""Sessions of pages, tokens of programs, one-time links, and the count of failed attempts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Permission, Principal
from api.store.accounts import grants_from_rows, raise_epoch

ATTEMPTS_WITHIN = timedelta(minutes=15)
MAX_ATTEMPTS_PER_NAME = 8
MAX_ATTEMPTS_PER_ADDRESS = 60
"""A whole office may sit behind one address."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A program's key as it is shown after the one time that its secret was."""

    id: UUID
    name: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime


_PRINCIPAL = """
    SELECT a.id, a.display_name, a.person, a.drill, c.expires_at, <besides>,
           (SELECT coalesce(array_agg(ARRAY[g.role, g.area, g.street, g.department]), ARRAY[]::text[][])
            FROM account_grant g WHERE g.district = a.district AND g.account = a.id) AS grants
    FROM <credential> c JOIN account a ON a.district = c.district AND a.id = c.account
    WHERE c.district = :district AND c.digest = :digest AND c.expires_at > :now AND a.disabled_at IS NULL
"""
_OF_PAGE = _PRINCIPAL.replace("<credential>", "account_session").replace(
    "<besides>", "c.id AS session, c.awaits_second_factor, NULL AS token, NULL AS scopes"
)
_OF_PROGRAM = _PRINCIPAL.replace("<credential>", "access_token").replace(
    "<besides>", "NULL AS session, false AS awaits_second_factor, c.id AS token, c.scopes"
)


async def find_principal_of_session(
    connection: AsyncConnection, district: str, digest: bytes, now: datetime
) -> Principal | None:
    """Return who holds that session, while it lasts."""
    return await _find_principal(connection, _OF_PAGE, district, digest, now)


async def find_principal_of_token(
    connection: AsyncConnection, district: str, digest: bytes, now: datetime
) -> Principal | None:
    """Return the account behind a program's token, limited to the token's scopes, until it expires."""
    return await _find_principal(connection, _OF_PROGRAM, district, digest, now)


async def _find_principal(
    connection: AsyncConnection, statement: str, district: str, digest: bytes, now: datetime
) -> Principal | None:
    found = await connection.execute(text(statement), {"district": district, "digest": digest, "now": now})
    row = found.one_or_none()
    if row is None:
        return None
    return Principal(
        district,
        row.id,
        row.display_name,
        row.person,
        grants_from_rows(row.grants),
        scopes=_scopes(row.scopes) if row.scopes is not None else None,
        session=row.session,
        token=row.token,
        expires_at=row.expires_at,
        awaits_second_factor=row.awaits_second_factor,
        drill=row.drill,
    )


async def start_session(
    connection: AsyncConnection,
    district: str,
    account: UUID,
    *,
    session: UUID,
    digest: bytes,
    now: datetime,
    lasts: timedelta,
    address: str,
    by_link: bool,
    awaits_second_factor: bool,
) -> None:
    """Begin a session, and sweep out those that have expired."""
    await connection.execute(
        text("DELETE FROM account_session WHERE district = :district AND expires_at < :now"),
        {"district": district, "now": now},
    )
    await connection.execute(
        text(
            """INSERT INTO account_session (district, digest, id, account, started_at, expires_at, by_link,
                                            awaits_second_factor, address)
               VALUES (:district, :digest, :id, :account, :now, :until, :by_link, :awaits, :address)"""
        ),
        {
            "district": district,
            "digest": digest,
            "id": session,
            "account": account,
            "now": now,
            "until": now + lasts,
            "by_link": by_link,
            "awaits": awaits_second_factor,
            "address": address,
        },
    )


async def end_session(connection: AsyncConnection, district: str, session: UUID) -> None:
    """End one session."""
    await connection.execute(
        text("DELETE FROM account_session WHERE district = :district AND id = :id"),
        {"district": district, "id": session},
    )
    await raise_epoch(connection, district)


async def end_other_sessions(
    connection: AsyncConnection, district: str, account: UUID, keep: UUID | None
) -> None:
    """End an account's sessions but for one: what a new password does."""
    await connection.execute(
        text(
            """DELETE FROM account_session WHERE district = :district AND account = :account
               AND id IS DISTINCT FROM CAST(:keep AS uuid)"""
        ),
        {"district": district, "account": account, "keep": keep},
    )
    await raise_epoch(connection, district)


async def confirm_second_factor(connection: AsyncConnection, district: str, session: UUID) -> None:
    """Give a session the full rights of its account: the second factor was right."""
    await connection.execute(
        text(
            "UPDATE account_session SET awaits_second_factor = false WHERE district = :district AND id = :id"
        ),
        {"district": district, "id": session},
    )
    await raise_epoch(connection, district)


async def session_is_by_link(connection: AsyncConnection, district: str, session: UUID) -> bool:
    """Whether the session began with a one-time link, which stands in for the old password."""
    found = await connection.scalar(
        text("SELECT by_link FROM account_session WHERE district = :district AND id = :id"),
        {"district": district, "id": session},
    )
    return bool(found)


async def add_link(
    connection: AsyncConnection, district: str, account: UUID, digest: bytes, expires_at: datetime
) -> None:
    """Keep the digest of a one-time link."""
    await connection.execute(
        text(
            """INSERT INTO sign_in_link (district, digest, account, expires_at)
               VALUES (:district, :digest, :account, :until)"""
        ),
        {"district": district, "digest": digest, "account": account, "until": expires_at},
    )


async def use_link(connection: AsyncConnection, district: str, digest: bytes, now: datetime) -> UUID | None:
    """Use a link up and return whose it was; None when it was used before, has expired or never was."""
    found: UUID | None = await connection.scalar(
        text(
            """UPDATE sign_in_link l SET used_at = :now FROM account a
               WHERE l.district = :district AND l.digest = :digest AND l.used_at IS NULL
                 AND l.expires_at > :now AND a.district = l.district AND a.id = l.account
                 AND a.disabled_at IS NULL
               RETURNING l.account"""
        ),
        {"district": district, "digest": digest, "now": now},
    )
    return found


async def add_token(
    connection: AsyncConnection, district: str, account: UUID, token: AccessToken, digest: bytes
) -> None:
    """Keep a program's token."""
    await connection.execute(
        text(
            """INSERT INTO access_token (district, digest, id, account, name, scopes, created_at, expires_at)
               VALUES (:district, :digest, :id, :account, :name, :scopes, :created_at, :expires_at)"""
        ),
        {
            "district": district,
            "digest": digest,
            "id": token.id,
            "account": account,
            "name": token.name,
            "scopes": sorted(token.scopes),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        },
    )


async def list_tokens(connection: AsyncConnection, district: str, account: UUID) -> list[AccessToken]:
    """Return an account's tokens, newest first."""
    found = await connection.execute(
        text(
            """SELECT id, name, scopes, created_at, expires_at FROM access_token
               WHERE district = :district AND account = :account ORDER BY created_at DESC, id"""
        ),
        {"district": district, "account": account},
    )
    return [AccessToken(r.id, r.name, _scopes(r.scopes), r.created_at, r.expires_at) for r in found]


async def revoke_token(connection: AsyncConnection, district: str, account: UUID, token: UUID) -> bool:
    """Take a token away; false when the account has no such token."""
    gone = await connection.execute(
        text(
            """DELETE FROM access_token WHERE district = :district AND account = :account AND id = :id
               RETURNING id"""
        ),
        {"district": district, "account": account, "id": token},
    )
    await raise_epoch(connection, district)
    return gone.one_or_none() is not None


async def add_failed_attempt(
    connection: AsyncConnection, district: str, attempt: UUID, name: str, address: str, now: datetime
) -> None:
    """Count a failed attempt to sign in, and forget those of yesterday."""
    await connection.execute(
        text("DELETE FROM sign_in_attempt WHERE district = :district AND at < :yesterday"),
        {"district": district, "yesterday": now - timedelta(days=1)},
    )
    await connection.execute(
        text(
            """INSERT INTO sign_in_attempt (district, id, at, name, address)
               VALUES (:district, :id, :now, lower(:name), :address)"""
        ),
        {"district": district, "id": attempt, "now": now, "name": name, "address": address},
    )


async def wait_before_next_attempt(
    connection: AsyncConnection, district: str, name: str, address: str, now: datetime
) -> timedelta | None:
    """Return how long to wait before this name may be tried again from there; None for not at all."""
    facts: dict[str, Any] = {
        "district": district,
        "since": now - ATTEMPTS_WITHIN,
        "name": name,
        "address": address,
    }
    found = await connection.execute(
        text(
            """SELECT min(at) FILTER (WHERE name = lower(:name)) AS first_by_name,
                      count(*) FILTER (WHERE name = lower(:name)) AS by_name,
                      min(at) FILTER (WHERE address = :address) AS first_by_address,
                      count(*) FILTER (WHERE address = :address) AS by_address
               FROM sign_in_attempt
               WHERE district = :district AND at > :since AND (name = lower(:name) OR address = :address)"""
        ),
        facts,
    )
    row = found.one()
    waits = []
    if row.by_name >= MAX_ATTEMPTS_PER_NAME:
        waits.append(row.first_by_name + ATTEMPTS_WITHIN - now)
    if row.by_address >= MAX_ATTEMPTS_PER_ADDRESS:
        waits.append(row.first_by_address + ATTEMPTS_WITHIN - now)
    return max(waits) if waits else None


def _scopes(words: list[str]) -> frozenset[Permission]:
    known = set(Permission)
    return frozenset(Permission(word) for word in words if word in known)
