"""A day of the sample district up to this minute, lived through by real acts on a real server in minutes.

The server is given the day's clock instead of the wall's, its timers too. So what is late in a picture is
late because the log says so, and a replay of the day agrees with the desk.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid4

from api.drill_accounts import grants_of
from api.drill_phone import heading_of
from api.drill_pictures import draw_photograph
from api.drill_play import Ground
from api.timer_acts import TimerActs
from api.timers import Timers
from dispatch.behaviour import Behaviour, Nature, Outcomes
from dispatch.clocks import CITY_ZONE
from dispatch.disorder import Sighting, plan_disorder
from dispatch.ids import PersonId
from dispatch.sample_year import category_rates, midnight
from geo.coordinates import LonLat
from tests.pages.site import Site
from tests.pages.staff import DISTRICT, Worker, sign_in

BEGINS_H = 7.5
LEAST_HOURS = 5.0
"""So old has a day to be that something with four hours is late."""
SEED = 7
PATROLS, FINDINGS = 95, 210
TICK = timedelta(minutes=1)

URGENT = ("E0112", "E0115", "E0116", "E0118", "E0204", "E0301")
"""Categories whose clock runs on a Sunday too: four hours."""
CONFIRMED_AFTER = timedelta(minutes=4)
STILL_WAITING = timedelta(minutes=35)
"""What came in later than this before the end still waits for a key at the desk."""
LATE_BY_MINUTES = (85, 52, 31, 12)
LEFT_MINUTES = (4, 11, 19)
CALLS = {
    "E0112": "渣土车遗撒，路面一片泥，电动车打滑",
    "E0115": "有人在空地上烧落叶，烟很大",
    "E0116": "路边有一只死猫，来往孩子多",
    "E0118": "化粪井往外冒，味道大",
    "E0204": "路口有人发小广告，扔了一地",
    "E0301": "工地夜里还在切割钢筋",
}


def hours_of_today() -> float:
    """How old the district's working day is."""
    now = datetime.now(CITY_ZONE)
    return (now - midnight(now.date())).total_seconds() / 3600 - BEGINS_H


