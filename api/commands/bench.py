"""`yilu bench NAME`: measure one thing beside its peers, as bench/NAME.py says."""

import argparse
import importlib
import sys
from pathlib import Path

from api.commands import CommandError
from api.settings import checkout_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which benchmark; none lists them."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="which benchmark; none: list them")


def run(args: argparse.Namespace) -> int:
    """Run the benchmark, or list what there is."""
    root = checkout_folder()
    if root is None or not (root / "bench").is_dir():
        raise CommandError("the benchmarks are in the source checkout: clone it and run ./yilu bench there.")
    names = benchmarks(root)
    if args.name is None:
        print("\n".join(["Benchmarks:", *(f"  {name}" for name in names)]))
        return 0
    if args.name not in names:
        raise CommandError(f"there is no benchmark '{args.name}'; there are {', '.join(names)}.", status=2)
    sys.path.insert(0, str(root))
    importlib.import_module(f"bench.{args.name}").main()
    return 0


def benchmarks(root: Path) -> list[str]:
    """Return the names of the benchmarks: the modules in bench/ that have a main."""
    return sorted(
        path.stem for path in (root / "bench").glob("[a-z]*.py") if "\ndef main(" in path.read_text()
    )
