"""Areas and streets: in by version, out as they were."""

from itertools import pairwise

import pytest
from shapely import LineString, MultiLineString

from api.store.database import driver_transaction, open_engine
from api.store.hues import HUES, hues_of
from api.store.territory import list_areas, list_streets, load_territory, save_areas
from api.store.versions import newest_versions
from geo.areas import Area, AreaCode
from geo.streets import Street, StreetId, polygon_from_centreline
from tests.api import small_district

pytestmark = pytest.mark.postgis


async def test_what_goes_in_comes_out(database: str) -> None:
    engine = open_engine(database)
    lanes = small_district.streets()
    broken = MultiLineString([[(112.02, 37.001), (112.02, 37.01)], [(112.02, 37.012), (112.02, 37.02)]])
    lanes.append(
        Street(
            StreetId("two-parts"), "断巷", "Broken Lane", broken, polygon_from_centreline(broken, 8.0), 8.0,
            small_district.SUBDISTRICT,
        )
    )  # fmt: skip
    await small_district.load(engine, lanes)
    async with driver_transaction(engine) as driver:
        assert await list_areas(driver, "990101", 1) == sorted(small_district.areas(), key=lambda a: a.code)
        assert await list_streets(driver, "990101", 1) == sorted(lanes, key=lambda lane: lane.id)
    await engine.dispose()


async def test_an_old_boundary_version_stays_readable(database: str) -> None:
    engine = open_engine(database)
    await small_district.load(engine)
    renamed = [
        Area(area.code, area.name + "新", area.name_en, area.shape, area.households)
        for area in small_district.areas()
    ]
    async with driver_transaction(engine) as driver:
        assert await save_areas(driver, "990101", renamed, by="test", source="renamed") == 2
        assert (await newest_versions(driver, "990101")).boundaries == 2
        assert (await load_territory(driver, "990101", 1)).area("990101").name == "样例区"
        newest = await load_territory(driver, "990101")
    assert newest.version == 2
    assert newest.area("990101").name == "样例区新"
    place = newest.locate(112.0021, 37.005)
    assert place is not None
    assert (place.grid, place.street) == (small_district.grid_code(1), "lane-0")
    await engine.dispose()


async def test_a_version_that_fails_halfway_is_no_version(database: str) -> None:
    engine = open_engine(database)
    await small_district.load(engine)
    twice = [*small_district.areas(), small_district.areas()[0]]
    with pytest.raises(Exception, match="duplicate key"):
        async with driver_transaction(engine) as driver:
            await save_areas(driver, "990101", twice, by="test", source="twice")
    async with driver_transaction(engine) as driver:
        assert (await newest_versions(driver, "990101")).boundaries == 1
    await engine.dispose()


def _lane(name: str, *places: tuple[float, float]) -> Street:
    line = LineString(places)
    ground = polygon_from_centreline(line, 10.0)
    return Street(StreetId(name), name, name, line, ground, 10.0, AreaCode("990101001"))


def test_neighbouring_streets_never_share_a_hue() -> None:
    rows = [_lane(f"row-{n}", (112.0, 37.0 + n * 0.001), (112.02, 37.0 + n * 0.001)) for n in range(20)]
    columns = [_lane(f"column-{n}", (112.0 + n * 0.001, 37.0), (112.0 + n * 0.001, 37.02)) for n in range(20)]
    hues = hues_of([*rows, *columns])
    assert set(hues.values()) <= set(range(HUES))
    crossing = {(a.id, b.id) for a in rows for b in columns if a.shape.intersects(b.shape)}
    assert len(crossing) == 400
    assert all(hues[a] != hues[b] for a, b in crossing)
    assert all(hues[a.id] != hues[b.id] for a, b in pairwise(rows))


def test_hues_do_not_depend_on_the_order_of_streets() -> None:
    lanes = small_district.streets()
    assert hues_of(lanes) == hues_of(lanes[::-1])
    assert hues_of([]) == {}
