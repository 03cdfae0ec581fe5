"""A street as its chief sees it: what was walked when, with a network or without, and how the month goes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.identity import Grant, Role
from api.store.database import driver_transaction
from api.store.people import PersonRecord, TaskForceRecord, save_people, save_task_forces
from dispatch.clocks import CITY_ZONE
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

STEWARD, CHIEF = UUID(int=401), UUID(int=402)


def walk(begins: datetime, lat_from: float, lat_to: float) -> list[dict[str, Any]]:
    """Fixes along lane 0 at a walker's pace, one every 20 s."""
    steps = round(abs(lat_to - lat_from) * 110_950 / 24)
    return [
        {
            "at": (begins + timedelta(seconds=20 * step)).isoformat(),
            "lon": 112.002,
            "lat": lat_from + (lat_to - lat_from) * step / steps,
            "accuracy_m": 5,
        }
        for step in range(steps + 1)
    ]


async def test_pieces_say_what_was_walked_and_the_month_says_how_it_compares(
    database: str, tmp_path: Path
) -> None:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        area = "990101001"
        async with driver_transaction(engine_in(app)) as driver:
            people = [
                PersonRecord(STEWARD, "李管家", "Steward Li", "alley_steward", area, street="lane-0"),
                PersonRecord(CHIEF, "王街长", "Chief Wang", "street_chief", area, street="lane-0"),
            ]
            await save_people(driver, DISTRICT, people)
            force = TaskForceRecord(uuid4(), "lane-0", "甲巷专班", "Lane 0", CHIEF, (STEWARD,))
            await save_task_forces(driver, DISTRICT, [force])
        grant = Grant(Role.TASK_FORCE_MEMBER, area, "lane-0")
        steward = await client_of(app, await make_account(app, "steward", grant, person=STEWARD))
        chief = await sign_in_as(app, Role.STREET_CHIEF, area, street="lane-0")
        await _pieces(steward, chief)
        await _month(steward, chief)
        other = await sign_in_as(app, Role.STREET_CHIEF, area, street="lane-1")
        for what in ("pieces", "month"):
            assert (await other.get(f"/api/v1/streets/lane-0/{what}")).status_code == 404
            assert (await chief.get(f"/api/v1/streets/nowhere/{what}")).status_code == 404
        assert (await steward.get("/api/v1/streets/lane-1/pieces")).status_code == 404
        assert (await chief.get("/api/v1/streets/lane-0/pieces?day=today")).status_code == 422
        assert (await chief.get("/api/v1/streets/lane-0/pieces?day=9999-12-31")).status_code == 404


async def _pieces(steward: httpx.AsyncClient, chief: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    await steward.post("/api/v1/shifts/on")
    patrol = {"id": str(uuid4()), "street": "lane-0", "phone_at": (now - timedelta(minutes=20)).isoformat()}
    begun = (await steward.post("/api/v1/patrols", json=patrol)).json()
    assert datetime.fromisoformat(begun["started_at"]) < now - timedelta(minutes=19)
    # the phone had no network: what it kept comes all at once, after the walk
    ended = {"phone_at": (now - timedelta(minutes=2)).isoformat()}
    card = await steward.post(f"/api/v1/patrols/{patrol['id']}/end", json=ended)
    assert datetime.fromisoformat(card.json()["ended_at"]) < now - timedelta(minutes=1)
    fixes = walk(now - timedelta(minutes=19), 37.001, 37.0082)
    sent = await steward.post("/api/v1/positions", json={"fixes": fixes})
    assert sent.json()["kept"] == len(fixes)
    track = (await steward.get(f"/api/v1/patrols/{patrol['id']}")).json()
    assert track["length_m"] == pytest.approx(799, rel=0.02)

    days = {begins.astimezone(CITY_ZONE).date() for begins in (now - timedelta(minutes=20), now)}
    walked = 0.0
    for day in sorted(days):
        found = (await chief.get("/api/v1/streets/lane-0/pieces", params={"day": day.isoformat()})).json()
        assert found["length_m"] == pytest.approx(3218, rel=0.01)
        walked += found["walked_m"]
        assert sum(p["length_m"] for p in found["pieces"] if p["walked_at"]) == pytest.approx(
            found["walked_m"]
        )
    assert walked == pytest.approx(800, abs=110)
    own = (await steward.get("/api/v1/streets/lane-0/pieces")).json()
    assert own["street"] == "lane-0"


async def _month(steward: httpx.AsyncClient, chief: httpx.AsyncClient) -> None:
    for lon in (112.002, 112.005):
        finding = {
            "client_id": f"tests-{uuid4().hex}",
            "category": "E0401",
            "found_at": datetime.now(UTC).isoformat(),
            "lon": lon,
            "lat": 37.005,
        }
        assert (await steward.post("/api/v1/findings", json=finding)).status_code == 201
    month = (await chief.get("/api/v1/streets/lane-0/month")).json()
    standings = {one["indicator"]: one for one in month["standings"]}
    assert standings["patrols"]["of"] == 3
    if datetime.now(CITY_ZONE).day > 1:
        assert standings["patrols"]["value"] == 1
        assert standings["patrols"]["median"] == 0
    assert "lane-1" not in str(month)
