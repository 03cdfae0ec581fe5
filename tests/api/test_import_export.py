"""`yilu import` and `yilu export` against a real PostGIS: all or nothing, and the same on the way back."""

import asyncio
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import LineString, box

from api import cli
from api.store.database import driver_transaction, open_engine
from api.store.territory import list_areas, list_streets
from api.store.versions import newest_versions
from geo.areas import Level
from geo.boundaries import areas_frame
from geo.layer_files import read_layer, write_layer
from tests.api import small_district

pytestmark = pytest.mark.postgis

SQUARES = [area for area in small_district.areas() if area.level is Level.GRID]


def with_store(database: str, work):
    """Runs a coroutine function on a connection of its own."""

    async def once():
        engine = open_engine(database, pool_size=1)
        try:
            async with driver_transaction(engine) as driver:
                return await work(driver)
        finally:
            await engine.dispose()

    return asyncio.run(once())


@pytest.fixture
def store(database: str, monkeypatch) -> str:
    """A store with the small district, which the commands find."""

    async def fill() -> None:
        engine = open_engine(database, pool_size=1)
        await small_district.load(engine)
        await engine.dispose()

    asyncio.run(fill())
    monkeypatch.setenv("DATABASE_URL", database)
    return database


def newest(database: str):
    return with_store(database, lambda driver: newest_versions(driver, "990101"))


def areas_of(database: str, version: int):
    return with_store(database, lambda driver: list_areas(driver, "990101", version))


# -- boundaries


