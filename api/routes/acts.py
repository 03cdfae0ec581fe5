"""Acts on a case from a desk: one route each, all of the same shape."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.actors import actor_of
from api.case_access import demand, looking
from api.case_items import CaseItem
from api.casework import Casework, Told
from api.dependencies import Engine
from api.errors import NotReadyError
from api.guards import require
from api.identity import Permission, Principal
from api.routes.case_shapes import ClientId, Latitude, Longitude, PhotographName, Reason
from api.routes.cases import CaseworkOfRequest, item_of
from api.store.cases import CaseFile, find_case_file
from api.store.database import driver_transaction
from api.store.saving import LostRaceError, save_change
from dispatch import use_cases
from dispatch.cases import Act
from dispatch.changes import Change
from dispatch.errors import CaseNotFoundError, DispatchError
from dispatch.ids import DepartmentId, PersonId
from dispatch.policy import Policy
from geo.coordinates import LonLat

router = APIRouter(prefix="/api/v1/cases", tags=["acts"])


class ActBody(BaseModel):
    """Why, and when by the phone."""

    reason: Reason = ""
    phone_at: AwareDatetime | None = None
    client_id: ClientId | None = Field(
        default=None, description="The phone's own id for this act: sent again, it is not done again."
    )

    def told(self, look: Callable[[CaseFile], None]) -> Told:
        """The same for casework."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest() if self.client_id else ""
        return Told(self.reason, self.phone_at, look, self.client_id or "", digest)


class MoreTime(ActBody):
    """More hours or days, in the clock's own unit."""

    more: Annotated[float, Field(gt=0, le=400, allow_inf_nan=False)]


class NewCategory(ActBody):
    """Another class of the classification."""

    category: Annotated[str, Field(min_length=1, max_length=40)]


class AppealAnswer(ActBody):
    """Whether the timeout does not count."""

    upheld: bool


class Rating(ActBody):
    """From 1, not at all content, to 5."""

    satisfaction: Annotated[int, Field(ge=1, le=5)]


class NewPhotographs(ActBody):
    """Names of photographs that were uploaded before."""

    photographs: Annotated[list[PhotographName], Field(min_length=1, max_length=12)]


class WhistleCall(ActBody):
    """Which departments; none named means those of the subdistrict's own list."""

    departments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=20)] = []
    matter: Annotated[str, Field(max_length=200)] = ""


class NewPlace(ActBody):
    """Where it truly is."""

    lon: Longitude
    lat: Latitude


class Assignment(ActBody):
    """Whom to ask; nobody named means whom dispatch would ask."""

    responder: UUID | None = None


class Reassignment(ActBody):
    """Who shall have it instead."""

    responder: UUID


class MergeInto(ActBody):
    """The case that takes this one up."""

    into: UUID


