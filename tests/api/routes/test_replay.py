"""Replay over HTTP: what it tells of a moment is what the list told at that moment."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from api.store.database import driver_transaction
from api.store.people import PersonRecord, TaskForceRecord, save_people, save_task_forces
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

STEWARD = UUID(int=301)
STOOD = (
    "events state category severity at area street clock due_at stood_still_at holder filed_at resolved_at"
    " closed_at outcome satisfaction"
).split()
"""What a replay tells of a case, by the names that it has in a list."""


class Town(NamedTuple):
    """A lane with its steward, and a desk."""

    app: FastAPI
    steward: httpx.AsyncClient
    desk: httpx.AsyncClient

    async def do(self, address: str, **body: Any) -> Any:
        """Act from the desk."""
        answer = await self.desk.post(f"/api/v1{address}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
async def town(database: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            steward = PersonRecord(
                STEWARD, "李管家", "Steward Li", "alley_steward", "990101001", street="lane-0"
            )
            await save_people(driver, DISTRICT, [steward])
            force = TaskForceRecord(uuid4(), "lane-0", "甲巷专班", "Lane 0", STEWARD, (STEWARD,))
            await save_task_forces(driver, DISTRICT, [force])
        grant = Grant(Role.TASK_FORCE_MEMBER, "990101001")
        steward_phone = await client_of(app, await make_account(app, "steward", grant, person=STEWARD))
        yield Town(app, steward_phone, await sign_in_as(app, Role.OPERATOR))


def span(since: datetime, until: datetime) -> dict[str, str]:
    return {"since": since.isoformat(), "until": until.isoformat()}


async def report(town: Town, number: int) -> dict[str, Any]:
    found = {
        "client_id": f"replay-{number:04d}",
        "category": "E0401",
        "lon": 112.002,
        "lat": 37.005 + number / 5000,
        "found_at": datetime.now(UTC).isoformat(),
        "source": "hotline",
    }
    case: dict[str, Any] = (await town.do("/findings", **found))["case"]
    return case


async def test_replay_tells_of_every_moment_what_the_list_told(town: Town) -> None:
    began = datetime.now(UTC)
    seen: list[tuple[datetime, dict[str, dict[str, Any]]]] = []

    async def look() -> None:
        items = (await town.desk.get("/api/v1/cases?limit=1000")).json()["items"]
        seen.append((datetime.now(UTC), {item["id"]: item for item in items}))

    await town.steward.post("/api/v1/shifts/on")
    ids = [(await report(town, number))["id"] for number in range(3)]
    await look()
    for act in (
        (f"/cases/{ids[0]}/file", {}),
        (f"/cases/{ids[1]}/dismiss", {"reason": "不属实"}),
        (f"/cases/{ids[2]}/file", {}),
        (f"/cases/{ids[2]}/withdraw", {"reason": "换人"}),
        (f"/cases/{ids[2]}/pause", {"reason": "暴雨"}),
        (f"/cases/{ids[2]}/resume", {}),
        (f"/cases/{ids[2]}/extend", {"more": 1, "reason": "等材料"}),
        (f"/cases/{ids[2]}/note", {"reason": "记录"}),
    ):
        answer = await town.desk.post(f"/api/v1{act[0]}", json=act[1])
        assert answer.status_code < 500, answer.text
        await look()
    for task in (await town.steward.get("/api/v1/tasks")).json():
        for step in ("accept", "arrive"):
            place = {"lon": 112.002, "lat": 37.005} if step == "arrive" else {}
            await town.steward.post(f"/api/v1/tasks/{task['task']['id']}/{step}", json=place)
            await look()
    answer = await town.desk.get("/api/v1/replay/cases", params=span(began, datetime.now(UTC)))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    on_shift = (await town.desk.get("/api/v1/district")).json()["counts"]["on_shift"]
    assert told["on_shift"][-1][1] == on_shift == 1, "he came on, and is there yet"
    stood_by_case = {one["item"]["id"]: one["stood"] for one in told["cases"]}
    assert set(stood_by_case) == set(ids)
    states = set()
    for moment, live in seen:
        for case, item in live.items():
            stood = [one for one in stood_by_case[case] if datetime.fromisoformat(one["t"]) <= moment][-1]
            assert {name: stood[name] for name in STOOD} == {name: item[name] for name in STOOD}
            states.add(item["state"])
    assert {"reported", "dismissed", "filed", "offered", "accepted", "on_site"} <= states
    assert len(seen) >= 9


async def test_a_span_that_is_over_tells_nothing_of_what_came_later(town: Town) -> None:
    early = datetime.now(UTC)
    case = await report(town, 1)
    between = datetime.now(UTC)
    await town.do(f"/cases/{case['id']}/dismiss", reason="重复")
    told = (await town.desk.get("/api/v1/replay/cases", params=span(early, between))).json()["cases"]
    assert [one["stood"][-1]["state"] for one in told] == ["reported"]
    before = (
        await town.desk.get("/api/v1/replay/cases", params=span(early - timedelta(hours=1), early))
    ).json()
    assert before["cases"] == []
    after = datetime.now(UTC)
    later = span(after, after + timedelta(hours=1))
    assert (await town.desk.get("/api/v1/replay/cases", params=later)).json()["cases"] == []


async def test_tracks_are_told_to_who_may_see_them_and_the_look_is_kept(town: Town) -> None:
    await town.steward.post("/api/v1/shifts/on")
    now = datetime.now(UTC)
    fixes = [
        {"at": (now - timedelta(seconds=90 - 30 * n)).isoformat(), "lon": 112.002, "lat": 37.004 + n * 0.0005}
        for n in range(4)
    ]
    assert (await town.steward.post("/api/v1/positions", json={"fixes": fixes})).json()["kept"] == 4
    asked = span(now - timedelta(seconds=60), now + timedelta(seconds=60))
    (walked,) = (await town.desk.get("/api/v1/replay/tracks", params=asked)).json()
    assert (walked["name"], walked["t_s"]) == ("李管家", [-30, 0, 30, 60])
    assert walked["lat"][-1] == 37.0055
    assert walked["duty_s"][-1][1] == 120
    elsewhere = await sign_in_as(town.app, Role.SUPERVISOR, "990101002")
    assert (await elsewhere.get("/api/v1/replay/tracks", params=asked)).json() == []
    planner = await sign_in_as(town.app, Role.PLANNER)
    assert (await planner.get("/api/v1/replay/tracks", params=asked)).status_code == 404
    async with driver_transaction(engine_in(town.app)) as driver:
        looks = await driver.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'look:tracks'")
    assert looks == 2


@pytest.mark.parametrize(
    ("what", "hours"), [("cases", 0), ("cases", -1), ("cases", 26), ("tracks", 3), ("tracks", 0)]
)
async def test_a_span_that_is_none_or_too_long_is_refused(town: Town, what: str, hours: int) -> None:
    now = datetime.now(UTC)
    asked = span(now, now + timedelta(hours=hours))
    answer = await town.desk.get(f"/api/v1/replay/{what}", params=asked)
    assert answer.status_code == 422
    assert "小时" in answer.json()["detail_zh"]
