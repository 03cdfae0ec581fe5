"""Whoever is signed in, as the work knows him: a person in a post."""

import asyncpg

from api.identity import Principal, Role
from api.store.rows import find_row
from dispatch.cases import DEPARTMENT_CONTACT, OPERATOR, RESIDENT, STREET_CHIEF, SUPERVISOR, Actor, Post
from dispatch.ids import DepartmentId, PersonId
from geo.area_codes import AreaCode

_POSTS: tuple[tuple[Role, Post], ...] = (
    (Role.OPERATOR, OPERATOR),
    (Role.SUPERVISOR, SUPERVISOR),
    (Role.STREET_CHIEF, STREET_CHIEF),
    (Role.DEPARTMENT_CONTACT, DEPARTMENT_CONTACT),
    (Role.RESIDENT, RESIDENT),
)
"""The post in which an account acts that belongs to no member of staff; the first that it holds."""


async def actor_of(driver: asyncpg.Connection, principal: Principal) -> Actor:
    """The principal as an actor: in the post of his person where he is staff, else in that of his role."""
    area = next((AreaCode(grant.area) for grant in principal.grants), None)
    department = next((DepartmentId(g.department) for g in principal.grants if g.department), None)
    if principal.person is not None:
        row = await find_row(
            driver,
            "SELECT name, post, area, department FROM person WHERE district = $1 AND id = $2",
            principal.district,
            principal.person,
        )
        if row is not None:
            own = DepartmentId(row["department"]) if row["department"] else department
            return Actor(
                PersonId(principal.person), Post(row["post"]), row["name"], AreaCode(row["area"]), own
            )
    held = {grant.role for grant in principal.grants}
    post = next((post for role, post in _POSTS if role in held), RESIDENT)
    person = PersonId(principal.account) if principal.account else None
    return Actor(person, post, principal.name, area, department)
