"""Two server processes on one store: one event log, one set of timers, nobody overbooked; either may die."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.guards import SESSION_COOKIE
from api.identity import Grant, Role
from api.ids import new_id
from api.sign_in import new_link, sign_in_with_link
from api.store.accounts import create_account, set_grants
from api.store.database import driver_transaction, open_engine, transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT, OWN_HEADER
from tests.house.processes import free_port, wait_until_ready

pytestmark = [pytest.mark.postgis, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import sys, uvicorn
from pathlib import Path
from api.main import create_app
from api.settings import Settings
settings = Settings(database_url=sys.argv[1], data_path=Path(sys.argv[3]), district_code="990101")
uvicorn.run(create_app(settings), port=int(sys.argv[2]), log_level="warning", timeout_graceful_shutdown=1)
"""
CAPACITY, PEOPLE = 6, 3
SEEN_AT = datetime.now(UTC).isoformat()


@contextmanager
def server(database: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """One server process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVE, database, str(port), folder], cwd=ROOT)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(database, pool_size=2)
    await small_district.load(opened)
    now = datetime.now(UTC)
    async with driver_transaction(opened) as driver:
        for number in range(PEOPLE):
            await driver.execute(
                """INSERT INTO person (district, id, name, post, area, street, capacity, station)
                   VALUES ('990101', $1, '甲', 'alley_steward', '990101001', 'lane-0', $2,
                           'SRID=4326;POINT(112.002 37.006)')""",
                UUID(int=100 + number),
                CAPACITY,
            )
            await driver.execute(
                """INSERT INTO roster (district, id, person, starts_at, ends_at)
                   VALUES ('990101', gen_random_uuid(), $1, $2, $3)""",
                UUID(int=100 + number),
                now - timedelta(hours=1),
                now + timedelta(hours=8),
            )
    yield opened
    await opened.dispose()


async def cookie_of_an_operator(engine: AsyncEngine) -> dict[str, str]:
    account = new_id()
    async with transaction(engine) as connection:
        await create_account(
            connection, DISTRICT, account, name="desk", display_name="desk", created_by="tests"
        )
        await set_grants(connection, DISTRICT, account, [Grant(Role.OPERATOR, DISTRICT)], "tests")
        link = await new_link(connection, DISTRICT, account)
    begun = await sign_in_with_link(engine, DISTRICT, secret=link.text, address="tests")
    return {SESSION_COOKIE: begun.secret.text}


class Listener:
    """What one server's live stream tells, in order."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.ready = asyncio.Event()

    async def listen(self, client: httpx.AsyncClient) -> None:
        async with client.stream("GET", "/api/v1/live") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event: hello"):
                    self.ready.set()
                if line.startswith('data: {"cases"'):
                    news = orjson.loads(line.removeprefix("data: "))
                    self.heard += [event["id"] for event in news["events"]]


@asynccontextmanager
async def listening(client: httpx.AsyncClient) -> AsyncIterator[Listener]:
    listener = Listener()
    task = asyncio.create_task(listener.listen(client))
    try:
        await asyncio.wait_for(listener.ready.wait(), 20)
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def report(client: httpx.AsyncClient, client_id: str) -> int:
    finding = {
        "client_id": client_id, "category": "E0401", "found_at": SEEN_AT,
        "lon": 112.002, "lat": 37.005,
    }  # fmt: skip
    answer = await client.post("/api/v1/findings", json=finding)
    assert answer.status_code in (200, 201), answer.text
    return answer.status_code


async def until_heard(engine: AsyncEngine, *listeners: Listener) -> list[str]:
    """Wait until each has heard of every event there is; the events in the order of the log."""
    async with asyncio.timeout(40):
        while True:
            async with driver_transaction(engine) as driver:
                rows = await driver.fetch("SELECT id::text, seq FROM case_event ORDER BY seq")
            if all(row["seq"] for row in rows) and all(len(one.heard) >= len(rows) for one in listeners):
                return [row["id"] for row in rows]
            await asyncio.sleep(0.2)


async def test_two_processes_are_one_server_and_either_may_die(
    database: str, engine: AsyncEngine, tmp_path: Path
) -> None:
    cookies = await cookie_of_an_operator(engine)
    with (
        server(database, tmp_path / "one") as (one, process),
        server(database, tmp_path / "two") as (two, _),
    ):
        options = {"cookies": cookies, "headers": OWN_HEADER, "timeout": 60.0}
        async with (
            httpx.AsyncClient(base_url=one, **options) as first,  # type: ignore[arg-type]  # as httpx names them
            httpx.AsyncClient(base_url=two, **options) as second,  # type: ignore[arg-type]
            listening(second) as on_two,
        ):
            async with listening(first) as on_one:
                sent = [report(first if n % 2 else second, f"phone-{n:05}") for n in range(30)]
                twice = [report(client, "phone-twice") for client in (first, second)]
                codes = await asyncio.gather(*sent, *twice)
                assert sorted(codes) == [200] + [201] * 31
                async with driver_transaction(engine) as driver:
                    loads = await driver.fetch(
                        """SELECT load, capacity, (SELECT count(*) FROM task t WHERE t.responder = p.id
                              AND t.state = 'offered') AS held FROM person p"""
                    )
                assert all(row["load"] == row["held"] <= row["capacity"] for row in loads)
                assert sum(row["load"] for row in loads) == CAPACITY * PEOPLE
                async with driver_transaction(engine) as driver:
                    await driver.execute(
                        "UPDATE timer SET due_at = now(), try_at = now() WHERE kind = 'offer_expires'"
                    )
                async with asyncio.timeout(40):
                    while await _expired(engine) < CAPACITY * PEOPLE:
                        await asyncio.sleep(0.2)
                log = await until_heard(engine, on_one, on_two)
                assert on_one.heard == on_two.heard == log, "both tell the same, in one order, each once"
                async with driver_transaction(engine) as driver:
                    fired = await driver.fetch(
                        """SELECT body ->> 'task' AS task, count(*) AS times FROM case_event
                           WHERE kind = 'expire' GROUP BY 1"""
                    )
                assert {row["times"] for row in fired} == {1}
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert await report(second, "phone-after") == 201
            assert await until_heard(engine, on_two) == on_two.heard


async def _expired(engine: AsyncEngine) -> int:
    async with driver_transaction(engine) as driver:
        number: int = await driver.fetchval("SELECT count(*) FROM case_event WHERE kind = 'expire'")
    return number
