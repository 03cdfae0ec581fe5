"""The roads of a process: compiled once, closures in effect as they are set and lifted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString
from sqlalchemy.ext.asyncio import AsyncEngine

from api.commands.import_ import as_stored
from api.roads_watch import RoadsWatch
from api.store.database import driver_transaction, open_engine
from api.store.roads import (
    Closure,
    close_edges,
    lift_closure,
    list_closures_left_behind,
    read_roads,
    save_roads,
    standing_closures,
)
from api.store.territory import save_district
from geo.coordinates import WGS84, LonLat
from geo.road_frames import edges_frame
from geo.road_readers import from_geodataframe
from geo.road_rules import Mode
from geo.travel import Travel

pytestmark = pytest.mark.postgis

DISTRICT = "990101"
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
WEST, EAST = LonLat(112.001, 37.0), LonLat(112.009, 37.0)


class Clock:
    """A clock that the test sets."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


def _roads() -> gpd.GeoDataFrame:
    """A straight street from west to east, and a detour north of it: edges 1, 2, 3 and 4, 5, 6."""
    straight = [(112.0, 37.0), (112.004, 37.0), (112.006, 37.0), (112.01, 37.0)]
    detour = [(112.004, 37.0), (112.004, 37.004), (112.006, 37.004), (112.006, 37.0)]
    nodes = {place: number for number, place in enumerate(dict.fromkeys(straight + detour))}
    pieces = [line[n : n + 2] for line in (straight, detour) for n in range(3)]
    return gpd.GeoDataFrame(
        {
            "id": range(1, 7),
            "u": [nodes[a] for a, _ in pieces],
            "v": [nodes[b] for _, b in pieces],
            "class": "residential",
        },
        geometry=[LineString(piece) for piece in pieces],
        crs=WGS84,
    )


async def _save(engine: AsyncEngine) -> int:
    async with driver_transaction(engine) as driver:
        await save_district(driver, DISTRICT, "样例区", "Small District", synthetic=True)
        return await save_roads(driver, DISTRICT, _roads(), by="test", source="test")


def _walk_s(watch: RoadsWatch) -> float:
    return float(watch.travels()["walk"].seconds_to(EAST, [WEST])[0])


async def test_a_closure_is_in_effect_until_its_time_or_until_it_is_lifted(
    database: str, tmp_path: Path
) -> None:
    engine, clock = open_engine(database), Clock()
    version = await _save(engine)
    watch = RoadsWatch(engine, DISTRICT, tmp_path, clock)
    await watch.step()
    straight_s = _walk_s(watch)
    burst = Closure(uuid4(), version, (2,), "burst pipe", "test", NOON, NOON + timedelta(hours=2))
    async with driver_transaction(engine) as driver:
        await close_edges(driver, DISTRICT, burst)
    await watch.step()
    assert _walk_s(watch) > straight_s + 60
    clock.now = NOON + timedelta(hours=3)
    await watch.step()
    assert _walk_s(watch) == straight_s
    market = Closure(uuid4(), version, (2, 5), "market day", "test", NOON, None)
    async with driver_transaction(engine) as driver:
        await close_edges(driver, DISTRICT, market)
    await watch.step()
    assert _walk_s(watch) == float("inf")
    async with driver_transaction(engine) as driver:
        assert await lift_closure(driver, DISTRICT, market.id, by="test", now=clock.now)
        assert not await lift_closure(driver, DISTRICT, market.id, by="test", now=clock.now)
    await watch.step()
    assert _walk_s(watch) == straight_s
    await engine.dispose()


async def test_without_roads_there_is_no_way_to_travel(database: str, tmp_path: Path) -> None:
    engine = open_engine(database)
    watch = RoadsWatch(engine, DISTRICT, tmp_path)
    await watch.step()
    assert watch.network is None
    assert watch.travels() == {}
    await engine.dispose()


