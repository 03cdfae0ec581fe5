"""Saving a `Change`: one statement in one transaction writes all of it, guards included.

Rows travel as one JSON document, so that a finding with its case, events, task, timers and notices costs one
round trip, and many findings no more than one. A case that moved on in the meantime, or a responder without
room, fails the whole change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from api.store.case_rows import (
    NOBODY,
    Holder,
    Json,
    holder_of,
    row_of_case,
    row_of_event,
    row_of_finding,
    row_of_notice,
    row_of_task,
    row_of_timer,
    row_of_whistle,
    rows_of_calls,
)
from api.store.rows import Row, fetch_rows
from dispatch.changes import Change
from dispatch.ids import PersonId

_NO_ROOM = "YL001"
"""What the store's function `no_room` raises."""


class LostRaceError(Exception):
    """Somebody else changed the case after it was read: read it again and decide again."""


class NoRoomError(Exception):
    """The responder was given his last place by somebody else: decide again."""


class SameClientIdError(Exception):
    """A finding with this client id was saved in the meantime."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What the store adds to a case that it saves, and what a list shows beside it."""

    number: int
    holder: Holder


async def save_change(driver: asyncpg.Connection, change: Change, digest: str = "") -> Saved:
    """Save the change; raises where its guards no longer hold, and then nothing of it must be kept."""
    if change.is_new:
        (saved,) = await save_new(driver, [(change, digest)])
        return saved
    guards = ([state.value for state in change.expected], change.seen_events)
    (done,) = await _run(driver, _update_statement(), _document(change), *guards)
    if done["id"] is None:
        raise LostRaceError
    return Saved(done["number"], holder_of(done))


async def save_new(driver: asyncpg.Connection, news: Sequence[tuple[Change, str]]) -> list[Saved]:
    """Save new cases, each with the digest of its finding, all of them or, where one cannot be, none.

    It is one statement and raises where one cannot be saved: it needs no transaction around it.
    """
    done = await _run(driver, _insert_statement(), _document_of_new(news))
    saved = {row["id"]: Saved(row["number"], holder_of(row)) for row in done}
    return [saved[change.case.id] for change, _ in news]


async def _run(driver: asyncpg.Connection, statement: str, document: Json, *guards: object) -> Sequence[Row]:
    try:
        return await fetch_rows(driver, statement, _json(document), *guards)
    except asyncpg.UniqueViolationError as failure:
        if failure.constraint_name == "finding_client":
            raise SameClientIdError from failure
        raise
    except asyncpg.PostgresError as failure:
        if failure.sqlstate == _NO_ROOM:
            raise NoRoomError from failure
        raise


def _json(document: Json) -> str:
    return orjson.dumps(document, option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=_plain).decode()


