"""For residents, without an account: ask for something, follow it, say whether it is good."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import FileResponse

from api.case_access import demand
from api.casework import Told
from api.dependencies import DriverTransaction, Engine, SettingsOfRequest
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal
from api.resident_secrets import (
    Follow,
    follows,
    new_puzzle,
    read_puzzle,
    read_tracking,
    ticket_of,
    tracking_of,
)
from api.routes.cases import CaseworkOfRequest
from api.routes.photos import Photographs, PhotographShown, Whose, take_in
from api.routes.query_place import Latitude, Longitude
from api.routes.resident_desk import (
    A_RESIDENT,
    Intake,
    Visitor,
    bits_for,
    check_ticket,
    digest_of,
    finding_of,
    give_ticket,
    key_of,
    visit_shown,
    visit_times,
)
from api.routes.resident_follow import Followed, followed_case
from api.routes.resident_shapes import (
    CaseContact,
    FollowedCase,
    KindOffered,
    MessagesWished,
    NearbyMatter,
    PuzzleAnswer,
    PuzzleShown,
    ReportTaken,
    ResidentForm,
    ResidentRating,
    ResidentReason,
    ResidentReport,
    SameHere,
    ServiceShown,
    TicketGiven,
    VisitTimes,
)
from api.sign_in import address_of
from api.store import resident_messages, residents
from api.store.audit import record_by_driver
from api.store.cases import CaseFile, find_case_file, list_events
from api.store.database import driver_transaction
from dispatch import use_cases
from dispatch.cases import Act
from dispatch.changes import Change
from dispatch.errors import CaseNotFoundError
from dispatch.findings import Kind
from geo.coordinates import LonLat

router = APIRouter(prefix="/api/v1", tags=["residents"])

Anybody = Annotated[Principal, require(Permission.ASK_AS_RESIDENT)]
Handler = Annotated[Principal, require(Permission.VIEW_CONTACTS)]
TrackingText = Annotated[str, Path(max_length=60, description="Number and code, as given with the report.")]
_PRIVATE = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
_IMAGE = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
_BODY = {"requestBody": {"required": True, "content": {kind: {} for kind in ("image/jpeg", "image/png")}}}


async def visitor_of(request: Request, principal: Anybody, engine: Engine) -> Visitor:
    """Return who asks, with the key by which his codes are made."""
    async with driver_transaction(engine) as driver:
        return Visitor(principal, await key_of(driver, principal.district), address_of(request))


AVisitor = Annotated[Visitor, Depends(visitor_of)]


@router.get("/resident/form")
async def read_form(asker: Anybody, driver: DriverTransaction, work: CaseworkOfRequest) -> ResidentForm:
    """What can be asked for: kinds with the categories to show first, services with steps and materials."""
    rules = work.policy.residents
    kinds = [
        KindOffered(kind=one.kind, common=list(one.common), contact=one.contact)
        for one in rules.kinds.values()
    ]
    kinds += [KindOffered(kind=kind, common=[], contact=True) for kind in (Kind.ORDER, Kind.VISIT)]
    return ResidentForm(
        kinds=kinds,
        services=[ServiceShown.of(service) for service in rules.services.values()],
        photographs=rules.limits.photographs,
        nearby_m=rules.nearby.within_m,
        reopen_days=work.policy.stages.reopen_days,
        contact_days=rules.contact_lasts.days,
        messages=await resident_messages.has_gateway(driver, asker.district),
    )


@router.get("/resident/puzzle")
async def read_puzzle_to_solve(
    visitor: AVisitor, driver: DriverTransaction, work: CaseworkOfRequest, response: Response
) -> PuzzleShown:
    """A sum that the page does by itself: it keeps machines from writing by the thousand."""
    now = work.clock()
    bits = await bits_for(driver, visitor, work.policy, now)
    puzzle = new_puzzle(visitor.key, bits, now + work.policy.residents.puzzle.lasts)
    response.headers["Cache-Control"] = "no-store"
    return PuzzleShown(puzzle=puzzle.text, bits=puzzle.bits, expires_at=puzzle.expires_at)


@router.post("/resident/tickets", status_code=201)
async def take_ticket(
    body: PuzzleAnswer, visitor: AVisitor, driver: DriverTransaction, work: CaseworkOfRequest
) -> TicketGiven:
    """Trade the sum's answer for a ticket: one report and its photographs."""
    puzzle = read_puzzle(visitor.key, body.puzzle)
    given = await give_ticket(driver, visitor, work.policy, puzzle, body.answer, work.clock())
    return TicketGiven(ticket=ticket_of(visitor.key, given.ticket), expires_at=given.expires_at)


