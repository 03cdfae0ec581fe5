"""Open311 GeoReport v2 under /open311/v2: other cities' apps and 12345 front ends speak it unchanged."""

import hashlib
import math
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

import asyncpg
from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.actors import actor_of
from api.case_access import where_is
from api.casework import SameIdOtherReportError
from api.dependencies import DriverTransaction, Engine, SettingsOfRequest, Watch
from api.errors import problem_of
from api.guards import FORMS, require_by_key
from api.identity import Permission, Principal, may, reach_of
from api.ids import new_id
from api.open311 import (
    CLOSED_STATES,
    OPEN_STATES,
    PREFIX,
    Open311Error,
    answer_of,
    format_in,
    parse_time,
    refusal_of,
    request_of,
    service_of,
    told,
)
from api.photographs import MAX_BYTES, PhotographStore
from api.refusals import NotAllowedError
from api.routes.cases import CaseworkOfRequest
from api.routes.photos import Photographs, Whose, keep
from api.store.atlas import search
from api.store.case_lists import CaseFilter, list_case_items
from api.store.cases import find_case_file
from api.store.database import driver_transaction
from api.store.residents import Contact, save_contact
from dispatch.cases import Actor
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import FindingId, PersonId
from geo.area_codes import AreaCode
from geo.coordinates import LonLat

FormatName = Literal["xml", "json"]
Anyone = Annotated[Principal, require_by_key(Permission.VIEW_TERRITORY)]
Viewer = Annotated[Principal, require_by_key(Permission.VIEW_CASES)]
Reporter = Annotated[Principal, require_by_key(Permission.REPORT)]

LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000
MOST_WORDS = 4000
MOST_PHOTOGRAPHS = 12
OWN_NUMBER = {
    "variable": True,
    "code": "fixmystreet_id",
    "datatype": "string",
    "required": False,
    "datatype_description": "The number of the request in the system that sends it",
    "order": 1,
    "description": "Own number",
    "automated": "server_set",
}
"""Systems fill it in by themselves, if it is asked for: by it a request that is sent again is known."""

FORM = {
    "requestBody": {
        "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
    }
}


class Open311Route(APIRoute):
    """A route whose refusals are told as the standard tells them, in the asked format."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with its failures put into words."""
        handle = super().get_route_handler()

        async def tell(request: Request) -> Response:
            try:
                return await handle(request)
            except Open311Error as refused:
                return refusal_of(refused.status, refused.description, format_in(request.url.path))
            except Exception as failure:
                problem = problem_of(failure)
                if problem.kind.status >= 500:
                    raise
                return told(problem, request.url.path)

        return tell


async def check_jurisdiction(request: Request, settings: SettingsOfRequest) -> None:
    """Refuse what is meant for another city; to name none is as good, for there is one only."""
    named: object = request.query_params.get("jurisdiction_id")
    if named is None and request.headers.get("content-type", "").startswith(FORMS):
        named = (await request.form()).get("jurisdiction_id")
    if named not in (None, "", settings.district_code):
        raise Open311Error(404, "jurisdiction_id was not found")


router = APIRouter(
    prefix=PREFIX,
    tags=["open311"],
    route_class=Open311Route,
    dependencies=[Depends(check_jurisdiction)],
)


@router.get("/discovery.{file_format}")
async def discover(file_format: FormatName, _: Anyone, request: Request) -> Response:
    """Say where the service is and what it speaks."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{request.url.scheme}://{request.url.netloc}/open311/v2",
        "changeset": "2026-01-01T00:00:00+08:00",
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    answer = {
        "changeset": endpoint["changeset"],
        "contact": "The district's command centre",
        "key_service": "The district's administrator makes keys",
        "endpoints": [endpoint],
    }
    return answer_of("discovery", answer, file_format)


@router.get("/services.{file_format}")
async def list_services(file_format: FormatName, _: Anyone, work: CaseworkOfRequest) -> Response:
    """List what can be asked for: the categories of the policy in force."""
    services = [service_of(category) for category in work.policy.categories.values()]
    return answer_of("services", services, file_format)


@router.get("/services/{code}.{file_format}")
async def read_service(code: str, file_format: FormatName, _: Anyone, work: CaseworkOfRequest) -> Response:
    """Say what else can be told about a service: the other system's own number, which it fills in itself."""
    if code not in work.policy.categories:
        raise Open311Error(404, "service_code was not found")
    definition = {"service_code": code, "attributes": [OWN_NUMBER]}
    return answer_of("service_definition", definition, file_format)


