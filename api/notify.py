"""Telling other systems and, through a message gateway, people: an outbox, signed calls, patience."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from api.keyring import KeyLostError, Keyring
from api.outbound import RefusedAddressError, check_target, post_signed
from api.store import webhooks
from api.store.database import driver_transaction

logger = logging.getLogger("yilu.notify")

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)


class Messenger:
    """Fills the outbox from the event log and the notices, and empties it; any number of processes may."""

    def __init__(self, engine: AsyncEngine, district: str, keys: Keyring) -> None:
        self._engine = engine
        self._district = district
        self._keys = keys

    async def step(self) -> int:
        """Queue what is new, deliver what is due; returns how many messages were taken by their receivers."""
        async with driver_transaction(self._engine) as driver:
            await webhooks.enqueue_case_events(driver, self._district)
        async with driver_transaction(self._engine) as driver:
            await webhooks.enqueue_notices(driver, self._district)
        async with driver_transaction(self._engine) as driver:
            due = await webhooks.claim_due(driver, self._district)
            hosts = await webhooks.allowed_hosts(driver, self._district) if due else frozenset()
        return sum(await asyncio.gather(*(self._deliver(delivery, hosts) for delivery in due)))

    async def _deliver(self, delivery: webhooks.Delivery, hosts: frozenset[str]) -> bool:
        failure = await _attempt(delivery, hosts, self._keys)
        async with driver_transaction(self._engine) as driver:
            if failure is None:
                await webhooks.note_delivered(driver, self._district, delivery.id)
            else:
                wait = wait_after(delivery.attempts)
                await webhooks.note_failure(driver, self._district, delivery, failure, wait)
        return failure is None


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: 10 s, 20 s, 40 s … up to six hours."""
    doublings: int = min(attempts - 1, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


async def _attempt(delivery: webhooks.Delivery, hosts: frozenset[str], keys: Keyring) -> str | None:
    """Send one message; return why it was not taken, or None."""
    try:
        target = await check_target(delivery.url, hosts)
        secret = keys.open(delivery.secret)
        await post_signed(target, secret, str(delivery.id), datetime.now(UTC), delivery.body)
    except RefusedAddressError as refused:
        return f"refused: {refused}"
    except KeyLostError:
        return "the key that the webhook's secret is encrypted with is lost: make the webhook anew"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as failure:
        return f"{type(failure).__name__}: {failure}"
    return None
