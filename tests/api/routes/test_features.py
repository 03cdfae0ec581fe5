"""OGC API Features: documents, paging, refusals, and GDAL's own reader."""

import asyncio
import shutil
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI

from api.identity import Grant, Role
from api.main import create_app
from api.settings import Settings
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
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
    at = shown["properties"]["reported_at"]
    for instant in (at, f"{at}/{at}", f"{at}/..", f"../{at}"):
        narrowed = await worker.get(cases, params={"datetime": instant})
        assert narrowed.json()["numberReturned"] == 1, "an interval's ends belong to it"
    for layer in ("cases", "areas"):
        items = f"/ogc/collections/{layer}/items"
        across = (await worker.get(f"{items}?bbox=170,30,-170,40")).json()
        assert across["numberMatched"] == 0, "a box across the 180th meridian is not the rest of the world"
        around = (await worker.get(f"{items}?bbox=112.02,30,112.01,40")).json()
        assert around["numberMatched"] > 0
    neighbour = await sign_in_as(app, Role.GRID_WORKER, "990101002")
    assert (await neighbour.get(cases)).json()["features"] == []
    assert (await neighbour.get(f"{cases}/{shown['id']}")).status_code == 404


async def report(worker: httpx.AsyncClient, lon: float = 112.005) -> str:
    finding: dict[str, Any] = {
        "client_id": str(uuid4()),
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": lon,
        "lat": 37.005,
    }
    answer = await worker.post("/api/v1/findings", json=finding)
    assert answer.status_code == 201, answer.text
    case: str = answer.json()["case"]["id"]
    return case


async def test_pages_of_cases_neither_repeat_nor_miss_one_while_others_come_in(app: FastAPI) -> None:
    worker = await sign_in_as(app, Role.GRID_WORKER)
    cases = [await report(worker, 112.002 + n / 1000) for n in range(5)]
    seen: list[str] = []
    address = "/ogc/collections/cases/items?limit=2&bbox=112,37,112.04,37.04"
    while address:
        page = (await worker.get(address)).json()
        seen += [one["id"] for one in page["features"]]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
        await report(worker, 112.03)
    assert seen == cases[::-1]
    for odd in ("cursor=odd", "offset=2", "cursor=WzEsMl0"):
        refused = await worker.get(f"/ogc/collections/cases/items?{odd}")
        assert refused.status_code == 400, refused.text
        assert refused.json()["detail_zh"]


async def test_a_browser_gets_pages_and_a_program_json(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    for path in (
        "",
        "/conformance",
        "/collections",
        "/collections/areas",
        "/collections/areas/items",
        "/api",
    ):
        page = await planner.get(f"/ogc{path}", headers={"Accept": "text/html,application/xhtml+xml,*/*"})
        assert page.headers["content-type"].startswith("text/html"), path
        plain = (await planner.get(f"/ogc{path}?f=json", headers={"Accept": "text/html"})).json()
        if path == "/api":
            assert plain["openapi"] == "3.0.3"
            continue
        (other,) = [one["href"] for one in plain["links"] if one["rel"] == "alternate"]
        assert (await planner.get(other)).headers["content-type"].startswith("text/html"), path


async def test_the_definition_is_openapi_3_0_and_names_what_can_be_asked(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    landing = (await planner.get("/ogc")).json()
    (described,) = [one for one in landing["links"] if one["rel"] == "service-desc"]
    answer = await planner.get(described["href"])
    assert answer.headers["content-type"] == described["type"]
    schema = schemathesis.openapi.from_dict(answer.json())
    assert schema.specification.version.startswith("3.0")
    paths = [result.ok().path for result in schema.get_all_operations()]
    collections = (await planner.get("/ogc/collections")).json()["collections"]
    for one in collections:
        assert f"/collections/{one['id']}/items" in paths
        assert one["extent"]["spatial"]["bbox"][0] == pytest.approx([112.0, 37.0, 112.04, 37.04])
    assert "/collections/cases" not in (await anonymous(app).get("/ogc/api")).text


def anonymous(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://yilu.test")


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
        "datetime=2020-01-02T00:00:00Z/2020-01-01T00:00:00Z",
        "datetime=0001-01-01T00:00:00%2B14:00",
        "datetime=9999-12-31T23:59:59-14:00",
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


needs_gdal = pytest.mark.skipif(
    shutil.which("ogrinfo") is None, reason="ogrinfo is not installed (Debian: gdal-bin)"
)


def gdal(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@needs_gdal
async def test_gdals_own_reader_reads_it(app: FastAPI, address: str) -> None:
    told = await asyncio.to_thread(gdal, "ogrinfo", "-so", f"OAPIF:{address}/ogc", "areas")
    assert "Feature Count: 19" in told
    assert "households: Integer" in told
    assert "Extent: (112.0" in told


@needs_gdal
async def test_gdal_reads_the_cases_of_its_token_page_after_page(
    app: FastAPI, address: str, tmp_path: Path
) -> None:
    account = await make_account(app, "gis", Grant(Role.OPERATOR, DISTRICT))
    owner = await client_of(app, account)
    for number in range(5):
        await report(owner, 112.002 + number / 1000)
    made = await owner.post(
        "/api/v1/tokens", json={"name": "gis", "scopes": ["view_cases", "view_territory"]}
    )
    words = ("--config", "GDAL_HTTP_USERPWD", f"gis:{made.json()['token']}")
    source = f"OAPIF:{address}/ogc"
    listed = await asyncio.to_thread(gdal, "ogrinfo", *words, source)
    assert {line.split(": ")[1].split(" ")[0] for line in listed.splitlines() if line[:1].isdigit()} >= {
        "areas",
        "streets",
        "centres",
        "cases",
    }
    target = tmp_path / "cases.gpkg"
    paging = ("-oo", "PAGE_SIZE=2")
    await asyncio.to_thread(gdal, "ogr2ogr", *words, str(target), source, "cases", *paging)
    told = await asyncio.to_thread(gdal, "ogrinfo", "-so", str(target), "cases")
    assert "Feature Count: 5" in told
    assert "Geometry: Point" in told
    assert "holder_name" not in told
    assert "holder_name_en" not in told
