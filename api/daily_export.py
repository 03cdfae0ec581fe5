"""Every list of a day into a folder of its own, which appears when it is whole."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Grant, Principal, Reach, Role
from api.list_exports import WRITERS, FileFormat, Row
from api.store import export_rows
from api.store.audit import record_by_driver
from api.store.case_lists import CaseFilter
from api.store.database import driver_transaction
from api.store.export_rows import CASE_LISTS, LAYER_LISTS, STAFF_LISTS, StaffFilter
from api.store.staff import PeopleFilter
from dispatch.clocks import CITY_ZONE

BEGINS_AT = time(0, 30)
"""What the phones were still to send at midnight has come in by then."""

FORMATS = (FileFormat.CSV, FileFormat.GEOJSON)

MOST_DAYS_BACK = 31
"""Days that a server missed while it stood still are made good, but not those of another season."""
_LOCK = 0x59494C55_45584450

_Read = Callable[[asyncpg.Connection], AsyncIterator[Row]]


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """One day's folder, and how many rows stand in each list."""

    folder: Path
    rows: dict[str, int]


async def export_day(
    engine: AsyncEngine, district: str, folder: Path, day: date, formats: tuple[FileFormat, ...] = FORMATS
) -> WrittenDay:
    """Write the day's cases and what hangs on them, its shifts and patrols, and the other lists as they are.

    The files are written aside and the folder is renamed when all of them are whole; one that stands
    already is written anew.
    """
    target = folder / day.isoformat()
    aside = folder / f".{day.isoformat()}.new"
    await asyncio.to_thread(_clear, aside)
    rows = {}
    for name, columns, read in _lists(district, day):
        for number, file_format in enumerate(formats):
            count = await _write(engine, aside / f"{name}.{file_format}", file_format, columns, read)
            if number == 0:
                rows[name] = count
    await asyncio.to_thread(_exchange, aside, target)
    async with driver_transaction(engine) as driver:
        keeper = Principal(district, name="daily export")
        await record_by_driver(driver, keeper, "export", target.name, details={"rows": rows})
    return WrittenDay(target, rows)


class DailyExport:
    """Writes each day once, whichever process comes first; nothing when no folder is set."""

    def __init__(
        self,
        engine: AsyncEngine,
        district: str,
        folder: Path | None,
        clock: Callable[[], datetime] = lambda: datetime.now(CITY_ZONE),
    ) -> None:
        self._engine = engine
        self._district = district
        self._folder = folder
        self._clock = clock

    async def step(self) -> WrittenDay | None:
        """Write the earliest day that is due and does not stand there yet."""
        now = self._clock().astimezone(CITY_ZONE)
        if self._folder is None or now.time() < BEGINS_AT:
            return None
        yesterday = now.date() - timedelta(days=1)
        if _missing_day(self._folder, yesterday) is None:
            return None
        async with driver_transaction(self._engine) as driver:
            if not await driver.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
                return None
            if (day := _missing_day(self._folder, yesterday)) is None:
                return None
            return await export_day(self._engine, self._district, self._folder, day)


def _missing_day(folder: Path, yesterday: date) -> date | None:
    """Return the first day after those that stand in the folder; yesterday in a folder that is new."""
    days = [yesterday - timedelta(days=back) for back in range(MOST_DAYS_BACK)]
    newest = next((day for day in days if (folder / day.isoformat()).exists()), None)
    if newest == yesterday:
        return None
    return newest + timedelta(days=1) if newest else yesterday


def _lists(district: str, day: date) -> list[tuple[str, tuple[str, ...], _Read]]:
    since = datetime.combine(day, time(), CITY_ZONE)
    until = since + timedelta(days=1)
    reach = Reach(grants=(Grant(Role.OPERATOR, district),))
    cases, staff = CaseFilter(since=since, until=until), StaffFilter(since=since, until=until)
    lists: list[tuple[str, tuple[str, ...], _Read]] = []
    for name, one in CASE_LISTS.items():
        of_case = partial(export_rows.stream_case_list, district=district, one=one, wanted=cases, reach=reach)
        lists.append((name, tuple(one.columns), of_case))
    for name, one in STAFF_LISTS.items():
        of_staff = partial(
            export_rows.stream_staff_list, district=district, one=one, wanted=staff, reach=reach
        )
        lists.append((name, tuple(one.columns), of_staff))
    for name in LAYER_LISTS:
        of_layer = partial(export_rows.stream_layer, district=district, layer=name)
        lists.append((name, export_rows.layer_columns(name), of_layer))
    people = partial(export_rows.stream_people, district=district, wanted=PeopleFilter(), reach=reach)
    return [*lists, ("people", tuple(export_rows.PEOPLE.columns), people)]


async def _write(
    engine: AsyncEngine, path: Path, file_format: FileFormat, columns: tuple[str, ...], read: _Read
) -> int:
    count = 0
    async with driver_transaction(engine) as driver:

        async def counted() -> AsyncIterator[Row]:
            nonlocal count
            async for row in read(driver):
                count += 1
                yield row

        with path.open("wb") as file:
            async for part in WRITERS[file_format](columns, counted()):
                await asyncio.to_thread(file.write, part)
    return count


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _exchange(aside: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)
