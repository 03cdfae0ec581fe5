"""What is done for residents' sake by itself: their details are erased when nobody needs them any more."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from api.store.database import driver_transaction
from api.store.residents import forget_contacts
from dispatch.policy import Policy


async def forget_old_contacts(
    engine: AsyncEngine, settings: Settings, policy: Policy, now: datetime | None = None
) -> int:
    """Erase names and numbers whose case ended longer ago than policy allows; return how many that were."""
    before = (now or datetime.now(UTC)) - policy.residents.contact_lasts
    async with driver_transaction(engine) as driver:
        return await forget_contacts(driver, settings.district_code, before)
