"""Whoever is signed in, as the work knows him: a person in a post."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Principal, Role
from api.store.database import driver_alone
from api.store.rows import Row, fetch_rows, find_row
from api.together import Together
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

_STAFF = """
    SELECT id, name, post, area, department FROM person WHERE district = $1 AND id = ANY($2::uuid[])
"""
_MOST_AT_ONCE = 256


class Reporters:
    """One per process: who reports, read for all who do so in the same instant."""

    def __init__(self, engine: AsyncEngine, district: str) -> None:
        self._engine = engine
        self._district = district
        self._together = Together(self._read, _MOST_AT_ONCE)

    async def actor_of(self, principal: Principal) -> Actor:
        """The principal as an actor; only who is a member of staff has to be read."""
        row = await self._together.ask(principal.person) if principal.person is not None else None
        return _actor(principal, row)

    async def _read(self, people: Sequence[UUID]) -> Sequence[Row | None]:
        async with driver_alone(self._engine) as driver:
            rows = await fetch_rows(driver, _STAFF, self._district, people)
        found = {row["id"]: row for row in rows}
        return [found.get(person) for person in people]


async def actor_of(driver: asyncpg.Connection, principal: Principal) -> Actor:
    """The principal as an actor: in the post of his person where he is staff, else in that of his role."""
    row = None
    if principal.person is not None:
        row = await find_row(driver, _STAFF, principal.district, [principal.person])
    return _actor(principal, row)


def _actor(principal: Principal, staff: Row | None) -> Actor:
    department = next((DepartmentId(g.department) for g in principal.grants if g.department), None)
    if staff is not None:
        own = DepartmentId(staff["department"]) if staff["department"] else department
        return Actor(PersonId(staff["id"]), Post(staff["post"]), staff["name"], AreaCode(staff["area"]), own)
    held = {grant.role for grant in principal.grants}
    area = next((AreaCode(grant.area) for grant in principal.grants), None)
    post = next((post for role, post in _POSTS if role in held), RESIDENT)
    person = PersonId(principal.account) if principal.account else None
    return Actor(person, post, principal.name, area, department)
