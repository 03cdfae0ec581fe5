"""A small HTTP client for load: one keep-alive connection, as little of its own work as can be."""

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import orjson

from geo.areas import Territory


@dataclass(slots=True)
class Connection:
    """One keep-alive connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str
    cookie: str

    @classmethod
    async def open(cls, host: str, port: int, cookie: str) -> "Connection":
        """Connect."""
        reader, writer = await asyncio.open_connection(host, port, limit=2**20)
        return cls(reader, writer, f"{host}:{port}", cookie)

    def send(self, method: str, path: str, body: bytes = b"") -> None:
        """Write one request."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\n"
            "X-Requested-With: bench\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)

    async def receive(self) -> tuple[int, bytes]:
        """Read one whole answer: status and body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return int(head[9:12]), await self.reader.readexactly(length)

    async def post(self, path: str, body: bytes) -> None:
        """Send one request and wait until it is done; anything but success ends the benchmark."""
        self.send("POST", path, body)
        status, said = await self.receive()
        if not 200 <= status < 300:
            raise RuntimeError(said.decode())

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()


class Findings:
    """Bodies of findings along the patrolled streets, each with an id of its own."""

    def __init__(self, territory: Territory, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._streets = [street.centreline for street in territory.streets]

    def one(self) -> bytes:
        """One more finding."""
        place = self._chance.choice(self._streets).interpolate(self._chance.random(), normalized=True)
        return orjson.dumps(
            {
                "client_id": f"bench-{uuid4().hex}",
                "category": "E0401",
                "lon": place.x,
                "lat": place.y,
                "found_at": datetime.now(UTC),
            }
        )


async def at_rate(
    connections: list[Connection], path: str, findings: Findings, per_second: float, seconds: float
) -> list[float]:
    """Send findings at a steady rate, whatever the answers take; the seconds from due time to answer."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)
    took: list[float] = []
    running: set[asyncio.Task[None]] = set()

    async def send(due: float) -> None:
        connection = await free.get()
        await connection.post(path, findings.one())
        took.append(time.perf_counter() - due)
        free.put_nowait(connection)

    began = time.perf_counter()
    for number in range(round(per_second * seconds)):
        due = began + number / per_second
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        task = asyncio.create_task(send(due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return took


async def flat_out(connections: list[Connection], path: str, findings: Findings, seconds: float) -> float:
    """Send findings as fast as the server takes them over these connections; how many a second."""
    until = time.perf_counter() + seconds
    done = 0

    async def send(connection: Connection) -> None:
        nonlocal done
        while time.perf_counter() < until:
            await connection.post(path, findings.one())
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*map(send, connections))
    return done / (time.perf_counter() - began)
