"""Dealing out all waiting cases at once: first as a plan to look at, then as offers."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from api.actors import actor_of
from api.casework import Casework, PureAct
from api.dependencies import Engine
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.routes.cases import CaseworkOfRequest
from api.store.case_lists import CaseFilter, list_case_items
from api.store.cases import CaseFile
from api.store.database import driver_transaction
from api.store.people_near import list_people_of
from api.store.saving import LostRaceError
from api.store.waiting_cases import list_asked, list_task_forces
from dispatch import use_cases
from dispatch.batch import BatchPlan, plan_batch
from dispatch.cases import Act
from dispatch.changes import Change
from dispatch.choices import Choice
from dispatch.clocks import ClockState
from dispatch.errors import DispatchError
from dispatch.lifecycle import State
from dispatch.situation import Situation

router = APIRouter(prefix="/api/v1/plans", tags=["cases"])

Dispatching = Annotated[Principal, require(Permission.DISPATCH)]
_MOST = 1000


class PlanRequest(BaseModel):
    """Which waiting cases to deal out: those of an area, or all that one may dispatch."""

    area: Annotated[str, Field(max_length=15, pattern=r"^\d*$")] = ""


class PlannedOffer(BaseModel):
    """Whom a case would be offered to, and why."""

    case: UUID
    number: int
    responder: UUID
    name: str
    name_en: str
    post: str
    expected_s: float | None
    reason: str
    reason_en: str
    offered: bool = False
    """Whether it was offered; false in a plan, and where somebody else was faster."""


class TollItem(BaseModel):
    """What offers cost in all: how many, the seconds on the way, and how many come after the deadline."""

    offers: int
    travel_s: float
    late: int


class Plan(BaseModel):
    """Offers for every waiting case that somebody can take, and the cases that nobody can.

    `one_by_one` is what dealing the same cases out in turn would cost, each to the nearest who is left.
    """

    made_at: datetime
    offers: list[PlannedOffer]
    left: list[UUID]
    travel_s: float
    toll: TollItem
    one_by_one: TollItem


@router.post("/preview")
async def preview_plan(
    body: PlanRequest, request: Request, principal: Dispatching, engine: Engine, work: CaseworkOfRequest
) -> Plan:
    """Return whom each waiting case would go to if all were dealt out now; nothing is changed."""
    now, plan, numbers = await _plan(body, request, principal, engine, work)
    return _told(now, plan, numbers, frozenset())


@router.post("/offers")
async def offer_plan(
    body: PlanRequest, request: Request, principal: Dispatching, engine: Engine, work: CaseworkOfRequest
) -> Plan:
    """Deal out all waiting cases now; each offer stands for itself and may come too late."""
    now, plan, numbers = await _plan(body, request, principal, engine, work)
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)
    offered = set()
    for case, choice in plan.offers:
        try:
            await work.act(case.id, actor, _offering(choice))
        except (DispatchError, LostRaceError):
            continue
        offered.add(case.id)
    return _told(now, plan, numbers, frozenset(offered))


def _offering(choice: Choice) -> PureAct:
    def offer(file: CaseFile, act: Act) -> Change:
        return use_cases.offer(file.case, choice, act)

    return offer


async def _plan(
    body: PlanRequest, request: Request, principal: Principal, engine: AsyncEngine, work: Casework
) -> tuple[datetime, BatchPlan, Mapping[UUID, int]]:
    now = work.clock()
    reach = reach_of(principal, Permission.DISPATCH)
    wanted = CaseFilter(area=body.area, states=(State.FILED.value,))
    async with driver_transaction(engine) as driver:
        listed = await list_case_items(driver, principal.district, wanted, reach, limit=_MOST)
        waiting = [one for one in listed if one.case.clock.state is ClockState.RUNNING]
        asked = await list_asked(driver, principal.district, [one.case.id for one in waiting])
        people = await list_people_of(driver, principal.district, "", now)
        forces = await list_task_forces(driver, principal.district)
    situation = Situation(work.policy, forces, people, request.app.state.roads.travels())
    cases = [one.case for one in waiting]
    plan = await asyncio.to_thread(plan_batch, cases, situation, now, asked)
    return now, plan, {one.case.id: one.number for one in waiting}


def _told(now: datetime, plan: BatchPlan, numbers: Mapping[UUID, int], offered: frozenset[UUID]) -> Plan:
    offers = [
        PlannedOffer(
            case=case.id,
            number=numbers[case.id],
            responder=choice.responder.person,
            name=choice.responder.name,
            name_en=choice.responder.called_en,
            post=choice.responder.post,
            expected_s=choice.expected_s,
            reason=choice.reason.zh,
            reason_en=choice.reason.en,
            offered=case.id in offered,
        )
        for case, choice in plan.offers
    ]
    left: list[UUID] = [case.id for case in plan.left]
    return Plan(
        made_at=now,
        offers=offers,
        left=left,
        travel_s=plan.travel_s,
        toll=TollItem(**asdict(plan.toll)),
        one_by_one=TollItem(**asdict(plan.one_by_one)),
    )
