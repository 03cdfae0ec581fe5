"""Drawn shapes: what lies inside is counted, and roads along or inside are closed; dispatch heeds it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Role
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

AROUND = [[112.0, 37.0], [112.01, 37.0], [112.01, 37.01], [112.0, 37.01]]
BESIDE = [[112.02, 37.02], [112.03, 37.02], [112.03, 37.03]]
BOW_TIE = [[112.0, 37.0], [112.01, 37.01], [112.01, 37.0], [112.0, 37.01]]

ROADS = {
    7: "112.004 37.005, 112.006 37.005",
    8: "112.006 37.005, 112.008 37.005",
    9: "112.006 37.002, 112.006 37.005",
    10: "112.006 37.005, 112.006 37.008",
}
"""A lane in two pieces, and a cross street in two."""


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute(
                "INSERT INTO dataset_version (district, dataset, version, loaded_by, source)"
                " VALUES ('990101', 'roads', 1, 'test', 'by hand')"
            )
            for edge, line in ROADS.items():
                await driver.execute(
                    "INSERT INTO road_edge (district, version, id, source, target, class, name, geom) VALUES"
                    " ('990101', 1, $1, $1, $1, 'residential', '甲巷',"
                    "  ST_GeomFromText('LINESTRING(' || $2 || ')', 4326))",
                    edge,
                    line,
                )
        yield app


@pytest.fixture
async def desk(app: FastAPI) -> httpx.AsyncClient:
    return await sign_in_as(app, Role.OPERATOR)


async def report(desk: httpx.AsyncClient, lon: float, lat: float) -> None:
    found = {
        "client_id": f"shape-{lon}-{lat}",
        "category": "E0401",
        "lon": lon,
        "lat": lat,
        "found_at": datetime.now(UTC).isoformat(),
        "source": "hotline",
    }
    answer = await desk.post("/api/v1/findings", json=found)
    assert answer.is_success, answer.text


async def count(desk: httpx.AsyncClient, outline: list[list[float]]) -> dict[str, Any]:
    answer = await desk.post("/api/v1/shapes/count", json={"outline": outline})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_cases_households_and_people_inside_are_counted(app: FastAPI, desk: httpx.AsyncClient) -> None:
    await report(desk, 112.002, 37.005)
    await report(desk, 112.0021, 37.0051)
    await report(desk, 112.025, 37.025)
    told = await count(desk, AROUND)
    assert (told["reported"], told["open"], told["late"]) == (2, 2, 0)
    assert told["by_category"] == [{"category": "E0401", "count": 2}]
    assert told["people"] == []
    assert told["area_m2"] == pytest.approx(889 * 1110, rel=0.01)
    assert (await count(desk, BESIDE))["reported"] <= 1
    async with driver_transaction(engine_in(app)) as driver:
        for number, (lon, homes) in enumerate([(112.002, 12), (112.008, 30), (112.025, 500)]):
            await driver.execute(
                "INSERT INTO base_feature (district, kind, id, households, geom) VALUES"
                " ('990101', 'building', $1, $2,"
                " ST_Expand(ST_SetSRID(ST_MakePoint($3, 37.005), 4326), 0.0001))",
                number,
                homes,
                lon,
            )
    told = await count(desk, AROUND)
    assert (told["households"], told["buildings"]) == (42, 2)


async def test_only_what_one_may_see_is_counted(app: FastAPI, desk: httpx.AsyncClient) -> None:
    await report(desk, 112.002, 37.005)
    elsewhere = await sign_in_as(app, Role.OPERATOR, "990101002")
    assert (await count(elsewhere, AROUND))["reported"] == 0
    planner = await sign_in_as(app, Role.PLANNER)
    told = await count(planner, AROUND)
    assert (told["reported"], told["people"]) == (1, None)


@pytest.mark.parametrize(
    "outline", [BOW_TIE, [[112, 37], [112, 37], [112, 37]], [[112, 37], [113, 37]], [[112, 37], [113, 91]]]
)
async def test_an_outline_that_holds_nothing_is_refused(
    desk: httpx.AsyncClient, outline: list[list[float]]
) -> None:
    for address in ("/api/v1/shapes/count", "/api/v1/closures/preview"):
        answer = await desk.post(address, json={"outline": outline})
        assert answer.status_code == 422
        assert answer.json()["detail_zh"]


async def test_a_line_closes_what_runs_along_it_and_not_what_crosses(desk: httpx.AsyncClient) -> None:
    lane = {"line": [[112.0041, 37.00501], [112.0078, 37.00499]]}
    preview = (await desk.post("/api/v1/closures/preview", json=lane)).json()
    assert preview["edges"] == [7, 8]
    assert preview["names"] == ["甲巷"]
    assert preview["length_m"] == pytest.approx(355, rel=0.01)
    assert preview["geometry"]["type"] == "LineString"
    piece = {"line": [[112.0046, 37.005], [112.0052, 37.005]]}
    assert (await desk.post("/api/v1/closures/preview", json=piece)).json()["edges"] == [7]
    assert (await desk.get("/api/v1/closures")).json() == []
    closed = await desk.post("/api/v1/closures", json={**lane, "why": "水管抢修"})
    assert closed.status_code == 201
    (standing,) = (await desk.get("/api/v1/closures")).json()
    assert (standing["edges"], standing["why"]) == ([7, 8], "水管抢修")
    assert (await desk.delete(f"/api/v1/closures/{standing['id']}")).status_code == 204
    assert (await desk.get("/api/v1/closures")).json() == []


async def test_an_area_closes_all_that_touches_it(desk: httpx.AsyncClient) -> None:
    corner = [[112.005, 37.004], [112.007, 37.004], [112.007, 37.0045], [112.005, 37.0045]]
    preview = (await desk.post("/api/v1/closures/preview", json={"outline": corner})).json()
    assert preview["edges"] == [9]
    everything = (await desk.post("/api/v1/closures/preview", json={"outline": AROUND})).json()
    assert everything["edges"] == [7, 8, 9, 10]
    nothing = await desk.post("/api/v1/closures/preview", json={"outline": BESIDE})
    assert nothing.status_code == 422


@pytest.mark.parametrize("body", [{}, {"line": [[112, 37]]}, {"line": [[112, 37], [112, 37]]}])
async def test_what_names_no_road_is_refused(desk: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await desk.post("/api/v1/closures/preview", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail_zh"]
