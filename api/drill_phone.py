"""One of the staff in the drill, with his phone: he walks, finds, photographs, is sent, arrives, settles."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx

from api.client import RefusedError
from api.drill_pictures import draw_photograph
from api.drill_wire import NoNetworkError, Wire
from dispatch.behaviour import Nature, Outcomes
from dispatch.cases import Post
from dispatch.disorder import PlannedPatrol, Sighting
from dispatch.findings import Wish
from dispatch.policy import Policy
from dispatch.sample import Member
from geo.area_codes import AreaCode
from geo.coordinates import LonLat, MetricPlane
from geo.streets import Street

FIX_EVERY_S = 12.0
LOOK_EVERY_S = 15.0
_STEP_S = 6.0
_WALKS_M_PER_S = 1.2
_MINUTES_WITH_NETWORK = 120.0
_MINUTES_WITHOUT = 6.0
_FIX_ERROR_M = 4.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What everybody in a drill shares: the rules, the habits, the roads and how fast time runs."""

    policy: Policy
    nature: Nature
    outcomes: Outcomes
    pace: float
    way: Callable[[LonLat, LonLat], Awaitable[Sequence[LonLat]]]
    """The way on foot from one place to another."""
    is_ours: Callable[[dict[str, Any]], bool]
    """Whether a case is one that the drill may touch: its own, or one that came in since it began."""

    async def wait(self, seconds: float) -> None:
        """Let that much of the drill's time pass."""
        await asyncio.sleep(max(seconds, 0.0) / self.pace)


