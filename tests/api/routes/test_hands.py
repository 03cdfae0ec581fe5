"""Hands: operators see who has a case open or takes it on, and nobody learns of cases that are not his."""

from uuid import uuid4

import orjson
import pytest

from api.identity import Role
from api.live_frames import LiveScope, hands_frame, shared_reach
from api.store.database import driver_transaction
from api.store.hands import list_hands
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.routes.test_casework import Town, report, town
from tests.api.serving import engine_in
from tests.api.test_live import scope_of

pytestmark = pytest.mark.postgis
__all__ = ["town"]


async def test_what_one_holds_the_others_see(town: Town) -> None:
    opened = (await report(town.operator, client_id="phone-201"))["id"]
    taken = (await report(town.operator, client_id="phone-202"))["id"]
    other = await sign_in_as(town.app, Role.OPERATOR, DISTRICT)
    mine, theirs = uuid4(), uuid4()
    await town.operator.put(f"/api/v1/hands/{mine}", json={"open": opened, "taken": [taken, opened]})
    told = (await other.put(f"/api/v1/hands/{theirs}", json={"open": taken})).json()
    assert {(hand["page"], hand["case"], hand["taken"]) for hand in told} == {
        (str(mine), opened, True),
        (str(mine), taken, True),
        (str(theirs), taken, False),
    }
    assert all(hand["name"] for hand in told)
    await town.operator.put(f"/api/v1/hands/{mine}", json={})
    assert (await other.delete(f"/api/v1/hands/{theirs}")).status_code == 204
    assert (await other.put(f"/api/v1/hands/{theirs}", json={})).json() == []


async def test_a_hand_that_is_not_told_again_is_forgotten(town: Town) -> None:
    case = (await report(town.operator, client_id="phone-203"))["id"]
    await town.operator.put(f"/api/v1/hands/{uuid4()}", json={"open": case})
    async with driver_transaction(engine_in(town.app)) as driver:
        assert len(await list_hands(driver, DISTRICT)) == 1
        await driver.execute("UPDATE hand SET seen_at = seen_at - interval '46 seconds'")
        assert await list_hands(driver, DISTRICT) == ()


async def test_hands_say_nothing_of_cases_that_one_may_not_see(town: Town) -> None:
    case = (await report(town.operator, client_id="phone-204"))["id"]
    await town.operator.put(f"/api/v1/hands/{uuid4()}", json={"open": case})
    elsewhere = await sign_in_as(town.app, Role.SUPERVISOR, "990101002")
    assert (await elsewhere.put(f"/api/v1/hands/{uuid4()}", json={"open": case})).json() == []
    async with driver_transaction(engine_in(town.app)) as driver:
        hands = await list_hands(driver, DISTRICT)

    def held(scope: LiveScope) -> list[str]:
        frame = hands_frame(hands, shared_reach(scope.cases, DISTRICT))
        return [hand["case"] for hand in orjson.loads(frame.split(b"data: ")[1])["hands"]]

    assert held(scope_of(Role.OPERATOR)) == [case, case]
    assert held(scope_of(Role.SUPERVISOR, "990101002")) == []


async def test_more_than_an_operator_can_hold_is_refused(town: Town) -> None:
    body = {"taken": [str(uuid4()) for _ in range(51)]}
    assert (await town.operator.put(f"/api/v1/hands/{uuid4()}", json=body)).status_code == 422
