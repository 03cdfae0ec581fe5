"""The sample district's year on its way into the store: findings, cases, events, offers, patrols, tracks."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import orjson
from shapely import Point
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.copying import copy_rows
from api.store.database import driver_transaction
from api.store.territory import load_territory
from dispatch.cases import OPERATOR, SYSTEM, THE_SYSTEM
from dispatch.clocks import CITY_ZONE
from dispatch.findings import Kind, Source, Wish
from dispatch.history import (
    ACTIONS,
    CLOCKS,
    DESK,
    NEVER,
    OUTCOMES,
    RINGS,
    STAFF,
    STATES,
    TASK_STATES,
    TIME_KINDS,
    History,
)
from dispatch.lifecycle import Action
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.sample import Member, sample_people
from geo.sample import SAMPLE_DISTRICT_CODE
from geo.streets import Street

Progress = Callable[[str, int, int], None]
"""Told what is being saved, how many rows are and how many there will be."""
Columns = Mapping[str, list[int]]

TRACK_EVERY_S = 60
_TELL_EVERY = 2_000
_DESK_PERSON = UUID(int=1)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A history with its ids drawn and its columns as plain lists."""

    district: str
    history: History
    people: Sequence[Member]
    policy: Policy
    boundary_version: int
    case: Columns
    event: Columns
    task: Columns
    patrol: Columns
    case_ids: list[UUID]
    finding_ids: list[UUID]
    event_ids: list[UUID]
    task_ids: list[UUID]
    patrol_ids: list[UUID]

    @classmethod
    def of(
        cls, district: str, history: History, people: Sequence[Member], policy: Policy, boundary_version: int
    ) -> "_Reader":
        def lists(table: Mapping[str, Any]) -> Columns:
            return {name: column.tolist() for name, column in table.items()}

        case_ids = list(history.ids("case"))
        return cls(
            district,
            history,
            people,
            policy,
            boundary_version,
            lists(history.case),
            lists(history.event),
            lists(history.task),
            lists(history.patrol),
            case_ids,
            [UUID(int=case.int ^ 1) for case in case_ids],
            list(history.ids("event")),
            list(history.ids("task")),
            list(history.ids("patrol")),
        )

    def person(self, number: int) -> UUID | None:
        return None if number == NEVER else self.people[number].person

    def place(self, case: int) -> Point:
        return Point(self.case["lon_e6"][case] / 1e6, self.case["lat_e6"][case] / 1e6)

    def grid(self, case: int) -> str:
        number = self.case["grid"][case]
        return "" if number == NEVER else self.history.grids[number]

    def street(self, case: int) -> str | None:
        number = self.case["street"][case]
        return None if number == NEVER else self.history.streets[number]

    def category(self, case: int) -> str:
        return self.history.categories[self.case["category"][case]]

    def outcome(self, case: int) -> str | None:
        number = self.case["outcome"][case]
        return None if number == NEVER else OUTCOMES[number].value

    def settled(self, case: int) -> bool:
        return self.case["filed_s"][case] == NEVER

    def photographs(self, case: int) -> list[str]:
        """Cases of the year show no photographs: what was drawn is not kept."""
        return []

    def findings(self) -> Iterator[tuple[Any, ...]]:
        columns = self.case
        for number, (case, finding) in enumerate(zip(self.case_ids, self.finding_ids, strict=True)):
            reported = self.history.at(columns["reported_s"][number])
            settled = self.settled(number)
            yield (
                self.district, finding, self.person(columns["reporter"][number]), f"year-{number}", "", case,
                Source.STAFF.value, Kind.PATROL_FINDING.value, self.category(number), self.place(number),
                reported, reported, "", [], (Wish.SETTLE if settled else Wish.HAND_ON).value,
                self.outcome(number) if settled else None, self.patrol_ids[columns["patrol"][number]],
            )  # fmt: skip

    def cases(self) -> Iterator[tuple[Any, ...]]:
        columns, at = self.case, self.history.at
        for number, case in enumerate(self.case_ids):
            category = self.policy.category(self.category(number))
            ring = columns["ring"][number]
            yield (
                self.district, case, self.finding_ids[number], Kind.PATROL_FINDING.value, Source.STAFF.value,
                category.code, category.severity, STATES[columns["state"][number]].value, self.place(number),
                self.grid(number), self.street(number), self.boundary_version, self.policy.version,
                self.person(columns["reporter"][number]), "", self.photographs(number),
                at(columns["reported_s"][number]), at(columns["filed_s"][number]),
                at(columns["resolved_s"][number]), at(columns["closed_s"][number]), False, None,
                self.person(columns["holder"][number]), None if ring == NEVER else RINGS[ring].value,
                at(columns["ring_since_s"][number]), self.outcome(number),
                self.person(columns["resolver"][number]), columns["reworked"][number], 0,
                columns["escalated"][number], False, columns["events"][number],
                CLOCKS[columns["clock"][number]].value, TIME_KINDS[columns["clock_kind"][number]].value,
                at(columns["clock_started_s"][number]), at(columns["stood_still_s"][number]),
                columns["left_milli"][number] / 1000, at(columns["due_s"][number]), 0,
            )  # fmt: skip

    def events(self) -> Iterator[tuple[Any, ...]]:
        columns, at = self.event, self.history.at
        people = [str(member.person).encode() for member in self.people]
        for number, event in enumerate(self.event_ids):
            case = columns["case"][number]
            person, post, actor = self._actor(columns["actor"][number])
            action = ACTIONS[columns["action"][number]]
            details = self._report(case) if action is Action.REPORT else self.history.texts_of(number, people)
            when, before, task = (
                at(columns["at_s"][number]),
                columns["before"][number],
                columns["task"][number],
            )
            body = {
                "number": columns["number"][number],
                "before": None if before == NEVER else STATES[before].value,
                "after": STATES[columns["after"][number]].value,
                "actor": actor,
                "phone_at": None if person is None else when,
                "reason": self.history.reasons[columns["reason"][number]],
                "task": None if task == NEVER else self.task_ids[task],
                "details": orjson.Fragment(details),
            }
            yield (
                self.district, event, self.case_ids[case], action.value, when, when, person, post,
                self.grid(case), self.street(case), orjson.dumps(body).decode(), 1, number + 1,
            )  # fmt: skip

    def _actor(self, number: int) -> tuple[UUID | None, str, dict[str, Any]]:
        if number < STAFF:
            desk = number == DESK
            person, post = (_DESK_PERSON, OPERATOR) if desk else (None, SYSTEM)
            name = "值班员" if desk else THE_SYSTEM.name
            return (
                person,
                post,
                {"person": person, "post": post, "name": name, "area": None, "department": None},
            )
        who = self.people[number - STAFF]
        shown = {
            "person": who.person,
            "post": who.post,
            "name": who.name,
            "area": who.area,
            "department": who.department,
        }
        return who.person, who.post, shown

    def _report(self, case: int) -> bytes:
        category = self.policy.category(self.category(case))
        return orjson.dumps(
            {
                "kind": Kind.PATROL_FINDING.value,
                "source": Source.STAFF.value,
                "category": category.code,
                "severity": category.severity,
                "area": self.grid(case) or None,
                "street": self.street(case),
                "lon": self.case["lon_e6"][case] / 1e6,
                "lat": self.case["lat_e6"][case] / 1e6,
                "boundary_version": self.boundary_version,
                "policy_version": self.policy.version,
                "nearest_area": None,
            }
        )

    def tasks(self) -> Iterator[tuple[Any, ...]]:
        columns, at = self.task, self.history.at
        for number, task in enumerate(self.task_ids):
            who = self.people[columns["responder"][number]]
            expected = columns["expected_ds"][number]
            words_zh, words_en = self.history.offers[number]
            yield (
                self.district, task, self.case_ids[columns["case"][number]], who.person, who.post,
                RINGS[columns["ring"][number]].value, TASK_STATES[columns["state"][number]].value,
                at(columns["offered_s"][number]), at(columns["expires_s"][number]), words_zh, words_en,
                None if expected == NEVER else expected / 10, at(columns["answered_s"][number]),
                at(columns["on_my_way_s"][number]), at(columns["arrived_s"][number]),
                at(columns["ended_s"][number]),
            )  # fmt: skip

    def patrols(self) -> Iterator[tuple[Any, ...]]:
        columns, at = self.patrol, self.history.at
        for number, patrol in enumerate(self.patrol_ids):
            yield (
                self.district, patrol, self.person(columns["person"][number]),
                self.history.streets[columns["street"][number]], at(columns["started_s"][number]),
                at(columns["ended_s"][number]),
            )  # fmt: skip

    def tracks(self, streets: Mapping[str, Street], since: datetime) -> Iterator[tuple[Any, ...]]:
        """The ways of the patrols since then, thinned: along the street's centreline at a steady pace."""
        columns, at = self.patrol, self.history.at
        for number, patrol in enumerate(self.patrol_ids):
            began, ended = at(columns["started_s"][number]), at(columns["ended_s"][number])
            street = streets.get(self.history.streets[columns["street"][number]])
            if began is None or ended is None or began < since or street is None:
                continue
            whole = (ended - began).total_seconds()
            for second in np.arange(0, whole + 1, TRACK_EVERY_S):
                way = second / whole if whole else 0.0
                way = 1 - way if columns["backwards"][number] else way
                point = street.centreline.interpolate(way, normalized=True)
                when = began + timedelta(seconds=float(second))
                yield (
                    self.district, self.person(columns["person"][number]), when,
                    round(point.x, 6), round(point.y, 6), 8.0, patrol,
                )  # fmt: skip

    def rows_since(self, tracks_since: datetime) -> int:
        """How many rows there will be in all; of the tracks only those since then."""
        began, ended = (self.history.patrol[name].astype(np.int64) for name in ("started_s", "ended_s"))
        recent = began >= (tracks_since - self.history.starts_at).total_seconds()
        tracks = int(((ended - began)[recent] // TRACK_EVERY_S + 1).sum())
        ids = (self.finding_ids, self.case_ids, self.event_ids, self.task_ids, self.patrol_ids)
        return sum(map(len, ids)) + tracks


class _Telling:
    """Tells how many rows have passed."""

    def __init__(self, progress: Progress, of: int) -> None:
        self._progress = progress
        self._of = of
        self._done = 0

    def passing(self, what: str, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """The same rows, counted."""
        self._progress(what, self._done, self._of)
        for row in rows:
            yield row
            self._done += 1
            if self._done % _TELL_EVERY == 0:
                self._progress(what, self._done, self._of)


_FINDING = (
    "district id submitter client_id digest case_id source kind category geom found_at received_at"
    " description photographs wish outcome patrol"
).split()
_CASE = (
    "district id finding kind source category severity state geom area street boundary_version policy_version"
    " reporter description photographs reported_at filed_at resolved_at closed_at confirmed task holder ring"
    " ring_since outcome resolver reworked reopened escalated appealing events clock clock_kind"
    " clock_started_at clock_stood_still_at clock_left due_at extensions"
).split()
_EVENT = "district id case_id kind at recorded_at actor actor_post area street body epoch seq".split()
_TASK = (
    "district id case_id responder post ring state offered_at expires_at reason_zh reason_en expected_s"
    " answered_at on_my_way_at arrived_at ended_at"
).split()
_PATROL = "district id person street started_at ended_at".split()
_TRACK = "district person at lon lat accuracy_m patrol".split()


async def load_sample_year(
    driver: asyncpg.Connection,
    district: str,
    history: History,
    people: Sequence[Member],
    streets: Mapping[str, Street],
    policy: Policy,
    *,
    boundary_version: int = 1,
    progress: Progress = lambda *_: None,
) -> None:
    """Save the year; call it inside a transaction, so that all of it is there or none.

    Its events are stamped as they are saved: nobody's live feed is flooded with a year that is over.
    """
    reader = _Reader.of(district, history, people, policy, boundary_version)
    ends = history.at(int(history.event["at_s"].max()))
    assert ends is not None
    since = ends - timedelta(days=policy.privacy.track_days)
    tables: Sequence[tuple[str, str, list[str], Iterator[tuple[Any, ...]]]] = (
        ("findings of its year", "finding", _FINDING, reader.findings()),
        ("cases of its year", "cases", _CASE, reader.cases()),
        ("events of its year", "case_event", _EVENT, reader.events()),
        ("offers of its year", "task", _TASK, reader.tasks()),
        ("patrols of its year", "patrol", _PATROL, reader.patrols()),
        ("tracks of its year", "position_track", _TRACK, reader.tracks(streets, since)),
    )
    told = _Telling(progress, reader.rows_since(since))
    for what, table, columns, rows in tables:
        await copy_rows(driver, table, columns, told.passing(what, rows))
    await driver.execute(
        """INSERT INTO feed (district, epoch, last_seq) VALUES ($1, 1, $2)
           ON CONFLICT (district) DO UPDATE SET last_seq = EXCLUDED.last_seq""",
        district,
        len(history.details),
    )
    await _settle_what_is_open(driver, district)


async def _settle_what_is_open(driver: asyncpg.Connection, district: str) -> None:
    """What waits for somebody when the year ends is looked at again; what is on the books stays there."""
    await driver.execute(
        """INSERT INTO timer (district, case_id, kind, due_at, try_at)
           SELECT district, id, 'look_again', now(), now() FROM cases
           WHERE district = $1 AND state = 'filed' AND clock = 'running'""",
        district,
    )


async def ensure_sample_year(
    engine: AsyncEngine, data: Path, progress: Progress = lambda *_: None, last_day: date | None = None
) -> bool:
    """Load the year into a sample district that has no case yet; whether it was loaded now.

    It ends yesterday, whenever that is: a command centre without a past shows nothing.
    """
    async with driver_transaction(engine) as driver:
        wanted: bool = await driver.fetchval(
            """SELECT EXISTS (SELECT FROM district WHERE code = $1 AND synthetic)
               AND NOT EXISTS (SELECT FROM cases WHERE district = $1)""",
            SAMPLE_DISTRICT_CODE,
        )
        if not wanted:
            return False
        territory = await load_territory(driver, SAMPLE_DISTRICT_CODE)
    policy = await asyncio.to_thread(load_policy, data / "policy")
    history = await asyncio.to_thread(History.read, data / "sample_year" / "history.npz")
    yesterday = datetime.now(CITY_ZONE).date() - timedelta(days=1)
    people = sample_people(territory, sorted(policy.departments))
    async with driver_transaction(engine) as driver:
        await load_sample_year(
            driver,
            SAMPLE_DISTRICT_CODE,
            history.shifted_to_end_on(last_day or yesterday),
            people.members,
            {street.id: street for street in territory.streets},
            policy,
            boundary_version=territory.version,
            progress=progress,
        )
    async with engine.connect() as connection:
        fresh = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await fresh.execute(text("ANALYZE cases, case_event, task, finding, patrol, position_track"))
    return True
