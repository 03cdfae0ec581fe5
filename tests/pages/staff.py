"""People of the sample district at work: accounts made as the product makes them, signed in over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from api.guards import SESSION_COOKIE
from api.identity import Grant, Role
from api.ids import new_id
from api.settings import Settings
from api.sign_in import new_link, sign_in_with_link
from api.store.accounts import create_account, set_grants
from api.store.database import driver_transaction, open_engine, transaction
from tests.aside import aside
from tests.pages.site import Site

DISTRICT = "990101"
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody signed in: his requests, and the session that a browser of his would hold."""

    client: httpx.Client
    session: str

    def get(self, address: str, **query: Any) -> Any:
        """Ask the server."""
        return self._told(self.client.get(f"/api/v1{address}", params=query))

    def post(self, address: str, **body: Any) -> Any:
        """Do something."""
        return self._told(self.client.post(f"/api/v1{address}", json=body))

    @staticmethod
    def _told(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()


def sign_in(
    site: Site,
    role: Role,
    area: str = DISTRICT,
    person: UUID | None = None,
    called: str | None = None,
    **place: str,
) -> Worker:
    """Make an account with one role in one place and sign it in by a one-time link."""
    link = mint_link(site, role, area, person, called, **place)
    client = httpx.Client(base_url=site.url, headers={"X-Requested-With": "tests"}, timeout=PATIENCE_S)
    answer = client.post("/api/v1/session/link", json={"link": link})
    assert answer.status_code == 201, answer.text
    return Worker(client, client.cookies[SESSION_COOKIE])


def mint_link(
    site: Site,
    role: Role,
    area: str = DISTRICT,
    person: UUID | None = None,
    called: str | None = None,
    **place: str,
) -> str:
    """Make an account with one role in one place; the secret of its one-time link."""
    return aside(_mint(site, Grant(role, area, **place), person, called))


async def _mint(site: Site, grant: Grant, person: UUID | None, called: str | None) -> str:
    engine = open_engine(site.settings.database_url)
    try:
        async with transaction(engine) as connection:
            account = new_id()
            name = f"{grant.role}-{account.hex[-8:]}"
            await create_account(
                connection,
                DISTRICT,
                account,
                name=name,
                display_name=called or name,
                created_by="tests",
                person=person,
            )
            await set_grants(connection, DISTRICT, account, [grant], "tests")
            return (await new_link(connection, DISTRICT, account)).text
    finally:
        await engine.dispose()


def report(reporter: Worker, *, lon: float, lat: float, category: str = "E0104", **more: Any) -> Any:
    """Report a finding and return the case it became."""
    found = {
        "client_id": f"tests-{uuid4().hex}",
        "category": category,
        "lon": lon,
        "lat": lat,
        "found_at": datetime.now(UTC).isoformat(),
    }
    return reporter.post("/findings", **(found | more))["case"]


def person_of_post(settings: Settings, post: str) -> UUID:
    """Somebody of the sample with that post."""

    async def find() -> UUID:
        engine = open_engine(settings.database_url)
        try:
            async with driver_transaction(engine) as driver:
                person: UUID = await driver.fetchval(
                    "SELECT id FROM person WHERE district = $1 AND post = $2 AND active ORDER BY id LIMIT 1",
                    DISTRICT,
                    post,
                )
                return person
        finally:
            await engine.dispose()

    return aside(find())


def new_session(settings: Settings, person: UUID) -> str:
    """Sign a grid worker's account in once more, the same account each time; what a browser would hold."""

    async def sign() -> str:
        engine = open_engine(settings.database_url)
        try:
            async with transaction(engine) as connection:
                name = f"phone-{person}"
                account = UUID(int=person.int ^ 1)
                known = await connection.execute(
                    text("SELECT id FROM account WHERE id = :id"), {"id": account}
                )
                if known.first() is None:
                    await create_account(
                        connection,
                        DISTRICT,
                        account,
                        name=name,
                        display_name=name,
                        created_by="tests",
                        person=person,
                    )
                    grant = Grant(Role.GRID_WORKER, DISTRICT)
                    await set_grants(connection, DISTRICT, account, [grant], "tests")
                link = await new_link(connection, DISTRICT, account)
            begun = await sign_in_with_link(engine, DISTRICT, secret=link.text, address="tests")
            return begun.secret.text
        finally:
            await engine.dispose()

    return aside(sign())