Pure = Callable[[CaseFile, Act, Policy, ActBody], Change]


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act: its address, who may do it, what it needs to be told, and the pure function."""

    path: str
    permission: Permission
    pure: Pure
    says: str
    body: type[ActBody] = ActBody


def _withdraw(file: CaseFile, act: Act, _policy: Policy, _body: ActBody) -> Change:
    return use_cases.withdraw(file.case, file.task, act)


def _help(file: CaseFile, act: Act, _policy: Policy, _body: ActBody) -> Change:
    return use_cases.ask_for_help(file.case, file.task, act)


def _time(file: CaseFile, act: Act, _policy: Policy, _body: ActBody) -> Change:
    return use_cases.ask_for_time(file.case, file.task, act)


def _extend(file: CaseFile, act: Act, policy: Policy, body: ActBody) -> Change:
    assert isinstance(body, MoreTime)
    return use_cases.extend(file.case, act, policy, body.more)


def _reclassify(file: CaseFile, act: Act, policy: Policy, body: ActBody) -> Change:
    assert isinstance(body, NewCategory)
    return use_cases.reclassify(file.case, act, policy, body.category)


def _answer(file: CaseFile, act: Act, _policy: Policy, body: ActBody) -> Change:
    assert isinstance(body, AppealAnswer)
    return use_cases.answer_appeal(file.case, act, upheld=body.upheld)


def _evaluate(file: CaseFile, act: Act, _policy: Policy, body: ActBody) -> Change:
    assert isinstance(body, Rating)
    return use_cases.evaluate(file.case, act, body.satisfaction)


def _photograph(file: CaseFile, act: Act, _policy: Policy, body: ActBody) -> Change:
    assert isinstance(body, NewPhotographs)
    return use_cases.photograph(file.case, act, body.photographs)


def _whistle(file: CaseFile, act: Act, policy: Policy, body: ActBody) -> Change:
    assert isinstance(body, WhistleCall)
    departments = [DepartmentId(name) for name in body.departments]
    return use_cases.call_whistle(file.case, act, policy, departments or None, matter=body.matter or None)


def _ruled(act_on: Callable[..., Change]) -> Pure:
    return lambda file, act, policy, _body: act_on(file.case, act, policy)


def _plain(act_on: Callable[..., Change]) -> Pure:
    return lambda file, act, _policy, _body: act_on(file.case, act)


DESK_ACTS = (
    DeskAct("file", Permission.SCREEN, _ruled(use_cases.file), "File a report: its clock starts."),
    DeskAct("confirm", Permission.SCREEN, _plain(use_cases.confirm), "Say that the report was found true."),
    DeskAct("dismiss", Permission.SCREEN, _ruled(use_cases.dismiss), "Dismiss a report, with a reason."),
    DeskAct("reclassify", Permission.SCREEN, _reclassify, "Correct the category.", NewCategory),
    DeskAct("withdraw", Permission.DISPATCH, _withdraw, "Take an offer or a task back, with a reason."),
    DeskAct("note", Permission.VIEW_CASES, _plain(use_cases.note), "Write something down."),
    DeskAct(
        "photographs",
        Permission.ADD_PHOTOGRAPHS,
        _photograph,
        "Add photographs uploaded before.",
        NewPhotographs,
    ),
    DeskAct("extend", Permission.DECIDE_CLOCKS, _extend, "Give more time, twice at most.", MoreTime),
    DeskAct("pause", Permission.DECIDE_CLOCKS, _ruled(use_cases.pause), "Let the clock wait."),
    DeskAct("suspend", Permission.DECIDE_CLOCKS, _ruled(use_cases.suspend), "Put the case on the books."),
    DeskAct("resume", Permission.DECIDE_CLOCKS, _ruled(use_cases.resume), "Let the clock run on."),
    DeskAct("appeal", Permission.VIEW_CASES, _plain(use_cases.appeal), "Say why a timeout should not count."),
    DeskAct("answer-appeal", Permission.DECIDE_CLOCKS, _answer, "Uphold or reject an appeal.", AppealAnswer),
    DeskAct("verify", Permission.VERIFY, _plain(use_cases.verify), "Close a case that was found done."),
    DeskAct("send-back", Permission.VERIFY, _ruled(use_cases.send_back), "Send it back to be done again."),
    DeskAct("reopen", Permission.EVALUATE, _ruled(use_cases.reopen), "Reopen a closed case, once."),
    DeskAct("evaluate", Permission.EVALUATE, _evaluate, "Say how content one is.", Rating),
    DeskAct("whistle", Permission.BLOW_WHISTLE, _whistle, "Call departments.", WhistleCall),
    DeskAct("help", Permission.TAKE_TASKS, _help, "Ask for more hands on the spot."),
    DeskAct("ask-for-time", Permission.TAKE_TASKS, _time, "Ask for a later deadline, with a reason."),
)


def _add_route(desk: DeskAct) -> None:
    body_type = desk.body

    async def run(
        case_id: UUID,
        body: ActBody,
        principal: Principal,
        engine: Engine,
        work: CaseworkOfRequest,
    ) -> CaseItem:
        return await do_act(engine, work, principal, case_id, desk, body)

    run.__annotations__ |= {
        "body": body_type,
        "principal": Annotated[Principal, require(desk.permission)],
    }
    run.__name__ = desk.path.replace("-", "_")
    router.post(f"/{{case_id}}/{desk.path}", summary=desk.says, description=desk.says)(run)


async def do_act(
    engine: Engine, work: Casework, principal: Principal, case_id: UUID, desk: DeskAct, body: ActBody
) -> CaseItem:
    """Do one desk act and show the case as it then stands."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)
    await work.act(
        case_id,
        actor,
        lambda file, act: desk.pure(file, act, work.policy, body),
        body.told(looking(principal, desk.permission)),
    )
    return await show(engine, principal, case_id)


async def show(engine: Engine, principal: Principal, case_id: UUID) -> CaseItem:
    """The case as it stands after an act."""
    async with driver_transaction(engine) as driver:
        item = await item_of(driver, principal.district, case_id)
    if item is None:
        raise NotReadyError
    return item


