"""`yilu db verify-audit` as it is called from a shell."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from api.identity import Principal
from api.store.audit import record, seal
from api.store.database import open_engine, transaction

pytestmark = pytest.mark.postgis

DISTRICT = "990101"


async def write(database: str, *statements: str) -> None:
    engine = open_engine(database)
    async with transaction(engine) as connection:
        for number in range(3):
            await record(connection, Principal(DISTRICT, name="somebody"), "test", str(number))
        await seal(connection, DISTRICT)
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


def verify_audit(database: str, data_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", "db", "verify-audit", "--data", str(data_path)],
        env={"DATABASE_URL": database, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_record_is_told_with_its_head(database: str, tmp_path: Path) -> None:
    asyncio.run(write(database))
    told = verify_audit(database, tmp_path)
    assert told.returncode == 0, told.stderr
    assert "whole: 3 entries under 1 seals" in told.stdout
    assert "head:" in told.stdout


def test_a_tampered_record_is_told_and_fails(database: str, tmp_path: Path) -> None:
    asyncio.run(
        write(
            database,
            "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stays",
            "UPDATE audit_entry SET act = 'nothing' WHERE seq = 2",
        )
    )
    told = verify_audit(database, tmp_path)
    assert told.returncode == 1
    assert "BROKEN" in told.stdout
