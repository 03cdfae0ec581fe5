"""Findings that come at once are saved together; one that cannot be saved takes none of the others along."""

import asyncio
from math import ceil

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.intake import FINDINGS_AT_ONCE, Intake
from api.store.database import driver_transaction
from api.store.saving import NoRoomError, SameClientIdError, Saved
from dispatch import use_cases
from dispatch.changes import Change
from dispatch.policy import Policy
from tests.api.store.test_saving import HERE, act, choice, engine, finding, load_of, policy, pytestmark

__all__ = ["engine", "policy", "pytestmark"]


def offered(policy: Policy, client_id: str) -> Change:
    """A new case with an offer to the steward, who has two places."""
    change = use_cases.report_finding(finding(policy, client_id=client_id), HERE, act(), policy)
    return change.then(use_cases.offer(change.case, choice(), act()))


def filed(policy: Policy, client_id: str) -> Change:
    return use_cases.report_finding(finding(policy, client_id=client_id), HERE, act(), policy)


async def save_at_once(engine: AsyncEngine, changes: list[Change]) -> list[Saved | BaseException]:
    intake = Intake(engine)
    return await asyncio.gather(*(intake.save(one, "digest") for one in changes), return_exceptions=True)


async def count(engine: AsyncEngine, what: str) -> int:
    async with driver_transaction(engine) as driver:
        number: int = await driver.fetchval(f"SELECT count({what}) FROM cases")
    return number


async def test_what_comes_at_once_is_saved_in_few_transactions(engine: AsyncEngine, policy: Policy) -> None:
    changes = [filed(policy, f"phone-{number:05}") for number in range(40)]
    saved = await save_at_once(engine, changes)
    numbers = [one.number for one in saved if isinstance(one, Saved)]
    assert len(set(numbers)) == 40
    async with driver_transaction(engine) as driver:
        stored = await driver.fetch("SELECT id, number, xmin::text FROM cases")
    assert {row["id"]: row["number"] for row in stored} == {
        change.case.id: number for change, number in zip(changes, numbers, strict=True)
    }, "each is told the number of his own"
    assert len({row["xmin"] for row in stored}) == ceil(40 / FINDINGS_AT_ONCE)


async def test_a_report_sent_twice_in_one_instant_is_saved_once(engine: AsyncEngine, policy: Policy) -> None:
    saved = await save_at_once(
        engine, [filed(policy, one) for one in ("phone-00001", "phone-00001", "phone-2")]
    )
    assert [type(one) for one in saved].count(SameClientIdError) == 1
    assert isinstance(saved[2], Saved)
    assert await count(engine, "*") == 2


async def test_nobody_gets_more_than_he_has_room_for(engine: AsyncEngine, policy: Policy) -> None:
    saved = await save_at_once(engine, [offered(policy, f"phone-{number:05}") for number in range(5)])
    assert [type(one) for one in saved] == [Saved, Saved, NoRoomError, NoRoomError, NoRoomError]
    assert await load_of(engine) == 2
    assert await count(engine, "*") == 2


async def test_two_processes_reserve_the_same_people_at_once(engine: AsyncEngine, policy: Policy) -> None:
    async with driver_transaction(engine) as driver:
        await driver.execute("UPDATE person SET capacity = 25")
    halves = await asyncio.gather(
        *(
            save_at_once(engine, [offered(policy, f"{process}-{number:05}") for number in range(20)])
            for process in ("one-one", "two-two")
        )
    )
    saved = [one for half in halves for one in half]
    assert all(isinstance(one, Saved | NoRoomError | asyncpg.DeadlockDetectedError) for one in saved)
    assert await load_of(engine) == await count(engine, "*") == 25
