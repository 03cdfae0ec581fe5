"""Databases for tests: copies of one template that the migrations built, on a server of the tests' own."""

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import asyncpg

from api.settings import data_folder, default_data_path
from api.store.cluster import Cluster
from api.store.database import MIGRATIONS, asyncpg_url, driver_transaction, migrate, open_engine
from api.store.sample import ensure_sample
from dispatch.clocks import CITY_ZONE
from tests.aside import aside

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_SOURCES = ("api/store/**/*.py", "dispatch/**/*.py", "geo/**/*.py", "data/[bp]*/*")
"""What the loaded sample district is made by and of: code, `data/boundaries`, `data/policy`."""

DAY_BEGINS, DAY_ENDS = 8, 20
"""Hours between which the sample's own rosters have people of all posts on shift, and an hour to spare."""

_TEMPLATE_LOCK = 0x54455354
_SAMPLE_LOCK = 0x53414D50
_COPY = re.compile(r"yilu_test_(\d+)_[0-9a-f]{32}")


@contextmanager
def server() -> Iterator[Callable[[str], str]]:
    """Yield a function from a database's name to its address: on DATABASE_URL's server, else a private one.

    The private server is kept between runs and shared by the processes of one; nothing in it is precious,
    so it need not wait for the disk.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield (
            lambda name: (
                asyncpg_url(given).set(database=name, drivername="postgresql").render_as_string(False)
            )
        )
        return
    folder = default_data_path()
    hasty = {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "shared_preload_libraries": "postgis-3",  # else each of a thousand connections would load it
        "autovacuum": "off",  # it would look after hundreds of databases that live for a second
    }
    cluster = Cluster(
        folder / "tests",
        packages=folder / "postgis",
        configuration={**hasty, "max_connections": "300"},
    )
    with cluster.running():
        yield cluster.url


async def prepare_template(url: Callable[[str], str]) -> str:
    """Build the template database, unless it stands already, and return its name.

    The name holds the migrations' digest: an edited migration gets a template of its own.
    """
    template = f"yilu_template_{_digest(MIGRATIONS.rglob('*.py'))}"
    admin = await asyncpg.connect(url("postgres"))
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _TEMPLATE_LOCK)
        await _drop_leftovers(admin)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template):
            await admin.execute(f'DROP DATABASE IF EXISTS "{template}_new"')
            await admin.execute(f'CREATE DATABASE "{template}_new"')
            migrate(url(f"{template}_new"))
            await admin.execute(f'ALTER DATABASE "{template}_new" RENAME TO "{template}"')
    finally:
        await admin.close()
    return template


async def prepare_sample(url: Callable[[str], str], template: str) -> str:
    """Build the database that holds the sample district, unless it stands already, and return its name.

    Its name holds the digest of the code that loads it and of what is loaded.
    """
    sources = (path for pattern in SAMPLE_SOURCES for path in ROOT.glob(pattern))
    sample = f"yilu_sample_{_digest(sources)}"
    admin = await asyncpg.connect(url("postgres"))
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _SAMPLE_LOCK)
        names = [row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")]
        if sample not in names:
            for name in names:
                if name.startswith("yilu_sample_"):
                    await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await admin.execute(f'CREATE DATABASE "{sample}_new" TEMPLATE "{template}" STRATEGY file_copy')
            await load_sample(url(f"{sample}_new"))
            await _vacuum(url(f"{sample}_new"))
            await admin.execute(f'ALTER DATABASE "{sample}_new" RENAME TO "{sample}"')
    finally:
        await admin.close()
    return sample


async def load_sample(database_url: str) -> None:
    """Load the sample district, or roster its people for the coming days where it stands."""
    engine = open_engine(database_url)
    try:
        await ensure_sample(engine, data_folder())
        async with driver_transaction(engine) as driver:
            await _work_by_night(driver, datetime.now(CITY_ZONE))
    finally:
        await engine.dispose()


async def _work_by_night(driver: asyncpg.Connection, now: datetime) -> None:
    """Put those who work at noon on shift at night too: a district asleep would fail what passes by day."""
    if DAY_BEGINS <= now.hour < DAY_ENDS:
        return
    await driver.execute(
        """
        INSERT INTO roster (district, id, person, starts_at, ends_at, emergency, station)
        SELECT district, gen_random_uuid(), person, $1::timestamptz - interval '4 hours',
               $1::timestamptz + interval '8 hours', emergency, station
        FROM roster AS day
        WHERE starts_at <= $2 AND ends_at > $2
          AND NOT EXISTS (SELECT FROM roster AS night
                          WHERE night.person = day.person AND night.starts_at <= $1
                            AND night.ends_at > $1::timestamptz + interval '1 hour')
        """,
        now,
        now.replace(hour=12, minute=0),
    )


def share_compiled_roads(data_path: Path) -> None:
    """Copies of one database have the same roads: whoever comes first compiles them for all."""
    shared = default_data_path() / "tests" / "roads"
    shared.mkdir(parents=True, exist_ok=True)
    if not (data_path / "roads").exists():
        (data_path / "roads").symlink_to(shared)


@contextmanager
def copied(url: Callable[[str], str], template: str) -> Iterator[str]:
    """Yield the address of a copy of that database; at the end it is dropped, whoever is still connected."""
    name = aside(create_copy(url, template))
    try:
        yield url(name)
    finally:
        aside(drop(url, name))


async def create_copy(url: Callable[[str], str], template: str) -> str:
    """Create a fresh database from the template and return its name."""
    # files copied as they are take a quarter of the time of pages copied through the log, since this
    # server never waits for the disk
    name = f"yilu_test_{os.getpid()}_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(url("postgres"))
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    finally:
        await admin.close()
    return name


async def drop(url: Callable[[str], str], name: str) -> None:
    """Drop a test's database, whoever is still connected."""
    admin = await asyncpg.connect(url("postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await admin.close()


async def _vacuum(url: str) -> None:
    """Let the copies know how their tables are filled."""
    driver = await asyncpg.connect(url)
    await driver.execute("VACUUM ANALYZE")
    await driver.close()


def _digest(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


async def _drop_leftovers(admin: asyncpg.Connection) -> None:
    """Drop the copies of test processes that are no more."""
    for row in await admin.fetch("SELECT datname FROM pg_database"):
        copy = _COPY.fullmatch(row["datname"])
        if copy and not _is_alive(int(copy[1])):
            with suppress(asyncpg.PostgresError):
                await admin.execute(f'DROP DATABASE IF EXISTS "{row["datname"]}" WITH (FORCE)')


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
