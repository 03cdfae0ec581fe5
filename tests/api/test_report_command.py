"""`yilu report` at the terminal: a file is written, bad input gets one sentence."""

import asyncio
from pathlib import Path

import pytest

from api.cli import main
from api.store.database import driver_transaction, open_engine
from api.store.territory import save_areas, save_district, save_streets
from tests.api import small_district

pytestmark = pytest.mark.postgis
OTHER = "990102"


async def load_under(database: str, code: str) -> None:
    engine = open_engine(database, pool_size=1)
    async with driver_transaction(engine) as driver:
        await save_district(driver, code, "样例区", "Small District", synthetic=False)
        await save_areas(driver, code, small_district.areas(), by="test", source="by hand")
        await save_streets(driver, code, small_district.streets(), by="test", source="by hand")
    await engine.dispose()


@pytest.fixture
def store(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("YILU_DISTRICT", OTHER)
    return database


@pytest.mark.parametrize("kind", ["task-forces", "hotspots", "service-circle", "dispatches"])
def test_a_report_is_written_and_named(
    store: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(load_under(store, OTHER))
    target = tmp_path / "report.html"
    assert main(["report", kind, "--out", str(target), "--data", str(tmp_path)]) == 0
    assert str(target) in capsys.readouterr().out
    page = target.read_text("utf-8")
    assert "Small District" in page
    assert "Simulated data" not in page  # this district is not synthetic


def test_a_store_without_the_district_is_one_sentence(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.html"
    assert main(["report", "hotspots", "--out", str(target), "--data", str(tmp_path)]) == 1
    assert "no district 990102" in capsys.readouterr().err
    assert not target.exists()


def test_a_folder_that_is_not_there_is_said_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "hotspots", "--out", str(tmp_path / "none" / "a.html")]) == 2
    assert "no folder" in capsys.readouterr().err
