"""The whole server, asked over HTTP inside the test's own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings


@asynccontextmanager
async def serving(
    database: str, data_path: Path, *, background: bool = False
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """Yield the server with its lifespan running, and a client of it.

    Unless told to work in the background, it does nothing but answer: tests take its steps themselves.
    """
    settings = Settings(database_url=database, data_path=data_path, district_code="990101")
    app = create_app(settings, background=background)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://yilu.test") as client,
    ):
        yield app, client


def engine_in(app: FastAPI) -> AsyncEngine:
    """The pool of a running server."""
    engine: AsyncEngine = app.state.engine
    return engine
