"""A small OpenID Connect provider that tests start: it signs whom it is told to in, and can misbehave."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
import orjson
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "yilu", "between the two of us"


@dataclass
class SmallProvider:
    """Whom it signs in, with which key, and what it does wrong."""

    issuer: str = ""
    subject: str = "worker-7"
    claims: dict[str, Any] = field(default_factory=dict)
    """Put into every token, over what belongs there."""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    listed: bool = True
    """Whether the newest key stands in the list of keys."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key_reads: int = 0

    def turn_key(self) -> None:
        """Sign with a new key from now on; the old one is no longer listed."""
        self.keys = {f"key-{time.monotonic_ns()}": rsa.generate_private_key(65537, 2048)}

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.list_keys),
            ]
        )

    async def discovery(self, _: Request) -> Response:
        here = self.issuer
        return JSONResponse(
            {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "jwks_uri": f"{here}/keys",
            }
        )

    async def authorize(self, request: Request) -> Response:
        """What a person's sign-in there ends with: back to the client with a code."""
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = hashlib.sha256(asked["state"].encode()).hexdigest()
        self.codes[code] = asked
        back = asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(back, 302)

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (
            asked is None
            or request.headers["authorization"] != f"Basic {basic}"
            or challenge.decode().rstrip("=") != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        ((name, key),) = self.keys.items()
        told = jwt.encode(
            {k: v for k, v in claims.items() if v is not None}, key, "RS256", headers={"kid": name}
        )
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": told})

    async def list_keys(self, _: Request) -> Response:
        self.key_reads += 1
        listed = []
        for name, key in self.keys.items() if self.listed else ():
            jwk = orjson.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
            listed.append({**jwk, "kid": name, "use": "sig", "alg": "RS256"})
        return JSONResponse({"keys": [{"kty": "oct", "k": "AAAA", "kid": "odd"}, *listed]})


@contextmanager
def a_provider() -> Iterator[SmallProvider]:
    """Run a provider on a port of its own."""
    provider = SmallProvider()
    provider.turn_key()
    server = uvicorn.Server(uvicorn.Config(provider.app(), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, name="provider")
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the provider did not start"
        time.sleep(0.02)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
