"""People and task forces as administrators and chiefs keep them."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may, reach_of
from api.ids import new_id
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.refusals import NotAllowedError, UnusableValueError
from api.routes.account_shapes import ShortText
from api.store import staff
from api.store.audit import record_by_driver
from api.store.rows import Row

router = APIRouter(prefix="/api/v1", tags=["staff"])

Viewer = Annotated[Principal, require(Permission.VIEW_PEOPLE)]
Keeper = Annotated[Principal, require(Permission.MANAGE_PEOPLE)]
RosterKeeper = Annotated[Principal, require(Permission.MANAGE_ROSTERS)]

AreaText = Annotated[str, Field(pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$")]
OptionalText = Annotated[str, Field(max_length=100)]
Phone = Annotated[str, Field(max_length=40, pattern=r"^[0-9+() -]*$")]
Skills = Annotated[list[ShortText], Field(max_length=30)]
Capacity = Annotated[int, Field(ge=0, le=1000)]


class PersonItem(BaseModel):
    """A member of staff."""

    id: UUID
    name: str
    name_en: str
    post: str
    skills: list[str]
    phone: str | None
    """Null for whoever may not see it."""
    area: str
    street: str | None
    department: str | None
    capacity: int
    load: int
    active: bool
    on_shift: bool


class NewPerson(BaseModel):
    """Somebody who begins to work in the district."""

    name: ShortText
    name_en: OptionalText = ""
    post: ShortText
    skills: Skills = []
    phone: Phone = ""
    area: AreaText
    street: OptionalText | None = None
    department: OptionalText | None = None
    capacity: Capacity = 3


class PersonChange(BaseModel):
    """What is stated is changed, the rest stays."""

    name: ShortText | None = None
    name_en: OptionalText | None = None
    post: ShortText | None = None
    skills: Skills | None = None
    phone: Phone | None = None
    area: AreaText | None = None
    street: OptionalText | None = None
    department: OptionalText | None = None
    capacity: Capacity | None = None
    active: bool | None = None


class TaskForceItem(BaseModel):
    """The task force of one street."""

    id: UUID
    street: str
    name: str
    name_en: str
    chief: UUID | None
    chief_name: str | None
    members: list[UUID]


class TaskForceChange(BaseModel):
    """Who leads the task force, and who belongs to it."""

    chief: UUID | None
    members: Annotated[list[UUID], Field(max_length=200)]


@router.get("/people")
async def list_people(
    principal: Viewer,
    driver: DriverTransaction,
    area: Annotated[str, Query(max_length=15, pattern="^[0-9]*$")] = "",
    street: Annotated[str, Query(max_length=100)] = "",
    post: Annotated[str, Query(max_length=100)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    active: bool | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[PersonItem]:
    """List the people whom one may see."""
    area_after, id_after = decode_cursor(cursor, 2)
    rows = await staff.list_people(
        driver,
        principal.district,
        reach_of(principal, Permission.VIEW_PEOPLE),
        staff.PeopleFilter(area, street, post, q, active),
        after=(area_after, id_after),
        limit=limit + 1,
    )
    if any(_sees_phone(principal, row) and row["phone"] for row in rows[:limit]):
        await record_by_driver(driver, principal, "look:phones", f"{len(rows[:limit])} people")
    return page_of(rows, limit, lambda row: _item(principal, row), lambda row: (row["area"], str(row["id"])))


@router.get("/people/{person_id}")
async def read_person(person_id: UUID, principal: Viewer, driver: DriverTransaction) -> PersonItem:
    """Show one member of staff."""
    row = await _person(driver, principal, person_id, Permission.VIEW_PEOPLE)
    if _sees_phone(principal, row) and row["phone"]:
        await record_by_driver(driver, principal, "look:phone", str(person_id), area=row["area"])
    return _item(principal, row)


@router.post("/people", status_code=201)
async def add_person(body: NewPerson, principal: Keeper, driver: DriverTransaction) -> PersonItem:
    """Add a member of staff."""
    values = body.model_dump()
    _check_place(principal, values)
    made = new_id()
    await staff.add_person(driver, principal.district, made, values)
    await record_by_driver(driver, principal, "person.add", str(made), area=body.area)
    return _item(principal, await _person(driver, principal, made, Permission.MANAGE_PEOPLE))


@router.patch("/people/{person_id}")
async def change_person(
    person_id: UUID, body: PersonChange, principal: Keeper, driver: DriverTransaction
) -> PersonItem:
    """Change a member of staff; `active: false` takes him out of dispatch and keeps what he did."""
    row = await _person(driver, principal, person_id, Permission.MANAGE_PEOPLE)
    told = body.model_dump(exclude_unset=True)
    empty = [name for name, value in told.items() if value is None and name not in {"street", "department"}]
    if empty:
        raise UnusableValueError(f"'{empty[0]}' cannot be taken away", f"“{empty[0]}”不能为空")
    _check_place(principal, {**row, **told})
    await staff.change_person(driver, principal.district, person_id, told)
    changed = sorted(told)
    await record_by_driver(
        driver, principal, "person.change", str(person_id), area=row["area"], details={"changed": changed}
    )
    return _item(principal, await _person(driver, principal, person_id, Permission.MANAGE_PEOPLE))


@router.get("/task-forces")
async def list_task_forces(
    principal: Viewer, driver: DriverTransaction, cursor: Cursor = "", limit: Limit = 50
) -> Page[TaskForceItem]:
    """List the task forces, one for each street."""
    (after,) = decode_cursor(cursor, 1)
    reach = reach_of(principal, Permission.VIEW_PEOPLE)
    rows = await staff.list_task_forces(driver, principal.district, reach, after=after, limit=limit + 1)
    return page_of(rows, limit, _task_force_item, lambda row: (row["street"],))


@router.put("/task-forces/{task_force_id}")
async def change_task_force(
    task_force_id: UUID, body: TaskForceChange, principal: RosterKeeper, driver: DriverTransaction
) -> TaskForceItem:
    """Say who leads a task force and who belongs to it."""
    row = await staff.find_task_force(driver, principal.district, task_force_id)
    where = Where(row["area"], street=row["street"]) if row else None
    if row is None or where is None or not may(principal, Permission.VIEW_PEOPLE, where):
        raise NotFoundError("task force", "街长制队伍")
    if not may(principal, Permission.MANAGE_ROSTERS, where):
        raise NotAllowedError
    wanted = {*body.members, *([body.chief] if body.chief else [])}
    if await staff.count_people(driver, principal.district, list(wanted)) != len(wanted):
        raise UnusableValueError(
            "Somebody in the list is no active member of staff", "名单中有人不是在岗工作人员"
        )
    await staff.set_task_force(driver, principal.district, task_force_id, body.chief, body.members)
    details = {"chief": str(body.chief), "members": [str(member) for member in body.members]}
    await record_by_driver(
        driver, principal, "task-force.change", str(task_force_id), area=row["area"], details=details
    )
    changed = await staff.find_task_force(driver, principal.district, task_force_id)
    assert changed is not None, "task forces are not deleted here"
    return _task_force_item(changed)


def _where(row: Row) -> Where:
    departments: Sequence[str] = [row["department"]] if row["department"] else []
    return Where(row["area"], row["street"], frozenset(departments), frozenset({row["id"]}))


def _sees_phone(principal: Principal, row: Row) -> bool:
    where = _where(row)
    return may(principal, Permission.VIEW_CONTACTS, where) or may(principal, Permission.MANAGE_PEOPLE, where)


def _item(principal: Principal, row: Row) -> PersonItem:
    shown = dict(row)
    if not _sees_phone(principal, row):
        shown["phone"] = None
    return PersonItem(**shown)


def _task_force_item(row: Row) -> TaskForceItem:
    return TaskForceItem(**{name: row[name] for name in TaskForceItem.model_fields})


async def _person(
    driver: asyncpg.Connection, principal: Principal, person: UUID, permission: Permission
) -> Row:
    """Return a member of staff whom the principal may see, and may do this to."""
    row = await staff.find_person(driver, principal.district, person)
    if row is None or not may(principal, Permission.VIEW_PEOPLE, _where(row)):
        raise NotFoundError("member of staff", "工作人员")
    if not may(principal, permission, _where(row)):
        raise NotAllowedError
    return row


def _check_place(principal: Principal, values: dict[str, Any]) -> None:
    """Refuse to put somebody where the principal keeps no people."""
    if not values["area"].startswith(principal.district):
        raise UnusableValueError(
            f"The area {values['area']} lies outside the district", f"区域 {values['area']} 不在本辖区内"
        )
    departments: list[str] = [values["department"]] if values.get("department") else []
    where = Where(values["area"], values.get("street"), frozenset(departments))
    if not may(principal, Permission.MANAGE_PEOPLE, where):
        raise NotAllowedError
