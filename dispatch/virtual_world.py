"""What a simulation is played in, and what it remembers of people's time: nobody is in two places."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dispatch.behaviour import Nature, Outcomes
from dispatch.cases import Act, Actor, Place
from dispatch.changes import Change
from dispatch.disorder import PlannedPatrol
from dispatch.ids import Ids, PersonId
from dispatch.interruptions import Interruptions
from dispatch.policy import Policy
from dispatch.responders import Fix, Responder, Shift
from dispatch.situation import Situation
from dispatch.virtual_store import VirtualStore, VirtualTime
from geo.areas import Territory
from geo.coordinates import LonLat

Shifts = Callable[[PersonId, datetime], Shift | None]
"""The roster: who is on duty at an instant."""


@dataclass(frozen=True, slots=True)
class World:
    """What a simulation is played in."""

    policy: Policy
    territory: Territory
    situation: Situation
    shifts: Shifts


@dataclass(frozen=True, slots=True)
class Walk:
    """A patrol as it was walked."""

    id: UUID
    person: PersonId
    planned: PlannedPatrol
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What a resident reports by himself."""

    at: datetime
    place: LonLat
    category: str


@dataclass(slots=True)
class Busy:
    """Until when somebody's hands are full: walking, travelling or working."""

    until: dict[PersonId, datetime] = field(default_factory=dict)

    def free_at(self, person: PersonId, now: datetime) -> datetime:
        """When he can begin something else."""
        return max(self.until.get(person, now), now)

    def take(self, person: PersonId, until: datetime) -> None:
        """His time is taken until then."""
        self.until[person] = max(self.until.get(person, until), until)


class Play(Protocol):
    """A history under way, as those who act in it see it."""

    world: World
    store: VirtualStore
    time: VirtualTime
    nature: Nature
    outcomes: Outcomes
    interruptions: Interruptions
    busy: Busy
    travelled_s: dict[PersonId, float]
    new_id: Ids

    def act(self, actor: Actor, reason: str = "") -> Act:
        """An act of somebody's at this instant."""

    def save(self, change: Change) -> None:
        """Take a change in, and let happen what follows from it."""

    def carry_on(self, change: Change) -> Change:
        """The change, with an offer on top where a filed case wants somebody."""

    def place(self, at: LonLat) -> Place:
        """Where a point lies."""

    def refreshed(self, person: PersonId) -> Responder | None:
        """The person with the shift that the roster gives him now."""

    def heard_from(self, person: PersonId, fix: Fix) -> None:
        """A phone sends where it is, if there is a network."""
