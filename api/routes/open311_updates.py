"""What became of requests, and what other systems say about them: an extension that FixMyStreet speaks."""

import hashlib
from typing import Annotated
from uuid import uuid5

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.actors import actor_of
from api.case_access import looking
from api.casework import SameIdOtherReportError, Told
from api.dependencies import DriverTransaction, Engine
from api.guards import require_by_key
from api.identity import Permission, Principal, reach_of
from api.open311 import PREFIX, Open311Error, answer_of, parse_time, status_of, time_words
from api.routes.cases import CaseworkOfRequest
from api.routes.open311 import (
    FORM,
    MOST_WORDS,
    FormatName,
    Open311Route,
    check_jurisdiction,
    id_in,
    span_of,
    texts_of,
)
from api.store.case_lists import CaseFilter, case_conditions
from api.store.database import driver_transaction
from api.store.rows import fetch_rows
from dispatch import use_cases
from dispatch.errors import DispatchError

router = APIRouter(
    prefix=PREFIX,
    tags=["open311"],
    route_class=Open311Route,
    dependencies=[Depends(check_jurisdiction)],
)

Viewer = Annotated[Principal, require_by_key(Permission.VIEW_CASES)]

MOST_UPDATES = 1000
_SAYS = {
    "report": ("reported", "已收到 Received"),
    "file": ("filed", "已立案 Filed"),
    "accept": ("accepted", "已有人前往处理 Somebody is dealing with it"),
    "resolve": ("resolved", "已处理，待核查 Dealt with, to be verified"),
    "settle": ("resolved", "已当场处理 Settled on the spot"),
    "verify": ("closed", "已核查结案 Verified and closed"),
    "dismiss": ("dismissed", "不予受理 Not taken up"),
    "merge": ("merged", "与此前上报的问题合并处理 Dealt with together with an earlier report"),
    "reopen": ("filed", "重新办理 Taken up again"),
}
"""Acts that the other system hears of: the state after each, and what its people read."""


@router.get("/servicerequestupdates.{file_format}")
async def list_updates(
    file_format: FormatName,
    viewer: Viewer,
    driver: DriverTransaction,
    start_date: str = "",
    end_date: str = "",
) -> Response:
    """List what became of requests within at most 90 days, a thousand updates at most, the oldest first."""
    since, until = span_of(start_date, end_date)
    found = case_conditions(viewer.district, CaseFilter(), reach_of(viewer, Permission.VIEW_CASES))
    found.add(f"e.at >= {found.value(since)} AND e.at <= {found.value(until)}")
    found.add(f"e.kind = ANY({found.value(list(_SAYS))}::text[])")
    rows = await fetch_rows(
        driver,
        f"""SELECT e.id, e.case_id, e.kind, e.at FROM cases c
            JOIN case_event e ON e.district = c.district AND e.case_id = c.id
            WHERE {found} ORDER BY e.at, e.id LIMIT {MOST_UPDATES}""",  # noqa: S608 - values are parameters
        *found.values,
    )
    updates = [
        {
            "update_id": str(row["id"]),
            "service_request_id": str(row["case_id"]),
            "status": status_of(_SAYS[row["kind"]][0]),
            "updated_datetime": time_words(row["at"]),
            "description": _SAYS[row["kind"]][1],
            "media_url": None,
        }
        for row in rows
    ]
    return answer_of("service_request_updates", updates, file_format)


@router.post("/servicerequestupdates.{file_format}", openapi_extra=FORM, status_code=201)
async def add_update(
    file_format: FormatName, viewer: Viewer, request: Request, engine: Engine, work: CaseworkOfRequest
) -> Response:
    """Write down what the other system says about a request; its `update_id` makes a retry harmless."""
    form = texts_of(await request.form())
    case_id = id_in(form.get("service_request_id", ""))
    words = _words(form)
    said_at = (
        parse_time(form["updated_datetime"], "updated_datetime") if form.get("updated_datetime") else None
    )
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, viewer)
    own_id, client_id, digest = form.get("update_id", "").strip(), "", ""
    if own_id:
        client_id = hashlib.sha256(f"open311 update {case_id} {own_id}".encode()).hexdigest()
        digest = hashlib.sha256(words.encode()).hexdigest()
    told = Told(words[:MOST_WORDS], said_at, looking(viewer, Permission.VIEW_CASES), client_id, digest)
    try:
        case = await work.act(case_id, actor, lambda file, act: use_cases.note(file.case, act), told)
    except SameIdOtherReportError:
        raise Open311Error(400, "another update was sent under this update_id before") from None
    except DispatchError as refused:
        raise Open311Error(404, refused.words.en) from refused
    name = own_id or hashlib.sha256(f"{words}{said_at}".encode()).hexdigest()
    shown = [{"update_id": str(uuid5(case.id, name)), "service_request_id": str(case.id)}]
    return answer_of("service_request_updates", shown, file_format, 201)


def _words(form: dict[str, str]) -> str:
    """What is said, the state that the other system sees it in, and where photographs can be looked at."""
    said, status = form.get("description", "").strip(), form.get("status", "").strip()
    if not said and not status:
        raise Open311Error(400, "description was not provided")
    told = f"[{status[:40]}] {said}" if status else said
    media = form.get("media_url", "").strip()
    return f"{told}\n{media}" if media else told
