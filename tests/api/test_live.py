"""The live stream: who follows it and applies what it says always has what a fresh fetch would give."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from api.identity import Grant, Permission, Principal, Reach, Role, reach_of
from api.live import LiveHub
from api.live_frames import LiveScope, shared_reach
from api.sequencer import Sequencer
from api.store.database import driver_transaction
from api.store.feed import FeedPlace, raise_epoch
from api.store.people import PersonRecord, RosterLine, save_people, save_roster
from api.store.roads import Closure, close_edges, lift_closure
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

WORKERS = [UUID(int=300 + number) for number in range(3)]
NOBODY = Reach()


class Follower:
    """A page: fetches when it is told to, then applies every frame."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.cases: dict[str, dict[str, Any]] = {}
        self.seqs: list[int] = []
        self.names: list[str] = []
        self.last_id = ""
        self.gone = 0

    async def fetch(self) -> dict[str, dict[str, Any]]:
        """The list as it is now."""
        found: dict[str, dict[str, Any]] = {}
        cursor = ""
        while cursor is not None:
            page = (await self._client.get(f"/api/v1/cases?limit=50&cursor={cursor}")).json()
            found |= {case["id"]: case for case in page["items"]}
            cursor = page["next"]
        return found

    async def hear(self, frame: bytes) -> None:
        """Apply what the stream says, which may be several events at once."""
        for event in frame.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in event.splitlines())
            if not lines:
                continue
            self.names.append(lines["event"])
            self.last_id = lines.get("id", self.last_id)
            data = orjson.loads(lines["data"])
            if lines["event"] == "resync" or (lines["event"] == "hello" and not data["resumed"]):
                self.cases = await self.fetch()
            if lines["event"] == "news":
                self._apply(data)

    def _apply(self, news: dict[str, Any]) -> None:
        self.seqs += [event["seq"] for event in news["events"]]
        for case in news["cases"]:
            known = self.cases.get(case["id"])
            if known is None or known["events"] <= case["events"]:
                self.cases[case["id"]] = case
        for case in news["gone"]:
            self.gone += self.cases.pop(case, None) is not None


class Live(NamedTuple):
    """A server whose sequencer and hub the test steps by hand."""

    app: FastAPI
    hub: LiveHub
    sequencer: Sequencer

    async def tick(self) -> None:
        """Stamp what was committed and tell it."""
        while await self.sequencer.step():
            pass
        await self.hub.step()


async def always() -> bool:
    """A right that nobody takes away."""
    return True


def scope_of(role: Role, area: str = DISTRICT, street: str | None = None) -> LiveScope:
    """What somebody with that one role sees of cases."""
    return LiveScope(shared_reach(Reach((Grant(role, area, street),)), DISTRICT), NOBODY)


@pytest.fixture
async def live(database: str, tmp_path: Path) -> AsyncIterator[Live]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        now = datetime.now(UTC)
        async with driver_transaction(engine_in(app)) as driver:
            await save_people(
                driver,
                DISTRICT,
                [
                    PersonRecord(one, f"网格员{one.int}", "", "grid_worker", "990101001001", capacity=50)
                    for one in WORKERS
                ],
            )
            hours = timedelta(hours=2)
            await save_roster(
                driver, DISTRICT, [RosterLine(uuid4(), one, now - hours, now + hours) for one in WORKERS]
            )
        yield Live(app, app.state.live, Sequencer(engine_in(app), DISTRICT))


@asynccontextmanager
async def following(live: Live, follower: Follower, scope: LiveScope, last: str = "") -> AsyncIterator[None]:
    """Follow until the block ends, and apply all that was told by then."""
    frames = live.hub.follow(scope, always, FeedPlace.parse(last))
    await follower.hear(await anext(frames))

    async def listen() -> None:
        async for frame in frames:
            await follower.hear(frame)

    listening = asyncio.create_task(listen())
    yield
    await asyncio.sleep(0)
    for _ in range(200):
        await asyncio.sleep(0)
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def report(client: httpx.AsyncClient, chance: random.Random) -> str:
    """Report something somewhere in the small district; the case's id."""
    finding = {
        "client_id": f"finding-{chance.getrandbits(64)}",
        "category": chance.choice(["E0401", "E0101"]),
        "lon": 112.0 + chance.random() * 0.0399,
        "lat": 37.0 + chance.random() * 0.0399,
        "found_at": datetime.now(UTC).isoformat(),
    }
    answer = await client.post("/api/v1/findings", json=finding)
    assert answer.status_code in {200, 201}, answer.text
    body = answer.json()
    return str(body.get("case", body).get("id") if isinstance(body.get("case", body), dict) else body["case"])


