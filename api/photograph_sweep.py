"""Photographs that belong to nothing are forgotten after a day."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from api.photographs import PhotographFolder
from api.store.database import driver_transaction
from api.store.photos import forget_unused, list_kept

UNUSED_AFTER = timedelta(days=1)


async def sweep_photographs(engine: AsyncEngine, folder: PhotographFolder, district: str) -> int:
    """Forget uploads that no report ever named, and remove files that nobody knows; returns how many files.

    A file is removed only when it is a day old: one that is being uploaded has no row yet.
    """
    before = datetime.now(UTC) - UNUSED_AFTER
    async with driver_transaction(engine) as driver:
        await forget_unused(driver, district, before)
    old = await asyncio.to_thread(folder.names_before, before)
    async with driver_transaction(engine) as driver:
        kept = await list_kept(driver, old)
    strays = [name for name in old if name not in kept]
    for name in strays:
        await asyncio.to_thread(folder.remove, name)
    return len(strays)
