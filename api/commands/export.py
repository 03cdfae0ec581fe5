"""`yilu export`: layers and tables back into files, a table's template, or every list of one day."""

import argparse
import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, read_settings
from api.daily_export import WrittenDay, export_day
from api.exports import LAYERS, TABLES, NothingToExportError, Written, path_in, write_out
from api.settings import Settings
from api.store.database import driver_transaction, migrate, open_engine
from dispatch.clocks import CITY_ZONE
from geo.archives import FileRefusedError
from geo.table_kinds import TableKind
from geo.tables import write_template

_FORMATS = ("gpkg", "geojson", "shp", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what goes into which file."""
    parser.add_argument("what", choices=["all", "day", *LAYERS, *TABLES])
    parser.add_argument(
        "file", type=Path, help=".gpkg, .geojson, .shp, .csv; tables also .xlsx; a folder for 'all' and 'day'"
    )
    parser.add_argument(
        "--template", action="store_true", help="an empty table with an example, in any format"
    )
    parser.add_argument("--version", type=int, help="of the boundaries (default: the one in force)")
    parser.add_argument("--format", choices=_FORMATS, default="gpkg", help="of 'all'")
    parser.add_argument(
        "--day", type=_day, help="of 'day': which lists are written, like 2026-11-20 (default: yesterday)"
    )
    add_data_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Write, and say what was lost."""
    settings = read_settings(args)
    if args.template:
        return _write_template(args)
    if args.what == "day":
        return _export_day(args, settings)
    if args.what != "all" and not args.file.suffix:
        raise CommandError(f"{args.file} says no format: name it like {args.what}.gpkg.", status=2)
    with open_database(settings) as url:
        migrate(url)
        for written in asyncio.run(_write(args, url, settings.district_code)):
            print(f"{written.what}: {written.rows} → {written.path}")
            for sentence in written.lost:
                print(f"  ! {sentence}")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written as 2026-11-20") from None


def _export_day(args: argparse.Namespace, settings: Settings) -> int:
    day = args.day or datetime.now(CITY_ZONE).date() - timedelta(days=1)

    async def write(url: str) -> WrittenDay:
        engine = open_engine(url, pool_size=2)
        try:
            return await export_day(engine, settings.district_code, args.file, day)
        finally:
            await engine.dispose()

    with open_database(settings) as url:
        migrate(url)
        try:
            written = asyncio.run(write(url))
        except OSError as failure:
            raise CommandError(f"{args.file} cannot be written: {failure.strerror}.") from failure
    for name, rows in written.rows.items():
        print(f"{name}: {rows} → {written.folder / name}.*")
    return 0


def _write_template(args: argparse.Namespace) -> int:
    if args.what not in TABLES:
        raise CommandError(f"only tables have templates: {', '.join(TABLES)}.", status=2)
    kind = TableKind(args.what)
    try:
        write_template(kind, args.file)
    except FileRefusedError as refused:
        raise CommandError(str(refused), status=2) from refused
    print(f"{args.what}: template → {args.file}")
    return 0


async def _write(args: argparse.Namespace, url: str, district: str) -> list[Written]:
    engine = open_engine(url, pool_size=1)
    try:
        async with driver_transaction(engine) as driver:
            if args.what != "all":
                return [await write_out(driver, district, args.what, args.file, args.version)]
            written = []
            for what in (*LAYERS, *TABLES):
                path = path_in(args.file, what, f".{args.format}")
                try:
                    written.append(await write_out(driver, district, what, path, args.version))
                except NothingToExportError:
                    continue  # of everything, what is not there is not missed
            if not written:
                raise CommandError(f"district {district} is empty.")
            return written
    except (FileRefusedError, NothingToExportError) as refused:
        raise CommandError(str(refused)) from refused
    finally:
        await engine.dispose()
