"""`yilu check`: style, types and layers, without a database or a browser."""

import argparse

from api.commands.test import load_gate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen: one step alone."""
    parser.add_argument("--only", action="append", default=[], metavar="STEP", help="this step alone")


def run(args: argparse.Namespace) -> int:
    """Run the quick steps of the gate and return their status."""
    status: int = load_gate().run_gate(only=args.only, quick=True)
    return status
