"""The other operators' hands: who has which case open, and who said that he takes it on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.refusals import NotAllowedError
from api.store.hands import Hand, drop_hand, hands_within, list_hands, put_hand

router = APIRouter(prefix="/api/v1/hands", tags=["cases"])

Viewer = Annotated[Principal, require(Permission.VIEW_CASES)]


class HandBody(BaseModel):
    """All that a page holds now: the case that is open, and those that its operator takes on."""

    open: UUID | None = None
    taken: Annotated[list[UUID], Field(max_length=50)] = []


class HandItem(BaseModel):
    """One hand on one case."""

    page: UUID
    name: str
    case: UUID
    taken: bool

    @classmethod
    def of(cls, hand: Hand) -> "HandItem":
        """The hand as it is shown."""
        return cls(page=hand.page, name=hand.name, case=hand.case_id, taken=hand.taken)


@router.put("/{page_id}")
async def tell_hand(
    page_id: UUID, body: HandBody, viewer: Viewer, driver: DriverTransaction
) -> list[HandItem]:
    """Tell what this page holds, and learn what all hold; tell it again within 45 s, or it is forgotten.

    `page_id` is made by the page. A hand locks nothing: it shows the others who is at work on what.
    """
    if viewer.account is None:
        raise NotAllowedError
    await put_hand(driver, viewer.district, page_id, viewer.account, viewer.name, body.open, body.taken)
    hands = hands_within(await list_hands(driver, viewer.district), reach_of(viewer, Permission.VIEW_CASES))
    return [HandItem.of(hand) for hand in hands]


@router.delete("/{page_id}", status_code=204)
async def let_go(page_id: UUID, viewer: Viewer, driver: DriverTransaction) -> Response:
    """The page goes: it holds nothing any more."""
    if viewer.account is not None:
        await drop_hand(driver, viewer.district, page_id, viewer.account)
    return Response(status_code=204)
