"""New cases, saved together: one statement for all that were decided while the last one was committed.

Each of them is still saved wholly or not at all, and nobody is answered before the commit. Where one of a
batch cannot be saved, each of the batch is tried alone, and only that one hears of it.
"""

from collections.abc import Sequence
from typing import TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_alone
from api.store.saving import NoRoomError, SameClientIdError, Saved, save_change, save_new
from api.together import Together
from dispatch.changes import Change

FINDINGS_AT_ONCE = 16
"""So many are read for, and saved, in one go: while one group is decided upon, others are with the store."""

_Sent: TypeAlias = tuple[Change, str]


class Intake:
    """One per process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._together = Together(self._save_all, FINDINGS_AT_ONCE)

    async def save(self, change: Change, digest: str) -> Saved:
        """Save a new case; returns after the commit, raises as `save_change` does."""
        return await self._together.ask((change, digest))

    async def _save_all(self, batch: Sequence[_Sent]) -> Sequence[Saved | Exception]:
        try:
            async with driver_alone(self._engine) as driver:
                return await save_new(driver, batch)
        except (NoRoomError, SameClientIdError, asyncpg.PostgresError):
            return [await self._save_alone(*one) for one in batch]

    async def _save_alone(self, change: Change, digest: str) -> Saved | Exception:
        try:
            async with driver_alone(self._engine) as driver:
                return await save_change(driver, change, digest)
        except Exception as failure:  # noqa: BLE001 - whoever waits is told
            return failure
