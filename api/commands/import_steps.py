"""What every import does: where it goes, how far it is, whether it is meant."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.commands import CommandError
from api.store.database import driver_transaction, open_engine
from api.store.import_reports import FoundByImport, keep_report

Tell = Callable[[str], None]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Target:
    """Where an import goes, and who does it."""

    database_url: str
    district: str
    by: str

    def run(self, work: Callable[[asyncpg.Connection], Awaitable[_Result]]) -> _Result:
        """Do the work in one transaction."""

        async def once() -> _Result:
            engine = open_engine(self.database_url, pool_size=1)
            try:
                async with driver_transaction(engine) as driver:
                    return await work(driver)
            finally:
                await engine.dispose()

        return asyncio.run(once())


class _Report(Protocol):
    """What every reader of files gives back."""

    def text(self, language: str = "en") -> str: ...


def found_in(
    args: argparse.Namespace, target: Target, what: str, report: _Report, rows: int, defects: int
) -> FoundByImport:
    """What an import found, in both languages, for the administrators' page."""
    words, words_en = report.text("zh"), report.text("en")
    return FoundByImport(what, args.file.name, target.by, rows, defects, words, words_en)


def note_refused(args: argparse.Namespace, target: Target, found: FoundByImport) -> None:
    """Keep the report of a file that was not taken; a mere check leaves nothing behind."""
    if not args.check:
        target.run(lambda driver: keep_report(driver, target.district, found, taken=False))


@contextmanager
def bar(steps: int) -> Iterator[Tell]:
    """A progress bar on stderr; each thing told is one step."""
    console = Console(stderr=True)
    shown = (TextColumn("  {task.description:<24}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*shown, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("starting", total=steps)
        told = 0

        def tell(what: str) -> None:
            nonlocal told
            progress.update(task, description=what, completed=told)
            told += 1

        yield tell
        progress.update(task, description="done", completed=steps)


def is_meant(args: argparse.Namespace, question: str) -> bool:
    if args.check:
        return False
    if args.yes:
        return True
    if not sys.stdin.isatty():
        raise CommandError("nobody is there to confirm it: add --yes, or --check to report only.", status=2)
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "是")
