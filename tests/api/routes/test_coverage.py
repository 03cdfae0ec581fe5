"""The service circle over HTTP: sums that agree, rings that lie inside each other, and who may ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import shapely
from fastapi import FastAPI
from shapely.geometry import shape

from api.identity import Role
from api.settings import data_folder
from api.store.sample import ensure_sample
from tests.api.people_here import sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


@pytest.fixture
async def planner(database: str, tmp_path: Path) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    async with serving(database, tmp_path) as (app, _):
        await ensure_sample(engine_in(app), data_folder())
        await app.state.roads.step()
        yield app, await sign_in_as(app, Role.PLANNER)


async def test_shares_add_up_rings_nest_and_an_hour_counts_only_what_is_open(
    planner: tuple[FastAPI, httpx.AsyncClient],
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

    worker = await sign_in_as(app, Role.GRID_WORKER)
    assert (await worker.get("/api/v1/coverage")).status_code == 404
    assert (await client.get("/api/v1/coverage", params={"mode": "fly"})).status_code == 422