@router.post("/requests.{file_format}", openapi_extra=FORM, status_code=201)
async def report(
    file_format: FormatName,
    reporter: Reporter,
    request: Request,
    engine: Engine,
    work: CaseworkOfRequest,
    watch: Watch,
    kept: Photographs,
) -> Response:
    """Take a request in, with photographs. Its own id (`attribute[…_id]`) makes a retry harmless."""
    sent = await request.form()
    form = texts_of(sent)
    code = form.get("service_code", "")
    if not code:
        raise Open311Error(400, "service_code was not provided")
    if code not in work.policy.categories:
        raise Open311Error(404, "service_code was not found")
    async with driver_transaction(engine) as driver:
        at = await _place_of(form, driver, watch)
    now = work.clock()
    submitter = reporter.person or reporter.account
    client_id = _client_id(form)
    photographs = await _photographs(sent, reporter, engine, kept, client_id)
    finding = Finding(
        FindingId(new_id()),
        AreaCode(reporter.district),
        PersonId(submitter) if submitter else None,
        client_id,
        Source.PARTNER_SYSTEM,
        Kind.RESIDENT_REQUEST,
        code,
        at,
        now,
        now,
        _description(form)[:MOST_WORDS],
        photographs,
        Wish.HAND_ON,
    )

    async def acts(driver: asyncpg.Connection) -> Actor:
        if (contact := _contact(form)) is not None:
            await save_contact(driver, reporter.district, finding.id, contact)
        return await actor_of(driver, reporter)

    digest = hashlib.sha256(repr(sorted(form.items())).encode("utf-8", "replace")).hexdigest()
    try:
        listed, _ = await work.report_within(finding, acts, digest)
    except SameIdOtherReportError:
        raise Open311Error(400, "another request was sent under this id before") from None
    taken = {"service_request_id": str(listed.case.id), "service_notice": None, "account_id": None}
    return answer_of("service_requests", [taken], file_format, 201)


@router.get("/tokens/{token}.{file_format}")
async def read_token(token: str, file_format: FormatName, viewer: Viewer, engine: Engine) -> Response:
    """Say which request a token became; ours are the ids themselves."""
    async with driver_transaction(engine) as driver:
        file = await find_case_file(driver, viewer.district, id_in(token))
    if file is None or not may(viewer, Permission.VIEW_CASES, where_is(file)):
        raise Open311Error(404, "token was not found")
    known = {"service_request_id": str(file.case.id), "token": token}
    return answer_of("service_requests", [known], file_format)


@router.get("/requests.{file_format}")
async def list_requests(
    file_format: FormatName,
    viewer: Viewer,
    driver: DriverTransaction,
    work: CaseworkOfRequest,
    service_request_id: str = "",
    service_code: str = "",
    start_date: str = "",
    end_date: str = "",
    status: str = "",
) -> Response:
    """List requests: those named, or of at most 90 days (the last ones, a thousand at most)."""
    reach = reach_of(viewer, Permission.VIEW_CASES)
    if service_request_id:
        ids = [id_in(part) for part in service_request_id.split(",")[:MOST_REQUESTS]]
        files = [await find_case_file(driver, viewer.district, one) for one in ids]
        cases = [file.case for file in files if file and reach.covers(where_is(file))]
    else:
        since, until = span_of(start_date, end_date)
        wanted = CaseFilter(
            since=since,
            until=until,
            categories=tuple(filter(None, service_code.split(","))),
            states=_states(status),
        )
        listed = await list_case_items(driver, viewer.district, wanted, reach, limit=MOST_REQUESTS)
        cases = [one.case for one in listed]
    shown = [request_of(case, work.policy.categories.get(case.category)) for case in cases]
    return answer_of("service_requests", shown, file_format)


@router.get("/requests/{request_id}.{file_format}")
async def read_request(
    request_id: str,
    file_format: FormatName,
    viewer: Viewer,
    driver: DriverTransaction,
    work: CaseworkOfRequest,
) -> Response:
    """Show one request."""
    file = await find_case_file(driver, viewer.district, id_in(request_id))
    if file is None or not may(viewer, Permission.VIEW_CASES, where_is(file)):
        raise Open311Error(404, "service_request_id was not found")
    shown = request_of(file.case, work.policy.categories.get(file.case.category))
    return answer_of("service_requests", [shown], file_format)


