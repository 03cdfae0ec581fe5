"""`yilu keys`: the keys that kept secrets are encrypted with."""

import argparse
import asyncio

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, read_settings
from api.keyring import KeyFileError, Keyring
from api.store.database import driver_transaction, migrate, open_engine
from api.store.kept_secrets import reseal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be done with the keys."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    rotate = actions.add_parser("rotate", help="make a new key and encrypt everything with it")
    rotate.add_argument(
        "--forget-old", action="store_true", help="take the old keys away: backups made before need them"
    )
    add_data_argument(rotate)


def run(args: argparse.Namespace) -> int:
    """Make a new key; a server may run meanwhile."""
    settings = read_settings(args)
    keys = Keyring(settings.keyring_path)
    try:
        keys.add_key()
        with open_database(settings) as url:
            migrate(url)
            done, lost = asyncio.run(_reseal(url, keys))
        print(f"A new key stands in {keys.path}; {done} secrets are encrypted with it.")
        if lost:
            raise CommandError(
                f"{lost} secrets were encrypted with keys that are not there: those second factors and"
                " webhooks have to be made anew."
            )
        if args.forget_old:
            print(
                f"{keys.forget_old_keys()} old keys are gone; backups made before cannot be read back whole."
            )
    except (KeyFileError, OSError) as failure:
        raise CommandError(str(failure)) from failure
    return 0


async def _reseal(url: str, keys: Keyring) -> tuple[int, int]:
    engine = open_engine(url, pool_size=1)
    try:
        async with driver_transaction(engine) as driver:
            return await reseal(driver, keys)
    finally:
        await engine.dispose()
