"""A short way into the routes that phones ask all day.

The framework turns a body into objects, solves a tree of dependencies with a place to clean up after each,
checks the answer and writes it out: a tenth of what a finding costs from request to committed offer. A route
whose function takes a body, and what the request alone brings, needs none of that. Whatever is not as it
should be goes the framework's way after all: complaints are worded in one place.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, get_args, get_type_hints

from fastapi import Request, Response
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

_JSON = "application/json"

Bring = Callable[[Request], Awaitable[object]]


class NotDirectError(TypeError):
    """The function asks for more than a body and what the request alone brings."""


class DirectRoute(APIRoute):
    """A route with one JSON body; documented, guarded and tested like any other."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        at_length = super().get_route_handler()
        asked = _Asked(self.endpoint)
        body, brought, told_to = asked.body, asked.brought, asked.told_to
        read, write = asked.reader.validate_json, asked.writer.dump_json
        usual = self.status_code or 200

        async def directly(request: Request) -> Response:
            if request.headers.get("content-type") != _JSON:
                return await at_length(request)
            try:
                values: dict[str, object] = {body: read(await request.body())}
            except ValidationError:
                return await at_length(request)
            for name, bring in brought:
                values[name] = await bring(request)
            if told_to is None:
                return Response(write(await self.endpoint(**values)), usual, media_type=_JSON)
            values[told_to] = told = Response(status_code=usual)
            del told.headers["content-length"]
            return Response(write(await self.endpoint(**values)), told.status_code, told.headers, _JSON)

        return directly


class _Asked:
    """What a function asks for, by the types that it states."""

    def __init__(self, function: Callable[..., Any]) -> None:
        if not inspect.iscoroutinefunction(function):
            raise NotDirectError(f"{function.__name__} is no coroutine.")
        stated = get_type_hints(function, include_extras=True)
        self.writer: TypeAdapter[Any] = TypeAdapter(stated.pop("return"))
        self.brought: list[tuple[str, Bring]] = []
        self.told_to: str | None = None
        bodies: list[tuple[str, type[BaseModel]]] = []
        for name, kind in stated.items():
            if kind is Request:
                self.brought.append((name, _the_request))
            elif kind is Response:
                self.told_to = name
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                bodies.append((name, kind))
            elif (bring := _dependency_in(kind)) is not None:
                self.brought.append((name, bring))
            else:
                raise NotDirectError(f"{function.__name__}: '{name}' takes more to bring than the request.")
        if len(bodies) != 1:
            raise NotDirectError(f"{function.__name__} takes {len(bodies)} bodies, not one.")
        ((self.body, model),) = bodies
        self.reader: TypeAdapter[Any] = TypeAdapter(model)


async def _the_request(request: Request) -> Request:
    return request


def _dependency_in(kind: object) -> Bring | None:
    """Return the dependency that a type states, if it is a coroutine that asks for the request alone."""
    for one in get_args(kind)[1:]:
        if isinstance(one, Depends) and (bring := one.dependency) is not None:
            alone = list(inspect.signature(bring).parameters) == ["request"]
            awaited = any(map(inspect.iscoroutinefunction, (bring, type(bring).__call__)))
            return bring if alone and awaited else None
    return None
