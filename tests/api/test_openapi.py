"""The whole API document, driven with what fits it and what does not: the server never fails."""

import asyncio
import copy
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from api.identity import Grant, Role
from api.main import create_app
from api.settings import Settings
from api.sign_in import new_link
from api.store.database import open_engine, transaction
from tests.api.people_here import DISTRICT, OWN_HEADER, make_account
from tests.api.serving import serving
from tests.api.the_town import STEWARD, build_town

pytestmark = pytest.mark.postgis

EXAMPLES = 3
"""For each operation and each way of making requests; ./yilu test --all tries more."""

LEFT_OUT = frozenset({("GET", "/api/v1/live"), ("DELETE", "/api/v1/session")})
"""One never ends, the other ends the session that all others need."""

NEEDS_ROADS = frozenset({"/api/v1/coverage", "/api/v1/tasks/round", "/api/v1/tasks/{task_id}/way"})
"""The town has no roads, and these say that they wait for some."""

WAYS = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@dataclass(frozen=True)
class Running:
    """A server with one of everything, and somebody signed in who may do anything."""

    app: FastAPI
    address: str
    session: requests.Session
    names: dict[str, str]
    answered: Counter[int] = field(default_factory=Counter)


async def furnish(database: str, data_path: Path) -> tuple[str, dict[str, str]]:
    """Fill the store; return a sign-in link for somebody with every role, and what addresses can name."""
    async with serving(database, data_path) as (app, _):
        town = await build_town(app)
        grants = [Grant(role, DISTRICT) for role in Role]
        account = await make_account(app, "everybody", *grants, person=STEWARD)
        names = {name: await thing.id() for name, thing in town.items()}
    engine = open_engine(database)
    async with transaction(engine) as connection:
        link = await new_link(connection, DISTRICT, account)
    await engine.dispose()
    return link.text, names


@pytest.fixture
def running(database: str, tmp_path: Path) -> Iterator[Running]:
    link, names = asyncio.run(furnish(database, tmp_path))
    app = create_app(Settings(database_url=database, data_path=tmp_path, district_code=DISTRICT))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        session = requests.Session()
        session.headers.update(OWN_HEADER)
        address = f"http://127.0.0.1:{port}"
        signed_in = session.post(f"{address}/api/v1/session/link", json={"link": link}, timeout=10)
        assert signed_in.status_code == 201, signed_in.text
        yield Running(app, address, session, names)
    finally:
        server.should_exit = True
        thread.join()


def failures_of(
    running: Running, operation: Any, way: schemathesis.GenerationMode, examples: int, luck: int
) -> list[str]:
    """Ask for one operation in many ways; return those that made the server fail."""
    failures: list[str] = []

    @seed(luck)
    @given(case=operation.as_strategy(generation_mode=way), really=st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any, really: bool) -> None:
        for name in case.path_parameters or {}:
            if really and name in running.names:
                case.path_parameters[name] = running.names[name]
        try:
            answer = case.call(base_url=running.address, session=running.session, timeout=20)
        except requests.exceptions.InvalidHeader:
            return  # no client can send it
        running.answered[answer.status_code] += 1
        waits_for_roads = answer.status_code == 503 and operation.path in NEEDS_ROADS
        if answer.status_code >= 500 and not waits_for_roads:
            failures.append(f"{answer.status_code}: {case.as_curl_command()}\n    {answer.text[:300]}")

    with suppress(Unsatisfiable):  # an operation that takes nothing cannot be asked wrongly
        ask()
    return failures[:1]


def drive(running: Running, examples: int, luck: int = 0) -> list[str]:
    """Ask for every operation of the document; what is asked follows from the number of `luck`."""
    document = copy.deepcopy(running.app.openapi())
    document.pop("security")  # else made-up tokens would take the place of the session
    schema = schemathesis.openapi.from_dict(document)
    failures: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue
        for way in WAYS:
            failures += failures_of(running, operation, way, examples, luck)
    return failures


def test_nothing_that_can_be_asked_makes_the_server_fail(running: Running) -> None:
    failures = drive(running, EXAMPLES)
    assert not failures, "\n".join(failures)
    assert running.answered[401] < running.answered[200], "the requests got no further than the door"
    assert running.answered[200] > 100


@pytest.mark.slow
def test_nothing_that_can_be_asked_makes_the_server_fail_at_length(running: Running) -> None:
    luck = secrets.randbelow(2**32)
    failures = drive(running, EXAMPLES * 12, luck)
    assert not failures, "\n".join((f"asked with luck={luck}", *failures))
