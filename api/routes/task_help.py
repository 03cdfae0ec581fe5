"""What helps somebody with his tasks: the way there, the order of a round, whom to call, late evidence."""

import math
from typing import Annotated, cast
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from api.case_access import demand
from api.case_items import CaseItem, LonLatPair
from api.dependencies import DriverTransaction, Engine
from api.errors import NotFoundError, NotReadyError
from api.guards import require
from api.identity import Permission, Principal
from api.roads_watch import RoadsWatch
from api.routes.acts import ActBody
from api.routes.case_shapes import PhotographName
from api.routes.cases import CaseworkOfRequest
from api.routes.query_place import Latitude, Longitude
from api.routes.tasks import do_on_task
from api.store.audit import record_by_driver
from api.store.case_lists import find_items
from api.store.cases import CaseFile, find_case_file, find_task, list_tasks_of
from api.store.street_walks import people_to_call
from dispatch import use_cases
from dispatch.cases import Act, Task
from dispatch.changes import Change
from dispatch.errors import TaskNotFoundError
from dispatch.policy import Policy
from dispatch.rounds import shortest_round
from geo.coordinates import LonLat
from geo.road_rules import Mode
from geo.travel import Travel

router = APIRouter(prefix="/api/v1/tasks", tags=["tasks"])

Taker = Annotated[Principal, require(Permission.TAKE_TASKS)]
_AT_MOST = 40
"""A round of more stops than this is not one day's."""


async def roads_of(request: Request) -> RoadsWatch:
    """Return the roads as this process knows them."""
    return cast(RoadsWatch, request.app.state.roads)


RoadsOfRequest = Annotated[RoadsWatch, Depends(roads_of)]


class WayStep(BaseModel):
    """A stretch of one street."""

    name: str
    name_en: str
    length_m: float


class Way(BaseModel):
    """How to get there over the district's own roads, WGS 84."""

    task: UUID
    mode: Mode
    seconds: float
    length_m: float
    line: list[LonLatPair]
    steps: list[WayStep]


class RoundStop(BaseModel):
    """One stop of a round; times are walking only, and null where no way leads."""

    task: UUID
    walk_s: float | None
    arrives_s: float | None
    late: bool
    """Whether the deadline will have passed on arrival."""


class Round(BaseModel):
    """The shortest walk through everything that one has accepted or is offered."""

    stops: list[RoundStop]
    walk_s: float


class Contact(BaseModel):
    """Somebody to call about a task."""

    why: str
    """`chief` of the street, `grid_leader`, or the `finder`."""
    name: str
    name_en: str
    post: str
    phone: str


class Evidence(ActBody):
    """What one did and saw when the case had gone on already."""

    photographs: Annotated[list[PhotographName], Field(default_factory=list, max_length=12)]


def _travel(roads: RoadsWatch, mode: Mode) -> Travel:
    travel = roads.travels().get(mode.value)
    if travel is None:
        raise NotReadyError
    return travel


async def _own_file(driver: asyncpg.Connection, taker: Principal, task_id: UUID) -> tuple[Task, CaseFile]:
    """Return the task and its case; 'no such task' for whoever may not see it."""
    task = await find_task(driver, taker.district, task_id)
    file = await find_case_file(driver, taker.district, task.case) if task else None
    if task is None or file is None:
        raise TaskNotFoundError
    if task.responder not in taker.selves:
        demand(taker, Permission.TAKE_TASKS, file)
    return task, file


@router.get("/round")
async def suggest_round(
    taker: Taker, driver: DriverTransaction, roads: RoadsOfRequest, work: CaseworkOfRequest,
    lon: Longitude, lat: Latitude,
) -> Round:  # fmt: skip
    """Suggest in which order to visit one's tasks: the shortest walk from where one stands."""
    travel = _travel(roads, Mode.WALK)
    if taker.person is None:
        return Round(stops=[], walk_s=0.0)
    tasks = await list_tasks_of(driver, taker.district, taker.person, live=True, limit=_AT_MOST)
    listed = await find_items(driver, taker.district, [task.case for task in tasks])
    cases = {one.case.id: one.case for one in listed}
    tasks = tuple(task for task in tasks if task.case in cases)
    places = [cases[task.case].place.at for task in tasks]
    if not places:
        return Round(stops=[], walk_s=0.0)
    seconds = travel.matrix([LonLat(lon, lat), *places], places)
    stops = shortest_round(seconds[0].tolist(), seconds[1:].tolist())
    now = work.clock()
    shown = []
    for stop in stops:
        reached = math.isfinite(stop.arrives_s)
        due = cases[tasks[stop.number].case].clock.due
        left_s = (due - now).total_seconds() if due else math.inf
        shown.append(
            RoundStop(
                task=tasks[stop.number].id,
                walk_s=round(stop.walk_s, 1) if reached else None,
                arrives_s=round(stop.arrives_s, 1) if reached else None,
                late=(stop.arrives_s if reached else 0.0) > left_s,
            )
        )
    walked = [stop.arrives_s for stop in stops if math.isfinite(stop.arrives_s)]
    return Round(stops=shown, walk_s=round(max(walked, default=0.0), 1))


@router.get("/{task_id}/way")
async def read_way(
    task_id: UUID,
    taker: Taker,
    driver: DriverTransaction,
    roads: RoadsOfRequest,
    lon: Longitude,
    lat: Latitude,
    mode: Mode = Mode.WALK,
) -> Way:
    """Return the quickest way to a task of one's own, from where the phone is, closures heeded."""
    _, file = await _own_file(driver, taker, task_id)
    path = _travel(roads, mode).path(LonLat(lon, lat), file.case.place.at)
    if path is None:
        raise NotFoundError("way", "路线")
    return Way(
        task=task_id,
        mode=mode,
        seconds=path.seconds,
        length_m=round(path.length_m, 1),
        line=[(round(x, 6), round(y, 6)) for x, y in path.line.coords],
        steps=[
            WayStep(name=step.name, name_en=step.name_en, length_m=round(step.length_m, 1))
            for step in path.steps
        ],
    )


@router.get("/{task_id}/contacts")
async def read_contacts(task_id: UUID, taker: Taker, driver: DriverTransaction) -> list[Contact]:
    """Say whom to call about a task of one's own; the look is recorded."""
    _, file = await _own_file(driver, taker, task_id)
    asker = taker.person or taker.account
    assert asker is not None, "who takes tasks has signed in"
    rows = await people_to_call(driver, taker.district, file.case.id, asker)
    if rows:
        await record_by_driver(
            driver, taker, "look:phones", f"{len(rows)} people", area=file.case.place.area or ""
        )
    rows = sorted(rows, key=lambda row: row["place"])
    return [Contact(**{name: row[name] for name in Contact.model_fields}) for row in rows]


@router.post("/{task_id}/evidence")
async def keep_evidence(
    task_id: UUID, body: Evidence, taker: Taker, engine: Engine, work: CaseworkOfRequest
) -> CaseItem:
    """Keep what one did and saw with the case, although it had gone on before one's phone could say so."""

    def pure(file: CaseFile, task: Task, act: Act, _: Policy) -> Change:
        return use_cases.keep_evidence(file.case, task, act, body.photographs)

    return await do_on_task(engine, work, taker, task_id, body, pure, of_his_own=True)
