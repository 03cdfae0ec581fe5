"""A resident's page in few words: it does the sum, takes a ticket, reports, follows."""

import hashlib
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from tests.api.people_here import OWN_HEADER

HERE = {"lon": 112.002, "lat": 37.005}
CONTACT = {"name": "王女士", "phone": "138 0000 0000"}


def resident_of(app: FastAPI, address: str = "192.0.2.7") -> httpx.AsyncClient:
    """Somebody without an account, from that address."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://yilu.test", headers=OWN_HEADER)


def solution_of(puzzle: str, bits: int) -> int:
    """Do the sum as a page does."""
    for number in count():
        digest = hashlib.sha256(f"{puzzle}:{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - bits) == 0:
            return number
    raise AssertionError


async def take_ticket(client: httpx.AsyncClient) -> str:
    """Work for a ticket."""
    puzzle = (await client.get("/api/v1/resident/puzzle")).json()
    answer = solution_of(puzzle["puzzle"], puzzle["bits"])
    given = await client.post("/api/v1/resident/tickets", json={"puzzle": puzzle["puzzle"], "answer": answer})
    assert given.status_code == 201, given.text
    return str(given.json()["ticket"])


def report_of(ticket: str, **more: Any) -> dict[str, Any]:
    """A report that says the least."""
    least = {
        "ticket": ticket,
        "client_id": f"resident-{uuid4().hex}",
        "category": "E0102",
        "found_at": datetime.now(UTC).isoformat(),
        "description": "垃圾三天没人收",
    }
    return least | HERE | more


async def report(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    """Report something; what the server answered."""
    answer = await client.post("/api/v1/resident/reports", json=report_of(await take_ticket(client), **more))
    assert answer.status_code == 201, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


async def follow(client: httpx.AsyncClient, tracking: str) -> dict[str, Any]:
    """How the case stands."""
    answer = await client.get(f"/api/v1/resident/reports/{tracking}")
    assert answer.status_code == 200, answer.text
    followed: dict[str, Any] = answer.json()
    return followed
