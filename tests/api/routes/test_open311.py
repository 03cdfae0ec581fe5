"""Open311 GeoReport v2, with requests as FixMyStreet's client sends them."""

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.identity import Grant, Role
from api.store.database import driver_transaction
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account
from tests.api.pictures import picture
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


class Desk(NamedTuple):
    """Another system with its key."""

    client: httpx.AsyncClient
    key: str
    app: FastAPI


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        account = await make_account(app, "fixmystreet", Grant(Role.OPERATOR, DISTRICT))
        owner = await client_of(app, account)
        made = await owner.post(
            "/api/v1/tokens", json={"name": "fixmystreet", "scopes": ["report", "view_cases"]}
        )
        yield Desk(client, made.json()["token"], app)


def fixmystreet_report(key: str, number: int = 1) -> dict[str, str]:
    """The fields that FixMyStreet's Open311 client posts."""
    return {
        "api_key": key,
        "jurisdiction_id": DISTRICT,
        "service_code": "E0401",
        "lat": "37.005",
        "long": "112.005",
        "description": "Stall in the lane\n\nblocks the pram",
        "first_name": "A",
        "last_name": "Resident",
        "email": "resident@example.org",
        "attribute[fixmystreet_id]": str(number),
        "attribute[easting]": "1",
        "attribute[northing]": "2",
    }


async def test_a_report_goes_in_once_and_can_be_followed_in_xml(desk: Desk) -> None:
    services = ET.fromstring((await desk.client.get("/open311/v2/services.xml")).text)
    assert services.tag == "services"
    assert "E0401" in {service.findtext("service_code") for service in services.findall("service")}
    sent = await desk.client.post("/open311/v2/requests.xml", data=fixmystreet_report(desk.key))
    assert sent.status_code == 201, sent.text
    assert sent.headers["content-type"].startswith("text/xml")
    request_id = ET.fromstring(sent.text).findtext("request/service_request_id")
    again = await desk.client.post("/open311/v2/requests.xml", data=fixmystreet_report(desk.key))
    assert ET.fromstring(again.text).findtext("request/service_request_id") == request_id
    shown = await desk.client.get(f"/open311/v2/requests/{request_id}.xml", params={"api_key": desk.key})
    request = ET.fromstring(shown.text).find("request")
    assert request is not None
    assert request.findtext("status") == "open"
    assert float(request.findtext("lat", "0")) == 37.005
    assert "resident@example.org" not in shown.text


async def test_a_contact_is_kept_with_its_case_and_once(desk: Desk) -> None:
    sent = await asyncio.gather(
        *(desk.client.post("/open311/v2/requests.json", data=fixmystreet_report(desk.key)) for _ in range(3))
    )
    assert {answer.status_code for answer in sent} == {201}
    assert len({answer.json()[0]["service_request_id"] for answer in sent}) == 1
    async with driver_transaction(engine_in(desk.app)) as driver:
        contacts = await driver.fetch(
            "SELECT r.name, c.id FROM resident_contact r LEFT JOIN cases c ON c.finding = r.finding"
        )
    ((name, case),) = contacts
    assert (name, str(case)) == ("A Resident", sent[0].json()[0]["service_request_id"])


async def test_the_same_in_json_with_filters_tokens_and_updates(desk: Desk) -> None:
    sent = await desk.client.post("/open311/v2/requests.json", data=fixmystreet_report(desk.key))
    request_id = sent.json()[0]["service_request_id"]
    key = {"api_key": desk.key}

    async def ids(**filters: str) -> list[str]:
        answer = await desk.client.get("/open311/v2/requests.json", params={**key, **filters})
        assert answer.status_code == 200, answer.text
        return [one["service_request_id"] for one in answer.json()]

    assert await ids() == [request_id]
    assert await ids(service_request_id=request_id, status="closed") == [request_id]
    assert await ids(service_code="E0401,E0402", status="open") == [request_id]
    assert await ids(status="closed") == []
    assert await ids(end_date="2020-01-01T00:00:00Z") == []
    token = await desk.client.get(f"/open311/v2/tokens/{request_id}.json", params=key)
    assert token.json()[0]["service_request_id"] == request_id
    updates = await desk.client.get("/open311/v2/servicerequestupdates.json", params=key)
    assert {update["service_request_id"] for update in updates.json()} == {request_id}
    written = await desk.client.post(
        "/open311/v2/servicerequestupdates.json",
        data={**key, "service_request_id": request_id, "description": "Still there", "status": "OPEN"},
    )
    assert written.status_code == 201, written.text


