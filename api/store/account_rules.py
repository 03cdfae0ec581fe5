"""What has to hold between accounts: one administrator stays, and people who are named exist."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def is_last_administrator(connection: AsyncConnection, district: str, account: UUID) -> bool:
    """Whether nobody would keep the whole district's accounts if this account did not.

    Locks those who do: two administrators who remove each other at once do not both succeed.
    """
    found = await connection.scalars(
        text(
            """SELECT a.id FROM account a JOIN account_grant g ON g.district = a.district AND g.account = a.id
               WHERE a.district = :district AND g.role = 'administrator' AND g.area = :district
                 AND a.disabled_at IS NULL
               ORDER BY a.id FOR UPDATE OF a"""
        ),
        {"district": district},
    )
    return set(found) == {account}


async def person_exists(connection: AsyncConnection, district: str, person: UUID) -> bool:
    """Whether the district has that member of staff."""
    return bool(
        await connection.scalar(
            text("SELECT EXISTS (SELECT FROM person WHERE district = :district AND id = :id)"),
            {"district": district, "id": person},
        )
    )