def test_grids_are_imported_as_a_new_version(store, tmp_path, capsys):
    renamed = areas_frame(SQUARES).assign(name=[f"新网格{n}" for n in range(16)])
    write_layer(renamed, tmp_path / "grids.gpkg")
    assert cli.main(["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "code → code" in said
    assert "Boundary version 2 of district 990101 is in force." in said
    assert newest(store).boundaries == 2
    assert [area.name for area in areas_of(store, 2) if area.level is Level.GRID] == renamed.name.tolist()
    assert [area.name for area in areas_of(store, 1) if area.level is Level.GRID] == [g.name for g in SQUARES]


def test_nothing_is_imported_unless_all_of_it_can_be(store, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_layer(areas_frame(SQUARES[:-1]), tmp_path / "grids.gpkg")
    assert cli.main(["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid", "--yes"]) == 1
    assert "Nothing is imported." in capsys.readouterr().out
    assert newest(store).boundaries == 1
    assert gpd.read_file(tmp_path / "grids-defects.gpkg", layer="defects").kind.tolist() == ["gap"]


def test_a_check_imports_nothing(store, tmp_path):
    write_layer(areas_frame(SQUARES), tmp_path / "grids.gpkg")
    arguments = ["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid", "--check"]
    assert cli.main(arguments) == 0
    assert newest(store).boundaries == 1
    assert reports_in(store) == []


def reports_in(store):
    return with_store(
        store,
        lambda driver: driver.fetch(
            "SELECT what, source, taken, defects > 0 AS faulty, words <> words_en AS both FROM import_report"
            " ORDER BY at"
        ),
    )


def test_what_an_import_found_is_kept_for_the_administrator_refused_or_taken(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_layer(areas_frame(SQUARES[1:]), tmp_path / "torn.gpkg")
    write_layer(areas_frame(SQUARES), tmp_path / "grids.gpkg")
    assert cli.main(["import", "boundaries", "torn.gpkg", "--level", "grid", "--yes"]) == 1
    assert cli.main(["import", "boundaries", "grids.gpkg", "--level", "grid", "--yes"]) == 0
    assert [tuple(row) for row in reports_in(store)] == [
        ("boundaries grid", "torn.gpkg", False, True, True),
        ("boundaries grid", "grids.gpkg", True, False, True),
    ]


def test_without_anybody_to_confirm_it_nothing_is_imported(store, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: PTH123, SIM115 - what a pipe would be
    write_layer(areas_frame(SQUARES), tmp_path / "grids.gpkg")
    assert cli.main(["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid"]) == 2
    assert "add --yes" in capsys.readouterr().err
    assert newest(store).boundaries == 1


def test_a_mapping_is_given_by_flag(store, tmp_path):
    frame = areas_frame(SQUARES).drop(columns="name").assign(title=[f"甲{n}" for n in range(16)])
    write_layer(frame, tmp_path / "grids.gpkg")
    arguments = ["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid", "--yes"]
    assert cli.main([*arguments, "--column", "name=title"]) == 0
    assert areas_of(store, 2)[-1].name == "甲15"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["boundaries", "grids.gpkg"], "say which level"),
        (["boundaries", "nowhere.gpkg", "--level", "grid"], "There is no file"),
        (["boundaries", "grids.gpkg", "--level", "grid", "--column", "name"], "write it as FIELD=COLUMN"),
        (["boundaries", "grids.gpkg", "--level", "grid", "--column", "name=x"], "no column 'x'"),
        (["centres", "nowhere.csv"], "There is no file"),
        (["roads", "nowhere.gpkg"], "There is no file"),
    ],
)
def test_bad_words_get_one_sentence(store, tmp_path, capsys, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    write_layer(areas_frame(SQUARES), tmp_path / "grids.gpkg")
    assert cli.main(["import", *arguments]) in (1, 2)
    said = capsys.readouterr().err
    assert sentence in said
    assert said.strip().splitlines()[-1].startswith("yilu")


def test_somebody_elses_district_grows_from_its_grids(store, tmp_path, capsys):
    frame = areas_frame(SQUARES)
    frame["code"] = "140106" + frame["code"].str[6:]
    frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda points: points + 0.5)
    write_layer(frame, tmp_path / "grids.gpkg")
    arguments = ["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid", "--yes", "--repair"]
    assert cli.main(arguments) == 0
    assert "YILU_DISTRICT=140106" in capsys.readouterr().out
    areas = with_store(store, lambda driver: list_areas(driver, "140106", 1))
    assert len(areas) == 19
    synthetic = with_store(
        store, lambda driver: driver.fetch("SELECT code, synthetic FROM district ORDER BY code")
    )
    assert [tuple(row) for row in synthetic] == [("140106", False), ("990101", True)]


# -- tables


def write_csv(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8-sig")
    return str(path)


def test_streets_with_and_without_a_polygon_replace_those_that_are_there(store, tmp_path):
    polygon = box(112.021, 37.001, 112.0212, 37.01).wkt
    rows = pd.DataFrame(
        {
            "id": ["A1", "A2"],
            "name": ["甲巷", "乙巷"],
            "subdistrict": ["990101001"] * 2,
            "width_m": ["8", ""],
            "polygon": ["", polygon],
            "shape": [LineString([(x, 37.001), (x, 37.01)]).wkt for x in (112.015, 112.0211)],
        }
    )
    rows.to_csv(tmp_path / "streets.csv", index=False)
    assert cli.main(["import", "streets", str(tmp_path / "streets.csv"), "--yes"]) == 0
    assert newest(store).streets == 2
    streets = with_store(store, lambda driver: list_streets(driver, "990101", 2))
    assert [street.id for street in streets] == ["A1", "A2"]
    assert streets[0].area_m2 == pytest.approx(streets[0].length_m * 8, rel=0.01)
    assert streets[1].shape.equals(shapely.from_wkt(polygon))


PEOPLE = (
    "姓名,岗位,辖区编码,电话,负责街巷\n"
    "王一,street_chief,990101001,13900000001,lane-0\n"
    "李二,grid_worker,990101001001,13900000002,\n"
)


def test_people_their_task_force_and_their_roster(store, tmp_path):
    people = write_csv(tmp_path / "people.csv", PEOPLE)
    assert cli.main(["import", "people", people, "--yes"]) == 0
    forces = write_csv(
        tmp_path / "forces.csv", "street,name,chief,members\nlane-0,甲巷专班,13900000001,13900000002\n"
    )
    assert cli.main(["import", "task-forces", forces, "--yes"]) == 0
    roster = write_csv(
        tmp_path / "roster.csv",
        "person,starts_at,ends_at,emergency,lon,lat\n"
        "13900000002,2030-01-01 08:00,2030-01-01 16:00,否,112.01,37.01\n",
    )
    assert cli.main(["import", "rosters", roster, "--yes"]) == 0

    async def counts(driver):
        return [
            await driver.fetchval(f"SELECT count(*) FROM {table}")
            for table in ("person", "task_force", "task_force_member", "roster")
        ]

    assert with_store(store, counts) == [2, 1, 1, 1]
    for _ in range(2):  # the same again changes, and adds nobody
        assert cli.main(["import", "people", people, "--yes"]) == 0
        assert cli.main(["import", "rosters", roster, "--yes"]) == 0
    assert with_store(store, counts) == [2, 1, 1, 1]


def test_people_whom_the_policy_does_not_know_are_refused(store, tmp_path, capsys):
    wrong = PEOPLE.replace("grid_worker", "astronaut").replace("990101001001", "990199")
    assert cli.main(["import", "people", write_csv(tmp_path / "people.csv", wrong), "--yes"]) == 1
    said = capsys.readouterr().out
    assert "'astronaut' is none of" in said
    assert "there is no area '990199'" in said
    assert with_store(store, lambda driver: driver.fetchval("SELECT count(*) FROM person")) == 0


@pytest.mark.parametrize("ends_at", ["2030-01-01 08:00", "2030-01-03 08:00"])
def test_shifts_of_no_or_of_endless_length_are_refused(store, tmp_path, capsys, ends_at):
    assert cli.main(["import", "people", write_csv(tmp_path / "people.csv", PEOPLE), "--yes"]) == 0
    roster = f"person,starts_at,ends_at\n13900000002,2030-01-01 08:00,{ends_at}\n"
    assert cli.main(["import", "rosters", write_csv(tmp_path / "roster.csv", roster), "--yes"]) == 1
    assert "at most 24 hours" in capsys.readouterr().out


def test_a_centre_without_a_community_gets_the_one_it_lies_in(store, tmp_path):
    centres = write_csv(tmp_path / "centres.csv", "id,name,lon,lat\nC1,服务中心,112.005,37.005\n")
    assert cli.main(["import", "centres", centres, "--yes"]) == 0
    found = with_store(store, lambda driver: driver.fetchval("SELECT community FROM centre"))
    assert found == small_district.COMMUNITY


def test_roads_are_imported_and_come_back(store, tmp_path):
    lines = [
        LineString([(112.001, 37.001), (112.01, 37.001)]),
        LineString([(112.01, 37.001), (112.01, 37.01)]),
        LineString([(112.01, 37.01), (112.001, 37.001)]),
    ]
    frame = gpd.GeoDataFrame(
        {"class": ["residential"] * 3, "oneway": ["no", "yes", "-1"], "name": ["甲", "乙", "丙"]},
        geometry=lines,
        crs="EPSG:4326",
    )
    write_layer(frame, tmp_path / "roads.gpkg")
    assert cli.main(["import", "roads", str(tmp_path / "roads.gpkg"), "--yes"]) == 0
    assert cli.main(["export", "roads", str(tmp_path / "back.geojson")]) == 0
    back = read_layer(tmp_path / "back.geojson").set_index("name")
    assert back.oneway.to_dict() == {"甲": False, "乙": True, "丙": True}
    assert back.geometry["乙"].equals_exact(lines[1], 1e-7)
    assert back.geometry["丙"].equals_exact(lines[2].reverse(), 1e-7)


# -- out, and in again


@pytest.mark.parametrize("suffix", ["gpkg", pytest.param("geojson", marks=pytest.mark.slow)])
def test_boundaries_and_streets_go_round_without_loss(store, tmp_path, suffix):
    for what in ("district", "subdistrict", "community", "grid", "streets"):
        path = str(tmp_path / f"{what}.{suffix}")
        assert cli.main(["export", what, path]) == 0
        words = ["streets", path] if what == "streets" else ["boundaries", path, "--level", what]
        assert cli.main(["import", *words, "--yes"]) == 0
    versions = newest(store)
    assert (versions.boundaries, versions.streets) == (5, 2)
    assert areas_of(store, 5) == areas_of(store, 1)
    before, after = (
        with_store(store, lambda driver, version=version: list_streets(driver, "990101", version))
        for version in (1, 2)
    )
    assert before == after


def test_an_old_version_is_exported_by_its_number(store, tmp_path):
    write_layer(areas_frame(SQUARES).assign(name="新"), tmp_path / "grids.gpkg")
    assert cli.main(["import", "boundaries", str(tmp_path / "grids.gpkg"), "--level", "grid", "--yes"]) == 0
    assert cli.main(["export", "grid", str(tmp_path / "old.gpkg"), "--version", "1"]) == 0
    assert read_layer(tmp_path / "old.gpkg").name.tolist() == [grid.name for grid in SQUARES]


def test_everything_is_exported_at_once(store, tmp_path, capsys):
    assert cli.main(["import", "people", write_csv(tmp_path / "people.csv", PEOPLE), "--yes"]) == 0
    assert cli.main(["export", "all", str(tmp_path / "out"), "--format", "shp"]) == 0
    said = capsys.readouterr().out
    assert "grid: 16" in said
    assert "10 bytes" in said
    assert {path.name for path in (tmp_path / "out").glob("*.shp")} >= {
        "grid.shp",
        "streets.shp",
        "people.shp",
    }


def test_people_go_round_through_a_workbook(store, tmp_path):
    assert cli.main(["import", "people", write_csv(tmp_path / "people.csv", PEOPLE), "--yes"]) == 0
    before = with_store(store, lambda driver: driver.fetch("SELECT * FROM person ORDER BY id"))
    assert cli.main(["export", "people", str(tmp_path / "people.xlsx")]) == 0
    assert cli.main(["import", "people", str(tmp_path / "people.xlsx"), "--yes"]) == 0
    assert with_store(store, lambda driver: driver.fetch("SELECT * FROM person ORDER BY id")) == before


def test_templates_need_no_database(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@localhost:1/none")
    for what in ("streets", "people", "task-forces", "rosters", "centres", "estates"):
        assert cli.main(["export", "--template", what, str(tmp_path / f"{what}.xlsx")]) == 0
    assert len(list(tmp_path.glob("*.xlsx"))) == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["grid", "grids"], "says no format"),
        (["grid", "grids.kml"], "no format that is written"),
        (["--template", "grid", "grids.csv"], "only tables have templates"),
        (["centres", "centres.csv"], "has no centres"),
        (["task-forces", "forces.shp"], "has no task-forces"),
    ],
)
def test_exports_that_cannot_be_get_one_sentence(store, tmp_path, capsys, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", *arguments]) in (1, 2)
    assert sentence in capsys.readouterr().err
