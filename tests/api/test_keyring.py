"""Kept secrets: encrypted in the database, read with the file of keys, brought under a new key."""

import asyncio
import stat
from pathlib import Path

import asyncpg
import pytest

from api.identity import Grant, Role
from api.keyring import KeyFileError, KeyLostError, Keyring
from api.store.database import driver_transaction
from api.store.kept_secrets import reseal
from tests.api.people_here import DISTRICT, client_of, make_account
from tests.api.serving import engine_in, serving


def test_what_is_sealed_is_read_again_and_by_nobody_else(tmp_path: Path) -> None:
    keys = Keyring(tmp_path / "deep" / "secrets.keys")
    sealed = keys.seal("whsec_一路")
    assert "whsec" not in sealed
    assert keys.open(sealed) == "whsec_一路"
    assert Keyring(keys.path).open(sealed) == "whsec_一路"
    assert keys.open("from before texts were encrypted") == "from before texts were encrypted"
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    with pytest.raises(KeyLostError):
        Keyring(tmp_path / "other.keys").open(sealed)
    with pytest.raises(KeyLostError):
        keys.open(sealed[:-4] + "AAAA")


def test_a_new_key_is_taken_up_by_a_process_that_runs_and_old_texts_stay_readable(tmp_path: Path) -> None:
    running, command = Keyring(tmp_path / "secrets.keys"), Keyring(tmp_path / "secrets.keys")
    before = running.seal("x")
    command.add_key()
    assert running.open(before) == "x"
    assert not running.is_current(before)
    after = running.seal("y")
    assert command.is_current(after)
    assert command.forget_old_keys() == 1
    assert running.open(after) == "y"
    with pytest.raises(KeyLostError):
        running.open(before)


def test_a_file_that_holds_no_keys_is_said_to_be_wrong(tmp_path: Path) -> None:
    path = tmp_path / "secrets.keys"
    path.write_text("not a key\n")
    with pytest.raises(KeyFileError, match="put the right one back"):
        Keyring(path).seal("x")


@pytest.mark.postgis
async def test_no_secret_stands_in_the_database_as_it_is(database: str, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as (app, _):
        owner = await client_of(app, await make_account(app, "keeper", Grant(Role.ADMINISTRATOR, DISTRICT)))
        key = (await owner.post("/api/v1/session/second-factor")).json()["key"]
        body = {"name": "12345", "url": "http://192.0.2.1/", "area": DISTRICT}
        assert (await owner.put("/api/v1/webhook-hosts", json=["192.0.2.1"])).status_code == 200
        secret = (await owner.post("/api/v1/webhooks", json=body)).json()["secret"]
        keys: Keyring = app.state.keys

        async def kept() -> list[str]:
            async with driver_transaction(engine_in(app)) as driver:
                return [
                    await driver.fetchval("SELECT code_key FROM account WHERE code_key IS NOT NULL"),
                    await driver.fetchval("SELECT secret FROM webhook"),
                ]

        assert [keys.open(text) for text in await kept()] == [key, secret]
        assert not {key, secret} & set(await kept())
        await _as_before_encryption(database, secret)
        keys.add_key()
        async with driver_transaction(engine_in(app)) as driver:
            assert await reseal(driver, keys) == (2, 0)
            assert await reseal(driver, keys) == (0, 0)
        assert all(keys.is_current(text) for text in await kept())
        assert [keys.open(text) for text in await kept()] == [key, secret]
        keys.path.unlink()
        async with driver_transaction(engine_in(app)) as driver:
            assert await reseal(driver, Keyring(keys.path)) == (0, 2)
        lost = await owner.put("/api/v1/session/second-factor", json={"code": "123456"})
        assert lost.status_code == 409
        assert lost.json()["detail_zh"]


async def _as_before_encryption(database: str, secret: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("UPDATE webhook SET secret = $1", secret)
    finally:
        await connection.close()


def test_two_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    async def both() -> list[str]:
        rings = [Keyring(tmp_path / "secrets.keys") for _ in range(8)]
        return await asyncio.gather(*(asyncio.to_thread(ring.seal, "x") for ring in rings))

    for sealed in asyncio.run(both()):
        assert Keyring(tmp_path / "secrets.keys").open(sealed) == "x"
