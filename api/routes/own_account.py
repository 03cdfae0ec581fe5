"""What somebody does to his own account: password, second factor, tokens for programs."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.credentials import (
    TOKEN_PREFIX,
    check_password_strength,
    enrolment_address,
    hash_password,
    new_code_key,
    new_secret,
)
from api.dependencies import Engine, Keys, SettingsOfRequest, Transaction
from api.errors import NotFoundError
from api.guards import AccessOfRequest, require
from api.identity import Permission, Principal, may
from api.ids import new_id
from api.refusals import ConflictingChangeError, NotAllowedError, UnusableValueError, WrongCredentialsError
from api.routes.account_shapes import Session, ShortText
from api.sign_in import address_of, check_code, check_password, count_failure, refuse_guessing
from api.store import accounts, sessions
from api.store.audit import record

router = APIRouter(prefix="/api/v1", tags=["own account"])

Self = Annotated[Principal, require(Permission.MANAGE_OWN_ACCOUNT)]

MAX_TOKEN_DAYS = 366
NOT_FOR_TOKENS = frozenset({Permission.MANAGE_OWN_ACCOUNT})
"""A token that could make tokens would never end."""


class NewPassword(BaseModel):
    """The old password proves that it is you; after a one-time link it is not asked for."""

    old: Annotated[str, Field(max_length=1000)] = ""
    new: Annotated[str, Field(max_length=1000)]


class Code(BaseModel):
    """Six digits from the authenticator."""

    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class Enrolment(BaseModel):
    """The key for the authenticator, shown until it is confirmed by a first code."""

    key: str
    address: str


class TokenShown(BaseModel):
    """A program's token without its secret."""

    id: UUID
    name: str
    scopes: list[Permission]
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, token: sessions.AccessToken) -> "TokenShown":
        """Show a token."""
        return cls(
            id=token.id,
            name=token.name,
            scopes=sorted(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
        )


class TokenMade(TokenShown):
    """A new token with its secret, which is never shown again."""

    token: str


class NewToken(BaseModel):
    """What a new token is for and how long it is good."""

    name: ShortText
    scopes: Annotated[frozenset[Permission], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=MAX_TOKEN_DAYS)] = 90


@router.put("/session/password", status_code=204)
async def change_password(
    body: NewPassword, principal: Self, connection: Transaction, access: AccessOfRequest
) -> None:
    """Choose a password; the account's other sessions end."""
    account = await _own_account(connection, principal)
    check_password_strength(body.new, account.name)
    known = await accounts.find_secrets(connection, principal.district, account.id)
    by_link = principal.session is not None and await sessions.session_is_by_link(
        connection, principal.district, principal.session
    )
    if not by_link and not await check_password(body.old, known.password_hash if known else None):
        raise WrongCredentialsError
    password_hash = await asyncio.to_thread(hash_password, body.new)
    await accounts.set_password_hash(connection, principal.district, account.id, password_hash)
    await sessions.end_other_sessions(connection, principal.district, account.id, principal.session)
    await record(connection, principal, "account.password", str(account.id))
    access.forget()


@router.post("/session/second-factor", status_code=201)
async def begin_second_factor(
    principal: Self, connection: Transaction, settings: SettingsOfRequest, keys: Keys
) -> Enrolment:
    """Draw a key for an authenticator; it counts once a first code has confirmed it."""
    account = await _own_account(connection, principal)
    if account.has_second_factor:
        raise ConflictingChangeError(
            "The account has a second factor already; the administrator can take it away",
            "该账号已设置动态验证码，如需重设请联系管理员",
        )
    key = new_code_key()
    sealed = keys.seal(key)
    await accounts.set_code_key(connection, principal.district, account.id, sealed, confirmed=False)
    return Enrolment(key=key, address=enrolment_address(key, f"Yilu {settings.district_code}", account.name))


@router.put("/session/second-factor")
async def give_second_factor(
    body: Code,
    request: Request,
    principal: Self,
    engine: Engine,
    connection: Transaction,
    access: AccessOfRequest,
    keys: Keys,
) -> Session:
    """Confirm a new key, or give the code that the session still lacks."""
    account = await _own_account(connection, principal)
    await refuse_guessing(connection, principal.district, account.name, address_of(request))
    if not await check_code(connection, principal.district, account.id, body.code, keys):
        await count_failure(engine, principal.district, account.name, address_of(request))
        raise WrongCredentialsError
    if not account.has_second_factor:
        known = await accounts.find_secrets(connection, principal.district, account.id)
        key = known.code_key if known else None
        await accounts.set_code_key(connection, principal.district, account.id, key, confirmed=True)
        await record(connection, principal, "account.second-factor", str(account.id))
    assert principal.session is not None, "only a session manages its account"
    await sessions.confirm_second_factor(connection, principal.district, principal.session)
    access.forget()
    return Session.of(replace(principal, awaits_second_factor=False))


@router.get("/tokens")
async def list_tokens(principal: Self, connection: Transaction) -> list[TokenShown]:
    """List one's own tokens for programs."""
    account = await _own_account(connection, principal)
    return [
        TokenShown.of(token) for token in await sessions.list_tokens(connection, account.district, account.id)
    ]


@router.post("/tokens", status_code=201)
async def make_token(body: NewToken, principal: Self, connection: Transaction) -> TokenMade:
    """Make a token for a program. Its secret is shown this once."""
    account = await _own_account(connection, principal)
    if beyond := [scope for scope in body.scopes if scope in NOT_FOR_TOKENS or not may(principal, scope)]:
        raise UnusableValueError(
            f"A token cannot do what its account may not: {', '.join(sorted(beyond))}",
            f"令牌不能超出账号自身的权限：{'、'.join(sorted(beyond))}",
        )
    now = datetime.now(UTC)
    secret = new_secret(TOKEN_PREFIX)
    token = sessions.AccessToken(new_id(), body.name, body.scopes, now, now + timedelta(days=body.days))
    await sessions.add_token(connection, account.district, account.id, token, secret.digest)
    await record(
        connection, principal, "token.create", str(token.id), details={"scopes": sorted(body.scopes)}
    )
    return TokenMade(**TokenShown.of(token).model_dump(), token=secret.text)


@router.delete("/tokens/{token}", status_code=204)
async def revoke_token(
    token: UUID, principal: Self, connection: Transaction, access: AccessOfRequest
) -> None:
    """Take a token away; programs that use it are refused within a second or two."""
    account = await _own_account(connection, principal)
    if not await sessions.revoke_token(connection, account.district, account.id, token):
        raise NotFoundError("token", "令牌")
    await record(connection, principal, "token.revoke", str(token))
    access.forget()


async def _own_account(connection: AsyncConnection, principal: Principal) -> accounts.Account:
    """Return the account of whoever asks, in person: a program's token manages no account."""
    if principal.account is None or principal.session is None:
        raise NotAllowedError
    account = await accounts.find_account(connection, principal.district, principal.account)
    if account is None:
        raise NotAllowedError
    return account
