"""The drill: its process goes with whoever started it, and its play leaves real work in the store."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api import drill_play
from api.drill import Keeper
from api.store import drill
from api.store.database import driver_transaction, open_engine
from tests.api import small_district
from tests.pages.site import served_sample

pytestmark = pytest.mark.postgis

DISTRICT = "990101"
PATIENCE_S = 60.0


async def prepare(database: str) -> None:
    """A district with its drill switched off: the process is there and plays nothing."""
    engine = open_engine(database, pool_size=1)
    await small_district.load(engine)
    async with driver_transaction(engine) as driver:
        await drill.switch_drill(driver, DISTRICT, on=False, by="tests")
    await engine.dispose()


async def state(database: str) -> drill.DrillState:
    engine = open_engine(database, pool_size=1)
    try:
        async with driver_transaction(engine) as driver:
            return await drill.read_drill(driver, DISTRICT)
    finally:
        await engine.dispose()


def test_it_waits_for_its_switch_and_leaves_when_its_parent_is_gone(database: str, tmp_path: Path) -> None:
    asyncio.run(prepare(database))
    words = ["-m", "api.drill", "--url", "http://127.0.0.1:9", "--district", DISTRICT]
    process = subprocess.Popen(
        [sys.executable, "-P", *words], stdin=subprocess.PIPE, env={**os.environ, "DATABASE_URL": database}
    )
    try:
        end = time.monotonic() + PATIENCE_S
        while not (found := asyncio.run(state(database))).attached:
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < end, "it never said that it is there"
            time.sleep(0.2)
        assert not found.playing, "nobody wants it played"
        assert process.stdin is not None
        process.stdin.close()  # what the system does for a parent that is killed
        assert process.wait(timeout=PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
    assert not asyncio.run(state(database)).attached, "it said goodbye"


PHONES, PACE = 6, 100.0
PLAYED = {
    "settled on the spot, with a photograph": """
        SELECT count(*) FROM cases
        WHERE drill AND filed_at IS NULL AND outcome IS NOT NULL AND cardinality(photographs) > 0""",
    "sent, arrived, settled, checked": """
        SELECT count(*) FROM task AS t JOIN cases AS c ON c.id = t.case_id
        WHERE c.drill AND c.state = 'closed' AND t.state = 'done' AND t.answered_at <= t.arrived_at
          AND t.arrived_at <= t.ended_at""",
    "reported by a resident": "SELECT count(*) FROM cases WHERE drill AND kind = 'resident_request'",
    "patrols walked to their end": "SELECT count(*) FROM patrol WHERE drill AND ended_at IS NOT NULL",
    "phones seen": f"SELECT CASE WHEN count(*) >= {PHONES} THEN 1 ELSE 0 END FROM position",
}
"""What a quarter of an hour of the drill's time leaves in the store."""


async def until(done: Callable[[], Awaitable[object]], what: str) -> None:
    end = time.monotonic() + 4 * PATIENCE_S
    while not await done():
        assert time.monotonic() < end, f"never came: {what}"
        await asyncio.sleep(0.3)


async def play(engine: AsyncEngine, address: str) -> None:
    async def count(question: str) -> int:
        async with driver_transaction(engine) as driver:
            found: int = await driver.fetchval(question)
            return found

    async def stands() -> drill.DrillState:
        async with driver_transaction(engine) as driver:
            return await drill.read_drill(driver, DISTRICT)

    async def switch(*, on: bool) -> None:
        async with driver_transaction(engine) as driver:
            await drill.switch_drill(driver, DISTRICT, on=on, by="tests", pace=PACE, phones=PHONES)

    async def at_home() -> bool:
        return not (await stands()).playing

    await switch(on=True)
    keeper = asyncio.create_task(Keeper(engine, DISTRICT, address, None).keep())
    try:
        for what, question in PLAYED.items():
            await until(lambda question=question: count(question), what)  # type: ignore[misc]  # bound at once
        tally = (await stands()).tally
        assert tally["requests"] > 100
        assert not [name for name in tally["refused"] if name.endswith(("422", "403", "500"))], tally[
            "refused"
        ]
        await switch(on=False)
        await until(at_home, "everybody goes home")
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
    assert not (await stands()).attached, "it said goodbye"
    async with driver_transaction(engine) as driver:
        cleared = await drill.clear_drill(driver, DISTRICT)
    assert cleared.cases > 2
    assert await count("SELECT count(*) FROM cases") == await count("SELECT count(*) FROM task") == 0
    assert await count("SELECT sum(load) FROM person") == 0, "nobody holds what is no more"


@pytest.mark.slow  # a case needs a while from its finding to the desk's check, even so fast
def test_the_play_leaves_work_of_every_kind_and_all_of_it_is_cleared(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real clients by HTTP against a real server; many patrols, and a hundred times the clock."""
    monkeypatch.setattr(drill_play, "PATROLS_A_PHONE_HOUR", 4)

    async def run(address: str) -> None:
        engine = open_engine(database, pool_size=3)
        try:
            await play(engine, address)
        finally:
            await engine.dispose()

    with served_sample(database, tmp_path) as site:
        asyncio.run(run(site.url))
