"""Findings by HTTP, from request to committed offer: `intake_share_of_bare_pct`, `intake_p99_ms`.

Beside it, in the same run and on the same server, an endpoint that only validates, locates and inserts.
"""

import asyncio
from statistics import median, quantiles

from api.identity import Role
from bench import Report
from bench.load import Connection, Findings, at_rate, flat_out
from bench.serving import BenchServer, bench_server
from geo.sample import load

CONNECTIONS = 16
ROUNDS = 5
ROUND_S = 4.0
RATE_PER_S = 200
RATE_S = 15.0
INTAKE, BARE = "/api/v1/findings", "/bench/bare"


async def _measure(server: BenchServer, cookie: str) -> tuple[list[float], list[float], list[float]]:
    """Throughputs of both endpoints, in turns; then the answers' times at the steady rate."""
    findings = Findings(load().territory())
    connections = [await Connection.open(server.host, server.port, cookie) for _ in range(CONNECTIONS)]
    for path in (INTAKE, BARE):
        await flat_out(connections, path, findings, 1.0)
    intake: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        intake.append(await flat_out(connections, INTAKE, findings, ROUND_S))
        bare.append(await flat_out(connections, BARE, findings, ROUND_S))
    took = await at_rate(connections, INTAKE, findings, RATE_PER_S, RATE_S)
    for connection in connections:
        await connection.close()
    return intake, bare, took


def main() -> None:
    """Measure and print."""
    with bench_server() as server:
        cookie = server.cookie(Role.OPERATOR)
        intake, bare, took = asyncio.run(_measure(server, cookie))
    report = Report("intake", "Findings by HTTP, the load generator beside the server", ("what", "value"))
    shares = [100 * one / other for one, other in zip(intake, bare, strict=True)]
    report.add("whole intake, findings a second", f"{median(intake):.0f}")
    report.add("bare locate and insert, a second", f"{median(bare):.0f}")
    report.add("share", f"{median(shares):.0f} %")
    report.add(f"p99 at {RATE_PER_S} a second", f"{quantiles(took, n=100)[98] * 1e3:.0f} ms")
    report.count("intake_share_of_bare_pct", round(median(shares), 1))
    report.count("intake_per_s", round(median(intake), 1))
    report.count("bare_per_s", round(median(bare), 1))
    report.figure("intake_p50_ms", median(took))
    report.figure("intake_p99_ms", quantiles(took, n=100)[98])
    report.print()


if __name__ == "__main__":
    main()
