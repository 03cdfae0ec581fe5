"""Calls to other systems: signed, short, never to an address inside the network unless allowed by name."""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

TIMEOUT_S = 10.0
_SECRET_PREFIX = "whsec_"  # noqa: S105 - not a secret: receivers know one by it
_WORLD = ipaddress.ip_network("2000::/3")
"""Where addresses of version 6 are given out; all others are of a site, a link, or nobody's."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Addresses of version 4 behind a translator: what is private behind it looks public."""


class RefusedAddressError(Exception):
    """The address must not be called."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: the host by name, and the one IP address that was checked and will be called."""

    url: str
    host: str
    ip: str
    port: int
    secure: bool


async def check_target(url: str, allowed_hosts: frozenset[str]) -> Target:
    """Look the host up and refuse it unless every address of it is public, or its name is allowed.

    The connection then goes to the very address that was checked: a name that changes its mind in between
    gains nothing.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    secure = parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
    except ValueError:
        raise RefusedAddressError("the port is no number from 1 to 65535") from None
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
        raise RefusedAddressError("an address begins with http:// or https:// and names a host, nothing else")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RefusedAddressError(f"the host {host} cannot be found") from None
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if host not in allowed_hosts and not all(map(is_public, addresses)):
        raise RefusedAddressError(f"{host} lies inside the network; the administrator can allow it by name")
    return Target(url, host, addresses[0], port, secure)


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _WORLD:
            return False
    return ip.is_global and not ip.is_multicast


def new_signing_secret() -> str:
    """Draw a secret as the Standard Webhooks convention writes it: the key in base 64 behind `whsec_`."""
    return _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature_of(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """Return the signature after the Standard Webhooks convention: HMAC-SHA256 of id, time and body."""
    key = base64.urlsafe_b64decode(secret.removeprefix(_SECRET_PREFIX) + "==")  # one of before may lack them
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


async def post_signed(target: Target, secret: str, message_id: str, at: datetime, body: bytes) -> None:
    """Send one message; raise with a reason in words where it was not taken."""
    headers = {
        "Host": target.host if target.port in {80, 443} else f"{target.host}:{target.port}",
        "Content-Type": "application/cloudevents+json",
        "User-Agent": "Yilu",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature_of(secret, message_id, at, body),
    }
    parts = urlsplit(target.url)
    shown = f"[{target.ip}]" if ":" in target.ip else target.ip
    url = parts._replace(netloc=f"{shown}:{target.port}", fragment="").geturl()
    extensions = {"sni_hostname": target.host} if target.secure else {}
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
        asyncio.timeout(2 * TIMEOUT_S),
        client.stream("POST", url, content=body, headers=headers, extensions=extensions) as answer,
    ):
        if not 200 <= answer.status_code < 300:
            raise httpx.HTTPError(f"answered {answer.status_code}")
