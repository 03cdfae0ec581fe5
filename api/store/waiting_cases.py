"""What dealing out many cases at once has to know: every task force, and who was asked for what before."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from api.store.rows import fetch_rows
from dispatch.decision import HAD_THEIR_CHANCE
from dispatch.ids import CaseId, PersonId, TaskForceId
from dispatch.task_forces import TaskForce
from geo.area_codes import AreaCode
from geo.streets import StreetId


async def list_task_forces(driver: asyncpg.Connection, district: str) -> list[TaskForce]:
    """Every task force that has a chief."""
    rows = await fetch_rows(
        driver,
        """SELECT DISTINCT ON (f.street) f.id, f.street, f.name, f.chief, s.subdistrict,
               ARRAY(SELECT m.person FROM task_force_member m
                     WHERE m.district = f.district AND m.task_force = f.id) AS members
           FROM task_force f
           JOIN street s ON s.district = f.district AND s.id = f.street
           WHERE f.district = $1 AND f.chief IS NOT NULL
           ORDER BY f.street, s.version DESC""",
        district,
    )
    return [
        TaskForce(
            TaskForceId(row["id"]),
            StreetId(row["street"]),
            row["name"],
            AreaCode(row["subdistrict"]),
            PersonId(row["chief"]),
            tuple(PersonId(member) for member in row["members"]),
        )
        for row in rows
    ]


async def list_asked(
    driver: asyncpg.Connection, district: str, cases: Sequence[UUID]
) -> dict[CaseId, frozenset[PersonId]]:
    """Whom not to ask again, by case."""
    rows = await fetch_rows(
        driver,
        "SELECT case_id, array_agg(DISTINCT responder) AS asked FROM task "
        "WHERE district = $1 AND case_id = ANY($2::uuid[]) AND state = ANY($3::text[]) GROUP BY case_id",
        district,
        list(cases),
        [state.value for state in HAD_THEIR_CHANCE],
    )
    return {CaseId(row["case_id"]): frozenset(map(PersonId, row["asked"])) for row in rows}
