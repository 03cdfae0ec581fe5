"""`yilu import cases`: another system's past years, from CSV or XLSX."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.commands import CommandError
from api.commands.import_steps import Target, bar, found_in, is_meant, note_refused
from api.identity import Principal
from api.imports import ImportRefusedError
from api.past_cases import Apart, PastReading, PastReport, UnknownWordError, read_past_cases
from api.settings import data_folder
from api.store.audit import record_by_driver
from api.store.import_reports import keep_report
from api.store.past_cases import Progress as Advance
from api.store.past_cases import known_keys, save_past_cases
from api.store.territory import load_territory
from dispatch.findings import Kind
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from geo.areas import Territory
from geo.coordinates import Datum

_STEPS = ("findings", "cases", "events")


def add_case_arguments(parser: argparse.ArgumentParser) -> None:
    """Say how the words of another system are to be understood."""
    parser.add_argument(
        "--category", metavar="THEIRS=CODE", action="append", default=[], help="of cases: which of ours it is"
    )
    parser.add_argument(
        "--state", metavar="THEIRS=STATE", action="append", default=[], help="of cases: which of ours it is"
    )
    parser.add_argument("--kind", choices=[kind.value for kind in Kind], default=Kind.PATROL_FINDING.value)
    parser.add_argument(
        "--system", metavar="NAME", default="", help="of cases: whose numbers these are, where several are"
    )
    parser.add_argument(
        "--leave-out-faulty", action="store_true", help="of cases: import the rest although rows are faulty"
    )
    parser.add_argument(
        "--set-apart", type=Path, metavar="FILE.csv", help="of cases: where rows go that stay out"
    )


def import_cases(args: argparse.Namespace, columns: dict[str, str], target: Target) -> int:
    """Read, judge, show, ask, save."""
    policy = load_policy(data_folder() / "policy")
    how = PastReading(
        columns,
        _pairs(args.category, "--category 占道经营=E0401"),
        _pairs(args.state, "--state 已办=closed"),
        Datum(args.datum) if args.datum else None,
        args.layer,
        args.system,
    )
    if unknown := sorted(set(how.categories.values()) - set(policy.categories)):
        raise CommandError(f"there is no category {', '.join(unknown)}.", status=2)
    territory = target.run(lambda driver: _territory(driver, target.district))
    try:
        with bar(3) as tell:
            report = read_past_cases(args.file, how, policy.categories, territory, datetime.now(UTC), tell)
    except UnknownWordError as unknown_word:
        raise CommandError(str(unknown_word), status=2) from unknown_word
    target.run(lambda driver: _without_known(driver, target.district, report))
    print(report.text(args.language))
    if report.apart:
        path = args.set_apart or Path(f"{args.file.stem}-set-apart.csv")
        report.write_apart(path)
        print(("另置的行：" if args.language == "zh" else "Set apart: ") + str(path))
    return _save(args, target, report, policy, territory)


def _save(
    args: argparse.Namespace, target: Target, report: PastReport, policy: Policy, territory: Territory
) -> int:
    zh = args.language == "zh"
    found = found_in(args, target, "cases", report, len(report.cases), len(report.apart))
    if report.faults and not args.leave_out_faulty:
        note_refused(args, target, found)
        print(
            f"有 {report.faults:,} 行需要更正，未导入任何内容。更正后重试，"
            "或用 --category、--state、--column 说明，或加 --leave-out-faulty。"
            if zh
            else f"{report.faults:,} rows are faulty: nothing is imported. Mend them, say what they mean with"
            " --category, --state or --column, or add --leave-out-faulty."
        )
        return 1
    if not report.cases:
        print("没有可导入的内容。" if zh else "There is nothing to import.")
        return 1 if report.faults else 0
    if not is_meant(args, f"Import {len(report.cases):,} past cases into district {target.district}?"):
        return 0 if args.check else 1

    async def save(driver: asyncpg.Connection) -> None:
        with _advancing(len(report.cases)) as advance:
            versions = (territory.version, policy.version)
            await save_past_cases(driver, target.district, report.cases, Kind(args.kind), versions, advance)
        keeper = Principal(target.district, name=target.by)
        details = {"file": args.file.name, "cases": len(report.cases), "set_apart": len(report.apart)}
        await keep_report(driver, target.district, found, taken=True)
        await record_by_driver(driver, keeper, "import:cases", args.file.name, details=details)

    target.run(save)
    print(
        f"{len(report.cases):,} 件历史案件已导入 {target.district}。"
        if zh
        else f"{len(report.cases):,} past cases of district {target.district} are served as history."
    )
    return 0


async def _territory(driver: asyncpg.Connection, district: str) -> Territory:
    territory = await load_territory(driver, district)
    if territory.find_area(district) is None:
        raise ImportRefusedError(f"District {district} has no boundaries yet; import these first.")
    return territory


async def _without_known(driver: asyncpg.Connection, district: str, report: PastReport) -> None:
    """Set apart what was brought in before, so that the same file may come again."""
    known = await known_keys(driver, district, [case.key for case in report.cases])
    if known:
        report.apart += [
            Apart(case.row, "此前已导入", "it was brought in before", False)
            for case in report.cases
            if case.key in known
        ]
        report.cases = [case for case in report.cases if case.key not in known]


def _pairs(told: list[str], example: str) -> dict[str, str]:
    pairs = {}
    for pair in told:
        theirs, equals, ours = pair.rpartition("=")
        if not (equals and theirs and ours):
            raise CommandError(f"{pair!r} says nothing; write it like {example}.", status=2)
        pairs[theirs.strip()] = ours.strip()
    return pairs


@contextmanager
def _advancing(cases: int) -> Iterator[Advance]:
    """A progress bar on stderr that counts rows as they are saved."""
    shown = (
        TextColumn("  saving {task.description:<17}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows"),
    )
    with Progress(*shown, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        bars = {what: progress.add_task(what, total=cases) for what in _STEPS}

        def advance(what: str, rows: int) -> None:
            progress.update(bars[what], completed=rows, total=max(cases, rows))

        yield advance
