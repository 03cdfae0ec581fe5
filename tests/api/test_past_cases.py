"""Another system's past years: understood, judged, brought in whole or not at all, and served as history."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import numpy as np
import pandas as pd
import pytest

from api import cli
from api.identity import Role
from api.past_cases import PastReading, PastReport, UnknownWordError, read_past_cases
from api.settings import data_folder
from api.store.database import driver_transaction, open_engine
from api.store.feed import newest_place
from api.store.webhooks import enqueue_case_events
from dispatch.lifecycle import State
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from geo.areas import Territory
from geo.coordinates import Datum, wgs84_to_gcj02
from tests.api import small_district
from tests.api.people_here import DISTRICT, sign_in_as
from tests.api.serving import engine_in, serving

NOW = datetime(2026, 11, 21, tzinfo=UTC)
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(data_folder() / "policy")


@pytest.fixture(scope="module")
def territory() -> Territory:
    return Territory(1, small_district.areas(), small_district.streets())


def their_table(rows: int = 40, **changes: Any) -> pd.DataFrame:
    """A year as the old system writes it out, in its own words."""
    chance = np.random.default_rng(9)
    reported = [datetime(2025, 1, 1, 8, tzinfo=UTC) + timedelta(hours=9 * n) for n in range(rows)]
    table = pd.DataFrame(
        {
            "案件编号": [f"A{n:05}" for n in range(rows)],
            "上报时间": [f"{at:%Y-%m-%d %H:%M:%S}" for at in reported],
            "经度": (112.0 + chance.random(rows) * 0.04).round(6),
            "纬度": (37.0 + chance.random(rows) * 0.04).round(6),
            "案件类别": "暴露垃圾",
            "问题描述": "门口堆放",
            "案件状态": "已结案",
            "结案时间": [f"{at + timedelta(hours=5):%Y-%m-%d %H:%M}" for at in reported],
        },
        dtype=object,
    )
    return table.assign(**changes)


def some_category(policy: Policy) -> str:
    return next(iter(policy.categories))


def write(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_csv(path, index=False, encoding="gb18030")
    return path


def read(path: Path, policy: Policy, territory: Territory, **how: Any) -> PastReport:
    how.setdefault("categories", {"暴露垃圾": some_category(policy)})
    return read_past_cases(path, PastReading(**how), policy.categories, territory, NOW)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_their_columns_and_words_are_understood(
    tmp_path: Path, policy: Policy, territory: Territory, suffix: str
) -> None:
    report = read(write(their_table(), tmp_path / f"old{suffix}"), policy, territory)
    assert report.columns["reported_at"] == "上报时间"
    assert report.columns["number"] == "案件编号"
    assert len(report.cases) == 40
    assert report.apart == []
    first = report.cases[0]
    assert first.state is State.CLOSED
    assert first.reported_at == datetime(2025, 1, 1, 0, tzinfo=UTC), "a time without a zone is Beijing's"
    assert first.closed_at == first.reported_at + timedelta(hours=5)
    assert len(first.area) == 15
    assert "已结案" not in report.text("zh").splitlines()[0]
    assert "40 rows: 40 can be imported" in report.text()


def test_our_own_names_and_codes_need_no_explaining(
    tmp_path: Path, policy: Policy, territory: Territory
) -> None:
    one, two, *_ = policy.categories.values()
    said = [one.words.zh, two.code] * 20
    report = read(write(their_table(案件类别=said), tmp_path / "x.csv"), policy, territory, categories={})
    assert [case.category for case in report.cases[:2]] == [one, two]


def test_what_would_draw_a_false_hotspot_is_set_apart(
    tmp_path: Path, policy: Policy, territory: Territory
) -> None:
    table = their_table(300)
    table.loc[:59, ["经度", "纬度"]] = [112.02, 37.02]
    table.loc[60, ["经度", "纬度"]] = [0, 0]
    table.loc[61, ["经度", "纬度"]] = [121.0, 31.0]
    table.loc[63] = table.loc[62].copy()
    table.loc[63, "案件编号"] = "another number"
    table.loc[65, "案件编号"] = table.loc[64, "案件编号"]
    report = read(write(table, tmp_path / "old.csv"), policy, territory)
    why = pd.Series([one.en.partition(" (")[0] for one in report.apart]).value_counts().to_dict()
    assert why == {
        "default point": 60,
        "no place": 1,
        "outside": 1,
        "copy": 1,
        "the number stands in the file twice": 1,
    }
    assert report.faults == 0
    assert len(report.cases) == 300 - 64
    report.write_apart(tmp_path / "apart.csv")
    written = pd.read_csv(tmp_path / "apart.csv")
    assert len(written) == 64
    assert written["row 行"].is_monotonic_increasing
    assert written.loc[written["row 行"] == 62, "经度"].item() == 121.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"上报时间": "昨天下午"}, "is no time"),
        ({"上报时间": ""}, "has no reported_at"),
        ({"上报时间": "2027-01-01 00:00"}, "lies ahead"),
        ({"结案时间": "2024-01-01 00:00"}, "before it was reported"),
        ({"结案时间": "x"}, "closed_at is no time"),
        ({"结案时间": ""}, "but not when"),
        ({"案件类别": "没有这种"}, "means none of ours"),
        ({"案件类别": ""}, "means none of ours"),
        ({"案件状态": "？？"}, "means none of ours"),
    ],
)
def test_a_row_that_cannot_be_understood_is_a_fault_with_its_number(
    tmp_path: Path, policy: Policy, territory: Territory, change: dict[str, str], words: str
) -> None:
    table = their_table()
    for column, value in change.items():
        table.loc[7, column] = value
    report = read(write(table, tmp_path / "old.csv"), policy, territory)
    assert [(one.row, one.fault) for one in report.apart] == [(8, True)]
    assert words in report.apart[0].en
    assert report.apart[0].zh
    assert len(report.cases) == 39


def test_a_missing_column_is_said_and_an_unknown_state_refused(
    tmp_path: Path, policy: Policy, territory: Territory
) -> None:
    report = read(write(their_table().drop(columns="经度"), tmp_path / "x.csv"), policy, territory)
    assert report.cases == []
    assert "columns are missing: lon" in report.text()
    with pytest.raises(UnknownWordError, match="There is no state 'gone'"):
        read(write(their_table(), tmp_path / "y.csv"), policy, territory, states={"已结案": "gone"})


def test_places_of_a_map_service_are_shifted_back(
    tmp_path: Path, policy: Policy, territory: Territory
) -> None:
    plain = their_table()
    lon, lat = wgs84_to_gcj02(plain["经度"].to_numpy(float), plain["纬度"].to_numpy(float))
    shifted = write(plain.assign(经度=lon, 纬度=lat), tmp_path / "gcj.csv")
    report = read(shifted, policy, territory, datum=Datum.GCJ02)
    found = [(case.lon, case.lat) for case in report.cases]
    assert np.allclose(found, plain[["经度", "纬度"]].to_numpy(float), atol=1e-7)


@pytest.fixture
def store(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A store with the small district, which the command finds; files are written where the test is."""

    async def fill() -> None:
        engine = open_engine(database, pool_size=1)
        await small_district.load(engine)
        await engine.dispose()

    asyncio.run(fill())
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("YILU_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return database


def with_store(database: str, work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    async def once() -> Result:
        engine = open_engine(database, pool_size=1)
        try:
            async with driver_transaction(engine) as driver:
                return await work(driver)
        finally:
            await engine.dispose()

    return asyncio.run(once())


def count(database: str) -> int:
    async def read(driver: asyncpg.Connection) -> int:
        found: int = await driver.fetchval("SELECT count(*) FROM cases WHERE source = 'imported'")
        return found

    return with_store(database, read)


def command(policy: Policy, *words: str) -> int:
    return cli.main(["import", "cases", *words, "--category", f"暴露垃圾={some_category(policy)}", "--yes"])


@pytest.mark.postgis
def test_the_command_brings_all_in_or_nothing_and_the_same_file_twice_changes_nothing(
    store: str, tmp_path: Path, policy: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = their_table()
    faulty.loc[3, "上报时间"] = "?"
    assert command(policy, str(write(faulty, tmp_path / "faulty.csv"))) == 1
    assert count(store) == 0
    assert "1 rows are faulty: nothing is imported" in capsys.readouterr().out
    assert (tmp_path / "faulty-set-apart.csv").exists()
    assert command(policy, str(tmp_path / "faulty.csv"), "--leave-out-faulty") == 0
    assert count(store) == 39
    whole = str(write(their_table(), tmp_path / "whole.csv"))
    assert command(policy, whole, "--language", "zh") == 0
    assert count(store) == 40
    assert "此前已导入" in capsys.readouterr().out
    assert command(policy, whole) == 0
    assert count(store) == 40
    assert "There is nothing to import" in capsys.readouterr().out
    assert command(policy, whole, "--check") == 0
    with pytest.raises(SystemExit):
        command(policy, whole, "--kind", "odd")
    assert command(policy, whole, "--category", "x") == 2
    assert command(policy, whole, "--category", "x=NONE") == 2


@pytest.mark.postgis
async def test_imported_cases_are_history_in_lists_indicators_and_hotspots(
    database: str, tmp_path: Path, policy: Policy, territory: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = their_table(60)
    table.loc[:9, ["案件状态", "结案时间"]] = ["在办", ""]
    path = write(table.assign(处置截止时间="2030-01-01 00:00"), tmp_path / "old.csv")
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("YILU_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    async with serving(database, tmp_path) as (app, _):
        await small_district.load(engine_in(app))
        operator = await sign_in_as(app, Role.OPERATOR)
        year = {"since": "2025-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z", "by": "source"}
        assert (await operator.get("/api/v1/statistics", params=year)).json()["items"] == []
        async with driver_transaction(engine_in(app)) as driver:
            before = await newest_place(driver, DISTRICT)
        assert await asyncio.to_thread(command, policy, str(path)) == 0
        found = (await operator.get("/api/v1/cases?limit=1000&kind=patrol_finding")).json()["items"]
        assert {case["source"] for case in found} == {"imported"}
        assert [case["state"] for case in found].count("filed") == 10
        card = (await operator.get(f"/api/v1/cases/{found[0]['id']}")).json()
        assert [event["action"] for event in card["history"]] == ["report", "file", "resolve", "verify"]
        assert {"导入的历史案件 Imported from another system"} == {e["reason"] for e in card["history"]}
        by_week = {**year, "since": "2024-12-31T00:00:00Z"}  # the same question would be answered from memory
        (item,) = (await operator.get("/api/v1/statistics", params=by_week)).json()["items"]
        assert (item["key"], item["name"]) == ("imported", "历史导入")
        assert item["counts"]["reported"] == 60
        assert item["counts"]["closed"] == 50
        assert item["counts"]["handled_on_time"] == 50
        frame = (await operator.get("/api/v1/exports/cases.geojson")).json()["features"]
        assert len(frame) == 60
        async with driver_transaction(engine_in(app)) as driver:
            after = await newest_place(driver, DISTRICT)
            assert after.epoch > before.epoch, "who follows the feed begins anew"
            assert await enqueue_case_events(driver, DISTRICT) == 0
            gaps = await driver.fetchval(
                "SELECT max(seq) - count(*) FROM case_event WHERE district = $1", DISTRICT
            )
            assert gaps == 0
        density = await operator.get(
            "/api/v1/hotspots/areas", params={"area": DISTRICT, "since": "2025-01-01"}
        )
        assert density.status_code == 200, density.text
        assert "60" in density.text


@pytest.mark.postgis
def test_whoever_interrupts_it_leaves_nothing_behind(
    store: str, tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def interrupted(_: int) -> Iterator[Callable[[str, int], None]]:
        def advance(what: str, rows: int) -> None:
            if what == "events":
                raise KeyboardInterrupt

        yield advance

    path = str(write(their_table(), tmp_path / "old.csv"))
    with monkeypatch.context() as pressed:
        pressed.setattr("api.commands.import_cases._advancing", interrupted)
        assert command(policy, path) == 130
    assert count(store) == 0
    assert command(policy, path) == 0
    assert count(store) == 40
