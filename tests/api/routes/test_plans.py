"""Dealing out everything that waits at once, looked at first and then done."""

import pytest

from api.identity import Role
from api.store.database import driver_transaction
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.routes.test_casework import STEWARD, Town, report, say, town
from tests.api.serving import engine_in

pytestmark = pytest.mark.postgis
__all__ = ["town"]


async def cases_that_wait(here: Town, number: int) -> list[str]:
    """Cases that nobody was found for, because everybody was off shift just then."""
    async with driver_transaction(engine_in(here.app)) as driver:
        await driver.execute("UPDATE roster SET starts_at = starts_at - interval '1 day', "
                             "ends_at = ends_at - interval '1 day'")  # fmt: skip
    found = [await report(here.operator, client_id=f"phone-10{count}") for count in range(number)]
    assert {case["state"] for case in found} == {"filed"}
    async with driver_transaction(engine_in(here.app)) as driver:
        await driver.execute("UPDATE roster SET starts_at = starts_at + interval '1 day', "
                             "ends_at = ends_at + interval '1 day'")  # fmt: skip
    return [case["id"] for case in found]


async def test_what_waits_is_planned_and_then_offered_within_everybodys_room(town: Town) -> None:
    waiting = await cases_that_wait(town, 4)
    plan = await say(town.operator, "plans/preview")
    assert {offer["case"] for offer in plan["offers"]} == set(waiting)
    assert not any(offer["offered"] for offer in plan["offers"])
    assert all("批量派单" in offer["reason"] for offer in plan["offers"])
    assert plan["toll"]["offers"] == 4
    assert plan["toll"]["travel_s"] == pytest.approx(plan["travel_s"])
    assert plan["one_by_one"]["offers"] <= 4
    untouched = (await town.operator.get(f"/api/v1/cases/{waiting[0]}")).json()
    assert untouched["state"] == "filed"
    done = await say(town.operator, "plans/offers")
    assert all(offer["offered"] for offer in done["offers"])
    async with driver_transaction(engine_in(town.app)) as driver:
        loads = await driver.fetch("SELECT load, capacity FROM person WHERE district = $1", DISTRICT)
    assert sum(row["load"] for row in loads) == 4
    assert all(row["load"] <= row["capacity"] for row in loads)
    assert (await say(town.operator, "plans/preview"))["offers"] == []


async def test_a_plan_leaves_out_what_nobody_can_take_and_what_lies_elsewhere(town: Town) -> None:
    waiting = await cases_that_wait(town, 1)
    async with driver_transaction(engine_in(town.app)) as driver:
        await driver.execute("UPDATE person SET load = capacity WHERE id <> $1", STEWARD)
        await driver.execute("UPDATE person SET load = capacity WHERE id = $1", STEWARD)
    assert (await say(town.operator, "plans/preview"))["left"] == waiting
    neighbour = await sign_in_as(town.app, Role.SUPERVISOR, "990101002")
    elsewhere = await neighbour.post("/api/v1/plans/preview", json={})
    assert elsewhere.status_code == 403 or elsewhere.json()["left"] == []


async def test_whoever_may_not_dispatch_may_not_plan(town: Town) -> None:
    assert (await town.steward.post("/api/v1/plans/offers", json={})).status_code == 403
