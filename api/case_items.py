"""A case as lists, the live feed and every answer about one show it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.store.case_rows import Holder
from dispatch.cases import Case

LonLatPair = tuple[float, float]


class CaseItem(BaseModel):
    """A case in a list, and in the live feed."""

    id: UUID
    number: int
    kind: str
    source: str
    category: str
    severity: int
    state: str
    at: LonLatPair
    area: str | None
    nearest_area: str | None
    street: str | None
    reported_at: datetime
    filed_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    clock: str
    stood_still_at: datetime | None
    task: UUID | None
    holder: UUID | None
    holder_name: str | None
    holder_name_en: str | None
    holder_post: str | None
    ring: str | None
    outcome: str | None
    description: str
    photographs: list[str]
    reworked: int
    reopened: int
    escalated: int
    extensions: int
    appealing: bool
    merged_into: UUID | None
    satisfaction: int | None
    events: int
    """Counts the acts so far: of two items, the one with more is newer."""
    drill: bool
    """Played by the drill."""

    @classmethod
    def of(cls, case: Case, number: int, holder: Holder) -> "CaseItem":
        """The item of a case as the work knows it."""
        place, clock = case.place, case.clock
        return cls(
            id=case.id,
            number=number,
            kind=case.kind,
            source=case.source,
            category=case.category,
            severity=case.severity,
            state=case.state,
            at=(place.at.lon, place.at.lat),
            area=place.area,
            nearest_area=place.nearest_area,
            street=place.street,
            reported_at=case.reported_at,
            filed_at=case.filed_at,
            resolved_at=case.resolved_at,
            closed_at=case.closed_at,
            due_at=clock.due,
            clock=clock.state,
            stood_still_at=clock.stood_still_at,
            task=case.task,
            holder=case.holder,
            holder_name=holder.name,
            holder_name_en=holder.name_en,
            holder_post=holder.post,
            ring=case.ring,
            outcome=case.outcome,
            description=case.description,
            photographs=list(case.photographs),
            reworked=case.reworked,
            reopened=case.reopened,
            escalated=case.escalated,
            extensions=clock.extensions,
            appealing=case.appealing,
            merged_into=case.merged_into,
            satisfaction=case.satisfaction,
            events=case.events,
            drill=case.drill,
        )
