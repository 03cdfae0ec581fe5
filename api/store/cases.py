"""Cases as they stand: one with all that hangs on it, and those that hang together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from api.store.case_rows import CASE_SELECT, NOBODY, case_of, event_of, task_of, whistle_of
from api.store.rows import Row, fetch_rows, find_row
from dispatch.cases import Case, CaseEvent, Task, TaskState
from dispatch.whistle import Whistle


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with what acts upon it need to know."""

    case: Case
    number: int
    task: Task | None
    whistles: tuple[Whistle, ...]

    @property
    def departments(self) -> frozenset[str]:
        """Every department that was called to it."""
        return frozenset(call.department for whistle in self.whistles for call in whistle.calls)


async def find_case_file(
    driver: asyncpg.Connection, district: str, case_id: UUID, *, locked: bool = False
) -> CaseFile | None:
    """The case with its task in force and its whistles; None where there is none.

    `locked` keeps others from changing it until the transaction ends: whoever is about to act asks so.
    """
    row = await find_row(
        driver,
        f"""SELECT {CASE_SELECT},
                EXISTS (SELECT FROM whistle w WHERE w.district = c.district AND w.case_id = c.id) AS whistled
            FROM cases c WHERE c.district = $1 AND c.id = $2 {"FOR NO KEY UPDATE OF c" if locked else ""}""",  # noqa: S608 - constants
        district,
        case_id,
    )
    if row is None:
        return None
    case = case_of(row)
    task = await find_task(driver, district, case.task) if case.task else None
    whistles = await list_whistles(driver, district, case.id) if row["whistled"] else ()
    return CaseFile(case, row["number"], task, whistles)


async def find_task(driver: asyncpg.Connection, district: str, task_id: UUID) -> Task | None:
    """The task of that id."""
    row = await find_row(driver, "SELECT * FROM task WHERE district = $1 AND id = $2", district, task_id)
    return task_of(row) if row else None


async def list_tasks(driver: asyncpg.Connection, district: str, case_id: UUID) -> tuple[Task, ...]:
    """Every offer that the case ever made, in order."""
    rows = await fetch_rows(
        driver,
        "SELECT * FROM task WHERE district = $1 AND case_id = $2 ORDER BY offered_at, id",
        district,
        case_id,
    )
    return tuple(task_of(row) for row in rows)


async def list_tasks_of(
    driver: asyncpg.Connection, district: str, person: UUID, *, live: bool, limit: int
) -> tuple[Task, ...]:
    """Somebody's tasks, newest first; only those that he still holds where `live`."""
    rows = await fetch_rows(
        driver,
        """SELECT * FROM task WHERE district = $1 AND responder = $2 AND (NOT $3 OR state = ANY($4::text[]))
           ORDER BY offered_at DESC, id DESC LIMIT $5""",
        district,
        person,
        live,
        [TaskState.OFFERED.value, TaskState.ACCEPTED.value],
        limit,
    )
    return tuple(task_of(row) for row in rows)


async def list_whistles(driver: asyncpg.Connection, district: str, case_id: UUID) -> tuple[Whistle, ...]:
    """The case's whistles with their calls."""
    rows = await fetch_rows(
        driver,
        "SELECT * FROM whistle WHERE district = $1 AND case_id = $2 ORDER BY called_at, id",
        district,
        case_id,
    )
    calls = await fetch_rows(
        driver,
        "SELECT * FROM whistle_call WHERE district = $1 AND whistle = ANY($2::uuid[]) ORDER BY department",
        district,
        [row["id"] for row in rows],
    )
    return tuple(whistle_of(row, [call for call in calls if call["whistle"] == row["id"]]) for row in rows)


async def find_case_of_whistle(driver: asyncpg.Connection, district: str, whistle: UUID) -> UUID | None:
    """The case from which a whistle was blown."""
    row = await find_row(
        driver, "SELECT case_id FROM whistle WHERE district = $1 AND id = $2", district, whistle
    )
    return row["case_id"] if row else None


async def list_events(driver: asyncpg.Connection, district: str, case_id: UUID) -> tuple[CaseEvent, ...]:
    """What happened to the case, in order."""
    rows = await fetch_rows(
        driver,
        "SELECT * FROM case_event WHERE district = $1 AND case_id = $2 ORDER BY (body ->> 'number')::integer",
        district,
        case_id,
    )
    return tuple(event_of(row) for row in rows)


async def list_cases(driver: asyncpg.Connection, district: str, ids: Sequence[UUID]) -> tuple[Case, ...]:
    """The cases of those ids, in no order."""
    rows = await fetch_rows(
        driver,
        f"SELECT {CASE_SELECT} FROM cases c WHERE c.district = $1 AND c.id = ANY($2::uuid[])",  # noqa: S608 - a constant
        district,
        list(ids),
    )
    return tuple(case_of(row) for row in rows)


async def list_neighbours(driver: asyncpg.Connection, case: Case) -> tuple[Case, ...]:
    """Live cases of the same category within a hundred metres: what a new report may duplicate."""
    rows = await fetch_rows(
        driver,
        f"""SELECT {CASE_SELECT} FROM cases c
            WHERE c.district = $1 AND c.category = $2 AND c.id <> $3
                AND c.state IN ('reported', 'filed', 'offered', 'accepted', 'on_site')
                AND c.geom && ST_Expand(ST_SetSRID(ST_MakePoint($4, $5), 4326), 0.001)
            ORDER BY c.geom <-> ST_SetSRID(ST_MakePoint($4, $5), 4326) LIMIT 10""",  # noqa: S608 - a constant
        case.district,
        case.category,
        case.id,
        case.place.at.lon,
        case.place.at.lat,
    )
    return tuple(case_of(row) for row in rows)


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """A finding that came in under the same client id."""

    case: UUID
    digest: str


async def find_report(
    driver: asyncpg.Connection, district: str, submitter: UUID | None, client_id: str
) -> EarlierReport | None:
    """What this submitter's phone has already sent under this id."""
    row: Row | None = await find_row(
        driver,
        "SELECT case_id, digest FROM finding WHERE district = $1 AND submitter = $2 AND client_id = $3",
        district,
        submitter or NOBODY,
        client_id,
    )
    return EarlierReport(row["case_id"], row["digest"]) if row else None


async def find_receipt(
    driver: asyncpg.Connection, district: str, submitter: UUID | None, client_id: str
) -> str | None:
    """The digest of an act that this submitter's phone has already had done under this id."""
    row = await find_row(
        driver,
        "SELECT digest FROM receipt WHERE district = $1 AND submitter = $2 AND client_id = $3",
        district,
        submitter or NOBODY,
        client_id,
    )
    return row["digest"] if row else None


async def chief_phone(driver: asyncpg.Connection, district: str, street: str | None) -> str:
    """The number of the chief of a street's task force; empty where there is none."""
    row = await find_row(
        driver,
        """SELECT p.phone FROM task_force f JOIN person p ON p.district = f.district AND p.id = f.chief
           WHERE f.district = $1 AND f.street = $2""",
        district,
        street,
    )
    return row["phone"] if row else ""


async def times_due(driver: asyncpg.Connection, district: str, case_id: UUID) -> dict[str, datetime]:
    """What will happen to the case by itself, and when."""
    rows = await fetch_rows(
        driver, "SELECT kind, due_at FROM timer WHERE district = $1 AND case_id = $2", district, case_id
    )
    return {row["kind"]: row["due_at"] for row in rows}
