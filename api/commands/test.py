"""`yilu test`: the whole gate of a checkout."""

import argparse
import importlib.util
import sys
from types import ModuleType

from api.commands import CommandError
from api.settings import checkout_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--all", action="store_true", help="what takes long as well (up to 45 minutes)")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="STEP",
        help="this step alone (may be given more than once)",
    )


def run(args: argparse.Namespace) -> int:
    """Run the gate and return its status."""
    status: int = load_gate().run_gate(only=args.only, everything=args.all)
    return status


def load_gate() -> ModuleType:
    """Return tests/gate.py of the checkout; a wheel carries no tests."""
    root = checkout_folder()
    if root is None or not (root / "tests" / "gate.py").exists():
        raise CommandError("the tests are in the source checkout: clone it and run ./yilu test there.")
    source = importlib.util.spec_from_file_location("gate", root / "tests" / "gate.py")
    assert source is not None
    assert source.loader is not None
    gate = importlib.util.module_from_spec(source)
    sys.modules["gate"] = gate  # its dataclasses look their module up there
    source.loader.exec_module(gate)
    return gate
