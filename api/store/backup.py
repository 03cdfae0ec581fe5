"""Backups: one file with the whole database and all photographs, and a restore that proves itself.

A backup is a tar file of `database.dump` (pg_dump's own format), `photographs/…`, `secrets.keys` (without
which second factors and webhooks could not be read back) and `backup.json`, which says how many rows every
table has and what they add up to. Rows and dump are read from one snapshot of the database, so a server may
run meanwhile. A restore goes into a database aside; that takes the place of the old one only when its rows
add up to the same.
"""

import asyncio
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import asyncpg
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from api.keyring import Keyring
from api.store.database import MIGRATIONS, migrate_forward
from api.store.feed import raise_epoch
from api.store.programs import Programs, ProgramsError

Say = Callable[[str], None]

FORMAT = 1
DUMP, PHOTOGRAPHS, CONTENTS, KEYS = "database.dump", "photographs", "backup.json", "secrets.keys"

_SUM = """
    SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS sum
    FROM {table} t
"""


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why, and the database is as it was."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """What a table holds: how many rows, and the sum of their hashes whatever their order."""

    rows: int
    sum: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself."""

    made_at: str
    revision: str | None
    tables: dict[str, TableSum]
    photographs: int
    photographs_digest: str
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(table.rows for table in self.tables.values())

    @classmethod
    def read(cls, text: bytes) -> "Contents":
        """Read what `backup.json` says."""
        told = json.loads(text)
        if told.get("format") != FORMAT:
            raise BackupError("this backup was made by a newer version of Yilu: restore it with that one.")
        tables = {name: TableSum(**table) for name, table in told["tables"].items()}
        return cls(**{**told, "tables": tables})


async def back_up(
    database_url: str, programs: Programs, photographs: Path, target: Path, keys: Keyring | None = None
) -> Contents:
    """Write a backup to `target`, which appears when it is whole; readable by its owner only."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".yilu-backup-", dir=target.parent) as aside:
        dump = Path(aside, DUMP)
        connection = await _connect(database_url)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
                tables = await sum_tables(connection)
                revision = await _revision(connection)
                words = ("-Fc", "--no-owner", "--snapshot", snapshot, "-f", dump, "-d", database_url)
                await asyncio.to_thread(programs.run, "pg_dump", *words)
        finally:
            await connection.close()
        files = _files_in(photographs)
        contents = Contents(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            revision=revision,
            tables=tables,
            photographs=len(files),
            photographs_digest=_digest(files),
        )
        whole = Path(aside, "whole.tar")
        await asyncio.to_thread(_write_tar, whole, dump, photographs, files, contents, keys)
        whole.chmod(0o600)
        whole.replace(target)
    return contents


def read_contents(source: Path) -> Contents:
    """Return what the backup in `source` says of itself."""
    try:
        with tarfile.open(source) as tar, _member(tar, CONTENTS) as said:
            return Contents.read(said.read())
    except (tarfile.TarError, OSError, ValueError, TypeError, KeyError) as failure:
        raise BackupError(f"{source} is no backup of Yilu, or not a whole one ({failure}).") from failure


async def restore(
    database_url: str,
    programs: Programs,
    photographs: Path,
    source: Path,
    say: Say = lambda _: None,
    keys: Keyring | None = None,
) -> Contents:
    """Put the backup in the place of the database; whatever fails, the database stays as it was."""
    contents = read_contents(source)
    _refuse_newer(contents)
    name = make_url(database_url).database or ""
    aside_name = f"{name}_restored"
    aside_url = _with_database(database_url, aside_name)
    admin = await _connect(_with_database(database_url, "postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{aside_name}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{aside_name}"')
        try:
            await _fill(aside_url, programs, source, contents, say)
            say("putting photographs back")
            await asyncio.to_thread(_restore_photographs, source, photographs, contents)
            if keys is not None:
                keys.adopt(_keys_in(source))
            await _exchange(admin, name, aside_name)
        except BaseException:
            await admin.execute(f'DROP DATABASE IF EXISTS "{aside_name}" WITH (FORCE)')
            raise
    finally:
        await admin.close()
    return contents


async def sum_tables(connection: asyncpg.Connection) -> dict[str, TableSum]:
    """Return the sum of every table that is ours (an extension's tables are not)."""
    names = await connection.fetch(
        """
        SELECT c.oid::regclass::text AS name FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1
        """
    )
    sums = {}
    for row in names:
        found = await connection.fetchrow(_SUM.format(table=row["name"]))  # a regclass, quoted where need be
        sums[row["name"]] = TableSum(found["rows"], found["sum"])
    return sums


async def _fill(url: str, programs: Programs, source: Path, contents: Contents, say: Say) -> None:
    with tempfile.TemporaryDirectory(prefix=".yilu-restore-", dir=source.parent) as folder:
        dump = Path(folder, DUMP)
        say("unpacking")
        with tarfile.open(source) as tar, _member(tar, DUMP) as packed, dump.open("wb") as plain:
            await asyncio.to_thread(shutil.copyfileobj, packed, plain, 1 << 20)
        say("restoring the database aside")
        words = ("--no-owner", "--no-privileges", "--exit-on-error", "-d", url, dump)
        try:
            await asyncio.to_thread(programs.run, "pg_restore", *words)
        except ProgramsError as failure:
            raise BackupError(f"the dump in {source} could not be restored: {failure}") from failure
    say("comparing every table with what the backup says")
    connection = await _connect(url)
    try:
        _refuse_difference(contents.tables, await sum_tables(connection))
    finally:
        await connection.close()
    await migrate_forward(url)
    connection = await _connect(url)
    try:
        await raise_epoch(connection)  # browsers that saw what came after the backup must begin anew
    finally:
        await connection.close()


def _refuse_difference(expected: dict[str, TableSum], found: dict[str, TableSum]) -> None:
    for table in sorted(expected.keys() | found.keys()):
        if expected.get(table) != found.get(table):
            raise BackupError(f"table {table} differs from what the backup says of it: nothing was changed.")


def _refuse_newer(contents: Contents) -> None:
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if contents.revision is not None and contents.revision not in known:
        raise BackupError(
            f"this backup has schema {contents.revision}, which this version of Yilu does not know: "
            "update Yilu first."
        )


async def _exchange(admin: asyncpg.Connection, name: str, aside: str) -> None:
    """Let the restored database take the old one's name, in one transaction."""
    before = f"{name}_before"
    await admin.execute(f'DROP DATABASE IF EXISTS "{before}" WITH (FORCE)')
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY($1)", [name, aside]
    )
    async with admin.transaction():
        await admin.execute(f'ALTER DATABASE "{name}" RENAME TO "{before}"')
        await admin.execute(f'ALTER DATABASE "{aside}" RENAME TO "{name}"')
    await admin.execute(f'DROP DATABASE "{before}" WITH (FORCE)')


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url, server_settings={"timezone": "UTC", "extra_float_digits": "1"})


