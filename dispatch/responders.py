"""Who can be sent, and where he probably is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dispatch.cases import Post
from dispatch.ids import DepartmentId, PersonId
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId


class Certainty(StrEnum):
    """How well a position is known."""

    FRESH = "fresh"
    OLD = "old"
    ROSTER = "roster"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fix:
    """A position that a phone sent; flagged ones (from the future, at 0,0, too fast) are never used."""

    at: LonLat
    taken_at: datetime
    accuracy_m: float = 20.0
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """When somebody is on duty, and the post where the roster places him."""

    begins: datetime
    ends: datetime
    station: LonLat | None = None
    emergency: bool = False

    def covers(self, now: datetime) -> bool:
        """Whether the shift is on at that instant."""
        return self.begins <= now < self.ends


@dataclass(frozen=True, slots=True)
class Responder:
    """A person who can be sent. `area` is his jurisdiction (a prefix), `streets` those he is named for."""

    person: PersonId
    name: str
    post: Post
    area: AreaCode
    streets: frozenset[StreetId] = frozenset()
    skills: frozenset[str] = frozenset()
    shift: Shift | None = None
    fix: Fix | None = None
    station: LonLat | None = None
    load: int = 0
    capacity: int = 3
    department: DepartmentId | None = None
    phone: str = ""
    name_en: str = ""

    @property
    def called_en(self) -> str:
        """What he is called in English: by his own name where no other is known."""
        return self.name_en or self.name

    def on_shift(self, now: datetime) -> bool:
        """Whether he is on duty."""
        return self.shift is not None and self.shift.covers(now)

    @property
    def has_room(self) -> bool:
        """Whether he can hold one more task."""
        return self.load < self.capacity


@dataclass(frozen=True, slots=True)
class PositionRules:
    """When a fix is fresh, when it no longer helps, and how its uncertainty grows."""

    fresh_s: float = 120.0
    stale_s: float = 1800.0
    drift_m_per_s: float = 0.6
    walking_m_per_s: float = 1.2


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody is taken to be; `uncertainty_m` is a radius."""

    at: LonLat | None
    certainty: Certainty
    uncertainty_m: float
    age_s: float


NOWHERE = Whereabouts(None, Certainty.UNKNOWN, 0.0, 0.0)
_CLOCK_SLACK = timedelta(seconds=60)
_ROSTER_UNCERTAINTY_M = 300.0


def whereabouts(responder: Responder, now: datetime, rules: PositionRules) -> Whereabouts:
    """A fresh fix as it is; an older one with growing uncertainty; then the roster's post; else nowhere.

    Nobody becomes undispatchable because his phone sleeps.
    """
    fix = responder.fix
    if fix is not None and fix.flag is None and fix.taken_at <= now + _CLOCK_SLACK:
        age_s = max((now - fix.taken_at).total_seconds(), 0.0)
        if age_s <= rules.fresh_s:
            return Whereabouts(fix.at, Certainty.FRESH, fix.accuracy_m, age_s)
        if age_s <= rules.stale_s:
            drift_m = (age_s - rules.fresh_s) * rules.drift_m_per_s
            return Whereabouts(fix.at, Certainty.OLD, fix.accuracy_m + drift_m, age_s)
    station = (responder.shift.station if responder.shift else None) or responder.station
    if station is not None:
        return Whereabouts(station, Certainty.ROSTER, _ROSTER_UNCERTAINTY_M, 0.0)
    return NOWHERE
