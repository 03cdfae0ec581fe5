"""Replay: what state each case had, and where everybody was, at any moment of a day."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.case_items import CaseItem, LonLatPair
from api.dependencies import DriverTransaction, Watch
from api.guards import require
from api.identity import Permission, Principal, Where, reach_of
from api.instants import Instant
from api.refusals import UnusableValueError
from api.store.audit import record_by_driver
from api.store.case_lists import CaseFilter, ListedCase, list_case_items
from api.store.replay import list_duties, list_events_of, list_names, list_tracks
from api.store.rows import Row
from dispatch.replay import Standing, standings

router = APIRouter(prefix="/api/v1/replay", tags=["replay"])

LONGEST_CASES = timedelta(hours=25)
LONGEST_TRACKS = timedelta(hours=2)
_MOST_CASES = 50_000


class Span(BaseModel):
    """From when until when."""

    since: Instant
    until: Annotated[Instant, Query(description="Not included.")]

    def demand(self, longest: timedelta) -> None:
        """Refuse a span that is no span, or too long for one answer."""
        if not timedelta(0) < self.until - self.since <= longest:
            hours = int(longest.total_seconds() // 3600)
            raise UnusableValueError(
                f"Ask for at most {hours} hours, with 'since' before 'until'.",
                f"一次最多查询 {hours} 小时，起始时间应早于结束时间。",
            )


class Stood(BaseModel):
    """How a case stood from one event until the next."""

    t: datetime
    events: int
    action: str
    state: str
    category: str
    severity: int
    at: LonLatPair
    area: str | None
    street: str | None
    clock: str
    due_at: datetime | None
    stood_still_at: datetime | None
    holder: UUID | None
    filed_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    satisfaction: int | None

    @classmethod
    def of(cls, one: Standing) -> "Stood":
        """The standing as it is shown."""
        return cls(
            t=one.at,
            events=one.events,
            action=one.action,
            state=one.state,
            category=one.category,
            severity=one.severity,
            at=(one.lon, one.lat),
            area=one.area,
            street=one.street,
            clock=one.clock,
            due_at=one.due,
            stood_still_at=one.stood_still_at,
            holder=one.holder,
            filed_at=one.filed_at,
            resolved_at=one.resolved_at,
            closed_at=one.closed_at,
            outcome=one.outcome,
            satisfaction=one.satisfaction,
        )


class ReplayedCase(BaseModel):
    """A case as it stands today, and how it stood through the span."""

    item: CaseItem
    stood: list[Stood]
    """In order; the first is how it stood when the span began, where it was known by then."""


class ReplayedCases(BaseModel):
    """Every case that the span saw, and who held them."""

    cases: list[ReplayedCase]
    holders: dict[UUID, tuple[str, str, str]]
    """Name in both languages and post of everybody who held one."""
    on_shift: list[tuple[int, int]]
    """How many were on shift in the district: from which second of the span on, and how many."""


class ReplayedPerson(BaseModel):
    """Where somebody was: seconds since the span began, and the place then, of the thinned track."""

    person: UUID
    name: str
    name_en: str
    post: str
    t_s: list[int]
    lon: list[float]
    lat: list[float]
    duty_s: list[tuple[int, int]]
    """When he was on duty, in seconds since the span began."""


CaseViewer = Annotated[Principal, require(Permission.VIEW_CASES)]
PositionViewer = Annotated[Principal, require(Permission.VIEW_POSITIONS)]


@router.get("/cases")
async def replay_cases(
    span: Annotated[Span, Query()], driver: DriverTransaction, viewer: CaseViewer
) -> ReplayedCases:
    """Every case that was there in a span of at most a day, told from its events: of any day."""
    span.demand(LONGEST_CASES)
    wanted = CaseFilter(until=span.until, alive_since=span.since)
    reach = reach_of(viewer, Permission.VIEW_CASES)
    listed = await list_case_items(driver, viewer.district, wanted, reach, limit=_MOST_CASES)
    ids = [one.case.id for one in listed]
    events = await list_events_of(driver, viewer.district, ids, span.until)
    told = []
    for one in listed:
        stood = _within(standings(events.get(one.case.id, [])), span.since)
        if stood:
            told.append(ReplayedCase(item=_item(one), stood=[Stood.of(standing) for standing in stood]))
    holders = {standing.holder for one in told for standing in one.stood if standing.holder}
    duties = await list_duties(driver, viewer.district, span.since, span.until)
    return ReplayedCases(
        cases=told,
        holders=await list_names(driver, viewer.district, list(holders)),
        on_shift=_counts(duties.values(), span),
    )


@router.get("/tracks")
async def replay_tracks(
    span: Annotated[Span, Query()], driver: DriverTransaction, viewer: PositionViewer, watch: Watch
) -> list[ReplayedPerson]:
    """Where everybody was whom the account may see, for at most two hours; the look is recorded."""
    span.demand(LONGEST_TRACKS)
    reach = reach_of(viewer, Permission.VIEW_POSITIONS)
    duties = await list_duties(driver, watch.district, span.since, span.until)
    shown = []
    for row in await list_tracks(driver, watch.district, span.since, span.until):
        if not any(map(reach.covers, _where(row))):
            continue
        duty = [(_second(begin, span), _second(end, span)) for begin, end in duties.get(row["person"], ())]
        shown.append(
            ReplayedPerson(
                **{name: row[name] for name in ("person", "name", "name_en", "post")},
                t_s=[_second(at, span) for at in row["at"]],
                lon=row["lon"],
                lat=row["lat"],
                duty_s=duty,
            )
        )
    details = {"since": span.since.isoformat(), "until": span.until.isoformat(), "people": len(shown)}
    await record_by_driver(driver, viewer, "look:tracks", "replay", details=details)
    return shown


def _within(told: list[Standing], since: datetime) -> list[Standing]:
    """What matters from `since` on: the last standing of before, and all that follow."""
    first = max((place for place, one in enumerate(told) if one.at <= since), default=0)
    return told[first:]


def _counts(duties: Iterable[Sequence[tuple[datetime, datetime]]], span: Span) -> list[tuple[int, int]]:
    """How many are out, from each second at which that changes; whoever two rosters name counts once."""
    changes: Counter[int] = Counter({0: 0})
    for spells in duties:
        out_until = span.since
        for begin, end in spells:
            if end > out_until:
                changes[_second(max(begin, out_until), span)] += 1
                if end < span.until:
                    changes[_second(end, span)] -= 1
                out_until = end
    counts = list(itertools.accumulate(changes[second] for second in sorted(changes)))
    return list(zip(sorted(changes), counts, strict=True))


def _item(listed: ListedCase) -> CaseItem:
    return CaseItem.of(listed.case, listed.number, listed.holder)


def _where(row: Row) -> list[Where]:
    """Whose business somebody is: his area's, and each of his streets'."""
    owners = frozenset({row["person"]})
    return [Where(row["area"], street, owners=owners) for street in row["streets"] or (None,)]


def _second(at: datetime, span: Span) -> int:
    return round((at - span.since).total_seconds())
