"""Open311 GeoReport v2 under /open311/v2: other cities' apps and 12345 front ends speak it unchanged."""

import hashlib
import math
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.actors import actor_of
from api.case_access import looking, where_is
from api.casework import SameIdOtherReportError, Told
from api.dependencies import DriverTransaction, Engine, Watch
from api.errors import problem_of
from api.guards import require_by_key
from api.identity import Permission, Principal, may, reach_of
from api.ids import new_id
from api.open311 import (
    CLOSED_STATES,
    OPEN_STATES,
    Open311Error,
    answer_of,
    parse_time,
    refusal_of,
    request_of,
    service_of,
    status_of,
)
from api.routes.cases import CaseworkOfRequest
from api.store.atlas import search
from api.store.case_lists import CaseFilter, find_items, list_case_items
from api.store.cases import find_case_file
from api.store.database import driver_transaction
from api.store.rows import fetch_rows
from dispatch import use_cases
from dispatch.errors import DispatchError
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
_FORM = {
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
                return refusal_of(refused.status, refused.description, _format_in(request))
            except Exception as failure:
                problem = problem_of(failure)
                if problem.kind.status >= 500:
                    raise
                words = problem.kind.detail.format_map(problem.facts)
                known = problem.kind.status in {400, 403, 404}
                status = problem.kind.status if known else 400
                return refusal_of(status, words, _format_in(request))

        return tell


router = APIRouter(prefix="/open311/v2", tags=["open311"], route_class=Open311Route)


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
    """Say what else has to be told about a service: nothing."""
    if code not in work.policy.categories:
        raise Open311Error(404, "service_code was not found")
    return answer_of("service_definition", {"service_code": code, "attributes": []}, file_format)


@router.post("/requests.{file_format}", openapi_extra=_FORM, status_code=201)
async def report(
    file_format: FormatName,
    reporter: Reporter,
    request: Request,
    engine: Engine,
    work: CaseworkOfRequest,
    watch: Watch,
) -> Response:
    """Take a request in. The other system's own id (`attribute[…_id]`) makes a retry harmless."""
    form = _texts(await request.form())
    code = form.get("service_code", "")
    if not code:
        raise Open311Error(400, "service_code was not provided")
    if code not in work.policy.categories:
        raise Open311Error(404, "service_code was not found")
    async with driver_transaction(engine) as driver:
        at = await _place_of(form, driver, watch)
    now = work.clock()
    submitter = reporter.person or reporter.account
    finding = Finding(
        FindingId(new_id()),
        AreaCode(reporter.district),
        PersonId(submitter) if submitter else None,
        _client_id(form),
        Source.PARTNER_SYSTEM,
        Kind.RESIDENT_REQUEST,
        code,
        at,
        now,
        now,
        form.get("description", "")[:MOST_WORDS],
        (),
        Wish.HAND_ON,
    )
    digest = hashlib.sha256(repr(sorted(form.items())).encode("utf-8", "replace")).hexdigest()
    try:
        listed, _ = await work.report(finding, lambda driver: actor_of(driver, reporter), digest)
    except SameIdOtherReportError:
        raise Open311Error(400, "another request was sent under this id before") from None
    told = {"service_request_id": str(listed.case.id), "service_notice": None, "account_id": None}
    return answer_of("service_requests", [told], file_format, 201)


@router.get("/tokens/{token}.{file_format}")
async def read_token(token: str, file_format: FormatName, viewer: Viewer, engine: Engine) -> Response:
    """Say which request a token became; ours are the ids themselves."""
    async with driver_transaction(engine) as driver:
        file = await find_case_file(driver, viewer.district, _uuid(token))
    if file is None or not may(viewer, Permission.VIEW_CASES, where_is(file)):
        raise Open311Error(404, "token was not found")
    told = {"service_request_id": str(file.case.id), "token": token}
    return answer_of("service_requests", [told], file_format)


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
        ids = [_uuid(part) for part in service_request_id.split(",")[:MOST_REQUESTS]]
        files = [await find_case_file(driver, viewer.district, one) for one in ids]
        cases = [file.case for file in files if file and reach.covers(where_is(file))]
    else:
        since, until = _span(start_date, end_date)
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
    file = await find_case_file(driver, viewer.district, _uuid(request_id))
    if file is None or not may(viewer, Permission.VIEW_CASES, where_is(file)):
        raise Open311Error(404, "service_request_id was not found")
    shown = request_of(file.case, work.policy.categories.get(file.case.category))
    return answer_of("service_requests", [shown], file_format)


@router.get("/servicerequestupdates.{file_format}")
async def list_updates(
    file_format: FormatName,
    viewer: Viewer,
    driver: DriverTransaction,
    start_date: str = "",
    end_date: str = "",
) -> Response:
    """List what became of requests within at most 90 days (an extension that FixMyStreet speaks)."""
    since, until = _span(start_date, end_date)
    rows = await fetch_rows(
        driver,
        """
        SELECT id, case_id, kind, at FROM case_event
        WHERE district = $1 AND at >= $2 AND at <= $3 AND kind = ANY($4::text[]) ORDER BY at, id LIMIT 1000
        """,
        viewer.district,
        since,
        until,
        list(_STATUS_AFTER),
    )
    reach = reach_of(viewer, Permission.VIEW_CASES)
    ids = list({row["case_id"] for row in rows})
    listed = await find_items(driver, viewer.district, ids)
    files = [await find_case_file(driver, viewer.district, one.case.id) for one in listed]
    seen = {file.case.id for file in files if file and reach.covers(where_is(file))}
    updates = [
        {
            "update_id": str(row["id"]),
            "service_request_id": str(row["case_id"]),
            "status": _STATUS_AFTER[row["kind"]],
            "updated_datetime": row["at"].astimezone(UTC).isoformat(timespec="seconds"),
            "description": row["kind"],
        }
        for row in rows
        if row["case_id"] in seen
    ]
    return answer_of("service_request_updates", updates, file_format)


@router.post("/servicerequestupdates.{file_format}", openapi_extra=_FORM, status_code=201)
async def add_update(
    file_format: FormatName, viewer: Viewer, request: Request, engine: Engine, work: CaseworkOfRequest
) -> Response:
    """Write down what the other system says about a request."""
    form = _texts(await request.form())
    if not form.get("description", "").strip():
        raise Open311Error(400, "description was not provided")
    case_id = _uuid(form.get("service_request_id", ""))
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, viewer)
    told = Told(form["description"][:MOST_WORDS], look=looking(viewer, Permission.VIEW_CASES))
    try:
        case = await work.act(case_id, actor, lambda file, act: use_cases.note(file.case, act), told)
    except DispatchError as refused:
        raise Open311Error(404, refused.words.en) from refused
    shown = [{"update_id": str(new_id()), "service_request_id": str(case.id)}]
    return answer_of("service_request_updates", shown, file_format, 201)