async def act(client: httpx.AsyncClient, case: str, chance: random.Random) -> int:
    """Do something to a case, allowed in its state or not; the status."""
    action, body = chance.choice(
        [
            ("note", {"reason": "seen"}),
            ("assign", {}),
            ("assign", {"responder": str(chance.choice(WORKERS))}),
            ("withdraw", {"reason": "another way"}),
            ("dismiss", {"reason": "nothing there"}),
            ("relocate", {"lon": 112.0 + chance.random() * 0.05, "lat": 37.0 + chance.random() * 0.0399}),
            ("reclassify", {"category": "E0101", "reason": "looked again"}),
            ("pause", {"reason": "rain"}),
            ("resume", {"reason": "dry"}),
        ]
    )
    return (await client.post(f"/api/v1/cases/{case}/{action}", json=body)).status_code


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_who_applies_every_frame_has_what_a_fresh_fetch_gives(live: Live, seed: int) -> None:
    chance = random.Random(seed)
    operator = await sign_in_as(live.app, Role.OPERATOR)
    grant = Grant(Role.GRID_WORKER, small_district.grid_code(6))
    account = await make_account(live.app, "worker", grant, person=WORKERS[0])
    worker = Principal(DISTRICT, account=account, person=WORKERS[0], grants=(grant,))
    scope = LiveScope(shared_reach(reach_of(worker, Permission.VIEW_CASES), DISTRICT), NOBODY)
    everywhere, somewhere = Follower(operator), Follower(await client_of(live.app, account))
    cases: list[str] = []
    done: list[int] = []
    async with (
        following(live, everywhere, scope_of(Role.OPERATOR)),
        following(live, somewhere, scope),
    ):
        for _ in range(160):
            if len(cases) < 5 or chance.random() < 0.2:
                cases.append(await report(operator, chance))
            else:
                done.append(await act(operator, chance.choice(cases), chance))
            if chance.random() < 0.5:
                await live.tick()
        await live.tick()
    assert done.count(200) > 20, "the history is a history"
    assert len(everywhere.cases) == len(cases)
    assert everywhere.cases == await everywhere.fetch()
    assert somewhere.cases == await somewhere.fetch()
    assert somewhere.gone > 0, "something left the worker's sight"
    assert everywhere.seqs == list(range(1, len(everywhere.seqs) + 1)), "none missed, none twice"


async def test_who_comes_back_goes_on_where_he_left(live: Live) -> None:
    chance = random.Random(12)
    operator = await sign_in_as(live.app, Role.OPERATOR)
    page = Follower(operator)
    async with following(live, page, scope_of(Role.OPERATOR)):
        await report(operator, chance)
        await live.tick()
    for _ in range(3):
        await report(operator, chance)
    await live.tick()
    page.names.clear()
    async with following(live, page, scope_of(Role.OPERATOR), last=page.last_id):
        await report(operator, chance)
        await live.tick()
    assert page.names == ["hello", "news", "news"]
    assert page.cases == await page.fetch()
    assert page.seqs == list(range(1, len(page.seqs) + 1))


@pytest.mark.parametrize("last", ["1-99999", "7-1"])
async def test_who_was_away_too_long_fetches_anew(live: Live, last: str) -> None:
    operator = await sign_in_as(live.app, Role.OPERATOR)
    await report(operator, random.Random(13))
    await live.tick()
    page = Follower(operator)
    async with following(live, page, scope_of(Role.OPERATOR), last=last):
        pass
    assert page.names == ["resync"]
    assert len(page.cases) == 1


async def test_a_restored_store_sends_everybody_to_fetch_anew(live: Live) -> None:
    operator = await sign_in_as(live.app, Role.OPERATOR)
    page = Follower(operator)
    async with following(live, page, scope_of(Role.OPERATOR)):
        await live.tick()
        async with driver_transaction(engine_in(live.app)) as driver:
            await raise_epoch(driver)
        await live.tick()
    assert page.names == ["hello", "resync"]
    assert page.last_id.startswith("2-")


async def test_who_does_not_keep_up_holds_up_nobody(live: Live) -> None:
    chance = random.Random(14)
    operator = await sign_in_as(live.app, Role.OPERATOR)
    scope = scope_of(Role.OPERATOR)
    slow = live.hub.follow(scope, always)
    await anext(slow)
    page = Follower(operator)
    async with following(live, page, scope):
        for _ in range(40):
            await report(operator, chance)
            await live.tick()
            await asyncio.sleep(0)
    assert page.cases == await page.fetch()
    late = Follower(operator)
    await late.hear(await anext(slow))
    assert late.names == ["resync"]
    assert late.cases == await late.fetch()
    await slow.aclose()
    assert live.hub.follower_count == 0