@router.put("/resident/photographs/{client_id}", openapi_extra=_BODY)
async def upload_photograph(
    client_id: UUID,
    request: Request,
    visitor: AVisitor,
    engine: Engine,
    kept: Photographs,
    work: CaseworkOfRequest,
    ticket: Annotated[str, Header(alias="x-yilu-ticket", max_length=100)],
    lon: Longitude | None = None,
    lat: Latitude | None = None,
) -> PhotographShown:
    """Upload a photograph of a report that is about to be sent."""
    now, most = work.clock(), work.policy.residents.limits.photographs
    async with driver_transaction(engine) as driver:
        uploader = await check_ticket(driver, visitor, ticket, now)
        if not await residents.count_photograph(driver, visitor.principal.district, uploader, 3 * most):
            raise NotFoundError("room for more photographs on this ticket", "照片名额")
    whose = Whose(visitor.principal.district, uploader, client_id, lon, lat, now)
    return await take_in(request, engine, kept, whose)


@router.get("/resident/visit-times")
async def read_visit_times(
    visitor: AVisitor, driver: DriverTransaction, work: CaseworkOfRequest, lon: Longitude, lat: Latitude
) -> VisitTimes:
    """When somebody could come to a home at that place."""
    place = await work.place_of(LonLat(lon, lat))
    return await visit_times(driver, visitor.principal.district, place.community, work.policy, work.clock())


@router.get("/resident/nearby")
async def list_nearby(
    principal: Anybody, driver: DriverTransaction, work: CaseworkOfRequest, lon: Longitude, lat: Latitude
) -> list[NearbyMatter]:
    """Open matters around a place, without names or words: is it one of these?"""
    rules = work.policy.residents.nearby
    hidden = [one.code for one in work.policy.categories.values() if one.duty in rules.hidden_duties]
    since = work.clock() - rules.lasts
    rows = await residents.list_nearby(driver, principal.district, lon, lat, rules, hidden, since)
    return [
        NearbyMatter(
            **{
                name: row[name]
                for name in ("number", "category", "state", "reported_at", "street", "street_en")
            },
            at=(round(row["lon"], 5), round(row["lat"], 5)),
            distance_m=round(row["distance_m"]),
        )
        for row in rows
    ]


@router.post("/resident/nearby/{number}/same")
async def say_same(
    number: Annotated[int, Path(ge=1, lt=2**63)],
    body: SameHere,
    visitor: AVisitor,
    driver: DriverTransaction,
    engine: Engine,
    work: CaseworkOfRequest,
) -> ReportTaken:
    """Say that it is this one: the case notes one more voice, and may be followed, but not rated."""
    case = await residents.find_case_numbered(driver, visitor.principal.district, number)
    file = await find_case_file(driver, visitor.principal.district, case) if case else None
    rules = work.policy.residents.nearby
    hidden = file is None or work.policy.duty_of(file.case.category).name in rules.hidden_duties
    if file is None or hidden or file.case.kind not in rules.kinds:
        raise CaseNotFoundError
    ticket = await check_ticket(driver, visitor, body.ticket, work.clock())
    new = await residents.use_ticket(driver, visitor.principal.district, ticket, work.clock())
    if new:
        said = " ".join(("居民反映同一问题 / Another resident saw the same.", body.description.strip()))
        await work.act(
            file.case.id, A_RESIDENT, lambda one, act: use_cases.note(one.case, act), Told(said.strip())
        )
    tracking = tracking_of(visitor.key, file.case.id, number, Follow.WATCH)
    return ReportTaken(new=new, number=number, tracking=tracking.text)


@router.post("/resident/reports", status_code=201)
async def take_report(
    body: ResidentReport, response: Response, visitor: AVisitor, engine: Engine, work: CaseworkOfRequest
) -> ReportTaken:
    """Take in what a resident asks for; it waits for the operators' desk, which looks at it first."""
    finding = finding_of(body, visitor, work.policy, work.clock())
    place = await work.place_of(finding.at)
    intake = Intake(body, visitor, work.policy, finding, place.community, work.clock())
    listed, new = await work.report_within(finding, intake.acts, digest_of(body))
    if not new:
        response.status_code = 200
    tracking = tracking_of(visitor.key, listed.case.id, listed.number, Follow.OWN)
    return ReportTaken(new=new, number=listed.number, tracking=tracking.text)


@router.get("/resident/reports/{tracking}")
async def follow_report(
    tracking: TrackingText,
    visitor: AVisitor,
    driver: DriverTransaction,
    work: CaseworkOfRequest,
    response: Response,
) -> FollowedCase:
    """How the case stands and what happened since, without anybody's name."""
    response.headers["Cache-Control"] = "no-store"
    return await _shown(driver, visitor, work, await _followed(driver, visitor, tracking))


@router.get(
    "/resident/reports/{tracking}/photographs/{photograph}",
    response_class=FileResponse,
    responses={200: {"content": _IMAGE, "description": "The photograph as JPEG, without metadata."}},
)
async def read_photograph(
    tracking: TrackingText,
    photograph: str,
    visitor: AVisitor,
    driver: DriverTransaction,
    kept: Photographs,
    work: CaseworkOfRequest,
) -> FileResponse:
    """A photograph that the reporter sent, or one that shows what was done."""
    followed = await _followed(driver, visitor, tracking)
    case = await _shown(driver, visitor, work, followed)
    path = kept.find(photograph, thumbnail=False) if photograph in (*case.photographs, *case.done) else None
    if path is None:
        raise NotFoundError("photograph", "照片")
    return FileResponse(path, media_type="image/jpeg", headers=_PRIVATE)


