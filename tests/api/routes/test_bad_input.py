"""What no phone should send, sent to the running server: refused in one sentence, and nothing is lost."""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx

from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import client_of
from tests.api.pictures import picture
from tests.api.routes.test_casework import Town, finding, pytestmark, report, say, town
from tests.api.serving import engine_in

__all__ = ["pytestmark", "town"]

JPEG = {"Content-Type": "image/jpeg"}


def body(**wrong: object) -> bytes:
    return json.dumps(finding(**wrong)).encode()


def raw(field: str, value: bytes) -> bytes:
    """A finding in which one field is written as no library would write it."""
    return body(**{field: "HERE"}).replace(b'"HERE"', value)


REFUSED: dict[str, tuple[bytes, int]] = {
    "NaN": (raw("lon", b"NaN"), 400),
    "infinity": (raw("lat", b"Infinity"), 400),
    "minus infinity": (raw("lat", b"-Infinity"), 400),
    "1e400": (raw("lon", b"1e400"), 400),
    "NUL": (raw("description", b'"a\\u0000b"'), 400),
    "lone surrogate": (raw("description", b'"\\ud800"'), 400),
    "1,000 deep": (raw("description", b"[" * 1000 + b"]" * 1000), 400),
    "a number of 5,000 digits": (raw("lon", b"9" * 5000), 400),
    "not UTF-8": (raw("description", b'"\xff"'), 400),
    "cut off": (body()[:-10], 400),
    "NaN as a word": (raw("lon", b'"NaN"'), 422),
    "off the earth": (raw("lon", b"200.0"), 422),
    "a category that does not exist": (raw("category", b'"no-such-thing"'), 422),
    "a time in the future": (raw("found_at", b'"2126-01-01T00:00:00+08:00"'), 422),
    "a time without a zone": (raw("found_at", b'"2026-01-01T00:00:00"'), 422),
    "a time before the calendar begins": (raw("found_at", b'"0001-01-01T00:00:00+14:00"'), 422),
    "no id of the phone's": (raw("client_id", '"短"'.encode()), 422),
    "settled without an outcome": (raw("wish", b'"settle"'), 422),
    "too long": (raw("description", b'"' + b"x" * 5000 + b'"'), 422),
    "nothing": (b"", 422),
    "a list": (b"[]", 422),
}


async def send(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.post(
        "/api/v1/findings", content=content, headers={"content-type": "application/json"}
    )


async def kept(town: Town) -> int:
    async with driver_transaction(engine_in(town.app)) as driver:
        count: int = await driver.fetchval(
            "SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM finding)"
            " + (SELECT count(*) FROM case_event)"
        )
    return count


async def test_each_is_refused_in_one_sentence_and_leaves_nothing(town: Town) -> None:
    for name, (content, status) in REFUSED.items():
        answer = await send(town.worker, content)
        assert answer.status_code == status, f"{name}: {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json", name
        problem = answer.json()
        for said, end in ((problem["detail"], "."), (problem["detail_zh"], "。")):
            assert said.endswith(end), f"{name}: {said}"
            assert len(said) < 300, f"{name}: {said}"
            assert "\n" not in said, f"{name}: {said}"
    assert await kept(town) == 0
    assert (await send(town.worker, body())).status_code == 201


async def test_a_point_outside_is_kept_for_whoever_reported_it_and_named(town: Town) -> None:
    for client, where in ((town.worker, {"lon": 113.5, "lat": 38.5}), (town.operator, {"lon": 0, "lat": 0})):
        case = await report(client, client_id=f"out-{uuid4()}", **where)
        assert (case["state"], case["area"]) == ("reported", None)
        assert case["nearest_area"] in {str(area.code) for area in small_district.areas()}
    waiting = (await town.operator.get("/api/v1/cases", params={"unassigned": True})).json()["items"]
    assert len(waiting) == 2


async def test_a_session_that_ends_between_photograph_and_report_loses_neither(town: Town) -> None:
    name = (await upload(town.worker, picture())).json()["name"]
    await end_sessions(town)
    told = finding(client_id="phone-0009", photographs=[name])
    refused = await town.worker.post("/api/v1/findings", json=told)
    assert refused.status_code == 401
    assert refused.json()["detail_zh"].endswith("。")
    again = await sign_in_again(town)
    case = (await again.post("/api/v1/findings", json=told)).json()["case"]
    assert case["photographs"] == [name]
    assert (await again.get(f"/api/v1/photographs/{name}")).status_code == 200


async def test_a_session_that_ends_while_a_photograph_is_on_its_way_loses_nothing(town: Town) -> None:
    whole, photograph = picture(), str(uuid4())

    async def slowly() -> AsyncIterator[bytes]:
        yield whole[:100]
        await end_sessions(town)
        yield whole[100:]

    answer = await town.worker.put(f"/api/v1/photographs/{photograph}", content=slowly(), headers=JPEG)
    assert answer.status_code in {200, 201, 401}, answer.text
    assert (await upload(town.worker, whole)).status_code == 401
    again = await sign_in_again(town)
    sent = await again.put(f"/api/v1/photographs/{photograph}", content=whole, headers=JPEG)
    assert sent.status_code in {200, 201}
    case = await report(again, photographs=[sent.json()["name"]])
    assert len(case["photographs"]) == 1


async def test_a_report_when_everybody_has_his_hands_full_waits_filed(town: Town) -> None:
    async with driver_transaction(engine_in(town.app)) as driver:
        await driver.execute("UPDATE person SET load = capacity")
    case = await report(town.operator)
    assert (case["state"], case["holder"]) == ("filed", None)
    assert (await say(town.operator, f"cases/{case['id']}/note", reason="已知"))["state"] == "filed"


async def upload(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.put(f"/api/v1/photographs/{uuid4()}", content=content, headers=JPEG)


async def end_sessions(town: Town) -> None:
    """Let every session run out, and wait for nobody to notice."""
    async with driver_transaction(engine_in(town.app)) as driver:
        await driver.execute("UPDATE account_session SET expires_at = now() - interval '1 second'")
        await driver.execute("UPDATE access_epoch SET epoch = epoch + 1")
    town.app.state.access.forget()


async def sign_in_again(town: Town) -> httpx.AsyncClient:
    async with driver_transaction(engine_in(town.app)) as driver:
        account = await driver.fetchval("SELECT id FROM account WHERE name = 'phone-103'")
    return await client_of(town.app, account)
