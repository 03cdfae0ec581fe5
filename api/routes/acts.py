"""Acts on a case from a desk: one route each, all of the same shape."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.actors import actor_of
from api.case_access import looking
from api.case_items import CaseItem
from api.casework import Casework, Told
from api.dependencies import Engine
from api.errors import NotReadyError
from api.guards import require
from api.identity import Permission, Principal
from api.instants import Instant
from api.routes.case_shapes import ClientId, PhotographName, Reason
from api.routes.cases import CaseworkOfRequest, item_of
from api.store.cases import CaseFile
from api.store.database import driver_transaction
from dispatch import use_cases
from dispatch.cases import Act
from dispatch.changes import Change
from dispatch.ids import DepartmentId
from dispatch.policy import Policy

router = APIRouter(prefix="/api/v1/cases", tags=["acts"])


class ActBody(BaseModel):
    """Why, and when by the phone."""

    reason: Reason = ""
    phone_at: Instant | None = None
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
