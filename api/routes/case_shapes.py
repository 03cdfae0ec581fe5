"""Cases and what hangs on them as the API shows them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.case_items import CaseItem, LonLatPair
from api.instants import Instant
from dispatch.by_hand import AtHand
from dispatch.cases import CaseEvent, Task
from dispatch.choices import Decision
from dispatch.findings import Entered, Kind, Source, Wish
from dispatch.lifecycle import Outcome, State, allowed_actions
from dispatch.whistle import Whistle

Reason = Annotated[str, Field(max_length=2000, description="Why; some acts demand it.")]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
ClientId = Annotated[
    str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$", description="Made by the phone.")
]
PhotographName = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9_.-]+$")]


class FindingReport(BaseModel):
    """What somebody saw, as his phone tells it."""

    client_id: ClientId
    kind: Kind = Kind.PATROL_FINDING
    category: Annotated[str, Field(min_length=1, max_length=40)]
    lon: Longitude
    lat: Latitude
    found_at: Instant
    description: Annotated[str, Field(max_length=4000)] = ""
    photographs: Annotated[list[PhotographName], Field(max_length=12)] = []
    wish: Wish = Wish.HAND_ON
    outcome: Outcome | None = None
    patrol: UUID | None = None
    entered: Entered | None = Field(default=None, description="Where a grid worker had gone in.")
    source: Source | None = Field(default=None, description="Only operators name one: a hotline call, say.")


Names = tuple[str, str, str]
"""Somebody's name in Chinese and in English, and his post."""


class EventItem(BaseModel):
    """Something that happened to a case."""

    id: UUID
    number: int
    action: str
    before: str | None
    after: str
    actor: str
    actor_en: str
    actor_post: str
    at: datetime
    phone_at: datetime | None
    reason: str
    task: UUID | None
    details: dict[str, Any]

    @classmethod
    def of(cls, event: CaseEvent, actors: Mapping[UUID, Names]) -> "EventItem":
        """The event as it is shown; who did it has an English name where one is known."""
        known = actors.get(event.actor.person) if event.actor.person else None
        return cls(
            id=event.id,
            number=event.number,
            action=event.action,
            before=event.before,
            after=event.after,
            actor=event.actor.name,
            actor_en=(known and known[1]) or event.actor.name,
            actor_post=event.actor.post,
            at=event.at,
            phone_at=event.phone_at,
            reason=event.reason,
            task=event.task,
            details=dict(event.details),
        )


class TaskItem(BaseModel):
    """One offer to one responder."""

    id: UUID
    case: UUID
    responder: UUID
    responder_name: str | None
    responder_name_en: str | None
    post: str
    ring: str
    state: str
    offered_at: datetime
    expires_at: datetime
    reason_zh: str
    reason_en: str
    expected_s: float | None
    answered_at: datetime | None
    on_my_way_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, task: Task, names: Names | None) -> "TaskItem":
        """The task as it is shown, with the names of who was asked in both languages."""
        return cls(
            id=task.id,
            case=task.case,
            responder=task.responder,
            responder_name=names[0] if names else None,
            responder_name_en=names[1] or None if names else None,
            post=task.post,
            ring=task.ring,
            state=task.state,
            offered_at=task.offered_at,
            expires_at=task.expires_at,
            reason_zh=task.reason.zh,
            reason_en=task.reason.en,
            expected_s=task.expected_s,
            answered_at=task.answered_at,
            on_my_way_at=task.on_my_way_at,
            arrived_at=task.arrived_at,
            ended_at=task.ended_at,
        )


class CallItem(BaseModel):
    """One department that was called."""

    department: str
    obligatory: bool
    standing: str
    report_in_by: datetime | None
    reported_in_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    score: int | None


