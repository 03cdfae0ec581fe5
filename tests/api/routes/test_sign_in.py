"""Signing in by link and password, the second factor, and what a foreign page cannot do."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from api.credentials import CODE_PERIOD_S, code_at
from api.identity import Grant, Role
from api.sign_in import new_link
from api.store.accounts import set_grants, set_second_factor_roles
from api.store.audit import list_entries
from api.store.database import transaction
from api.store.sessions import MAX_ATTEMPTS_PER_NAME
from tests.api.people_here import DISTRICT, OWN_HEADER, client_of, make_account
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

PASSWORD = "seven alleys and a river"
Server = tuple[FastAPI, httpx.AsyncClient]


@pytest.fixture
async def server(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(database, tmp_path) as running:
        running[1].headers.update(OWN_HEADER)
        yield running


async def with_password(app: FastAPI, name: str, *grants: Grant) -> httpx.AsyncClient:
    client = await client_of(app, await make_account(app, name, *grants))
    answer = await client.put("/api/v1/session/password", json={"new": PASSWORD})
    assert answer.status_code == 204, answer.text
    return client


async def test_nobody_is_signed_in_at_first(server: Server) -> None:
    session = (await server[1].get("/api/v1/session")).json()
    assert session["signed_in"] is False
    assert "view_territory" in session["permissions"]
    assert "view_cases" not in session["permissions"]


async def test_a_link_signs_in_once(server: Server) -> None:
    app, client = server
    account = await make_account(app, "chief", Grant(Role.STREET_CHIEF, "990101001", street="S1"))
    async with transaction(engine_in(app)) as connection:
        link = await new_link(connection, DISTRICT, account)
    answers = await asyncio.gather(
        *(client.post("/api/v1/session/link", json={"link": link.text}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401]
    cookie = next(a for a in answers if a.status_code == 201).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    session = (await client.get("/api/v1/session")).json()
    assert session["signed_in"] is True
    assert session["grants"] == [
        {"role": "street_chief", "area": "990101001", "street": "S1", "department": None}
    ]


async def test_under_tls_the_cookie_never_travels_in_the_clear(server: Server) -> None:
    app, _ = server
    account = await make_account(app, "chief", Grant(Role.STREET_CHIEF, "990101001", street="S1"))
    async with transaction(engine_in(app)) as connection:
        link = await new_link(connection, DISTRICT, account)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://yilu.test") as client:
        answer = await client.post("/api/v1/session/link", json={"link": link.text})
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_password_signs_in_and_a_wrong_one_does_not(server: Server) -> None:
    app, client = server
    await with_password(app, "Operator", Grant(Role.OPERATOR, DISTRICT))
    right = await client.post("/api/v1/session", json={"name": "operator", "password": PASSWORD})
    assert right.status_code == 201
    for name, password in (("operator", PASSWORD + "!"), ("nobody", PASSWORD)):
        wrong = await client.post("/api/v1/session", json={"name": name, "password": password})
        assert wrong.status_code == 401
        assert wrong.json()["type"] == "/problems/wrong-credentials"
    out = await client.delete("/api/v1/session")
    assert out.status_code == 204
    assert (await client.get("/api/v1/session")).json()["signed_in"] is False


async def test_guessing_has_to_wait(server: Server) -> None:
    app, client = server
    await with_password(app, "operator", Grant(Role.OPERATOR, DISTRICT))
    for _ in range(MAX_ATTEMPTS_PER_NAME):
        wrong = await client.post("/api/v1/session", json={"name": "operator", "password": "guess"})
        assert wrong.status_code == 401
    for password in ("guess", PASSWORD):
        late = await client.post("/api/v1/session", json={"name": "OPERATOR", "password": password})
        assert late.status_code == 429
        assert "min" in late.json()["detail"]


async def test_a_weak_password_is_refused_and_a_new_one_ends_the_other_sessions(server: Server) -> None:
    app, client = server
    owner = await with_password(app, "operator", Grant(Role.OPERATOR, DISTRICT))
    await client.post("/api/v1/session", json={"name": "operator", "password": PASSWORD})
    assert (await owner.put("/api/v1/session/password", json={"new": "short"})).status_code == 422
    other = await client.put("/api/v1/session/password", json={"old": "not it", "new": PASSWORD + "!"})
    assert other.status_code == 401
    changed = await owner.put("/api/v1/session/password", json={"new": PASSWORD + " at night"})
    assert changed.status_code == 204
    assert (await client.get("/api/v1/session")).json()["signed_in"] is False
    assert (await owner.get("/api/v1/session")).json()["signed_in"] is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_foreign_page_cannot_act_with_our_cookie(server: Server, headers: dict[str, str]) -> None:
    app, _ = server
    client = await client_of(app, await make_account(app, "operator", Grant(Role.OPERATOR, DISTRICT)))
    answer = await client.delete("/api/v1/session", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-origin"
    own = await client.delete("/api/v1/session", headers={"Origin": "http://yilu.test"})
    assert own.status_code == 204


async def test_a_foreign_page_cannot_sign_people_in(server: Server) -> None:
    answer = await server[1].post(
        "/api/v1/session",
        json={"name": "operator", "password": PASSWORD},
        headers={"Origin": "https://elsewhere.test"},
    )
    assert answer.status_code == 403


async def test_a_role_taken_away_is_gone_in_another_process_at_once(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, _), serving(database, tmp_path) as (second, _):
        account = await make_account(app, "operator", Grant(Role.OPERATOR, DISTRICT))
        client = await client_of(second, account)
        assert "dispatch" in (await client.get("/api/v1/session")).json()["permissions"]
        async with transaction(engine_in(app)) as connection:
            await set_grants(connection, DISTRICT, account, [], "tests")
        await asyncio.sleep(1.1)
        assert "dispatch" not in (await client.get("/api/v1/session")).json()["permissions"]


async def test_a_chosen_role_can_do_nothing_before_its_second_factor(server: Server) -> None:
    app, client = server
    async with transaction(engine_in(app)) as connection:
        await set_second_factor_roles(connection, DISTRICT, [Role.ADMINISTRATOR])
    owner = await with_password(app, "keeper", Grant(Role.ADMINISTRATOR, DISTRICT))
    before = (await owner.get("/api/v1/session")).json()
    assert before["awaits_second_factor"] is True
    assert "manage_accounts" not in before["permissions"]
    key = (await owner.post("/api/v1/session/second-factor")).json()["key"]
    step = int(time.time() // CODE_PERIOD_S)
    wrong = await owner.put("/api/v1/session/second-factor", json={"code": code_at(key, step - 5)})
    assert wrong.status_code == 401
    code = code_at(key, step)
    right = await owner.put("/api/v1/session/second-factor", json={"code": code})
    assert right.status_code == 200
    assert "manage_accounts" in right.json()["permissions"]
    assert "manage_accounts" in (await owner.get("/api/v1/session")).json()["permissions"]
    proof = {"name": "keeper", "password": PASSWORD}
    lacking = await client.post("/api/v1/session", json=proof)
    assert lacking.json()["type"] == "/problems/second-factor-needed"
    used = await client.post("/api/v1/session", json={**proof, "code": code})
    assert used.json()["type"] == "/problems/wrong-credentials"
    fresh = await client.post("/api/v1/session", json={**proof, "code": code_at(key, step + 1)})
    assert fresh.status_code == 201
    assert fresh.json()["awaits_second_factor"] is False


async def test_a_token_works_within_its_scopes_until_it_is_revoked(server: Server) -> None:
    app, client = server
    owner = await with_password(app, "planner", Grant(Role.PLANNER, DISTRICT))
    beyond = await owner.post("/api/v1/tokens", json={"name": "gis", "scopes": ["manage_accounts"]})
    assert beyond.status_code == 422
    made = (await owner.post("/api/v1/tokens", json={"name": "gis", "scopes": ["view_cases"]})).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    seen = (await client.get("/api/v1/session", headers=bearer)).json()
    assert "view_cases" in seen["permissions"]
    assert "export" not in seen["permissions"]
    assert (await client.get("/api/v1/tokens", headers=bearer)).status_code == 404
    listed = (await owner.get("/api/v1/tokens")).json()
    assert [token["id"] for token in listed] == [made["id"]]
    assert "token" not in listed[0]
    assert (await owner.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    assert (await owner.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404
    assert (await client.get("/api/v1/session", headers=bearer)).status_code == 401


async def test_a_token_ends_when_it_says(server: Server) -> None:
    app, client = server
    owner = await with_password(app, "planner", Grant(Role.PLANNER, DISTRICT))
    for days in (0, 367):
        asked = {"name": "gis", "scopes": ["view_cases"], "days": days}
        assert (await owner.post("/api/v1/tokens", json=asked)).status_code == 422
    asked = {"name": "gis", "scopes": ["view_cases"], "days": 7}
    made = (await owner.post("/api/v1/tokens", json=asked)).json()
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert lasts == timedelta(days=7)
    async with transaction(engine_in(app)) as connection:
        await connection.execute(text("UPDATE access_token SET expires_at = now()"))
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert (await client.get("/api/v1/session", headers=bearer)).status_code == 401
    assert (await client.get(f"/api/v1/exports/cases.csv?api_key={made['token']}")).status_code == 401
    assert (await client.get(f"/open311/v2/requests.json?api_key={made['token']}")).status_code == 403


async def test_who_signed_in_and_who_failed_to_is_on_record(server: Server) -> None:
    app, client = server
    await with_password(app, "planner", Grant(Role.PLANNER, DISTRICT))
    await client.post("/api/v1/session", json={"name": "planner", "password": "wrong"})
    async with transaction(engine_in(app)) as connection:
        entries = await list_entries(connection, DISTRICT, areas=[DISTRICT])
    acts = [entry.act for entry in entries]
    assert acts == ["session.refused", "account.password", "session.begin"]
    assert entries[0].about == "planner"
