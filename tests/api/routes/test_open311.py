"""Open311 GeoReport v2, with requests as FixMyStreet's client sends them."""

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from api.identity import Grant, Role
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis


class Desk(NamedTuple):
    """Another system with its key."""

    client: httpx.AsyncClient
    key: str


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with serving(database, tmp_path) as (app, client):
        await small_district.load(engine_in(app))
        account = await make_account(app, "fixmystreet", Grant(Role.OPERATOR, DISTRICT))
        owner = await client_of(app, account)
        made = await owner.post(
            "/api/v1/tokens", json={"name": "fixmystreet", "scopes": ["report", "view_cases"]}
        )
        yield Desk(client, made.json()["token"])


def fixmystreet_report(key: str, number: int = 1) -> dict[str, str]:
    """The fields that FixMyStreet's Open311 client posts."""
    return {
        "api_key": key,
        "jurisdiction_id": "district.example",
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


async def test_without_a_key_nothing_is_told(desk: Desk) -> None:
    assert (await desk.client.get("/open311/v2/requests.json")).status_code == 403
    assert (await desk.client.get("/open311/v2/discovery.json")).status_code == 200
