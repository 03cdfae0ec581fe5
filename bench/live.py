"""How long until 1,000 browsers know what happened, at 100 events a second: `live_p99_ms`.

From the moment that the server put into the event to the moment that each client had read the frame: intake,
commit, numbering, the tick and the network are all in it. One client in two is an operator; the others are
supervisors of the seven subdistricts.
"""

import asyncio
import re
import time
from datetime import datetime
from statistics import median, quantiles

import orjson

from api.identity import Role
from bench import Report
from bench.load import Connection, Findings, at_rate
from bench.serving import BenchServer, bench_server
from geo.areas import Level
from geo.sample import load

CLIENTS = 1000
FINDINGS_PER_S = 34
"""Each makes about three events: reported, filed, offered."""
SECONDS = 20.0
_FRAME = re.compile(rb"id: (\S+)\nevent: news\ndata: (.*)\n")


class Audience:
    """Open streams, and when each frame reached each of them."""

    def __init__(self) -> None:
        self.arrivals: list[tuple[bytes, float]] = []
        self.happened: dict[bytes, list[float]] = {}
        self.ready = 0

    async def listen(self, server: BenchServer, cookie: str) -> None:
        """Follow the stream until cancelled."""
        connection = await Connection.open(server.host, server.port, cookie)
        connection.send("GET", "/api/v1/live")
        waiting = b""
        while piece := await connection.reader.read(2**18):
            waiting += piece
            self.ready += b"event: hello" in piece
            while (end := waiting.find(b"\n\n")) >= 0:
                self._hear(waiting[: end + 1])
                waiting = waiting[end + 2 :]

    def _hear(self, event: bytes) -> None:
        now = time.time()
        if (frame := _FRAME.search(event)) is None:
            return
        name = frame[1] + b"/%d" % len(frame[2])  # frames of other scopes have the same id and another size
        if name not in self.happened:
            events = orjson.loads(frame[2])["events"]
            self.happened[name] = [datetime.fromisoformat(one["at"]).timestamp() for one in events]
        self.arrivals.append((name, now))

    def delays_s(self) -> list[float]:
        """Return the seconds of every event at every client."""
        return [now - at for name, now in self.arrivals for at in self.happened[name]]


async def _measure(server: BenchServer, cookies: list[str]) -> tuple[Audience, int]:
    audience = Audience()
    streams = []
    for number in range(CLIENTS):
        place = 0 if number % 2 else 1 + number // 2 % (len(cookies) - 1)
        streams.append(asyncio.create_task(audience.listen(server, cookies[place])))
        if number % 20 == 19:
            await asyncio.sleep(0.05)
    until = time.monotonic() + 30
    while audience.ready < CLIENTS and time.monotonic() < until:
        await asyncio.sleep(0.1)
    writers = [await Connection.open(server.host, server.port, cookies[0]) for _ in range(8)]
    findings = Findings(load().territory())
    sent = await at_rate(writers, "/api/v1/findings", findings, FINDINGS_PER_S, SECONDS)
    await asyncio.sleep(2)
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return audience, len(sent)


def main() -> None:
    """Measure and print."""
    with bench_server() as server:
        server.put_everybody_on_shift()
        subdistricts = [area.code for area in load().areas if area.level is Level.SUBDISTRICT]
        cookies = [server.cookie(Role.OPERATOR), *(server.cookie(Role.SUPERVISOR, a) for a in subdistricts)]
        audience, sent = asyncio.run(_measure(server, cookies))
    delays = audience.delays_s()
    p99 = quantiles(delays, n=100)[98]
    events = max(map(len, audience.happened.values()))
    report = Report("live", f"{audience.ready} browsers follow {sent} findings", ("what", "value"))
    report.add("median", f"{median(delays) * 1e3:.0f} ms")
    report.add("p99", f"{p99 * 1e3:.0f} ms")
    report.add("events told", len(delays))
    report.add("most events in one frame", events)
    report.count("live_clients", audience.ready)
    report.count("live_events_per_s", round(len(delays) / max(audience.ready, 1) / SECONDS, 1))
    report.figure("live_p50_ms", median(delays))
    report.figure("live_p99_ms", p99)
    report.print()


if __name__ == "__main__":
    main()
