"""The server as a whole: health, headers, pages, problems."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


async def test_health_answers_once_the_schema_stands(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (_, client):
        answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


async def test_without_a_store_health_says_so_and_nothing_breaks(tmp_path: Path) -> None:
    async with serving(f"postgresql://app@/none?host={tmp_path}", tmp_path) as (_, client):
        answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/unavailable"


async def _hold_whatever_comes(engine: AsyncEngine, held: AsyncExitStack) -> None:
    while True:
        await held.enter_async_context(driver_transaction(engine))


async def test_requests_that_hold_every_connection_can_still_learn_what_all_know(
    database: str, tmp_path: Path
) -> None:
    """They would otherwise wait for each other until all of them fail."""
    async with serving(database, tmp_path) as (app, _), AsyncExitStack() as held:
        await small_district.load(engine_in(app))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_hold_whatever_comes(engine_in(app), held), 2)
        versions = await app.state.watch.versions()
    assert versions.boundaries == 1


async def test_every_answer_carries_the_security_headers(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):

        @app.get("/fails")
        async def fail() -> None:
            raise ZeroDivisionError

        for address in ("/healthz", "/nowhere", "/fails", "/healthz?q=%00"):
            answer = await client.get(address)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "worker-src 'self'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_nobody_foresaw_is_a_problem_too(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, client):

        @app.get("/fails")
        async def fail() -> None:
            raise ZeroDivisionError("secret")

        answer = await client.get("/fails")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


async def test_assets_travel_packed_to_who_takes_them_so(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    script = "export const words = 'one road';\n" * 200
    (tmp_path / "assets" / "app-1a2b3c.js").write_text(script, encoding="utf-8")
    (tmp_path / "assets" / "font-1a2b3c.woff2").write_bytes(b"packed already" * 50)
    app = create_app(Settings(database_url="postgresql:///none", data_path=tmp_path, pages_path=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        packed = await client.get("/assets/app-1a2b3c.js")
        plain = await client.get("/assets/app-1a2b3c.js", headers={"Accept-Encoding": "identity"})
        font = await client.get("/assets/font-1a2b3c.woff2")
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(script) / 10
    assert packed.text == plain.text == script
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert "immutable" in packed.headers["cache-control"]
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in font.headers


async def test_pages_are_asked_for_anew_and_assets_kept(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>一路</title>", encoding="utf-8")
    (tmp_path / "assets" / "app-1a2b3c.js").write_text("export {}", encoding="utf-8")
    app = create_app(Settings(database_url="postgresql:///none", data_path=tmp_path, pages_path=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        page = await client.get("/")
        asset = await client.get("/assets/app-1a2b3c.js")
        missing = await client.get("/wall")
        outside = await client.get("/assets/%2e%2e/index.html")
    assert page.headers["cache-control"] == "no-cache"
    assert "immutable" in asset.headers["cache-control"]
    assert missing.status_code == outside.status_code == 404