@router.post("/resident/reports/{tracking}/rating")
async def rate(
    tracking: TrackingText, body: ResidentRating, visitor: AVisitor, engine: Engine, work: CaseworkOfRequest
) -> FollowedCase:
    """Say how content one is."""
    return await _act(
        tracking,
        visitor,
        engine,
        work,
        lambda file, act: use_cases.evaluate(file.case, act, body.satisfaction),
    )


@router.post("/resident/reports/{tracking}/reopen")
async def reopen(
    tracking: TrackingText, body: ResidentReason, visitor: AVisitor, engine: Engine, work: CaseworkOfRequest
) -> FollowedCase:
    """Say that it is not solved and why: once, within the days that policy allows."""
    return await _act(
        tracking,
        visitor,
        engine,
        work,
        lambda file, act: use_cases.reopen(file.case, act, work.policy),
        body.reason,
    )


@router.put("/resident/reports/{tracking}/messages")
async def choose_messages(
    tracking: TrackingText,
    body: MessagesWished,
    visitor: AVisitor,
    driver: DriverTransaction,
    work: CaseworkOfRequest,
) -> FollowedCase:
    """Be told of progress by text message from now on, or no longer."""
    followed = _own(await _followed(driver, visitor, tracking))
    finding = followed.file.case.finding
    if not await resident_messages.set_wish(driver, visitor.principal.district, finding, body.tell):
        raise NotFoundError("telephone number with this matter", "留下的电话")
    return await _shown(driver, visitor, work, followed)


@router.get("/cases/{case_id}/contact")
async def read_contact(
    case_id: UUID, principal: Handler, driver: DriverTransaction, settings: SettingsOfRequest
) -> CaseContact:
    """How whoever reported it can be reached, for whoever handles the case; every look is recorded."""
    file = await find_case_file(driver, settings.district_code, case_id)
    if file is None:
        raise CaseNotFoundError
    demand(principal, Permission.VIEW_CONTACTS, file)
    contact = await residents.find_contact(driver, principal.district, file.case.finding)
    visit = await residents.find_visit(driver, principal.district, file.case.finding)
    if contact:
        area = file.case.place.area or ""
        await record_by_driver(driver, principal, "look:contact", str(case_id), area=area)
    return CaseContact(
        case=case_id,
        name=contact.name if contact else None,
        phone=contact.phone if contact else None,
        address=contact.address if contact else None,
        visit=visit_shown(visit),
    )


async def _followed(driver: asyncpg.Connection, visitor: Visitor, text: str) -> Followed:
    """Return the case whose code this is; whoever guesses learns nothing."""
    tracking, district = read_tracking(text), visitor.principal.district
    case = await residents.find_case_numbered(driver, district, tracking.number) if tracking else None
    may = follows(visitor.key, tracking, case) if tracking and case else None
    file = await find_case_file(driver, district, case) if case and may else None
    if file is None or may is None or tracking is None:
        raise NotFoundError("matter under this number and code", "编号和查询码对应的事项")
    return Followed(file, tracking, may)


def _own(followed: Followed) -> Followed:
    """Return it to whoever reported it; whoever only watches may do nothing."""
    if followed.may is not Follow.OWN:
        raise NotFoundError("matter of your own under this number", "您提交的事项")
    return followed


async def _shown(
    driver: asyncpg.Connection, visitor: Visitor, work: CaseworkOfRequest, followed: Followed
) -> FollowedCase:
    case = followed.file.case
    district = visitor.principal.district
    events = await list_events(driver, district, case.id)
    visit = await residents.find_visit(driver, district, case.finding)
    into = await residents.number_of(driver, district, case.merged_into) if case.merged_into else None
    sent = await residents.photographs_sent(driver, district, case.finding)
    tell = None
    if await resident_messages.has_gateway(driver, district):
        tell = await resident_messages.find_wish(driver, district, case.finding)
    return followed_case(followed, events, sent, visit_shown(visit), into, tell, work.policy, work.clock())


async def _act(
    tracking: str,
    visitor: Visitor,
    engine: Engine,
    work: CaseworkOfRequest,
    pure: Callable[[CaseFile, Act], Change],
    reason: str = "",
) -> FollowedCase:
    async with driver_transaction(engine) as driver:
        followed = _own(await _followed(driver, visitor, tracking))
    await work.act(followed.file.case.id, A_RESIDENT, pure, Told(reason))
    async with driver_transaction(engine) as driver:
        return await _shown(driver, visitor, work, await _followed(driver, visitor, tracking))
