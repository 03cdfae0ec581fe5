"""One of everything, in one subdistrict: what the test of roles and routes looks at and acts on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
from fastapi import FastAPI

from api.case_access import where_is
from api.identity import Grant, Permission, Role, Where
from api.store.cases import find_case_file
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.pictures import picture
from tests.api.serving import engine_in

SUBDISTRICT, STREET, DEPARTMENT = "990101001", "lane-0", "fire_rescue"
STEWARD, NEIGHBOUR = UUID(int=101), UUID(int=102)


@dataclass(frozen=True)
class Thing:
    """Something that an address can name, where it is, and by which permissions it can be seen at all."""

    name: str | Callable[[], Awaitable[str]]
    """Its id, or what makes a new one for each request that might take it away."""
    where: Where
    seen_by: tuple[Permission, ...]

    async def id(self) -> str:
        """Return the id to ask for."""
        return self.name if isinstance(self.name, str) else await self.name()


async def build_town(app: FastAPI) -> dict[str, Thing]:
    """Fill the store; return by the names of path parameters what there is to ask for."""
    await small_district.load(engine_in(app))
    patrol, task_force = uuid4(), uuid4()
    async with driver_transaction(engine_in(app)) as driver:
        await _add_staff(driver, task_force, patrol)
    steward = await client_of(
        app,
        await make_account(
            app, "steward", Grant(Role.TASK_FORCE_MEMBER, SUBDISTRICT, STREET), person=STEWARD
        ),
    )
    photograph = await steward.put(
        f"/api/v1/photographs/{uuid4()}", content=picture(), headers={"Content-Type": "image/jpeg"}
    )
    case, task, whistle = await _open_case(app, photograph.json()["name"])
    async with driver_transaction(engine_in(app)) as driver:
        file = await find_case_file(driver, DISTRICT, UUID(case))
    assert file is not None
    of_case = where_is(file)
    of_person = Where(SUBDISTRICT, STREET, owners=frozenset({STEWARD}))
    in_area, in_district = Where(SUBDISTRICT), Where(DISTRICT)

    async def new_roster() -> str:
        async with driver_transaction(engine_in(app)) as driver:
            return await _add_roster(driver)

    async def new_account() -> str:
        name = f"looked-at-{uuid4().hex[:8]}"
        return str(await make_account(app, name, Grant(Role.GRID_WORKER, SUBDISTRICT)))

    async def new_closure() -> str:
        async with driver_transaction(engine_in(app)) as driver:
            closure: UUID = await driver.fetchval(
                "INSERT INTO closure (district, id, roads_version, edges, why, closed_by)"
                " VALUES ('990101', gen_random_uuid(), 1, '{1}', 'works', 'tests') RETURNING id"
            )
        return str(closure)

    async def new_webhook() -> str:
        async with driver_transaction(engine_in(app)) as driver:
            webhook: UUID = await driver.fetchval(
                "INSERT INTO webhook (district, id, name, url, secret, source, area, created_by, created_at)"
                " VALUES ('990101', gen_random_uuid(), 'hook', 'http://192.0.2.1/', 's', 'cases', $1,"
                " 'tests', now()) RETURNING id",
                SUBDISTRICT,
            )
        return str(webhook)

    async def new_centre() -> str:
        name = f"centre-{uuid4().hex[:8]}"
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute(
                "INSERT INTO centre (district, id, name, name_en, kind, floor_area_m2, geom) VALUES"
                " ('990101', $1, '中心', 'Centre', 'community_centre', 1, 'SRID=4326;POINT(112.005 37.005)')",
                name,
            )
        return name

    cases = (Permission.VIEW_CASES,)
    people = (Permission.VIEW_PEOPLE, Permission.VIEW_POSITIONS, Permission.VIEW_CASES)
    return {
        "case_id": Thing(case, of_case, cases),
        "request_id": Thing(case, of_case, cases),
        "task_id": Thing(task, of_case, cases),
        "whistle_id": Thing(whistle, of_case, cases),
        "name": Thing(photograph.json()["name"], of_case, (*cases, Permission.VIEW_PHOTOGRAPHS)),
        "person_id": Thing(str(STEWARD), of_person, people),
        "person": Thing(str(STEWARD), of_person, people),
        "patrol": Thing(str(patrol), of_person, people),
        "task_force_id": Thing(str(task_force), of_person, people),
        "roster_id": Thing(new_roster, of_person, people),
        "account_id": Thing(new_account, in_area, (Permission.MANAGE_ACCOUNTS,)),
        "centre_id": Thing(new_centre, in_area, (Permission.VIEW_TERRITORY,)),
        "webhook_id": Thing(new_webhook, in_area, (Permission.MANAGE_INTERFACES,)),
        "street_id": Thing(
            STREET, Where(SUBDISTRICT, STREET, owners=frozenset({STEWARD})), (Permission.VIEW_TERRITORY,)
        ),
        "closure_id": Thing(new_closure, in_district, (Permission.VIEW_TERRITORY,)),
    }


async def _add_staff(driver: asyncpg.Connection, task_force: UUID, patrol: UUID) -> None:
    await driver.execute(
        """INSERT INTO person (district, id, name, post, area, street, capacity, phone, station)
           VALUES ('990101', $1, '甲管家', 'alley_steward', $2, $3, 30, '555 0101',
                   'SRID=4326;POINT(112.002 37.006)')""",
        STEWARD,
        SUBDISTRICT,
        STREET,
    )
    await driver.execute(
        "INSERT INTO person (district, id, name, post, area)"
        " VALUES ('990101', $1, '邻居', 'grid_worker', $2)",
        NEIGHBOUR,
        "990101002",
    )
    await driver.execute(
        "INSERT INTO task_force (district, id, street, name, chief) VALUES ('990101', $1, $2, '甲巷', $3)",
        task_force,
        STREET,
        STEWARD,
    )
    await driver.execute(
        "INSERT INTO patrol (district, id, person, street, started_at) VALUES ('990101', $1, $2, $3, now())",
        patrol,
        STEWARD,
        STREET,
    )
    await _add_roster(driver)


async def _add_roster(driver: asyncpg.Connection) -> str:
    roster: UUID = await driver.fetchval(
        "INSERT INTO roster (district, id, person, starts_at, ends_at)"
        " VALUES ('990101', gen_random_uuid(), $1, $2, $3) RETURNING id",
        STEWARD,
        datetime.now(UTC) - timedelta(hours=1),
        datetime.now(UTC) + timedelta(hours=8),
    )
    return str(roster)


async def _open_case(app: FastAPI, photograph: str) -> tuple[str, str, str]:
    """Report a case that is offered to the steward, and call a department to it."""
    operator = await sign_in_as(app, Role.OPERATOR)
    finding = {
        "client_id": "the-town-0001",
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": 112.002,
        "lat": 37.005,
        "photographs": [photograph],
    }
    reported = await operator.post("/api/v1/findings", json=finding)
    assert reported.status_code == 201, reported.text
    case = reported.json()["case"]["id"]
    called = await operator.post(
        f"/api/v1/cases/{case}/whistle", json={"departments": [DEPARTMENT], "reason": "占道"}
    )
    assert called.status_code == 200, called.text
    async with driver_transaction(engine_in(app)) as driver:
        task: UUID = await driver.fetchval("SELECT id FROM task WHERE responder = $1 LIMIT 1", STEWARD)
        whistle: UUID = await driver.fetchval("SELECT id FROM whistle LIMIT 1")
    return case, str(task), str(whistle)