@dataclass
class Day:
    """Virtual time, what is due in it, and everybody who acts."""

    site: Site
    ground: Ground
    operator: Worker
    now: datetime
    end: datetime
    chance: Random = field(default_factory=lambda: Random(SEED))
    _due: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _number: "count[int]" = field(default_factory=count)
    _people: dict[str, Worker] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _stuck: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Everything that keeps time in the server keeps this one."""
        nature = Nature(Behaviour(), SEED)
        self.nature, self.outcomes = nature, Outcomes(nature)
        state = self.site.app.state
        state.casework.clock = lambda: self.now
        fire = TimerActs(state.casework, state.casework.dispatcher).fire
        self._timers = Timers(state.engine, DISTRICT, fire, clock=lambda: self.now)

    def at(self, when: datetime, act: Callable[[], object]) -> None:
        """Do something then."""
        heapq.heappush(self._due, (when, next(self._number), act))

    def after(self, span: timedelta, act: Callable[[], object]) -> None:
        """Do something when so much of the day has gone by."""
        self.at(self.now + span, act)

    def live(self) -> None:
        """Let the day pass: acts when they are due, timers and phones every minute."""
        while self.now < self.end:
            minute = min(self.now + TICK, self.end)
            while self._due and self._due[0][0] <= minute:
                self.now, _, act = heapq.heappop(self._due)
                act()
            self.now = minute
            self._served(self._timers.step())
            self._ring()
            self._confirm()

    def _served(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.site.loop).result()

    def person(self, who: str) -> Worker:
        """Whoever that is, signed in."""
        if who not in self._people:
            member = self.ground.people.by_id[PersonId(UUID(who))]
            grant = grants_of(member, DISTRICT)[0]
            place = {"street": grant.street} if grant.street else {}
            self._people[who] = sign_in(
                self.site, grant.role, grant.area, UUID(who), called=member.name, **place
            )
        return self._people[who]

    # -- what happens -------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Patrols see what the simulator's day has for them; residents call about what cannot wait."""
        until = self.end
        day = midnight(until.astimezone(CITY_ZONE).date())
        streets = list(self.ground.territory.streets)
        rates = category_rates(self.ground.policy)
        found = plan_disorder(
            streets, rates, starts_at=day, days=1, patrols=PATROLS, findings=FINDINGS, seed=SEED
        )
        walked = {place: patrol.street for place, patrol in enumerate(found.patrols)}
        for sighting in found.sightings:
            if self.now < sighting.at < until:
                self.at(sighting.at, partial(self._see, sighting, walked[sighting.patrol]))
        four_hours = timedelta(hours=4)
        minutes = [-late for late in LATE_BY_MINUTES] + list(LEFT_MINUTES)
        for place, left in enumerate(minutes):
            when = until - four_hours + timedelta(minutes=left)
            code = URGENT[place % len(URGENT)]
            spot = self.chance.choice(found.sightings).place
            self.at(when, partial(self._call, code, spot, CALLS[code]))

    def _see(self, sighting: Sighting, street: str) -> None:
        force = next(one for one in self.ground.people.task_forces if one.street == street)
        finder = self.person(str(self.chance.choice(force.members)))
        outcome = self.outcomes.on_the_spot()
        words: dict[str, Any] = {"wish": "hand_on"}
        if outcome is not None:
            words = {"wish": "settle", "outcome": outcome, "description": "已当场处理"}
        words["photographs"] = [self.photograph(finder, sighting.category, cleared=False)]
        answer = self._report(finder, sighting.category, sighting.place, **words)
        if not answer.is_success:  # not everybody may end everything himself: then it is handed on
            words = {"wish": "hand_on", "photographs": words["photographs"]}
            assert self._report(finder, sighting.category, sighting.place, **words).is_success

    def _call(self, code: str, spot: LonLat, said: str) -> None:
        """Somebody calls about what cannot wait; whoever is sent gets stuck."""
        shown = [self.photograph(self.operator, code, cleared=False)]
        words = {"kind": "resident_request", "source": "hotline", "description": said, "photographs": shown}
        case = self._report(self.operator, code, spot, **words).raise_for_status().json()["case"]
        if case["state"] == "reported":
            self.operator.post(f"/cases/{case['id']}/file")
        self._stuck.add(case["id"])

    def _report(self, who: Worker, category: str, place: LonLat, **more: Any) -> Any:
        found = {"client_id": f"day-{uuid4().hex}", "category": category, "found_at": self.now.isoformat()}
        return who.client.post("/api/v1/findings", json=found | {"lon": place.lon, "lat": place.lat} | more)

    def photograph(self, who: Worker, category: str, *, cleared: bool) -> str:
        """Upload a drawn photograph of such a disorder; its name."""
        shot = uuid4()
        heading = heading_of(self.ground.policy, category)
        return upload(who, draw_photograph(heading, str(shot), cleared=cleared))

    def _ring(self) -> None:
        """Phones show what was offered; whoever sees it answers after a while."""
        for case in self._today("offered"):
            task = self.operator.get(f"/cases/{case['id']}")["tasks"][-1]
            if task["id"] not in self._asked:
                self._asked.add(task["id"])
                self.after(self.nature.answer_time(), partial(self._answer, case, task))
        for case in self._today("resolved"):
            if case["id"] not in self._asked:
                self._asked.add(case["id"])
                self.after(self.nature.check_time(), partial(self._check, case))

    def _today(self, state: str) -> Any:
        began = midnight(self.now.astimezone(CITY_ZONE).date()).isoformat()
        return self.operator.get("/cases", state=[state], limit=200, since=began)["items"]

    def _confirm(self) -> None:
        """Where an operator has the last word he has said it; but for what has just come in."""
        for case in self._today("filed"):
            reported = datetime.fromisoformat(case["reported_at"])
            if reported + CONFIRMED_AFTER < self.now and reported < self.end - STILL_WAITING:
                self._do(self.operator, f"/cases/{case['id']}/assign")

    def _answer(self, case: Any, task: Any) -> None:
        if not (self.nature.happens(self.nature.behaviour.accepts) or case["id"] in self._stuck):
            return
        who = self.person(case["holder"])
        if not self._do(who, f"/tasks/{task['id']}/accept") or case["id"] in self._stuck:
            return
        self.after(timedelta(minutes=2), lambda: self._do(who, f"/tasks/{task['id']}/on-my-way"))
        way = self.nature.travel_time(task.get("expected_s") or 420.0)
        self.after(timedelta(minutes=2) + way, lambda: self._arrive(case, task, who))

    def _arrive(self, case: Any, task: Any, who: Worker) -> None:
        lon, lat = case["at"]
        if self._do(who, f"/tasks/{task['id']}/arrive", lon=lon, lat=lat):
            self.after(self.nature.on_site_time(case["severity"]) * 2, lambda: self._resolve(case, task, who))

    def _resolve(self, case: Any, task: Any, who: Worker) -> None:
        shown = [self.photograph(who, case["category"], cleared=True) for _ in range(2)]
        ending = {"outcome": "passed_on", "reason": "已到场处置，移交责任单位", "photographs": shown}
        self._do(who, f"/tasks/{task['id']}/resolve", **ending)

    def _check(self, case: Any) -> None:
        self._do(self.operator, f"/cases/{case['id']}/verify")

    def _do(self, who: Worker, address: str, **body: Any) -> bool:
        """One act; somebody may have been faster, and then it is none."""
        done: bool = who.client.post(f"/api/v1{address}", json=body).is_success
        return done


def upload(who: Worker, picture: bytes) -> str:
    """Give the server a photograph; the name that it has there."""
    answer = who.client.put(
        f"/api/v1/photographs/{uuid4()}", content=picture, headers={"Content-Type": "image/jpeg"}
    )
    name: str = answer.raise_for_status().json()["name"]
    return name


def live_through_today(site: Site, ground: Ground, operator: Worker) -> None:
    """From the morning to this minute."""
    end = datetime.now(UTC)
    began = midnight(datetime.now(CITY_ZONE).date()) + timedelta(hours=BEGINS_H)
    day = Day(site, ground, operator, began.astimezone(UTC), end)
    day.plan()
    day.live()
