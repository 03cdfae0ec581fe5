"""200 phones at ten times the clock against a real server, by HTTP: do they keep up with their plans?

The same process that plays beside `yilu up` (`python -m api.drill`) plays here: phones that sign in, send
positions, find, photograph, settle, accept, walk, lose the network; a desk that confirms; residents.
`drill_behind_s` is by how much the slowest phone was late for what it had planned.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from api.store import drill
from api.store.database import driver_transaction, open_engine
from bench import Report
from bench.serving import BenchServer, bench_server
from geo.sample import SAMPLE_DISTRICT_CODE

PHONES, PACE = 200, 10.0
WARM_UP_S, SECONDS = 20.0, 75.0
"""So long that the waiting times which the drill remembers are those of the measured part."""


@contextmanager
def _playing(server: BenchServer) -> Iterator[None]:
    words = ["-m", "api.drill", "--url", f"http://{server.host}:{server.port}"]
    words += ["--district", SAMPLE_DISTRICT_CODE]
    environment = {**os.environ, "DATABASE_URL": server.database_url}
    process = subprocess.Popen([sys.executable, "-P", *words], stdin=subprocess.PIPE, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


async def _measure(server: BenchServer) -> tuple[drill.DrillState, drill.DrillState, float]:
    """How it stood after the warm-up and at the end, and the processor that the server used between."""
    engine = open_engine(server.database_url, pool_size=1)
    try:
        async with driver_transaction(engine) as driver:
            await drill.switch_drill(
                driver, SAMPLE_DISTRICT_CODE, on=True, by="bench", pace=PACE, phones=PHONES
            )
        with _playing(server):
            while not (state := await _state(engine)).playing or state.awake < PHONES:
                await asyncio.sleep(0.5)
            await asyncio.sleep(WARM_UP_S)
            first, used = await _state(engine), server.processor_s()
            await asyncio.sleep(SECONDS)
            return first, await _state(engine), server.processor_s() - used
    finally:
        await engine.dispose()


async def _state(engine: AsyncEngine) -> drill.DrillState:
    async with driver_transaction(engine) as driver:
        return await drill.read_drill(driver, SAMPLE_DISTRICT_CODE)


def main() -> None:
    """Measure and print."""
    with bench_server(endless_room=False) as server:
        first, last, used_s = asyncio.run(_measure(server))
    before, told = first.tally, last.tally
    requests = (told["requests"] - before["requests"]) / (told["seconds"] - before["seconds"])
    report = Report("drill", f"{PHONES} phones at {PACE:g} times the clock", ("what", "value"))
    report.add("phones awake", last.awake)
    report.add("requests a second", f"{requests:.1f}")
    report.add("half of the answers within", f"{told['p50_ms']:.0f} ms")
    report.add("99 % within", f"{told['p99_ms']:.0f} ms")
    report.add("late for their plans by", f"{told['behind_s']:.2f} s")
    report.add("never answered", told["broken"] - before["broken"])
    report.add("cases in that time", last.cases - first.cases)
    report.add("the server's processor", f"{used_s / SECONDS:.0%} of one core")
    for name, count in sorted(told["refused"].items()):
        report.add(f"refused: {name}", count)
    report.figure("drill_behind_s", told["behind_s"])
    report.figure("drill_p50_ms", told["p50_ms"] / 1e3)
    report.figure("drill_p99_ms", told["p99_ms"] / 1e3)
    report.count("drill_phones", last.awake)
    report.count("drill_pace", PACE)
    report.count("drill_requests_per_s", round(requests, 1))
    report.count("drill_broken", told["broken"] - before["broken"])
    report.count("drill_cases", last.cases - first.cases)
    report.print()


if __name__ == "__main__":
    main()
