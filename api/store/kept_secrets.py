"""Secrets that are kept encrypted, and how they come under the newest key."""

import asyncpg

from api.keyring import KeyLostError, Keyring
from api.store.rows import fetch_rows

_KEPT = (("account", "code_key"), ("webhook", "secret"))
"""Every column that holds what the server must be able to read again."""


async def reseal(driver: asyncpg.Connection, keys: Keyring) -> tuple[int, int]:
    """Encrypt with the newest key what is not yet; returns how many texts were, and how many are lost.

    What cannot be read any more stays as it is: its key may come back.
    """
    done = lost = 0
    for table, column in _KEPT:
        rows = await fetch_rows(
            driver,
            f"SELECT district, id, {column} AS text FROM {table} WHERE {column} IS NOT NULL",  # noqa: S608 - the names above
        )
        for row in rows:
            if keys.is_current(row["text"]):
                continue
            try:
                sealed = keys.seal(keys.open(row["text"]))
            except KeyLostError:
                lost += 1
                continue
            await driver.execute(
                f"UPDATE {table} SET {column} = $4 WHERE district = $1 AND id = $2 AND {column} = $3",  # noqa: S608 - the names above
                row["district"],
                row["id"],
                row["text"],
                sealed,
            )
            done += 1
    return done, lost
