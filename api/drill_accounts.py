"""Accounts made for the drill, and their sign-ins: by one-time links, like anybody's who has no password."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Grant, Principal, Role
from api.ids import new_id
from api.sign_in import new_link
from api.store.accounts import create_account, find_account_named, set_grants
from api.store.audit import record
from api.store.database import transaction
from dispatch.cases import STREET_CHIEF
from dispatch.sample import Member

_BY = "drill"


async def people_with_accounts(engine: AsyncEngine, district: str) -> frozenset[UUID]:
    """Whoever has an account of his own: somebody real may sit behind it, so he is not played."""
    async with transaction(engine) as connection:
        found = await connection.scalars(
            text(
                "SELECT person FROM account WHERE district = :district AND NOT drill AND person IS NOT NULL"
            ),
            {"district": district},
        )
        return frozenset(found)


async def drill_link(
    engine: AsyncEngine,
    district: str,
    name: str,
    display_name: str,
    grants: tuple[Grant, ...],
    person: UUID | None = None,
) -> str:
    """Return the secret of a new one-time link, making the account where it is missing."""
    async with transaction(engine) as connection:
        known = await find_account_named(connection, district, name)
        account = known.id if known else new_id()
        if known is None:
            await create_account(
                connection,
                district,
                account,
                name=name,
                display_name=display_name,
                created_by=_BY,
                person=person,
                drill=True,
            )
            await set_grants(connection, district, account, grants, _BY)
            await record(
                connection,
                Principal(district, name=_BY),
                "account.create",
                str(account),
                details={"drill": True},
            )
        return (await new_link(connection, district, account)).text


def grants_of(member: Member, district: str) -> tuple[Grant, ...]:
    """What a member of the sample staff may do with his phone: on his streets, else in his area."""
    role = Role.STREET_CHIEF if member.post == STREET_CHIEF else Role.TASK_FORCE_MEMBER
    if member.streets:
        return tuple(Grant(role, district, street=street) for street in sorted(member.streets))
    return (Grant(Role.GRID_WORKER, member.area),)
