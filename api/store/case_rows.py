"""Cases, tasks, events and whistles as rows, and back. Rows travel to the store as one JSON document.

Words of a fixed set are handed over as plain text: whoever writes the JSON would ask each for its value,
which for thirty of them takes half as long as the rest of the document.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from api.store.rows import Row
from dispatch.cases import Actor, Case, CaseEvent, Place, Post, Ring, Task, TaskState
from dispatch.changes import Notice, Timer
from dispatch.clocks import Clock, ClockState, TimeKind
from dispatch.findings import Finding, Kind, Source
from dispatch.ids import (
    CaseId,
    DepartmentId,
    EventId,
    FindingId,
    PersonId,
    TaskForceId,
    TaskId,
    WhistleId,
)
from dispatch.lifecycle import Action, Outcome, State
from dispatch.whistle import DepartmentCall, Standing, Whistle
from dispatch.words import Words
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId

Json = dict[str, Any]

NOBODY = UUID(int=0)
"""Stands for a submitter without an account, since a key cannot hold null."""

CASE_SELECT = """
    c.district, c.id, c.number, c.finding, c.kind, c.source, c.category, c.severity, c.state,
    ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.area, c.street, c.boundary_version, c.nearest_area,
    c.nearest_m, c.policy_version, c.reporter, c.description, c.photographs, c.reported_at, c.filed_at,
    c.resolved_at, c.closed_at, c.confirmed, c.task, c.holder, c.ring, c.ring_since, c.outcome,
    c.resolver, c.merged_into, c.satisfaction, c.reworked, c.reopened, c.escalated, c.appealing,
    c.events, c.clock, c.clock_kind, c.clock_started_at, c.clock_stood_still_at, c.clock_left, c.due_at,
    c.extensions, c.drill