for _desk in DESK_ACTS:
    _add_route(_desk)


@router.post("/{case_id}/assign")
async def assign(
    case_id: UUID,
    body: Assignment,
    principal: Annotated[Principal, require(Permission.DISPATCH)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Offer the case to somebody: the one named, or the one that dispatch would ask."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)

    async def offer(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        responder = PersonId(body.responder) if body.responder else None
        return await work.dispatcher.offer_to(driver, file, act, work.policy, responder)

    await work.act_within(
        case_id,
        actor,
        offer,
        body.told(looking(principal, Permission.DISPATCH)),
    )
    return await show(engine, principal, case_id)


@router.post("/{case_id}/reassign")
async def reassign(
    case_id: UUID,
    body: Reassignment,
    principal: Annotated[Principal, require(Permission.DISPATCH)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Take the case from whoever holds it and offer it to somebody else, in one act and with a reason."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)

    async def hand_over(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        return await work.dispatcher.hand_over(driver, file, act, work.policy, PersonId(body.responder))

    await work.act_within(case_id, actor, hand_over, body.told(looking(principal, Permission.DISPATCH)))
    return await show(engine, principal, case_id)


@router.post("/{case_id}/relocate")
async def relocate(
    case_id: UUID,
    body: NewPlace,
    principal: Annotated[Principal, require(Permission.SCREEN)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Give the case its true place."""
    place = await work.place_of(LonLat(body.lon, body.lat))
    desk = DeskAct(
        "relocate",
        Permission.SCREEN,
        lambda file, act, _policy, _body: use_cases.relocate(file.case, act, place),
        "",
    )
    return await do_act(engine, work, principal, case_id, desk, body)


@router.post("/{case_id}/merge")
async def merge(
    case_id: UUID,
    body: MergeInto,
    principal: Annotated[Principal, require(Permission.SCREEN)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Merge the case into the one that it duplicates: both change, or neither."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)

    async def into(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        other = await find_case_file(driver, principal.district, body.into)
        if other is None:
            raise CaseNotFoundError
        demand(principal, Permission.VIEW_CASES, other)
        both = use_cases.merge(file.case, other.case, act, work.policy)
        await save_change(driver, both.absorbing)
        return both.merged

    await work.act_within(
        case_id,
        actor,
        into,
        body.told(looking(principal, Permission.SCREEN)),
    )
    return await show(engine, principal, case_id)


class BulkAct(BaseModel):
    """One act on many cases."""

    cases: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    action: Annotated[str, Field(max_length=40, description="The last part of an act's own address.")]
    reason: Reason = ""


class BulkResult(BaseModel):
    """What came of one case: the case as it stands, or why it was refused."""

    case: UUID
    done: bool
    detail: str
    detail_zh: str


_BULK = {
    desk.path: desk
    for desk in DESK_ACTS
    if desk.body is ActBody and desk.permission in (Permission.SCREEN, Permission.VERIFY, Permission.DISPATCH)
} | {desk.path: desk for desk in DESK_ACTS if desk.path in {"pause", "resume", "suspend"}}


@router.post("/bulk/acts")
async def act_on_many(
    body: BulkAct,
    principal: Annotated[Principal, require(Permission.DISPATCH)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> list[BulkResult]:
    """Do one act on many cases; each stands for itself, and says what came of it."""
    desk = _BULK.get(body.action)
    if desk is None:
        raise UnknownBulkActError(body.action)
    results = []
    for case_id in dict.fromkeys(body.cases):
        try:
            await do_act(engine, work, principal, case_id, desk, ActBody(reason=body.reason))
            results.append(BulkResult(case=case_id, done=True, detail="", detail_zh=""))
        except DispatchError as refused:
            words = refused.words
            results.append(BulkResult(case=case_id, done=False, detail=words.en, detail_zh=words.zh))
        except LostRaceError:
            results.append(
                BulkResult(
                    case=case_id,
                    done=False,
                    detail="Somebody else is changing this case; try again.",
                    detail_zh="他人正在处理该案件，请重试。",
                )
            )
    return results


class UnknownBulkActError(DispatchError):
    """That act is not one for many cases at once."""

    def __init__(self, action: str) -> None:
        known = ", ".join(sorted(_BULK))
        super().__init__(
            f"不能批量执行“{action[:40]}”，可选：{known}。",
            f"'{action[:40]}' is not a bulk act; choose {known}.",
        )
