"""Accounts and their grants in the store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Grant, Role


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody, or some program, that can sign in."""

    district: str
    id: UUID
    name: str
    display_name: str
    person: UUID | None
    grants: tuple[Grant, ...]
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_second_factor: bool
    outside_subject: str | None


@dataclass(frozen=True, slots=True)
class AccountSecrets:
    """What an account proves itself with; never leaves the server."""

    id: UUID
    password_hash: str | None
    code_key: str | None
    code_key_confirmed: bool
    last_code_step: int


class NameTakenError(Exception):
    """Two accounts cannot have one name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


_ACCOUNT = """
    SELECT a.district, a.id, a.name, a.display_name, a.person, a.created_at, a.disabled_at,
           a.outside_subject,
           a.password_hash IS NOT NULL AS has_password, a.code_key_confirmed AS has_second_factor,
           coalesce(array_agg(ARRAY[g.role, g.area, g.street, g.department]
                              ORDER BY g.role, g.area, g.street, g.department)
                    FILTER (WHERE g.role IS NOT NULL), ARRAY[]::text[][]) AS grants
    FROM account a LEFT JOIN account_grant g ON g.district = a.district AND g.account = a.id
"""


_ON_THE_LIST = """
    WHERE a.district = :district
      AND (a.id > CAST(:after AS uuid) OR CAST(:after AS uuid) IS NULL)
      AND (CAST(:words AS text) = ''
           OR strpos(lower(a.name || ' ' || a.display_name), lower(:words)) > 0)
      AND (EXISTS (SELECT 1 FROM account_grant i WHERE i.district = a.district AND i.account = a.id
                   AND (CAST(:role AS text) IS NULL OR i.role = :role)
                   AND EXISTS (SELECT 1 FROM unnest(CAST(:areas AS text[])) AS p(prefix)
                               WHERE starts_with(i.area, p.prefix)))
           OR (CAST(:role AS text) IS NULL AND :district = ANY(CAST(:areas AS text[]))
               AND NOT EXISTS (SELECT 1 FROM account_grant i
                               WHERE i.district = a.district AND i.account = a.id)))