"""
"""Every column of a case `c`, as `case_of` reads them."""


def _point(at: LonLat) -> str:
    return f"SRID=4326;POINT({at.lon!r} {at.lat!r})"


def row_of_case(case: Case) -> Json:
    """The case as a row of `cases`, all but its number, which the store draws."""
    place, clock = case.place, case.clock
    return {
        "district": case.district,
        "id": case.id,
        "finding": case.finding,
        "kind": str(case.kind),
        "source": str(case.source),
        "category": case.category,
        "severity": case.severity,
        "state": str(case.state),
        "geom": _point(place.at),
        "area": place.area or "",
        "street": place.street,
        "boundary_version": place.boundary_version,
        "nearest_area": place.nearest_area,
        "nearest_m": place.nearest_m,
        "policy_version": case.policy_version,
        "reporter": case.reporter,
        "description": case.description,
        "photographs": case.photographs,
        "reported_at": case.reported_at,
        "filed_at": case.filed_at,
        "resolved_at": case.resolved_at,
        "closed_at": case.closed_at,
        "confirmed": case.confirmed,
        "task": case.task,
        "holder": case.holder,
        "ring": case.ring,
        "ring_since": case.ring_since,
        "outcome": case.outcome,
        "resolver": case.resolver,
        "merged_into": case.merged_into,
        "satisfaction": case.satisfaction,
        "reworked": case.reworked,
        "reopened": case.reopened,
        "escalated": case.escalated,
        "appealing": case.appealing,
        "events": case.events,
        "clock": str(clock.state),
        "clock_kind": str(clock.kind),
        "clock_started_at": clock.started_at,
        "clock_stood_still_at": clock.stood_still_at,
        "clock_left": clock.left,
        "due_at": clock.due,
        "extensions": clock.extensions,
        "drill": case.drill,
    }


class Holder(NamedTuple):
    """What a list says of whoever holds a case; nothing where nobody does."""

    name: str | None
    name_en: str | None
    post: str | None


def holder_of(row: Row) -> Holder:
    """The holder by the columns `holder_name`, `holder_name_en` and `holder_post`."""
    return Holder(row["holder_name"], row["holder_name_en"], row["holder_post"])


def case_of(row: Row) -> Case:
    """The case that a row of `CASE_SELECT` tells of."""
    return Case(
        CaseId(row["id"]),
        AreaCode(row["district"]),
        FindingId(row["finding"]),
        Kind(row["kind"]),
        Source(row["source"]),
        row["category"],
        row["severity"],
        _place_of(row),
        State(row["state"]),
        row["reported_at"],
        row["policy_version"],
        _clock_of(row),
        _maybe(PersonId, row["reporter"]),
        row["description"],
        _maybe(TaskId, row["task"]),
        _maybe(PersonId, row["holder"]),
        _maybe(Ring, row["ring"]),
        row["ring_since"],
        row["confirmed"],
        row["filed_at"],
        row["resolved_at"],
        row["closed_at"],
        _maybe(Outcome, row["outcome"]),
        _maybe(PersonId, row["resolver"]),
        _maybe(CaseId, row["merged_into"]),
        tuple(row["photographs"]),
        row["satisfaction"],
        row["reworked"],
        row["reopened"],
        row["escalated"],
        row["appealing"],
        row["events"],
        row["drill"],
    )


def _maybe(kind: Any, value: Any) -> Any:
    return None if value is None else kind(value)


def _place_of(row: Row) -> Place:
    return Place(
        LonLat(row["lon"], row["lat"]),
        AreaCode(row["district"]),
        AreaCode(row["area"]) if row["area"] else None,
        _maybe(StreetId, row["street"]),
        row["boundary_version"],
        _maybe(AreaCode, row["nearest_area"]),
        row["nearest_m"],
    )


def _clock_of(row: Row) -> Clock:
    return Clock(
        ClockState(row["clock"]),
        TimeKind(row["clock_kind"]),
        row["clock_started_at"],
        row["due_at"],
        row["clock_stood_still_at"],
        row["clock_left"],
        row["extensions"],
    )


def row_of_finding(finding: Finding, case: CaseId, digest: str) -> Json:
    """The finding as a row of `finding`; the digest tells a retry from another report under the same id."""
    return {
        "district": finding.district,
        "id": finding.id,
        "submitter": finding.submitter or NOBODY,
        "client_id": finding.client_id,
        "digest": digest,
        "case_id": case,
        "source": str(finding.source),
        "kind": str(finding.kind),
        "category": finding.category,
        "geom": _point(finding.at),
        "found_at": finding.found_at,
        "received_at": finding.received_at,
        "description": finding.description,
        "photographs": finding.photographs,
        "wish": str(finding.wish),
        "outcome": finding.outcome,
        "patrol": finding.patrol,
        "entered": finding.entered,
        "drill": finding.drill,
    }


def row_of_task(task: Task) -> Json:
    """The task as a row of `task`."""
    return {
        "district": task.district,
        "id": task.id,
        "case_id": task.case,
        "responder": task.responder,
        "post": task.post,
        "ring": str(task.ring),
        "state": str(task.state),
        "offered_at": task.offered_at,
        "expires_at": task.expires_at,
        "reason_zh": task.reason.zh,
        "reason_en": task.reason.en,
        "expected_s": task.expected_s,
        "answered_at": task.answered_at,
        "on_my_way_at": task.on_my_way_at,
        "arrived_at": task.arrived_at,
        "ended_at": task.ended_at,
        "task_force": task.task_force,
    }


def task_of(row: Row) -> Task:
    """The task that a row of `task` tells of."""
    return Task(
        TaskId(row["id"]),
        CaseId(row["case_id"]),
        AreaCode(row["district"]),
        PersonId(row["responder"]),
        Post(row["post"]),
        Ring(row["ring"]),
        TaskState(row["state"]),
        row["offered_at"],
        row["expires_at"],
        Words(row["reason_zh"], row["reason_en"]),
        row["expected_s"],
        row["answered_at"],
        row["on_my_way_at"],
        row["arrived_at"],
        row["ended_at"],
        _maybe(TaskForceId, row["task_force"]),
    )


def row_of_event(event: CaseEvent, case: Case) -> Json:
    """The event as a row of `case_event`: what lists are filtered by as columns, the rest in its body."""
    return {
        "district": event.district,
        "id": event.id,
        "case_id": event.case,
        "kind": str(event.action),
        "at": event.at,
        "actor": event.actor.person,
        "actor_post": event.actor.post,
        "area": case.place.area or "",
        "street": case.place.street,
        "body": {
            "number": event.number,
            "before": event.before and str(event.before),
            "after": str(event.after),
            "actor": _actor_json(event.actor),
            "phone_at": event.phone_at,
            "reason": event.reason,
            "task": event.task,
            "details": dict(event.details),
        },
    }


def event_of(row: Row) -> CaseEvent:
    """The event that a row of `case_event` tells of."""
    body = orjson.loads(row["body"]) if isinstance(row["body"], str | bytes) else row["body"]
    actor = body["actor"]
    return CaseEvent(
        EventId(row["id"]),
        CaseId(row["case_id"]),
        AreaCode(row["district"]),
        body["number"],
        Action(row["kind"]),
        _maybe(State, body["before"]),
        State(body["after"]),
        Actor(
            _maybe(PersonId, row["actor"]),
            Post(row["actor_post"]),
            actor["name"],
            _maybe(AreaCode, actor["area"]),
            _maybe(DepartmentId, actor["department"]),
        ),
        row["at"],
        _maybe(datetime.fromisoformat, body["phone_at"]),
        body["reason"],
        _maybe(TaskId, _maybe(UUID, body["task"])),
        body["details"],
    )


def _actor_json(actor: Actor) -> Json:
    return {
        "person": actor.person,
        "post": actor.post,
        "name": actor.name,
        "area": actor.area,
        "department": actor.department,
    }


def row_of_whistle(whistle: Whistle) -> Json:
    """The whistle as a row of `whistle`, without its calls."""
    return {
        "district": whistle.district,
        "id": whistle.id,
        "case_id": whistle.case,
        "subdistrict": whistle.subdistrict,
        "matter": whistle.matter,
        "called_by": _actor_json(whistle.called_by),
        "called_at": whistle.called_at,
    }


def rows_of_calls(whistle: Whistle) -> list[Json]:
    """The whistle's calls as rows of `whistle_call`."""
    return [
        {
            "district": whistle.district,
            "whistle": whistle.id,
            "department": call.department,
            "obligatory": call.obligatory,
            "standing": call.standing,
            "report_in_by": call.report_in_by,
            "reported_in_at": call.reported_in_at,
            "arrived_at": call.arrived_at,
            "ended_at": call.ended_at,
            "score": call.score,
        }
        for call in whistle.calls
    ]