async def test_what_was_compiled_is_opened_again_and_a_damaged_file_is_replaced(
    database: str, tmp_path: Path
) -> None:
    engine = open_engine(database)
    await _save(engine)
    first = RoadsWatch(engine, DISTRICT, tmp_path)
    await first.step()
    (compiled,) = tmp_path.iterdir()
    written = compiled.stat().st_mtime_ns
    again = RoadsWatch(engine, DISTRICT, tmp_path)
    await again.step()
    assert _walk_s(again) == _walk_s(first)
    assert compiled.stat().st_mtime_ns == written
    compiled.write_bytes(b"not a network")
    mended = RoadsWatch(engine, DISTRICT, tmp_path)
    await mended.step()
    assert _walk_s(mended) == _walk_s(first)
    assert list(tmp_path.iterdir()) == [compiled]
    await engine.dispose()


async def test_newer_roads_take_the_place_of_older_ones(database: str, tmp_path: Path) -> None:
    engine = open_engine(database)
    await _save(engine)
    watch = RoadsWatch(engine, DISTRICT, tmp_path)
    await watch.step()
    before = watch.network
    await watch.step()
    assert watch.network is before
    await _save(engine)
    await watch.step()
    assert watch.network is not before
    await engine.dispose()


async def test_what_a_source_says_of_a_road_outlives_the_store(database: str) -> None:
    engine = open_engine(database)
    network = from_geodataframe(
        _roads().assign(
            foot=["yes", "no", "yes", "yes", "yes", "yes"],
            motor_vehicle=["yes", "yes", "no", "yes", "yes", "yes"],
            oneway=["no", "no", "no", "yes", "-1", "no"],
            layer=[0, 1, 0, 0, 0, 0],
            signals=["", "end", "", "", "", ""],
            length=[900.0, None, None, None, None, None],
            osm_id=[71, 71, 72, 73, 73, 73],
        ),
        {"id": "osm_id"},
    )
    async with driver_transaction(engine) as driver:
        await save_district(driver, DISTRICT, "样例区", "Small District", synthetic=True)
        version = await save_roads(
            driver, DISTRICT, as_stored(edges_frame(network)), by="test", source="test"
        )
        ways = await driver.fetch("SELECT id, way FROM road_edge ORDER BY id")
        back = from_geodataframe(await read_roads(driver, DISTRICT, version))
    assert dict(map(tuple, ways)) == {
        edge + 1: way for edge, way in enumerate(network.table.source_ids.tolist())
    }
    places = LonLat(112.0005, 37.0), LonLat(112.005, 37.004), LonLat(112.0095, 37.0), LonLat(112.004, 37.002)
    for mode in Mode:
        before, after = Travel(network, mode), Travel(back, mode)
        assert np.array_equal(before.matrix(places, places), after.matrix(places, places)), mode
    assert back.table.signals.sum() == 1
    assert sorted(back.table.length_m.tolist()) == pytest.approx(sorted(network.table.length_m.tolist()))
    assert sorted(back.table.layer.tolist()) == sorted(network.table.layer.tolist())
    await engine.dispose()


async def test_closures_stay_where_they_are_when_roads_are_imported_anew(
    database: str, tmp_path: Path
) -> None:
    engine, clock = open_engine(database), Clock()
    version = await _save(engine)
    closures = [
        Closure(uuid4(), version, (2,), "burst pipe", "test", NOON, None),
        Closure(uuid4(), version, (6,), "a wall fell", "test", NOON, None),
    ]
    async with driver_transaction(engine) as driver:
        for closure in closures:
            await close_edges(driver, DISTRICT, closure)
    anew = _roads().iloc[:5].assign(id=[31, 32, 33, 34, 35], geometry=lambda roads: roads.reverse())
    anew = anew.rename(columns={"u": "v", "v": "u"})
    async with driver_transaction(engine) as driver:
        newer = await save_roads(driver, DISTRICT, anew, by="test", source="test")
        standing = await standing_closures(driver, DISTRICT, newer, NOON)
        assert await list_closures_left_behind(driver, DISTRICT, newer) == ["a wall fell"]
    assert [(one.why, one.edges) for one in standing] == [("burst pipe", (32,))]
    watch = RoadsWatch(engine, DISTRICT, tmp_path, clock)
    await watch.step()
    assert _walk_s(watch) == float("inf")
    await engine.dispose()