"""


def grants_from_rows(rows: Iterable[Sequence[str]]) -> tuple[Grant, ...]:
    """Build grants from (role, area, street, department); a role that this version lacks grants nothing."""
    known = set(Role)
    return tuple(
        Grant(Role(role), area, street or None, department or None)
        for role, area, street, department in rows
        if role in known
    )


def _account(row: Row[Any]) -> Account:
    return Account(
        row.district,
        row.id,
        row.name,
        row.display_name,
        row.person,
        grants_from_rows(row.grants),
        row.created_at,
        row.disabled_at,
        row.has_password,
        row.has_second_factor,
        row.outside_subject,
    )


async def find_account(connection: AsyncConnection, district: str, account: UUID) -> Account | None:
    """Return the account with that id, if there is one."""
    found = await connection.execute(
        text(f"{_ACCOUNT} WHERE a.district = :district AND a.id = :id GROUP BY a.district, a.id"),
        {"district": district, "id": account},
    )
    row = found.one_or_none()
    return _account(row) if row else None


async def find_account_named(connection: AsyncConnection, district: str, name: str) -> Account | None:
    """Return the account with that name, whatever its capitals."""
    found = await connection.execute(
        text(
            f"{_ACCOUNT} WHERE a.district = :district AND lower(a.name) = lower(:name)"
            " GROUP BY a.district, a.id"
        ),
        {"district": district, "name": name},
    )
    row = found.one_or_none()
    return _account(row) if row else None


async def find_account_of_subject(connection: AsyncConnection, district: str, subject: str) -> Account | None:
    """Return the account that an outside provider knows by that subject."""
    found = await connection.execute(
        text(
            f"{_ACCOUNT} WHERE a.district = :district AND a.outside_subject = :subject"
            " GROUP BY a.district, a.id"
        ),
        {"district": district, "subject": subject},
    )
    row = found.one_or_none()
    return _account(row) if row else None


async def list_accounts(
    connection: AsyncConnection,
    district: str,
    *,
    areas: Sequence[str],
    words: str = "",
    role: Role | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Account]:
    """Return accounts that have a grant within the areas (or none at all, for the district's own keeper)."""
    found = await connection.execute(
        text(f"{_ACCOUNT} {_ON_THE_LIST} GROUP BY a.district, a.id ORDER BY a.id LIMIT :limit"),
        {
            "district": district,
            "areas": list(areas),
            "words": words,
            "role": role,
            "after": after,
            "limit": limit,
        },
    )
    return [_account(row) for row in found]


async def create_account(
    connection: AsyncConnection,
    district: str,
    account: UUID,
    *,
    name: str,
    display_name: str,
    created_by: str,
    person: UUID | None = None,
    outside_subject: str | None = None,
    drill: bool = False,
) -> None:
    """Make an account that can do nothing yet and has no password."""
    await _refuse_taken_subject(connection, district, account, outside_subject)
    made = await connection.execute(
        text(
            """INSERT INTO account
                   (district, id, name, display_name, person, created_by, outside_subject, drill)
               VALUES (:district, :id, :name, :display_name, :person, :created_by, :subject, :drill)
               ON CONFLICT (district, lower(name)) DO NOTHING RETURNING id"""
        ),
        {
            "district": district,
            "id": account,
            "name": name,
            "display_name": display_name,
            "person": person,
            "created_by": created_by,
            "subject": outside_subject,
            "drill": drill,
        },
    )
    if made.one_or_none() is None:
        raise NameTakenError(name)


async def _refuse_taken_subject(
    connection: AsyncConnection, district: str, account: UUID, subject: str | None
) -> None:
    taken = await connection.scalar(
        text(
            "SELECT name FROM account"
            " WHERE district = :district AND outside_subject = CAST(:subject AS text) AND id <> :id"
        ),
        {"district": district, "id": account, "subject": subject},
    )
    if taken is not None:
        raise NameTakenError(taken)


async def change_account(
    connection: AsyncConnection,
    district: str,
    account: UUID,
    *,
    display_name: str,
    person: UUID | None,
    outside_subject: str | None,
) -> None:
    """Change what an account is called, whose it is, and whom the outside provider says it is."""
    await _refuse_taken_subject(connection, district, account, outside_subject)
    await connection.execute(
        text(
            "UPDATE account SET display_name = :display_name, person = :person, outside_subject = :subject"
            " WHERE district = :district AND id = :id"
        ),
        {
            "district": district,
            "id": account,
            "display_name": display_name,
            "person": person,
            "subject": outside_subject,
        },
    )
    await raise_epoch(connection, district)


async def set_disabled(connection: AsyncConnection, district: str, account: UUID, disabled: bool) -> None:
    """Lock an account out, ending its sessions, tokens and links; or let it in again."""
    key = {"district": district, "id": account}
    await connection.execute(
        text(
            "UPDATE account SET disabled_at = CASE WHEN :disabled THEN coalesce(disabled_at, now()) END"
            " WHERE district = :district AND id = :id"
        ),
        {**key, "disabled": disabled},
    )
    if disabled:
        for table in ("account_session", "access_token", "sign_in_link"):
            await connection.execute(
                text(f"DELETE FROM {table} WHERE district = :district AND account = :id"),  # noqa: S608 - the names stand in the line above
                key,
            )
    await raise_epoch(connection, district)


async def set_grants(
    connection: AsyncConnection, district: str, account: UUID, grants: Iterable[Grant], given_by: str
) -> None:
    """Replace what an account may do."""
    key = {"district": district, "account": account}
    await connection.execute(
        text("DELETE FROM account_grant WHERE district = :district AND account = :account"), key
    )
    rows = [
        {
            **key,
            "role": grant.role,
            "area": grant.area,
            "street": grant.street or "",
            "department": grant.department or "",
            "given_by": given_by,
        }
        for grant in dict.fromkeys(grants)
    ]
    if rows:
        await connection.execute(
            text(
                """INSERT INTO account_grant (district, account, role, area, street, department, given_by)
                   VALUES (:district, :account, :role, :area, :street, :department, :given_by)"""
            ),
            rows,
        )
    await raise_epoch(connection, district)


async def find_secrets(connection: AsyncConnection, district: str, account: UUID) -> AccountSecrets | None:
    """Return what the account proves itself with, locked so that a code is taken once only."""
    found = await connection.execute(
        text(
            """SELECT id, password_hash, code_key, code_key_confirmed, last_code_step FROM account
               WHERE district = :district AND id = :id FOR UPDATE"""
        ),
        {"district": district, "id": account},
    )
    row = found.one_or_none()
    return AccountSecrets(*row) if row else None


async def set_password_hash(
    connection: AsyncConnection, district: str, account: UUID, password_hash: str
) -> None:
    """Keep the hash of a new password."""
    await connection.execute(
        text("UPDATE account SET password_hash = :hash WHERE district = :district AND id = :id"),
        {"district": district, "id": account, "hash": password_hash},
    )


async def set_code_key(
    connection: AsyncConnection, district: str, account: UUID, key: str | None, *, confirmed: bool
) -> None:
    """Keep the key of a second factor, or take it away."""
    await connection.execute(
        text(
            """UPDATE account SET code_key = :key, code_key_confirmed = :confirmed
               WHERE district = :district AND id = :id"""
        ),
        {"district": district, "id": account, "key": key, "confirmed": confirmed},
    )


async def use_code_step(connection: AsyncConnection, district: str, account: UUID, step: int) -> None:
    """Remember the period of the code that was just used: it is good for one time."""
    await connection.execute(
        text("UPDATE account SET last_code_step = :step WHERE district = :district AND id = :id"),
        {"district": district, "id": account, "step": step},
    )


async def list_second_factor_roles(connection: AsyncConnection, district: str) -> frozenset[Role]:
    """Return the roles of which the district demands a second factor."""
    found = await connection.scalars(
        text("SELECT role FROM second_factor_role WHERE district = :district"), {"district": district}
    )
    known = set(Role)
    return frozenset(Role(role) for role in found if role in known)


async def set_second_factor_roles(connection: AsyncConnection, district: str, roles: Iterable[Role]) -> None:
    """Choose the roles of which a second factor is demanded."""
    await connection.execute(
        text("DELETE FROM second_factor_role WHERE district = :district"), {"district": district}
    )
    rows = [{"district": district, "role": role} for role in frozenset(roles)]
    if rows:
        await connection.execute(
            text("INSERT INTO second_factor_role (district, role) VALUES (:district, :role)"), rows
        )
    await raise_epoch(connection, district)


async def raise_epoch(connection: AsyncConnection, district: str) -> None:
    """Make every process forget whom it knows: something about who may do what has changed."""
    await connection.execute(
        text(
            """INSERT INTO access_epoch (district, epoch) VALUES (:district, 1)
               ON CONFLICT (district) DO UPDATE SET epoch = access_epoch.epoch + 1"""
        ),
        {"district": district},
    )


async def access_epoch(connection: AsyncConnection, district: str) -> int:
    """Return the number that changes whenever anybody's access does."""
    found = await connection.scalar(
        text("SELECT epoch FROM access_epoch WHERE district = :district"), {"district": district}
    )
    return int(found or 0)
