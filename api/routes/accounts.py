"""Accounts as administrators keep them: who there is, what they may do, and how they get in."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import Transaction
from api.errors import NotFoundError
from api.guards import AccessOfRequest, require
from api.identity import Grant, Permission, Principal, Role, may_hand_out, reach_of
from api.ids import new_id
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.refusals import ConflictingChangeError, NotAllowedError, UnusableValueError
from api.routes.account_shapes import GrantShown, NewGrant, ShortText
from api.sign_in import LINK_LASTS, link_address, new_link
from api.store import accounts
from api.store.account_rules import is_last_administrator, person_exists
from api.store.audit import record

router = APIRouter(prefix="/api/v1", tags=["accounts"])

Manager = Annotated[Principal, require(Permission.MANAGE_ACCOUNTS)]
SignInName = Annotated[str, Field(min_length=2, max_length=60, pattern=r"^[^\s@/\\][^/\\]*[^\s/\\]$")]
OutsideSubject = Annotated[str, Field(min_length=3, max_length=500, pattern=r"^https?://[^|]+\|.+$")]
Grants = Annotated[list[NewGrant], Field(max_length=50)]


class AccountShown(BaseModel):
    """An account in the administrator's list."""

    id: UUID
    name: str
    display_name: str
    person: UUID | None
    grants: list[GrantShown]
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_second_factor: bool
    outside_subject: str | None
    """Whom the outside provider says it is: the issuer, a bar, and the provider's own name."""

    @classmethod
    def of(cls, account: accounts.Account) -> "AccountShown":
        """Show an account."""
        return cls(
            id=account.id,
            name=account.name,
            display_name=account.display_name,
            person=account.person,
            grants=[GrantShown.of(grant) for grant in account.grants],
            created_at=account.created_at,
            disabled_at=account.disabled_at,
            has_password=account.has_password,
            has_second_factor=account.has_second_factor,
            outside_subject=account.outside_subject,
        )


class SignInLink(BaseModel):
    """A link that signs in once; hand it over in person or by a messenger. It is not shown again."""

    path: str
    expires_at: datetime


class AccountMade(BaseModel):
    """A new account; it has no password until its owner chooses one."""

    account: AccountShown
    link: SignInLink


class NewAccount(BaseModel):
    """Somebody who shall be able to sign in."""

    name: SignInName
    display_name: ShortText
    person: UUID | None = None
    grants: Grants = []
    outside_subject: OutsideSubject | None = None


class AccountChange(BaseModel):
    """What is stated is changed, the rest stays."""

    display_name: ShortText | None = None
    person: UUID | None = None
    disabled: bool | None = None
    outside_subject: OutsideSubject | None = None


