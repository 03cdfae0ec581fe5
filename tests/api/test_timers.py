"""Timers: each fired once, whoever dies, whatever the clock does."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction, open_engine
from api.store.timers import LEASE, DueTimer, claim_due, consume, next_due
from api.timers import Timers

pytestmark = pytest.mark.postgis

DISTRICT = "990101"
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Recorder:
    """Fires timers as the product does: consumes and records in one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.fired: Counter[UUID] = Counter()
        self.calls = 0
        self.failing = 0

    async def __call__(self, timer: DueTimer) -> None:
        self.calls += 1
        async with driver_transaction(self._engine) as driver:
            if await consume(driver, timer):
                if self.failing:
                    self.failing -= 1
                    raise RuntimeError("the store went away")
                self.fired[timer.case_id] += 1


async def _set(engine: AsyncEngine, count: int, due_at: datetime = NOON) -> list[UUID]:
    cases = [uuid4() for _ in range(count)]
    async with driver_transaction(engine) as driver:
        await driver.execute(
            "INSERT INTO timer (district, case_id, kind, due_at, try_at) "
            "SELECT $1, unnest($2::uuid[]), 'due', $3, $3",
            DISTRICT,
            cases,
            due_at,
        )
    return cases


async def test_four_processes_fire_each_timer_once(database: str) -> None:
    engine = open_engine(database)
    cases = await _set(engine, 300)
    record, clock = Recorder(engine), Clock()
    fired = await asyncio.gather(*(Timers(engine, DISTRICT, record, clock).step() for _ in range(4)))
    assert record.fired == Counter(cases)
    assert sum(fired) == 300
    async with driver_transaction(engine) as driver:
        assert await next_due(driver, DISTRICT) is None
    await engine.dispose()


async def test_what_is_not_due_waits(database: str) -> None:
    engine = open_engine(database)
    await _set(engine, 1, NOON + timedelta(seconds=1))
    record, clock = Recorder(engine), Clock()
    timers = Timers(engine, DISTRICT, record, clock)
    assert await timers.step() == 0
    clock.now += timedelta(seconds=1)
    assert await timers.step() == 1
    await engine.dispose()


async def test_a_process_that_dies_after_claiming_delays_and_loses_nothing(database: str) -> None:
    engine = open_engine(database)
    cases = await _set(engine, 3)
    async with driver_transaction(engine) as driver:
        assert len(await claim_due(driver, DISTRICT, NOON, 10)) == 3
    record, clock = Recorder(engine), Clock()
    timers = Timers(engine, DISTRICT, record, clock)
    assert await timers.step() == 0
    clock.now = NOON + LEASE
    assert await timers.step() == 3
    assert record.fired == Counter(cases)
    await engine.dispose()


async def test_one_that_fails_is_tried_again_and_recorded_once(database: str) -> None:
    engine = open_engine(database)
    (case,) = await _set(engine, 1)
    record, clock = Recorder(engine), Clock()
    record.failing = 2
    timers = Timers(engine, DISTRICT, record, clock)
    for _ in range(40):
        await timers.step()
        clock.now += timedelta(seconds=5)
    assert record.calls == 3
    assert record.fired == Counter({case: 1})
    await engine.dispose()


async def test_one_that_was_moved_or_cancelled_meanwhile_does_nothing(database: str) -> None:
    engine = open_engine(database)
    await _set(engine, 2)
    async with driver_transaction(engine) as driver:
        moved, cancelled = await claim_due(driver, DISTRICT, NOON, 10)
        await driver.execute(
            "UPDATE timer SET id = gen_random_uuid(), due_at = $2, try_at = $2 WHERE case_id = $1",
            moved.case_id,
            NOON + timedelta(hours=1),
        )
        await driver.execute("DELETE FROM timer WHERE case_id = $1", cancelled.case_id)
        assert not await consume(driver, moved)
        assert not await consume(driver, cancelled)
        assert await next_due(driver, DISTRICT) == NOON + timedelta(hours=1)
    await engine.dispose()


async def test_steps_of_the_clock_fire_nothing_twice(database: str) -> None:
    engine = open_engine(database)
    cases = await _set(engine, 2) + await _set(engine, 2, NOON + timedelta(hours=2))
    record, clock = Recorder(engine), Clock()
    timers = Timers(engine, DISTRICT, record, clock)
    for hours in (0, -3, 5, -1, 3):
        clock.now = NOON + timedelta(hours=hours)
        await timers.step()
    assert record.fired == Counter(cases)
    await engine.dispose()
