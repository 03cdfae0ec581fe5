"""One link for each role, which works."""

from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from api.identity import Role
from api.sample_accounts import sample_sign_in_links
from api.store.database import driver_transaction, transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


async def test_each_role_gets_a_link_to_somebody_of_the_staff(database: str, tmp_path: Path) -> None:
    chief = uuid4()
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute(
                "INSERT INTO person (district, id, name, post, area)"
                " VALUES ($1, $2, '李强', 'street_chief', $3)",
                DISTRICT,
                chief,
                small_district.SUBDISTRICT,
            )
            await driver.execute(
                "INSERT INTO task_force (district, id, street, name, chief)"
                " VALUES ($1, $2, 'lane-1', '乙巷', $3)",
                DISTRICT,
                uuid4(),
                chief,
            )
        for _ in range(2):
            async with transaction(engine_in(app)) as connection:
                links = await sample_sign_in_links(connection, DISTRICT)
        assert set(links) == set(Role)
        sessions = {}
        for role, link in links.items():
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://yilu.test") as client:
                secret = link.removeprefix("/sign-in#link=")
                sessions[role] = (await client.post("/api/v1/session/link", json={"link": secret})).json()
    assert {session["grants"][0]["role"] for session in sessions.values()} == set(Role)
    assert sessions[Role.STREET_CHIEF]["person"] == str(chief)
    assert sessions[Role.STREET_CHIEF]["grants"][0]["street"] == "lane-1"
