"""The service circle over HTTP: sums that agree, rings that lie inside each other, and who may ask."""

import math
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import shapely
from fastapi import FastAPI
from shapely.geometry import shape

from api.identity import Role
from api.store.database import driver_transaction
from tests.api.people_here import sign_in_as
from tests.api.serving import engine_in, serving
from tests.api.vector_tiles import read_tile
from tests.databases import share_compiled_roads

pytestmark = pytest.mark.postgis


@pytest.fixture
async def planner(sample_database: str, tmp_path: Path) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    share_compiled_roads(tmp_path)
    async with serving(sample_database, tmp_path) as (app, _):
        await app.state.roads.step()
        yield app, await sign_in_as(app, Role.PLANNER)


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The tile that a place lies in."""
    north = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(north * 2**zoom)


async def test_shares_add_up_rings_nest_and_an_hour_counts_only_what_is_open(
    planner: tuple[FastAPI, httpx.AsyncClient], tmp_path: Path
) -> None:
    app, client = planner
    whole = (await client.get("/api/v1/coverage")).json()
    levels = {
        level: [a for a in whole["areas"] if a["level"] == level] for level in ("district", "community")
    }
    (district,) = levels["district"]
    assert district["households"] == whole["households"] == sum(a["households"] for a in levels["community"])
    assert len(levels["community"]) == 90
    assert district["within"] == sorted(district["within"])
    assert district["within"][2] + district["left_out"] == district["households"]
    assert whole["share_covered"] == pytest.approx(district["within"][2] / district["households"])
    assert all(home["minutes"] is None or home["minutes"] >= 14.9 for home in whole["left_out"])

    night = (await client.get("/api/v1/coverage", params={"at": "2026-11-20T03:00:00"})).json()
    assert night["share_covered"] < whole["share_covered"]
    assert sum(one["in_service"] for one in night["centres"]) < sum(
        one["in_service"] for one in whole["centres"]
    )

    one = next(centre["id"] for centre in whole["centres"] if centre["in_service"])
    rings = (await client.get("/api/v1/coverage/rings", params={"centre": one})).json()["features"]
    assert [ring["properties"]["minutes"] for ring in rings] == [15, 10, 5]
    wide, middle, narrow = (shape(ring["geometry"]) for ring in rings)
    assert all(polygon.is_valid for polygon in (wide, middle, narrow))
    assert shapely.area(middle.difference(wide)) < 1e-9
    assert shapely.area(narrow.difference(middle)) < 1e-9

    together = (await client.get("/api/v1/coverage/rings")).json()["features"]
    assert [ring["properties"]["minutes"] for ring in together] == [15, 10, 5]
    assert shapely.area(wide.difference(shape(together[0]["geometry"]))) < 1e-9

    x, y = tile_of(wide.centroid.x, wide.centroid.y, 13)
    address = f"/api/v1/coverage/tiles/rings/13/{x}/{y}.mvt"
    tile = read_tile(await client.get(address, params={"centre": one}), tmp_path)
    assert tile.attrs["layer"] == "rings"
    assert tile["minutes"].tolist() == [15, 10, 5]
    assert tile.geometry.area.is_monotonic_decreasing
    everywhere = read_tile(await client.get(address), tmp_path)
    assert everywhere.geometry.area.max() > tile.geometry.area.max()
    assert (await client.get(address, params={"centre": "nowhere"})).content == b""

    worker = await sign_in_as(app, Role.GRID_WORKER)
    assert (await worker.get(address)).status_code == 404
    assert (await worker.get("/api/v1/coverage")).status_code == 404
    assert (await client.get("/api/v1/coverage", params={"mode": "fly"})).status_code == 422


async def test_the_grids_that_those_on_shift_reach_now(
    planner: tuple[FastAPI, httpx.AsyncClient],
) -> None:
    app, client = planner
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute("DELETE FROM roster")
    nobody = (await client.get("/api/v1/coverage/reach")).json()
    assert nobody["about"] == {"on_shift": 0, "nowhere": 0, "grids": 763, "within": [0, 0, 0]}
    assert all(one["properties"]["minutes"] is None for one in nobody["features"])

    home = nobody["features"][100]
    place = shape(home["geometry"]).representative_point()
    async with driver_transaction(engine_in(app)) as driver:
        person = await driver.fetchval("SELECT id FROM person WHERE post = 'grid_worker' LIMIT 1")
        await driver.execute(
            "INSERT INTO shift (district, id, person, started_at) VALUES ('990101', $1, $1, now())", person
        )
        await driver.execute(
            "INSERT INTO position (district, person, lon, lat, at, received_at) "
            "VALUES ('990101', $1, $2, $3, now(), now())",
            person,
            place.x,
            place.y,
        )
    walking, riding = [
        (await client.get("/api/v1/coverage/reach", params={"mode": mode})).json()
        for mode in ("walk", "ebike")
    ]
    assert riding["about"]["on_shift"] == 1
    assert riding["about"]["nowhere"] == 0
    assert 0 < walking["about"]["within"][2] < riding["about"]["within"][2]
    near = next(one for one in riding["features"] if one["properties"]["code"] == home["properties"]["code"])
    assert near["properties"]["ring"] == 5
    assert near["properties"]["minutes"] < 5
    assert str(person) not in str(riding)

    supervisor = await sign_in_as(app, Role.SUPERVISOR, home["properties"]["code"][:9])
    own = (await supervisor.get("/api/v1/coverage/reach")).json()
    assert {one["properties"]["code"][:9] for one in own["features"]} == {home["properties"]["code"][:9]}
    for area in ("990101", "990101999", "110101"):
        answer = await supervisor.get("/api/v1/coverage/reach", params={"area": area})
        assert answer.status_code == 404, area
