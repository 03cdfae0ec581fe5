"""`yilu pictures`: take the pictures in docs/pictures anew, of a district that lives through a day."""

import argparse
import importlib
import sys
from pathlib import Path

from api.commands import CommandError
from api.settings import checkout_folder

PARTS = ("command_centre", "phone", "department", "residents")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say of which pages, and where to put them."""
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--into", type=Path, help="a folder (default: docs/pictures)")


def run(args: argparse.Namespace) -> int:
    """Take them, and say which could not be taken."""
    root = checkout_folder()
    if root is None or not (root / "tests" / "pictures").is_dir():
        raise CommandError(
            "the pictures are made in the source checkout: clone it and run ./yilu pictures there."
        )
    unknown = sorted(set(args.parts) - set(PARTS))
    if unknown:
        raise CommandError(
            f"there are no pictures of '{unknown[0]}'; there are {', '.join(PARTS)}.", status=2
        )
    sys.path.insert(0, str(root))
    maker = importlib.import_module("tests.pictures.make")
    failed = maker.make(args.into or maker.PICTURES, args.parts or PARTS)
    if failed:
        raise CommandError(f"not all pictures were taken of {', '.join(failed)}; the rest was.")
    return 0