async def test_a_place_can_be_named(desk: Desk) -> None:
    for place in ({"address_string": "乙巷"}, {"address_id": str(small_district.grid_code(1))}):
        body = {"api_key": desk.key, "service_code": "E0401", **place}
        assert (await desk.client.post("/open311/v2/requests.json", data=body)).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "X"}, 404, "service_code was not found"),
        ({"lat": "", "long": ""}, 400, "was not provided"),
        ({"lat": "nan"}, 400, "degrees"),
        ({"lat": "1e400"}, 400, "degrees"),
        ({"lat": "north"}, 400, "not numbers"),
        ({"lat": "", "address_string": "no such place"}, 400, "no such address"),
        ({"api_key": "wrong"}, 403, ""),
        ({"jurisdiction_id": "elsewhere"}, 404, "jurisdiction_id was not found"),
    ],
)
@pytest.mark.parametrize("file_format", ["xml", "json"])
async def test_refusals_are_worded_as_the_standard_words_them(
    desk: Desk, change: dict[str, str], status: int, words: str, file_format: str
) -> None:
    body = {**fixmystreet_report(desk.key), **change}
    answer = await desk.client.post(f"/open311/v2/requests.{file_format}", data=body)
    assert answer.status_code == status, answer.text
    if file_format == "json":
        told = answer.json()[0]
        assert told["code"] == status
        description = told["description"]
    else:
        error = ET.fromstring(answer.text).find("error")
        assert error is not None
        assert error.findtext("code") == str(status)
        description = error.findtext("description") or ""
    assert words in description


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("services/X.json", 404),
        ("requests/1.json", 404),
        ("requests.json?status=odd", 400),
        ("requests.json?jurisdiction_id=elsewhere", 404),
        ("services.json?jurisdiction_id=elsewhere", 404),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z", 400),
        ("requests.json?start_date=9999-12-31T00:00:00Z", 400),
        ("requests.json?service_request_id=1", 404),
    ],
)
async def test_questions_that_make_no_sense(desk: Desk, path: str, status: int) -> None:
    mark = "&" if "?" in path else "?"
    answer = await desk.client.get(f"/open311/v2/{path}{mark}api_key={desk.key}")
    assert answer.status_code == status, answer.text
    assert answer.json()[0]["code"] == status


async def test_what_fixmystreet_asks_of_a_service_makes_it_send_its_own_number(desk: Desk) -> None:
    """It sends `attribute[fixmystreet_id]` only where the definition lists an attribute of that code."""
    services = ET.fromstring((await desk.client.get("/open311/v2/services.xml")).text)
    service = services.find("service[service_code='E0401']")
    assert service is not None
    assert service.findtext("metadata") == "true"
    told = await desk.client.get(f"/open311/v2/services/E0401.xml?jurisdiction_id={DISTRICT}")
    (attribute,) = ET.fromstring(told.text).findall("attributes/attribute")
    assert attribute.findtext("code") == "fixmystreet_id"
    assert attribute.findtext("automated") == "server_set"
    assert attribute.findtext("required") == "false"


async def test_fixmystreet_reads_without_api_key_by_the_address_own_password(desk: Desk) -> None:
    """Its client adds api_key to posts and updates only; a key in the endpoint's address becomes Basic."""
    sent = await desk.client.post("/open311/v2/requests.xml", data=fixmystreet_report(desk.key))
    request_id = ET.fromstring(sent.text).findtext("request/service_request_id")
    query = {"jurisdiction_id": DISTRICT, "service_request_id": request_id}
    assert (await desk.client.get("/open311/v2/requests.xml", params=query)).status_code == 403
    answer = await desk.client.get("/open311/v2/requests.xml", params=query, auth=("fixmystreet", desk.key))
    assert ET.fromstring(answer.text).findtext("request/service_request_id") == request_id
    for password in ("wrong", ""):
        refused = await desk.client.get(
            "/open311/v2/requests.xml", params=query, auth=("fixmystreet", password)
        )
        assert refused.status_code == 403
    odd = await desk.client.get("/open311/v2/requests.xml", headers={"Authorization": "Basic %%%"})
    assert odd.status_code == 403


async def test_photographs_come_with_the_form_and_by_address(desk: Desk) -> None:
    """Of reports that are not public it posts the photographs themselves, else several media_url."""
    files = {
        "photo1": ("7.0.full.jpeg", picture(), "image/jpeg"),
        "photo2": ("7.1.full.png", picture("PNG", colour="red"), "image/png"),
    }
    body = fixmystreet_report(desk.key)
    for _ in range(2):
        sent = await desk.client.post("/open311/v2/requests.xml", data=body, files=files)
        assert sent.status_code == 201, sent.text
    request_id = ET.fromstring(sent.text).findtext("request/service_request_id")
    case = (await desk.client.get(f"/api/v1/cases/{request_id}", headers=bearer(desk))).json()
    assert len(case["photographs"]) == 2
    broken = await desk.client.post(
        "/open311/v2/requests.xml",
        data=fixmystreet_report(desk.key, 2),
        files={"photo1": ("x.jpeg", b"no picture", "image/jpeg")},
    )
    assert broken.status_code == 400
    assert ET.fromstring(broken.text).findtext("error/description")
    addresses = {"media_url": ["https://fms.example/1.jpeg", "https://fms.example/2.jpeg"]}
    sent = await desk.client.post(
        "/open311/v2/requests.json", data={**fixmystreet_report(desk.key, 3), **addresses}
    )
    shown = await desk.client.get(
        f"/open311/v2/requests/{sent.json()[0]['service_request_id']}.json?api_key={desk.key}"
    )
    assert shown.json()[0]["description"].endswith("https://fms.example/1.jpeg\nhttps://fms.example/2.jpeg")


