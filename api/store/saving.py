"""Saving a `Change`: one statement in one transaction writes all of it, guards included.

Rows travel as one JSON document, so that a finding with its case, events, task, timers and notices costs one
round trip. A case that moved on in the meantime, or a responder without room, fails the whole change.
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
    Json,
    row_of_case,
    row_of_event,
    row_of_finding,
    row_of_notice,
    row_of_task,
    row_of_timer,
    row_of_whistle,
    rows_of_calls,
)
from api.store.rows import find_row
from dispatch.changes import Change
from dispatch.ids import PersonId


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
    holder_name: str | None
    holder_post: str | None


async def save_change(driver: asyncpg.Connection, change: Change, digest: str = "") -> Saved:
    """Save the change; raises where its guards no longer hold, and then nothing of it must be kept."""
    document = orjson.dumps(_document(change, digest), option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=_plain)
    statement = _insert_statement() if change.is_new else _update_statement()
    guards = () if change.is_new else ([state.value for state in change.expected], change.seen_events)
    try:
        done = await find_row(driver, statement, document.decode(), *guards)
    except asyncpg.UniqueViolationError as failure:
        if failure.constraint_name == "finding_client":
            raise SameClientIdError from failure
        raise
    assert done is not None
    if done["cases"] != 1:
        raise LostRaceError
    if done["reserved"] != len(change.reserve):
        raise NoRoomError
    return Saved(done["number"], done["holder_name"], done["holder_post"])


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


def _document(change: Change, digest: str) -> Json:
    case, at = change.case, change.events[-1].at
    kept = {timer.key for timer in change.timers_set}
    return {
        "cases": row_of_case(case),
        "finding": row_of_finding(change.finding, case.id, digest) if change.finding else None,
        "case_event": [row_of_event(event, case) for event in change.events],
        "task": [row_of_task(task) for task in change.tasks],
        "whistle": [row_of_whistle(whistle) for whistle in change.whistles],
        "whistle_call": [row for whistle in change.whistles for row in rows_of_calls(whistle)],
        "timer": [row_of_timer(timer) for timer in change.timers_set],
        "cancelled": [
            {"case_id": key.case, "kind": key.kind, "subject": key.subject}
            for key in change.timers_cancelled
            if key not in kept
        ],
        "notice": [row_of_notice(notice, case.district, at) for notice in change.notices],
        "reserve": _counted(change.reserve),
        "release": _counted(change.release),
    }


def _counted(people: Sequence[PersonId]) -> list[Json]:
    return [{"person": person, "places": people.count(person)} for person in dict.fromkeys(people)]


_CASE = (
    "district id finding kind source category severity state geom area street boundary_version nearest_area"
    " nearest_m policy_version reporter description photographs reported_at filed_at resolved_at closed_at"
    " confirmed task holder ring ring_since outcome resolver merged_into satisfaction reworked reopened"
    " escalated appealing events clock clock_kind clock_started_at clock_stood_still_at clock_left due_at"
    " extensions drill"
).split()
_FINDING = (
    "district id submitter client_id digest case_id source kind category geom found_at received_at"
    " description photographs wish outcome patrol drill"
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


def _insert_rows(table: str, columns: Sequence[str], conflict: str = "") -> str:
    named = ", ".join(columns)
    return f"""
        {table}_saved AS (
            INSERT INTO {table} ({named})
            SELECT {named} FROM jsonb_populate_recordset(NULL::{table}, (SELECT doc -> '{table}' FROM given))
            {conflict} RETURNING 1
        )"""  # noqa: S608 - names come from the tuples above, values travel as parameters


def _upsert(key: str, moves: Sequence[str]) -> str:
    return f"ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(f"{name} = EXCLUDED.{name}" for name in moves)


_TIMERS = """
    timer_gone AS (
        DELETE FROM timer USING jsonb_to_recordset((SELECT doc -> 'cancelled' FROM given))
            AS gone (case_id uuid, kind text, subject text)
        WHERE timer.district = (SELECT doc -> 'cases' ->> 'district' FROM given)
            AND timer.case_id = ANY(ARRAY(
                SELECT (one ->> 'case_id')::uuid FROM given, jsonb_array_elements(doc -> 'cancelled') AS one))
            AND timer.case_id = gone.case_id AND timer.kind = gone.kind AND timer.subject = gone.subject
        RETURNING 1
    ),
    timer_saved AS (
        INSERT INTO timer (district, case_id, kind, subject, due_at, try_at)
        SELECT district, case_id, kind, subject, due_at, due_at
        FROM jsonb_populate_recordset(NULL::timer, (SELECT doc -> 'timer' FROM given))
        ON CONFLICT (district, case_id, kind, subject) DO UPDATE
        SET id = gen_random_uuid(), due_at = EXCLUDED.due_at, try_at = EXCLUDED.due_at, attempts = 0,
            last_failure = NULL
        RETURNING 1
    )"""

"""`ANY(ARRAY(…))` says no more than the join after it, but makes the planner take the index."""

_PEOPLE = """
    reserved AS (
        UPDATE person SET load = load + wanted.places
        FROM jsonb_to_recordset((SELECT doc -> 'reserve' FROM given)) AS wanted (person uuid, places integer)
        WHERE person.district = (SELECT doc -> 'cases' ->> 'district' FROM given)
            AND person.id = ANY(ARRAY(
                SELECT (one ->> 'person')::uuid FROM given, jsonb_array_elements(doc -> 'reserve') AS one))
            AND person.id = wanted.person AND person.load + wanted.places <= person.capacity
        RETURNING wanted.places
    ),
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


