"""What routes ask for about whoever calls: `Anybody` for the principal, `require(…)` for a permission."""

import base64
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from api.access import Access
from api.errors import NotFoundError
from api.identity import Permission, Principal, may
from api.refusals import ForeignOriginError, NotAllowedError, NotSignedInError
from api.settings import Settings

SESSION_COOKIE = "yilu_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_HEADER = "x-requested-with"
"""Programs that use the cookie without being a browser name themselves in this header."""

SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A program's token, from /api/v1/tokens.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "A page's session.",
    },
}
"""How somebody says who he is, as the API document tells it."""


async def access_of(request: Request) -> Access:
    """Return this process's memory of who is who."""
    access: Access = request.app.state.access
    return access


AccessOfRequest = Annotated[Access, Depends(access_of)]


def _token_in(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def principal_of(request: Request) -> Principal:
    """Return whoever makes the request; a token that is not good is refused, a stale cookie is nobody.

    It asks for the request alone: each thing that the framework is to bring costs as much as the look-up.
    """
    access: Access = request.app.state.access
    if (token := _token_in(request)) is not None:
        found = await access.principal_of(token)
        if found is None:
            raise NotSignedInError
        return found
    if (cookie := request.cookies.get(SESSION_COOKIE)) is not None:
        refuse_foreign_origin(request)
        if (known := await access.principal_of(cookie)) is not None:
            return known
    settings: Settings = request.app.state.settings
    return Principal(settings.district_code)


Anybody = Annotated[Principal, Depends(principal_of)]


def refuse_foreign_origin(request: Request) -> None:
    """Refuse an act that a page of another site makes a browser send with our cookie.

    Browsers state the origin with every act; what states none is a program, and has to say so in a header
    that no foreign page can add.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None:
        same = urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""
    elif site is not None:
        same = site in {"same-origin", "none"}
    else:
        same = OWN_HEADER in request.headers
    if not same:
        raise ForeignOriginError


def refuse_foreign_sign_in(request: Request) -> None:
    """Refuse a sign-in that another site's page sends: it would put people into the attacker's account."""
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        refuse_foreign_origin(request)


class Guard:
    """A dependency that lets only those through who hold a permission somewhere.

    What lies where is the route's own question: `may(principal, permission, where)` for one thing, a filter
    by `reach_of(principal, permission)` for a list.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        """Return the principal, or say why not: sign in first, no such thing for you, not allowed."""
        principal = await principal_of(request)
        if may(principal, self.permission):
            return principal
        if not principal.signed_in:
            raise NotSignedInError
        if request.method in SAFE_METHODS and not principal.awaits_second_factor:
            raise NotFoundError("page", "页面")
        raise NotAllowedError


class ApiKeyGuard:
    """The same for the dialects in which a program's token travels as `api_key`, in the address or a form.

    Programs that cannot add it to every request (map readers, FixMyStreet when it reads) give it as the
    password of `Authorization: Basic`, whatever the user is called.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        """Return whoever the key belongs to, if he may; these dialects know 403 only."""
        principal, access = await principal_of(request), await access_of(request)
        key: object = request.query_params.get("api_key")
        if key is None and request.headers.get("content-type", "").startswith(FORMS):
            key = (await request.form()).get("api_key")
        if key is None:
            key = _basic_password(request)
        found = await access.principal_of(key) if isinstance(key, str) else principal
        if found is None or not may(found, self.permission):
            raise NotAllowedError
        return found


def _basic_password(request: Request) -> str | None:
    scheme, _, packed = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(packed.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""  # of nobody


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def require_by_key(permission: Permission) -> Any:
    """Declare the permission of a route whose callers bring an `api_key`."""
    return Depends(ApiKeyGuard(permission))


def require(permission: Permission) -> Any:
    """Declare the permission that a route needs: `principal: Annotated[Principal, require(…)]`."""
    return Depends(Guard(permission))


def permission_of(route: APIRoute) -> Permission | None:
    """Return the permission that a route declares; None where it forgot to."""
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        if isinstance(dependant.call, Guard | ApiKeyGuard):
            return dependant.call.permission
        waiting.extend(dependant.dependencies)
    return None


StillHolds = Callable[[], Awaitable[bool]]


async def still_holds_of(request: Request, principal: Anybody, access: AccessOfRequest) -> StillHolds:
    """Return the question that a long stream asks every second or so: may it go on for this principal?"""
    secret = _token_in(request) or request.cookies.get(SESSION_COOKIE)

    async def still_holds() -> bool:
        return await access.still_holds(principal, secret)

    return still_holds


StillHoldsOfRequest = Annotated[StillHolds, Depends(still_holds_of)]
