"""Uploading and fetching photographs over HTTP, and who may."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI

from api.identity import Role
from api.photograph_sweep import sweep_photographs
from api.photographs import PhotographFolder
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.pictures import picture
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


async def test_a_photograph_is_seen_by_whoever_may_see_its_case(app: FastAPI) -> None:
    worker = await sign_in_as(app, Role.GRID_WORKER, str(small_district.COMMUNITY))
    content = picture(taken_at="2026:03:01 08:00:00", at=((112.0, 0.0, 18.0), (37.0, 0.0, 18.0)))
    at = {"lon": 112.005, "lat": 37.0062, "at": "2026-03-01T08:10:00+08:00"}
    client_id = uuid4()
    sent = await worker.put(f"/api/v1/photographs/{client_id}", content=content, headers=JPEG, params=at)
    assert sent.status_code == 200, sent.text
    shown = sent.json()
    assert shown["differs_m"] == pytest.approx(133, abs=3)
    assert shown["differs_s"] == -600
    again = await worker.put(f"/api/v1/photographs/{client_id}", content=content, headers=JPEG)
    assert again.json() == shown
    other = await worker.put(f"/api/v1/photographs/{client_id}", content=picture(colour="red"), headers=JPEG)
    assert other.status_code == 409
    name = shown["name"]
    finding = {
        "client_id": "phone-0001",
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": 112.005,
        "lat": 37.005,
        "photographs": [name],
    }
    chief = await sign_in_as(app, Role.SUPERVISOR, str(small_district.SUBDISTRICT))
    assert (await chief.get(f"/api/v1/photographs/{name}")).status_code == 404
    assert (await worker.post("/api/v1/findings", json=finding)).status_code == 201
    seen = await chief.get(f"/api/v1/photographs/{name}", params={"size": "thumbnail"})
    assert seen.status_code == 200
    assert seen.headers["content-type"] == "image/jpeg"
    assert "private" in seen.headers["cache-control"]
    neighbour = await sign_in_as(app, Role.SUPERVISOR, "990101002")
    assert (await neighbour.get(f"/api/v1/photographs/{name}")).status_code == 404
    planner = await sign_in_as(app, Role.PLANNER)
    assert (await planner.get(f"/api/v1/photographs/{name}")).status_code == 404


async def test_what_is_no_photograph_is_a_clear_refusal(app: FastAPI) -> None:
    worker = await sign_in_as(app, Role.GRID_WORKER)
    for content in (b"", b"\xff\xd8\xff", b"%PDF-1.7"):
        answer = await worker.put(f"/api/v1/photographs/{uuid4()}", content=content, headers=JPEG)
        assert answer.status_code == 422, answer.text
    endless = await worker.put(
        f"/api/v1/photographs/{uuid4()}", content=b"\0" * (21 * 1024 * 1024), headers=JPEG
    )
    assert endless.status_code == 413


async def test_an_upload_whose_session_expired_is_told_to_sign_in(app: FastAPI) -> None:
    worker = await sign_in_as(app, Role.GRID_WORKER)
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute("UPDATE account_session SET expires_at = now()")
    app.state.access.forget()
    app.state.access._known.clear()
    answer = await worker.put(f"/api/v1/photographs/{uuid4()}", content=picture(), headers=JPEG)
    assert answer.status_code == 401


async def test_orphans_are_swept_and_what_is_used_stays(app: FastAPI, tmp_path: Path) -> None:
    worker = await sign_in_as(app, Role.GRID_WORKER)
    names = {}
    for colour in ("red", "green", "blue"):
        answer = await worker.put(
            f"/api/v1/photographs/{uuid4()}", content=picture(colour=colour), headers=JPEG
        )
        names[colour] = answer.json()["name"]
    folder = PhotographFolder(tmp_path / "photographs")
    yesterday = datetime.now(UTC) - timedelta(days=2)
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute(
            "UPDATE photograph SET uploaded_at = $1 WHERE name <> $2", yesterday, names["blue"]
        )
    for path in (tmp_path / "photographs").rglob("*.jpg"):
        os.utime(path, (yesterday.timestamp(), yesterday.timestamp()))
    finding = {
        "client_id": "phone-0001",
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": 112.005,
        "lat": 37.005,
        "photographs": [names["green"]],
    }
    assert (await worker.post("/api/v1/findings", json=finding)).status_code == 201
    assert await sweep_photographs(engine_in(app), folder, DISTRICT) == 1
    assert folder.find(names["red"], thumbnail=False) is None
    assert folder.find(names["green"], thumbnail=False) is not None
    assert folder.find(names["blue"], thumbnail=False) is not None
