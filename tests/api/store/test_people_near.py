"""Who can go to a place, read together with others, is who can go to it read alone."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from api.settings import data_folder
from api.store.database import driver_transaction, open_engine
from api.store.people_near import ALL_LEVELS, Neighbours, PeopleMemory, Vicinity, list_people_near
from dispatch.cases import Place, Ring
from dispatch.ids import PersonId
from dispatch.policy_files import load_policy
from dispatch.situation import Situation
from geo.coordinates import LonLat
from geo.streets import StreetId
from tests.api import small_district

pytestmark = pytest.mark.postgis

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CHIEF, MEMBER, STEWARD, WORKER, LEADER, BOSS = (UUID(int=number) for number in range(1, 7))
FORCE = UUID(int=99)
INNERMOST = (Ring.FINDER, Ring.TASK_FORCE)
RINGS_OF_LEVELS = {
    (): INNERMOST,
    (15, 12): (*INNERMOST, Ring.GRID),
    ALL_LEVELS: (*INNERMOST, Ring.GRID, Ring.SUBDISTRICT),
}
"""What the levels that were read have to hold whole."""


def place(grid: int, street: str | None) -> Place:
    lane = StreetId(street) if street else None
    return Place(LonLat(112.0, 37.0), small_district.DISTRICT, small_district.grid_code(grid), lane, 1)


def situation(near: Neighbours) -> Situation:
    return Situation(load_policy(data_folder() / "policy"), near.task_forces, near.people)


async def test_asked_together_and_alone_are_the_same(database: str) -> None:
    engine = open_engine(database, pool_size=2)
    await small_district.load(engine)
    async with driver_transaction(engine) as driver:
        await driver.executemany(
            """INSERT INTO person (district, id, name, post, area, street)
               VALUES ('990101', $1, $2, $3, $4, $5)""",
            [
                (CHIEF, "长", "street_chief", "990101001", None),
                (MEMBER, "员", "enforcement_squad", "990101009", None),
                (STEWARD, "管", "alley_steward", "990101008", "lane-1"),
                (WORKER, "格", "grid_worker", small_district.grid_code(1), None),
                (LEADER, "组", "grid_leader", small_district.COMMUNITY, None),
                (BOSS, "区", "supervisor", "990101", None),
            ],
        )
        await driver.execute(
            """INSERT INTO task_force (district, id, street, name, chief)
               VALUES ('990101', $1, 'lane-0', '一队', $2)""",
            FORCE,
            CHIEF,
        )
        await driver.execute("INSERT INTO task_force_member VALUES ('990101', $1, $2)", FORCE, MEMBER)
        asked = [
            Vicinity(place(grid, street), NOW, also, levels)
            for grid, street, also, levels in product(
                (1, 2), ("lane-0", "lane-1", None), (None, STEWARD), ((), (15, 12), ALL_LEVELS)
            )
        ]
        memory = PeopleMemory()
        together = situation(await list_people_near(driver, "990101", asked, memory))
        found = {}
        for one in asked:
            near = await list_people_near(driver, "990101", [one])
            found[one] = {who.person for who in near.people}
            alone = situation(near)
            finder = PersonId(one.also) if one.also else None
            for ring in RINGS_OF_LEVELS[one.levels]:
                shared, own = (each.in_ring(ring, one.place, finder) for each in (together, alone))
                assert set(shared) == set(own), (one, ring)
            assert together.task_force_of(one.place.street) == alone.task_force_of(one.place.street), one
        assert found[Vicinity(place(1, "lane-0"), NOW, None, ())] == {CHIEF, MEMBER}
        assert found[Vicinity(place(1, "lane-1"), NOW, None, (15, 12))] == {STEWARD, WORKER, LEADER}
        assert found[Vicinity(place(2, None), NOW, STEWARD, ())] == {STEWARD}
        assert found[Vicinity(place(2, None), NOW, None, ALL_LEVELS)] == {LEADER, CHIEF, BOSS}
        assert {who.person for who in together} == set().union(*found.values())

        await driver.execute("UPDATE person SET load = 2, name = '新' WHERE id = $1", WORKER)
        await driver.execute(
            "INSERT INTO shift (district, id, person, started_at) VALUES ('990101', $1, $2, $3)",
            UUID(int=50),
            WORKER,
            NOW - timedelta(hours=1),
        )
        near = await list_people_near(driver, "990101", [Vicinity(place(1, None), NOW, None, (15,))], memory)
        (worker,) = near.people
        assert (worker.name, worker.load, worker.on_shift(NOW)) == ("新", 2, True), (
            "memory keeps nothing stale"
        )
    await engine.dispose()
