"""From a finding to a closed case over HTTP, on real PostGIS."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account, sign_in_as
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

CATEGORY = "E0401"
STEWARD, SQUAD, WORKER = (UUID(int=number) for number in (101, 102, 103))
NAMES_EN = {STEWARD: "Jia", SQUAD: "Yi", WORKER: "Bing"}
ON_LANE = {"lon": 112.002, "lat": 37.005}


class Town(NamedTuple):
    """The small district with three people on shift, each with a signed-in phone, and an operator."""

    app: FastAPI
    operator: httpx.AsyncClient
    steward: httpx.AsyncClient
    squad: httpx.AsyncClient
    worker: httpx.AsyncClient


async def _people(app: FastAPI) -> None:
    now = datetime.now(UTC)
    async with driver_transaction(engine_in(app)) as driver:
        for person, name, post, area, street in (
            (STEWARD, "甲管家", "alley_steward", "990101001", "lane-0"),
            (SQUAD, "乙中队", "enforcement_squad", "990101001", "lane-0"),
            (WORKER, "丙网格员", "grid_worker", "990101001001", None),
        ):
            await driver.execute(
                """INSERT INTO person (district, id, name, name_en, post, area, street, capacity, station)
                   VALUES ('990101', $1, $2, $3, $4, $5, $6, 3, 'SRID=4326;POINT(112.002 37.006)')""",
                person,
                name,
                NAMES_EN[person],
                post,
                area,
                street,
            )
            await driver.execute(
                """INSERT INTO roster (district, id, person, starts_at, ends_at)
                   VALUES ('990101', gen_random_uuid(), $1, $2, $3)""",
                person,
                now - timedelta(hours=1),
                now + timedelta(hours=8),
            )


async def _phone(app: FastAPI, person: UUID, role: Role, area: str) -> httpx.AsyncClient:
    account = await make_account(app, f"phone-{person.int}", Grant(role, area), person=person)
    return await client_of(app, account)


@pytest.fixture
async def town(database: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        await _people(app)
        yield Town(
            app,
            await sign_in_as(app, Role.OPERATOR),
            await _phone(app, STEWARD, Role.TASK_FORCE_MEMBER, "990101001"),
            await _phone(app, SQUAD, Role.TASK_FORCE_MEMBER, "990101001"),
            await _phone(app, WORKER, Role.GRID_WORKER, "990101001001"),
        )


def finding(client_id: str = "phone-0001", **more: Any) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "category": CATEGORY,
        "found_at": datetime.now(UTC).isoformat(),
        "description": "巷口占道摆摊",
        **ON_LANE,
        **more,
    }


async def report(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/findings", json=finding(**more))
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()["case"]
    return case


async def say(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def phone_of(town: Town, holder: str) -> httpx.AsyncClient:
    return {str(STEWARD): town.steward, str(SQUAD): town.squad, str(WORKER): town.worker}[holder]


async def test_a_finding_is_offered_taken_settled_and_closed(town: Town) -> None:
    case = await report(town.worker)
    assert case["state"] == "offered"
    assert case["ring"] == "task_force"
    assert case["street"] == "lane-0"
    assert case["due_at"] is not None
    phone = phone_of(town, case["holder"])
    (task,) = (await phone.get("/api/v1/tasks")).json()
    assert task["case"]["id"] == case["id"]
    assert task["task"]["reason_zh"]
    assert task["task"]["reason_en"]
    for step in ("accept", "on-my-way"):
        case = await say(phone, f"tasks/{task['task']['id']}/{step}")
    far = await phone.post(f"/api/v1/tasks/{task['task']['id']}/arrive", json={"lon": 112.03, "lat": 37.03})
    assert far.status_code == 409
    assert "米" in far.json()["detail_zh"]
    case = await say(phone, f"tasks/{task['task']['id']}/arrive", **ON_LANE)
    assert case["state"] == "on_site"
    missing = await phone.post(f"/api/v1/tasks/{task['task']['id']}/resolve", json={})
    assert missing.status_code == 422
    assert missing.json()["type"] == "/problems/outcome-missing"
    case = await say(
        phone, f"tasks/{task['task']['id']}/resolve", outcome="persuaded", photographs=["a" * 64, "b" * 64]
    )
    assert case["outcome"] == "persuaded"
    if case["state"] == "resolved":
        case = await say(town.operator, f"cases/{case['id']}/verify")
    assert case["state"] == "closed"
    card = (await town.operator.get(f"/api/v1/cases/{case['id']}")).json()
    assert [event["action"] for event in card["history"]] == [
        "report", "file", "offer", "accept", "on_my_way", "arrive", "resolve", "verify",
    ]  # fmt: skip
    name_en = NAMES_EN[UUID(task["task"]["responder"])]
    assert name_en in task["task"]["reason_en"]
    assert name_en not in task["task"]["reason_zh"]
    assert card["tasks"][0]["responder_name_en"] == name_en
    named = [(event["action"], event["actor_en"]) for event in card["history"]]
    assert named[0] == ("report", "Bing")
    assert named[3] == ("accept", name_en)
    assert (await phone.get("/api/v1/tasks")).json() == []


async def test_a_declined_offer_goes_to_somebody_else_and_never_back(town: Town) -> None:
    case = await report(town.worker)
    first = case["holder"]
    case = await say(phone_of(town, first), f"tasks/{case['task']}/decline", reason="正在处理另一件")
    assert case["state"] == "offered"
    assert case["holder"] not in {None, first}
    suggestion = await town.operator.get(f"/api/v1/cases/{case['id']}/suggestion")
    named = {one["person"]: one["why_en"] for one in suggestion.json()["runners_up"]}
    assert "declined" in named[first]
    assert {one["name_en"] for one in suggestion.json()["runners_up"]} <= set(NAMES_EN.values())


async def test_the_finder_settles_on_the_spot(town: Town) -> None:
    case = await report(town.steward, wish="settle", outcome="persuaded", photographs=["c" * 64])
    assert case["state"] in {"resolved", "closed"}
    assert case["outcome"] == "persuaded"
    assert case["holder"] is None


async def test_the_same_report_again_is_the_same_case_and_another_one_is_refused(town: Town) -> None:
    body = finding()
    answers = await asyncio.gather(*(town.worker.post("/api/v1/findings", json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["case"]["id"] for answer in answers}) == 1
    other = await town.worker.post("/api/v1/findings", json=body | {"description": "另一件"})
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/same-id-other-report"


async def test_two_operators_assign_at_once_and_one_is_told_who_was_faster(town: Town) -> None:
    case = await report(town.worker)
    await say(town.operator, f"cases/{case['id']}/withdraw", reason="改派")
    stands = (await town.operator.get(f"/api/v1/cases/{case['id']}")).json()
    if stands["state"] == "offered":
        await say(town.operator, f"cases/{case['id']}/withdraw", reason="再改派")
    other = await sign_in_as(town.app, Role.OPERATOR)
    stands = (await town.operator.get(f"/api/v1/cases/{case['id']}")).json()
    while stands["state"] == "offered":
        stands = await say(town.operator, f"cases/{case['id']}/withdraw", reason="无人可派")
    answers = await asyncio.gather(
        *(
            client.post(f"/api/v1/cases/{case['id']}/assign", json={"responder": str(person)})
            for client, person in ((town.operator, STEWARD), (other, SQUAD))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409], [a.text for a in answers]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json()["type"] == "/problems/already-taken"


async def test_a_report_outside_the_district_waits_with_the_nearest_area_named(town: Town) -> None:
    case = await report(town.operator, lon=113.5, lat=38.5)
    assert case["state"] == "reported"
    assert case["area"] is None
    assert case["nearest_area"] == small_district.grid_code(16)
    refused = await town.operator.post(f"/api/v1/cases/{case['id']}/file", json={})
    assert refused.status_code == 409
    moved = await say(town.operator, f"cases/{case['id']}/relocate", **ON_LANE)
    assert moved["area"] == small_district.grid_code(1)
    filed = await say(town.operator, f"cases/{case['id']}/file")
    assert filed["state"] == "offered"


async def test_what_lies_elsewhere_does_not_exist(town: Town) -> None:
    case = await report(town.worker)
    stranger = await sign_in_as(town.app, Role.SUPERVISOR, "990101002")
    for path in ("", "/duplicates", "/suggestion"):
        answer = await stranger.get(f"/api/v1/cases/{case['id']}{path}")
        assert answer.status_code == 404, path
    assert (await stranger.post(f"/api/v1/cases/{case['id']}/file", json={})).status_code == 404
    assert (await stranger.get("/api/v1/cases")).json()["items"] == []
    own = await sign_in_as(town.app, Role.SUPERVISOR, "990101001")
    assert len((await own.get("/api/v1/cases")).json()["items"]) == 1


async def test_a_look_at_somebody_elses_case_is_recorded(town: Town) -> None:
    case = await report(town.steward, client_id="phone-00001")
    await town.steward.get(f"/api/v1/cases/{case['id']}")
    assert (await town.operator.get(f"/api/v1/cases/{case['id']}")).status_code == 200
    administrator = await sign_in_as(town.app, Role.ADMINISTRATOR)
    looks = (await administrator.get("/api/v1/audit", params={"act": "look:case"})).json()["items"]
    assert [(look["about"], look["name"][:8]) for look in looks] == [(case["id"], "operator")]


async def test_lists_are_paged_filtered_and_counted(town: Town) -> None:
    for number in range(7):
        await report(town.worker, client_id=f"phone-{number:04}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await town.operator.get("/api/v1/cases", params={"limit": 3, "cursor": cursor})).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 7
    count = await town.operator.get("/api/v1/cases/count", params={"street": "lane-0", "q": "占道"})
    assert count.json() == {"count": 7}
    none = await town.operator.get("/api/v1/cases/count", params={"area": "990101002"})
    assert none.json() == {"count": 0}
    bad = await town.operator.get("/api/v1/cases", params={"cursor": "WyJ4IiwieSJd"})
    assert bad.status_code == 400
    box = {"west": 111, "south": 36, "east": 113, "north": 38}
    assert (await town.operator.get("/api/v1/cases/count", params=box)).json() == {"count": 7}
    for broken in ({"west": 111}, box | {"east": 110}):
        assert (await town.operator.get("/api/v1/cases", params=broken)).status_code == 400
    for unheard_of in ({"state": "lost"}, {"outcome": "gone"}):
        assert (await town.operator.get("/api/v1/cases", params=unheard_of)).status_code == 422


async def test_a_whistle_is_answered_step_by_step_and_holds_up_the_end(town: Town) -> None:
    case = await report(town.worker)
    called = await town.operator.post(f"/api/v1/cases/{case['id']}/whistle", json={})
    assert called.status_code in {200, 404}, called.text
    if called.status_code == 404:  # the list of this subdistrict has no matter for the category
        departments = ["urban_management"]
        await say(town.operator, f"cases/{case['id']}/whistle", departments=departments)
    card = (await town.operator.get(f"/api/v1/cases/{case['id']}")).json()
    (whistle,) = card["whistles"]
    department = whistle["calls"][0]["department"]
    contact = await sign_in_as(town.app, Role.DEPARTMENT_CONTACT, department=department)
    (mine,) = (await contact.get("/api/v1/whistles")).json()
    assert mine["case"]["id"] == case["id"]
    skipped = await contact.post(f"/api/v1/whistles/{whistle['id']}/done", json={"department": department})
    assert skipped.status_code == 409
    for step in ("report-in", "arrive", "done"):
        await say(contact, f"whistles/{whistle['id']}/{step}", department=department)
    await say(town.operator, f"whistles/{whistle['id']}/rate", department=department, score=5)
    card = (await town.operator.get(f"/api/v1/cases/{case['id']}")).json()
    call = next(c for c in card["whistles"][0]["calls"] if c["department"] == department)
    assert (call["standing"], call["score"]) == ("done", 5)


async def test_bulk_acts_say_what_came_of_each(town: Town) -> None:
    open_case = await report(town.worker, client_id="phone-a001")
    waiting = await report(town.operator, client_id="phone-a002", lon=113.5, lat=38.5)
    results = await say(
        town.operator,
        "cases/bulk/acts",
        cases=[open_case["id"], waiting["id"]],
        action="dismiss",
        reason="重复",
    )
    assert [(one["case"], one["done"]) for one in results] == [
        (open_case["id"], False),
        (waiting["id"], True),
    ]


async def test_a_bulk_act_stops_at_no_case_that_one_may_only_look_at(town: Town) -> None:
    seen_only = await report(town.worker, client_id="phone-a003")
    grants = Grant(Role.SUPERVISOR, f"{DISTRICT}002"), Grant(Role.AUDITOR, DISTRICT)
    account = await make_account(town.app, "looks-further", *grants)
    both = await client_of(town.app, account)
    told = {"cases": [seen_only["id"]], "action": "dismiss", "reason": "重复"}
    answer = await both.post("/api/v1/cases/bulk/acts", json=told)
    assert answer.status_code == 200, answer.text
    assert [(one["done"], one["detail_zh"]) for one in answer.json()] == [
        (False, "您可以查看该案件，但无权进行此操作。")
    ]


async def test_an_act_whose_answer_was_lost_is_sent_again_without_harm(town: Town) -> None:
    case = await report(town.worker)
    phone, task = phone_of(town, case["holder"]), case["task"]
    body = {"client_id": "phone-act-0001", "phone_at": datetime.now(UTC).isoformat()}
    answers = [await phone.post(f"/api/v1/tasks/{task}/accept", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    card = (await town.operator.get(f"/api/v1/cases/{case['id']}")).json()
    assert [event["action"] for event in card["history"]].count("accept") == 1
    other = await phone.post(f"/api/v1/tasks/{task}/accept", json=body | {"reason": "不同的内容"})
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/same-id-other-report"
