"""The board: all that a command centre shows, each case just as a list tells it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.identity import Grant, Reach, Role
from api.live import LiveHub
from api.live_frames import LiveScope
from api.sequencer import Sequencer
from api.store.database import driver_transaction
from api.store.feed import FeedPlace
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.routes.test_casework import Town, report, town
from tests.api.serving import engine_in

pytestmark = pytest.mark.postgis
__all__ = ["town"]


async def board(client: httpx.AsyncClient, since: datetime) -> dict[str, dict[str, Any]]:
    """The board's cases by id."""
    told = (await client.get("/api/v1/cases/board", params={"since": since.isoformat()})).json()
    cases = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    return {case["id"]: case for case in cases}


def moments(case: dict[str, Any]) -> dict[str, Any]:
    """The case with its moments as such: the store writes the zone in another way."""
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and value else value
        for name, value in case.items()
    }


async def test_every_case_is_told_as_a_list_tells_it(town: Town) -> None:
    for number in range(3):
        await report(town.operator, client_id=f"phone-30{number}", description=f'说 "{number}"\n')
    listed = (await town.operator.get("/api/v1/cases")).json()["items"]
    told = await board(town.operator, datetime.now(UTC) - timedelta(hours=1))
    assert len(listed) == 3
    assert {key: moments(case) for key, case in told.items()} == {one["id"]: moments(one) for one in listed}


async def test_what_ended_is_told_only_where_it_began_or_ended_since(town: Town) -> None:
    old = (await report(town.operator, client_id="phone-311"))["id"]
    just_done = (await report(town.operator, client_id="phone-312"))["id"]
    still_open = (await report(town.operator, client_id="phone-313"))["id"]
    async with driver_transaction(engine_in(town.app)) as driver:
        await driver.execute("UPDATE cases SET reported_at = now() - interval '3 days'")
        ended = "UPDATE cases SET state = 'closed', closed_at = now() - $2::interval WHERE id = $1"
        await driver.execute(ended, old, timedelta(days=2))
        await driver.execute(ended, just_done, timedelta(minutes=5))
    told = await board(town.operator, datetime.now(UTC) - timedelta(hours=12))
    assert set(told) == {just_done, still_open}


async def test_nobody_sees_more_on_it_than_in_a_list(town: Town) -> None:
    await report(town.operator, client_id="phone-321")
    elsewhere = await sign_in_as(town.app, Role.SUPERVISOR, "990101002")
    since = datetime.now(UTC) - timedelta(hours=1)
    assert await board(elsewhere, since) == {}
    inside = await sign_in_as(town.app, Role.SUPERVISOR, f"{DISTRICT}001")
    assert len(await board(inside, since)) == len((await inside.get("/api/v1/cases")).json()["items"]) > 0


async def test_a_stream_from_where_the_board_stands_tells_all_that_came_after(town: Town) -> None:
    await report(town.operator, client_id="phone-331")
    sequencer = Sequencer(engine_in(town.app), DISTRICT)
    hub = LiveHub(engine_in(town.app), DISTRICT)
    while await sequencer.step():
        pass
    scope = LiveScope(*(Reach((Grant(Role.OPERATOR, DISTRICT),)) for _ in range(2)))
    behind = hub.follow(scope, allowed)  # this process has told all up to here
    assert b"event: hello" in await anext(behind)
    await report(town.operator, client_id="phone-332")
    while await sequencer.step():
        pass
    since = datetime.now(UTC) - timedelta(hours=1)
    told = (await town.operator.get("/api/v1/cases/board", params={"since": since.isoformat()})).json()
    assert len(told["rows"]) == 2
    stream = hub.follow(scope, allowed, FeedPlace.parse(told["place"]))
    assert b'"resumed":true' in await anext(stream), "a board ahead of the process must not be fetched again"
    later = await report(town.operator, client_id="phone-333")
    while await sequencer.step():
        pass
    await hub.step()
    assert later["id"].encode() in await anext(stream)
    for one in (behind, stream):
        await one.aclose()


async def allowed() -> bool:
    """Nothing is taken away."""
    return True
