"""Every role × every route × {own, sibling, other}: who may do what, found out by asking the whole server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.guards import SAFE_METHODS, permission_of
from api.identity import PERMISSIONS, Extent, Grant, Permission, Principal, Role, Where, may
from api.main import FROM_PHONES, ROUTERS
from tests.api.people_here import DISTRICT, OWN_HEADER, client_of, make_account
from tests.api.serving import engine_in, serving
from tests.api.the_town import DEPARTMENT, NEIGHBOUR, STEWARD, STREET, SUBDISTRICT, Thing, build_town

pytestmark = pytest.mark.postgis

ENDLESS = frozenset({"/api/v1/live"})
"""Streams: who may not is refused like anywhere else; who may would be answered for ever."""

NEEDS_ROADS = frozenset({"/api/v1/coverage", "/api/v1/tasks/round", "/api/v1/tasks/{task_id}/way"})
"""The town has no roads, and these say that they wait for some."""

OF_THE_WHOLE_DISTRICT = frozenset({("DELETE", "/api/v1/drill/cases")})
"""Only who answers for all of it may; who holds the permission for a part is told so."""

ENDS_THE_SESSION = frozenset({("DELETE", "/api/v1/session")})
SENT = {
    "since": (datetime.now(UTC) - timedelta(hours=2)).isoformat(),
    "until": (datetime.now(UTC) + timedelta(hours=2)).isoformat(),
    "lon": "112.002",
    "lat": "37.005",
    "q": "lane",
}
"""What a request says where it has to say something."""

TOLD: dict[str, Any] = {
    "name": "甲",
    "kind": "community_centre",
    "lon": 112.002,
    "lat": 37.005,
    "chief": str(STEWARD),
    "members": [str(STEWARD)],
    "category": "E0401",
    "photographs": ["0" * 64],
    "more": 1,
    "upheld": True,
    "satisfaction": 5,
    "score": 5,
    "tell": False,
    "active": False,
    "department": DEPARTMENT,
    "responder": str(STEWARD),
    "ticket": "0" * 40,
    "reason": "又来了",
}
"""What an act on a thing is told where it has to be told something."""

NAMED = {
    "client_id": "0190a000-0000-7000-8000-000000000001",
    "code": SUBDISTRICT,
    "street": STREET,
    "token": "0190a000-0000-7000-8000-000000000002",
    "file_format": "json",
    "kind": "dispatches",
    "collection": "areas",
    "feature_id": SUBDISTRICT,
    "layer": "grid",
    "drawn": "density",
    "tracking": "1-0000-0000-0000-0000",
    "number": "1",
    "report": "0190a000-0000-7000-8000-000000000003",
    "photograph": "0" * 64,
    "page_id": "0190a000-0000-7000-8000-000000000003",
    "z": "12",
    "x": "3322",
    "y": "1583",
}
"""What addresses name besides the town's things: what anybody may see, or nobody but oneself."""

ROUTES = [
    route for router in (*FROM_PHONES, *ROUTERS) for route in router.routes if isinstance(route, APIRoute)
]
OF_ONESELF = frozenset({"/api/v1/tokens/{token}"})


def test_every_route_declares_its_permission_and_is_in_the_api_document(tmp_path: Path) -> None:
    assert [route.path for route in ROUTES if permission_of(route) is None] == []


async def test_the_api_document_lists_these_routes_and_no_other(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, _):
        listed = {(path, method.upper()) for path, ways in app.openapi()["paths"].items() for method in ways}
    assert listed == {(route.path, method) for route in ROUTES for method in route.methods}


@dataclass(frozen=True)
class Caller:
    """Somebody with one role in one place."""

    label: str
    principal: Principal
    client: httpx.AsyncClient


def places_of(role: Role) -> dict[str, Grant]:
    """One's own place, the one beside it, and another: another street, department or district."""
    street = STREET if role in {Role.STREET_CHIEF, Role.TASK_FORCE_MEMBER} else None
    department = DEPARTMENT if role is Role.DEPARTMENT_CONTACT else None
    own = Grant(role, SUBDISTRICT, street, department)
    other = replace(own, area="990102001")
    if street:
        other = replace(own, street="lane-2")
    if department:
        other = replace(own, department="sanitation")
    return {"own": own, "sibling": replace(own, area="990101002"), "other": other}


async def callers_of(app: FastAPI, role: Role) -> list[Caller]:
    """Sign in to the role in each place; who takes tasks is, in his own place, the one who was given it."""
    callers = []
    for place, grant in places_of(role).items():
        takes = PERMISSIONS[role].get(Permission.TAKE_TASKS) is Extent.OWN
        person = (STEWARD if place == "own" else NEIGHBOUR) if takes else None
        account = await make_account(app, f"{role}-{place}", grant, person=person)
        principal = Principal(DISTRICT, account, f"{role}-{place}", person, (grant,))
        callers.append(Caller(f"{role} {place}", principal, await client_of(app, account)))
    return callers


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        yield app


