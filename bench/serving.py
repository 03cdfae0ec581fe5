"""A real server with the sample district in a process of its own, for benchmarks that come in by HTTP.

The database is a cluster of the benchmarks' own, with fsync on, or a new database on DATABASE_URL's server.
Run as a program it is that server: `python -m bench.serving ADDRESS PORT FOLDER`.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import uvicorn
from fastapi import FastAPI

from api.dependencies import DriverTransaction, Watch
from api.guards import SESSION_COOKIE
from api.identity import Grant, Role
from api.ids import new_id
from api.main import create_app
from api.routes.case_shapes import FindingReport
from api.settings import Settings, data_folder, default_data_path
from api.sign_in import new_link, sign_in_with_link
from api.store.accounts import create_account, set_grants
from api.store.cluster import Cluster
from api.store.database import asyncpg_url, migrate_forward, open_engine, transaction
from api.store.sample import ensure_sample
from geo.sample import SAMPLE_DISTRICT_CODE


@dataclass(frozen=True, slots=True)
class BenchServer:
    """A server that answers, and the database behind it."""

    host: str
    port: int
    database_url: str
    process: int
    """The server's process id."""

    def processor_s(self) -> float:
        """Return the seconds of processor that the server has used so far (Linux)."""
        told = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def put_everybody_on_shift(self) -> None:
        """Have as much to decide at every hour; at night few are on duty, and all is quicker."""
        asyncio.run(_execute(self.database_url, _ALL_ON_SHIFT))

    def cookie(self, role: Role, area: str = SAMPLE_DISTRICT_CODE, person: uuid.UUID | None = None) -> str:
        """Sign in to a new account with that role; what a browser would send back."""
        return asyncio.run(_sign_in(self.database_url, Grant(role, area), person))


_ALL_ON_SHIFT = """
    INSERT INTO shift (district, id, person, started_at)
    SELECT district, gen_random_uuid(), id, now() FROM person
"""


@contextmanager
def bench_server(*, endless_room: bool = True) -> Iterator[BenchServer]:
    """Yield a server over a fresh sample district; all of it goes away at the end.

    With endless room everybody may hold any number of tasks: where thousands of findings come in and nobody
    deals with them, none would be offered otherwise.
    """
    with bench_database() as url, TemporaryDirectory(prefix="yilu-bench-") as folder:
        asyncio.run(fill(url, endless_room))
        port = _free_port()
        words = [sys.executable, "-m", "bench.serving", url, str(port), folder]
        process = subprocess.Popen(words, cwd=Path(__file__).parent.parent)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield BenchServer("127.0.0.1", port, url, process.pid)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def bench_database() -> Iterator[str]:
    """Yield the address of a new and empty database; it goes away at the end."""
    name = f"yilu_bench_{uuid.uuid4().hex}"
    if given := os.environ.get("DATABASE_URL"):
        server = asyncpg_url(given).set(drivername="postgresql")
        admin = server.render_as_string(False)
        asyncio.run(_execute(admin, f'CREATE DATABASE "{name}"'))
        yield server.set(database=name).render_as_string(False)
        asyncio.run(_execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)'))
        return
    folder = default_data_path()
    cluster = Cluster(folder / "bench", packages=folder / "postgis")
    with cluster.running():
        asyncio.run(_execute(cluster.url("postgres"), f'CREATE DATABASE "{name}"'))
        yield cluster.url(name)
        asyncio.run(_execute(cluster.url("postgres"), f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def fill(url: str, endless_room: bool = True) -> None:
    """Put the sample district into an empty database."""
    await migrate_forward(url)
    engine = open_engine(url, pool_size=2)
    await ensure_sample(engine, data_folder())
    await engine.dispose()
    if endless_room:
        await _execute(url, "UPDATE person SET capacity = 1000000")
    await _execute(url, "VACUUM ANALYZE")


async def _sign_in(url: str, grant: Grant, person: uuid.UUID | None) -> str:
    engine = open_engine(url, pool_size=2)
    account = new_id()
    async with transaction(engine) as connection:
        await create_account(
            connection,
            SAMPLE_DISTRICT_CODE,
            account,
            name=f"bench-{account.hex[-12:]}",
            display_name="bench",
            created_by="bench",
            person=person,
        )
        await set_grants(connection, SAMPLE_DISTRICT_CODE, account, [grant], "bench")
        link = await new_link(connection, SAMPLE_DISTRICT_CODE, account)
    begun = await sign_in_with_link(engine, SAMPLE_DISTRICT_CODE, secret=link.text, address="bench")
    await engine.dispose()
    return f"{SESSION_COOKIE}={begun.secret.text}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server of the benchmark did not start")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    raise RuntimeError("the server of the benchmark does not answer")


async def locate_and_insert(report: FindingReport, driver: DriverTransaction, watch: Watch) -> dict[str, str]:
    """The bare endpoint that intake is compared with: validate, locate, insert one row and one event."""
    territory = await watch.territory()
    place = territory.locate(report.lon, report.lat)
    area = place.grid if place else ""
    case = new_id()
    await driver.execute(
        "INSERT INTO bench_finding VALUES ($1, $2, $3, $4, ST_SetSRID(ST_MakePoint($5, $6), 4326), $7)",
        case,
        report.category,
        area,
        place.street if place else None,
        report.lon,
        report.lat,
        report.found_at,
    )
    await driver.execute("INSERT INTO bench_event VALUES ($1, $2, 'report', now(), '{}')", new_id(), case)
    return {"case": str(case)}


_BARE_TABLES = """
    CREATE TABLE bench_finding (
        id uuid PRIMARY KEY, category text, area text, street text, geom geometry(Point, 4326),
        found_at timestamptz);
    CREATE INDEX ON bench_finding USING gist (geom);
    CREATE INDEX ON bench_finding (area text_pattern_ops);
    CREATE TABLE bench_event (id uuid PRIMARY KEY, case_id uuid, kind text, at timestamptz, body jsonb);
"""


def _serve(url: str, port: int, folder: Path) -> None:
    asyncio.run(_execute(url, _BARE_TABLES))
    app: FastAPI = create_app(Settings(database_url=url, data_path=folder))
    app.add_api_route("/bench/bare", locate_and_insert, methods=["POST"], status_code=201)
    app.router.routes.insert(0, app.router.routes.pop())  # routes are tried in turn: it shall not wait
    uvicorn.run(app, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
