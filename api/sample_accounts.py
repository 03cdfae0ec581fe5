"""One account for each role, for trying a district out: no passwords, only one-time links."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Grant, Role
from api.sign_in import mint_sign_in_links

_NAMES = {
    Role.OPERATOR: "指挥中心坐席 Operator",
    Role.SUPERVISOR: "街道负责人 Supervisor",
    Role.STREET_CHIEF: "街长 Street chief",
    Role.TASK_FORCE_MEMBER: "街区队员 Task force member",
    Role.GRID_WORKER: "网格员 Grid worker",
    Role.DEPARTMENT_CONTACT: "部门联络员 Department contact",
    Role.PLANNER: "规划员 Planner",
    Role.RESIDENT: "居民 Resident",
    Role.ADMINISTRATOR: "管理员 Administrator",
    Role.AUDITOR: "审计员 Auditor",
}

_SOMEBODY = """
    SELECT p.id, p.name, p.area, p.street, p.department FROM person p
    WHERE p.district = :district AND p.active AND p.post = :post
    ORDER BY (p.street IS NULL), p.area, p.id LIMIT 1
"""

_CHIEF = """
    SELECT p.id, p.name, p.area, t.street, p.department
    FROM task_force t JOIN person p ON p.district = t.district AND p.id = t.chief
    WHERE t.district = :district ORDER BY t.street LIMIT 1
"""

_MEMBER = """
    SELECT p.id, p.name, p.area, t.street, p.department
    FROM task_force t JOIN task_force_member m ON m.district = t.district AND m.task_force = t.id
    JOIN person p ON p.district = m.district AND p.id = m.person
    WHERE t.district = :district AND p.id IS DISTINCT FROM t.chief ORDER BY t.street, p.id LIMIT 1
"""

_DEPARTMENT = """
    SELECT p.id, p.name, p.area, p.street, p.department FROM person p
    WHERE p.district = :district AND p.active AND p.department IS NOT NULL AND p.department <> ''
    ORDER BY (p.post <> 'department_contact'), p.department, p.id LIMIT 1
"""


async def sample_sign_in_links(connection: AsyncConnection, district: str) -> dict[Role, str]:
    """Return a new one-time link for each role, as a path to be put behind the server's address.

    Roles of the street belong to somebody of the sample staff, so that tasks reach who signs in.
    """
    grants: dict[Role, tuple[Grant, UUID | None, str]] = {
        role: (Grant(role, district), None, name) for role, name in _NAMES.items()
    }
    for role, query in (
        (Role.SUPERVISOR, _SOMEBODY),
        (Role.STREET_CHIEF, _CHIEF),
        (Role.TASK_FORCE_MEMBER, _MEMBER),
        (Role.GRID_WORKER, _SOMEBODY),
        (Role.DEPARTMENT_CONTACT, _DEPARTMENT),
    ):
        found = await connection.execute(text(query), {"district": district, "post": role.value})
        person = found.one_or_none()
        if person is None:
            continue
        place = _place_of(role, district, person)
        grants[role] = (place, person.id, f"{person.name} · {_NAMES[role]}")
    return await mint_sign_in_links(connection, district, grants)


def _place_of(role: Role, district: str, person: Row[Any]) -> Grant:
    """Return where somebody's role reaches; a street may cross the edge of its subdistrict."""
    if role in {Role.STREET_CHIEF, Role.TASK_FORCE_MEMBER}:
        return Grant(role, district, street=person.street)
    if role is Role.DEPARTMENT_CONTACT:
        return Grant(role, district, department=person.department)
    return Grant(role, person.area[:9] if role is Role.SUPERVISOR else person.area)