async def test_whoever_handles_the_case_can_reach_the_resident_and_nobody_else_reads_of_him(
    desk: Desk,
) -> None:
    body = {**fixmystreet_report(desk.key), "phone": "555 0102"}
    sent = await desk.client.post("/open311/v2/requests.json", data=body)
    async with driver_transaction(engine_in(desk.app)) as driver:
        row = await driver.fetchrow("SELECT name, phone, address FROM resident_contact")
    assert tuple(row) == ("A Resident", "555 0102", "resident@example.org")
    request_id = sent.json()[0]["service_request_id"]
    shown = await desk.client.get(f"/open311/v2/requests/{request_id}.json?api_key={desk.key}")
    assert "Resident" not in shown.text
    assert "555" not in shown.text


async def test_updates_go_both_ways_and_a_retry_is_harmless(desk: Desk) -> None:
    sent = await desk.client.post("/open311/v2/requests.xml", data=fixmystreet_report(desk.key))
    request_id = ET.fromstring(sent.text).findtext("request/service_request_id")
    update = {
        "api_key": desk.key,
        "jurisdiction_id": DISTRICT,
        "updated_datetime": "2026-11-20T08:00:00+00:00",
        "service_request_id": request_id,
        "status": "OPEN",
        "description": "Still there",
        "first_name": "A",
        "last_name": "Resident",
        "email": "resident@example.org",
        "update_id": "123",
    }
    ids = set()
    for _ in range(2):
        answer = await desk.client.post("/open311/v2/servicerequestupdates.xml", data=update)
        assert answer.status_code == 201, answer.text
        ids.add(ET.fromstring(answer.text).findtext("request_update/update_id"))
    assert len(ids) == 1
    other = await desk.client.post(
        "/open311/v2/servicerequestupdates.xml", data={**update, "description": "Gone now"}
    )
    assert other.status_code == 400
    history = (await desk.client.get(f"/api/v1/cases/{request_id}", headers=bearer(desk))).json()["history"]
    assert [event["reason"] for event in history if event["action"] == "note"] == ["[OPEN] Still there"]
    asked = {
        "api_key": desk.key,
        "jurisdiction_id": DISTRICT,
        "start_date": (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_date": (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    told = ET.fromstring((await desk.client.get("/open311/v2/servicerequestupdates.xml", params=asked)).text)
    first = told.find("request_update")
    assert first is not None
    assert first.findtext("service_request_id") == request_id
    assert first.findtext("description") == "已收到 Received"
    assert first.findtext("status") == "open"
    assert datetime.fromisoformat(first.findtext("updated_datetime") or "").tzinfo is not None
    for change, status in (
        ({"service_request_id": str(uuid4())}, 404),
        ({"service_request_id": "1"}, 404),
        ({"description": "", "status": ""}, 400),
        ({"updated_datetime": "yesterday"}, 400),
        ({"api_key": "wrong"}, 403),
    ):
        refused = await desk.client.post(
            "/open311/v2/servicerequestupdates.xml", data={**update, "update_id": "9", **change}
        )
        assert refused.status_code == status, refused.text
        assert ET.fromstring(refused.text).findtext("error/code") == str(status)


def bearer(desk: Desk) -> dict[str, str]:
    return {"Authorization": f"Bearer {desk.key}"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing.{}", 404),
        ("GET", "services/E0401/more.{}", 404),
        ("DELETE", "services.{}", 400),
        ("PUT", "requests.{}", 400),
        ("GET", "services.{}?jurisdiction_id=%00", 400),
        ("GET", "requests.{}", 403),
    ],
)
@pytest.mark.parametrize("file_format", ["xml", "json"])
async def test_what_no_route_of_the_standard_takes_is_told_in_its_words_too(
    desk: Desk, method: str, path: str, status: int, file_format: str
) -> None:
    answer = await desk.client.request(method, f"/open311/v2/{path.format(file_format)}")
    assert (answer.status_code, code_in(answer, file_format)) == (status, status), answer.text
    foreign = {"Authorization": "Bearer yilu_of_nobody"}
    answer = await desk.client.get(f"/open311/v2/services.{file_format}", headers=foreign)
    assert (answer.status_code, code_in(answer, file_format)) == (403, 403), answer.text
    broken = await desk.client.post(
        f"/open311/v2/requests.{file_format}", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (broken.status_code, code_in(broken, file_format)) == (400, 400)


def code_in(answer: httpx.Response, file_format: str) -> int:
    if file_format == "json":
        return int(answer.json()[0]["code"])
    return int(ET.fromstring(answer.text).findtext("error/code") or 0)


async def test_without_a_key_nothing_is_told(desk: Desk) -> None:
    assert (await desk.client.get("/open311/v2/requests.json")).status_code == 403
    assert (await desk.client.get("/open311/v2/discovery.json")).status_code == 200
