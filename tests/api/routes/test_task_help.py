"""What helps on the way: the road there, the order of a round, whom to call, evidence that came too late."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import geopandas as gpd
import httpx
import pytest
from fastapi import FastAPI
from shapely import LineString

from api.identity import Grant, Role
from api.store.database import driver_transaction
from api.store.people import (
    PersonRecord,
    RosterLine,
    TaskForceRecord,
    save_people,
    save_roster,
    save_task_forces,
)
from api.store.roads import save_roads
from geo.coordinates import WGS84
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

CHIEF, STEWARD, SQUAD = UUID(int=301), UUID(int=302), UUID(int=303)
SOUTH, MIDDLE, NORTH = (112.002, 37.003), (112.002, 37.008), (112.002, 37.012)


class Lane(NamedTuple):
    """Lane 0 with its chief and two members on shift, each with a signed-in phone."""

    app: FastAPI
    chief: httpx.AsyncClient
    phones: dict[str, httpx.AsyncClient]
    operator: httpx.AsyncClient


def _roads() -> gpd.GeoDataFrame:
    """The lane from south to north, and a crossing street in its middle."""
    lines = [
        [(112.002, 37.001), (112.002, 37.006)],
        [(112.002, 37.006), (112.002, 37.03)],
        [(112.0, 37.006), (112.002, 37.006)],
    ]
    nodes = {place: number for number, place in enumerate(dict.fromkeys(chain(*lines)))}
    return gpd.GeoDataFrame(
        {
            "id": range(1, 4),
            "u": [nodes[a] for a, _ in lines],
            "v": [nodes[b] for _, b in lines],
            "class": "residential",
            "name": ["甲巷", "甲巷", "横街"],
        },
        geometry=[LineString(line) for line in lines],
        crs=WGS84,
    )


@pytest.fixture
async def lane(database: str, tmp_path: Path) -> AsyncIterator[Lane]:
    now = datetime.now(UTC)
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        area = "990101001"
        people = [
            PersonRecord(CHIEF, "王街长", "Chief Wang", "street_chief", area, "555 0101", street="lane-0"),
            PersonRecord(STEWARD, "李管家", "Steward Li", "alley_steward", area, street="lane-0"),
            PersonRecord(SQUAD, "赵队员", "Member Zhao", "enforcement_squad", area, street="lane-0"),
        ]
        async with driver_transaction(engine_in(app)) as driver:
            await save_people(driver, DISTRICT, people)
            force = TaskForceRecord(uuid4(), "lane-0", "甲巷专班", "Lane 0", CHIEF, (STEWARD, SQUAD))
            await save_task_forces(driver, DISTRICT, [force])
            span = (now - timedelta(hours=1), now + timedelta(hours=8))
            await save_roster(driver, DISTRICT, [RosterLine(uuid4(), one, *span) for one in (STEWARD, SQUAD)])
            await save_roads(driver, DISTRICT, _roads(), by="test", source="test")
        phones = {}
        for person in (STEWARD, SQUAD):
            grant = Grant(Role.TASK_FORCE_MEMBER, area, "lane-0")
            phones[str(person)] = await client_of(
                app, await make_account(app, f"phone-{person.int}", grant, person=person)
            )
        chief = await client_of(
            app, await make_account(app, "chief", Grant(Role.STREET_CHIEF, area, "lane-0"), person=CHIEF)
        )
        yield Lane(app, chief, phones, await sign_in_as(app, Role.OPERATOR))


async def report(client: httpx.AsyncClient, at: tuple[float, float]) -> Any:
    finding = {
        "client_id": f"tests-{uuid4().hex}",
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": at[0],
        "lat": at[1],
    }
    answer = await client.post("/api/v1/findings", json=finding)
    assert answer.status_code == 201, answer.text
    return answer.json()["case"]


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def test_the_way_follows_the_roads_and_waits_for_them(lane: Lane) -> None:
    case = await report(lane.operator, NORTH)
    phone = lane.phones[case["holder"]]
    address = f"/api/v1/tasks/{case['task']}/way"
    here = {"lon": 112.0005, "lat": 37.006}
    assert (await phone.get(address, params=here)).status_code == 503
    await lane.app.state.roads.step()
    way = (await phone.get(address, params=here)).json()
    assert [step["name"] for step in way["steps"]] == ["横街", "甲巷"]
    assert way["line"][0] == pytest.approx([112.0005, 37.006], abs=1e-5)
    assert way["line"][-1] == pytest.approx(list(NORTH), abs=1e-5)
    assert way["length_m"] == pytest.approx(133 + 666, rel=0.02)
    assert way["seconds"] == pytest.approx(way["length_m"] / 1.2, rel=0.05)
    other = next(one for holder, one in lane.phones.items() if holder != case["holder"])
    stranger = await sign_in_as(lane.app, Role.GRID_WORKER, "990101002")
    assert (await other.get(address, params=here)).status_code in {403, 404}
    assert (await stranger.get(address, params=here)).status_code == 404
    assert (await phone.get(address, params={"lon": 999, "lat": 0})).status_code == 422


async def test_a_round_is_the_shortest_walk_through_ones_tasks(lane: Lane) -> None:
    await lane.app.state.roads.step()
    cases = [await report(lane.operator, at) for at in (NORTH, SOUTH, MIDDLE)]
    holder = cases[0]["holder"]
    for case in cases[1:]:
        if case["holder"] != holder:
            await post(lane.chief, f"cases/{case['id']}/reassign", responder=holder, reason="顺路")
    here = {"lon": 112.002, "lat": 37.002}
    found = (await lane.phones[holder].get("/api/v1/tasks/round", params=here)).json()
    tasks = {one["task"]["id"]: one for one in (await lane.phones[holder].get("/api/v1/tasks")).json()}
    ordered = [tasks[stop["task"]]["case"]["at"][1] for stop in found["stops"]]
    assert ordered == [SOUTH[1], MIDDLE[1], NORTH[1]]
    assert found["walk_s"] == pytest.approx(found["stops"][-1]["arrives_s"])
    assert not any(stop["late"] for stop in found["stops"])


async def test_a_chief_hands_a_case_from_one_member_to_the_other(lane: Lane) -> None:
    case = await report(lane.operator, MIDDLE)
    first = case["holder"]
    second = next(one for one in lane.phones if one != first)
    await post(lane.phones[first], f"tasks/{case['task']}/accept")
    bare = await lane.chief.post(f"/api/v1/cases/{case['id']}/reassign", json={"responder": second})
    assert (bare.status_code, bare.json()["type"]) == (422, "/problems/reason-missing")
    moved = await post(lane.chief, f"cases/{case['id']}/reassign", responder=second, reason="他在路口")
    assert (moved["state"], moved["holder"]) == ("offered", second)
    assert (await lane.phones[first].get("/api/v1/tasks")).json() == []
    card = (await lane.operator.get(f"/api/v1/cases/{case['id']}")).json()
    assert [one["action"] for one in card["history"][-2:]] == ["withdraw", "offer"]
    people = (await lane.operator.get("/api/v1/people", params={"street": "lane-0"})).json()["items"]
    assert {one["id"]: one["load"] for one in people} == {str(CHIEF): 0, first: 0, second: 1}


async def test_whom_to_call_is_said_and_the_look_is_recorded(lane: Lane) -> None:
    case = await report(lane.operator, MIDDLE)
    phone = lane.phones[case["holder"]]
    (chief,) = (await phone.get(f"/api/v1/tasks/{case['task']}/contacts")).json()
    assert (chief["why"], chief["name"], chief["phone"]) == ("chief", "王街长", "555 0101")
    async with driver_transaction(engine_in(lane.app)) as driver:
        assert await driver.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'look:phones'") == 1


async def test_evidence_that_came_too_late_is_kept_with_the_case(lane: Lane) -> None:
    case = await report(lane.operator, MIDDLE)
    first, task = case["holder"], case["task"]
    second = next(one for one in lane.phones if one != first)
    await post(lane.phones[first], f"tasks/{task}/accept")
    await post(lane.chief, f"cases/{case['id']}/reassign", responder=second, reason="联系不上")
    late = await lane.phones[first].post(
        f"/api/v1/tasks/{task}/resolve", json={"outcome": "persuaded", "photographs": ["d" * 64]}
    )
    assert late.status_code in {403, 409}, late.text
    body = {"reason": "已当场劝离", "photographs": ["d" * 64], "client_id": f"late-{uuid4().hex}"}
    for _ in range(2):
        kept = await post(lane.phones[first], f"tasks/{task}/evidence", **body)
        assert kept["photographs"] == ["d" * 64]
        assert kept["state"] == "offered"
    card = (await lane.operator.get(f"/api/v1/cases/{case['id']}")).json()
    assert [one["action"] for one in card["history"]].count("photograph") == 1
    assert card["history"][-1]["reason"] == "已当场劝离"
    other = await lane.phones[second].post(f"/api/v1/tasks/{task}/evidence", json=body)
    assert other.status_code == 403


async def test_whoever_handles_it_whistles_and_asks_for_time(lane: Lane) -> None:
    case = await report(lane.operator, MIDDLE)
    holder = case["holder"]
    await post(lane.phones[holder], f"tasks/{case['task']}/accept")
    asked = await lane.phones[holder].post(f"/api/v1/cases/{case['id']}/ask-for-time", json={})
    assert asked.json()["type"] == "/problems/reason-missing"
    await post(lane.phones[holder], f"cases/{case['id']}/ask-for-time", reason="等吊车")
    await post(
        lane.phones[holder], f"cases/{case['id']}/whistle", departments=["fire_rescue"], reason="需消防到场"
    )
    card = (await lane.chief.get(f"/api/v1/cases/{case['id']}")).json()
    assert [one["action"] for one in card["history"][-2:]] == ["ask_for_time", "call_whistle"]
    (whistle,) = card["whistles"]
    contact = await sign_in_as(lane.app, Role.DEPARTMENT_CONTACT, department="fire_rescue")
    step = {"department": "fire_rescue"}
    address = f"whistles/{whistle['id']}"
    plea = await post(contact, f"{address}/ask-for-release", **step, reason="属供电部门职责")
    assert plea["state"] == "accepted"
    await post(contact, f"{address}/report-in", **step)
    far = {"lon": 112.03, "lat": 37.03}
    refused = await contact.post(f"/api/v1/{address}/arrive", json=step | far)
    assert (refused.status_code, "米" in refused.json()["detail_zh"]) == (409, True)
    await post(contact, f"{address}/arrive", **step, lon=MIDDLE[0], lat=MIDDLE[1])
    done = await post(contact, f"{address}/done", **step, reason="已排除", photographs=["e" * 64])
    assert "e" * 64 in done["photographs"]
    card = (await lane.chief.get(f"/api/v1/cases/{case['id']}")).json()
    assert card["whistles"][0]["calls"][0]["standing"] == "done"
    late = await contact.post(f"/api/v1/{address}/ask-for-release", json=step | {"reason": "不需要"})
    assert late.status_code == 409
