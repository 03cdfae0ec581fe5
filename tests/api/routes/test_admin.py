"""People, task forces, rosters, centres and closures as administrators keep them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Role
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

SUBDISTRICT = str(small_district.SUBDISTRICT)
GRID = str(small_district.grid_code(1))
INSIDE = {"lon": 112.005, "lat": 37.005}


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


@pytest.fixture
async def keeper(app: FastAPI) -> httpx.AsyncClient:
    return await sign_in_as(app, Role.ADMINISTRATOR)


async def add_person(keeper: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    body = {"name": "李强", "post": "grid_worker", "area": GRID, "phone": "555 0101", **values}
    answer = await keeper.post("/api/v1/people", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_people_are_kept_and_their_numbers_shown_by_need(
    app: FastAPI, keeper: httpx.AsyncClient
) -> None:
    person = await add_person(keeper)
    changed = await keeper.patch(f"/api/v1/people/{person['id']}", json={"capacity": 5, "street": "lane-1"})
    assert changed.json()["capacity"] == 5
    assert (await keeper.patch(f"/api/v1/people/{person['id']}", json={"name": None})).status_code == 422
    auditor = await sign_in_as(app, Role.AUDITOR)
    seen = (await auditor.get("/api/v1/people")).json()["items"]
    assert [(item["name"], item["phone"]) for item in seen] == [("李强", None)]
    operator = await sign_in_as(app, Role.OPERATOR)
    assert (await operator.get(f"/api/v1/people/{person['id']}")).json()["phone"] == "555 0101"
    looks = (await auditor.get("/api/v1/audit?act=look:")).json()["items"]
    assert looks[0]["about"] == person["id"]


async def test_nobody_is_kept_beyond_ones_area(app: FastAPI, keeper: httpx.AsyncClient) -> None:
    person = await add_person(keeper)
    neighbour = await sign_in_as(app, Role.ADMINISTRATOR, "990101002")
    assert (await neighbour.get(f"/api/v1/people/{person['id']}")).status_code == 404
    change = await neighbour.patch(f"/api/v1/people/{person['id']}", json={"capacity": 1})
    assert change.status_code == 404
    assert (await neighbour.get("/api/v1/people")).json()["items"] == []
    own = await sign_in_as(app, Role.ADMINISTRATOR, SUBDISTRICT)
    away = await own.patch(f"/api/v1/people/{person['id']}", json={"area": "990101002"})
    assert away.status_code == 403


async def test_people_page_through(keeper: httpx.AsyncClient) -> None:
    made = {(await add_person(keeper, name=f"p{number}"))["id"] for number in range(5)}
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await keeper.get("/api/v1/people", params={"limit": 2, "cursor": cursor})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == 5
    assert set(seen) == made


async def test_a_task_force_gets_its_chief_and_members(app: FastAPI, keeper: httpx.AsyncClient) -> None:
    chief, member = await add_person(keeper), await add_person(keeper, name="赵敏", post="police")
    task_force = uuid4()
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute(
            "INSERT INTO task_force (district, id, street, name) VALUES ('990101', $1, 'lane-1', '乙巷')",
            task_force,
        )
    body = {"chief": chief["id"], "members": [chief["id"], member["id"]]}
    changed = await keeper.put(f"/api/v1/task-forces/{task_force}", json=body)
    assert changed.status_code == 200, changed.text
    assert changed.json()["chief_name"] == "李强"
    stranger = {"chief": str(uuid4()), "members": []}
    assert (await keeper.put(f"/api/v1/task-forces/{task_force}", json=stranger)).status_code == 422
    own = await sign_in_as(app, Role.STREET_CHIEF, SUBDISTRICT, street="lane-1")
    assert (await own.put(f"/api/v1/task-forces/{task_force}", json=body)).status_code == 200
    other = await sign_in_as(app, Role.STREET_CHIEF, SUBDISTRICT, street="lane-2")
    assert (await other.put(f"/api/v1/task-forces/{task_force}", json=body)).status_code == 404
    people = (await own.get("/api/v1/people")).json()["items"]
    assert {item["name"] for item in people} == {"李强", "赵敏"}


async def test_rosters_do_not_cross_themselves(keeper: httpx.AsyncClient) -> None:
    person = await add_person(keeper)
    start = datetime.now(UTC).replace(microsecond=0)
    duty = {"person": person["id"], "starts_at": start.isoformat()}
    first = await keeper.post(
        "/api/v1/rosters", json={**duty, "ends_at": (start + timedelta(hours=8)).isoformat()}
    )
    assert first.status_code == 201
    crossing = {**duty, "starts_at": (start + timedelta(hours=7)).isoformat()}
    crossing["ends_at"] = (start + timedelta(hours=9)).isoformat()
    assert (await keeper.post("/api/v1/rosters", json=crossing)).status_code == 409
    endless = {**duty, "ends_at": (start + timedelta(days=30)).isoformat()}
    assert (await keeper.post("/api/v1/rosters", json=endless)).status_code == 422
    span = {"since": start.isoformat(), "until": (start + timedelta(days=1)).isoformat()}
    listed = (await keeper.get("/api/v1/rosters", params=span)).json()["items"]
    assert [item["name"] for item in listed] == ["李强"]
    assert (await keeper.delete(f"/api/v1/rosters/{first.json()['id']}")).status_code == 204
    assert (await keeper.get("/api/v1/rosters", params=span)).json()["items"] == []


async def test_centres_come_and_go_and_maps_learn_of_it(keeper: httpx.AsyncClient) -> None:
    body = {"name": "第一社区服务中心", "kind": "community_centre", **INSIDE}
    assert (await keeper.put("/api/v1/centres/c-1", json=body)).status_code == 200
    outside = await keeper.put("/api/v1/centres/c-2", json={**body, "lon": 10.0})
    assert outside.status_code == 422
    assert (await keeper.delete("/api/v1/centres/c-1")).status_code == 204
    assert (await keeper.delete("/api/v1/centres/c-1")).status_code == 404
    imports = (await keeper.get("/api/v1/imports")).json()
    assert "centre c-1 removed" in {item["source"] for item in imports}


async def test_roads_close_and_open(app: FastAPI, keeper: httpx.AsyncClient) -> None:
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute(
            "INSERT INTO dataset_version (district, dataset, version, loaded_by, source)"
            " VALUES ('990101', 'roads', 1, 'test', 'by hand')"
        )
        await driver.execute(
            "INSERT INTO road_edge (district, version, id, source, target, class, geom) VALUES"
            " ('990101', 1, 7, 1, 2, 'residential',"
            "  ST_GeomFromText('LINESTRING(112.004 37.005, 112.006 37.005)', 4326)),"
            " ('990101', 1, 9, 3, 4, 'residential',"
            "  ST_GeomFromText('LINESTRING(112.002 37.012, 112.002 37.02)', 4326))"
        )
    closed = await keeper.post("/api/v1/closures", json={**INSIDE, "why": "水管抢修"})
    assert closed.status_code == 201, closed.text
    standing = (await keeper.get("/api/v1/closures")).json()
    assert standing[0]["edges"] == [7]
    assert standing[0]["geometry"]["type"] == "LineString"
    by_street = await keeper.post("/api/v1/closures/preview", json={"street": "lane-0"})
    assert by_street.json()["edges"] == [9], by_street.text
    unknown = await keeper.post("/api/v1/closures/preview", json={"street": "lane-9"})
    assert unknown.status_code == 422, unknown.text
    nowhere = await keeper.post("/api/v1/closures", json={"lon": 112.03, "lat": 37.03, "why": "x"})
    assert nowhere.status_code == 422
    assert (await keeper.post("/api/v1/closures", json={"edges": [8], "why": "x"})).status_code == 422
    supervisor = await sign_in_as(app, Role.OPERATOR, SUBDISTRICT)
    assert (await supervisor.post("/api/v1/closures", json={**INSIDE, "why": "x"})).status_code == 403
    lift = f"/api/v1/closures/{closed.json()['id']}"
    assert (await keeper.delete(lift)).status_code == 204
    assert (await keeper.delete(lift)).status_code == 409
    assert (await keeper.get("/api/v1/closures")).json() == []
    assert len((await keeper.get("/api/v1/closures?past=true")).json()) == 1