async def _revision(connection: asyncpg.Connection) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return found


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _files_in(folder: Path) -> list[tuple[str, int]]:
    """Return every file under `folder`, by its path there, with its size."""
    found = [
        (path.relative_to(folder).as_posix(), path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]
    return sorted(found)


def _digest(files: list[tuple[str, int]]) -> str:
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()


def _write_tar(
    target: Path,
    dump: Path,
    photographs: Path,
    files: list[tuple[str, int]],
    contents: Contents,
    keys: Keyring | None,
) -> None:
    about = target.with_name(CONTENTS)
    about.write_text(json.dumps(asdict(contents), indent=1))
    with tarfile.open(target, "w") as tar:
        tar.add(about, CONTENTS)
        tar.add(dump, DUMP)
        if keys is not None and keys.path.exists():
            tar.add(keys.path, KEYS)
        for name, _ in files:
            tar.add(photographs / name, f"{PHOTOGRAPHS}/{name}")


def _member(tar: tarfile.TarFile, name: str) -> tarfile.ExFileObject:
    file = tar.extractfile(name)
    assert file is not None, f"{name} is not a file"
    assert isinstance(file, tarfile.ExFileObject)
    return file


def _keys_in(source: Path) -> list[bytes]:
    with tarfile.open(source) as tar:
        if KEYS not in tar.getnames():
            return []
        with _member(tar, KEYS) as file:
            return file.read().split()


def _restore_photographs(source: Path, folder: Path, contents: Contents) -> None:
    """Write the backup's photographs into `folder`; one that is there already is the same, by its name."""
    files = []
    with tarfile.open(source) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if path.parts[:1] != (PHOTOGRAPHS,) or not member.isfile():
                continue
            inside = path.relative_to(PHOTOGRAPHS)
            if ".." in inside.parts or inside.is_absolute():
                raise BackupError(f"{source} holds a path that climbs out of its folder: {member.name}")
            files.append((inside.as_posix(), member.size))
            target = folder / inside
            if target.exists() and target.stat().st_size == member.size:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.with_name(f".{target.name}.new")
            with _member(tar, member.name) as packed, aside.open("wb") as plain:
                shutil.copyfileobj(packed, plain, 1 << 20)
            os.replace(aside, target)  # noqa: PTH105 - one call that is atomic
    if len(files) != contents.photographs or _digest(sorted(files)) != contents.photographs_digest:
        raise BackupError("the photographs differ from what the backup says of them: nothing was changed.")
