"""What happened to each case, read off its events alone: the ground that every indicator stands on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.cases import CaseEvent, Post
from dispatch.findings import Kind, Source
from dispatch.ids import CaseId, DepartmentId, PersonId
from dispatch.lifecycle import Action, Outcome, State


@dataclass(slots=True)
class CallTale:
    """What one department did when it was called."""

    called_at: datetime
    reported_in_at: datetime | None = None
    arrived_at: datetime | None = None
    done_at: datetime | None = None
    released_at: datetime | None = None
    reminded: bool = False
    score: int | None = None


@dataclass(slots=True)
class Tale:
    """One case from its first event to the last one read."""

    case: CaseId
    reported_at: datetime
    kind: Kind
    source: Source
    category: str
    area: str | None
    street: str | None
    finder: PersonId | None
    finder_post: Post
    state: State = State.REPORTED
    filed_at: datetime | None = None
    settled: bool = False
    dispatched_at: datetime | None = None
    offers: int = 0
    first_offer_kept: bool = True
    answered_at: datetime | None = None
    arrived_at: datetime | None = None
    resolved_at: datetime | None = None
    resolver: PersonId | None = None
    resolver_post: Post | None = None
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    due: datetime | None = None
    returns: list[datetime] = field(default_factory=list)
    reworks: list[datetime] = field(default_factory=list)
    reopened: int = 0
    escalated: int = 0
    late_excused: bool = False
    satisfaction: int | None = None
    calls: dict[DepartmentId, CallTale] = field(default_factory=dict)

    @property
    def handled_late(self) -> bool:
        """Whether it was resolved after its deadline, and no appeal excused that."""
        if self.late_excused or self.due is None or self.resolved_at is None:
            return False
        return self.resolved_at > self.due

    def overdue_at(self, now: datetime) -> bool:
        """Whether its deadline had passed by then with nothing done in time."""
        if self.late_excused or self.due is None or self.state in (State.DISMISSED, State.MERGED):
            return False
        return (self.resolved_at or now) > self.due and now > self.due


def read_tales(events: Iterable[CaseEvent]) -> dict[CaseId, Tale]:
    """The tale of every case; the events of one case have to come in their order."""
    tales: dict[CaseId, Tale] = {}
    for event in events:
        if event.action is Action.REPORT:
            tales[event.case] = begin(event)
        else:
            tell(tales[event.case], event)
    return tales


def begin(event: CaseEvent) -> Tale:
    """The tale that a report opens."""
    said = event.details
    area, street = said.get("area"), said.get("street")
    return Tale(
        event.case,
        event.at,
        Kind(str(said["kind"])),
        Source(str(said["source"])),
        str(said["category"]),
        str(area) if area is not None else None,
        str(street) if street is not None else None,
        event.actor.person,
        event.actor.post,
    )


def tell(tale: Tale, event: CaseEvent) -> None:
    """Carry the tale on by one event."""
    tale.state = event.after
    if event.details.get("due"):
        tale.due = datetime.fromisoformat(str(event.details["due"]))
    told = _TOLD.get(event.action)
    if told is not None:
        told(tale, event)


def _filed(tale: Tale, event: CaseEvent) -> None:
    tale.filed_at = event.at


def _offered(tale: Tale, event: CaseEvent) -> None:
    tale.dispatched_at = tale.dispatched_at or event.at
    tale.offers += 1


def _accepted(tale: Tale, event: CaseEvent) -> None:
    tale.answered_at = tale.answered_at or event.at


def _returned(tale: Tale, event: CaseEvent) -> None:
    tale.returns.append(event.at)
    tale.first_offer_kept = tale.first_offer_kept and tale.offers > 1


def _arrived(tale: Tale, event: CaseEvent) -> None:
    tale.arrived_at = tale.arrived_at or event.at


def _closed(tale: Tale, event: CaseEvent) -> None:
    tale.closed_at = tale.ended_at = event.at


def _dropped(tale: Tale, event: CaseEvent) -> None:
    tale.ended_at = event.at


def _evaluated(tale: Tale, event: CaseEvent) -> None:
    tale.satisfaction = _number(event, "satisfaction")


def _escalated(tale: Tale, event: CaseEvent) -> None:
    tale.escalated = max(tale.escalated, _number(event, "level"))


def _appeal_answered(tale: Tale, event: CaseEvent) -> None:
    tale.late_excused = tale.late_excused or event.details.get("upheld") is True


def _corrected(tale: Tale, event: CaseEvent) -> None:
    said = event.details
    if "category" in said:
        tale.category = str(said["category"])
    if "area" in said:
        tale.area = str(said["area"]) if said["area"] is not None else None
        tale.street = str(said["street"]) if said["street"] is not None else None


def _resolved(tale: Tale, event: CaseEvent) -> None:
    tale.resolved_at = event.at
    tale.resolver, tale.resolver_post = event.actor.person, event.actor.post
    said = event.details.get("outcome")  # what another system's past does not always know
    tale.outcome = Outcome(str(said)) if said is not None else None
    tale.settled = event.action is Action.SETTLE


def _back_again(tale: Tale, event: CaseEvent) -> None:
    if event.action is Action.SEND_BACK:
        tale.reworks.append(event.at)
    else:
        tale.reopened += 1
        tale.filed_at = tale.filed_at or event.at
    tale.resolved_at = tale.closed_at = tale.ended_at = None
    tale.outcome = tale.resolver = tale.resolver_post = None
    tale.settled, tale.satisfaction = False, None


def _called(tale: Tale, event: CaseEvent) -> None:
    for name in str(event.details["departments"]).split():
        tale.calls[DepartmentId(name)] = CallTale(event.at)


def _department(tale: Tale, event: CaseEvent) -> None:
    call = tale.calls.get(DepartmentId(str(event.details.get("department", ""))))
    if call is None:
        return
    match event.action:
        case Action.REPORT_IN:
            call.reported_in_at = event.at
        case Action.WHISTLE_ARRIVE:
            call.arrived_at = event.at
        case Action.WHISTLE_DONE:
            call.done_at = event.at
        case Action.RELEASE:
            call.released_at = event.at
        case Action.RATE_DEPARTMENT:
            call.score = _number(event, "score")
        case _:
            call.reminded = True


def _number(event: CaseEvent, key: str) -> int:
    return int(float(str(event.details[key])))


_TOLD: Mapping[Action, Callable[[Tale, CaseEvent], None]] = {
    Action.FILE: _filed,
    Action.RECLASSIFY: _corrected,
    Action.OFFER: _offered,
    Action.ACCEPT: _accepted,
    Action.DECLINE: _returned,
    Action.EXPIRE: _returned,
    Action.WITHDRAW: _returned,
    Action.ARRIVE: _arrived,
    Action.RESOLVE: _resolved,
    Action.SETTLE: _resolved,
    Action.VERIFY: _closed,
    Action.DISMISS: _dropped,
    Action.MERGE: _dropped,
    Action.SEND_BACK: _back_again,
    Action.REOPEN: _back_again,
    Action.EVALUATE: _evaluated,
    Action.ESCALATE: _escalated,
    Action.ANSWER_APPEAL: _appeal_answered,
    Action.CALL_WHISTLE: _called,
    Action.REPORT_IN: _department,
    Action.WHISTLE_ARRIVE: _department,
    Action.WHISTLE_DONE: _department,
    Action.RELEASE: _department,
    Action.RATE_DEPARTMENT: _department,
    Action.REMIND: _department,
}
