"""`yilu report`: the district's reports on maps, one HTML file each, that open with no network."""

import argparse
import asyncio
from datetime import date
from pathlib import Path

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, read_settings
from api.commands.steps import Step, step
from api.refusals import UnusableValueError
from api.reports import NoDistrictError, ReportKind, make_report
from api.settings import Settings, data_folder
from api.store.database import driver_transaction, migrate, open_engine
from api.store.sample import ensure_sample
from api.store.sample_year import ensure_sample_year
from dispatch.policy_files import load_policy
from geo.map_page import Report, ReportTooLargeError
from geo.sample import SAMPLE_DISTRICT_CODE

_WHAT = {
    ReportKind.TASK_FORCES: "every street with its chief, its task force and the month's figures",
    ReportKind.HOTSPOTS: "where the year's findings gather, week by week",
    ReportKind.SERVICE_CIRCLE: "who is reached on foot in 5, 10 and 15 minutes, and who is left out",
    ReportKind.DISPATCHES: "the dispatches of a day",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which report, where to, and as of which day."""
    reports = parser.add_subparsers(dest="kind", required=True, metavar="REPORT")
    for kind, what in _WHAT.items():
        report = reports.add_parser(str(kind), help=what, description=what)
        report.add_argument(
            "--out", type=Path, metavar="FILE", help=f"the file to write (default: {kind}.html)"
        )
        report.add_argument(
            "--day",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="as of this day (default: that of the newest case)",
        )
        add_data_argument(report)


def run(args: argparse.Namespace) -> int:
    """Write the file and say where it is."""
    kind = ReportKind(args.kind)
    target: Path = args.out or Path(f"{kind}.html")
    if not target.absolute().parent.is_dir():
        raise CommandError(f"there is no folder {target.absolute().parent} to write into.", status=2)
    settings = read_settings(args)
    with open_database(settings) as url:
        migrate(url)
        try:
            with step(f"drawing {kind}") as under_way:
                report = asyncio.run(_make(url, settings, kind, args.day, under_way))
        except (NoDistrictError, ReportTooLargeError, UnusableValueError) as failure:
            raise CommandError(str(failure)) from failure
    try:
        report.save(target)
    except OSError as failure:
        raise CommandError(f"{target} cannot be written: {failure.strerror}.") from failure
    print(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


async def _make(url: str, settings: Settings, kind: ReportKind, day: date | None, under_way: Step) -> Report:
    engine = open_engine(url, pool_size=2)
    try:
        if settings.district_code == SAMPLE_DISTRICT_CODE:
            await ensure_sample(engine, data_folder(), under_way.progress)
            await ensure_sample_year(engine, data_folder(), under_way.progress)
        policy = await asyncio.to_thread(load_policy, data_folder() / "policy")
        async with driver_transaction(engine) as driver:
            return await make_report(driver, settings.district_code, policy, kind, day)
    finally:
        await engine.dispose()
