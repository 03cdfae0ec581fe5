"""Accounts as administrators keep them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from tests.api.people_here import DISTRICT, OWN_HEADER, client_of, make_account, sign_in_as
from tests.api.serving import serving

pytestmark = pytest.mark.postgis

CHIEF = {"role": "street_chief", "area": "990101001", "street": "S1"}


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        yield app


async def test_a_new_account_signs_in_by_its_link_and_chooses_a_password(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    body = {"name": "wang.fang", "display_name": "王芳", "grants": [CHIEF]}
    made = await keeper.post("/api/v1/accounts", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["account"]["has_password"] is False
    secret = made.json()["link"]["path"].removeprefix("/sign-in#link=")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://yilu.test", headers=OWN_HEADER
    ) as owner:
        assert (await owner.post("/api/v1/session/link", json={"link": secret})).status_code == 201
        chosen = await owner.put("/api/v1/session/password", json={"new": "长街短巷各有人管不落空"})
        assert chosen.status_code == 204
    again = await keeper.post("/api/v1/accounts", json={**body, "name": "WANG.fang"})
    assert again.status_code == 409
    acts = [entry["act"] for entry in (await keeper.get("/api/v1/audit")).json()["items"]]
    assert "account.create" in acts


async def test_who_keeps_a_subdistrict_keeps_nobody_beyond_it(app: FastAPI) -> None:
    above = await sign_in_as(app, Role.ADMINISTRATOR)
    keeper = await sign_in_as(app, Role.ADMINISTRATOR, "990101001")
    inside = {"name": "inside", "display_name": "inside", "grants": [CHIEF]}
    assert (await keeper.post("/api/v1/accounts", json=inside)).status_code == 201
    sibling = {"name": "sibling", "display_name": "x", "grants": [{**CHIEF, "area": "990101002"}]}
    assert (await keeper.post("/api/v1/accounts", json=sibling)).status_code == 403
    elsewhere = {"name": "elsewhere", "display_name": "x", "grants": [{**CHIEF, "area": "110101"}]}
    assert (await above.post("/api/v1/accounts", json=elsewhere)).status_code == 422
    made = (await above.post("/api/v1/accounts", json=sibling)).json()["account"]["id"]
    assert (await keeper.get(f"/api/v1/accounts/{made}")).status_code == 404
    assert (await keeper.post(f"/api/v1/accounts/{made}/link")).status_code == 404
    names = {item["name"] for item in (await keeper.get("/api/v1/accounts")).json()["items"]}
    assert "inside" in names
    assert "sibling" not in names
    both = await above.put(
        f"/api/v1/accounts/{made}/grants", json=[CHIEF, {**CHIEF, "area": "990101002", "street": "S9"}]
    )
    assert both.status_code == 200
    assert (await keeper.get(f"/api/v1/accounts/{made}")).status_code == 200
    assert (await keeper.patch(f"/api/v1/accounts/{made}", json={"disabled": True})).status_code == 403


async def test_a_locked_account_is_out_at_once_and_may_come_back(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    account = await make_account(app, "operator", Grant(Role.OPERATOR, DISTRICT))
    operator = await client_of(app, account)
    locked = await keeper.patch(f"/api/v1/accounts/{account}", json={"disabled": True})
    assert locked.json()["disabled_at"] is not None
    assert (await operator.get("/api/v1/session")).json()["signed_in"] is False
    assert (await keeper.post(f"/api/v1/accounts/{account}/link")).status_code == 409
    await keeper.patch(f"/api/v1/accounts/{account}", json={"disabled": False, "display_name": "台长"})
    assert (await operator.get("/api/v1/session")).json()["signed_in"] is False
    back = await client_of(app, account)
    assert (await back.get("/api/v1/session")).json()["name"] == "台长"


async def test_the_last_administrator_stays(app: FastAPI) -> None:
    account = await make_account(app, "keeper", Grant(Role.ADMINISTRATOR, DISTRICT))
    keeper = await client_of(app, account)
    assert (await keeper.patch(f"/api/v1/accounts/{account}", json={"disabled": True})).status_code == 409
    assert (await keeper.put(f"/api/v1/accounts/{account}/grants", json=[])).status_code == 409
    second = await make_account(app, "second", Grant(Role.ADMINISTRATOR, DISTRICT))
    other = await client_of(app, second)
    answers = await asyncio.gather(
        keeper.patch(f"/api/v1/accounts/{second}", json={"disabled": True}),
        other.patch(f"/api/v1/accounts/{account}", json={"disabled": True}),
    )
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert max(answer.status_code for answer in answers) in {401, 404, 409}


async def test_the_list_of_accounts_pages_and_filters(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    for number in range(5):
        await make_account(app, f"planner{number}", Grant(Role.PLANNER, DISTRICT))
    first = (await keeper.get("/api/v1/accounts?role=planner&limit=3")).json()
    second = (await keeper.get(f"/api/v1/accounts?role=planner&limit=3&cursor={first['next']}")).json()
    names = [item["name"] for item in first["items"] + second["items"]]
    assert names == [f"planner{number}" for number in range(5)]
    assert second["next"] is None
    found = (await keeper.get("/api/v1/accounts?q=PLANNER4")).json()["items"]
    assert [item["name"] for item in found] == ["planner4"]


async def test_the_auditor_reads_the_record_and_can_check_it(app: FastAPI) -> None:
    auditor = await sign_in_as(app, Role.AUDITOR)
    page = (await auditor.get("/api/v1/audit?limit=1")).json()
    assert page["items"][0]["act"] == "session.begin"
    assert (await auditor.get("/api/v1/audit/check")).json()["whole"] is True
    assert (await auditor.get("/api/v1/accounts")).status_code == 404
    planner = await sign_in_as(app, Role.PLANNER)
    assert (await planner.get("/api/v1/audit")).status_code == 404
