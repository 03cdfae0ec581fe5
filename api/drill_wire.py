"""One client's connection in the drill: its sign-in, its outbox, and a network that comes and goes."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie
from random import Random
from typing import Any

import httpx

from api.client import DOCUMENT, Operation, RefusedError, content_of, read_operations
from api.guards import OWN_HEADER, SESSION_COOKIE

_PATIENCE_S = 30.0
_TRY_AGAIN_S = 2.0
_REMEMBERED = 20_000
_NOT_SIGNED_IN = 401


class NoNetworkError(Exception):
    """The phone is out of reach."""


@dataclass(slots=True)
class Tally:
    """What the clients of a drill met."""

    requests: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    """Requests that never reached the server, or whose answer did not come."""
    sent_again: int = 0
    """Requests whose answer was lost on the way and that were sent a second time."""
    lost: int = 0
    """How often a phone went out of reach."""
    behind_s: float = 0.0
    """By how much the clients are late for what they had planned: nothing while they keep up."""
    waits_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    began: float = field(default_factory=time.monotonic)

    def told(self) -> dict[str, Any]:
        """The same as plain values."""
        waits = sorted(self.waits_ms)
        elapsed = max(time.monotonic() - self.began, 1e-9)
        total = self.requests.total()
        return {
            "seconds": round(elapsed, 1),
            "requests": total,
            "requests_per_s": round(total / elapsed, 1),
            "p50_ms": round(waits[len(waits) // 2], 1) if waits else None,
            "p99_ms": round(waits[int(len(waits) * 0.99)], 1) if waits else None,
            "behind_s": round(self.behind_s, 2),
            "broken": self.broken,
            "sent_again": self.sent_again,
            "lost": self.lost,
            "refused": dict(self.refused.most_common(12)),
            "by_name": dict(self.requests.most_common(20)),
        }


class Exchange:
    """The connections that all clients of one drill share, as phones share a mobile network."""

    def __init__(self, address: str, tally: Tally, *, trusted: str | None = None) -> None:
        """`trusted`: the certificate of the authority that signed the server's, where it is a local one."""
        nobodys = CookieJar(policy=DefaultCookiePolicy(allowed_domains=()))
        self.tally = tally
        self._http = httpx.AsyncClient(
            base_url=address,
            headers={OWN_HEADER: "drill"},
            cookies=nobodys,  # every client keeps its own session
            timeout=_PATIENCE_S,
            verify=trusted or True,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )
        self._operations: Mapping[str, Operation] = {}

    async def open(self) -> None:
        """Read what the server can be asked for."""
        self._operations = read_operations(content_of(await self._http.get(DOCUMENT)))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def ask(
        self, name: str, values: Mapping[str, Any], session: str, content: bytes | None = None
    ) -> httpx.Response:
        """Send one request, counted and timed."""
        said = self._operations[name].request(values)
        headers = {"Cookie": f"{SESSION_COOKIE}={session}"} if session else {}
        if content is not None:
            said |= {"json": None, "content": content}
            headers["Content-Type"] = "image/jpeg"
        began = time.perf_counter()
        try:
            answer = await self._http.request(**said, headers=headers)
        except httpx.TransportError:
            self.tally.broken += 1
            raise
        self.tally.requests[name] += 1
        self.tally.waits_ms.append((time.perf_counter() - began) * 1000)
        return answer


class Wire:
    """One client: signed in by a link of its own."""

    def __init__(
        self, exchange: Exchange, link: Callable[[], Awaitable[str]], chance: Random, lossy: float = 0.0
    ) -> None:
        """`lossy`: the share of answers that never arrive, so that the request is sent again."""
        self.exchange = exchange
        self.tally = exchange.tally
        self.out_of_reach_until = 0.0
        self._link = link
        self._chance = chance
        self._lossy = lossy
        self._session = ""
        self._waiting: deque[Callable[[], Awaitable[object]]] = deque()
        self._something = asyncio.Event()

    @property
    def reaches(self) -> bool:
        """Whether there is a network where the phone is."""
        return time.monotonic() >= self.out_of_reach_until

    def lose(self, seconds: float) -> None:
        """Go out of reach for that long."""
        self.tally.lost += 1
        self.out_of_reach_until = time.monotonic() + seconds

    async def sign_in(self) -> None:
        """Begin a session with a link that is good once."""
        answer = await self.exchange.ask("use_link", {"link": await self._link()}, "")
        content_of(answer)
        cookie = SimpleCookie(answer.headers.get("set-cookie", ""))
        self._session = cookie[SESSION_COOKIE].value

    async def call(self, name: str, content: bytes | None = None, **values: Any) -> Any:
        """Ask the server now. Raises `NoNetworkError` out of reach, `RefusedError` where it says no."""
        if not self.reaches:
            raise NoNetworkError
        if not self._session:
            await self.sign_in()
        answer = await self.exchange.ask(name, values, self._session, content)
        if answer.status_code == _NOT_SIGNED_IN:
            await self.sign_in()
            answer = await self.exchange.ask(name, values, self._session, content)
        if self._chance.random() < self._lossy:
            self.tally.sent_again += 1
            answer = await self.exchange.ask(name, values, self._session, content)
        try:
            return content_of(answer)
        except RefusedError as refused:
            self.tally.refused[f"{name} {refused.status}"] += 1
            raise

    def later(self, errand: Callable[[], Awaitable[object]]) -> None:
        """Send something as soon as there is a network, after all that waits already."""
        self._waiting.append(errand)
        self._something.set()

    async def deliver(self) -> None:
        """Send what waits, in order, for as long as the client lives; what is refused is given up."""
        while True:
            while not self._waiting:
                self._something.clear()
                await self._something.wait()
            try:
                await self._waiting[0]()
            except (NoNetworkError, httpx.TransportError):
                await asyncio.sleep(_TRY_AGAIN_S)
                continue
            except RefusedError as refused:
                if refused.status >= 500:  # the server is in trouble: nothing was done, try again
                    await asyncio.sleep(_TRY_AGAIN_S)
                    continue
            self._waiting.popleft()

    @property
    def waits(self) -> int:
        """How much waits for a network."""
        return len(self._waiting)
