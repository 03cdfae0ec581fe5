"""Residents without an account: from the report to the rating, and what keeps machines and jokers out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from api.resident_chores import forget_old_contacts
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import client_of, make_account, sign_in_as
from tests.api.pictures import picture
from tests.api.residents_here import (
    CONTACT,
    HERE,
    follow,
    report,
    report_of,
    resident_of,
    solution_of,
    take_ticket,
)
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

STEWARD = UUID(int=201)
REPORTS = "/api/v1/resident/reports"


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


async def case_numbered(app: FastAPI, number: int) -> str:
    async with driver_transaction(engine_in(app)) as driver:
        return str(await driver.fetchval("SELECT id FROM cases WHERE number = $1", number))


async def settle(app: FastAPI, case: str) -> None:
    """The desk files it, a steward is asked, comes, settles; the desk closes it."""
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute(
            """INSERT INTO person (district, id, name, post, area, street, capacity, station)
               VALUES ('990101', $1, '赵网格', 'grid_worker', '990101001001', NULL, 30,
                       'SRID=4326;POINT(112.002 37.006)')""",
            STEWARD,
        )
        await driver.execute(
            "INSERT INTO shift (district, id, person, started_at) VALUES ('990101', $1, $2, now())",
            uuid4(),
            STEWARD,
        )
    desk = await sign_in_as(app, Role.OPERATOR)
    account = await make_account(app, "zhao", Grant(Role.GRID_WORKER, "990101001"), person=STEWARD)
    worker = await client_of(app, account)
    for answer in (
        await desk.post(f"/api/v1/cases/{case}/file", json={}),
        await desk.post(f"/api/v1/cases/{case}/assign", json={"responder": str(STEWARD)}),
    ):
        assert answer.status_code in {200, 409}, answer.text
    task = (await worker.get("/api/v1/tasks")).json()[0]["task"]["id"]
    after = await worker.put(
        f"/api/v1/photographs/{uuid4()}", content=picture(), headers={"Content-Type": "image/jpeg"}
    )
    for step, body in (
        ("accept", {}),
        ("arrive", {"lon": HERE["lon"], "lat": HERE["lat"]}),
        ("resolve", {"outcome": "rectified", "photographs": [after.json()["name"]], "reason": "赵某已清运"}),
    ):
        done = await worker.post(f"/api/v1/tasks/{task}/{step}", json=body)
        assert done.status_code == 200, done.text
    closed = await desk.post(f"/api/v1/cases/{case}/verify", json={})
    assert closed.status_code == 200, closed.text


async def test_from_a_report_without_an_account_to_its_rating_and_once_again(app: FastAPI) -> None:
    resident = resident_of(app)
    ticket = await take_ticket(resident)
    before = await resident.put(
        f"/api/v1/resident/photographs/{uuid4()}",
        content=picture(colour="maroon"),
        headers={"Content-Type": "image/jpeg", "X-Yilu-Ticket": ticket},
    )
    assert before.status_code == 200, before.text
    photograph = before.json()["name"]
    body = report_of(ticket, photographs=[photograph], place="3 号楼门口")
    taken = await resident.post(REPORTS, json=body)
    assert taken.status_code == 201, taken.text
    tracking = taken.json()["tracking"]
    seen = await follow(resident, tracking.lower())
    assert (seen["state"], seen["may"], seen["can_rate"]) == ("reported", "own", False)
    assert seen["photographs"] == [photograph]
    assert "3 号楼门口" in seen["description"]

    await settle(app, await case_numbered(app, taken.json()["number"]))
    seen = await follow(resident, tracking)
    assert (seen["state"], seen["outcome"], seen["can_rate"], seen["can_reopen"]) == (
        "closed",
        "rectified",
        True,
        True,
    )
    assert [step["what"] for step in seen["steps"]] == [
        "report",
        "file",
        "accept",
        "arrive",
        "resolve",
        "verify",
    ]
    assert "赵" not in str(seen), "nobody's name, and no word of a note, is told"
    (done,) = seen["done"]
    shown = await resident.get(f"{REPORTS}/{tracking}/photographs/{done}")
    assert shown.headers["content-type"] == "image/jpeg"

    rated = await resident.post(f"{REPORTS}/{tracking}/rating", json={"satisfaction": 2})
    assert rated.json()["satisfaction"] == 2
    again = await resident.post(f"{REPORTS}/{tracking}/reopen", json={"reason": "又堆满了"})
    assert again.json()["state"] in {"filed", "offered"}, again.text
    twice = await resident.post(f"{REPORTS}/{tracking}/reopen", json={"reason": "又堆满了"})
    assert twice.status_code == 409, twice.text


async def test_a_report_sent_again_after_a_lost_answer_is_the_same_one(app: FastAPI) -> None:
    resident = resident_of(app)
    body = report_of(await take_ticket(resident))
    first = await resident.post(REPORTS, json=body)
    same_ticket = await resident.post(REPORTS, json=body)
    new_ticket = await resident.post(REPORTS, json=body | {"ticket": await take_ticket(resident)})
    assert (first.status_code, same_ticket.status_code, new_ticket.status_code) == (201, 200, 200)
    assert first.json()["tracking"] == same_ticket.json()["tracking"] == new_ticket.json()["tracking"]
    other = await resident.post(REPORTS, json=body | {"description": "别的事"})
    assert other.status_code == 409, other.text
    async with driver_transaction(engine_in(app)) as driver:
        assert await driver.fetchval("SELECT count(*) FROM cases") == 1


async def test_a_report_waits_for_the_desk_and_nobody_is_sent(app: FastAPI) -> None:
    taken = await report(resident_of(app))
    desk = await sign_in_as(app, Role.OPERATOR)
    (waiting,) = (await desk.get("/api/v1/cases", params={"state": "reported"})).json()["items"]
    assert (waiting["number"], waiting["source"]) == (taken["number"], "resident")
    dismissed = await desk.post(f"/api/v1/cases/{waiting['id']}/dismiss", json={"reason": "已由物业处理"})
    assert dismissed.status_code == 200, dismissed.text
    seen = await follow(resident_of(app), taken["tracking"])
    assert seen["state"] == "dismissed"
    assert seen["steps"][-1]["reason"] == "已由物业处理"


async def test_nobody_reports_without_the_sum(app: FastAPI) -> None:
    resident = resident_of(app)
    for ticket in ("0" * 40, f"{uuid4().hex}.{'x' * 43}"):
        refused = await resident.post(REPORTS, json=report_of(ticket))
        assert refused.status_code == 428, refused.text
    puzzle = (await resident.get("/api/v1/resident/puzzle")).json()
    answer = solution_of(puzzle["puzzle"], puzzle["bits"])
    for number, status in ((answer + 1, 428), (answer, 201), (answer, 428)):
        given = await resident.post(
            "/api/v1/resident/tickets", json={"puzzle": puzzle["puzzle"], "answer": number}
        )
        assert given.status_code == status, "each sum is good once"
    spent = report_of(given.json().get("ticket", "0" * 40))
    assert (await resident.post(REPORTS, json=spent)).status_code == 428
    upload = await resident.put(
        f"/api/v1/resident/photographs/{uuid4()}",
        content=picture(),
        headers={"Content-Type": "image/jpeg", "X-Yilu-Ticket": "0" * 40},
    )
    assert upload.status_code == 428


async def test_the_sum_grows_with_each_report_and_then_it_is_enough_for_an_hour(app: FastAPI) -> None:
    resident, neighbour = resident_of(app), resident_of(app, "192.0.2.8")
    limits = app.state.casework.policy.residents.limits
    first = (await resident.get("/api/v1/resident/puzzle")).json()["bits"]
    await report(resident)
    assert (await resident.get("/api/v1/resident/puzzle")).json()["bits"] == first + 1
    assert (await neighbour.get("/api/v1/resident/puzzle")).json()["bits"] == first
    ticket = await take_ticket(resident)
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute(
            """INSERT INTO resident_ticket (district, id, address, issued_at, expires_at, reported_at)
               SELECT '990101', gen_random_uuid(), address, now(), now(), now()
               FROM resident_ticket, generate_series(1, $1) WHERE reported_at IS NOT NULL""",
            limits.reports_an_hour,
        )
    refused = await resident.post(REPORTS, json=report_of(ticket))
    assert refused.status_code == 429, refused.text
    assert refused.json()["type"].endswith("too-many-reports")
    await report(neighbour)


async def test_a_photograph_of_somebody_else_cannot_be_sent_as_ones_own(app: FastAPI) -> None:
    staff = await sign_in_as(app, Role.OPERATOR)
    secret = await staff.put(
        f"/api/v1/photographs/{uuid4()}", content=picture(), headers={"Content-Type": "image/jpeg"}
    )
    resident = resident_of(app)
    body = report_of(await take_ticket(resident), photographs=[secret.json()["name"]])
    assert (await resident.post(REPORTS, json=body)).status_code == 422


async def test_what_is_nearby_says_no_names_and_nothing_of_homes(app: FastAPI) -> None:
    resident = resident_of(app)
    public = await report(resident, description="王某乱扔", category="E0102")
    await report(resident, kind="dispute", category="E9998", contact=CONTACT, description="家里的事")
    await report(resident, category="E0402")
    near = (await resident.get("/api/v1/resident/nearby", params=HERE)).json()
    assert [one["number"] for one in near] == [public["number"]]
    assert "王某" not in str(near)
    far = {"lon": HERE["lon"] + 0.02, "lat": HERE["lat"]}
    assert (await resident.get("/api/v1/resident/nearby", params=far)).json() == []

    same = await resident.post(
        f"/api/v1/resident/nearby/{public['number']}/same",
        json={"ticket": await take_ticket(resident), "description": "今天也有"},
    )
    assert same.status_code == 200 or same.status_code == 201, same.text
    watching = same.json()["tracking"]
    assert watching != public["tracking"]
    seen = await follow(resident, watching)
    assert (seen["may"], seen["state"], seen["description"], seen["at"]) == ("watch", "reported", "", None)
    denied = await resident.post(f"{REPORTS}/{watching}/rating", json={"satisfaction": 5})
    assert denied.status_code == 404
    hidden = await resident.post(
        f"/api/v1/resident/nearby/{public['number'] + 1}/same",
        json={"ticket": await take_ticket(resident)},
    )
    assert hidden.status_code == 404
    desk = await sign_in_as(app, Role.OPERATOR)
    card = (await desk.get(f"/api/v1/cases/{await case_numbered(app, public['number'])}")).json()
    assert "今天也有" in card["history"][-1]["reason"]


async def test_an_order_names_its_service_and_needs_somebody_to_ring(app: FastAPI) -> None:
    resident = resident_of(app)
    form = (await resident.get("/api/v1/resident/form")).json()
    service = form["services"][0]
    assert service["steps"]
    assert len(service["steps"]) == len(service["steps_en"])
    order = {"kind": "order", "service": service["id"], "category": ""}
    without = await resident.post(REPORTS, json=report_of(await take_ticket(resident), **order))
    assert without.status_code == 422, without.text
    taken = await report(resident, **order, contact=CONTACT, place="2 单元 501")
    seen = await follow(resident, taken["tracking"])
    assert (seen["kind"], service["name"] in seen["description"]) == ("order", True)
    assert "501" not in seen["description"], "an address of a home is no part of what everybody reads"
    for wrong in ({"service": "moon"}, {"kind": "patrol_finding"}, {"kind": "wish", "category": "E0102"}):
        said = {"kind": "order", "contact": CONTACT, "service": service["id"]} | wrong
        refused = await resident.post(REPORTS, json=report_of(await take_ticket(resident), **said))
        assert refused.status_code == 422, refused.text


async def test_a_visit_is_booked_until_the_slot_is_full(app: FastAPI) -> None:
    resident = resident_of(app)
    times = (await resident.get("/api/v1/resident/visit-times", params=HERE)).json()
    assert times["community"] == "990101001001"
    wanted = {"day": times["times"][-1]["day"], "slot": times["times"][-1]["slot"]}
    most = times["times"][-1]["left"]
    for number in range(most + 1):
        client = resident_of(app, f"192.0.2.{number + 10}")
        body = report_of(await take_ticket(client), kind="visit", visit=wanted, contact=CONTACT)
        answer = await client.post(REPORTS, json=body)
        assert answer.status_code == (201 if number < most else 409), answer.text
    left = (await resident.get("/api/v1/resident/visit-times", params=HERE)).json()["times"]
    assert next(one["left"] for one in left if (one["day"], one["slot"]) == (*wanted.values(),)) == 0
    sunday = {"day": "2026-11-22", "slot": wanted["slot"]}
    for never in (sunday, {"day": "9999-12-31", "slot": wanted["slot"]}, wanted | {"slot": "03:00-04:00"}):
        body = report_of(await take_ticket(resident), kind="visit", visit=never, contact=CONTACT)
        assert (await resident.post(REPORTS, json=body)).status_code == 422


async def test_who_handles_the_case_sees_the_number_and_the_look_is_recorded(app: FastAPI) -> None:
    taken = await report(resident_of(app), contact=CONTACT | {"tell": False}, place="5 号楼 203")
    case = await case_numbered(app, taken["number"])
    desk, other = await sign_in_as(app, Role.OPERATOR), await sign_in_as(app, Role.GRID_WORKER)
    administrator = await sign_in_as(app, Role.ADMINISTRATOR)
    seen = await desk.get(f"/api/v1/cases/{case}/contact")
    assert (seen.json()["phone"], seen.json()["address"]) == (CONTACT["phone"], "5 号楼 203")
    assert (await other.get(f"/api/v1/cases/{case}/contact")).status_code == 403
    assert (await administrator.get(f"/api/v1/cases/{case}/contact")).status_code == 404
    looks = (await administrator.get("/api/v1/audit", params={"act": "look:contact"})).json()["items"]
    assert [look["about"] for look in looks if look["act"] == "look:contact"] == [case]
    for words in (await desk.get(f"/api/v1/cases/{case}")).text, (await desk.get("/api/v1/cases")).text:
        assert CONTACT["phone"] not in words
        assert CONTACT["name"] not in words


async def test_details_are_erased_when_the_case_is_long_over(app: FastAPI) -> None:
    taken = await report(resident_of(app), contact=CONTACT)
    case = await case_numbered(app, taken["number"])
    desk = await sign_in_as(app, Role.OPERATOR)
    work, settings = app.state.casework, app.state.settings
    later = datetime.now(UTC) + work.policy.residents.contact_lasts + timedelta(days=1)
    assert await forget_old_contacts(engine_in(app), settings, work.policy, later) == 0
    await desk.post(f"/api/v1/cases/{case}/dismiss", json={"reason": "重复"})
    assert await forget_old_contacts(engine_in(app), settings, work.policy) == 0
    assert await forget_old_contacts(engine_in(app), settings, work.policy, later) == 1
    assert (await desk.get(f"/api/v1/cases/{case}/contact")).json()["phone"] is None


async def test_a_code_is_not_guessed_and_not_the_next_cases(app: FastAPI) -> None:
    resident = resident_of(app)
    one, two = await report(resident), await report(resident)
    crossed = f"{two['number']}-{one['tracking'].partition('-')[2]}"
    for wrong in (crossed, f"{one['number']}", "x", f"{one['number']}-0000-0000-0000-0000", "%2e%2e"):
        assert (await resident.get(f"{REPORTS}/{wrong}")).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"lon": 400},
        {"lat": None},
        {"description": "x" * 2001},
        {"category": "E7777"},
        {"found_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()},
        {"contact": {"name": "", "phone": "1"}},
        {"photographs": ["0" * 64] * 7},
    ],
)
async def test_what_cannot_be_taken_is_refused_in_one_sentence(app: FastAPI, said: dict[str, object]) -> None:
    resident = resident_of(app)
    refused = await resident.post(REPORTS, json=report_of(await take_ticket(resident)) | said)
    assert 400 <= refused.status_code < 500, refused.text
    assert refused.json()["detail_zh"]


async def test_a_place_outside_the_district_is_taken_and_waits(app: FastAPI) -> None:
    taken = await report(resident_of(app), lon=113.0, lat=38.0)
    desk = await sign_in_as(app, Role.OPERATOR)
    listed = (await desk.get("/api/v1/cases", params={"unassigned": True})).json()["items"]
    assert [one["number"] for one in listed] == [taken["number"]]


async def test_who_is_signed_in_as_a_resident_finds_it_in_his_own_list(app: FastAPI) -> None:
    signed_in: httpx.AsyncClient = await sign_in_as(app, Role.RESIDENT)
    taken = await report(signed_in)
    mine = (await signed_in.get("/api/v1/cases")).json()["items"]
    assert [one["number"] for one in mine] == [taken["number"]]
