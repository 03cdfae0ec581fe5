"""The drill's switch and what it leaves: marked, cleared in one act, and never where anything real is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.drill_accounts import drill_link, people_with_accounts
from api.identity import Grant, Role
from api.store import drill
from api.store.database import driver_transaction
from api.store.feed import newest_place
from tests.api import small_district
from tests.api.people_here import DISTRICT, OWN_HEADER, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

WORKER = UUID(int=103)
HERE = {"lon": 112.002, "lat": 37.005}


class Stage(NamedTuple):
    """The small district with one worker on duty, an operator, and the drill's own phone of that worker."""

    app: FastAPI
    operator: httpx.AsyncClient
    played: httpx.AsyncClient


@pytest.fixture
async def stage(database: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute(
                """INSERT INTO person (district, id, name, post, area, capacity, station)
                   VALUES ('990101', $1, '丙网格员', 'grid_worker', '990101001001', 3,
                           'SRID=4326;POINT(112.002 37.006)')""",
                WORKER,
            )
            await drill.want_at_first(driver, DISTRICT)
        grants = (Grant(Role.GRID_WORKER, "990101001001"),)
        link = await drill_link(engine_in(app), DISTRICT, "drill-worker", "丙", grants, WORKER)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://yilu.test", headers=OWN_HEADER
        ) as played:
            assert (await played.post("/api/v1/session/link", json={"link": link})).status_code == 201
            assert (await played.post("/api/v1/shifts/on")).status_code == 200
            yield Stage(app, await sign_in_as(app, Role.OPERATOR), played)


async def attach(app: FastAPI) -> None:
    """Say what a process says that plays."""
    async with driver_transaction(engine_in(app)) as driver:
        await drill.stay_alive(driver, DISTRICT, playing=True, awake=3, tally={"requests": 7})


async def report(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    found = {
        "client_id": f"tests-{uuid4().hex}",
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        **HERE,
        **more,
    }
    answer = await client.post("/api/v1/findings", json=found)
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()["case"]
    return case


async def load_of(app: FastAPI) -> int:
    async with driver_transaction(engine_in(app)) as driver:
        load: int = await driver.fetchval("SELECT load FROM person WHERE id = $1", WORKER)
        return load


async def test_only_what_an_account_of_the_drill_reports_is_marked(stage: Stage) -> None:
    assert (await report(stage.played))["drill"] is True
    assert (await report(stage.operator))["drill"] is False


async def test_clearing_takes_the_drills_cases_and_no_other(stage: Stage) -> None:
    patrol = uuid4()
    begun = await stage.played.post("/api/v1/patrols", json={"id": str(patrol), "street": "lane-0"})
    assert begun.status_code == 201, begun.text
    real = await report(stage.operator)
    held_by_real_work = await load_of(stage.app)
    played = [await report(stage.played, patrol=str(patrol)) for _ in range(2)]
    assert await load_of(stage.app) > held_by_real_work
    async with driver_transaction(engine_in(stage.app)) as driver:
        before = await newest_place(driver, DISTRICT)
    answer = await stage.operator.delete("/api/v1/drill/cases")
    assert answer.status_code == 200, answer.text
    assert answer.json()["cases"] == answer.json()["findings"] == 2
    assert answer.json()["patrols"] == 1
    listed = (await stage.operator.get("/api/v1/cases")).json()["items"]
    assert [case["id"] for case in listed] == [real["id"]]
    assert (await stage.operator.get(f"/api/v1/cases/{played[0]['id']}")).status_code == 404
    assert await load_of(stage.app) == held_by_real_work
    async with driver_transaction(engine_in(stage.app)) as driver:
        assert (await newest_place(driver, DISTRICT)).epoch == before.epoch + 1
        for table in ("task", "timer", "notice", "case_event"):
            strays = await driver.fetchval(
                f"SELECT count(*) FROM {table} WHERE case_id <> $1",
                UUID(real["id"]),
            )
            assert strays == 0, table
        kept = await driver.fetch("SELECT act, details::text FROM audit_entry WHERE act = 'drill.clear'")
    assert len(kept) == 1
    assert '"cases": 2' in kept[0]["details"]
    again = await stage.operator.delete("/api/v1/drill/cases")
    assert again.json() == {"cases": 0, "findings": 0, "events": 0, "patrols": 0}


async def test_the_switch_says_what_stands_in_the_way(stage: Stage) -> None:
    refused = await stage.operator.put("/api/v1/drill", json={"on": True})
    assert refused.status_code == 409
    assert "--no-drill" in refused.json()["detail"]
    await attach(stage.app)
    card = (await stage.operator.put("/api/v1/drill", json={"on": True, "pace": 10, "phones": 200})).json()
    assert (card["wanted"], card["pace"], card["phones"]) == (True, 10, 200)
    assert (await stage.operator.put("/api/v1/drill", json={"on": False})).json()["wanted"] is False
    for wrong in ({"on": True, "pace": 0.5}, {"on": True, "phones": 0}, {}):
        assert (await stage.operator.put("/api/v1/drill", json=wrong)).status_code == 422
    part = await sign_in_as(stage.app, Role.OPERATOR, "990101001")
    assert (await part.put("/api/v1/drill", json={"on": False})).status_code == 403
    chief = await sign_in_as(stage.app, Role.SUPERVISOR)
    assert (await chief.put("/api/v1/drill", json={"on": False})).status_code == 403


async def test_everybody_is_told_while_it_plays(stage: Stage) -> None:
    transport = httpx.ASGITransport(app=stage.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://yilu.test") as nobody:
        assert (await nobody.get("/api/v1/drill")).json()["playing"] is False
        await attach(stage.app)
        assert (await nobody.get("/api/v1/drill")).json()["playing"] is True
        async with driver_transaction(engine_in(stage.app)) as driver:
            await driver.execute("UPDATE drill SET alive_until = now() - interval '1 second'")
        assert (await nobody.get("/api/v1/drill")).json()["playing"] is False, "its process died"


async def test_nothing_is_played_once_a_real_district_was_imported(stage: Stage) -> None:
    await attach(stage.app)
    async with driver_transaction(engine_in(stage.app)) as driver:
        await driver.execute("INSERT INTO district VALUES ('140106', '某区', 'Some district', false)")
        state = await drill.read_drill(driver, DISTRICT)
    assert state.wanted
    assert not state.possible
    refused = await stage.operator.put("/api/v1/drill", json={"on": True})
    assert refused.status_code == 409
    assert "real district" in refused.json()["detail"]
    assert (await stage.operator.get("/api/v1/drill")).json()["possible"] is False


async def test_whoever_has_an_account_of_his_own_is_not_played(stage: Stage) -> None:
    assert await people_with_accounts(engine_in(stage.app), DISTRICT) == frozenset()
    await make_account(stage.app, "own", Grant(Role.GRID_WORKER, "990101001001"), person=WORKER)
    assert await people_with_accounts(engine_in(stage.app), DISTRICT) == {WORKER}
