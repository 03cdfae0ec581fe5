"""`yilu reset`: delete the data folder, after asking."""

import argparse
import fcntl
import shutil
import sys
from pathlib import Path

from api.commands import CommandError
from api.commands.database import add_data_argument, private_cluster, read_settings
from api.commands.steps import step

KEPT = "postgis"
"""The fetched programs: nobody's data, and slow to fetch again."""

MARKS = (".up", "database", "tests", KEPT)
"""A data folder holds at least one of these; a folder that has none is somebody else's, and left alone."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which folder, and whether to ask."""
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--all", action="store_true", help="the fetched PostGIS programs as well")
    add_data_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Delete, when it was meant."""
    settings = read_settings(args)
    folder = settings.data_path
    if not folder.is_dir():
        print(f"There is nothing to delete: {folder} does not exist.")
        return 0
    if not any((folder / mark).exists() for mark in MARKS) or (folder / ".git").exists():
        raise CommandError(f"{folder} does not look like a data folder of Yilu: nothing was deleted.")
    if not args.yes and not _is_meant(folder):
        print("Nothing was deleted.")
        return 1
    with (folder / ".up").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as running:
            raise CommandError(f"a server is running in {folder}: stop it first (Ctrl-C there).") from running
        with step(f"deleting {folder}"):
            _stop_leftover(args)
            _delete(folder, everything=args.all)
    return 0


def _is_meant(folder: Path) -> bool:
    if not sys.stdin.isatty():
        raise CommandError("nobody is there to ask: say --yes to delete without asking.", status=2)
    answer = input(f"Delete the database and all photographs in {folder}? Type 'delete' to do it: ")
    return answer.strip() == "delete"


def _stop_leftover(args: argparse.Namespace) -> None:
    """A server that outlived a killed `up` must stop before its files go."""
    settings = read_settings(args)
    cluster = private_cluster(settings)
    if cluster.data.exists() and cluster.is_running():
        cluster.start()
        cluster.stop()


def _delete(folder: Path, *, everything: bool) -> None:
    for entry in folder.iterdir():
        if entry.name == KEPT and not everything:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
