"""The order of events: nothing missed, nothing twice, whatever commits when."""

import asyncio
import random
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.sequencer import Sequencer
from api.store.database import driver_transaction, open_engine
from api.store.feed import (
    FeedPlace,
    events_after,
    hold_lease,
    newest_place,
    raise_epoch,
    release_lease,
    stamp_committed,
)
from api.store.territory import save_district

pytestmark = pytest.mark.postgis

DISTRICT = "990101"
INSERT = "INSERT INTO case_event (district, id, case_id, kind, at) VALUES ($1, $2, $3, 'note', $4)"


async def _district(engine: AsyncEngine) -> None:
    async with driver_transaction(engine) as driver:
        await save_district(driver, DISTRICT, "样例区", "Small District", synthetic=True)


async def _write(engine: AsyncEngine, count: int, chance: random.Random) -> list[UUID]:
    """Write events in transactions of random size that stay open for a random while."""
    written: list[UUID] = []
    while len(written) < count:
        async with driver_transaction(engine) as driver:
            for _ in range(chance.randint(1, 4)):
                event = uuid4()
                await driver.execute(INSERT, DISTRICT, event, uuid4(), datetime.now(UTC))
                written.append(event)
                await asyncio.sleep(chance.random() * 0.01)
    return written


async def test_six_writers_that_commit_out_of_order_lose_and_repeat_nothing(database: str) -> None:
    engine = open_engine(database)
    await _district(engine)
    chance = random.Random(7)
    seen: list[UUID] = []
    numbers: list[int] = []
    done = asyncio.Event()

    async def stamp() -> None:
        while not done.is_set():
            async with driver_transaction(engine) as driver:
                await stamp_committed(driver, DISTRICT)
            await asyncio.sleep(0.002)

    async def read() -> None:
        last = 0
        while True:
            finishing = done.is_set()
            async with driver_transaction(engine) as driver:
                events = await events_after(driver, DISTRICT, last, limit=7)
            seen.extend(event.id for event in events)
            numbers.extend(event.seq for event in events)
            last = events[-1].seq if events else last
            if finishing and not events:
                return
            await asyncio.sleep(0.001)

    stampers = [asyncio.create_task(stamp()) for _ in range(3)]
    reader = asyncio.create_task(read())
    written = await asyncio.gather(*(_write(engine, 40, random.Random(chance.random())) for _ in range(6)))
    async with driver_transaction(engine) as driver:
        while await stamp_committed(driver, DISTRICT):
            pass
    done.set()
    await asyncio.gather(*stampers, reader)
    await engine.dispose()
    expected = [event for events in written for event in events]
    assert sorted(seen) == sorted(expected)
    assert numbers == list(range(1, len(expected) + 1))


async def test_what_rolls_back_leaves_no_gap(database: str) -> None:
    engine = open_engine(database)
    await _district(engine)
    for fails in (False, True, False):
        try:
            async with driver_transaction(engine) as driver:
                await driver.execute(INSERT, DISTRICT, uuid4(), uuid4(), datetime.now(UTC))
                if fails:
                    raise RuntimeError
        except RuntimeError:
            pass
        async with driver_transaction(engine) as driver:
            await stamp_committed(driver, DISTRICT)
    async with driver_transaction(engine) as driver:
        assert await newest_place(driver, DISTRICT) == FeedPlace(1, 2)
        assert [event.seq for event in await events_after(driver, DISTRICT, 0)] == [1, 2]
    await engine.dispose()


async def test_one_process_at_a_time_holds_the_lease(database: str) -> None:
    engine = open_engine(database)
    await _district(engine)
    one, other = uuid4(), uuid4()
    async with driver_transaction(engine) as driver:
        assert await hold_lease(driver, DISTRICT, one)
        assert not await hold_lease(driver, DISTRICT, other)
        assert await hold_lease(driver, DISTRICT, one)
        await release_lease(driver, DISTRICT, one)
        assert await hold_lease(driver, DISTRICT, other)
        await driver.execute("UPDATE feed SET leased_until = now() - interval '1 second'")
        assert await hold_lease(driver, DISTRICT, one), "a dead sequencer is replaced"
    await engine.dispose()


async def test_the_next_sequencer_goes_on_where_the_last_one_stopped(database: str) -> None:
    engine = open_engine(database)
    await _district(engine)
    first, second = Sequencer(engine, DISTRICT), Sequencer(engine, DISTRICT)
    for sequencer, expected in ((first, 1), (second, 0)):
        async with driver_transaction(engine) as driver:
            await driver.execute(INSERT, DISTRICT, uuid4(), uuid4(), datetime.now(UTC))
        assert await sequencer.step() == expected
    await first.stop()
    third = Sequencer(engine, DISTRICT)
    assert await third.step() == 1
    async with driver_transaction(engine) as driver:
        assert [event.seq for event in await events_after(driver, DISTRICT, 0)] == [1, 2]
    await engine.dispose()


async def test_a_restore_raises_the_epoch(database: str) -> None:
    engine = open_engine(database)
    await _district(engine)
    async with driver_transaction(engine) as driver:
        await raise_epoch(driver)
        assert (await newest_place(driver, DISTRICT)).epoch == 2
    await engine.dispose()


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("3-17", FeedPlace(3, 17)),
        (" 1-0 ", FeedPlace(1, 0)),
        ("", None),
        ("17", None),
        ("a-b", None),
        ("1--2", None),
        ("1-" + "9" * 40, None),
        ("١-٢", None),
    ],
)
def test_a_place_in_the_feed_is_read_or_refused(words: str, place: FeedPlace | None) -> None:
    assert FeedPlace.parse(words) == place
    if place:
        assert FeedPlace.parse(str(place)) == place
