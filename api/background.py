"""Work that a process does by itself, step after step, as long as it lives."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger("yilu.background")

_LONGEST_WAIT_S = 10.0


async def repeat(name: str, step: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Take a step every `every_s` seconds; after a failure say so and wait longer, but never give up."""
    failures = 0
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            await step()
            failures = 0
        except Exception:  # whatever it was, the next step may succeed: a store comes back
            failures += 1
            logger.warning("%s failed (%d in a row)", name, failures, exc_info=failures == 1)
        wait_s = min(every_s * 2**failures, max(_LONGEST_WAIT_S, every_s)) if failures else every_s
        await asyncio.sleep(max(wait_s - (clock() - began), 0.001))
