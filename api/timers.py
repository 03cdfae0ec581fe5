"""What happens by itself: offers that expire, reminders, deadlines, escalation; fired once, whoever dies."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction
from api.store.timers import DueTimer, claim_due, put_off

logger = logging.getLogger("yilu.timers")

FIRE_EVERY_S = 0.5
_BATCH = 50
_SOONEST_AGAIN = timedelta(seconds=5)
_LATEST_AGAIN = timedelta(minutes=10)

Fire = Callable[[DueTimer], Awaitable[object]]
"""Does what the timer is for in one transaction, and consumes it there (`api.store.timers.consume`)."""


class Timers:
    """One per process; all processes together fire each timer once."""

    def __init__(
        self,
        engine: AsyncEngine,
        district: str,
        fire: Fire,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._district = district
        self._fire = fire
        self._clock = clock

    async def step(self) -> int:
        """Fire what is due; return how many timers that were."""
        fired = 0
        while True:
            async with driver_transaction(self._engine) as driver:
                due = await claim_due(driver, self._district, self._clock(), _BATCH)
            for timer in due:
                fired += await self._fire_one(timer)
            if len(due) < _BATCH:
                return fired

    async def _fire_one(self, timer: DueTimer) -> bool:
        try:
            await self._fire(timer)
        except Exception as failure:
            wait = min(_SOONEST_AGAIN * 2 ** min(timer.attempts, 12), _LATEST_AGAIN)
            logger.warning("timer %s of case %s failed", timer.kind, timer.case_id, exc_info=failure)
            async with driver_transaction(self._engine) as driver:
                await put_off(driver, timer, self._clock() + wait, repr(failure))
            return False
        return True
