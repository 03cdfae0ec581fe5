"""A case has a life, a task is one offer to one responder, an event is what happened, who, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dispatch.clocks import UNSET, Clock
from dispatch.findings import Kind, Source
from dispatch.ids import CaseId, DepartmentId, EventId, FindingId, Ids, PersonId, TaskForceId, TaskId
from dispatch.lifecycle import OPEN_STATES, Action, Outcome, State
from dispatch.words import Words
from geo.area_codes import AreaCode
from geo.areas import Location
from geo.coordinates import LonLat
from geo.streets import StreetId

Post = NewType("Post", str)
"""A post as policy names it, such as `alley_steward`; those below the code itself must know."""

SYSTEM = Post("system")
OPERATOR = Post("operator")
RESIDENT = Post("resident")
STREET_CHIEF = Post("street_chief")
SUPERVISOR = Post("supervisor")
DEPARTMENT_CONTACT = Post("department_contact")

Detail = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is. `area` is the unit grid, or None outside every area; then the nearest one is named."""

    at: LonLat
    district: AreaCode
    area: AreaCode | None
    street: StreetId | None
    boundary_version: int
    nearest_area: AreaCode | None = None
    nearest_m: float | None = None

    @classmethod
    def located(cls, at: LonLat, location: Location, boundary_version: int) -> "Place":
        """A place that the territory knows."""
        return cls(at, location.district, location.grid, location.street, boundary_version)

    @property
    def community(self) -> AreaCode | None:
        """The community's code."""
        return AreaCode(self.area[:12]) if self.area and len(self.area) >= 12 else None

    @property
    def subdistrict(self) -> AreaCode | None:
        """The subdistrict's code."""
        return AreaCode(self.area[:9]) if self.area and len(self.area) >= 9 else None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which post; nobody in the post of `system` where a timer does."""

    person: PersonId | None
    post: Post
    name: str = ""
    area: AreaCode | None = None
    department: DepartmentId | None = None


THE_SYSTEM = Actor(None, SYSTEM, "系统")


@dataclass(frozen=True, slots=True)
class Act:
    """One doing: who, when by the server, when by the phone, why; and where fresh ids come from."""

    actor: Actor
    at: datetime
    ids: Ids
    reason: str = ""
    phone_at: datetime | None = None


class Ring(StrEnum):
    """Who is asked, from the inside outwards."""

    FINDER = "finder"
    TASK_FORCE = "task_force"
    GRID = "grid"
    SUBDISTRICT = "subdistrict"
    WHISTLE = "whistle"


class TaskState(StrEnum):
    """Where one offer stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    DONE = "done"


LIVE_TASKS = frozenset({TaskState.OFFERED, TaskState.ACCEPTED})
"""These hold a place of the responder's capacity."""


@dataclass(frozen=True, slots=True)
class Task:
    """One offer of one case to one responder, with the reason in words."""

    id: TaskId
    case: CaseId
    district: AreaCode
    responder: PersonId
    post: Post
    ring: Ring
    state: TaskState
    offered_at: datetime
    expires_at: datetime
    reason: Words
    expected_s: float | None = None
    answered_at: datetime | None = None
    on_my_way_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    task_force: TaskForceId | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What a finding, request, order, wish, dispute or visit becomes."""

    id: CaseId
    district: AreaCode
    finding: FindingId
    kind: Kind
    source: Source
    category: str
    severity: int
    place: Place
    state: State
    reported_at: datetime
    policy_version: int
    clock: Clock = UNSET
    reporter: PersonId | None = None
    description: str = ""
    task: TaskId | None = None
    holder: PersonId | None = None
    ring: Ring | None = None
    ring_since: datetime | None = None
    confirmed: bool = False
    filed_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    resolver: PersonId | None = None
    merged_into: CaseId | None = None
    photographs: tuple[str, ...] = ()
    satisfaction: int | None = None
    reworked: int = 0
    reopened: int = 0
    escalated: int = 0
    appealing: bool = False
    events: int = 0
    drill: bool = False
    """Grown out of a finding of the drill; all of these are cleared away in one act."""

    @property
    def is_open(self) -> bool:
        """Whether work is still to be done on it."""
        return self.state in OPEN_STATES

    @property
    def unassigned(self) -> bool:
        """Whether it lies outside every area and waits for somebody to place it."""
        return self.place.area is None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its deadline has passed while it was anybody's to work on."""
        return self.clock.is_late(now)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One act upon a case; append-only. `number` counts within the case, from 1."""

    id: EventId
    case: CaseId
    district: AreaCode
    number: int
    action: Action
    before: State | None
    after: State
    actor: Actor
    at: datetime
    phone_at: datetime | None = None
    reason: str = ""
    task: TaskId | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
