"""The one process of a district that numbers its committed events; every process stands ready to be it."""

import time
from contextlib import suppress
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import StoreUnreachableError, driver_transaction
from api.store.feed import LEASE_S, any_waiting, hold_lease, release_lease, stamp_committed

STAMP_EVERY_S = 0.1


class Sequencer:
    """Takes the lease when nobody has it, and stamps as long as it does."""

    def __init__(self, engine: AsyncEngine, district: str) -> None:
        self._engine = engine
        self._district = district
        self._me: UUID = uuid4()
        self._holds = False
        self._ask_again_at = 0.0

    async def step(self) -> int:
        """Stamp what waits, if this process is the sequencer; return how many events that were."""
        if time.monotonic() >= self._ask_again_at:
            async with driver_transaction(self._engine) as driver:
                self._holds = await hold_lease(driver, self._district, self._me)
            self._ask_again_at = time.monotonic() + LEASE_S / 3
        if not self._holds:
            return 0
        async with driver_transaction(self._engine) as driver:
            if not await any_waiting(driver, self._district):
                return 0
            return await stamp_committed(driver, self._district)

    async def stop(self) -> None:
        """Hand the lease on; where the store is gone already, it runs out by itself."""
        if not self._holds:
            return
        with suppress(StoreUnreachableError, SQLAlchemyError, OSError, asyncpg.PostgresError):
            async with driver_transaction(self._engine) as driver:
                await release_lease(driver, self._district, self._me)
