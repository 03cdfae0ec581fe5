"""What the district's page asks for."""

from pathlib import Path
from uuid import UUID

import geopandas as gpd
import pytest
from shapely import Point

from api.store.database import driver_transaction
from api.store.places import save_estates
from tests.api import small_district
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

CHIEF, STEWARD, WORKER = (UUID(int=number) for number in (1, 2, 3))

_PEOPLE = """
    INSERT INTO person (district, id, name, name_en, post, area) VALUES
        ('990101', $1, '王街长', 'Chief Wang', 'street_chief', '990101001'),
        ('990101', $2, '李管家', 'Steward Li', 'alley_steward', '990101001'),
        ('990101', $3, '张网格', 'Worker Zhang', 'grid_worker', '990101001001')
"""


async def test_an_empty_store_says_that_it_is_not_ready(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (_, client):
        assert (await client.get("/api/v1/district")).status_code == 503
        assert (await client.get("/api/v1/locate?lon=112&lat=37")).status_code == 503


async def test_the_district_at_a_glance(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        card = (await client.get("/api/v1/district")).json()
    assert (card["code"], card["name"], card["synthetic"]) == ("990101", "样例区", True)
    assert card["bbox"] == [112.0, 37.0, 112.04, 37.04]
    assert card["versions"] == {"boundaries": 1, "streets": 1, "roads": 0, "places": 0, "base": 0}
    assert (card["counts"]["grids"], card["counts"]["streets"], card["counts"]["households"]) == (16, 3, 4800)


async def test_areas_come_page_by_page(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        codes, cursor = [], ""
        for _ in range(4):
            page = (await client.get(f"/api/v1/areas?level=grid&limit=5&cursor={cursor}")).json()
            codes += [area["code"] for area in page["items"]]
            cursor = page["next"]
    assert codes == [small_district.grid_code(number) for number in range(1, 17)]
    assert cursor is None


async def test_areas_by_parent_and_by_words(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        below = (await client.get("/api/v1/areas?parent=990101001")).json()["items"]
        named = (await client.get("/api/v1/areas?q=网格16")).json()["items"]
        wildcard = (await client.get("/api/v1/areas?q=%25")).json()["items"]
    assert [area["code"] for area in below] == [small_district.COMMUNITY]
    assert [area["parent"] for area in named] == [small_district.COMMUNITY]
    assert wildcard == []


async def test_the_cards_of_an_area_and_of_a_street(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute(_PEOPLE, CHIEF, STEWARD, WORKER)
            await driver.execute(
                "INSERT INTO task_force (district, id, street, name, chief) "
                "VALUES ('990101', $1, 'lane-1', '乙巷专班', $1)",
                CHIEF,
            )
            await driver.execute("INSERT INTO task_force_member VALUES ('990101', $1, $2)", CHIEF, STEWARD)
            await driver.execute("INSERT INTO shift VALUES ('990101', $1, $1, now())", STEWARD)
        grid = (await client.get(f"/api/v1/areas/{small_district.grid_code(1)}")).json()
        street = (await client.get("/api/v1/streets/lane-1")).json()
        listed = (await client.get("/api/v1/streets")).json()["items"]
    assert (grid["households"], grid["workers"], grid["children"]) == (300, 1, 0)
    assert street["chief"]["name"] == "王街长"
    assert [(m["name"], m["is_chief"], m["on_shift"]) for m in street["members"]] == [
        ("王街长", True, False),
        ("李管家", False, True),
    ]
    assert street["length_m"] == pytest.approx(3218.4, abs=1)
    assert street["area_m2"] == pytest.approx(3218.4 * 12, rel=0.001)
    assert [item["members"] for item in listed] == [0, 1, 0]


async def test_search_finds_by_either_language_and_by_code(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        for words, first in (
            ("乙巷", "lane-1"),
            ("lane 2", "lane-2"),
            ("990101001001016", "990101001001016"),
        ):
            found = (await client.get("/api/v1/search", params={"q": words})).json()
            assert found[0]["id"] == first
        community = (await client.get("/api/v1/search", params={"q": "第一社区"})).json()[0]
    assert (community["kind"], community["level"]) == ("area", "community")
    west, south, east, north = community["bbox"]
    assert west <= community["at"][0] <= east
    assert south <= community["at"][1] <= north


async def test_search_puts_what_holds_more_first_and_an_estate_is_a_landmark(
    database: str, tmp_path: Path
) -> None:
    home = {
        "id": "e1",
        "name": "第一居",
        "community": small_district.COMMUNITY,
        "geometry": Point(112.005, 37.005),
    }
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            estates = gpd.GeoDataFrame([home], crs=4326)
            await save_estates(driver, small_district.DISTRICT, estates, by="test", source="test")
        found = (await client.get("/api/v1/search", params={"q": "第一"})).json()
        coded = (await client.get("/api/v1/search", params={"q": "990101001"})).json()
        near = (await client.get("/api/v1/landmark?lon=112.007&lat=37.005")).json()
        nothing = (await client.get("/api/v1/landmark?lon=112.05&lat=37.005")).json()
    assert [item["kind"] for item in found] == ["area", "estate"]
    assert [item["level"] for item in coded[:3]] == ["subdistrict", "community", "grid"]
    assert (near["kind"], near["name"]) == ("estate", "第一居")
    assert near["away_m"] == pytest.approx(178, abs=2)
    assert nothing is None, "nobody finds his way by what is kilometres off"


async def test_where_a_point_lies(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        inside = (await client.get("/api/v1/locate?lon=112.00501&lat=37.0055")).json()
        outside = (await client.get("/api/v1/locate?lon=112.05&lat=37.005")).json()
    assert (inside["grid"], inside["street"], inside["street_distance_m"]) == (
        small_district.grid_code(1),
        "lane-1",
        0,
    )
    assert outside["grid"] is None
    assert outside["nearest_area"] == small_district.grid_code(4)
    assert outside["nearest_m"] == pytest.approx(889, abs=5)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/areas/99", 422),
        ("/api/v1/areas/990101009", 404),
        ("/api/v1/areas/990101009/geometry", 404),
        ("/api/v1/areas?level=planet", 422),
        ("/api/v1/areas?cursor=nonsense", 400),
        ("/api/v1/areas?limit=0", 422),
        ("/api/v1/streets/none", 404),
        ("/api/v1/search", 422),
        ("/api/v1/search?q=%00", 400),
        ("/api/v1/locate?lon=nan&lat=37", 422),
        ("/api/v1/locate?lon=1e400&lat=37", 422),
        ("/api/v1/locate?lon=112&lat=91", 422),
        ("/api/v1/landmark?lon=181&lat=37", 422),
    ],
)
async def test_bad_input_is_a_problem_in_both_languages(
    database: str, tmp_path: Path, address: str, status: int
) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        answer = await client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert answer.json()["detail_zh"]


async def test_a_geometry_is_geojson(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        feature = (await client.get(f"/api/v1/areas/{small_district.grid_code(1)}/geometry")).json()
    assert feature["geometry"]["type"] == "Polygon"
    assert [112.0, 37.0] in feature["geometry"]["coordinates"][0]
