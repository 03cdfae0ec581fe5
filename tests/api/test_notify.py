"""Webhooks from end to end: a case happens, a receiver outside the process hears of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from api.identity import Role
from api.notify import FIRST_WAIT, LONGEST_WAIT, Messenger, wait_after
from api.outbound import signature_of
from api.resident_chores import forget_old_contacts, tell_residents
from api.store.database import driver_transaction
from api.store.feed import stamp_committed
from api.store.webhooks import MOST_ATTEMPTS
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.residents_here import CONTACT, resident_of
from tests.api.residents_here import report as ask_for
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

WANTS = CONTACT | {"tell": True}
"""A number, and leave to send messages to it."""


@dataclass
class Receiver:
    """Another system: remembers what it was told, and answers as it is set to."""

    address: str = ""
    status: int = 204
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = await reader.readexactly(int(headers["content-length"]))
        self.told.append((headers, body))
        writer.write(f"HTTP/1.1 {self.status} X\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=x"
    async with server:
        yield receiver


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        yield app


async def subscribe(keeper: httpx.AsyncClient, receiver: Receiver, **more: Any) -> dict[str, Any]:
    assert (await keeper.put("/api/v1/webhook-hosts", json=["127.0.0.1"])).status_code == 200
    body = {"name": "12345", "url": receiver.address, "area": DISTRICT, **more}
    answer = await keeper.post("/api/v1/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def report(app: FastAPI) -> str:
    worker = await sign_in_as(app, Role.GRID_WORKER)
    finding = {
        "client_id": str(uuid4()),
        "category": "E0401",
        "found_at": datetime.now(UTC).isoformat(),
        "lon": 112.005,
        "lat": 37.005,
    }
    answer = await worker.post("/api/v1/findings", json=finding)
    assert answer.status_code == 201, answer.text
    async with driver_transaction(engine_in(app)) as driver:
        await stamp_committed(driver, DISTRICT)
    case: str = answer.json()["case"]["id"]
    return case


async def test_an_event_reaches_its_receiver_signed_and_once(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    messenger = Messenger(engine_in(app), DISTRICT, app.state.keys)
    async with receiving() as receiver:
        made = await subscribe(keeper, receiver)
        case = await report(app)
        delivered = await messenger.step()
        assert delivered >= 1
        assert await messenger.step() == 0
    assert len(receiver.told) == delivered
    headers, body = receiver.told[0]
    event = orjson.loads(body)
    assert headers["content-type"] == "application/cloudevents+json"
    assert event["specversion"] == "1.0"
    assert event["subject"] == case
    assert event["type"].startswith("yilu.case.")
    assert len({orjson.loads(told)["id"] for _, told in receiver.told}) == delivered
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert headers["webhook-signature"] == signature_of(made["secret"], headers["webhook-id"], sent_at, body)
    assert "secret" not in (await keeper.get("/api/v1/webhooks")).json()[0]


async def test_a_receiver_hears_only_of_what_it_asked_for(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    messenger = Messenger(engine_in(app), DISTRICT, app.state.keys)
    async with receiving() as elsewhere, receiving() as other_kind, receiving() as stopped:
        await subscribe(keeper, elsewhere, area="990101002")
        await subscribe(keeper, other_kind, kinds=["wish"])
        paused = await subscribe(keeper, stopped)
        await keeper.patch(f"/api/v1/webhooks/{paused['id']}", json={"active": False})
        await report(app)
        await messenger.step()
        assert elsewhere.told == other_kind.told == stopped.told == []
        await keeper.patch(f"/api/v1/webhooks/{paused['id']}", json={"active": True})
        await messenger.step()
        assert stopped.told


async def test_a_state_is_the_one_after_the_event_whatever_became_of_the_case_since(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    async with receiving() as receiver, receiving() as later:
        await subscribe(keeper, receiver, states=["reported"])
        await subscribe(keeper, later, states=["closed"])
        case = await report(app)
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute("UPDATE cases SET state = 'closed' WHERE id = $1", UUID(case))
        await Messenger(engine_in(app), DISTRICT, app.state.keys).step()
    told = [orjson.loads(body) for _, body in receiver.told]
    assert [(event["type"], event["data"]["state"]) for event in told] == [("yilu.case.report", "reported")]
    assert later.told == []


async def test_what_is_not_taken_is_tried_again_and_then_kept_as_a_dead_letter(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    messenger = Messenger(engine_in(app), DISTRICT, app.state.keys)
    async with receiving() as receiver:
        receiver.status = 302
        hook = (await subscribe(keeper, receiver))["id"]
        await report(app)
        for _ in range(MOST_ATTEMPTS):
            async with driver_transaction(engine_in(app)) as driver:
                await driver.execute("UPDATE webhook_delivery SET try_at = now() WHERE try_at IS NOT NULL")
            assert await messenger.step() == 0
        dead = (await keeper.get(f"/api/v1/webhooks/{hook}/deliveries?dead=true")).json()["items"]
        assert dead[0]["attempts"] == MOST_ATTEMPTS
        assert "302" in dead[0]["last_failure"]
        receiver.status = 200
        assert await messenger.step() == 0
        again = await keeper.post(f"/api/v1/webhooks/{hook}/send-again")
        assert again.json() == {"waiting": len(dead)}
        assert await messenger.step() == len(dead)
        assert (await keeper.get(f"/api/v1/webhooks/{hook}/deliveries")).json()["items"] == []


async def test_a_host_that_is_no_longer_allowed_is_not_called(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    async with receiving() as receiver:
        hook = (await subscribe(keeper, receiver))["id"]
        await keeper.put("/api/v1/webhook-hosts", json=[])
        refused = await keeper.post(
            "/api/v1/webhooks", json={"name": "x", "url": receiver.address, "area": DISTRICT}
        )
        assert refused.status_code == 422
        await report(app)
        assert await Messenger(engine_in(app), DISTRICT, app.state.keys).step() == 0
        assert receiver.told == []
        waiting = (await keeper.get(f"/api/v1/webhooks/{hook}/deliveries")).json()["items"]
        assert waiting[0]["last_failure"].startswith("refused: ")


async def test_a_gateway_gets_notices_with_a_number_and_words_in_both_languages(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    person = uuid4()
    async with receiving() as receiver:
        await subscribe(keeper, receiver, source="notices")
        case = await report(app)
        async with driver_transaction(engine_in(app)) as driver:
            await driver.execute("DELETE FROM notice")
            await driver.execute(
                "INSERT INTO person (district, id, name, post, area, phone)"
                " VALUES ('990101', $1, '李强', 'grid_worker', '990101001', '555 0101')",
                person,
            )
            await driver.execute(
                "INSERT INTO notice (district, case_id, kind, words_zh, words_en, person, details, at)"
                " VALUES ('990101', $1, 'offer', '新任务', 'A new task', $2, '{}', now())",
                case,
                person,
            )
        messenger = Messenger(engine_in(app), DISTRICT, app.state.keys)
        assert await messenger.step() == 1
        assert await messenger.step() == 0
    data = orjson.loads(receiver.told[0][1])["data"]
    assert data["to"]["phone"] == "555 0101"
    assert (data["text_zh"], data["text_en"]) == ("新任务", "A new task")


async def news_of(app: FastAPI, public_url: str = "") -> int:
    """Number what was committed and put into words what residents are to be told."""
    async with driver_transaction(engine_in(app)) as driver:
        await stamp_committed(driver, DISTRICT)
    settings = replace(app.state.settings, public_url=public_url)
    return await tell_residents(engine_in(app), settings, app.state.casework.policy)


async def dismissed(app: FastAPI, taken: dict[str, Any]) -> None:
    desk = await sign_in_as(app, Role.OPERATOR)
    (case,) = (await desk.get("/api/v1/cases", params={"q": str(taken["number"])})).json()["items"]
    answer = await desk.post(f"/api/v1/cases/{case['id']}/dismiss", json={"reason": "已修好"})
    assert answer.status_code == 200, answer.text


async def test_a_resident_is_told_by_text_message_if_he_asked_for_it(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    messenger = Messenger(engine_in(app), DISTRICT, app.state.keys)
    resident = resident_of(app)
    assert (await resident.get("/api/v1/resident/form")).json()["messages"] is False
    async with receiving() as receiver:
        await subscribe(keeper, receiver, source="notices", kinds=["resident_news"])
        assert (await resident.get("/api/v1/resident/form")).json()["messages"] is True
        wants = await ask_for(resident, contact=WANTS)
        wants_none = await ask_for(resident, contact=CONTACT)
        changed_his_mind = await ask_for(resident, contact=WANTS)
        chosen = await resident.put(
            f"/api/v1/resident/reports/{changed_his_mind['tracking']}/messages", json={"tell": False}
        )
        assert chosen.json()["tell"] is False
        for taken in (wants, wants_none, changed_his_mind):
            await dismissed(app, taken)
        assert await news_of(app, "https://yilu.test/") == 1
        assert await news_of(app) == 0
        assert await messenger.step() == 1
    event = orjson.loads(receiver.told[0][1])
    assert event["type"] == "yilu.notice.resident_news"
    assert event["data"]["to"] == {**CONTACT, "language": "zh"}
    assert f"第 {wants['number']} 号）未受理" in event["data"]["text_zh"]
    link = event["data"]["text_en"].split()[-1]
    assert link == f"https://yilu.test/report#follow={wants['tracking']}"
    async with driver_transaction(engine_in(app)) as driver:
        (kept,) = await driver.fetch("SELECT body::text AS body FROM webhook_delivery")
    assert CONTACT["phone"] not in kept["body"], "what was delivered is kept no longer"


async def test_messages_that_wait_are_taken_back_with_the_wish_and_with_the_number(app: FastAPI) -> None:
    keeper = await sign_in_as(app, Role.ADMINISTRATOR)
    resident = resident_of(app)
    async with receiving() as receiver:
        hook = (await subscribe(keeper, receiver, source="notices"))["id"]
        mine, erased = await ask_for(resident, contact=WANTS), await ask_for(resident, contact=WANTS)
        for taken in (mine, erased):
            await dismissed(app, taken)
        assert await news_of(app) == 2
        address = f"/api/v1/resident/reports/{mine['tracking']}/messages"
        assert (await resident.put(address, json={"tell": False})).status_code == 200
        policy = app.state.casework.policy
        later = datetime.now(UTC) + policy.residents.contact_lasts + timedelta(days=1)
        assert await forget_old_contacts(engine_in(app), app.state.settings, policy, later) == 2
        waiting = (await keeper.get(f"/api/v1/webhooks/{hook}/deliveries")).json()["items"]
        assert [one for one in waiting if "resident" in one["type"]] == []
        gone = await resident.put(address, json={"tell": True})
        assert gone.status_code == 404


async def test_notices_are_shown_to_whom_they_concern_and_marked(app: FastAPI) -> None:
    case = await report(app)
    async with driver_transaction(engine_in(app)) as driver:
        await driver.execute("DELETE FROM notice")
        await driver.execute(
            "INSERT INTO notice (district, case_id, kind, words_zh, words_en, post, area, details, at) VALUES"
            " ('990101', $1, 'nobody_found', '无人可派', 'Nobody', 'operator', '990101001001', '{}', now())",
            case,
        )
    operator = await sign_in_as(app, Role.OPERATOR)
    shown = (await operator.get("/api/v1/notices")).json()["items"]
    assert [notice["words_zh"] for notice in shown] == ["无人可派"]
    neighbour = await sign_in_as(app, Role.OPERATOR, "990101002")
    planner = await sign_in_as(app, Role.PLANNER)
    for other in (neighbour, planner):
        assert (await other.get("/api/v1/notices")).json()["items"] == []
        not_theirs = await other.post("/api/v1/notices/seen", json={"notices": [shown[0]["id"]]})
        assert not_theirs.json() == {"seen": 0}
    seen = await operator.post("/api/v1/notices/seen", json={"notices": [shown[0]["id"]]})
    assert seen.json() == {"seen": 1}
    assert (await operator.get("/api/v1/notices?unseen=true")).json()["items"] == []


def test_patience_doubles_up_to_six_hours() -> None:
    waits = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS + 1)]
    assert waits[0] == FIRST_WAIT
    assert waits[1] == 2 * FIRST_WAIT
    assert waits == sorted(waits)
    assert max(waits) <= LONGEST_WAIT
