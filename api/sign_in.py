"""Signing in: by password and code, or by a one-time link; and the links themselves."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.credentials import Secret, digest_of, matching_step, new_secret, password_matches
from api.identity import Grant, Principal, Role, needs_second_factor
from api.ids import new_id
from api.keyring import Keyring
from api.refusals import SecondFactorNeededError, TooManyAttemptsError, WrongCredentialsError
from api.store import sessions
from api.store.accounts import (
    Account,
    create_account,
    find_account,
    find_account_named,
    find_secrets,
    list_second_factor_roles,
    set_grants,
    use_code_step,
)
from api.store.audit import record
from api.store.database import transaction

SESSION_LASTS = timedelta(hours=14)
"""A long shift; who works on signs in again."""

LINK_LASTS = timedelta(hours=24)
_HASHING_AT_ONCE = asyncio.Semaphore(4)
"""Each argon2 check takes 64 MiB: a flood of attempts must not take the machine's memory."""


class Way(StrEnum):
    """How somebody proved who he is."""

    PASSWORD = "password"  # noqa: S105 - a word, no secret
    LINK = "link"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun."""

    secret: Secret
    principal: Principal


async def sign_in_with_password(
    engine: AsyncEngine, district: str, keys: Keyring, *, name: str, password: str, code: str, address: str
) -> SignedIn:
    """Begin a session for whoever knows the password (and the code, where there is a second factor)."""
    now = datetime.now(UTC)
    async with transaction(engine) as connection:
        await refuse_guessing(connection, district, name, address)
        account = await find_account_named(connection, district, name)
        known = await find_secrets(connection, district, account.id) if account else None
    right = await check_password(password, known.password_hash if known else None)
    if not right or account is None or account.disabled_at is not None:
        await count_failure(engine, district, name, address)
        raise WrongCredentialsError
    try:
        async with transaction(engine) as connection:
            await _take_code(connection, account, code, keys)
            return await begin_session(connection, account, address=address, way=Way.PASSWORD, now=now)
    except WrongCredentialsError:
        await count_failure(engine, district, name, address)
        raise


async def check_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is right, found out beside the event loop."""
    async with _HASHING_AT_ONCE:
        return await asyncio.to_thread(password_matches, password, password_hash)


async def sign_in_with_link(engine: AsyncEngine, district: str, secret: str, *, address: str) -> SignedIn:
    """Begin a session for whoever holds a link that was not used yet."""
    now = datetime.now(UTC)
    async with transaction(engine) as connection:
        whose = await sessions.use_link(connection, district, digest_of(secret), now)
        account = await find_account(connection, district, whose) if whose else None
        if account is None:
            raise WrongCredentialsError
        return await begin_session(connection, account, address=address, way=Way.LINK, now=now)


async def begin_session(
    connection: AsyncConnection,
    account: Account,
    *,
    address: str,
    way: Way,
    now: datetime,
    provider_took_two: bool = False,
) -> SignedIn:
    """Begin a session; it can do nothing yet where a second factor is demanded that was not given."""
    chosen = await list_second_factor_roles(connection, account.district)
    passed_code = provider_took_two or (account.has_second_factor and way is Way.PASSWORD)
    awaits = (account.has_second_factor or needs_second_factor(account.grants, chosen)) and not passed_code
    secret, session = new_secret(), new_id()
    await sessions.start_session(
        connection,
        account.district,
        account.id,
        session=session,
        digest=secret.digest,
        now=now,
        lasts=SESSION_LASTS,
        address=address,
        by_link=way is Way.LINK,
        awaits_second_factor=awaits,
    )
    principal = Principal(
        account.district,
        account.id,
        account.display_name,
        account.person,
        account.grants,
        session=session,
        expires_at=now + SESSION_LASTS,
        awaits_second_factor=awaits,
    )
    await record(
        connection, principal, "session.begin", str(account.id), details={"by": way, "from": address}
    )
    return SignedIn(secret, principal)


async def check_code(
    connection: AsyncConnection, district: str, account: UUID, code: str, keys: Keyring
) -> bool:
    """Whether the code is the present one of the account's second factor; a right one is used up."""
    known = await find_secrets(connection, district, account)
    if known is None or known.code_key is None:
        return False
    step = matching_step(keys.open(known.code_key), code, datetime.now(UTC).timestamp(), known.last_code_step)
    if step is None:
        return False
    await use_code_step(connection, district, account, step)
    return True


async def new_link(
    connection: AsyncConnection, district: str, account: UUID, lasts: timedelta = LINK_LASTS
) -> Secret:
    """Make a link that signs the account in once; the page takes the secret from behind the `#`."""
    secret = new_secret()
    await sessions.add_link(connection, district, account, secret.digest, datetime.now(UTC) + lasts)
    return secret


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the server can tell."""
    return request.client.host if request.client else "local"


def link_address(secret: Secret) -> str:
    """Return the path of the page that uses the link; behind the `#` nothing is sent or logged."""
    return f"/sign-in#link={secret.text}"


async def mint_sign_in_links(
    connection: AsyncConnection, district: str, grants: Mapping[Role, tuple[Grant, UUID | None, str]]
) -> dict[Role, str]:
    """Return one new link for each role, making the account that it belongs to where it is missing.

    `grants`: for each role the grant, the person whose account it is, and what to call the account.
    """
    keeper = Principal(district, name="yilu up")
    links: dict[Role, str] = {}
    for role, (grant, person, display_name) in grants.items():
        account = await find_account_named(connection, district, role)
        if account is None:
            made = new_id()
            await create_account(
                connection,
                district,
                made,
                name=role,
                display_name=display_name,
                created_by=keeper.name,
                person=person,
            )
            await set_grants(connection, district, made, [grant], keeper.name)
            await record(connection, keeper, "account.create", str(made), details={"role": role})
        elif account.disabled_at is not None:
            continue
        whose = account.id if account else made
        links[role] = link_address(await new_link(connection, district, whose))
    return links


async def _take_code(connection: AsyncConnection, account: Account, code: str, keys: Keyring) -> None:
    if not account.has_second_factor:
        return
    if not code:
        raise SecondFactorNeededError
    if not await check_code(connection, account.district, account.id, code, keys):
        raise WrongCredentialsError


async def refuse_guessing(connection: AsyncConnection, district: str, name: str, address: str) -> None:
    """Raise where this name, or this address, has failed too often of late."""
    wait = await sessions.wait_before_next_attempt(connection, district, name, address, datetime.now(UTC))
    if wait is not None:
        raise TooManyAttemptsError(int(wait.total_seconds()))


async def count_failure(engine: AsyncEngine, district: str, name: str, address: str) -> None:
    """Count a failed attempt, in a transaction of its own: the request's own is rolled back."""
    async with transaction(engine) as connection:
        await sessions.add_failed_attempt(connection, district, new_id(), name, address, datetime.now(UTC))
        await record(connection, Principal(district), "session.refused", name[:80], details={"from": address})
