"""How a case stood after each of its events, told from the events alone: what a replay shows of any day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from dispatch.cases import Case, CaseEvent, Detail
from dispatch.clocks import ClockState
from dispatch.findings import Kind
from dispatch.ids import PersonId
from dispatch.lifecycle import Action, Outcome, State


@dataclass(frozen=True, slots=True)
class Standing:
    """A case from one event until the next: all of it that a map, a queue or a count of the day reads."""

    at: datetime
    events: int
    action: Action
    state: State
    kind: Kind
    category: str
    severity: int
    lon: float
    lat: float
    area: str | None
    street: str | None
    clock: ClockState = ClockState.UNSET
    due: datetime | None = None
    stood_still_at: datetime | None = None
    holder: PersonId | None = None
    filed_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    satisfaction: int | None = None

    @classmethod
    def of(cls, case: Case, at: datetime, action: Action) -> "Standing":
        """How the case itself stands: what a replay of its events has to come to."""
        return cls(
            at, case.events, action, case.state, case.kind, case.category, case.severity,
            case.place.at.lon, case.place.at.lat, case.place.area, case.place.street,
            case.clock.state, case.clock.due, case.clock.stood_still_at, case.holder,
            case.filed_at, case.resolved_at, case.closed_at, case.outcome, case.satisfaction,
        )  # fmt: skip


def standings(events: Iterable[CaseEvent]) -> list[Standing]:
    """Return how one case stood after each of its events, given in order from the first."""
    told: list[Standing] = []
    for event in events:
        told.append(_after(told[-1], event) if told else _reported(event))
    return told


def _reported(event: CaseEvent) -> Standing:
    said = event.details
    return Standing(
        event.at,
        event.number,
        event.action,
        event.after,
        Kind(str(said["kind"])),
        str(said["category"]),
        int(_number(said, "severity")),
        _number(said, "lon"),
        _number(said, "lat"),
        _text(said, "area"),
        _text(said, "street"),
    )


def _after(before: Standing, event: CaseEvent) -> Standing:
    moved = replace(before, at=event.at, events=event.number, action=event.action, state=event.after)
    if event.action is Action.RECLASSIFY:
        moved = _reclassified(moved, event.details)
    return _with_work(_with_clock(moved, before, event), event)


def _reclassified(moved: Standing, said: Mapping[str, Detail]) -> Standing:
    if "category" in said:
        return replace(moved, category=str(said["category"]), severity=int(_number(said, "severity")))
    return replace(
        moved,
        lon=_number(said, "lon"),
        lat=_number(said, "lat"),
        area=_text(said, "area"),
        street=_text(said, "street"),
    )


_RUNS = frozenset({Action.FILE, Action.RESUME, Action.SEND_BACK, Action.REOPEN})
_STANDS_STILL = {
    Action.PAUSE: ClockState.PAUSED,
    Action.SUSPEND: ClockState.SUSPENDED,
    Action.RESOLVE: ClockState.STOPPED,
    Action.DISMISS: ClockState.STOPPED,
    Action.MERGE: ClockState.STOPPED,
}


def _with_clock(moved: Standing, before: Standing, event: CaseEvent) -> Standing:
    if "due" in event.details:
        moved = replace(moved, due=_moment(event.details, "due"))
    starts_afresh = event.action is Action.RECLASSIFY and "due" in event.details
    if event.action in _RUNS or starts_afresh:
        return replace(moved, clock=ClockState.RUNNING, stood_still_at=None)
    still = _STANDS_STILL.get(event.action)
    if still is None or before.clock is ClockState.UNSET:
        return moved
    since = event.at if before.clock is ClockState.RUNNING else before.stood_still_at
    return replace(moved, clock=still, stood_still_at=since)


_FREES = frozenset({Action.DECLINE, Action.EXPIRE, Action.WITHDRAW, Action.RESOLVE, Action.SEND_BACK})
_UNDONE = frozenset({Action.SEND_BACK, Action.REOPEN})


def _with_work(moved: Standing, event: CaseEvent) -> Standing:
    action, said = event.action, event.details
    if action is Action.OFFER:
        moved = replace(moved, holder=PersonId(UUID(str(said["responder"]))))
    elif action in _FREES:
        moved = replace(moved, holder=None)
    if action is Action.FILE:
        moved = replace(moved, filed_at=event.at)
    elif action in {Action.RESOLVE, Action.SETTLE}:
        moved = replace(moved, resolved_at=event.at, outcome=Outcome(str(said["outcome"])))
    elif action in {Action.VERIFY, Action.MERGE, Action.DISMISS}:
        moved = replace(moved, closed_at=event.at)
    elif action is Action.EVALUATE:
        moved = replace(moved, satisfaction=int(_number(said, "satisfaction")))
    if action in _UNDONE:
        moved = replace(moved, outcome=None, resolved_at=None)
    if action is Action.REOPEN:
        moved = replace(moved, filed_at=moved.filed_at or event.at, closed_at=None, satisfaction=None)
    return moved


def _number(said: Mapping[str, Detail], name: str) -> float:
    return float(said[name] or 0)


def _text(said: Mapping[str, Detail], name: str) -> str | None:
    return str(said[name]) if said.get(name) else None


def _moment(said: Mapping[str, Detail], name: str) -> datetime | None:
    return datetime.fromisoformat(str(said[name])).astimezone(UTC) if said[name] else None
