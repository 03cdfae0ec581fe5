"""What imports found, kept for whoever has to mend it: those that were refused too."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from api.ids import new_id
from api.store.rows import Row, fetch_rows, find_row

LONGEST = 200_000
"""Characters of a report that are kept; a file of nothing but defects must not fill the store."""


@dataclass(frozen=True, slots=True)
class FoundByImport:
    """What one import found in one file."""

    what: str
    source: str
    by: str
    rows: int
    defects: int
    words: str
    words_en: str


async def keep_report(
    driver: asyncpg.Connection, district: str, found: FoundByImport, *, taken: bool
) -> None:
    """Keep what an import found, in the transaction that takes it, or alone where it is refused."""
    await driver.execute(
        """INSERT INTO import_report (district, id, by, what, source, rows, defects, taken, words, words_en)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        district,
        new_id(),
        found.by,
        found.what,
        found.source,
        found.rows,
        found.defects,
        taken,
        found.words[:LONGEST],
        found.words_en[:LONGEST],
    )


async def list_reports(driver: asyncpg.Connection, district: str, *, limit: int) -> Sequence[Row]:
    """Return the newest reports without their words."""
    return await fetch_rows(
        driver,
        """SELECT id, at, by, what, source, rows, defects, taken FROM import_report
           WHERE district = $1 ORDER BY at DESC, id DESC LIMIT $2""",
        district,
        limit,
    )


async def find_report(driver: asyncpg.Connection, district: str, report: UUID) -> Row | None:
    """Return one report with its words."""
    return await find_row(
        driver,
        """SELECT id, at, by, what, source, rows, defects, taken, words, words_en FROM import_report
           WHERE district = $1 AND id = $2""",
        district,
        report,
    )
