"""Signing in by an OpenID Connect provider, which the tests start themselves."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from api import oidc
from api.credentials import CODE_PERIOD_S, code_at
from api.identity import Grant, Role
from api.main import create_app
from api.settings import Settings
from api.store.accounts import set_second_factor_roles
from api.store.database import transaction
from tests.api.a_provider import CLIENT, SECRET, SmallProvider, a_provider
from tests.api.people_here import DISTRICT, OWN_HEADER, make_account, sign_in_as
from tests.api.serving import engine_in

pytestmark = pytest.mark.postgis


@pytest.fixture(scope="module")
def one_provider() -> Iterator[SmallProvider]:
    with a_provider() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: SmallProvider) -> SmallProvider:
    one_provider.claims, one_provider.listed, one_provider.subject = {}, True, "worker-7"
    return one_provider


@pytest.fixture
async def app(database: str, tmp_path: Path, provider: SmallProvider) -> AsyncIterator[FastAPI]:
    settings = Settings(
        database_url=database,
        data_path=tmp_path,
        provider_url=provider.issuer,
        provider_client=CLIENT,
        provider_secret=SECRET,
        provider_name="一网通办",
    )
    app = create_app(settings, background=False)
    async with app.router.lifespan_context(app):
        yield app


def browser_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://yilu.test")


async def known(app: FastAPI, provider: SmallProvider, *grants: Grant) -> None:
    """Let an administrator tie an account to the provider's subject, as the product does it."""
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    account = await make_account(app, "worker", *grants)
    answer = await keeper.patch(
        f"/api/v1/accounts/{account}", json={"outside_subject": f"{provider.issuer}|worker-7"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["outside_subject"].endswith("|worker-7")


async def there(browser: httpx.AsyncClient, next_path: str = "/street") -> str:
    """Set out, sign in at the provider, and return the address that it sends the browser back to."""
    begun = await browser.get("/api/v1/session/provider", params={"next": next_path})
    assert begun.status_code == 303, begun.text
    async with httpx.AsyncClient() as outside:
        answer = await outside.get(begun.headers["location"])
    return answer.headers["location"]


def told_in(answer: httpx.Response) -> dict[str, list[str]]:
    """What the sign-in page is told behind the #."""
    parts = urlsplit(answer.headers["location"])
    assert (answer.status_code, parts.path) == (303, "/sign-in")
    return parse_qs(parts.fragment)


async def test_whom_the_provider_vouches_for_is_signed_in_and_led_on(
    app: FastAPI, provider: SmallProvider
) -> None:
    await known(app, provider, Grant(Role.GRID_WORKER, "990101001"))
    async with browser_of(app) as browser:
        assert (await browser.get("/api/v1/session/ways")).json() == {"provider": "一网通办"}
        arrived = await browser.get(await there(browser))
        assert (arrived.status_code, arrived.headers["location"]) == (303, "/street")
        assert "HttpOnly" in arrived.headers["set-cookie"]
        session = (await browser.get("/api/v1/session")).json()
        assert session["signed_in"] is True
        assert [grant["role"] for grant in session["grants"]] == ["grid_worker"]
        assert not session["awaits_second_factor"]


async def test_a_stranger_is_told_what_to_hand_to_the_administrator(
    app: FastAPI, provider: SmallProvider
) -> None:
    async with browser_of(app) as browser:
        told = told_in(await browser.get(await there(browser)))
        assert told == {"provider": ["unknown"], "subject": [f"{provider.issuer}|worker-7"]}
        assert (await browser.get("/api/v1/session")).json()["signed_in"] is False


async def test_an_answer_counts_once_and_in_the_browser_that_asked(
    app: FastAPI, provider: SmallProvider
) -> None:
    await known(app, provider, Grant(Role.GRID_WORKER, "990101001"))
    async with browser_of(app) as browser, browser_of(app) as victim:
        back = await there(browser)
        assert told_in(await victim.get(back)) == {"provider": ["stale"]}
        foreign = back.replace("state=", "state=x")
        assert told_in(await browser.get(foreign)) == {"provider": ["stale"]}
    async with browser_of(app) as browser:
        back = await there(browser)
        assert (await browser.get(back)).headers["location"] == "/street"
        assert told_in(await browser.get(back)) == {"provider": ["stale"]}
        assert told_in(await browser.get("/api/v1/session/provider/back?error=access_denied")) == {
            "provider": ["stale"]
        }
        await there(browser)
        asked = await browser.get("/api/v1/session/provider", params={"next": "/street"})
        state = parse_qs(urlsplit(asked.headers["location"]).query)["state"][0]
        declined = await browser.get(
            "/api/v1/session/provider/back", params={"error": "access_denied", "state": state}
        )
        assert told_in(declined) == {"provider": ["declined"]}


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another attempt's"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
        {"iat": 4_000_000_000},
    ],
    ids=lambda claims: "-".join(f"{k}:{v}" for k, v in claims.items())[:30],
)
async def test_a_token_that_is_not_ours_signs_nobody_in(
    app: FastAPI, provider: SmallProvider, claims: dict[str, Any]
) -> None:
    await known(app, provider, Grant(Role.GRID_WORKER, "990101001"))
    provider.claims = claims
    async with browser_of(app) as browser:
        assert told_in(await browser.get(await there(browser))) == {"provider": ["failed"]}
        assert (await browser.get("/api/v1/session")).json()["signed_in"] is False