_STATUS_AFTER = {
    "report": status_of("reported"),
    "file": status_of("filed"),
    "accept": status_of("accepted"),
    "resolve": status_of("resolved"),
    "settle": status_of("resolved"),
    "verify": status_of("closed"),
    "dismiss": status_of("dismissed"),
    "merge": status_of("merged"),
    "reopen": status_of("filed"),
}


def _format_in(request: Request) -> str:
    return "json" if request.url.path.endswith(".json") else "xml"


def _texts(form: Any) -> dict[str, str]:
    """Return the form's texts without what cannot be stored; files are not asked for."""
    texts = {str(name): part for name, part in form.items() if not isinstance(part, UploadFile)}
    return {name: text.replace("\0", "").encode("utf-8", "replace").decode() for name, text in texts.items()}


def _client_id(form: dict[str, str]) -> str:
    own = [form[name] for name in sorted(form) if name.startswith("attribute[") and name.endswith("_id]")]
    return hashlib.sha256("|".join(own).encode()).hexdigest() if any(own) else str(new_id())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise Open311Error(404, "service_request_id was not found") from None


def _states(status: str) -> tuple[str, ...]:
    wanted = set(filter(None, status.split(",")))
    if wanted - {"open", "closed"}:
        raise Open311Error(400, "status is open, closed or both")
    return (OPEN_STATES if "open" in wanted else ()) + (CLOSED_STATES if "closed" in wanted else ())


def _span(start: str, end: str) -> tuple[datetime, datetime]:
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
