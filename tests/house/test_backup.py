"""A backup holds everything, and a restore proves that it put everything back."""

import json
import subprocess
import tarfile
from pathlib import Path

import asyncpg
import pytest

from api.keyring import Keyring
from api.settings import default_data_path
from api.store.backup import BackupError, back_up, read_contents, restore, sum_tables
from api.store.programs import Programs, find_programs


@pytest.fixture(scope="module")
def programs() -> Programs:
    """The machine's PostgreSQL programs, or the fetched ones."""
    found = find_programs(default_data_path() / "postgis")
    assert found is not None
    return found


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A folder with two photographs in it."""
    folder = tmp_path / "photographs"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "abcd.jpg").write_bytes(b"a shop's goods on the pavement" * 1000)
    (folder / "ab" / "abef.jpg").write_bytes(b"the pavement, free again" * 1000)
    return folder


async def fill(database: str) -> None:
    """Write rows of awkward kinds: a place, a fraction, a moment, Chinese."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(
            """
            CREATE TABLE keepsake (id int PRIMARY KEY, place geometry(Point, 4326), share float8,
                                   at timestamptz, words text);
            INSERT INTO keepsake
            SELECT n, ST_Point(120 + n / 7.0, 30 + n / 11.0, 4326), n / 3.0,
                   now() - n * interval '1 day', '一路'
            FROM generate_series(1, 500) n
            """
        )
    finally:
        await connection.close()


async def sums(database: str) -> object:
    connection = await asyncpg.connect(database)
    try:
        return await sum_tables(connection)
    finally:
        await connection.close()


async def spoil(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("DELETE FROM keepsake WHERE id < 400")
    finally:
        await connection.close()


async def test_what_was_backed_up_comes_back_equal(
    database: str, programs: Programs, photographs: Path, tmp_path: Path
) -> None:
    await fill(database)
    before = await sums(database)
    backup = tmp_path / "folder of backups" / "one.tar"
    keys = Keyring(tmp_path / "secrets.keys")
    sealed = keys.seal("a second factor's key")
    made = await back_up(database, programs, photographs, backup, keys)
    assert made.photographs == 2
    assert made.tables["keepsake"].rows == 500
    assert read_contents(backup) == made
    assert backup.stat().st_mode & 0o077 == 0

    await spoil(database)
    (photographs / "ab" / "abcd.jpg").unlink()
    elsewhere = Keyring(tmp_path / "another machine" / "secrets.keys")
    own = elsewhere.seal("of this machine")
    await restore(database, programs, photographs, backup, keys=elsewhere)
    assert await sums(database) == before
    assert elsewhere.open(sealed) == "a second factor's key"
    assert elsewhere.open(own) == "of this machine"
    assert (photographs / "ab" / "abcd.jpg").read_bytes() == b"a shop's goods on the pavement" * 1000


async def test_a_backup_that_does_not_add_up_changes_nothing(
    database: str, programs: Programs, photographs: Path, tmp_path: Path
) -> None:
    await fill(database)
    whole, forged = tmp_path / "whole.tar", tmp_path / "forged.tar"
    await back_up(database, programs, photographs, whole)
    await spoil(database)
    spoilt = await sums(database)
    rewrite(whole, forged, rows=499)
    with pytest.raises(BackupError, match="keepsake differs"):
        await restore(database, programs, photographs, forged)
    assert await sums(database) == spoilt


async def test_half_a_backup_and_a_newer_one_are_refused(
    database: str, programs: Programs, photographs: Path, tmp_path: Path
) -> None:
    await fill(database)
    whole, half, newer = tmp_path / "whole.tar", tmp_path / "half.tar", tmp_path / "newer.tar"
    await back_up(database, programs, photographs, whole)
    half.write_bytes(whole.read_bytes()[:300])
    with pytest.raises(BackupError, match="not a whole one"):
        read_contents(half)
    rewrite(whole, newer, revision="9999")
    with pytest.raises(BackupError, match="update Yilu first"):
        await restore(database, programs, photographs, newer)


def rewrite(source: Path, target: Path, *, rows: int | None = None, revision: str | None = None) -> None:
    """Write the backup again with another account of itself."""
    folder = target.with_suffix("")
    folder.mkdir()
    subprocess.run(["tar", "-xf", source, "-C", folder], check=True)
    about = json.loads((folder / "backup.json").read_text())
    if rows is not None:
        about["tables"]["keepsake"]["rows"] = rows
    if revision is not None:
        about["revision"] = revision
    (folder / "backup.json").write_text(json.dumps(about))
    with tarfile.open(target, "w") as tar:
        for entry in sorted(folder.iterdir()):
            tar.add(entry, entry.name)
