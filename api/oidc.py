"""Signing in by an outside provider: OpenID Connect, authorization code with state, nonce and PKCE."""

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt

from api.settings import Settings

TIMEOUT_S = 10.0
CLOCK_DRIFT_S = 60
DOCUMENT_LASTS_S = 3600.0
KEYS_AT_MOST_EVERY_S = 10.0
"""A made-up key id must not let anybody make us call the provider as often as he likes."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""What is signed with the provider's own key; never 'none', never a secret that both sides know."""

_TWO_FACTORS = frozenset({"mfa", "otp", "hwk", "sc"})
"""Ways of proof (RFC 8176) that are, or come with, a second factor."""


class ProviderError(Exception):
    """The provider did not do its part; `reason` is for the log and the administrator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, remembered by the browser in a sealed cookie until it comes back."""

    state: str
    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is."""

    subject: str
    """The issuer and the provider's own, never changing name for the person."""
    took_two_factors: bool


class Provider:
    """The one provider of this server; one per process, which remembers its document and keys."""

    def __init__(self, issuer: str, client: str, secret: str, name: str) -> None:
        self.issuer = issuer
        self.client = client
        self.name = name
        self._secret = secret
        self._document: Mapping[str, Any] = {}
        self._document_read_at = float("-inf")
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._keys_read_at = float("-inf")

    async def address_of(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return where the browser is sent to sign in."""
        document = await self._discover()
        challenge = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client,
            "redirect_uri": redirect_uri,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        endpoint = str(document["authorization_endpoint"])
        return endpoint + ("&" if "?" in endpoint else "?") + urlencode(query)

    async def identity_of(self, code: str, attempt: Attempt, redirect_uri: str) -> Identity:
        """Exchange the code that the browser brought, and read who it is from the signed answer."""
        document = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.client,
            "code_verifier": attempt.verifier,
        }
        methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = None
        if self._secret and "client_secret_basic" in methods:
            basic = httpx.BasicAuth(self.client, self._secret)
        elif self._secret:
            form["client_secret"] = self._secret
        answer = await _asked("POST", str(document["token_endpoint"]), data=form, auth=basic)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderError("the token endpoint gave no id_token")
        return await self._identity_in(token, attempt.nonce)

    async def _identity_in(self, token: str, nonce: str) -> Identity:
        try:
            key = await self._key_of(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token,
                key,
                algorithms=[*ALGORITHMS],
                audience=self.client,
                issuer=self.issuer,
                leeway=CLOCK_DRIFT_S,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as wrong:
            raise ProviderError(f"the id_token is not good: {wrong}") from wrong
        if claims.get("nonce") != nonce:
            raise ProviderError("the id_token belongs to another attempt")
        if claims.get("azp", self.client) != self.client:
            raise ProviderError("the id_token was made for another client")
        ways = claims.get("amr")
        two = isinstance(ways, list) and not _TWO_FACTORS.isdisjoint(map(str, ways))
        return Identity(f"{self.issuer}|{claims['sub']}", two)

    async def _key_of(self, header: Mapping[str, Any]) -> jwt.PyJWK:
        """Return the key that a token names; the keys are read anew when it is not known: they rotate."""
        name = str(header.get("kid", ""))
        key = self._keys.get(name)
        if key is None and time.monotonic() - self._keys_read_at > KEYS_AT_MOST_EVERY_S:
            await self._read_keys()
            key = self._keys.get(name)
        if key is None:
            raise ProviderError("the id_token is signed with a key that the provider does not list")
        return key

    async def _read_keys(self) -> None:
        document = await self._discover()
        self._keys_read_at = time.monotonic()
        listed = (await _asked("GET", str(document["jwks_uri"]))).get("keys")
        found = {}
        for one in listed if isinstance(listed, list) else []:
            if not isinstance(one, dict) or one.get("kty") == "oct" or one.get("use", "sig") != "sig":
                continue
            try:
                found[str(one.get("kid", ""))] = jwt.PyJWK(one)
            except jwt.PyJWTError:
                continue  # a kind of key that we do not use
        self._keys = found

    async def _discover(self) -> Mapping[str, Any]:
        if time.monotonic() - self._document_read_at < DOCUMENT_LASTS_S:
            return self._document
        found = await _asked("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise ProviderError(f"the provider calls itself {found.get('issuer')!r}, not {self.issuer!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(found.get(name, "")).startswith(("https://", "http://")):
                raise ProviderError(f"the provider names no {name}")
        self._document, self._document_read_at = found, time.monotonic()
        return found


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider that the settings name, if they name one."""
    if not (settings.provider_url and settings.provider_client):
        return None
    name = settings.provider_name or settings.provider_url.partition("://")[2].partition("/")[0]
    return Provider(settings.provider_url, settings.provider_client, settings.provider_secret, name)


async def _asked(method: str, url: str, **more: Any) -> Mapping[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            answer = await client.request(method, url, headers={"Accept": "application/json"}, **more)
        found = answer.json() if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
        raise ProviderError(f"{url}: {type(failure).__name__} {failure}") from failure
    if not isinstance(found, dict):
        raise ProviderError(f"{url} answered {answer.status_code}")
    return found
