"""What a process does beside serving: seal the audit log, sweep photographs, deliver messages."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from api.daily_export import DailyExport
from api.keyring import Keyring
from api.notify import Messenger
from api.photograph_sweep import sweep_photographs
from api.photographs import PhotographFolder
from api.settings import Settings
from api.store.audit import seal
from api.store.database import driver_transaction, transaction
from api.store.kept_secrets import reseal

Chore = tuple[str, Callable[[], Awaitable[object]], float]
"""A name, one step of it, and after how many seconds it is taken again."""

SEAL_EVERY_S = 5.0
SWEEP_EVERY_S = 3600.0
TELL_EVERY_S = 1.0
ENCRYPT_EVERY_S = 3600.0
EXPORT_EVERY_S = 60.0


def chores_of(engine: AsyncEngine, settings: Settings, keys: Keyring) -> tuple[Chore, ...]:
    """Return the chores; any number of processes may do them at once."""
    messenger = Messenger(engine, settings.district_code, keys)
    daily = DailyExport(engine, settings.district_code, settings.export_path)
    folder = PhotographFolder(settings.data_path / "photographs")

    async def seal_audit() -> None:
        async with transaction(engine) as connection:
            await seal(connection, settings.district_code)

    async def sweep() -> None:
        await sweep_photographs(engine, folder, settings.district_code)

    async def encrypt() -> None:
        async with driver_transaction(engine) as driver:
            await reseal(driver, keys)

    return (
        ("sealing the audit log", seal_audit, SEAL_EVERY_S),
        ("sweeping photographs", sweep, SWEEP_EVERY_S),
        ("telling other systems", messenger.step, TELL_EVERY_S),
        ("encrypting kept secrets", encrypt, ENCRYPT_EVERY_S),
        ("writing the daily export", daily.step, EXPORT_EVERY_S),
    )
