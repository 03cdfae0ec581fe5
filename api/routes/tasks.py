"""Tasks: what somebody was asked to do, and the steps on the way to having done it."""

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
from api.identity import Permission, Principal
from api.routes.acts import ActBody, show
from api.routes.arrivals import Arrival, demand_near
from api.routes.case_shapes import PhotographName, TaskItem
from api.routes.cases import CaseworkOfRequest, show_item, task_items
from api.store.case_lists import find_items
from api.store.cases import CaseFile, find_task, list_tasks_of
from api.store.database import driver_transaction
from dispatch import use_cases
from dispatch.cases import Act, Task
from dispatch.changes import Change
from dispatch.errors import TaskNotFoundError
from dispatch.lifecycle import Outcome
from dispatch.policy import Policy

router = APIRouter(prefix="/api/v1/tasks", tags=["tasks"])

Taker = Annotated[Principal, require(Permission.TAKE_TASKS)]


class TaskWithCase(BaseModel):
    """A task and the case it is about."""

    task: TaskItem
    case: CaseItem


class Ending(ActBody):
    """How it ended, with the photographs that show it."""

    outcome: Outcome | None = None
    photographs: Annotated[list[PhotographName], Field(default_factory=list, max_length=12)]


@router.get("")
async def read_my_tasks(
    driver: DriverTransaction,
    taker: Taker,
    live: Annotated[bool, Query(description="Only what is offered or accepted.")] = True,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[TaskWithCase]:
    """List one's own tasks, newest offers first, each with its case."""
    if taker.person is None:
        return []
    tasks = await list_tasks_of(driver, taker.district, taker.person, live=live, limit=limit)
    shown = await task_items(driver, taker.district, tasks)
    cases: dict[UUID, CaseItem] = {
        listed.case.id: show_item(listed)
        for listed in await find_items(driver, taker.district, [task.case for task in tasks])
    }
    return [TaskWithCase(task=item, case=cases[item.case]) for item in shown if item.case in cases]


async def do_on_task(
    engine: Engine,
    work: CaseworkOfRequest,
    taker: Principal,
    task_id: UUID,
    body: ActBody,
    pure: Callable[[CaseFile, Task, Act, Policy], Change],
    *,
    of_his_own: bool = False,
) -> CaseItem:
    """Do one step of a task. `of_his_own`: whoever was asked once may, though the case is another's now."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, taker)
        found = await find_task(driver, taker.district, task_id)
    if found is None:
        raise TaskNotFoundError

    async def run(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        task = await find_task(driver, taker.district, task_id)
        assert task is not None
        return pure(file, task, act, work.policy)

    def look(file: CaseFile) -> None:
        if not (of_his_own and found.responder in taker.selves):
            demand(taker, Permission.VIEW_CASES, file)

    case = await work.act_within(found.case, actor, run, body.told(look))
    return await show(engine, taker, case.id)


@router.post("/{task_id}/accept")
async def accept(
    task_id: UUID, body: ActBody, taker: Taker, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say yes."""
    return await do_on_task(
        engine, work, taker, task_id, body, lambda file, task, act, _: use_cases.accept(file.case, task, act)
    )


@router.post("/{task_id}/decline")
async def decline(
    task_id: UUID, body: ActBody, taker: Taker, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say no, and why; the case looks for somebody else."""
    return await do_on_task(
        engine, work, taker, task_id, body, lambda file, task, act, _: use_cases.decline(file.case, task, act)
    )


@router.post("/{task_id}/on-my-way")
async def set_out(
    task_id: UUID, body: ActBody, taker: Taker, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say that one has set out."""
    return await do_on_task(
        engine,
        work,
        taker,
        task_id,
        body,
        lambda file, task, act, _: use_cases.on_my_way(file.case, task, act),
    )


@router.post("/{task_id}/arrive")
async def arrive(
    task_id: UUID, body: Arrival, taker: Taker, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Say that one is there; far off the case it takes a reason."""

    def pure(file: CaseFile, task: Task, act: Act, _: Policy) -> Change:
        away_m = demand_near(body, file.case.place.at, act)
        return use_cases.arrive(file.case, task, act, away_m=away_m)

    return await do_on_task(engine, work, taker, task_id, body, pure)


@router.post("/{task_id}/resolve")
async def resolve(
    task_id: UUID, body: Ending, taker: Taker, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """End it on the spot: persuaded, enforced, rectified or passed on, with the evidence policy asks for."""

    def pure(file: CaseFile, task: Task, act: Act, policy: Policy) -> Change:
        return use_cases.resolve(
            file.case,
            task,
            act,
            policy,
            body.outcome,
            photographs=body.photographs,
            whistles=file.whistles,
        )

    return await do_on_task(engine, work, taker, task_id, body, pure)
