"""Signing in by an outside provider (OpenID Connect): the way there, and the way back."""

import hmac
import logging
import secrets
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from api.dependencies import Engine, Keys, SettingsOfRequest
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal
from api.keyring import Keyring
from api.oidc import Attempt, Provider, ProviderError
from api.routes.sign_in import set_session_cookie
from api.settings import Settings
from api.sign_in import Way, address_of, begin_session, count_failure
from api.store.accounts import find_account_of_subject
from api.store.database import transaction

logger = logging.getLogger("yilu.provider")

router = APIRouter(prefix="/api/v1/session", tags=["signing in"])

Visitor = Annotated[Principal, require(Permission.SIGN_IN)]

ATTEMPT_COOKIE = "yilu_attempt"
ATTEMPT_LASTS_S = 600
_PATH = "/api/v1/session/provider"


class Ways(BaseModel):
    """How one can sign in besides password and link."""

    provider: str | None
    """What the outside provider is called; null where there is none."""


async def provider_of_request(request: Request) -> Provider | None:
    """Return this server's provider, if it has one."""
    provider: Provider | None = request.app.state.provider
    return provider


ProviderOfRequest = Annotated[Provider | None, Depends(provider_of_request)]
Given = Annotated[str, Query(max_length=4000)]


@router.get("/ways")
async def read_ways(_: Visitor, provider: ProviderOfRequest) -> Ways:
    """Say whether there is an outside provider to sign in by."""
    return Ways(provider=provider.name if provider else None)


@router.get("/provider", response_class=RedirectResponse, status_code=303)
async def go_to_provider(
    request: Request,
    settings: SettingsOfRequest,
    provider: ProviderOfRequest,
    keys: Keys,
    _: Visitor,
    next: Annotated[str, Query(max_length=500)] = "",  # noqa: A002 - what the pages call it
) -> RedirectResponse:
    """Send the browser to the provider; it comes back to `/api/v1/session/provider/back`."""
    if provider is None:
        raise NotFoundError("outside provider", "外部登录方式")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(state, nonce, verifier, _own_path(next))
    try:
        address = await provider.address_of(attempt, _back(request, settings))
    except ProviderError as failure:
        return _refused(failure, "unreachable")
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        ATTEMPT_COOKIE,
        keys.seal(orjson.dumps(asdict(attempt)).decode()),
        max_age=ATTEMPT_LASTS_S,
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get("/provider/back", response_class=RedirectResponse, status_code=303)
async def come_back(
    request: Request,
    settings: SettingsOfRequest,
    provider: ProviderOfRequest,
    keys: Keys,
    engine: Engine,
    _: Visitor,
    code: Given = "",
    state: Given = "",
    error: Given = "",
) -> RedirectResponse:
    """Sign in whom the provider sends back and lead him on, else to the sign-in page, which says why not."""
    if provider is None:
        raise NotFoundError("outside provider", "外部登录方式")
    attempt = _attempt_in(request, keys)
    if attempt is None or not hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace")):
        return _refused(ProviderError("the answer belongs to no attempt of this browser"), "stale")
    if error or not code:
        return _refused(ProviderError(f"the provider said {error[:100]!r}"), "declined")
    try:
        identity = await provider.identity_of(code, attempt, _back(request, settings))
    except ProviderError as failure:
        return _refused(failure, "failed")
    async with transaction(engine) as connection:
        account = await find_account_of_subject(connection, settings.district_code, identity.subject)
        if account is not None and account.disabled_at is None:
            begun = await begin_session(
                connection,
                account,
                address=address_of(request),
                way=Way.PROVIDER,
                now=datetime.now(UTC),
                provider_took_two=identity.took_two_factors,
            )
    if account is None or account.disabled_at is not None:
        await count_failure(engine, settings.district_code, identity.subject, address_of(request))
        return _refused(ProviderError("nobody here has this subject"), "unknown", identity.subject)
    awaits = begun.principal.awaits_second_factor
    onward = f"/sign-in?{urlencode({'next': attempt.next})}" if awaits or not attempt.next else attempt.next
    answer = RedirectResponse(onward, 303)
    answer.delete_cookie(ATTEMPT_COOKIE, path=_PATH, httponly=True, samesite="lax")
    set_session_cookie(request, answer, begun)
    return answer


def _attempt_in(request: Request, keys: Keyring) -> Attempt | None:
    plain = keys.open_fresh(request.cookies.get(ATTEMPT_COOKIE, ""), ATTEMPT_LASTS_S)
    return Attempt(**orjson.loads(plain)) if plain else None


def _refused(failure: ProviderError, why: str, subject: str = "") -> RedirectResponse:
    """Lead back to the sign-in page, which says it in words; behind the # nothing is sent or logged."""
    logger.warning("signing in by the provider: %s", failure.reason)
    told = {"provider": why, **({"subject": subject} if subject else {})}
    answer = RedirectResponse(f"/sign-in#{urlencode(told)}", 303)
    answer.delete_cookie(ATTEMPT_COOKIE, path=_PATH, httponly=True, samesite="lax")
    return answer


def _back(request: Request, settings: Settings) -> str:
    base = settings.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return base.rstrip("/") + _PATH + "/back"


def _own_path(text: str) -> str:
    """A path of our own pages; nothing that a browser would read as another site."""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if plain and text.isprintable() and text.isascii() else ""
