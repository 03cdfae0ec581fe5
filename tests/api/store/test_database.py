"""Transactions and the schema's way forward."""

from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store import database as store
from api.store.tables import metadata

pytestmark = pytest.mark.postgis


INSERT = "INSERT INTO district (code, name, name_en, synthetic) VALUES ('990101', '甲', 'A', true)"


async def _insert_and_fail(engine: AsyncEngine) -> None:
    async with store.transaction(engine) as connection:
        await connection.execute(text(INSERT))
        raise RuntimeError


async def _insert_and_fail_by_hand(engine: AsyncEngine) -> None:
    async with store.driver_transaction(engine) as driver:
        await driver.execute(INSERT)
        raise RuntimeError


async def test_a_block_that_raises_leaves_nothing(database: str) -> None:
    engine = store.open_engine(database)
    with pytest.raises(RuntimeError):
        await _insert_and_fail(engine)
    with pytest.raises(RuntimeError):
        await _insert_and_fail_by_hand(engine)
    async with store.driver_transaction(engine) as driver:
        await driver.execute(INSERT)
    async with store.transaction(engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM district")) == 1
    await engine.dispose()


async def test_migrating_again_changes_nothing(database: str) -> None:
    store.migrate(database)
    engine = store.open_engine(database)
    async with store.transaction(engine) as connection:
        assert await store.revision_of(connection) == store.newest_revision()
    await engine.dispose()


async def test_tables_in_python_are_those_in_the_store(database: str) -> None:
    def differences(connection: Connection) -> list[object]:
        ours = set(metadata.tables)
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _o, name, kind, _r, _c: kind == "column" or name in ours,
            },
        )
        return list(compare_metadata(context, metadata))

    engine = store.open_engine(database)
    async with store.transaction(engine) as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


def test_the_chain_of_migrations_has_one_end_and_no_gap() -> None:
    revisions = [step.revision for step in ScriptDirectory(str(store.MIGRATIONS)).walk_revisions()]
    assert sorted(revisions) == [f"{number:04}" for number in range(1, len(revisions) + 1)]


async def test_a_failing_migration_leaves_the_old_schema(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (tmp_path / "env.py").write_text((store.MIGRATIONS / "env.py").read_text(), encoding="utf-8")
    for step in (store.MIGRATIONS / "versions").glob("*.py"):
        (versions / step.name).write_text(step.read_text(encoding="utf-8"), encoding="utf-8")
    newest = store.newest_revision()
    body = "op.execute('CREATE TABLE half_done (x integer)')\n    op.execute('SELECT 1 / 0')"
    (versions / "9999_fails.py").write_text(
        f"from alembic import op\nrevision = '9999'\ndown_revision = '{newest}'\n\n\n"
        f"def upgrade() -> None:\n    {body}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(store, "MIGRATIONS", tmp_path)
    with pytest.raises(Exception, match="division by zero"):
        store.migrate(database)
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("SELECT to_regclass('half_done')") is None
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == newest
    await connection.close()