async def ask(
    app: FastAPI, client: httpx.AsyncClient, route: APIRoute, method: str, town: dict[str, Thing]
) -> httpx.Response:
    """Ask for the town's things by this route, saying no more than it demands."""
    names = {}
    for name in route.param_convertors:
        names[name] = await town[name].id() if name in town else NAMED[name]
    said = app.openapi()["paths"][route.path][method.lower()].get("parameters", ())
    params = {one["name"]: SENT[one["name"]] for one in said if one["in"] == "query" and one["required"]}
    body: dict[str, Any] = {} if method in SAFE_METHODS else {"json": told(app, route, method, names)}
    return await client.request(method, route.path_format.format(**names), params=params, **body)


def told(app: FastAPI, route: APIRoute, method: str, names: dict[str, str]) -> Any:
    """The least that an act on a thing has to be told; an act on nothing in particular is told nothing."""
    document = app.openapi()
    said = document["paths"][route.path][method.lower()].get("requestBody", {}).get("content", {})
    schema = said.get("application/json", {}).get("schema", {})
    schema = document["components"]["schemas"].get(schema.get("$ref", "/").rpartition("/")[2], schema)
    if not names:
        return {}
    if schema.get("type") == "array":
        return []
    values = {**TOLD, "into": names.get("case_id")}
    return {field: values[field] for field in schema.get("required", ())}


def speaks_open311(route: APIRoute) -> bool:
    """Whether refusals follow that standard, which knows 403 and neither 401 nor hiding."""
    return route.path.startswith("/open311/")


def complaint(
    caller: Caller, route: APIRoute, method: str, status: int, town: dict[str, Thing]
) -> str | None:
    """What is wrong with that answer to that caller, if anything is."""
    permission = permission_of(route)
    assert permission is not None
    principal = caller.principal
    what = f"{caller.label}: {method} {route.path} ({permission}) answered {status}"
    if status >= 500:
        return None if status == 503 and route.path in NEEDS_ROADS and may(principal, permission) else what
    if not may(principal, permission):
        expected = {404} if method in SAFE_METHODS and not speaks_open311(route) else {403}
        return None if status in expected else f"{what}, not {expected}: the role may not"
    thing = next((town[name] for name in route.param_convertors if name in town), None)
    if thing is None and (method, route.path) in OF_THE_WHOLE_DISTRICT:
        expected = {200} if may(principal, permission, Where(DISTRICT)) else {403}
        return None if status in expected else f"{what}, not {expected}: the whole district is meant"
    if thing is None:
        return f"{what}, though the role may" if status in {401, 403} else None
    if may(principal, permission, thing.where):
        return f"{what}, though it is within reach" if status in {401, 403, 404} else None
    seen = any(may(principal, view, thing.where) for view in thing.seen_by)
    expected = {403, 404} if seen else {404}
    return None if status in expected else f"{what}, not {expected}: it is out of reach"


def leaks(caller: Caller, route: APIRoute, text: str, town: dict[str, Thing]) -> list[str]:
    """Whose ids stand in the answer although the caller may not see them; streets' cards are for all."""
    if permission_of(route) is Permission.VIEW_TERRITORY:
        return []
    return [
        f"{caller.label}: GET {route.path} shows the {name}"
        for name, thing in town.items()
        if isinstance(thing.name, str)
        and thing.name in text
        and not any(may(caller.principal, view, thing.where) for view in thing.seen_by)
    ]


@pytest.mark.parametrize("role", Role)
async def test_what_each_role_may_do_everywhere(app: FastAPI, role: Role) -> None:
    town = await build_town(app)
    complaints: list[str] = []
    for caller in await callers_of(app, role):
        for route in ROUTES:
            permission = permission_of(route)
            assert permission is not None
            for method in route.methods:
                streams = route.path in ENDLESS and may(caller.principal, permission)
                if streams or (method, route.path) in ENDS_THE_SESSION:
                    continue
                if route.path in OF_ONESELF:
                    continue
                answer = await ask(app, caller.client, route, method, town)
                wrong = complaint(caller, route, method, answer.status_code, town)
                complaints += [f"{wrong}: {answer.text[:200]}"] if wrong else []
                if method == "GET":
                    complaints += leaks(caller, route, answer.text, town)
    assert not complaints, "\n".join(complaints)


async def test_who_has_not_signed_in_is_told_to(app: FastAPI) -> None:
    town = await build_town(app)
    nobody = Principal(DISTRICT)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    complaints = []
    async with httpx.AsyncClient(
        transport=transport, base_url="http://yilu.test", headers=OWN_HEADER
    ) as client:
        for route in ROUTES:
            permission = permission_of(route)
            assert permission is not None
            for method in route.methods:
                answer = await ask(app, client, route, method, town)
                open_to_all = may(nobody, permission)
                refusal = 403 if speaks_open311(route) else 401
                right = answer.status_code < 500 if open_to_all else answer.status_code == refusal
                complaints += [] if right else [f"{method} {route.path}: {answer.status_code}"]
    assert not complaints, "\n".join(complaints)
    assert engine_in(app).pool.checkedout() == 0  # type: ignore[attr-defined]  # every queueing pool has it