@router.get("/accounts")
async def list_accounts(
    principal: Manager,
    connection: Transaction,
    q: Annotated[str, Query(max_length=100)] = "",
    role: Role | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[AccountShown]:
    """List the accounts that hold a role within one's own area."""
    (after,) = decode_cursor(cursor, 1)
    found = await accounts.list_accounts(
        connection,
        principal.district,
        areas=[grant.area for grant in reach_of(principal, Permission.MANAGE_ACCOUNTS).grants],
        words=q,
        role=role,
        after=_uuid(after),
        limit=limit + 1,
    )
    return page_of(found, limit, AccountShown.of, lambda account: (str(account.id),))


@router.post("/accounts", status_code=201)
async def create_account(
    body: NewAccount, principal: Manager, connection: Transaction, access: AccessOfRequest
) -> AccountMade:
    """Make an account; its owner signs in by the link and chooses a password."""
    grants = _handed_out(principal, body.grants)
    await _check_person(connection, principal, body.person)
    made = new_id()
    await accounts.create_account(
        connection,
        principal.district,
        made,
        name=body.name,
        display_name=body.display_name,
        created_by=principal.name,
        person=body.person,
        outside_subject=body.outside_subject,
    )
    await accounts.set_grants(connection, principal.district, made, grants, principal.name)
    details = {"name": body.name, "grants": [_words_of(grant) for grant in grants]}
    await record(connection, principal, "account.create", str(made), details=details)
    access.forget()
    account = await _visible(connection, principal, made)
    return AccountMade(account=AccountShown.of(account), link=await _link(connection, account))


@router.get("/accounts/{account_id}")
async def read_account(account_id: UUID, principal: Manager, connection: Transaction) -> AccountShown:
    """Show one account."""
    return AccountShown.of(await _visible(connection, principal, account_id))


@router.patch("/accounts/{account_id}")
async def change_account(
    account_id: UUID,
    body: AccountChange,
    principal: Manager,
    connection: Transaction,
    access: AccessOfRequest,
) -> AccountShown:
    """Rename an account, tie it to a member of staff, lock it out or let it in again."""
    account = await _changeable(connection, principal, account_id)
    told = body.model_dump(exclude_unset=True)
    if body.disabled:
        await _keep_one_administrator(connection, account)
    await _check_person(connection, principal, body.person)
    await accounts.change_account(
        connection,
        account.district,
        account.id,
        display_name=body.display_name or account.display_name,
        person=told.get("person", account.person),
        outside_subject=told.get("outside_subject", account.outside_subject),
    )
    if body.disabled is not None:
        await accounts.set_disabled(connection, account.district, account.id, body.disabled)
    details = {name: str(value) for name, value in told.items()}
    await record(connection, principal, "account.change", str(account.id), details=details)
    access.forget()
    return AccountShown.of(await _visible(connection, principal, account_id))


@router.put("/accounts/{account_id}/grants")
async def change_grants(
    account_id: UUID, body: Grants, principal: Manager, connection: Transaction, access: AccessOfRequest
) -> AccountShown:
    """Replace what an account may do; what is taken away is gone within two seconds, streams included."""
    account = await _changeable(connection, principal, account_id)
    grants = _handed_out(principal, body)
    if not any(grant.role is Role.ADMINISTRATOR and grant.area == account.district for grant in grants):
        await _keep_one_administrator(connection, account)
    await accounts.set_grants(connection, account.district, account.id, grants, principal.name)
    details = {
        "before": [_words_of(grant) for grant in account.grants],
        "after": [_words_of(grant) for grant in grants],
    }
    await record(connection, principal, "account.grants", str(account.id), details=details)
    access.forget()
    changed = await accounts.find_account(connection, account.district, account.id)
    assert changed is not None, "an account is never deleted"
    return AccountShown.of(changed)


@router.post("/accounts/{account_id}/link", status_code=201)
async def make_link(account_id: UUID, principal: Manager, connection: Transaction) -> SignInLink:
    """Make a link by which the account's owner signs in once, for instance to choose a new password."""
    account = await _changeable(connection, principal, account_id)
    if account.disabled_at is not None:
        raise ConflictingChangeError("The account is locked; let it in first", "账号已停用，请先启用")
    await record(connection, principal, "account.link", str(account.id))
    return await _link(connection, account)


@router.delete("/accounts/{account_id}/second-factor", status_code=204)
async def take_second_factor(
    account_id: UUID, principal: Manager, connection: Transaction, access: AccessOfRequest
) -> None:
    """Take a lost authenticator away; where the role demands one, the next sign-in asks for a new one."""
    account = await _changeable(connection, principal, account_id)
    await accounts.set_code_key(connection, account.district, account.id, None, confirmed=False)
    await record(connection, principal, "account.second-factor.remove", str(account.id))
    access.forget()


@router.get("/second-factor-roles")
async def list_second_factor_roles(principal: Manager, connection: Transaction) -> list[Role]:
    """List the roles of which a second factor is demanded."""
    return sorted(await accounts.list_second_factor_roles(connection, principal.district))


@router.put("/second-factor-roles")
async def choose_second_factor_roles(
    body: Annotated[list[Role], Field(max_length=20)], principal: Manager, connection: Transaction
) -> list[Role]:
    """Choose the roles of which a second factor is demanded, from the next sign-in on."""
    if not may_hand_out(principal, Grant(Role.ADMINISTRATOR, principal.district)):
        raise NotAllowedError
    await accounts.set_second_factor_roles(connection, principal.district, body)
    details = {"roles": sorted(set(body))}
    await record(connection, principal, "account.second-factor.roles", details=details)
    return sorted(set(body))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _words_of(grant: Grant) -> str:
    return " ".join(part for part in (grant.role, grant.area, grant.street, grant.department) if part)


def _handed_out(principal: Principal, wanted: list[NewGrant]) -> list[Grant]:
    """Return the grants if the principal may give all of them away."""
    grants = [grant.granted() for grant in wanted]
    for grant in grants:
        if not grant.area.startswith(principal.district):
            raise UnusableValueError(
                f"The area {grant.area} lies outside the district", f"区域 {grant.area} 不在本辖区内"
            )
        if not may_hand_out(principal, grant):
            raise NotAllowedError
    return grants


async def _visible(connection: AsyncConnection, principal: Principal, account_id: UUID) -> accounts.Account:
    """Return an account that has a role in the principal's area, or none anywhere."""
    account = await accounts.find_account(connection, principal.district, account_id)
    if account is None or not _in_reach(principal, account, every=False):
        raise NotFoundError("account", "账号")
    return account


async def _changeable(
    connection: AsyncConnection, principal: Principal, account_id: UUID
) -> accounts.Account:
    """Return an account all of whose roles lie in his area: nobody changes who stands above him."""
    account = await _visible(connection, principal, account_id)
    if not _in_reach(principal, account, every=True):
        raise NotAllowedError
    return account


def _in_reach(principal: Principal, account: accounts.Account, *, every: bool) -> bool:
    if not account.grants:
        return may_hand_out(principal, Grant(Role.RESIDENT, principal.district))
    return (all if every else any)(may_hand_out(principal, grant) for grant in account.grants)


async def _check_person(connection: AsyncConnection, principal: Principal, person: UUID | None) -> None:
    if person is not None and not await person_exists(connection, principal.district, person):
        raise UnusableValueError("There is no such member of staff", "没有这名工作人员")


async def _keep_one_administrator(connection: AsyncConnection, account: accounts.Account) -> None:
    if await is_last_administrator(connection, account.district, account.id):
        raise ConflictingChangeError(
            "This is the district's last administrator; appoint another first",
            "这是本辖区最后一名管理员，请先任命其他管理员",
        )


async def _link(connection: AsyncConnection, account: accounts.Account) -> SignInLink:
    secret = await new_link(connection, account.district, account.id)
    return SignInLink(path=link_address(secret), expires_at=datetime.now(UTC) + LINK_LASTS)
