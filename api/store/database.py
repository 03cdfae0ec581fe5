"""The one way to PostGIS: an engine with its pool, transactions, and the schema brought forward."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).parent / "migrations"

SRID = 4326
"""Every geometry in the store is WGS 84, longitude first."""

_SCHEMA_LOCK = 0x59494C55
"""Advisory lock that serialises processes which bring the schema forward at the same time."""

_SESSION = {"jit": "off", "timezone": "UTC", "application_name": "yilu"}
"""jit: milliseconds of planning for queries that run in one. timezone: zones are converted in Python."""


def asyncpg_url(database_url: str) -> URL:
    """Return `database_url` (postgres://, postgresql://, with a socket as `?host=/…`) for our driver."""
    url = make_url(database_url)
    if not url.drivername.startswith("postgres"):
        raise ValueError(f"The database must be PostgreSQL with PostGIS, not '{url.drivername}'.")
    return url.set(drivername="postgresql+asyncpg")


def open_engine(database_url: str, *, pool_size: int = 16, plan_once: bool = False) -> AsyncEngine:
    """Open an engine of up to twice `pool_size` connections; it opens what is needed and keeps it open.

    Half of them as overflow would be closed at each return and opened again for the next request: with 32
    requests at once, on a busy machine, that cost half of the answers.

    `plan_once` is for a few statements that are asked all day and whose plan does not hang on their values:
    PostGIS would plan some of them anew each time, because it thinks the general plan a little dearer.
    """
    session = _SESSION | ({"plan_cache_mode": "force_generic_plan"} if plan_once else {})
    return create_async_engine(
        asyncpg_url(database_url),
        pool_size=2 * pool_size,
        max_overflow=0,
        pool_timeout=10,
        connect_args={"server_settings": session},
    )


class StoreUnreachableError(Exception):
    """No connection to PostGIS can be made."""


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    async with _connection(engine) as connection, connection.begin():
        yield connection


@asynccontextmanager
async def driver_transaction(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """One transaction on a bare asyncpg connection of the same pool, for hand-written SQL.

    Intake, claims and tiles go this way: SQLAlchemy Core costs them five times as much processor. Do not
    mix the two on one connection: Core begins its transaction lazily and would not know of this one.
    """
    async with _connection(engine) as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, asyncpg.Connection)
        async with driver.transaction():
            yield driver


@asynccontextmanager
async def driver_alone(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """A bare asyncpg connection without a transaction, for what one statement does: it is one by itself."""
    async with _connection(engine) as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, asyncpg.Connection)
        yield driver


@asynccontextmanager
async def _connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        connection = await engine.connect()
    except (OSError, asyncpg.PostgresConnectionError) as failure:
        raise StoreUnreachableError from failure
    try:
        yield connection
    finally:
        await connection.close()


def migrate(database_url: str) -> None:
    """Bring the schema forward to the newest revision; where one fails, the old schema stays intact.

    Callable from anywhere: it runs a loop of its own in a thread of its own.
    """
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(migrate_forward(database_url))
        except BaseException as failure:  # noqa: BLE001 - raised again below, in the caller's thread
            failures.append(failure)

    thread = threading.Thread(target=run, name="migrate")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


async def migrate_forward(database_url: str) -> None:
    """Bring the schema forward in one transaction (the form for a running event loop)."""
    engine = create_async_engine(asyncpg_url(database_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SCHEMA_LOCK})
            await connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def newest_revision() -> str:
    """Return the revision that this version of the software expects."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "the chain of migrations is empty"
    return head


async def revision_of(connection: AsyncConnection) -> str | None:
    """Return the revision that the database is at; None when it has no schema yet."""
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
