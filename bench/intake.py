"""Findings by HTTP, from request to committed offer: `intake_share_of_bare_pct`, `intake_p99_ms`.

Beside it, in the same run and on the same server, an endpoint that only validates, locates and inserts.
Each of the two is taken at the number of connections with which it gets most done.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median, quantiles

from api.identity import Role
from bench import Report
from bench.load import Connection, Findings, at_rate, flat_out
from bench.serving import BenchServer, bench_server
from geo.sample import load

CONNECTIONS = (16, 32, 64)
ROUNDS = 5
ROUND_S = 3.0
WARMING_S = 1.0
RATE_PER_S = 200
RATE_S = 15.0
INTAKE, BARE = "/api/v1/findings", "/bench/bare"

Rates = dict[str, dict[int, float]]
"""Findings a second, by endpoint and number of connections."""


@asynccontextmanager
async def _connections(server: BenchServer, cookie: str, count: int) -> AsyncIterator[list[Connection]]:
    opened = [await Connection.open(server.host, server.port, cookie) for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            await connection.close()


async def _measure(server: BenchServer, cookie: str) -> tuple[Rates, list[float]]:
    """Throughputs of both endpoints, in turns; then the answers' times at the steady rate.

    Every round goes through all numbers of connections: a minute in which the machine is slow is as slow for
    each of them.
    """
    findings = Findings(load().territory())
    runs: dict[str, dict[int, list[float]]] = {
        path: {count: [] for count in CONNECTIONS} for path in (INTAKE, BARE)
    }

    async def run(path: str, count: int, seconds: float) -> float:
        async with _connections(server, cookie, count) as connections:
            return await flat_out(connections, path, findings, seconds)

    for path in runs:
        await run(path, max(CONNECTIONS), WARMING_S)
    for _ in range(ROUNDS):
        for count in CONNECTIONS:
            for path, done in runs.items():
                done[count].append(await run(path, count, ROUND_S))
    async with _connections(server, cookie, CONNECTIONS[0]) as connections:
        took = await at_rate(connections, INTAKE, findings, RATE_PER_S, RATE_S)
    return {path: {count: median(done[count]) for count in done} for path, done in runs.items()}, took


def main() -> None:
    """Measure and print."""
    with bench_server() as server:
        server.put_everybody_on_shift()
        cookie = server.cookie(Role.OPERATOR)
        rates, took = asyncio.run(_measure(server, cookie))
    report = Report("intake", "Findings by HTTP, the load generator beside the server", ("what", "value"))
    for count in CONNECTIONS:
        both = f"{rates[INTAKE][count]:.0f} and {rates[BARE][count]:.0f}"
        report.add(f"whole intake and bare endpoint, a second, {count} connections", both)
    intake, bare = max(rates[INTAKE].values()), max(rates[BARE].values())
    share = 100 * intake / bare
    report.add("share, each at its best", f"{share:.0f} %")
    report.add(f"p99 at {RATE_PER_S} a second", f"{quantiles(took, n=100)[98] * 1e3:.0f} ms")
    report.count("intake_share_of_bare_pct", round(share, 1))
    report.count("intake_per_s", round(intake, 1))
    report.count("bare_per_s", round(bare, 1))
    report.figure("intake_p50_ms", median(took))
    report.figure("intake_p99_ms", quantiles(took, n=100)[98])
    report.print()


if __name__ == "__main__":
    main()
