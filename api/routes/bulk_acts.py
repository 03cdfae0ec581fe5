"""One act on many cases at once; each case stands for itself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import Engine
from api.guards import require
from api.identity import Permission, Principal
from api.refusals import NotAllowedError
from api.routes.acts import DESK_ACTS, ActBody, do_act
from api.routes.case_shapes import Reason
from api.routes.cases import CaseworkOfRequest
from api.store.saving import LostRaceError
from dispatch.errors import DispatchError

router = APIRouter(prefix="/api/v1/cases", tags=["acts"])


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
        except NotAllowedError:
            results.append(
                BulkResult(
                    case=case_id,
                    done=False,
                    detail="You may see this case, but not do this to it.",
                    detail_zh="您可以查看该案件，但无权进行此操作。",
                )
            )
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