async def test_followers_of_equal_scope_get_the_same_bytes(live: Live) -> None:
    operator = await sign_in_as(live.app, Role.OPERATOR)
    streams = [live.hub.follow(scope_of(Role.OPERATOR), always) for _ in range(3)]
    for stream in streams:
        await anext(stream)
    await report(operator, random.Random(15))
    await live.tick()
    one, two, three = [await anext(stream) for stream in streams]
    assert one is two is three
    for stream in streams:
        await stream.aclose()


async def test_a_stream_ends_when_the_right_is_taken_away(live: Live) -> None:
    allowed = True

    async def still() -> bool:
        return allowed

    stream = live.hub.follow(scope_of(Role.OPERATOR), still)
    await anext(stream)
    for _ in range(8):
        await live.tick()
    assert (await anext(stream)).startswith(b"event: beat")
    allowed = False
    for _ in range(8):
        await live.tick()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_positions_reach_those_who_may_see_them_and_nobody_else(live: Live) -> None:
    phone = await client_of(
        live.app,
        await make_account(live.app, "phone", Grant(Role.GRID_WORKER, "990101001001"), person=WORKERS[0]),
    )
    whole = shared_reach(Reach((Grant(Role.OPERATOR, DISTRICT),)), DISTRICT)
    seeing = live.hub.follow(LiveScope(whole, whole), always)
    blind = live.hub.follow(LiveScope(whole, NOBODY), always)
    await anext(seeing)
    await anext(blind)
    fix = {"at": datetime.now(UTC).isoformat(), "lon": 112.001, "lat": 37.001}
    assert (await phone.post("/api/v1/positions", json={"fixes": [fix]})).json()["kept"] == 1
    for _ in range(8):
        await live.tick()
    frame = await anext(seeing)
    assert frame.startswith(b"event: positions")
    assert str(WORKERS[0]).encode() in frame
    assert (await anext(blind)).startswith(b"event: beat"), "the blind one heard no positions"
    assert (await anext(seeing)).startswith(b"event: beat"), "each position is told once"
    await seeing.aclose()
    await blind.aclose()


def test_a_command_centre_shares_its_frames() -> None:
    operator = Reach((Grant(Role.OPERATOR, DISTRICT),), frozenset({uuid4()}))
    planner = Reach((Grant(Role.PLANNER, DISTRICT), Grant(Role.AUDITOR, "990101003")), frozenset({uuid4()}))
    assert shared_reach(operator, DISTRICT) == shared_reach(planner, DISTRICT)
    steward = Reach((Grant(Role.TASK_FORCE_MEMBER, "990101001"),), frozenset({uuid4()}))
    assert shared_reach(steward, DISTRICT).own == steward.own


async def test_the_stream_over_http_wants_an_account(live: Live) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(live.app), base_url="http://yilu.test"
    ) as nobody:
        assert (await nobody.get("/api/v1/live")).status_code == 401


async def test_hands_are_told_when_they_change_and_only_then(live: Live) -> None:
    operator = await sign_in_as(live.app, Role.OPERATOR, DISTRICT)
    case = await report(operator, random.Random(1))
    page = uuid4()
    follower = Follower(operator)
    async with following(live, follower, scope_of(Role.OPERATOR)):
        for held in ({"open": case}, {"open": case}, {}):
            await operator.put(f"/api/v1/hands/{page}", json=held)
            for _ in range(4):
                await live.tick()
    assert follower.names.count("hands") == 2


async def test_closures_are_told_when_roads_close_open_and_when_the_time_is_over(live: Live) -> None:
    operator = await sign_in_as(live.app, Role.OPERATOR, DISTRICT)
    follower = Follower(operator)
    soon = datetime.now(UTC) + timedelta(days=1)

    async def second() -> int:
        for _ in range(4):
            await live.tick()
        for _ in range(200):
            await asyncio.sleep(0)  # the follower hears what was told
        return follower.names.count("closures")

    async with following(live, follower, scope_of(Role.OPERATOR)):
        assert await second() == 0
        lifted, over = (
            Closure(uuid4(), 1, (1,), "works", "someone", datetime.now(UTC), until) for until in (None, soon)
        )
        async with driver_transaction(live.app.state.engine) as driver:
            await close_edges(driver, DISTRICT, lifted)
        assert await second() == 1
        assert await second() == 1
        async with driver_transaction(live.app.state.engine) as driver:
            await close_edges(driver, DISTRICT, over)
            await lift_closure(driver, DISTRICT, lifted.id, by="someone", now=datetime.now(UTC))
        assert await second() == 2
        async with driver_transaction(live.app.state.engine) as driver:
            await driver.execute(
                "UPDATE closure SET closed_at = now() - interval '1 day', until = now() - interval '1 s'"
            )
        assert await second() == 3
