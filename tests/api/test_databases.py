"""The databases that tests are given are real, migrated and apart from each other."""

import asyncpg
import pytest

from api.store.database import newest_revision


async def test_a_test_gets_a_migrated_database_with_postgis(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        place = await connection.fetchval("SELECT ST_AsText(ST_Point(120.2, 30.2, 4326))")
    finally:
        await connection.close()
    assert revision == newest_revision()
    assert place == "POINT(120.2 30.2)"


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_each_test_finds_its_database_empty(database: str, turn: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("CREATE TABLE left_behind ()")  # fails where the other turn's is still there
    finally:
        await connection.close()