async def save_receipt(
    driver: asyncpg.Connection, change: Change, submitter: UUID | None, client_id: str, digest: str
) -> None:
    """Note that an act was done, so that the phone may send it again without harm."""
    last = change.events[-1]
    await driver.execute(
        """INSERT INTO receipt (district, submitter, client_id, digest, answer, at)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        change.case.district,
        submitter or NOBODY,
        client_id,
        digest,
        orjson.dumps({"case": str(change.case.id), "action": last.action}).decode(),
        last.at,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value)


def _document(change: Change) -> Json:
    """Everything that the change of a case that exists already writes."""
    kept = {timer.key for timer in change.timers_set}
    return {
        "cases": row_of_case(change.case),
        **_hung_on([change]),
        "cancelled": [
            {"case_id": key.case, "kind": key.kind, "subject": key.subject}
            for key in change.timers_cancelled
            if key not in kept
        ],
        "release": _counted(change.release),
    }


def _document_of_new(news: Sequence[tuple[Change, str]]) -> Json:
    """The same for new cases: they have no timer to cancel yet, and nobody to release."""
    findings = [
        row_of_finding(change.finding, change.case.id, digest) for change, digest in news if change.finding
    ]
    changes = [change for change, _ in news]
    cases = [row_of_case(change.case) for change in changes]
    return {"cases": cases, "finding": findings, **_hung_on(changes)}


def _hung_on(changes: Sequence[Change]) -> Json:
    """What hangs on cases and is written alike for old and new ones."""
    whistles = [whistle for change in changes for whistle in change.whistles]
    return {
        "case_event": [row_of_event(event, one.case) for one in changes for event in one.events],
        "task": [row_of_task(task) for one in changes for task in one.tasks],
        "whistle": [row_of_whistle(whistle) for whistle in whistles],
        "whistle_call": [row for whistle in whistles for row in rows_of_calls(whistle)],
        "timer": [row_of_timer(timer) for one in changes for timer in one.timers_set],
        "notice": [
            row_of_notice(notice, one.case.district, one.events[-1].at)
            for one in changes
            for notice in one.notices
        ],
        "reserve": _counted([person for one in changes for person in one.reserve]),
    }


def _counted(people: Sequence[PersonId]) -> list[Json]:
    """Everybody once with his places; in one order, so that two who save do not wait for each other."""
    return [{"person": person, "places": people.count(person)} for person in sorted(set(people))]


_CASE = (
    "district id finding kind source category severity state geom area street boundary_version nearest_area"
    " nearest_m policy_version reporter description photographs reported_at filed_at resolved_at closed_at"
    " confirmed task holder ring ring_since outcome resolver merged_into satisfaction reworked reopened"
    " escalated appealing events clock clock_kind clock_started_at clock_stood_still_at clock_left due_at"
    " extensions drill"
).split()
_FINDING = (
    "district id submitter client_id digest case_id source kind category geom found_at received_at"
    " description photographs wish outcome patrol entered drill"
).split()
_EVENT = "district id case_id kind at actor actor_post area street body".split()
_TASK = (
    "district id case_id responder post ring state offered_at expires_at reason_zh reason_en expected_s"
    " answered_at on_my_way_at arrived_at ended_at task_force"
).split()
_TASK_MOVES = "state answered_at on_my_way_at arrived_at ended_at".split()
_WHISTLE = "district id case_id subdistrict matter called_by called_at".split()
_CALL = (
    "district whistle department obligatory standing report_in_by reported_in_at arrived_at ended_at score"
).split()
_CALL_MOVES = "standing reported_in_at arrived_at ended_at score".split()
_NOTICE = "district case_id kind words_zh words_en person post area department details at".split()


def _insert_rows(
    table: str, columns: Sequence[str], conflict: str = "", returning: str = "RETURNING 1"
) -> str:
    named = ", ".join(columns)
    return f"""
        {table}_saved AS (
            INSERT INTO {table} ({named})
            SELECT {named} FROM jsonb_populate_recordset(NULL::{table}, (SELECT doc -> '{table}' FROM given))
            {conflict} {returning}
        )"""  # noqa: S608 - names come from the tuples above, values travel as parameters


def _upsert(key: str, moves: Sequence[str]) -> str:
    return f"ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(f"{name} = EXCLUDED.{name}" for name in moves)


_TIMERS_GONE = """
    timer_gone AS (
        DELETE FROM timer USING jsonb_to_recordset((SELECT doc -> 'cancelled' FROM given))
            AS gone (case_id uuid, kind text, subject text)
        WHERE timer.district = (SELECT doc -> 'cases' ->> 'district' FROM given)
            AND timer.case_id = ANY(ARRAY(
                SELECT (one ->> 'case_id')::uuid FROM given, jsonb_array_elements(doc -> 'cancelled') AS one))
            AND timer.case_id = gone.case_id AND timer.kind = gone.kind AND timer.subject = gone.subject
        RETURNING 1
    )"""
"""`ANY(ARRAY(…))` says no more than the join after it, but makes the planner take the index."""

_TIMERS = """
    timer_saved AS (
        INSERT INTO timer (district, case_id, kind, subject, due_at, try_at)
        SELECT district, case_id, kind, subject, due_at, due_at
        FROM jsonb_populate_recordset(NULL::timer, (SELECT doc -> 'timer' FROM given))
        ON CONFLICT (district, case_id, kind, subject) DO UPDATE
        SET id = gen_random_uuid(), due_at = EXCLUDED.due_at, try_at = EXCLUDED.due_at, attempts = 0,
            last_failure = NULL
        RETURNING 1
    )"""

_RESERVED = """
    wanted AS (
        SELECT held.district, held.id, asked.places
        FROM jsonb_to_recordset((SELECT doc -> 'reserve' FROM given)) AS asked (person uuid, places integer)
        JOIN person AS held ON held.district = (SELECT <district> FROM given) AND held.id = asked.person
        WHERE held.id = ANY(ARRAY(
            SELECT (one ->> 'person')::uuid FROM given, jsonb_array_elements(doc -> 'reserve') AS one))
        ORDER BY held.id FOR NO KEY UPDATE OF held
    ),
    reserved AS (
        UPDATE person SET load = load + wanted.places FROM wanted
        WHERE person.district = wanted.district AND person.id = wanted.id
            AND person.load + wanted.places <= person.capacity
        RETURNING wanted.places
    )"""

_RELEASED = """
    released AS (
        UPDATE person SET load = greatest(load - given_back.places, 0)
        FROM jsonb_to_recordset((SELECT doc -> 'release' FROM given))
            AS given_back (person uuid, places integer)
        WHERE person.district = (SELECT doc -> 'cases' ->> 'district' FROM given)
            AND person.id = ANY(ARRAY(
                SELECT (one ->> 'person')::uuid FROM given, jsonb_array_elements(doc -> 'release') AS one))
            AND person.id = given_back.person
        RETURNING 1
    )"""

_SAVED = """
    SELECT saved.id, saved.number, holder.name AS holder_name, holder.name_en AS holder_name_en,
        holder.post AS holder_post,
        CASE WHEN (SELECT coalesce(sum(places), 0) FROM reserved) < (
            SELECT coalesce(sum((one ->> 'places')::integer), 0)
            FROM given, jsonb_array_elements(doc -> 'reserve') AS one) THEN no_room() END
    FROM given LEFT JOIN cases_saved AS saved ON true
    LEFT JOIN person AS holder ON holder.district = saved.district AND holder.id = saved.holder
        AND holder.id = ANY(ARRAY(SELECT holder FROM cases_saved))"""


def _statement(district: str, first: Sequence[str], last: Sequence[str]) -> str:
    steps = (
        "WITH given AS (SELECT $1::text::jsonb AS doc)",
        *first,
        _insert_rows("case_event", _EVENT),
        _insert_rows("task", _TASK, _upsert("district, id", _TASK_MOVES)),
        _insert_rows("whistle", _WHISTLE, "ON CONFLICT (district, id) DO NOTHING"),
        _insert_rows("whistle_call", _CALL, _upsert("district, whistle, department", _CALL_MOVES)),
        _insert_rows("notice", _NOTICE),
        _TIMERS,
        _RESERVED.replace("<district>", district),
        *last,
    )
    return ",".join(steps) + _SAVED


@cache
def _insert_statement() -> str:
    returning = "RETURNING cases.district, cases.id, cases.number, cases.holder"
    first = (_insert_rows("cases", _CASE, returning=returning), _insert_rows("finding", _FINDING))
    return _statement("doc -> 'cases' -> 0 ->> 'district'", first, ())


@cache
def _update_statement() -> str:
    moved = ", ".join(f"{name} = new.{name}" for name in _CASE if name not in {"district", "id", "finding"})
    saved = f"""
        cases_saved AS (
            UPDATE cases SET {moved}
            FROM jsonb_populate_record(NULL::cases, (SELECT doc -> 'cases' FROM given)) AS new
            WHERE cases.district = new.district AND cases.id = new.id
                AND cases.state = ANY($2::text[]) AND cases.events = $3
            RETURNING cases.district, cases.id, cases.number, cases.holder
        )"""  # noqa: S608 - names come from the tuples above, values travel as parameters
    return _statement("doc -> 'cases' ->> 'district'", (saved,), (_TIMERS_GONE, _RELEASED))