class Phone:
    """One person. He does one thing at a time; what he cannot send he sends later."""

    def __init__(self, member: Member, at: LonLat, wire: Wire, stage: Stage, chance: Random) -> None:
        self.member = member
        self.at = at
        self.wire = wire
        self.stage = stage
        self._chance = chance
        self._hands = asyncio.Lock()
        self._fixes: list[dict[str, Any]] = []
        self._known: set[str] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self._went_on = False

    @property
    def is_free(self) -> bool:
        """Whether his hands are."""
        return not self._hands.locked() and not self._errands

    async def live(self) -> None:
        """Be on duty until cancelled."""
        await self._come_on_duty()
        loops = (self.wire.deliver(), self._send_positions(), self._look_at_tasks(), self._wander_off())
        async with asyncio.TaskGroup() as together:
            for loop in loops:
                together.create_task(loop)

    async def go_home(self) -> None:
        """Go off duty, where he went on by himself."""
        for errand in tuple(self._errands):
            errand.cancel()
        if self._went_on:
            self.wire.out_of_reach_until = 0.0
            await self.wire.call("go_off_shift")

    async def _come_on_duty(self) -> None:
        while True:
            try:
                duty = await self.wire.call("read_my_duty")
                if not duty["on_duty"]:
                    await self.wire.call("go_on_shift")
                    self._went_on = True
                elif duty["patrol"]:
                    await self.wire.call("end_patrol", patrol=duty["patrol"])  # of a drill that was cut off
                return
            except (httpx.TransportError, NoNetworkError):
                await asyncio.sleep(1.0)

    # -- the phone ----------------------------------------------------------------------------------------

    async def _send_positions(self) -> None:
        """Note where he is, and send what was noted; out of reach it gathers."""
        await self.stage.wait(self._chance.uniform(0, FIX_EVERY_S))
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            self._note_fix()
            due += FIX_EVERY_S / self.stage.pace
            try:
                await self.wire.call("send_positions", fixes=self._fixes[-500:])
                self._fixes.clear()
            except (NoNetworkError, httpx.TransportError, RefusedError):
                pass
            behind = clock() - due
            self.wire.tally.behind_s = max(self.wire.tally.behind_s * 0.99, behind)
            due = max(due, clock() - 5.0)
            await asyncio.sleep(max(-behind, 0.0))

    def _note_fix(self) -> None:
        north = self._chance.gauss(0, _FIX_ERROR_M) / 111_195
        east = self._chance.gauss(0, _FIX_ERROR_M) / 111_195 / math.cos(math.radians(self.at.lat))
        self._fixes.append(
            {
                "at": _now(),
                "lon": round(self.at.lon + east, 6),
                "lat": round(self.at.lat + north, 6),
                "accuracy_m": round(self._chance.uniform(4, 14), 1),
            }
        )

    async def _wander_off(self) -> None:
        """Now and then there is no network where he is."""
        while True:
            await self.stage.wait(self._chance.expovariate(1 / (_MINUTES_WITH_NETWORK * 60)))
            minutes = self._chance.expovariate(1 / _MINUTES_WITHOUT)
            self.wire.lose(minutes * 60 / self.stage.pace)

    async def _look_at_tasks(self) -> None:
        while True:
            try:
                for found in await self.wire.call("read_my_tasks"):
                    self._meet(found)
            except (NoNetworkError, httpx.TransportError, RefusedError):
                pass
            await self.stage.wait(LOOK_EVERY_S * self._chance.uniform(0.8, 1.2))

    def _meet(self, found: dict[str, Any]) -> None:
        task, case = found["task"], found["case"]
        if task["id"] in self._known or not self.stage.is_ours(case):
            return
        self._known.add(task["id"])
        errand = asyncio.create_task(self._answer(task, case))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    # -- being sent ---------------------------------------------------------------------------------------

    async def _answer(self, task: dict[str, Any], case: dict[str, Any]) -> None:
        nature = self.stage.nature
        try:
            if task["state"] == "offered":
                await self.stage.wait(nature.answer_time().total_seconds())
                if not nature.happens(nature.behaviour.accepts):
                    if nature.happens(nature.behaviour.declines / (1 - nature.behaviour.accepts)):
                        await self._act("decline", task, reason="正在处理其他事项")
                    return
                await self._act("accept", task)
            async with self._hands:
                await self._do(task, case)
        except RefusedError:
            pass  # somebody was faster, or the desk thought better of it
        except (NoNetworkError, httpx.TransportError):
            self._known.discard(task["id"])  # he looks again when he is back

    async def _act(self, name: str, task: dict[str, Any], **values: Any) -> Any:
        return await self.wire.call(
            name, task_id=task["id"], client_id=_client_id(), phone_at=_now(), **values
        )

    async def _do(self, task: dict[str, Any], case: dict[str, Any]) -> None:
        """Set out, arrive, work, end it; whatever the network does, the order of it is kept."""
        place = LonLat(*case["at"])
        if case["state"] != "on_site":
            self._tell("set_out", task)
            await self._walk(await self.stage.way(self.at, place))
            self.at = place
            self._tell("arrive", task, lon=place.lon, lat=place.lat)
        await self.stage.wait(self.stage.nature.on_site_time(case["severity"]).total_seconds())
        self._end(task, case)

    def _tell(self, name: str, task: dict[str, Any], **values: Any) -> None:
        when = _now()
        self.wire.later(lambda: self._told(name, task, when, **values))

    async def _told(self, name: str, task: dict[str, Any], when: str, **values: Any) -> None:
        await self.wire.call(
            name, task_id=task["id"], client_id=f"drill-{task['id']}-{name}", phone_at=when, **values
        )

    def _end(self, task: dict[str, Any], case: dict[str, Any]) -> None:
        policy, area = self.stage.policy, case["area"]
        subdistrict = AreaCode(area[:9]) if area else None
        may = policy.may_enforce(Post(task["post"]), case["category"], subdistrict)
        outcome = self.stage.outcomes.after_dispatch(may_enforce=may)
        needed = policy.evidence_for(case["category"], outcome)
        when, here = _now(), self.at
        shots = [uuid4() for _ in range(max(needed.photographs, 1))]

        async def send() -> None:
            names = [await self._upload(shot, case["category"], here, when, cleared=True) for shot in shots]
            await self._told("resolve", task, when, outcome=outcome, photographs=names, reason="已到场处置")

        self.wire.later(send)

    async def _upload(
        self, shot: UUID, category: str, at: LonLat, when: str, *, cleared: bool = False
    ) -> str:
        heading = heading_of(self.stage.policy, category)
        picture = await asyncio.to_thread(draw_photograph, heading, str(shot), cleared=cleared)
        shown = await self.wire.call(
            "upload_photograph", content=picture, client_id=shot, lon=at.lon, lat=at.lat, at=when
        )
        name: str = shown["name"]
        return name

    async def _walk(self, way: Sequence[LonLat]) -> None:
        for before, after in pairwise(way):
            seconds = _metres(before, after) / _WALKS_M_PER_S
            steps = max(math.ceil(seconds / _STEP_S), 1)
            for step in range(1, steps + 1):
                share = step / steps
                await self.stage.wait(seconds / steps)
                self.at = LonLat(
                    before.lon + (after.lon - before.lon) * share,
                    before.lat + (after.lat - before.lat) * share,
                )

    # -- patrols ------------------------------------------------------------------------------------------

    async def patrol(self, walk: PlannedPatrol, street: Street, sightings: Sequence[Sighting]) -> None:
        """Walk along the street, and report what is seen on the way."""
        async with self._hands:
            patrol = uuid4()
            self.wire.later(lambda: self.wire.call("start_patrol", id=str(patrol), street=street.id))
            began, lasts = walk.starts_at, walk.lasts.total_seconds()
            done = 0.0
            for sighting in sightings:
                share = min(max((sighting.at - began).total_seconds() / lasts, done), 1.0)
                await self._along(street, walk, done, share)
                done = share
                self._find(sighting, patrol)
            await self._along(street, walk, done, 1.0)
            self.wire.later(lambda: self.wire.call("end_patrol", patrol=patrol))

    async def _along(self, street: Street, walk: PlannedPatrol, since: float, until: float) -> None:
        seconds = walk.lasts.total_seconds() * (until - since)
        steps = max(math.ceil(seconds / _STEP_S), 1)
        for step in range(1, steps + 1):
            await self.stage.wait(seconds / steps)
            share = since + (until - since) * step / steps
            point = street.centreline.interpolate(1 - share if walk.backwards else share, normalized=True)
            self.at = LonLat(point.x, point.y)

    def _find(self, sighting: Sighting, patrol: UUID) -> None:
        outcome = self.stage.outcomes.on_the_spot()
        when, shot, client_id = _now(), uuid4(), _client_id()

        async def send() -> None:
            name = await self._upload(shot, sighting.category, sighting.place, when)
            await self.wire.call(
                "report_finding",
                client_id=client_id,
                category=sighting.category,
                lon=sighting.place.lon,
                lat=sighting.place.lat,
                found_at=when,
                photographs=[name],
                patrol=str(patrol),
                wish=Wish.HAND_ON if outcome is None else Wish.SETTLE,
                outcome=outcome,
                description="模拟演练",
            )

        self.wire.later(send)


def heading_of(policy: Policy, category: str) -> str:
    """Which of the nine disorders a category belongs to; empty for none."""
    for group in policy.category(category).groups:
        name, _, heading = group.partition("/")
        if name == "nine_disorders":
            return heading
    return ""


def _client_id() -> str:
    return f"drill-{uuid4().hex}"


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _metres(one: LonLat, other: LonLat) -> float:
    return math.hypot(*MetricPlane.around(one).to_metres(*other))