async def test_the_providers_keys_may_turn_and_a_foreign_key_opens_nothing(
    app: FastAPI, provider: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(app, provider, Grant(Role.GRID_WORKER, "990101001"))
    async with browser_of(app) as browser:
        assert (await browser.get(await there(browser))).headers["location"] == "/street"
        provider.turn_key()
        reads = provider.key_reads
        assert told_in(await browser.get(await there(browser))) == {"provider": ["failed"]}
        assert provider.key_reads == reads, "made-up keys must not make us ask again at once"
        monkeypatch.setattr(oidc, "KEYS_AT_MOST_EVERY_S", 0.0)
        assert (await browser.get(await there(browser))).headers["location"] == "/street"
        assert provider.key_reads == reads + 1
        provider.turn_key()
        provider.listed = False
        assert told_in(await browser.get(await there(browser))) == {"provider": ["failed"]}


async def test_a_second_factor_is_still_demanded_unless_the_provider_took_one(
    app: FastAPI, provider: SmallProvider
) -> None:
    await known(app, provider, Grant(Role.ADMINISTRATOR, DISTRICT))
    async with transaction(engine_in(app)) as connection:
        await set_second_factor_roles(connection, DISTRICT, [Role.ADMINISTRATOR])
    async with browser_of(app) as browser:
        arrived = await browser.get(await there(browser, "/admin"))
        assert arrived.headers["location"] == "/sign-in?next=%2Fadmin"
        assert (await browser.get("/api/v1/session")).json()["awaits_second_factor"] is True
        browser.headers.update(OWN_HEADER)
        key = (await browser.post("/api/v1/session/second-factor")).json()["key"]
        code = code_at(key, int(time.time() // CODE_PERIOD_S))
        assert (await browser.put("/api/v1/session/second-factor", json={"code": code})).status_code == 200
    provider.claims = {"amr": ["pwd", "otp", "mfa"]}
    async with browser_of(app) as browser:
        assert (await browser.get(await there(browser, "/admin"))).headers["location"] == "/admin"
        assert (await browser.get("/api/v1/session")).json()["awaits_second_factor"] is False


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x"])
async def test_nobody_is_led_to_another_site(app: FastAPI, provider: SmallProvider, path: str) -> None:
    await known(app, provider, Grant(Role.GRID_WORKER, "990101001"))
    async with browser_of(app) as browser:
        arrived = await browser.get(await there(browser, path))
        assert arrived.headers["location"] == "/sign-in?next="


async def test_an_account_that_is_locked_out_stays_out_and_a_subject_has_one_account(
    app: FastAPI, provider: SmallProvider
) -> None:
    await known(app, provider, Grant(Role.GRID_WORKER, "990101001"))
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    subject = f"{provider.issuer}|worker-7"
    second = await keeper.post(
        "/api/v1/accounts", json={"name": "second", "display_name": "x", "outside_subject": subject}
    )
    assert second.status_code == 409, second.text
    listed = (await keeper.get("/api/v1/accounts?q=worker")).json()["items"]
    (account,) = [one["id"] for one in listed if one["outside_subject"]]
    assert (await keeper.patch(f"/api/v1/accounts/{account}", json={"disabled": True})).status_code == 200
    async with browser_of(app) as browser:
        assert told_in(await browser.get(await there(browser)))["provider"] == ["unknown"]


async def test_a_provider_that_is_down_is_said_to_be(database: str, tmp_path: Path) -> None:
    settings = Settings(
        database_url=database,
        data_path=tmp_path,
        provider_url="http://127.0.0.1:9",
        provider_client=CLIENT,
    )
    app = create_app(settings, background=False)
    async with app.router.lifespan_context(app), browser_of(app) as browser:
        assert told_in(await browser.get("/api/v1/session/provider")) == {"provider": ["unreachable"]}
    plain = create_app(Settings(database_url=database, data_path=tmp_path), background=False)
    async with plain.router.lifespan_context(plain), browser_of(plain) as browser:
        assert (await browser.get("/api/v1/session/provider")).status_code == 404
        assert (await browser.get("/api/v1/session/ways")).json() == {"provider": None}
