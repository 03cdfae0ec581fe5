"""Vector tiles, read back by GDAL."""

from pathlib import Path

import pytest

from api.store.database import driver_transaction
from api.store.territory import save_areas
from api.store.tiles import LAYERS
from tests.api import small_district
from tests.api.serving import engine_in, serving
from tests.api.vector_tiles import read_tile

pytestmark = pytest.mark.postgis


async def test_a_tile_holds_what_lies_in_it(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        grids = read_tile(await client.get(f"/tiles/grid/{small_district.Z10}.mvt?v=1"), tmp_path)
        lanes = read_tile(await client.get(f"/tiles/street_lines/{small_district.Z10}.mvt?v=1"), tmp_path)
    assert grids.attrs["layer"] == "grid"
    assert len(grids) == 16
    assert {"code", "name", "name_en", "households"} <= set(grids.columns)
    assert set(lanes["id"]) == {"lane-0", "lane-1", "lane-2"}
    assert lanes["hue"].between(0, 7).all()


async def test_every_label_stands_in_one_tile_only(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        found: list[str] = []
        for x in range(6643, 6647):
            for y in range(3184, 3190):
                answer = await client.get(f"/tiles/community_labels/13/{x}/{y}.mvt")
                if answer.content:
                    labels = read_tile(answer, tmp_path)
                    inside = labels.geometry.x.between(0, 4095) & labels.geometry.y.between(0, 4095)
                    found += labels["code"][inside].tolist()
    assert found == [small_district.COMMUNITY]


@pytest.mark.parametrize("layer", LAYERS)
async def test_every_layer_draws_at_every_zoom(database: str, tmp_path: Path, layer: str) -> None:
    async with serving(database, tmp_path) as (app, client):
        for tile in ("0/0/0", "10/830/398", "13/6644/3187", "18/212626/101987"):
            assert (await client.get(f"/tiles/{layer}/{tile}.mvt")).status_code == 200, f"{tile} of nothing"
        await small_district.load(engine_in(app))
        for tile in ("0/0/0", small_district.Z10, "13/6644/3187", "18/212626/101987"):
            assert (await client.get(f"/tiles/{layer}/{tile}.mvt")).status_code == 200, tile


async def test_by_version_kept_for_ever_else_asked_anew(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        versioned = await client.get(f"/tiles/grid/{small_district.Z10}.mvt?v=1")
        plain = await client.get(f"/tiles/grid/{small_district.Z10}.mvt")
        again = await client.get(
            f"/tiles/grid/{small_district.Z10}.mvt", headers={"If-None-Match": plain.headers["etag"]}
        )
        ahead = await client.get(f"/tiles/grid/{small_district.Z10}.mvt?v=7")
    assert "immutable" in versioned.headers["cache-control"]
    assert plain.headers["cache-control"] == ahead.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert again.content == b""


async def test_an_old_version_is_still_drawn(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            fewer = small_district.areas()[:-1]
            await save_areas(driver, "990101", fewer, by="test", source="one grid fewer")
        old = read_tile(await client.get(f"/tiles/grid/{small_district.Z10}.mvt?v=1"), tmp_path)
        new = read_tile(await client.get(f"/tiles/grid/{small_district.Z10}.mvt?v=2"), tmp_path)
    assert (len(old), len(new)) == (16, 15)


async def test_far_out_buildings_gather_into_cells(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute(
                "INSERT INTO base_feature (district, kind, id, households, floors, geom) "
                "SELECT '990101', 'building', n, 10, 6, ST_Expand(ST_SetSRID("
                "ST_MakePoint(112.001 + (n % 20) * 0.0003, 37.001 + (n / 20) * 0.0003), 4326), 0.0001) "
                "FROM generate_series(0, 399) AS n"
            )
        far = read_tile(await client.get(f"/tiles/buildings/{small_district.Z10}.mvt"), tmp_path)
    assert len(far) < 100
    assert far["count"].sum() == 400
    assert far["households"].sum() == 4000


@pytest.mark.parametrize(
    ("tile", "status"),
    [("grid/3/8/0", 404), ("grid/99/0/0", 422), ("grid/3/-1/0", 422), ("cases/3/1/1", 404)],
)
async def test_what_is_no_tile_is_refused(database: str, tmp_path: Path, tile: str, status: int) -> None:
    async with serving(database, tmp_path) as (_, client):
        assert (await client.get(f"/tiles/{tile}.mvt")).status_code == status