def _statement(first: str) -> str:
    steps = (
        "WITH given AS (SELECT $1::text::jsonb AS doc)",
        first,
        _insert_rows("case_event", _EVENT),
        _insert_rows("task", _TASK, _upsert("district, id", _TASK_MOVES)),
        _insert_rows("whistle", _WHISTLE, "ON CONFLICT (district, id) DO NOTHING"),
        _insert_rows("whistle_call", _CALL, _upsert("district, whistle, department", _CALL_MOVES)),
        _insert_rows("notice", _NOTICE),
        _TIMERS,
        _PEOPLE,
    )
    return ",".join(steps) + _COUNTS


_COUNTS = """
    SELECT (SELECT count(*) FROM cases_saved) AS cases,
        (SELECT coalesce(sum(places), 0) FROM reserved) AS reserved,
        (SELECT number FROM cases_saved) AS number, holder.name AS holder_name, holder.post AS holder_post
    FROM given LEFT JOIN person AS holder
        ON holder.district = doc -> 'cases' ->> 'district'
        AND holder.id = (doc -> 'cases' ->> 'holder')::uuid"""


@cache
def _insert_statement() -> str:
    case, finding = ", ".join(_CASE), ", ".join(_FINDING)
    return _statement(f"""
        cases_saved AS (
            INSERT INTO cases ({case})
            SELECT {case} FROM jsonb_populate_record(NULL::cases, (SELECT doc -> 'cases' FROM given))
            RETURNING cases.number
        ),
        finding_saved AS (
            INSERT INTO finding ({finding})
            SELECT {finding} FROM jsonb_populate_record(NULL::finding, (SELECT doc -> 'finding' FROM given))
            RETURNING 1
        )""")  # noqa: S608 - names come from the tuples above, values travel as parameters


@cache
def _update_statement() -> str:
    moved = ", ".join(f"{name} = new.{name}" for name in _CASE if name not in {"district", "id", "finding"})
    return _statement(f"""
        cases_saved AS (
            UPDATE cases SET {moved}
            FROM jsonb_populate_record(NULL::cases, (SELECT doc -> 'cases' FROM given)) AS new
            WHERE cases.district = new.district AND cases.id = new.id
                AND cases.state = ANY($2::text[]) AND cases.events = $3
            RETURNING cases.number
        )""")  # noqa: S608 - names come from the tuples above, values travel as parameters
