"""What hand-written SQL gives back, with types that the driver does not have."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import asyncpg

Row: TypeAlias = Mapping[str, Any]
"""One row by the names of its columns."""


async def fetch_rows(driver: asyncpg.Connection, statement: str, *values: object) -> Sequence[Row]:
    """Return every row."""
    rows: Sequence[Row] = await driver.fetch(statement, *values)
    return rows


async def find_row(driver: asyncpg.Connection, statement: str, *values: object) -> Row | None:
    """Return the first row, if there is one."""
    row: Row | None = await driver.fetchrow(statement, *values)
    return row
