"""A whistle: a subdistrict calls departments to a case, and each of them has its own arrival."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dispatch.cases import Actor
from dispatch.errors import WhistleNotFoundError, WhistleStepNotAllowedError
from dispatch.ids import CaseId, DepartmentId, WhistleId
from geo.area_codes import AreaCode


class Standing(StrEnum):
    """Where a called department stands."""

    CALLED = "called"
    REPORTED_IN = "reported_in"
    ARRIVED = "arrived"
    DONE = "done"
    RELEASED = "released"


_STEPS: dict[Standing, tuple[Standing, ...]] = {
    Standing.CALLED: (Standing.REPORTED_IN, Standing.RELEASED),
    Standing.REPORTED_IN: (Standing.ARRIVED, Standing.RELEASED),
    Standing.ARRIVED: (Standing.DONE, Standing.RELEASED),
    Standing.DONE: (),
    Standing.RELEASED: (),
}


@dataclass(frozen=True, slots=True)
class DepartmentCall:
    """One department of a whistle. `score` (1–5) is the subdistrict's judgement of it afterwards."""

    department: DepartmentId
    obligatory: bool
    standing: Standing = Standing.CALLED
    report_in_by: datetime | None = None
    reported_in_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    score: int | None = None

    def step(self, to: Standing, now: datetime) -> "DepartmentCall":
        """The next of its own steps; raises where it does not follow."""
        if to not in _STEPS[self.standing]:
            raise WhistleStepNotAllowedError(self.standing.value, to.value)
        match to:
            case Standing.REPORTED_IN:
                return replace(self, standing=to, reported_in_at=now)
            case Standing.ARRIVED:
                return replace(self, standing=to, arrived_at=now)
            case _:
                return replace(self, standing=to, ended_at=now)

    @property
    def outstanding(self) -> bool:
        """Whether it holds up the resolving of the case."""
        return self.obligatory and self.standing not in (Standing.DONE, Standing.RELEASED)


@dataclass(frozen=True, slots=True)
class Whistle:
    """A call from a case to one or more departments over a matter of the subdistrict's whistle list."""

    id: WhistleId
    case: CaseId
    district: AreaCode
    subdistrict: AreaCode
    matter: str
    called_by: Actor
    called_at: datetime
    calls: tuple[DepartmentCall, ...]

    def call_of(self, department: DepartmentId) -> DepartmentCall:
        """The call to that department; raises where it was not called."""
        for call in self.calls:
            if call.department == department:
                return call
        raise WhistleNotFoundError

    def with_call(self, changed: DepartmentCall) -> "Whistle":
        """The whistle with one department's call replaced."""
        calls = tuple(changed if call.department == changed.department else call for call in self.calls)
        return replace(self, calls=calls)

    @property
    def outstanding(self) -> tuple[DepartmentId, ...]:
        """Obligatory departments that are neither done nor released."""
        return tuple(call.department for call in self.calls if call.outstanding)
