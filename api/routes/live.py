"""The live stream: server-sent events about what the account may see."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import StreamingResponse

from api.guards import StillHoldsOfRequest, require
from api.identity import Permission, Principal, reach_of
from api.live import LiveHub
from api.live_frames import LiveScope, shared_reach
from api.store.feed import FeedPlace

router = APIRouter(prefix="/api/v1", tags=["live"])

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Events until either side ends it."}
    },
)
async def follow_live(
    request: Request,
    principal: Annotated[Principal, require(Permission.VIEW_CASES)],
    still_holds: StillHoldsOfRequest,
    last_event_id: Annotated[str, Header()] = "",
    last: Annotated[str, Query(alias="last_event_id", max_length=50)] = "",
) -> StreamingResponse:
    """Follow what happens: `hello`, then `news`, `positions`, `hands`, `closures`, `beat`.

    `resync` comes after too much was missed, and means the same as a `hello` that does not resume.

    After `hello` (unless it says `resumed`) fetch the lists you show, then apply each `news`: put its `cases`
    in by id where their `events` is not lower than what you have, and take out those in `gone`. The stream
    ends within seconds of the account losing a right; connect again with the last id.
    """
    hub: LiveHub = request.app.state.live
    scope = LiveScope(
        cases=shared_reach(reach_of(principal, Permission.VIEW_CASES), principal.district),
        positions=shared_reach(reach_of(principal, Permission.VIEW_POSITIONS), principal.district),
    )
    frames = hub.follow(scope, still_holds, FeedPlace.parse(last or last_event_id))
    return StreamingResponse(frames, media_type="text/event-stream", headers=_HEADERS)
