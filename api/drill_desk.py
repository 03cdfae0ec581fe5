"""The drill's desk: operators who screen, confirm and check; and residents who report and rate."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx

from api.client import RefusedError
from api.drill_phone import Stage, heading_of
from api.drill_pictures import draw_photograph
from api.drill_wire import NoNetworkError, Wire
from dispatch.disorder import Sighting
from dispatch.findings import Kind
from geo.coordinates import LonLat

LOOK_EVERY_S = 2.0
_CONFIRM_S = 25.0
_HELP_MINUTES = 20.0
_OPEN = ("reported", "filed", "offered", "resolved")
_REQUESTS_AN_HOUR = 5.0

Item = dict[str, Any]


class Desk:
    """One operator: every case that waits for a desk gets what it waits for, after a thought."""

    def __init__(self, wire: Wire, stage: Stage, since: datetime, wake: Callable[[UUID], None]) -> None:
        """`wake` is told of everybody who is asked, so that his phone rings."""
        self._wire = wire
        self._stage = stage
        self._since = since
        self._wake = wake
        self._thinking: dict[tuple[str, int], asyncio.Task[None]] = {}

    async def work(self) -> None:
        """Look at what is open, until cancelled; what was being thought over then is left."""
        try:
            while True:
                try:
                    for case in await self._look():
                        self._consider(case)
                    await self._answer_whistles()
                except (NoNetworkError, httpx.TransportError, RefusedError):
                    pass
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            for thought in tuple(self._thinking.values()):
                thought.cancel()

    async def _look(self) -> Sequence[Item]:
        page = await self._wire.call(
            "read_cases", state=list(_OPEN), since=self._since.isoformat(), limit=200
        )
        items: Sequence[Item] = page["items"]
        return items

    def _consider(self, case: Item) -> None:
        if not self._stage.is_ours(case):
            return
        if case["state"] == "offered":
            if case["holder"]:
                self._wake(UUID(case["holder"]))
            return
        key = (case["id"], case["events"])
        if not case["drill"] or key in self._thinking:
            return  # what a trainee reported is a trainee's to screen and check
        thought = {"reported": self._screen, "filed": self._confirm, "resolved": self._check}[case["state"]]
        self._begin(key, self._think(thought, case))

    def _begin(self, key: tuple[str, int], work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._thinking[key] = task
        task.add_done_callback(lambda _: self._thinking.pop(key, None))

    async def _think(self, thought: Callable[[Item], Awaitable[None]], case: Item) -> None:
        try:
            await thought(case)
        except (NoNetworkError, httpx.TransportError, RefusedError):
            await self._stage.wait(60)  # somebody was faster, or nobody is to be had: look again later

    async def _act(self, name: str, case: Item, **values: Any) -> None:
        await self._wire.call(name, case_id=case["id"], client_id=f"drill-{uuid4().hex}", **values)

    async def _screen(self, case: Item) -> None:
        nature = self._stage.nature
        await self._stage.wait(nature.seconds(nature.behaviour.screen_minutes * 60, 0.6).total_seconds())
        if case["area"] is None or nature.happens(nature.behaviour.dismissed):
            await self._act("dismiss", case, reason="不属于受理范围")
        else:
            await self._act("file", case)

    async def _confirm(self, case: Item) -> None:
        """Confirm whom dispatch would ask, where it waits for a key or found nobody by itself."""
        if case["clock"] != "running":
            return
        await self._stage.wait(self._stage.nature.seconds(_CONFIRM_S, 0.6).total_seconds())
        try:
            await self._act("assign", case)
        except RefusedError:
            await self._stage.wait(_HELP_MINUTES * 60)

    async def _check(self, case: Item) -> None:
        nature = self._stage.nature
        await self._stage.wait(nature.check_time().total_seconds())
        if case["reworked"] == 0 and nature.happens(nature.behaviour.sent_back):
            await self._act("send_back", case, reason="现场仍有遗留")
        else:
            await self._act("verify", case)

    async def _answer_whistles(self) -> None:
        """Called departments report in, come and do their part."""
        for found in await self._wire.call("read_whistles", standing=list(_NEXT), limit=50):
            if not found["case"]["drill"]:
                continue
            for call in found["whistle"]["calls"]:
                key = (f"{found['whistle']['id']} {call['department']}", len(call["standing"]))
                if call["standing"] in _NEXT and key not in self._thinking:
                    self._begin(key, self._answer(found["whistle"]["id"], call))

    async def _answer(self, whistle: str, call: Mapping[str, Any]) -> None:
        name, minutes = _NEXT[call["standing"]]
        await self._stage.wait(self._stage.nature.seconds(minutes * 60, 0.5).total_seconds())
        try:
            await self._wire.call(name, whistle_id=whistle, department=call["department"])
        except (NoNetworkError, httpx.TransportError, RefusedError):
            await self._stage.wait(60)


_NEXT = {
    "called": ("report_in", 8.0),
    "reported_in": ("arrive_for_whistle", 15.0),
    "arrived": ("finish", 25.0),
}
"""What a called department does next, and after about how many minutes."""


class Resident:
    """Somebody of the district with a phone: reports now and then, and says how content he is."""

    def __init__(
        self, wire: Wire, stage: Stage, chance: Random, somewhere: Callable[[], Sighting | None], share: float
    ) -> None:
        """`somewhere` is what bothers him next; `share` of the district's requests is his."""
        self._wire = wire
        self._stage = stage
        self._chance = chance
        self._somewhere = somewhere
        self._share = share

    async def live(self) -> None:
        """Report and rate, until cancelled."""
        while True:
            await self._stage.wait(self._chance.expovariate(_REQUESTS_AN_HOUR * self._share / 3600))
            try:
                if (bother := self._somewhere()) is not None:
                    await self._report(bother.place, bother.category)
                await self._rate()
            except (NoNetworkError, httpx.TransportError, RefusedError):
                pass

    async def _report(self, at: LonLat, category: str) -> None:
        when, shot = datetime.now(UTC).isoformat(), uuid4()
        picture = await asyncio.to_thread(
            draw_photograph, heading_of(self._stage.policy, category), str(shot)
        )
        shown = await self._wire.call(
            "upload_photograph", content=picture, client_id=shot, lon=at.lon, lat=at.lat, at=when
        )
        await self._wire.call(
            "report_finding",
            client_id=f"drill-{uuid4().hex}",
            kind=Kind.RESIDENT_REQUEST,
            category=category,
            lon=at.lon,
            lat=at.lat,
            found_at=when,
            photographs=[shown["name"]],
            description="模拟演练：居民反映",
        )

    async def _rate(self) -> None:
        nature = self._stage.nature
        page = await self._wire.call("read_cases", state=["closed"], limit=20)
        for case in page["items"]:
            if case["satisfaction"] is None and nature.happens(nature.behaviour.evaluated):
                await self._wire.call("evaluate", case_id=case["id"], satisfaction=nature.score())
