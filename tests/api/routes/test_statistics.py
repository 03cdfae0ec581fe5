"""Indicators over HTTP: equal to a plain recount of the same events, and no more than one may see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import pytest
from fastapi import FastAPI

from api.identity import Role
from api.store.database import driver_transaction
from dispatch.assessment import COUNTS
from dispatch.cases import CaseEvent
from dispatch.clocks import CITY_ZONE
from dispatch.lifecycle import Action
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.serving import engine_in, serving
from tests.dispatch.random_histories import random_history
from tests.dispatch.test_assessment import ALWAYS, by_case, plain_counts
from tests.dispatch.world import NOON

pytestmark = pytest.mark.postgis

WHOLE = {"since": ALWAYS.begins.isoformat(), "until": ALWAYS.ends.isoformat()}


class Office(NamedTuple):
    """A server with a history, and somebody at the desk."""

    app: FastAPI
    operator: httpx.AsyncClient
    events: list[CaseEvent]


def on_the_lanes(event: CaseEvent) -> CaseEvent:
    """The event, with streets that the small district has; all but the last of four."""
    street = event.details.get("street")
    if street is None:
        return event
    lane = f"lane-{int(str(street).rpartition('-')[2]) - 1}"
    return replace(event, details={**event.details, "street": lane})


async def write(app: FastAPI, events: list[CaseEvent], seq: int) -> None:
    """Put events into the log as a sequencer left them."""
    rows = [
        (
            DISTRICT, event.id, event.case, event.action.value, event.at, event.actor.person,
            event.actor.post,
            orjson.dumps(
                {"number": event.number, "before": event.before, "after": event.after,
                 "details": dict(event.details)}
            ).decode(),
            seq + place,
        )
        for place, event in enumerate(events, start=1)
    ]  # fmt: skip
    async with driver_transaction(engine_in(app)) as driver:
        await driver.executemany(
            "INSERT INTO case_event (district, id, case_id, kind, at, actor, actor_post, body, epoch, seq) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, 1, $9)",
            rows,
        )
        await driver.execute(
            "INSERT INTO feed (district, last_seq) VALUES ($1, $2) "
            "ON CONFLICT (district) DO UPDATE SET last_seq = $2",
            DISTRICT,
            seq + len(events),
        )


@pytest.fixture
async def office(database: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        events = [on_the_lanes(event) for event in random_history(seed=9, cases=120)]
        await write(app, events, 0)
        yield Office(app, await sign_in_as(app, Role.OPERATOR), events)


async def ask(client: httpx.AsyncClient, path: str = "", **params: str) -> Any:
    answer = await client.get(f"/api/v1/statistics{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_indicators_equal_a_plain_recount(office: Office) -> None:
    told = await ask(office.operator, **WHOLE, by="subdistrict")
    assert told["total"]["counts"] == plain_counts(office.events, ALWAYS)
    areas = {own[0].case: str(own[0].details["area"])[:9] for own in by_case(office.events).values()}
    for item in told["items"]:
        own = [event for event in office.events if areas[event.case] == item["key"]]
        assert item["counts"] == plain_counts(own, ALWAYS)
    assert len(told["items"]) == 3
    assert set(told["total"]["counts"]) == set(COUNTS)


async def test_coverage_is_the_share_of_streets_where_staff_found_something(office: Office) -> None:
    some = min(event.at for event in office.events) + timedelta(hours=3)
    few = {"since": ALWAYS.begins.isoformat(), "until": some.isoformat()}
    seen = {
        event.details["street"]
        for event in office.events
        if event.action is Action.REPORT and event.details["source"] == "staff" and event.at < some
    }
    lanes = {"lane-0", "lane-1", "lane-2"}
    told = await ask(office.operator, **few, by="street")
    assert told["total"]["rates"]["coverage_rate"] == len(seen & lanes) / 3
    assert {one["key"]: one["rates"]["coverage_rate"] for one in told["items"]}.items() >= dict.fromkeys(
        seen & lanes, 1.0
    ).items()
    by_area = await ask(office.operator, **few, by="subdistrict")
    assert all(one["rates"]["coverage_rate"] is None for one in by_area["items"] if one["key"] != "990101001")


@pytest.mark.parametrize("by", ["street", "grid", "finder", "resolver_post", "category", "kind", "source"])
async def test_every_grouping_adds_up(office: Office, by: str) -> None:
    told = await ask(office.operator, **WHOLE, by=by)
    assert told["items"]
    assert sum(item["counts"]["reported"] for item in told["items"]) <= told["total"]["counts"]["reported"]
    assert all(item["name"] and item["name_en"] for item in told["items"])


async def test_what_happens_next_is_counted_too(office: Office) -> None:
    before = await ask(office.operator, **WHOLE, by="district")
    more = random_history(seed=10, cases=5)
    await write(office.app, more, len(office.events))
    after = await ask(office.operator, **WHOLE, by="kind")
    assert after["total"]["counts"]["reported"] == before["total"]["counts"]["reported"] + 5


async def test_a_supervisor_sees_his_subdistrict_only(office: Office) -> None:
    supervisor = await sign_in_as(office.app, Role.SUPERVISOR, "990101002")
    told = await ask(supervisor, **WHOLE, by="subdistrict")
    assert [item["key"] for item in told["items"]] == ["990101002"]
    assert (await ask(supervisor, **WHOLE, by="subdistrict", area="990101001"))["items"] == []


async def test_departments_are_named_and_counted(office: Office) -> None:
    told = await ask(office.operator, "/departments", **WHOLE)
    calls = sum(
        len(str(event.details["departments"]).split())
        for event in office.events
        if event.action is Action.CALL_WHISTLE
    )
    assert 0 < sum(item["counts"]["called"] for item in told["items"]) <= calls
    assert all(item["name"] != item["key"] for item in told["items"])


async def test_a_period_that_is_none_is_refused(office: Office) -> None:
    for since, until in [
        (NOON, NOON), (NOON, NOON - timedelta(days=1)), (NOON - timedelta(days=2000), NOON)
    ]:  # fmt: skip
        answer = await office.operator.get(
            "/api/v1/statistics", params={"since": since.isoformat(), "until": until.isoformat()}
        )
        assert answer.status_code in (400, 422)
    long_ago = await office.operator.get("/api/v1/statistics", params={"until": "0001-01-02T00:00:00Z"})
    assert long_ago.status_code in (400, 422)
    assert (await office.operator.get("/api/v1/statistics")).status_code == 200


async def test_the_day_is_told_by_the_hour_beside_a_usual_one(office: Office) -> None:
    told = (await office.operator.get("/api/v1/statistics/today")).json()
    assert [one["hour"] for one in told["hours"]] == list(range(24))
    now = datetime.now(CITY_ZONE)
    assert datetime.fromisoformat(told["begins"]).astimezone(CITY_ZONE).date() == now.date()
    assert all(one["reported"] is None for one in told["hours"][now.hour + 1 :])
    assert told["hours"][0]["reported"] == 0
    assert told["covered"] is None, "a town without roads"
    # asked with the same period, departments are still departments
    day = {"since": told["begins"], "until": (now + timedelta(days=1)).isoformat()}
    assert "items" in (await office.operator.get("/api/v1/statistics/departments", params=day)).json()
