"""A member of staff's day: on shift, positions, a patrol, off shift."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from api.position_intake import forget_old_tracks
from api.store.database import driver_transaction
from api.store.people import (
    PersonRecord,
    RosterLine,
    TaskForceRecord,
    save_people,
    save_roster,
    save_task_forces,
)
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

STEWARD, CHIEF = UUID(int=201), UUID(int=202)


class Street(NamedTuple):
    """One lane with a chief and a steward whose phone is signed in; nobody is on duty yet."""

    app: FastAPI
    steward: httpx.AsyncClient
    chief: httpx.AsyncClient
    operator: httpx.AsyncClient


@pytest.fixture
async def street(database: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        async with driver_transaction(engine_in(app)) as driver:
            people = [
                PersonRecord(STEWARD, "李管家", "Steward Li", "alley_steward", "990101001", street="lane-0"),
                PersonRecord(CHIEF, "王街长", "Chief Wang", "street_chief", "990101001", street="lane-0"),
            ]
            await save_people(driver, DISTRICT, people)
            force = TaskForceRecord(uuid4(), "lane-0", "甲巷专班", "Lane 0 task force", CHIEF, (STEWARD,))
            await save_task_forces(driver, DISTRICT, [force])
        grant = Grant(Role.TASK_FORCE_MEMBER, "990101001")
        steward = await client_of(app, await make_account(app, "steward", grant, person=STEWARD))
        chief = await sign_in_as(app, Role.STREET_CHIEF, "990101001", street="lane-0")
        yield Street(app, steward, chief, await sign_in_as(app, Role.OPERATOR))


def _fixes(*places: tuple[float, float, float]) -> dict[str, object]:
    """Fixes that many seconds ago, at longitude and latitude."""
    now = datetime.now(UTC)
    return {
        "fixes": [
            {"at": (now - timedelta(seconds=ago)).isoformat(), "lon": lon, "lat": lat, "accuracy_m": 5}
            for ago, lon, lat in places
        ]
    }


async def test_positions_are_taken_on_duty_only(street: Street) -> None:
    off = (await street.steward.post("/api/v1/positions", json=_fixes((5, 112.002, 37.005)))).json()
    assert off == {"on_duty": False, "kept": 0, "flagged": []}
    assert (await street.steward.post("/api/v1/shifts/on")).json()["on_duty"] is True
    on = (await street.steward.post("/api/v1/positions", json=_fixes((1, 112.002, 37.005)))).json()
    assert (on["on_duty"], on["kept"]) == (True, 1)
    (seen,) = (await street.operator.get("/api/v1/positions")).json()
    assert (seen["person"], seen["name"], seen["lon"]) == (str(STEWARD), "李管家", 112.002)
    assert (await street.steward.post("/api/v1/shifts/off")).json()["on_duty"] is False
    assert (await street.operator.get("/api/v1/positions")).json() == []


async def test_a_fix_that_cannot_be_right_is_kept_flagged_and_never_used(street: Street) -> None:
    await street.steward.post("/api/v1/shifts/on")
    sent = _fixes((20, 112.002, 37.005), (10, 0.0, 0.0), (9, 112.03, 37.03), (-3600, 112.002, 37.006))
    taken = (await street.steward.post("/api/v1/positions", json=sent)).json()
    assert taken["kept"] == 1
    assert [one["flag"] for one in taken["flagged"]] == ["null_island", "too_fast", "future"]
    (seen,) = (await street.operator.get("/api/v1/positions")).json()
    assert (seen["lon"], seen["lat"]) == (112.002, 37.005)
    async with driver_transaction(engine_in(street.app)) as driver:
        flags = await driver.fetch("SELECT flag FROM position_track ORDER BY at")
    assert [row["flag"] for row in flags] == [None, "null_island", "too_fast", "future"]


async def test_sending_again_and_sending_late_change_nothing(street: Street) -> None:
    await street.steward.post("/api/v1/shifts/on")
    fixes = _fixes((2, 112.002, 37.005), (1, 112.0021, 37.005))
    for _ in range(3):
        await street.steward.post("/api/v1/positions", json=fixes)
    await street.steward.post("/api/v1/positions", json=_fixes((120, 112.001, 37.005)))
    (seen,) = (await street.operator.get("/api/v1/positions")).json()
    assert seen["lon"] == 112.0021
    async with driver_transaction(engine_in(street.app)) as driver:
        assert await driver.fetchval("SELECT count(*) FROM position_track") == 2


@pytest.mark.parametrize("at_a_time", [1, 4, 30])
async def test_a_track_is_as_thin_however_many_fixes_a_phone_sends_at_a_time(
    street: Street, at_a_time: int
) -> None:
    await street.steward.post("/api/v1/shifts/on")
    standing = [(300 - 10 * n, 112.002, 37.005) for n in range(15)]  # two and a half minutes at a corner
    walking = [(150 - 10 * n, 112.002 + 1e-4 * n, 37.005) for n in range(15)]  # then 9 m every ten seconds
    fixes = _fixes(*standing, *walking)["fixes"]
    assert isinstance(fixes, list)
    for first in range(0, len(fixes), at_a_time):
        sent = {"fixes": fixes[first : first + at_a_time]}
        assert (await street.steward.post("/api/v1/positions", json=sent)).json()["flagged"] == []
    async with driver_transaction(engine_in(street.app)) as driver:
        track = await driver.fetch("SELECT at, lon FROM position_track ORDER BY at")
    began = track[0]["at"]
    kept_s = [round((row["at"] - began).total_seconds()) for row in track]
    assert kept_s == [0, 60, 120, *range(170, 300, 20)], "one a minute at the corner, one every 18 m after it"


async def test_who_sees_whom(street: Street) -> None:
    await street.steward.post("/api/v1/shifts/on")
    await street.steward.post("/api/v1/positions", json=_fixes((1, 112.002, 37.005)))
    other_chief = await sign_in_as(street.app, Role.STREET_CHIEF, "990101001", street="lane-1")
    assert len((await street.chief.get("/api/v1/positions")).json()) == 1
    assert (await other_chief.get("/api/v1/positions")).json() == []
    own = (await street.steward.get("/api/v1/positions")).json()
    assert [one["person"] for one in own] == [str(STEWARD)]
    nobodys = await sign_in_as(street.app, Role.TASK_FORCE_MEMBER, "990101001")
    assert (await nobodys.get("/api/v1/positions")).json() == []
    planner = await sign_in_as(street.app, Role.PLANNER)
    assert (await planner.get("/api/v1/positions")).status_code == 404
    since, until = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(minutes=1)
    span = {"since": since.isoformat(), "until": until.isoformat()}
    track = await street.chief.get(f"/api/v1/people/{STEWARD}/track", params=span)
    assert len(track.json()["fixes"]) == 1
    hidden = await other_chief.get(f"/api/v1/people/{STEWARD}/track", params=span)
    assert hidden.status_code == 404
    async with driver_transaction(engine_in(street.app)) as driver:
        looks = await driver.fetch("SELECT about FROM audit_entry WHERE act = 'look:track'")
    assert [row["about"] for row in looks] == [str(STEWARD)]


async def test_the_roster_puts_people_on_duty_until_they_go_off(street: Street) -> None:
    now = datetime.now(UTC)
    line = RosterLine(uuid4(), STEWARD, now - timedelta(hours=1), now + timedelta(hours=3))
    async with driver_transaction(engine_in(street.app)) as driver:
        await save_roster(driver, DISTRICT, [line])
    mine = (await street.steward.get("/api/v1/shifts/mine")).json()
    assert mine["on_duty"] is True
    assert datetime.fromisoformat(mine["until"]) == line.ends_at
    assert (await street.steward.post("/api/v1/shifts/off")).json()["on_duty"] is False
    assert (await street.steward.get("/api/v1/shifts/mine")).json()["on_duty"] is False
    assert (await street.steward.post("/api/v1/shifts/on")).json()["on_duty"] is True


async def test_a_patrol_from_start_to_end(street: Street) -> None:
    patrol = {"id": str(uuid4()), "street": "lane-0"}
    assert (await street.steward.post("/api/v1/patrols", json=patrol)).status_code == 409
    await street.steward.post("/api/v1/shifts/on")
    for _ in range(2):
        assert (await street.steward.post("/api/v1/patrols", json=patrol)).status_code == 201
    second = {"id": str(uuid4()), "street": "lane-1"}
    assert (await street.steward.post("/api/v1/patrols", json=second)).status_code == 409
    walk = [(60 - n, 112.002, 37.005 + n * 0.0002) for n in range(0, 60, 10)]
    await street.steward.post("/api/v1/positions", json=_fixes(*walk))
    finding = {
        "client_id": "found-on-the-way",
        "category": "E0401",
        "lon": 112.002,
        "lat": 37.0055,
        "found_at": datetime.now(UTC).isoformat(),
        "patrol": patrol["id"],
        "entered": "home",
    }
    assert (await street.steward.post("/api/v1/findings", json=finding)).status_code < 300
    ended = (await street.steward.post(f"/api/v1/patrols/{patrol['id']}/end")).json()
    assert len(ended["track"]) == 6
    assert ended["length_m"] == pytest.approx(1110, rel=0.02)
    assert ended["findings"] == 1
    assert ended["entered"] == {"home": 1}
    (listed,) = (await street.chief.get("/api/v1/patrols?street=lane-0")).json()["items"]
    assert listed["ended_at"] is not None
    assert (await street.chief.get("/api/v1/patrols?street=lane-1")).json()["items"] == []
    seen = await street.operator.get(f"/api/v1/patrols/{patrol['id']}")
    assert seen.json()["person"] == str(STEWARD)


async def test_an_operator_changes_shifts_only_where_he_may(street: Street) -> None:
    assert (await street.operator.post(f"/api/v1/shifts/{STEWARD}/on")).json()["on_duty"] is True
    assert (await street.chief.post(f"/api/v1/shifts/{STEWARD}/off")).json()["on_duty"] is False
    elsewhere = await sign_in_as(street.app, Role.SUPERVISOR, "990101002")
    assert (await elsewhere.post(f"/api/v1/shifts/{STEWARD}/on")).status_code == 404
    assert (await street.operator.post(f"/api/v1/shifts/{uuid4()}/on")).status_code == 404


@pytest.mark.parametrize(
    "fix",
    [
        {"at": "2026-11-21T12:00:00+08:00", "lon": 181, "lat": 37},
        {"at": "2026-11-21T12:00:00", "lon": 112, "lat": 37},
        {"at": "2026-11-21T12:00:00+08:00", "lon": "NaN", "lat": 37},
        {"at": "2026-11-21T12:00:00+08:00", "lon": 112},
        {"at": "yesterday", "lon": 112, "lat": 37},
    ],
)
async def test_what_is_no_fix_is_refused(street: Street, fix: dict[str, object]) -> None:
    answer = await street.steward.post("/api/v1/positions", json={"fixes": [fix]})
    assert answer.status_code == 422
    assert answer.json()["detail_zh"]


async def test_tracks_are_forgotten_in_time(street: Street) -> None:
    await street.steward.post("/api/v1/shifts/on")
    await street.steward.post("/api/v1/positions", json=_fixes((1, 112.002, 37.005)))
    settings, policy = street.app.state.settings, street.app.state.casework.policy
    kept = timedelta(days=policy.privacy.track_days)
    now = datetime.now(UTC)
    assert await forget_old_tracks(engine_in(street.app), settings, policy, now + kept / 2) == 0
    assert await forget_old_tracks(engine_in(street.app), settings, policy, now + kept) == 1
