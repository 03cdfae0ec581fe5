"""`yilu db verify-audit`: whether anything was changed in, or taken out of, the record of who did what."""

import argparse
import asyncio

from api.commands.database import open_database
from api.settings import Settings
from api.store.audit import AuditCheck, verify
from api.store.database import open_engine, transaction


def verify_audit(_args: argparse.Namespace, settings: Settings) -> int:
    """Recompute the chain and say what was found; 1 where it is broken."""
    with open_database(settings) as url:
        check = asyncio.run(_verify(url, settings.district_code))
    if check.fault is not None:
        print(f"BROKEN: {check.fault}.")
        print("Compare with a backup: yilu db restore FILE puts an older state in place, after asking.")
        return 1
    print(f"whole: {check.entries:,} entries under {check.seals:,} seals, {check.unsealed:,} not sealed yet")
    print(f"head:  {check.head or 'none yet'}")
    print("Note the head elsewhere: it proves later that nothing was cut off the end.")
    return 0


async def _verify(url: str, district: str) -> AuditCheck:
    engine = open_engine(url, pool_size=1)
    try:
        async with transaction(engine) as connection:
            return await verify(connection, district)
    finally:
        await engine.dispose()
