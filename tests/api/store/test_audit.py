"""The hash chain: whole when nobody touched it, broken wherever somebody did."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Principal
from api.ids import new_id
from api.store.audit import record, seal, verify
from api.store.database import open_engine, transaction

pytestmark = pytest.mark.postgis

DISTRICT = "990101"
SOMEBODY = Principal(DISTRICT, account=new_id(), name="somebody")


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database)
    yield engine
    await engine.dispose()


async def add(engine: AsyncEngine, count: int) -> None:
    async with transaction(engine) as connection:
        for number in range(count):
            await record(connection, SOMEBODY, "test", str(number), details={"number": number, "文": "字"})


async def sealed(engine: AsyncEngine) -> int:
    async with transaction(engine) as connection:
        return await seal(connection, DISTRICT)


async def test_a_chain_that_nobody_touched_is_whole(engine: AsyncEngine) -> None:
    await add(engine, 3)
    assert await sealed(engine) == 3
    assert await sealed(engine) == 0
    await add(engine, 2)
    assert await sealed(engine) == 2
    await add(engine, 1)
    async with transaction(engine) as connection:
        check = await verify(connection, DISTRICT)
    assert (check.fault, check.entries, check.seals, check.unsealed) == (None, 5, 2, 1)


async def test_an_empty_chain_is_whole(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        check = await verify(connection, DISTRICT)
    assert (check.fault, check.entries) == (None, 0)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET details = '{}' WHERE seq = 2",
        "UPDATE audit_entry SET at = at + interval '1 second' WHERE seq = 4",
        "UPDATE audit_entry SET name = 'another' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_seal WHERE number = 1",
        "DELETE FROM audit_seal WHERE number = 2",
        "UPDATE audit_seal SET hash = '\\x00' WHERE number = 2",
    ],
)
async def test_whatever_is_changed_is_found(engine: AsyncEngine, tampering: str) -> None:
    for _ in range(2):
        await add(engine, 2)
        await sealed(engine)
    async with transaction(engine) as connection:
        await connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stays"))
        await connection.execute(text(tampering))
        check = await verify(connection, DISTRICT)
    assert check.fault is not None


@pytest.mark.parametrize("tampering", ["UPDATE audit_entry SET name = 'another'", "DELETE FROM audit_entry"])
async def test_the_store_itself_lets_nothing_be_changed(engine: AsyncEngine, tampering: str) -> None:
    await add(engine, 1)
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with transaction(engine) as connection:
            await connection.execute(text(tampering))
