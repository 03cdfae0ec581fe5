"""A small world for tests of the work: the shipped policy, one street, and people with readable ids."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from math import hypot
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.cases import OPERATOR, THE_SYSTEM, Act, Actor, Case, Place, Post
from dispatch.changes import Change
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import FindingId, PersonId, TaskForceId, counted_ids
from dispatch.lifecycle import Outcome
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.responders import Responder, Shift
from dispatch.situation import Situation
from dispatch.task_forces import TaskForce
from dispatch.use_cases import report_finding
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId

POLICY_FOLDER = Path(__file__).resolve().parents[2] / "data" / "policy"
DISTRICT = AreaCode("990101")
SUBDISTRICT = AreaCode("990101002")
GRID = AreaCode("990101002003004")
STREET = StreetId("street-1")
HERE = LonLat(112.56, 37.86)
NOON = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in the city."""
LITTER = "E0102"
BUILDING = "E0101"

IDS = counted_ids(1_000_000)


def fresh_id() -> UUID:
    """The next readable id."""
    return next(IDS)


@cache
def policy() -> Policy:
    """The policy as shipped."""
    return load_policy(POLICY_FOLDER)


def person(number: int) -> PersonId:
    """The id of somebody by number."""
    return PersonId(UUID(int=number))


def place(street: StreetId | None = STREET, area: AreaCode | None = GRID, at: LonLat = HERE) -> Place:
    """A place in the grid, on the street."""
    return Place(at, DISTRICT, area, street, boundary_version=1)


def act(
    who: int | None = 1, post: str = "alley_steward", at: datetime = NOON, reason: str = "", name: str = ""
) -> Act:
    """Somebody does something."""
    actor = THE_SYSTEM if who is None else Actor(person(who), Post(post), name)
    return Act(actor, at, fresh_id, reason)


def by_operator(at: datetime = NOON, reason: str = "because") -> Act:
    """An operator does something."""
    return act(900, OPERATOR, at, reason, "Operator")


def finding(
    *,
    category: str = LITTER,
    kind: Kind = Kind.PATROL_FINDING,
    source: Source = Source.STAFF,
    wish: Wish = Wish.HAND_ON,
    outcome: Outcome | None = None,
    found_at: datetime = NOON,
    photographs: tuple[str, ...] = (),
    description: str = "",
) -> Finding:
    """Something that alley steward number 1 saw."""
    return Finding(
        FindingId(fresh_id()), DISTRICT, person(1), str(fresh_id()), source, kind, category, HERE, found_at,
        NOON, description, photographs, wish, outcome,
    )  # fmt: skip


def filed_case(category: str = LITTER, kind: Kind = Kind.PATROL_FINDING, at: datetime = NOON) -> Case:
    """A case that waits for somebody."""
    return filed(category, kind, at).case


def filed(category: str = LITTER, kind: Kind = Kind.PATROL_FINDING, at: datetime = NOON) -> Change:
    """The change by which a case came to be filed."""
    seen = replace(finding(category=category, kind=kind, found_at=at), received_at=at)
    return report_finding(seen, place(), act(at=at), policy())


class StraightRoads:
    """Travel as the crow flies at 1.2 m/s: enough to know who is nearer."""

    def seconds_to(self, place: LonLat, origins: Sequence[LonLat], /) -> NDArray[np.float64]:
        """Seconds from each origin."""
        return np.array(
            [hypot((lon - place.lon) * 88_000, (lat - place.lat) * 111_000) / 1.2 for lon, lat in origins]
        )


ALL_DAY = Shift(NOON - timedelta(hours=4), NOON + timedelta(hours=40))


def responder(
    number: int,
    post: str = "alley_steward",
    *,
    metres: float = 100.0,
    area: AreaCode = SUBDISTRICT,
    streets: frozenset[StreetId] = frozenset(),
    shift: Shift | None = ALL_DAY,
    load: int = 0,
    capacity: int = 2,
) -> Responder:
    """Somebody so many metres east of here, placed there by the roster."""
    at = LonLat(HERE.lon + metres / 88_000, HERE.lat)
    return Responder(
        person(number), f"P{number}", Post(post), area, streets, shift=shift, station=at, load=load,
        capacity=capacity,
    )  # fmt: skip


def task_force(chief: int, *members: int) -> TaskForce:
    """The task force of the street."""
    return TaskForce(
        TaskForceId(UUID(int=77)), STREET, "一路专班", SUBDISTRICT, person(chief),
        tuple(person(number) for number in members),
    )  # fmt: skip


def situation(people: Sequence[Responder], *forces: TaskForce) -> Situation:
    """Everybody, on straight roads."""
    return Situation(policy(), forces, people, {"walk": StraightRoads()})
