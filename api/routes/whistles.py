"""Whistles: what departments were called to, and their own steps from the call to done."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.actors import actor_of
from api.case_access import demand
from api.case_items import CaseItem
from api.dependencies import DriverTransaction, Engine
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.refusals import NotAllowedError
from api.routes.acts import ActBody, show
from api.routes.arrivals import Arrival, demand_near
from api.routes.case_shapes import PhotographName, WhistleItem
from api.routes.cases import CaseworkOfRequest, show_item
from api.store.case_lists import find_items
from api.store.cases import CaseFile, find_case_of_whistle, list_whistles
from api.store.database import driver_transaction
from api.store.rows import fetch_rows
from dispatch import use_cases
from dispatch.cases import Act, Case
from dispatch.changes import Change
from dispatch.errors import WhistleNotFoundError
from dispatch.ids import DepartmentId
from dispatch.whistle import Whistle

router = APIRouter(prefix="/api/v1/whistles", tags=["whistles"])

Answering = Annotated[Principal, require(Permission.ANSWER_WHISTLE)]
Blowing = Annotated[Principal, require(Permission.BLOW_WHISTLE)]
Department = Annotated[str, Field(min_length=1, max_length=64)]


class DepartmentBody(ActBody):
    """Which of the departments that were called."""

    department: Department


class DepartmentArrival(DepartmentBody, Arrival):
    """Where the department's people are; far from the case a reason is asked for."""


class DepartmentEnding(DepartmentBody):
    """That the department's part is done, with the photographs that show it."""

    photographs: Annotated[list[PhotographName], Field(default_factory=list, max_length=12)]


class DepartmentRating(DepartmentBody):
    """How well it turned up, from 1 to 5."""

    score: Annotated[int, Field(ge=1, le=5)]


class WhistleWithCase(BaseModel):
    """A whistle and the case from which it was blown."""

    whistle: WhistleItem
    case: CaseItem


@router.get("")
async def read_whistles(
    driver: DriverTransaction,
    caller: Answering,
    department: Annotated[str, Query(max_length=64)] = "",
    standing: Annotated[list[str] | None, Query(max_length=5)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[WhistleWithCase]:
    """List the whistles that call one's department, newest first."""
    reach = reach_of(caller, Permission.ANSWER_WHISTLE)
    rows = await fetch_rows(
        driver,
        """SELECT DISTINCT w.id, w.case_id, w.called_at FROM whistle w
           JOIN whistle_call d ON d.district = w.district AND d.whistle = w.id
           JOIN cases c ON c.district = w.district AND c.id = w.case_id
           WHERE w.district = $1 AND EXISTS (
               SELECT FROM unnest($2::text[], $3::text[]) AS g(area, department)
               WHERE g.department IN ('', d.department)
                 AND starts_with(coalesce(nullif(c.area, ''), c.nearest_area, c.district), g.area))
             AND ($4 = '' OR d.department = $4)
             AND (cardinality($5::text[]) = 0 OR d.standing = ANY($5::text[]))
           ORDER BY w.called_at DESC LIMIT $6""",
        caller.district,
        [grant.area for grant in reach.grants],
        [grant.department or "" for grant in reach.grants],
        department,
        standing or [],
        limit,
    )
    cases: dict[UUID, CaseItem] = {
        listed.case.id: show_item(listed)
        for listed in await find_items(driver, caller.district, [row["case_id"] for row in rows])
    }
    wanted = {row["id"]: row["case_id"] for row in rows if row["case_id"] in cases}
    found: dict[UUID, Whistle] = {}
    for case_id in dict.fromkeys(wanted.values()):
        found |= {whistle.id: whistle for whistle in await list_whistles(driver, caller.district, case_id)}
    return [
        WhistleWithCase(whistle=WhistleItem.of(found[whistle]), case=cases[case_id])
        for whistle, case_id in wanted.items()
    ]


Step = Callable[[Case, Whistle, DepartmentId, Act], Change]


async def _do(
    engine: Engine,
    work: CaseworkOfRequest,
    principal: Principal,
    permission: Permission,
    whistle_id: UUID,
    body: DepartmentBody,
    step: Step,
) -> CaseItem:
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)
        case_id = await find_case_of_whistle(driver, principal.district, whistle_id)
    if case_id is None:
        raise WhistleNotFoundError

    def look(file: CaseFile) -> None:
        demand(principal, permission, file)
        if permission is Permission.ANSWER_WHISTLE:
            grants = reach_of(principal, permission).grants
            if not any(grant.department in (None, body.department) for grant in grants):
                raise NotAllowedError

    async def run(file: CaseFile, act: Act, _: asyncpg.Connection) -> Change:
        whistle = next((one for one in file.whistles if one.id == whistle_id), None)
        if whistle is None:
            raise WhistleNotFoundError
        return step(file.case, whistle, DepartmentId(body.department), act)

    case = await work.act_within(case_id, actor, run, body.told(look))
    return await show(engine, principal, case.id)


@router.post("/{whistle_id}/report-in")
async def report_in(
    whistle_id: UUID, body: DepartmentBody, caller: Answering, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Answer the call."""
    return await _do(engine, work, caller, Permission.ANSWER_WHISTLE, whistle_id, body, use_cases.report_in)


@router.post("/{whistle_id}/arrive")
async def arrive_for_whistle(
    whistle_id: UUID, body: DepartmentArrival, caller: Answering, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say that the department's people are there; far off the case it takes a reason."""

    def step(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change:
        away_m = demand_near(body, case.place.at, act)
        return use_cases.whistle_arrive(case, whistle, department, act, away_m=away_m)

    return await _do(engine, work, caller, Permission.ANSWER_WHISTLE, whistle_id, body, step)


@router.post("/{whistle_id}/done")
async def finish(
    whistle_id: UUID, body: DepartmentEnding, caller: Answering, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say that the department has done its part, with photographs uploaded before."""

    def step(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change:
        return use_cases.whistle_done(case, whistle, department, act, body.photographs)

    return await _do(engine, work, caller, Permission.ANSWER_WHISTLE, whistle_id, body, step)


@router.post("/{whistle_id}/ask-for-release")
async def ask_for_release(
    whistle_id: UUID, body: DepartmentBody, caller: Answering, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say why the department should not be needed; whoever blew the whistle decides."""
    return await _do(
        engine, work, caller, Permission.ANSWER_WHISTLE, whistle_id, body, use_cases.ask_for_release
    )


@router.post("/{whistle_id}/release")
async def release(
    whistle_id: UUID, body: DepartmentBody, blower: Blowing, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Let a department go, with a reason."""
    return await _do(engine, work, blower, Permission.BLOW_WHISTLE, whistle_id, body, use_cases.release)


@router.post("/{whistle_id}/rate")
async def rate(
    whistle_id: UUID, body: DepartmentRating, blower: Blowing, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say how well a department turned up."""

    def step(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change:
        return use_cases.rate_department(case, whistle, department, act, body.score)

    return await _do(engine, work, blower, Permission.BLOW_WHISTLE, whistle_id, body, step)
