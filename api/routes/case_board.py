"""All that a command centre shows, in one answer; the live stream tells what changes after it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.dependencies import DriverTransaction
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.instants import Instant
from api.store.case_board import BOARD_COLUMNS, read_board
from api.store.feed import newest_place

router = APIRouter(prefix="/api/v1", tags=["cases"])


class CaseBoard(BaseModel):
    """Cases by columns: the names once, then one row each, in no order."""

    place: str
    """Where in the live feed it stands: a stream that begins there tells all that came after."""
    columns: list[str]
    rows: list[list[Any]]


@router.get("/cases/board", response_model=CaseBoard)
async def read_case_board(
    viewer: Annotated[Principal, require(Permission.VIEW_CASES)],
    driver: DriverTransaction,
    since: Annotated[Instant, Query(description="Reported or done since then, ended or not.")],
) -> Response:
    """Return every case that has not ended, and all that was reported or done since.

    The columns are those of a case in `/cases`; one answer instead of pages, because a command centre needs
    them all before its numbers are true.
    """
    place = await newest_place(driver, viewer.district)  # before the rows: what comes between is told twice
    rows = await read_board(driver, viewer.district, since, reach_of(viewer, Permission.VIEW_CASES))
    # a string in halves: reading twenty thousand cases only to write them again would hold everybody up
    body = f'{{"place":{json.dumps(str(place))},"columns":{json.dumps(BOARD_COLUMNS)},"rows":{rows}}}'
    return Response(body, media_type="application/json")
