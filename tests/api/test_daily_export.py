"""The daily export: every list of the day before, whole or not there, once."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from fastapi import FastAPI

from api.daily_export import DailyExport
from api.list_exports import WRITERS, FileFormat
from dispatch.clocks import CITY_ZONE
from tests.api.people_here import DISTRICT
from tests.api.serving import engine_in, serving
from tests.api.the_town import build_town

pytestmark = pytest.mark.postgis


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        await build_town(app)
        yield app


def tomorrow_at(hour: int, minute: int = 0) -> datetime:
    return (datetime.now(CITY_ZONE) + timedelta(days=1)).replace(hour=hour, minute=minute)


async def test_yesterday_is_written_once_and_whole(app: FastAPI, tmp_path: Path) -> None:
    folder = tmp_path / "to the city"
    first, second = (DailyExport(engine_in(app), DISTRICT, folder, lambda: tomorrow_at(3)) for _ in range(2))
    written = await first.step()
    assert written is not None
    assert await second.step() is None
    assert written.folder == folder / datetime.now(CITY_ZONE).date().isoformat()
    assert [path.name for path in folder.iterdir()] == [written.folder.name]
    cases = pd.read_csv(written.folder / "cases.csv")
    assert cases["category"].tolist() == ["E0401"]
    assert written.rows["cases"] == 1
    assert written.rows["events"] > 1
    assert {path.suffix for path in written.folder.iterdir()} == {".csv", ".geojson"}
    areas = json.loads((written.folder / "areas.geojson").read_text())
    assert areas["features"][0]["geometry"]["type"].endswith("Polygon")


async def test_days_that_were_missed_are_made_good_the_earliest_first(app: FastAPI, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    today = datetime.now(CITY_ZONE).date()
    (folder / (today - timedelta(days=2)).isoformat()).mkdir(parents=True)
    daily = DailyExport(engine_in(app), DISTRICT, folder, lambda: tomorrow_at(3))
    for expected in (today - timedelta(days=1), today):
        written = await daily.step()
        assert written is not None
        assert written.folder.name == expected.isoformat()
    assert await daily.step() is None


async def test_nothing_is_written_before_its_time_or_without_a_folder(app: FastAPI, tmp_path: Path) -> None:
    early = DailyExport(engine_in(app), DISTRICT, tmp_path / "x", lambda: tomorrow_at(0, 10))
    assert await early.step() is None
    assert await DailyExport(engine_in(app), DISTRICT, None, lambda: tomorrow_at(3)).step() is None
    assert not (tmp_path / "x").exists()


async def test_what_fails_half_way_leaves_no_half_day_and_is_made_good(
    app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = DailyExport(engine_in(app), DISTRICT, tmp_path / "x", lambda: tomorrow_at(3))

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setitem(WRITERS, FileFormat.GEOJSON, full_disk)
        with pytest.raises(OSError, match="No space"):
            await daily.step()
    assert [path.name[0] for path in (tmp_path / "x").iterdir()] == ["."]
    assert await daily.step() is not None
    assert [path.name[0] for path in (tmp_path / "x").iterdir()] == ["2"]
