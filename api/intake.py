"""New cases, saved together: one transaction for all that were decided while the last one was committed.

Each of them is still saved wholly or not at all, and nobody is answered before the commit. Where one of a
batch cannot be saved, each of the batch is tried alone, and only that one hears of it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction
from api.store.saving import NoRoomError, SameClientIdError, Saved, save_change, save_new
from dispatch.changes import Change

_MOST_AT_ONCE = 32


@dataclass(slots=True)
class _Waiting:
    change: Change
    digest: str
    saved: asyncio.Future[Saved]


class Intake:
    """One per process. Whoever comes while a batch is being saved goes with the next one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: list[_Waiting] = []
        self._saving: asyncio.Task[None] | None = None

    async def save(self, change: Change, digest: str) -> Saved:
        """Save a new case; returns after the commit, raises as `save_change` does."""
        mine = _Waiting(change, digest, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_all())
        return await mine.saved

    async def _save_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            try:
                saved = await self._save_together(batch)
            except (NoRoomError, SameClientIdError, asyncpg.PostgresError):
                await self._save_each(batch)
            except Exception as failure:  # noqa: BLE001 - whoever waits is told
                _tell(batch, failure)
            else:
                for one, its in zip(batch, saved, strict=True):
                    _answer(one, its)

    async def _save_together(self, batch: Sequence[_Waiting]) -> list[Saved]:
        async with driver_transaction(self._engine) as driver:
            return await save_new(driver, [(one.change, one.digest) for one in batch])

    async def _save_each(self, batch: Sequence[_Waiting]) -> None:
        for one in batch:
            try:
                async with driver_transaction(self._engine) as driver:
                    saved = await save_change(driver, one.change, one.digest)
            except Exception as failure:  # noqa: BLE001 - whoever waits is told
                _tell([one], failure)
            else:
                _answer(one, saved)


def _answer(one: _Waiting, saved: Saved) -> None:
    if not one.saved.done():
        one.saved.set_result(saved)


def _tell(batch: Sequence[_Waiting], failure: Exception) -> None:
    for one in batch:
        if not one.saved.done():
            one.saved.set_exception(failure)
