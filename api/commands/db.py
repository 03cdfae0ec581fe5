"""`yilu db`: the database's state, backups, and a console."""

import argparse
import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import asyncpg

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, private_cluster, read_settings
from api.commands.steps import step
from api.commands.verify_audit import verify_audit
from api.keyring import Keyring
from api.settings import Settings
from api.store.backup import BackupError, back_up, read_contents, restore, sum_tables
from api.store.database import newest_revision
from api.store.programs import Programs, ProgramsError, find_programs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be done with the database."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, what in (
        ("status", "where it is, its version, its schema, how much it holds"),
        ("backup", "write everything, photographs too, to one file"),
        ("restore", "put a backup in the place of what is there, after asking"),
        ("psql", "PostgreSQL's own console"),
        ("verify-audit", "recompute the seals over the record of who did what"),
    ):
        action = actions.add_parser(name, help=what, description=what)
        add_data_argument(action)
        if name == "backup":
            action.add_argument("file", nargs="?", type=Path, help="default: yilu-DATE-TIME.tar here")
        if name == "restore":
            action.add_argument("file", type=Path)
            action.add_argument("--yes", action="store_true", help="do not ask")
        if name == "psql":
            action.add_argument("words", nargs=argparse.REMAINDER, help="handed to psql, after --")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    settings = read_settings(args)
    actions = {
        "status": _status,
        "backup": _backup,
        "restore": _restore,
        "psql": _psql,
        "verify-audit": verify_audit,
    }
    try:
        return actions[args.action](args, settings)
    except (BackupError, ProgramsError, OSError, asyncpg.PostgresError) as failure:
        raise CommandError(str(failure)) from failure


def _status(args: argparse.Namespace, settings: Settings) -> int:
    with open_database(settings) as url:
        told = asyncio.run(_look(url))
    for name, value in told.items():
        print(f"{name:<12} {value}")
    return 0


async def _look(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        versions = await connection.fetchrow(
            """
            SELECT current_setting('server_version') AS server, pg_database_size(current_database()) AS size,
                   (SELECT extversion FROM pg_extension WHERE extname = 'postgis') AS postgis,
                   to_regclass('alembic_version') IS NOT NULL AS has_schema
            """
        )
        revision = "none yet"
        if versions["has_schema"]:
            revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        tables = await sum_tables(connection)
    finally:
        await connection.close()
    fullest = sorted(tables.items(), key=lambda table: -table[1].rows)[:8]
    return {
        "address": url.split("@")[-1],
        "server": f"PostgreSQL {versions['server']}, PostGIS {versions['postgis'] or 'not installed'}",
        "schema": f"{revision} (this version expects {newest_revision()})",
        "size": f"{versions['size'] / 2**20:.1f} MiB in {len(tables)} tables",
        "rows": ", ".join(f"{name} {table.rows:,}" for name, table in fullest if table.rows) or "none",
    }


def _backup(args: argparse.Namespace, settings: Settings) -> int:
    now = datetime.now().astimezone()
    target = (args.file or Path(f"yilu-{now:%Y%m%d-%H%M%S}.tar")).absolute()
    with open_database(settings) as url, step(f"writing {target.name}"):
        photographs, keys = settings.data_path / "photographs", Keyring(settings.keyring_path)
        contents = asyncio.run(back_up(url, _programs(settings), photographs, target, keys))
    tables = f"{contents.rows:,} rows of {len(contents.tables)} tables"
    print(f"{target}: {tables}, {contents.photographs:,} photographs")
    return 0


def _restore(args: argparse.Namespace, settings: Settings) -> int:
    source = args.file.absolute()
    contents = read_contents(source)
    if not args.yes and not _is_meant(settings, contents.made_at):
        print("Nothing was changed.")
        return 1
    working = step(f"restoring {source.name}")
    with _nobody_serving(settings), open_database(settings) as url, working as under_way:
        photographs, keys = settings.data_path / "photographs", Keyring(settings.keyring_path)
        asyncio.run(restore(url, _programs(settings), photographs, source, under_way.say, keys))
    print(f"Restored: {contents.rows:,} rows of {len(contents.tables)} tables, each equal to the backup's.")
    return 0


def _psql(args: argparse.Namespace, settings: Settings) -> int:
    words = args.words[1:] if args.words[:1] == ["--"] else args.words
    with open_database(settings) as url:
        programs = _programs(settings)
        environment = {"LC_ALL": "C.UTF-8", **programs.environment}
        psql = [programs.folder / "psql", "-d", url, *words]
        return subprocess.run(psql, env={**os.environ, **environment}, check=False).returncode


def _programs(settings: Settings) -> Programs:
    """Return the programs that fit the database: the private server's own, else the machine's newest."""
    cluster = private_cluster(settings)
    if not settings.database_url:
        return cluster.programs
    found = find_programs(cluster.packages)
    if found is None:
        raise CommandError("pg_dump and psql are not on this machine: apt-get install postgresql-postgis.")
    return found


def _is_meant(settings: Settings, made_at: str) -> bool:
    if not sys.stdin.isatty():
        raise CommandError("nobody is there to ask: say --yes to restore without asking.", status=2)
    where = "DATABASE_URL" if settings.database_url else settings.data_path
    print(f"The backup of {made_at} will take the place of everything in the database of {where}.")
    return input("Type 'restore' to do it: ").strip() == "restore"


@contextmanager
def _nobody_serving(settings: Settings) -> Iterator[None]:
    """Hold the data folder as `up` would, so that no server runs on a database that is exchanged."""
    settings.data_path.mkdir(parents=True, exist_ok=True)
    with (settings.data_path / ".up").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as running:
            raise CommandError("a server is running on this data folder: stop it first.") from running
        yield
