"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.dependencies import Engine, Keys, SettingsOfRequest, Transaction
from api.guards import SESSION_COOKIE, AccessOfRequest, refuse_foreign_sign_in, require
from api.identity import Permission, Principal
from api.routes.account_shapes import Session, ShortText
from api.sign_in import SignedIn, address_of, sign_in_with_link, sign_in_with_password
from api.store import sessions
from api.store.audit import record

router = APIRouter(prefix="/api/v1", tags=["signing in"])

Visitor = Annotated[Principal, require(Permission.SIGN_IN)]


class PasswordSignIn(BaseModel):
    """Name and password, and the authenticator's code where the account has one."""

    name: ShortText
    password: Annotated[str, Field(min_length=1, max_length=1000)]
    code: Annotated[str, Field(max_length=20)] = ""


class LinkSignIn(BaseModel):
    """The secret of a one-time link: what stands behind `#link=`."""

    link: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("/session")
async def read_session(principal: Visitor) -> Session:
    """Say who is signed in; `signed_in` is false for nobody."""
    return Session.of(principal)


@router.post("/session", status_code=201)
async def sign_in(
    body: PasswordSignIn,
    request: Request,
    response: Response,
    engine: Engine,
    settings: SettingsOfRequest,
    keys: Keys,
    _: Visitor,
) -> Session:
    """Sign in by name and password. Eight failures for a name within 15 minutes make it wait."""
    refuse_foreign_sign_in(request)
    begun = await sign_in_with_password(
        engine,
        settings.district_code,
        keys,
        name=body.name,
        password=body.password,
        code=body.code,
        address=address_of(request),
    )
    set_session_cookie(request, response, begun)
    return Session.of(begun.principal)


@router.post("/session/link", status_code=201)
async def use_link(
    body: LinkSignIn,
    request: Request,
    response: Response,
    engine: Engine,
    settings: SettingsOfRequest,
    _: Visitor,
) -> Session:
    """Sign in by a one-time link."""
    refuse_foreign_sign_in(request)
    begun = await sign_in_with_link(engine, settings.district_code, body.link, address=address_of(request))
    set_session_cookie(request, response, begun)
    return Session.of(begun.principal)


@router.delete("/session", status_code=204)
async def sign_out(
    response: Response, principal: Visitor, connection: Transaction, access: AccessOfRequest
) -> None:
    """Sign out; harmless for whoever is not signed in."""
    if principal.session is not None:
        await sessions.end_session(connection, principal.district, principal.session)
        await record(connection, principal, "session.end", str(principal.account))
        access.forget()
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")


def set_session_cookie(request: Request, response: Response, begun: SignedIn) -> None:
    """Hand the session to the browser, out of reach of scripts, other sites and (under TLS) plain HTTP."""
    response.set_cookie(
        SESSION_COOKIE,
        begun.secret.text,
        expires=begun.principal.expires_at,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