def whistle_of(row: Row, calls: list[Row]) -> Whistle:
    """The whistle that its row and the rows of its calls tell of."""
    by = orjson.loads(row["called_by"]) if isinstance(row["called_by"], str | bytes) else row["called_by"]
    return Whistle(
        WhistleId(row["id"]),
        CaseId(row["case_id"]),
        AreaCode(row["district"]),
        AreaCode(row["subdistrict"]),
        row["matter"],
        Actor(
            _maybe(PersonId, _maybe(UUID, by["person"])),
            Post(by["post"]),
            by["name"],
            _maybe(AreaCode, by["area"]),
            _maybe(DepartmentId, by["department"]),
        ),
        row["called_at"],
        tuple(_call_of(call) for call in calls),
    )


def _call_of(row: Row) -> DepartmentCall:
    return DepartmentCall(
        DepartmentId(row["department"]),
        row["obligatory"],
        Standing(row["standing"]),
        row["report_in_by"],
        row["reported_in_at"],
        row["arrived_at"],
        row["ended_at"],
        row["score"],
    )


def row_of_timer(timer: Timer) -> Json:
    """The timer as a row of `timer`."""
    return {
        "district": timer.district,
        "case_id": timer.key.case,
        "kind": str(timer.key.kind),
        "subject": timer.key.subject,
        "due_at": timer.at,
    }


def row_of_notice(notice: Notice, district: str, at: datetime) -> Json:
    """The notice as a row of `notice`."""
    return {
        "district": district,
        "case_id": notice.case,
        "kind": str(notice.kind),
        "words_zh": notice.words.zh,
        "words_en": notice.words.en,
        "person": notice.person,
        "post": notice.post,
        "area": notice.area,
        "department": notice.department,
        "details": dict(notice.details),
        "at": at,
    }
