"""The drill's process: it says that it is there, and goes with whoever started it."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.store import drill
from api.store.database import driver_transaction, open_engine
from tests.api import small_district

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
