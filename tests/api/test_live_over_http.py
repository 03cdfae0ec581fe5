"""The live stream through a real server and a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.identity import Grant, Role
from api.main import create_app
from api.settings import Settings
from api.store.accounts import set_grants
from api.store.database import transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT, OWN_HEADER, client_of, make_account
from tests.api.serving import engine_in

pytestmark = pytest.mark.postgis


@asynccontextmanager
async def served(database: str, data_path: Path) -> AsyncIterator[tuple[FastAPI, str]]:
    """The whole server on a free port, working in the background as in production."""
    app = create_app(Settings(database_url=database, data_path=data_path))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield app, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def next_event(lines: AsyncIterator[str], name: str) -> str:
    """Read on until an event of that name; its data."""
    async with asyncio.timeout(20):
        async for line in lines:
            if line == f"event: {name}":
                return (await anext(lines)).removeprefix("data: ")
    raise AssertionError(f"the stream ended before '{name}'")


async def test_a_finding_reaches_a_browser_and_a_lost_right_ends_the_stream(
    database: str, tmp_path: Path
) -> None:
    async with served(database, tmp_path) as (app, address):
        await small_district.load(engine_in(app))
        account = await make_account(app, "operator", Grant(Role.OPERATOR, DISTRICT))
        inside = await client_of(app, account)
        cookies = dict(inside.cookies)
        async with (
            httpx.AsyncClient(base_url=address, cookies=cookies, headers=OWN_HEADER, timeout=30) as browser,
            browser.stream("GET", "/api/v1/live") as stream,
        ):
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in stream.headers
            lines = stream.aiter_lines()
            await next_event(lines, "hello")
            finding = {
                "client_id": "seen-on-the-way",
                "category": "E0401",
                "lon": 112.001,
                "lat": 37.001,
                "found_at": datetime.now(UTC).isoformat(),
            }
            answer = await browser.post("/api/v1/findings", json=finding)
            assert answer.status_code == 201, answer.text
            assert answer.json()["case"]["id"] in await next_event(lines, "news")
            async with transaction(engine_in(app)) as connection:
                await set_grants(connection, DISTRICT, account, [], "tests")
            async with asyncio.timeout(20):
                async for _ in lines:
                    pass
        while app.state.live.follower_count:
            await asyncio.sleep(0.05)
