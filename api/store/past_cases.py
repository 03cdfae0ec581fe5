"""Another system's cases on their way into the store: all of them or none, as history and visibly so."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from api.ids import new_id
from api.past_cases import PastCase
from api.store.case_rows import NOBODY
from api.store.copying import copy_rows, points_as_stored
from api.store.rows import fetch_rows, find_row
from api.store.webhooks import enqueue_case_events
from dispatch.cases import SYSTEM
from dispatch.clocks import ClockState, TimeKind
from dispatch.findings import Kind, Source, Wish
from dispatch.lifecycle import Action, State

Progress = Callable[[str, int], None]
_BATCH = 5000
_REASON = "导入的历史案件 Imported from another system"
_ACTOR = {"person": None, "post": SYSTEM, "name": "导入", "area": None, "department": None}

_FINDING = (
    "district id submitter client_id digest case_id source kind category geom found_at received_at"
    " description photographs wish outcome"
).split()
_CASE = (
    "district id finding kind source category severity state geom area street boundary_version policy_version"
    " reporter description photographs reported_at filed_at resolved_at closed_at confirmed outcome reworked"
    " reopened escalated appealing events clock clock_kind clock_started_at clock_stood_still_at clock_left"
    " due_at extensions"
).split()
_EVENT = "district id case_id kind at recorded_at actor_post area street body epoch seq".split()


async def known_keys(driver: asyncpg.Connection, district: str, keys: Sequence[str]) -> frozenset[str]:
    """Which of these cases were brought in before."""
    rows = await fetch_rows(
        driver,
        "SELECT client_id FROM finding"
        " WHERE district = $1 AND submitter = $2 AND client_id = ANY($3::text[])",
        district,
        NOBODY,
        list(keys),
    )
    return frozenset(row["client_id"] for row in rows)


async def save_past_cases(
    driver: asyncpg.Connection,
    district: str,
    cases: Sequence[PastCase],
    kind: Kind,
    versions: tuple[int, int],
    progress: Progress = lambda *_: None,
) -> None:
    """Save the cases with what is known of their life; call it inside a transaction.

    `versions` are those of the boundaries and of the classification. The events take their numbers in one
    piece and begin a new epoch of the feed: who follows it begins anew instead of hearing of years at once,
    and webhooks go on with what happens next.
    """
    ids = [(new_id(), new_id()) for _ in cases]
    now: datetime = await driver.fetchval("SELECT now()")
    points = points_as_stored([one.lon for one in cases], [one.lat for one in cases])
    findings = (
        _finding(district, one, kind, case, finding, now, point)
        for (one, (case, finding)), point in zip(_of(cases, ids), points, strict=True)
    )
    await _copy(driver, "finding", _FINDING, findings, "findings", progress)
    rows = (
        _case(district, one, kind, case, finding, versions, point)
        for (one, (case, finding)), point in zip(_of(cases, ids), points, strict=True)
    )
    await _copy(driver, "cases", _CASE, rows, "cases", progress)
    while await enqueue_case_events(driver, district):
        pass  # what happened before is still told to everybody
    await driver.execute("INSERT INTO feed (district) VALUES ($1) ON CONFLICT DO NOTHING", district)
    feed = await find_row(
        driver, "SELECT epoch, last_seq FROM feed WHERE district = $1 FOR NO KEY UPDATE", district
    )
    assert feed is not None
    epoch, last = feed["epoch"] + 1, feed["last_seq"]
    numbered = (
        (*event, epoch, last + place)
        for place, event in enumerate(_events(district, cases, ids, kind, versions, now), start=1)
    )
    written = await _copy(driver, "case_event", _EVENT, numbered, "events", progress)
    await driver.execute(
        "UPDATE feed SET epoch = $2, last_seq = $3 WHERE district = $1", district, epoch, last + written
    )


def _of(
    cases: Sequence[PastCase], ids: Sequence[tuple[UUID, UUID]]
) -> Iterator[tuple[PastCase, tuple[UUID, UUID]]]:
    return zip(cases, ids, strict=True)


async def _copy(
    driver: asyncpg.Connection,
    table: str,
    columns: list[str],
    rows: Iterator[tuple[Any, ...]],
    what: str,
    progress: Progress,
) -> int:
    written = 0

    def counted() -> Iterator[tuple[Any, ...]]:
        nonlocal written
        for row in rows:
            written += 1
            if written % _BATCH == 0:
                progress(what, written)
            yield row

    await copy_rows(driver, table, columns, counted())
    progress(what, written)
    return written


def _finding(
    district: str, one: PastCase, kind: Kind, case: UUID, finding: UUID, now: datetime, point: bytes
) -> tuple[Any, ...]:
    return (
        district, finding, NOBODY, one.key, "", case, Source.IMPORTED.value, kind.value, one.category.code,
        point, one.reported_at, now, one.description, [], Wish.HAND_ON.value,
        one.outcome.value if one.outcome else None,
    )  # fmt: skip


def _case(
    district: str,
    one: PastCase,
    kind: Kind,
    case: UUID,
    finding: UUID,
    versions: tuple[int, int],
    point: bytes,
) -> tuple[Any, ...]:
    filed_at = None if one.state is State.DISMISSED else one.reported_at
    open_still = one.state is State.FILED
    clock = ClockState.UNSET
    if one.due_at is not None:
        clock = ClockState.RUNNING if open_still else ClockState.STOPPED
    still = None if open_still or one.due_at is None else one.resolved_at or one.closed_at or one.reported_at
    return (
        district, case, finding, kind.value, Source.IMPORTED.value, one.category.code, one.category.severity,
        one.state.value, point, one.area, one.street, *versions, None, one.description, [],
        one.reported_at, filed_at, one.resolved_at, one.closed_at, False,
        one.outcome.value if one.outcome else None, 0, 0, 0, False, len(_steps(one)),
        clock.value, TimeKind.CALENDAR_DAYS.value, one.reported_at if one.due_at else None, still, 0.0,
        one.due_at, 0,
    )  # fmt: skip


def _steps(one: PastCase) -> list[tuple[Action, State | None, State, datetime]]:
    """What is known to have happened: when it was reported, and how and when it ended."""
    steps: list[tuple[Action, State | None, State, datetime]] = [
        (Action.REPORT, None, State.REPORTED, one.reported_at)
    ]
    if one.state is State.DISMISSED:
        ended = one.closed_at or one.resolved_at or one.reported_at
        return [*steps, (Action.DISMISS, State.REPORTED, State.DISMISSED, ended)]
    steps.append((Action.FILE, State.REPORTED, State.FILED, one.reported_at))
    if one.resolved_at is not None:
        steps.append((Action.RESOLVE, State.FILED, State.RESOLVED, one.resolved_at))
    if one.closed_at is not None:
        steps.append((Action.VERIFY, State.RESOLVED, State.CLOSED, one.closed_at))
    return steps


def _events(
    district: str,
    cases: Sequence[PastCase],
    ids: Sequence[tuple[UUID, UUID]],
    kind: Kind,
    versions: tuple[int, int],
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    for one, (case, _) in _of(cases, ids):
        for number, (action, before, after, at) in enumerate(_steps(one), start=1):
            body = {
                "number": number,
                "before": before.value if before else None,
                "after": after.value,
                "actor": _ACTOR,
                "phone_at": None,
                "reason": _REASON,
                "task": None,
                "details": _details(one, action, kind, versions),
            }
            yield (
                district, new_id(), case, action.value, at, now, SYSTEM, one.area, one.street,
                orjson.dumps(body).decode(),
            )  # fmt: skip


def _details(one: PastCase, action: Action, kind: Kind, versions: tuple[int, int]) -> dict[str, Any]:
    if action is Action.FILE:
        return {"due": one.due_at.isoformat()} if one.due_at else {}
    if action is Action.RESOLVE:
        return {"outcome": one.outcome.value} if one.outcome else {}
    if action is not Action.REPORT:
        return {}
    return {
        "kind": kind.value,
        "source": Source.IMPORTED.value,
        "category": one.category.code,
        "severity": one.category.severity,
        "area": one.area or None,
        "street": one.street,
        "lon": one.lon,
        "lat": one.lat,
        "boundary_version": versions[0],
        "policy_version": versions[1],
        "nearest_area": None,
        "their_number": one.number,
    }
