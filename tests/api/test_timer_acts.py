"""What timers do by themselves, on the real store with the clock moved: the last ring is the whistle."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.casework import Casework
from api.identity import Role
from api.store.cases import list_whistles
from api.store.database import driver_transaction
from api.timer_acts import TimerActs
from api.timers import Timers
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


async def report(operator: httpx.AsyncClient) -> str:
    """A finding that nobody can be sent to: the district has no people."""
    finding = {
        "client_id": "phone-00001", "category": "E0401", "found_at": datetime.now(UTC).isoformat(),
        "lon": 112.002, "lat": 37.005,
    }  # fmt: skip
    answer = await operator.post("/api/v1/findings", json=finding)
    assert answer.json()["case"]["state"] == "filed"
    case: str = answer.json()["case"]["id"]
    return case


async def fire_after(app: FastAPI, minutes: int) -> int:
    """Fire what is due that long from now."""
    work: Casework = app.state.casework
    later = datetime.now(UTC) + timedelta(minutes=minutes)
    work.clock = lambda: later
    acts = TimerActs(work, work.dispatcher)  # type: ignore[arg-type]  # the server's own dispatcher
    return await Timers(engine_in(app), DISTRICT, acts.fire, lambda: later).step()


async def test_where_nobody_is_found_for_long_the_departments_are_called_once(app: FastAPI) -> None:
    operator = await sign_in_as(app, Role.OPERATOR)
    contact = await sign_in_as(app, Role.DEPARTMENT_CONTACT, department="urban_management")
    case = await report(operator)
    assert await fire_after(app, 6) >= 1
    assert (await contact.get("/api/v1/whistles")).json() == []
    await fire_after(app, 31)
    await fire_after(app, 40)
    async with driver_transaction(engine_in(app)) as driver:
        (whistle,) = await list_whistles(driver, DISTRICT, case)  # type: ignore[arg-type]  # asyncpg reads it
    assert whistle.matter == "heavy_disorder"
    assert [call.department for call in whistle.calls if call.obligatory] == ["urban_management"]
    (mine,) = (await contact.get("/api/v1/whistles")).json()
    assert str(whistle.id) in str(mine)
    card = (await operator.get(f"/api/v1/cases/{case}")).json()
    assert card["state"] == "filed"
    blown = [event for event in card["history"] if event["action"] == "call_whistle"]
    assert [event["actor_post"] for event in blown] == ["system"]
