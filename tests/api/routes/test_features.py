"""OGC API Features: documents, paging, refusals, and GDAL's own reader."""

import shutil
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI

from api.identity import Role
from api.main import create_app
from api.settings import Settings
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


async def test_the_landing_page_leads_everywhere(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    landing = (await planner.get("/ogc")).json()
    for one in landing["links"]:
        assert (await planner.get(one["href"])).status_code == 200
    collections = (await planner.get("/ogc/collections")).json()["collections"]
    assert [one["id"] for one in collections] == ["areas", "streets", "centres", "cases", "hotspots"]
    page = await planner.get("/ogc/collections?f=html")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text


async def test_pages_follow_each_other_to_the_end(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    seen: list[str] = []
    address = "/ogc/collections/areas/items?limit=7"
    while address:
        page = (await planner.get(address)).json()
        assert page["numberMatched"] == 19
        seen += [one["id"] for one in page["features"]]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert seen == sorted(area.code for area in small_district.areas())
    one = (await planner.get(f"/ogc/collections/areas/items/{small_district.SUBDISTRICT}")).json()
    assert one["properties"]["name"] == "东街道"


async def test_a_box_and_a_time_narrow(app: FastAPI) -> None:
    worker = await sign_in_as(app, Role.GRID_WORKER)
    finding: dict[str, Any] = {
        "client_id": str(uuid4()),
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": 112.005,
        "lat": 37.005,
    }
    assert (await worker.post("/api/v1/findings", json=finding)).status_code == 201
    cases = "/ogc/collections/cases/items"
    assert (await worker.get(cases)).json()["numberMatched"] == 1
    assert (await worker.get(f"{cases}?bbox=112.0,37.0,112.01,37.01")).json()["numberReturned"] == 1
    assert (await worker.get(f"{cases}?bbox=112.02,37.0,112.03,37.01")).json()["numberReturned"] == 0
    assert (await worker.get(f"{cases}?datetime=../2020-01-01T00:00:00Z")).json()["numberReturned"] == 0
    shown = (await worker.get(cases)).json()["features"][0]
    assert (await worker.get(f"{cases}/{shown['id']}")).json()["geometry"]["coordinates"] == [112.005, 37.005]
    neighbour = await sign_in_as(app, Role.GRID_WORKER, "990101002")
    assert (await neighbour.get(cases)).json()["features"] == []
    assert (await neighbour.get(f"{cases}/{shown['id']}")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "odd=1",
        "limit=0",
        "limit=x",
        "offset=-1",
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=nan,0,1,1",
        "f=xml",
        "bbox=0,10,1,-10",
        "datetime=yesterday",
        "datetime=2020-01-01",
        "datetime=a/b/c",
        "limit=99999999999",
    ],
)
async def test_what_makes_no_sense_is_refused_with_400(app: FastAPI, query: str) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    answer = await planner.get(f"/ogc/collections/areas/items?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail_zh"]


async def test_cases_are_not_there_for_who_may_not_see_any(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    for path in ("cases", "cases/items", "nothing", "nothing/items"):
        assert (await keeper.get(f"/ogc/collections/{path}")).status_code == 404


@pytest.fixture
def address(database: str, tmp_path: Path) -> Iterator[str]:
    app = create_app(Settings(database_url=database, data_path=tmp_path, district_code=DISTRICT))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed (Debian: gdal-bin)")
async def test_gdals_own_reader_reads_it(app: FastAPI, address: str) -> None:
    told = subprocess.run(
        ["ogrinfo", "-so", f"OAPIF:{address}/ogc", "areas"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Feature Count: 19" in told.stdout
    assert "households: Integer" in told.stdout
    assert "Extent: (112.0" in told.stdout