class WhistleItem(BaseModel):
    """A whistle with its calls."""

    id: UUID
    case: UUID
    matter: str
    called_by: str
    called_at: datetime
    calls: list[CallItem]

    @classmethod
    def of(cls, whistle: Whistle) -> "WhistleItem":
        """The whistle as it is shown."""
        return cls(
            id=whistle.id,
            case=whistle.case,
            matter=whistle.matter,
            called_by=whistle.called_by.name,
            called_at=whistle.called_at,
            calls=[
                CallItem(
                    department=call.department,
                    obligatory=call.obligatory,
                    standing=call.standing,
                    report_in_by=call.report_in_by,
                    reported_in_at=call.reported_in_at,
                    arrived_at=call.arrived_at,
                    ended_at=call.ended_at,
                    score=call.score,
                )
                for call in whistle.calls
            ],
        )


class CaseCard(CaseItem):
    """A case with its whole history."""

    history: list[EventItem]
    tasks: list[TaskItem]
    whistles: list[WhistleItem]
    actions: list[str]
    """What the case's state allows; a page shows those that the person may do."""


def case_card(
    item: CaseItem,
    events: Iterable[CaseEvent],
    tasks: Iterable[TaskItem],
    whistles: Iterable[Whistle],
    actors: Mapping[UUID, Names],
) -> CaseCard:
    """Put a case together with its history, whose actors may have English names."""
    return CaseCard(
        **item.model_dump(),
        history=[EventItem.of(event, actors) for event in events],
        tasks=list(tasks),
        whistles=[WhistleItem.of(whistle) for whistle in whistles],
        actions=[action.value for action in allowed_actions(State(item.state))],
    )


class CandidateItem(BaseModel):
    """Somebody who could be sent, with the reason for or against."""

    person: UUID
    name: str
    name_en: str
    post: str
    expected_s: float | None
    why_zh: str
    why_en: str


class AtHandItem(BaseModel):
    """Somebody whom an operator may send now: how far he is, and how much he has in hand."""

    person: UUID
    name: str
    name_en: str
    post: str
    ring: str
    expected_s: float | None
    load: int
    capacity: int
    at: LonLatPair | None

    @classmethod
    def of(cls, one: AtHand) -> "AtHandItem":
        """Him as he is shown."""
        who, where = one.candidate.responder, one.candidate.whereabouts.at
        return cls(
            person=who.person,
            name=who.name,
            name_en=who.called_en,
            post=who.post,
            ring=one.ring,
            expected_s=one.candidate.expected_s,
            load=who.load,
            capacity=who.capacity,
            at=(where.lon, where.lat) if where else None,
        )


class Suggestion(BaseModel):
    """Whom dispatch would ask now, why, and who else was looked at."""

    ring: str
    policy: str
    reason_zh: str
    reason_en: str
    choice: CandidateItem | None
    load: int | None
    at: LonLatPair | None
    certainty: str | None
    expires_at: datetime | None
    runners_up: list[CandidateItem]
    matter: str | None

    @classmethod
    def of(cls, decision: Decision) -> "Suggestion":
        """The decision as it is shown."""
        choice = decision.choice
        where = choice.whereabouts.at if choice else None
        return cls(
            ring=decision.ring,
            policy=decision.policy,
            reason_zh=decision.reason.zh,
            reason_en=decision.reason.en,
            choice=CandidateItem(
                person=choice.responder.person,
                name=choice.responder.name,
                name_en=choice.responder.called_en,
                post=choice.responder.post,
                expected_s=choice.expected_s,
                why_zh=choice.reason.zh,
                why_en=choice.reason.en,
            )
            if choice
            else None,
            load=choice.responder.load if choice else None,
            at=(where.lon, where.lat) if where else None,
            certainty=choice.whereabouts.certainty if choice else None,
            expires_at=choice.expires_at if choice else None,
            runners_up=[
                CandidateItem(
                    person=other.person,
                    name=other.name,
                    name_en=other.name_en or other.name,
                    post=other.post,
                    expected_s=other.expected_s,
                    why_zh=other.why.zh,
                    why_en=other.why.en,
                )
                for other in decision.runners_up
            ],
            matter=decision.matter.name if decision.matter else None,
        )
