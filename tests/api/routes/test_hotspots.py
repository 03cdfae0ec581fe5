"""Hotspots over HTTP: by parameters, within one's reach, explained; and new cases without a restart."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from shapely import LineString, box

from api.hotspot_board import hours_by_grid
from api.identity import Role
from api.store.database import driver_transaction
from geo.areas import Area, AreaCode
from geo.streets import Street, StreetId
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.serving import engine_in, serving
from tests.api.vector_tiles import read_tile

pytestmark = pytest.mark.postgis

LAYERS = ("density", "areas", "points", "kinds")
CENTRE = (112.005, 37.005)


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


@pytest.fixture
async def planner(app: FastAPI) -> httpx.AsyncClient:
    return await sign_in_as(app, Role.PLANNER)


async def add_cases(app: FastAPI, count: int, seed: int = 1, *, state: str = "closed") -> None:
    """Cases around the centre of grid 1, half of them thinly over the whole district."""
    rng = np.random.default_rng(seed)
    lon = np.r_[rng.normal(CENTRE[0], 0.001, count // 2), rng.uniform(112.001, 112.039, count - count // 2)]
    lat = np.r_[rng.normal(CENTRE[1], 0.001, count // 2), rng.uniform(37.001, 37.039, count - count // 2)]
    begin = datetime(2026, 9, 1, tzinfo=UTC)
    at = [begin + timedelta(hours=float(hour)) for hour in rng.uniform(0, 24 * 60, count)]
    column, row = ((lon - 112.0) // 0.01).astype(int), ((lat - 37.0) // 0.01).astype(int)
    areas = [small_district.grid_code(4 * r + c + 1) for r, c in zip(row, column, strict=True)]
    async with driver_transaction(engine_in(app)) as driver:
        await driver.executemany(
            """INSERT INTO cases (district, id, finding, kind, source, category, severity, state, geom, area,
                   street, boundary_version, policy_version, description, photographs, reported_at, confirmed,
                   reworked, reopened, escalated, appealing, events, clock, clock_kind, clock_left,
                   extensions)
               VALUES ('990101', $1, $1, 'patrol', 'patrol', 'E0401', 2, $2,
                   ST_SetSRID(ST_MakePoint($3, $4), 4326), $5, 'lane-0', 1, 1, '', '{}', $6, true,
                   0, 0, 0, false, 1, 'unset', 'working_hours', 0, 0)""",
            [
                (uuid4(), state, float(x), float(y), area, when)
                for x, y, area, when in zip(lon, lat, areas, at, strict=True)
            ],
        )


@pytest.mark.parametrize("layer", LAYERS)
async def test_a_district_without_cases_is_an_empty_layer_with_a_sentence(
    planner: httpx.AsyncClient, layer: str
) -> None:
    answer = await planner.get(f"/api/v1/hotspots/{layer}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/geo+json")
    told = answer.json()
    assert told["about"]["counted"] == 0
    assert "空" in told["about"]["zh"]
    spots = {feature["properties"].get("spot", "none") for feature in told["features"]}
    assert spots <= {"none"}


async def test_what_gathers_is_hot_and_new_cases_join_it(app: FastAPI, planner: httpx.AsyncClient) -> None:
    await add_cases(app, 400)
    await add_cases(app, 50, seed=3, state="dismissed")
    first = (await planner.get("/api/v1/hotspots/areas")).json()
    assert first["about"]["counted"] == 400
    counts = {one["properties"]["code"]: one["properties"]["count"] for one in first["features"]}
    assert max(counts, key=lambda code: counts[code]) == small_district.grid_code(1)
    app.state.hotspots._boards.popitem()[1].looked_at = float("-inf")
    await add_cases(app, 30, seed=2)
    again = (await planner.get("/api/v1/hotspots/areas")).json()
    assert again["about"]["counted"] == 430


@pytest.mark.parametrize(
    ("params", "counted"),
    [
        ({}, 400),
        ({"category": ["E0401"]}, 400),
        ({"category": ["E9999"]}, 0),
        ({"since": "2026-09-01", "until": "2026-12-01"}, 400),
        ({"since": "2030-01-01"}, 0),
        ({"season": "winter"}, 0),
        ({"hour": list(range(24)), "weekday": list(range(1, 8))}, 400),
        ({"over": "streets", "per": "per patrol hour"}, 400),
        ({"over": "cells"}, 400),
        ({"area": str(small_district.SUBDISTRICT), "per": "per household", "rate": 0.2}, 400),
    ],
)
async def test_parameters_choose_what_is_counted(
    app: FastAPI, planner: httpx.AsyncClient, params: dict[str, object], counted: int
) -> None:
    await add_cases(app, 400)
    for layer in LAYERS:
        answer = await planner.get(f"/api/v1/hotspots/{layer}", params=params)  # type: ignore[arg-type]  # lists repeat
        assert answer.status_code == 200, answer.text
        assert answer.json()["about"]["counted"] == counted


@pytest.mark.parametrize(
    "params",
    [
        {"hour": 24},
        {"weekday": 0},
        {"per": "person"},
        {"rate": 0},
        {"rate": "nan"},
        {"area": "x"},
        {"since": "soon"},
    ],
)
async def test_what_means_nothing_is_refused(
    planner: httpx.AsyncClient, params: dict[str, str | int]
) -> None:
    assert (await planner.get("/api/v1/hotspots/areas", params=params)).status_code == 422


async def test_where_the_busy_places_stand_together_is_told_without_boundaries(
    app: FastAPI, planner: httpx.AsyncClient
) -> None:
    await add_cases(app, 1200)
    for params in ({}, {"permutations": 499, "rate": 0.2}):
        told = (await planner.get("/api/v1/hotspots/points", params=params)).json()
        assert told["about"]["counted"] == sum(one["properties"]["count"] for one in told["features"]) == 1200
        hot = [one for one in told["features"] if one["properties"]["spot"] == "hot"]
        assert hot
        for one in hot:
            away = np.hypot(*(np.array(one["geometry"]["coordinates"]) - CENTRE))
            assert away < 0.005, "what gathers is around the centre"
    refused = await planner.get("/api/v1/hotspots/points", params={"permutations": 1000})
    assert refused.status_code == 422


async def test_nobody_looks_beyond_his_area(app: FastAPI) -> None:
    await add_cases(app, 100)
    inside = await sign_in_as(app, Role.SUPERVISOR, "990101001")
    assert (await inside.get("/api/v1/hotspots/areas")).status_code == 200
    assert (await inside.get("/api/v1/hotspots/areas", params={"area": DISTRICT})).status_code == 404
    assert (await inside.get("/api/v1/hotspots/areas", params={"area": "990101002"})).status_code == 404
    beside = await sign_in_as(app, Role.SUPERVISOR, "990101002")  # an area that has no grid
    assert (await beside.get("/api/v1/hotspots/areas")).status_code == 404
    chief = await sign_in_as(app, Role.STREET_CHIEF, "990101001", street="lane-0")
    assert (await chief.get("/api/v1/hotspots/areas")).status_code == 404


async def test_a_place_is_explained_with_its_cases_and_its_streets(
    app: FastAPI, planner: httpx.AsyncClient
) -> None:
    await add_cases(app, 400)
    place = {"lon": CENTRE[0], "lat": CENTRE[1]}
    told = (await planner.get("/api/v1/hotspots/explained", params=place)).json()
    assert told["code"] == small_district.grid_code(1)
    assert 0 < sum(told["series"]) <= told["count"]  # whole weeks only
    assert len(told["cases"]) == 50
    assert [case["reported_at"] for case in told["cases"]] == sorted(
        (case["reported_at"] for case in told["cases"]), reverse=True
    )
    assert {(case["category"], case["state"]) for case in told["cases"]} == {("E0401", "closed")}
    assert told["streets"][0]["id"] == "lane-0"
    assert told["zh"]
    assert "Trend" in told["en"]
    outside = await planner.get("/api/v1/hotspots/explained", params={"lon": 0, "lat": 0})
    assert outside.status_code == 404
    administrator = await sign_in_as(app, Role.ADMINISTRATOR)
    seen = await administrator.get("/api/v1/hotspots/explained", params=place)
    assert seen.json()["cases"] == []


@pytest.mark.parametrize("address", ["streets", f"tiles/streets/{small_district.Z10}.mvt"])
async def test_along_streets_needs_roads(planner: httpx.AsyncClient, address: str) -> None:
    answer = await planner.get(f"/api/v1/hotspots/{address}")
    assert answer.status_code == 422
    assert "roads" in answer.json()["detail"]


async def test_tiles_say_what_the_layers_say_and_follow_new_cases(
    app: FastAPI, planner: httpx.AsyncClient, tmp_path: Path
) -> None:
    await add_cases(app, 400)
    for layer in LAYERS:
        told = (await planner.get(f"/api/v1/hotspots/{layer}")).json()["features"]
        answer = await planner.get(f"/api/v1/hotspots/tiles/{layer}/{small_district.Z10}.mvt")
        drawn = read_tile(answer, tmp_path)
        assert drawn.attrs["layer"] == layer
        assert len(drawn) == len(told) > 0
        for name in told[0]["properties"]:
            said = {_near(one["properties"][name]) for one in told} - {None}
            assert ({_near(one) for one in drawn[name].dropna()} if name in drawn else set()) == said
    address = f"/api/v1/hotspots/tiles/areas/{small_district.Z10}.mvt"
    first = await planner.get(address)
    assert first.headers["cache-control"].startswith("private")
    known = {"If-None-Match": first.headers["etag"]}
    assert (await planner.get(address, headers=known)).status_code == 304
    assert (await planner.get(address, params={"category": "E9999"})).content != first.content
    app.state.hotspots._boards.popitem()[1].looked_at = float("-inf")
    await add_cases(app, 30, seed=2)
    again = await planner.get(address, headers=known)
    assert again.status_code == 200
    assert read_tile(again, tmp_path)["count"].sum() == 430


def _near(value: object) -> object:
    """A tile knows no number below a ten-millionth but nought."""
    return round(value, 6) if isinstance(value, float) else value


async def test_a_tile_beside_the_district_is_empty_and_one_out_of_reach_hidden(app: FastAPI) -> None:
    await add_cases(app, 400)
    inside = await sign_in_as(app, Role.SUPERVISOR, "990101001")
    address = "/api/v1/hotspots/tiles/areas"
    assert (await inside.get(f"{address}/10/1/1.mvt")).content == b""
    beyond = {"area": "990101002"}
    assert (await inside.get(f"{address}/{small_district.Z10}.mvt", params=beyond)).status_code == 404
    assert (await inside.get(f"{address}/3/8/0.mvt")).status_code == 404
    assert (await inside.get(f"{address}/3/1/1.mvt", params={"hour": 24})).status_code == 422
    assert (await inside.get("/api/v1/hotspots/tiles/heat/3/1/1.mvt")).status_code == 422


async def test_hotspots_are_features_of_the_ogc_too(app: FastAPI, planner: httpx.AsyncClient) -> None:
    await add_cases(app, 400)
    items = "/ogc/collections/hotspots/items"
    told = (await planner.get("/api/v1/hotspots/areas")).json()["features"]
    page = (await planner.get(items, params={"limit": 100})).json()
    assert page["numberMatched"] == len(page["features"]) == len(told) == 16
    by_code = {one["properties"]["code"]: one["properties"] for one in told}
    for one in page["features"]:
        assert by_code[one["id"]].items() <= one["properties"].items()
    kinds = (await planner.get("/api/v1/hotspots/kinds")).json()["features"]
    assert {one["properties"]["kind"] for one in kinds} == {
        one["properties"]["kind"] for one in page["features"]
    }
    first = (await planner.get(items, params={"limit": 10})).json()
    after = next(one["href"] for one in first["links"] if one["rel"] == "next")
    assert len((await planner.get(after)).json()["features"]) == 6
    one_code = small_district.grid_code(1)
    here = (await planner.get(f"{items}/{one_code}", params={"category": "E9999"})).json()
    assert here["properties"]["count"] == 0
    assert (await planner.get(f"{items}/nowhere")).status_code == 404
    beside = await planner.get(items, params={"bbox": "112.0001,37.0001,112.009,37.009"})
    assert [one["id"] for one in beside.json()["features"]] == [one_code]
    none = await planner.get(items, params={"datetime": "2030-01-01T00:00:00Z/.."})
    assert sum(one["properties"]["count"] for one in none.json()["features"]) == 0
    for wrong in ({"hour": 24}, {"over": "moons"}, {"since": "2026-01-01"}, {"area": "x"}, {"rate": "nan"}):
        assert (await planner.get(items, params=wrong)).status_code == 400, wrong
    chief = await sign_in_as(app, Role.STREET_CHIEF, "990101001", street="lane-0")
    assert (await chief.get(items)).status_code == 404
    assert (await planner.get(items, params={"area": "110101"})).status_code == 404


@pytest.mark.parametrize("kind", ["task-forces", "hotspots", "service-circle", "dispatches"])
async def test_reports_are_downloaded_by_who_may_export_the_district(app: FastAPI, kind: str) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    answer = await planner.get(f"/api/v1/reports/{kind}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.html"'
    assert "Small District" in answer.text
    partly = await sign_in_as(app, Role.SUPERVISOR, "990101001")
    assert (await partly.get(f"/api/v1/reports/{kind}")).status_code == 404


def test_a_streets_hours_are_shared_out_by_how_much_of_it_lies_in_each_grid() -> None:
    grids = [
        Area(AreaCode(f"99010100100100{place + 1}"), "", "", box(place, 0, place + 1, 1))
        for place in range(3)
    ]
    line = LineString([(0.5, 0.5), (2.5, 0.5)])
    street = Street(StreetId("S"), "", "", line, line.buffer(0.1), 1.0, AreaCode("990101001"))
    shared = hours_by_grid(grids, [street], {"S": 8.0})
    assert shared == pytest.approx({grids[0].code: 2.0, grids[1].code: 4.0, grids[2].code: 2.0})
