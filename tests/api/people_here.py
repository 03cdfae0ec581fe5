"""Accounts to test with: made in the store as the product makes them, signed in over HTTP."""

from uuid import UUID

import httpx
from fastapi import FastAPI

from api.identity import Grant, Role
from api.ids import new_id
from api.sign_in import new_link
from api.store.accounts import create_account, set_grants
from api.store.database import transaction
from tests.api.serving import engine_in

DISTRICT = "990101"
OWN_HEADER = {"X-Requested-With": "tests"}


async def make_account(app: FastAPI, name: str, *grants: Grant, person: UUID | None = None) -> UUID:
    """Make an account with these grants and no password."""
    account = new_id()
    async with transaction(engine_in(app)) as connection:
        await create_account(
            connection, DISTRICT, account, name=name, display_name=name, created_by="tests", person=person
        )
        await set_grants(connection, DISTRICT, account, grants, "tests")
    return account


async def client_of(app: FastAPI, account: UUID) -> httpx.AsyncClient:
    """A client that is signed in to the account by a one-time link."""
    async with transaction(engine_in(app)) as connection:
        link = await new_link(connection, DISTRICT, account)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
        base_url="http://yilu.test",
        headers=OWN_HEADER,
    )
    answer = await client.post("/api/v1/session/link", json={"link": link.text})
    assert answer.status_code == 201, answer.text
    return client


async def sign_in_as(app: FastAPI, role: Role, area: str = DISTRICT, **place: str) -> httpx.AsyncClient:
    """A client signed in to a new account that holds one role in one place."""
    account = await make_account(app, f"{role}-{new_id().hex[-8:]}", Grant(role, area, **place))
    return await client_of(app, account)
