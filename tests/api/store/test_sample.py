"""The sample district, loaded into a store of its own."""

from datetime import UTC, date, datetime, time

import pytest

from api.settings import data_folder
from api.store.database import driver_transaction, open_engine
from api.store.places import save_base
from api.store.roads import read_roads
from api.store.sample import ensure_sample
from api.store.territory import list_areas, list_streets
from dispatch.clocks import CITY_ZONE
from geo import sample

pytestmark = pytest.mark.postgis

SATURDAY = date(2026, 11, 21)


async def test_all_of_it_is_loaded_once_and_comes_out_as_it_was(database: str) -> None:
    engine = open_engine(database)
    told: list[tuple[str, int, int]] = []
    assert await ensure_sample(engine, data_folder(), lambda *step: told.append(step), SATURDAY)
    assert not await ensure_sample(engine, data_folder(), today=SATURDAY)
    files = sample.load()
    async with driver_transaction(engine) as driver:
        assert await list_areas(driver, "990101", 1) == sorted(files.areas, key=lambda one: one.code)
        assert await list_streets(driver, "990101", 1) == sorted(files.streets, key=lambda one: one.id)
        roads = await read_roads(driver, "990101", 1)
        people = {
            row["post"]: row["count"]
            for row in await driver.fetch("SELECT post, count(*) FROM person GROUP BY post")
        }
        noon = datetime.combine(SATURDAY, time(12), CITY_ZONE).astimezone(UTC)
        rostered = await driver.fetchval(
            "SELECT count(*) FROM roster WHERE starts_at <= $1 AND ends_at > $1", noon
        )
        chiefs = await driver.fetchval("SELECT count(*) FROM task_force WHERE chief IS NOT NULL")
    await engine.dispose()
    assert [name for name, _, _ in told][-1] == "people"
    assert [done for _, done, _ in told] == list(range(1, told[0][2] + 1))
    assert (people["grid_worker"], people["grid_leader"], people["alley_steward"]) == (201, 763, 258)
    assert chiefs == 76
    assert rostered > 150
    expected = files.roads.sort_values("id").reset_index(drop=True)
    assert (roads["id"] == expected["id"]).all()
    assert (roads["class"] == expected["class"]).all()
    assert (roads["bridge"] == expected["bridge"]).all()
    assert roads.geometry.geom_equals(expected.geometry).all()


@pytest.mark.slow  # it loads the whole sample once more
async def test_a_layer_that_cannot_be_saved_leaves_the_one_that_stands(database: str) -> None:
    engine = open_engine(database)
    await ensure_sample(engine, data_folder(), today=SATURDAY)
    rail = sample.load().rail
    with pytest.raises(Exception, match="base_feature_kind_check"):
        async with driver_transaction(engine) as driver:
            await save_base(driver, "990101", {"rail": rail[:1], "canal": rail}, by="test", source="test")
    async with driver_transaction(engine) as driver:
        assert await driver.fetchval("SELECT count(*) FROM base_feature WHERE kind = 'rail'") == len(rail)
    await engine.dispose()
