"""The database of a command: the one that DATABASE_URL names, else the data folder's private server."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.commands import CommandError
from api.commands.steps import step
from api.settings import SettingError, Settings, folder_path
from api.store.cluster import Cluster, ClusterError


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Let the data folder be chosen."""
    parser.add_argument(
        "--data", metavar="DIR", type=folder_path, help="the data folder (default: .yilu in the checkout)"
    )


def read_settings(args: argparse.Namespace, **told: object) -> Settings:
    """Return the settings of a command: its arguments before the environment, that before the defaults."""
    try:
        return Settings.read(os.environ, data_path=args.data, **told)
    except SettingError as failure:
        raise CommandError(str(failure), status=2) from failure


def private_cluster(settings: Settings, say: Callable[[str], None] = lambda _: None) -> Cluster:
    """Return the private server of the data folder, not started."""
    return Cluster(settings.data_path / "database", packages=settings.data_path / "postgis", say=say)


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Yield the address of a running database; a private server stops after, unless somebody else uses it."""
    if settings.database_url:
        yield settings.database_url
        return
    with running_cluster(settings) as cluster:
        yield cluster.url()


@contextmanager
def running_cluster(settings: Settings) -> Iterator[Cluster]:
    """Run the private server for a block, saying how long its start takes."""
    try:
        with step("starting the database") as under_way:
            cluster = private_cluster(settings, under_way.say)
            cluster.start()
    except ClusterError as failure:
        raise CommandError(str(failure)) from failure
    try:
        yield cluster
    finally:
        cluster.stop()
