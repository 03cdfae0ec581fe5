"""Positions of 10,000 people, each with a fix every 10 s, while findings come in: `positions_p99_ms`.

One server process takes them beside its other work. Phones collect fixes and send several at once, so the
thousand fixes a second come in a hundred requests of ten. In the second half findings come in as well, 20 a
second. Accounts are fewer than people: each that sends stands for a hundred phones, one after the other.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from uuid import UUID, uuid4

import asyncpg
import orjson

from api.identity import Role
from bench import Report
from bench.load import Connection, Findings, at_rate
from bench.serving import BenchServer, bench_server
from geo.sample import SAMPLE_DISTRICT_CODE, load

PEOPLE = 10_000
FIXES = 10
"""Each phone sends this many at once: one for every 10 s."""
SENDERS = 100
"""Accounts that send in turn, each once a second."""
SECONDS = 20.0
FINDINGS_PER_S = 20
CONNECTIONS = 16


async def _hire(url: str) -> list[UUID]:
    """Ten thousand people on shift, each with an earlier place."""
    people = [uuid4() for _ in range(PEOPLE)]
    driver = await asyncpg.connect(url)
    await driver.executemany(
        "INSERT INTO person (district, id, name, post, area) VALUES ($1, $2, '甲', 'grid_worker', $3)",
        [(SAMPLE_DISTRICT_CODE, person, f"{SAMPLE_DISTRICT_CODE}001") for person in people],
    )
    await driver.execute(
        "INSERT INTO shift (district, id, person, started_at) "
        "SELECT $1, gen_random_uuid(), unnest($2::uuid[]), now() - interval '2 hours'",
        SAMPLE_DISTRICT_CODE,
        people,
    )
    await driver.execute(
        "INSERT INTO position (district, person, at, received_at, lon, lat) "
        "SELECT $1, unnest($2::uuid[]), now() - interval '10 minutes', now(), 112.5, 37.8",
        SAMPLE_DISTRICT_CODE,
        people,
    )
    await driver.execute("VACUUM ANALYZE")
    await driver.close()
    return people


def fixes_of(now: datetime, step: int) -> bytes:
    """What a phone collected: somebody who walks east at 0.9 m/s; `step` counts seconds."""
    began = now - timedelta(seconds=10 * FIXES)
    fixes = [
        {"at": began + timedelta(seconds=10 * k), "lon": 112.5 + 1e-5 * (step + 10 * k), "lat": 37.8}
        for k in range(1, FIXES + 1)
    ]
    return orjson.dumps({"fixes": fixes})


async def _send(server: BenchServer, cookies: Sequence[str], per_s: float) -> list[float]:
    """Send at that rate, each account in its turn; the seconds from due time to answer."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    connections = [await Connection.open(server.host, server.port, cookies[0]) for _ in range(CONNECTIONS)]
    for connection in connections:
        free.put_nowait(connection)
    took: list[float] = []

    async def send(number: int, due: float) -> None:
        connection = await free.get()
        connection.cookie = cookies[number % len(cookies)]
        await connection.post("/api/v1/positions", fixes_of(datetime.now(UTC), number // len(cookies)))
        took.append(time.perf_counter() - due)
        free.put_nowait(connection)

    began, running = time.perf_counter(), []
    for number in range(round(per_s * SECONDS)):
        due = began + number / per_s
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        running.append(asyncio.create_task(send(number, due)))
    await asyncio.gather(*running)
    for connection in connections:
        await connection.close()
    return took


async def _measure(
    server: BenchServer, cookies: list[str], desk: str
) -> tuple[list[float], list[float], float]:
    """Positions for the whole time, findings in its second half; the seconds of each answer.

    And the seconds of processor that the server's process took for all of it, its other work included.
    """
    writers = [await Connection.open(server.host, server.port, desk) for _ in range(8)]
    findings = Findings(load().territory())

    async def report() -> list[float]:
        await asyncio.sleep(SECONDS / 2)
        return await at_rate(writers, "/api/v1/findings", findings, FINDINGS_PER_S, SECONDS / 2)

    per_s, used_s = PEOPLE / 10 / FIXES, server.processor_s()
    positions, reported = await asyncio.gather(_send(server, cookies, per_s), report())
    used_s = server.processor_s() - used_s
    for writer in writers:
        await writer.close()
    return positions, reported, used_s


def main() -> None:
    """Measure and print."""
    with bench_server() as server:
        people = asyncio.run(_hire(server.database_url))
        cookies = [server.cookie(Role.GRID_WORKER, person=one) for one in people[:SENDERS]]
        desk = server.cookie(Role.OPERATOR)
        positions, reported, used_s = asyncio.run(_measure(server, cookies, desk))
    report = Report("positions", "A thousand fixes a second, findings beside them", ("what", "value"))
    p99, slow = quantiles(positions, n=100)[98], quantiles(reported, n=100)[98]
    report.add("fixes a second", f"{len(positions) * FIXES / SECONDS:.0f}")
    report.add("positions, p99", f"{p99 * 1e3:.0f} ms")
    report.add("findings meanwhile, p99", f"{slow * 1e3:.0f} ms")
    report.add("one core's time, all of the server's work", f"{100 * used_s / SECONDS:.0f} %")
    report.count("positions_core_pct", round(100 * used_s / SECONDS, 1))
    report.count("positions_fixes_per_s", round(len(positions) * FIXES / SECONDS))
    report.figure("positions_p50_ms", median(positions))
    report.figure("positions_p99_ms", p99)
    report.figure("positions_findings_p99_ms", slow)
    report.print()


if __name__ == "__main__":
    main()
