"""Lists as files."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import openpyxl
import pandas as pd
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from api.routes import exports
from api.store.database import driver_transaction
from api.store.duty import go_on
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving
from tests.api.the_town import STEWARD, build_town

pytestmark = pytest.mark.postgis

WORDS = '=HYPERLINK("http://x.test","巷口, 占道")'


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        worker = await sign_in_as(app, Role.GRID_WORKER)
        for lon, words in ((112.005, WORDS), (112.015, "第二件")):
            finding = {
                "client_id": str(uuid4()),
                "category": "E0401",
                "found_at": datetime.now(UTC).isoformat(),
                "lon": lon,
                "lat": 37.005,
                "description": words,
            }
            assert (await worker.post("/api/v1/findings", json=finding)).status_code == 201
        yield app


async def get(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(f"/api/v1/exports/{path}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_csv_opens_in_a_spreadsheet_and_runs_nothing(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    answer = await get(planner, "cases.csv")
    assert answer.content.startswith("\ufeff".encode())
    assert 'filename="cases.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["description"] for row in rows] == ["第二件", "'" + WORDS]
    frame = pd.read_csv(io.BytesIO(answer.content), parse_dates=["reported_at"])
    assert frame["lon"].tolist() == pytest.approx([112.015, 112.005])


async def test_xlsx_holds_the_same(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    book = openpyxl.load_workbook(io.BytesIO((await get(planner, "cases.xlsx")).content), read_only=True)
    rows = list(book["1"].iter_rows(values_only=True))
    assert len(rows) == 3
    assert rows[0][0] == "number"
    assert rows[1][-1] == "第二件"


async def test_geojson_has_points_and_the_filters_of_the_page(app: FastAPI) -> None:
    planner = await sign_in_as(app, Role.PLANNER)
    whole = (await get(planner, "cases.geojson")).json()
    assert len(whole["features"]) == 2
    assert whole["features"][1]["geometry"] == {"type": "Point", "coordinates": [112.005, 37.005]}
    narrowed = (await get(planner, "cases.geojson?q=第二件")).json()
    assert len(narrowed["features"]) == 1
    nothing = (await get(planner, "cases.geojson?area=990101002")).json()
    assert nothing["features"] == []


async def test_an_export_reaches_no_further_than_its_maker_and_is_on_record(app: FastAPI) -> None:
    neighbour = await sign_in_as(app, Role.SUPERVISOR, "990101002")
    assert (await get(neighbour, "cases.geojson")).json()["features"] == []
    auditor = await sign_in_as(app, Role.AUDITOR)
    assert (await auditor.get("/api/v1/exports/cases.csv")).status_code == 404
    acts = [entry["act"] for entry in (await auditor.get("/api/v1/audit?act=export")).json()["items"]]
    assert acts == ["export"]


@pytest.mark.parametrize("name", ["cases", "shifts", "audit"])
@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00", "2026-11-21T08:00:00", "yesterday"],
)
async def test_an_instant_without_its_place_in_utc_is_refused_before_a_line_is_written(
    app: FastAPI, name: str, instant: str
) -> None:
    client = await everything(app)
    for end in ("since", "until"):
        answer = await client.get(f"/api/v1/exports/{name}.csv", params={end: instant})
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail_zh"]
    acts = (await client.get("/api/v1/audit?act=export")).json()["items"]
    assert acts == [], "an export that was refused is not on record as made"


async def test_people_are_written_without_their_numbers(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    body = {"name": "李强", "post": "grid_worker", "area": "990101001", "phone": "555 0101"}
    assert (await keeper.post("/api/v1/people", json=body)).status_code == 201
    operator = await sign_in_as(app, Role.OPERATOR)
    text = (await get(operator, "people.csv")).text
    assert "李强" in text
    assert "555" not in text


async def everything(app: FastAPI) -> httpx.AsyncClient:
    """Somebody who may export everything, in a town that has one of everything."""
    account = await make_account(
        app, "all", *(Grant(role, DISTRICT) for role in (Role.OPERATOR, Role.AUDITOR))
    )
    return await client_of(app, account)


LISTS = (
    "cases findings tasks whistles events people rosters shifts patrols task-forces areas streets centres"
    " audit"
).split()


async def test_every_list_is_written_in_every_format(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, _):
        town = await build_town(app)
        await town["centre_id"].id()
        async with driver_transaction(engine_in(app)) as driver:
            await go_on(driver, DISTRICT, uuid4(), STEWARD, datetime.now(UTC))
        client = await everything(app)
        for name in LISTS:
            query = "?act=session" if name == "audit" else ""  # the exports themselves are put on record too
            table = pd.read_csv(io.BytesIO((await get(client, f"{name}.csv{query}")).content))
            assert len(table) > 0, name
            book = openpyxl.load_workbook(io.BytesIO((await get(client, f"{name}.xlsx{query}")).content))
            assert [cell.value for cell in book["1"][1]] == list(table.columns), name
            assert book["1"].max_row == len(table) + 1, name
            features = (await get(client, f"{name}.geojson{query}")).json()["features"]
            assert len(features) == len(table), name
            assert set(features[0]["properties"]) == set(table.columns) - {"lon", "lat", "wkt"}
            placed = {"lon", "wkt"} & set(table.columns)
            assert (features[0]["geometry"] is not None) == bool(placed), name
        listed = {route.path.rpartition("/")[2].partition(".")[0] for route in exports.router.routes}
        assert listed == set(LISTS)


async def test_the_filters_of_the_page_narrow_every_list(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, _):
        await build_town(app)
        client = await everything(app)
        narrow = {
            **dict.fromkeys(("cases", "findings", "tasks", "whistles", "events"), "state=closed"),
            **dict.fromkeys(("rosters", "shifts", "patrols"), "until=2020-01-01T00:00:00Z"),
            "people": "post=nobody",
            "task-forces": f"person={uuid4()}",
            "audit": "act=nothing",
        }
        for name, query in narrow.items():
            assert (await get(client, f"{name}.geojson?{query}")).json()["features"] == [], name


async def test_nobody_exports_the_staff_and_cases_of_another_place(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, _):
        await build_town(app)
        neighbour = await sign_in_as(app, Role.SUPERVISOR, "990101002")
        for name in ("cases", "findings", "tasks", "whistles", "events", "rosters", "patrols", "task-forces"):
            assert (await get(neighbour, f"{name}.geojson")).json()["features"] == [], name
        everybody = (await get(neighbour, "people.csv")).text
        assert "甲管家" not in everybody
        assert "邻居" in everybody
