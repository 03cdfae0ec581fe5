"""The short way answers as the framework's way does, whatever is sent; and says where it cannot be taken."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction
from api.direct_route import DirectRoute, NotDirectError
from api.errors import Problem, install_problem_handlers
from api.instants import Instant
from api.refusals import NotSignedInError

_GOOD = b'{"name": "alley", "count": 3, "at": "2026-05-01T08:00:00+08:00"}'


class Sent(BaseModel):
    """What comes in."""

    name: Annotated[str, Field(min_length=2)]
    count: int = 1
    at: Instant | None = None


class Told(BaseModel):
    """What goes out."""

    sent: Sent
    by: str
    path: str


async def _whoever(request: Request) -> str:
    if (name := request.headers.get("x-name")) is None:
        raise NotSignedInError
    return name


async def _tell(
    sent: Sent, response: Response, request: Request, by: Annotated[str, Depends(_whoever)]
) -> Told:
    if sent.count == 2:
        response.status_code = 200
        response.headers["x-again"] = "yes"
    return Told(sent=sent, by=by, path=request.url.path)


def _app(kind: type[APIRoute]) -> FastAPI:
    router = APIRouter(prefix="/deep", route_class=kind)
    router.post("/tell", status_code=201)(_tell)
    app = FastAPI()
    install_problem_handlers(app, lambda problem, _path: Problem.response(problem))
    app.include_router(router)
    return app


async def _ask(app: FastAPI, body: bytes, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://yilu.test") as client:
        answer = await client.post("/deep/tell", content=body, headers=headers)
    return answer.status_code, answer.json(), dict(answer.headers)


@pytest.mark.parametrize("name", [{"x-name": "Li"}, {}])
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "text/plain", None])
@pytest.mark.parametrize(
    "body",
    [
        _GOOD,
        b'{"name": "alley", "count": 2}',
        b'{"name": "alley", "count": "7", "more": 1}',
        b'{"name": "a"}',
        b'{"count": 1.5, "name": "alley"}',
        b'{"name": "alley", "at": "2026-05-01T08:00:00"}',
        b"[]",
        b"null",
        b"{",
        b"",
    ],
)
async def test_both_ways_answer_alike(body: bytes, kind: str | None, name: dict[str, str]) -> None:
    headers = name | ({"content-type": kind} if kind else {})
    assert await _ask(_app(DirectRoute), body, headers) == await _ask(_app(APIRoute), body, headers)


async def test_what_is_good_is_answered_without_the_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_other_way(_route: APIRoute) -> Any:
        async def refuse(_request: Request) -> Response:
            raise AssertionError("the framework's way was taken")

        return refuse

    monkeypatch.setattr(APIRoute, "get_route_handler", no_other_way)
    status, told, _ = await _ask(
        _app(DirectRoute), _GOOD, {"x-name": "Li", "content-type": "application/json"}
    )
    assert (status, told["by"], told["sent"]["count"]) == (201, "Li", 3)


async def _two(one: Sent, other: Sent) -> None:
    """Two bodies."""


async def _none() -> None:
    """No body."""


async def _needs_the_store(sent: Sent, driver: DriverTransaction) -> None:
    """A dependency that has one of its own."""


async def _cleans_up(request: Request) -> AsyncIterator[str]:
    yield request.url.path


async def _needs_cleaning_up(sent: Sent, path: Annotated[str, Depends(_cleans_up)]) -> None:
    """A dependency that has something to do afterwards."""


async def _asks_the_address(sent: Sent, count: Annotated[int, Query()]) -> None:
    """A part of the address."""


async def _bare(sent: Sent, count: int) -> None:
    """The same, by its type alone."""


def _in_a_thread(sent: Sent) -> None:
    """No coroutine."""


@pytest.mark.parametrize(
    "function",
    [_two, _none, _needs_the_store, _needs_cleaning_up, _asks_the_address, _bare, _in_a_thread],
)
def test_a_function_that_asks_for_more_is_refused_when_it_is_declared(function: Any) -> None:
    router = APIRouter(route_class=DirectRoute)
    with pytest.raises(NotDirectError, match=function.__name__):
        router.post("/more")(function)