def texts_of(form: FormData) -> dict[str, str]:
    """Return the form's texts without what cannot be stored; of a name that comes often, each on a line."""
    texts: dict[str, str] = {}
    for name, part in form.multi_items():
        if not isinstance(part, UploadFile):
            text = part.replace("\0", "").encode("utf-8", "replace").decode()
            texts[name] = f"{texts[name]}\n{text}" if name in texts else text
    return texts


def _description(form: dict[str, str]) -> str:
    """What is said, and where photographs can be looked at: this server fetches nothing from elsewhere."""
    said, media = form.get("description", ""), form.get("media_url", "").strip()
    return f"{said}\n\n{media}" if media else said


def _contact(form: dict[str, str]) -> Contact | None:
    """How the resident can be reached, for whoever handles the case."""
    name = " ".join(filter(None, (form.get("first_name"), form.get("last_name"))))
    contact = Contact(name[:100], form.get("phone", "")[:40], form.get("email", "")[:200], "zh", False)
    return contact if contact.name or contact.phone or contact.address else None


async def _photographs(
    form: FormData, reporter: Principal, engine: Engine, kept: PhotographStore, client_id: str
) -> tuple[str, ...]:
    """Keep the photographs that came with the form; each is cleaned as one from a phone is."""
    files = [(name, part) for name, part in form.multi_items() if isinstance(part, UploadFile)]
    if len(files) > MOST_PHOTOGRAPHS:
        raise Open311Error(400, f"a request may have {MOST_PHOTOGRAPHS} photographs")
    if files and reporter.account is None:
        raise NotAllowedError
    names = []
    for number, (name, part) in enumerate(files):
        content = await part.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise Open311Error(400, f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB")
        assert reporter.account is not None
        own_id = uuid5(reporter.account, f"{client_id} {number}")
        whose = Whose(reporter.district, reporter.account, own_id, None, None, None)
        names.append((await keep(content, engine, kept, whose)).name)
    return tuple(dict.fromkeys(names))


def _client_id(form: dict[str, str]) -> str:
    own = [form[name] for name in sorted(form) if name.startswith("attribute[") and name.endswith("_id]")]
    return hashlib.sha256("|".join(own).encode()).hexdigest() if any(own) else str(new_id())


def id_in(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise Open311Error(404, "service_request_id was not found") from None


def _states(status: str) -> tuple[str, ...]:
    wanted = set(filter(None, status.split(",")))
    if wanted - {"open", "closed"}:
        raise Open311Error(400, "status is open, closed or both")
    return (OPEN_STATES if "open" in wanted else ()) + (CLOSED_STATES if "closed" in wanted else ())


def span_of(start: str, end: str) -> tuple[datetime, datetime]:
    """Return the asked time, at most 90 days of it."""
    now = datetime.now(UTC)
    try:
        since = parse_time(start, "start_date") if start else None
        until = parse_time(end, "end_date") if end else (since + LONGEST_SPAN if since else now)
        since = since or until - LONGEST_SPAN
        if not timedelta() <= until - since <= LONGEST_SPAN:
            raise Open311Error(400, "end_date lies 0 to 90 days after start_date")
        return since.astimezone(UTC), until.astimezone(UTC)
    except OverflowError:
        raise Open311Error(400, "start_date and end_date lie too far away") from None


async def _place_of(form: dict[str, str], driver: Any, watch: Watch) -> LonLat:
    """Return the place by coordinates, else by the address's name, else by the code of an area or street."""
    if form.get("lat") and form.get("long"):
        try:
            at = LonLat(float(form["long"]), float(form["lat"]))
        except ValueError:
            raise Open311Error(400, "lat and long are not numbers") from None
        if not (math.isfinite(at.lon) and math.isfinite(at.lat) and abs(at.lon) <= 180 and abs(at.lat) <= 90):
            raise Open311Error(400, "lat and long are degrees")
        return at
    words = form.get("address_id") or form.get("address_string") or ""
    if not words.strip():
        raise Open311Error(400, "one of lat and long, address_string or address_id was not provided")
    versions = await watch.versions()
    found = await search(
        driver, watch.district, versions.boundaries, versions.streets, words.strip()[:100], 1
    )
    if not found:
        raise Open311Error(400, "there is no such address in the district; send lat and long")
    return LonLat(found[0]["lon"], found[0]["lat"])
