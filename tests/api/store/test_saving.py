"""A change is saved whole or not at all; what was saved is read back the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.ids import new_id
from api.settings import data_folder
from api.store.cases import find_case_file, find_report, list_events, times_due
from api.store.database import driver_transaction, open_engine
from api.store.saving import LostRaceError, NoRoomError, SameClientIdError, save_change
from dispatch import use_cases
from dispatch.cases import Act, Actor, Case, Place, Post, Ring
from dispatch.changes import Change
from dispatch.choices import Choice
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import FindingId, PersonId
from dispatch.lifecycle import Outcome, State
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.responders import NOWHERE, Responder
from dispatch.words import Words
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId
from tests.api import small_district

pytestmark = pytest.mark.postgis

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STEWARD = PersonId(UUID(int=7))
FINDER = Actor(STEWARD, Post("alley_steward"), "测试管家", AreaCode("990101001"))
HERE = Place(
    LonLat(112.005, 37.005), small_district.DISTRICT, small_district.grid_code(1), StreetId("lane-0"), 1
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(data_folder() / "policy")


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(database, pool_size=8)
    await small_district.load(opened)
    async with driver_transaction(opened) as driver:
        await driver.execute(
            """INSERT INTO person (district, id, name, post, area, street, capacity)
               VALUES ('990101', $1, '测试管家', 'alley_steward', '990101001', 'lane-0', 2)""",
            STEWARD,
        )
    yield opened
    await opened.dispose()


def act(minutes: int = 0, reason: str = "") -> Act:
    at = NOW + timedelta(minutes=minutes)
    return Act(FINDER, at, new_id, reason, at)


def finding(policy: Policy, *, wish: Wish = Wish.HAND_ON, client_id: str = "phone-00001") -> Finding:
    category = next(iter(policy.categories))
    return Finding(
        FindingId(new_id()), small_district.DISTRICT, STEWARD, client_id, Source.STAFF, Kind.PATROL_FINDING,
        category, HERE.at, NOW, NOW, "“门前”有杂物\n第二行", (), wish,
        Outcome.PERSUADED if wish is Wish.SETTLE else None,
    )  # fmt: skip


def choice(minutes: int = 0) -> Choice:
    steward = Responder(STEWARD, "测试管家", Post("alley_steward"), AreaCode("990101001"))
    expires = NOW + timedelta(minutes=minutes + 5)
    return Choice(steward, Ring.TASK_FORCE, expires, Words("最近", "nearest"), 123.4, NOWHERE)


async def save(engine: AsyncEngine, *changes: Change) -> None:
    async with driver_transaction(engine) as driver:
        for change in changes:
            await save_change(driver, change, "digest")


async def stored(engine: AsyncEngine, case: Case) -> Case:
    async with driver_transaction(engine) as driver:
        file = await find_case_file(driver, case.district, case.id)
    assert file is not None
    return file.case


async def load_of(engine: AsyncEngine) -> int:
    async with driver_transaction(engine) as driver:
        load: int = await driver.fetchval("SELECT load FROM person WHERE id = $1", STEWARD)
    return load


async def test_every_step_of_a_life_reads_back_as_it_was_decided(engine: AsyncEngine, policy: Policy) -> None:
    reported = use_cases.report_finding(finding(policy), HERE, act(), policy)
    await save(engine, reported)
    assert await stored(engine, reported.case) == reported.case
    steps: list[Callable[[Case], Change]] = [
        lambda case: use_cases.offer(case, choice(), act(1)),
        lambda case: use_cases.extend(case, act(2, "下雨"), policy, 1),
        lambda case: use_cases.note(case, act(3, "已电话联系")),
    ]
    for step in steps:
        change = step(await stored(engine, reported.case))
        await save(engine, change)
        assert await stored(engine, reported.case) == change.case
    async with driver_transaction(engine) as driver:
        file = await find_case_file(driver, "990101", reported.case.id)
        events = await list_events(driver, "990101", reported.case.id)
    assert file is not None
    assert file.task is not None
    assert file.task.expected_s == 123.4
    assert [event.number for event in events] == [1, 2, 3, 4, 5]
    assert events[0] == reported.events[0]
    assert await load_of(engine) == 1


async def test_from_acceptance_to_resolution_the_place_is_given_back_and_the_timers_go(
    engine: AsyncEngine, policy: Policy
) -> None:
    change = use_cases.report_finding(finding(policy), HERE, act(), policy)
    change = change.then(use_cases.offer(change.case, choice(), act()))
    await save(engine, change)
    for minutes in range(1, 4):
        async with driver_transaction(engine) as driver:
            file = await find_case_file(driver, "990101", change.case.id)
            assert file is not None
            assert file.task is not None
            moved = [
                lambda f: use_cases.accept(f.case, f.task, act(1)),
                lambda f: use_cases.arrive(f.case, f.task, act(2)),
                lambda f: use_cases.resolve(
                    f.case, f.task, act(3, "已劝离"), policy, Outcome.PERSUADED, photographs=("a" * 64,)
                ),
            ][minutes - 1](file)
            await save_change(driver, moved)
    case = await stored(engine, change.case)
    assert case.state in {State.RESOLVED, State.CLOSED}
    assert case.outcome is Outcome.PERSUADED
    assert await load_of(engine) == 0
    async with driver_transaction(engine) as driver:
        assert not {"due", "remind_half"} & set(await times_due(driver, "990101", case.id))


async def test_of_two_who_decided_on_the_same_state_one_loses_and_leaves_nothing(
    engine: AsyncEngine, policy: Policy
) -> None:
    reported = use_cases.report_finding(finding(policy), HERE, act(), policy)
    await save(engine, reported)
    seen = await stored(engine, reported.case)
    await save(engine, use_cases.note(seen, act(1, "一")))
    with pytest.raises(LostRaceError):
        await save(engine, use_cases.offer(seen, choice(), act(2)))
    assert await load_of(engine) == 0
    async with driver_transaction(engine) as driver:
        assert len(await list_events(driver, "990101", seen.id)) == seen.events + 1


async def test_fifty_offers_at_once_never_exceed_the_capacity_of_one_person(
    engine: AsyncEngine, policy: Policy
) -> None:
    reports = [
        use_cases.report_finding(finding(policy, client_id=f"phone-{n:05}"), HERE, act(), policy)
        for n in range(50)
    ]
    await save(engine, *reports)

    async def offer(case: Case) -> bool:
        try:
            await save(engine, use_cases.offer(case, choice(), act(1)))
        except NoRoomError:
            return False
        return True

    done = await asyncio.gather(*(offer(report.case) for report in reports))
    assert sum(done) == 2
    assert await load_of(engine) == 2
    async with driver_transaction(engine) as driver:
        assert await driver.fetchval("SELECT count(*) FROM cases WHERE state = 'offered'") == 2
        assert await driver.fetchval("SELECT count(*) FROM task") == 2


async def test_a_finding_sent_again_meets_its_first_copy(engine: AsyncEngine, policy: Policy) -> None:
    await save(engine, use_cases.report_finding(finding(policy), HERE, act(), policy))
    with pytest.raises(SameClientIdError):
        await save(engine, use_cases.report_finding(finding(policy), HERE, act(), policy))
    async with driver_transaction(engine) as driver:
        earlier = await find_report(driver, "990101", STEWARD, "phone-00001")
        assert earlier is not None
        assert earlier.digest == "digest"
        assert await driver.fetchval("SELECT count(*) FROM cases") == 1


async def test_a_place_outside_every_area_is_kept_with_the_nearest_named(
    engine: AsyncEngine, policy: Policy
) -> None:
    outside = Place(
        LonLat(113.0, 38.0), small_district.DISTRICT, None, None, 1, small_district.grid_code(16), 9.5
    )
    change = use_cases.report_finding(finding(policy), outside, act(), policy)
    await save(engine, change)
    case = await stored(engine, change.case)
    assert case.unassigned
    assert case.place == outside
    assert case.state is State.REPORTED


async def test_a_report_with_its_offer_is_one_round_trip(engine: AsyncEngine, policy: Policy) -> None:
    """Intake is bounded by round trips."""
    change = use_cases.report_finding(finding(policy), HERE, act(), policy)
    change = change.then(use_cases.offer(change.case, choice(), act()))
    asked: list[str] = []
    async with driver_transaction(engine) as driver:
        driver.add_query_logger(lambda record: asked.append(record.query))
        await save_change(driver, change)
    assert len(asked) == 1
