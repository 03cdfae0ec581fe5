"""Tables in and out: templates that can be read, cells that are checked, round trips that lose nothing."""

import zipfile
from datetime import date, datetime

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from geo.archives import FileRefusedError
from geo.cells import CITY_TIME, CellError, area_code, day, instant, names, number, whole, yes_or_no
from geo.layer_files import write_layer
from geo.sample import load
from geo.sheets import read_sheet, write_sheet
from geo.tables import KINDS, TableKind, read_table, template, write_table, write_template


def csv(tmp_path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows_with(report, column: str) -> list[int]:
    return [defect.row for defect in report.defects if defect.column == column]


EXCEL_EIGHT = datetime(2026, 11, 21, 8)  # noqa: DTZ001 - the cells of a workbook know no zone
CENTRES = "编号,名称,面积,可预约,启用日期,lon,lat\n"


# -- cells


@pytest.mark.parametrize("cell", ["是", "Yes", "1", 1.0, True, "TRUE"])
def test_yes(cell):
    assert yes_or_no(cell) is True


@pytest.mark.parametrize("cell", ["否", "no", "0", False, 0])
def test_no(cell):
    assert yes_or_no(cell) is False


@pytest.mark.parametrize("cell", ["2026-11-21", "2026/11/21", "2026年11月21日", "20261121", EXCEL_EIGHT])
def test_days_are_read_in_the_usual_forms(cell):
    assert day(cell) == date(2026, 11, 21)


@pytest.mark.parametrize(
    "cell",
    ["2026-11-21 08:00", "2026-11-21T08:00:00+08:00", "2026/11/21 08:00:00", EXCEL_EIGHT],
)
def test_instants_without_a_zone_are_beijing_time(cell):
    assert instant(cell) == datetime(2026, 11, 21, 8, tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (yes_or_no, "maybe"),
        (day, "tomorrow"),
        (day, "2026-13-01"),
        (instant, "2026-11-21"),
        (number, "-1"),
        (number, "nan"),
        (number, "1e999"),
        (whole, "2.5"),
        (area_code, "99"),
    ],
)
def test_cells_that_say_nothing_are_refused_in_both_languages(read, cell):
    with pytest.raises(CellError) as refused:
        read(cell)
    assert refused.value.zh
    assert refused.value.en


def test_several_names_stand_in_one_cell():
    assert names("甲；乙、丙, 丁;") == ("甲", "乙", "丙", "丁")


# -- sheets


def test_a_csv_from_a_chinese_office_is_read(tmp_path):
    found = read_sheet(csv(tmp_path, "名称;户数\n柳荫小区;320\n", "gb18030"))
    assert found.to_dict("records") == [{"名称": "柳荫小区", "户数": "320"}]


def test_blank_rows_and_columns_are_left_out(tmp_path):
    assert read_sheet(csv(tmp_path, "a,b,\n\n1,2,\n,,\n")).to_dict("records") == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a\x00b", "is no text"),
        (b"\xff\xff\xff", "neither UTF-8"),
        (b"a,a\n1,2\n", "two columns"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(tmp_path, content, sentence):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefusedError, match=sentence):
        read_sheet(path)


def test_a_workbook_is_read_by_sheet(tmp_path):
    path = tmp_path / "book.xlsx"
    write_sheet(pd.DataFrame([{"a": 1}]), path, pd.DataFrame([{"note": "x"}]))
    assert read_sheet(path).to_dict("records") == [{"a": 1}]
    assert read_sheet(path, "notes").to_dict("records") == [{"note": "x"}]
    with pytest.raises(FileRefusedError, match="no sheet 'other', but data, notes"):
        read_sheet(path, "other")


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "no.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(FileRefusedError, match="no workbook"):
        read_sheet(path)


def test_a_workbook_that_would_swell_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.sheets._LARGEST_UNPACKED_BYTES", 1000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", " " * 5_000_000)
    with pytest.raises(FileRefusedError, match="would swell"):
        read_sheet(path)


# -- every kind


@pytest.mark.parametrize("kind", list(TableKind))
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg"])
def test_every_template_can_be_read_as_it_is(tmp_path, kind, suffix):
    path = tmp_path / f"template{suffix}"
    write_template(kind, path)
    report = read_table(path, kind)
    assert report.defects == []
    assert len(report.records) == 1
    assert all(report.columns[column.name] == column.name for column in KINDS[kind].columns)


@pytest.mark.parametrize("kind", list(TableKind))
def test_chinese_headings_do_as_well(tmp_path, kind):
    chinese = {column.name: column.zh for column in KINDS[kind].columns}
    path = tmp_path / "template.csv"
    write_sheet(template(kind).rename(columns=chinese), path)
    assert read_table(path, kind).defects == []


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg", ".geojson"])
def test_the_sample_centres_come_back_without_loss(tmp_path, suffix):
    sample = load()
    table = sample.centres
    records = [
        {name: (None if pd.isna(value) else value) for name, value in row.items()}
        for row in table.drop(columns="geometry").to_dict("records")
    ]
    for record in records:
        for name in ("opens_on", "closes_on"):
            record[name] = date.fromisoformat(record[name]) if record[name] else None
        record["floor_area_m2"] = float(record["floor_area_m2"])
    path = tmp_path / f"centres{suffix}"
    assert write_table(TableKind.CENTRES, records, list(table.geometry), path) == []
    back = read_table(path, TableKind.CENTRES, territory=sample.territory())
    assert back.defects == []
    assert list(back.records) == records
    assert shapely.equals_exact(list(back.shapes), list(table.geometry), 0).all()


@pytest.mark.parametrize("suffix", [".csv", ".gpkg"])
def test_the_sample_estates_come_back_without_loss(tmp_path, suffix):
    table = load().estates
    records = table.drop(columns="geometry").to_dict("records")
    path = tmp_path / f"estates{suffix}"
    write_table(TableKind.ESTATES, records, list(table.geometry), path)
    back = read_table(path, TableKind.ESTATES)
    assert back.defects == []
    assert list(back.records) == records
    assert shapely.equals_exact(list(back.shapes), list(table.geometry), 0).all()


# -- what is wrong


def test_every_bad_cell_is_listed_with_its_row(tmp_path):
    report = read_table(
        csv(
            tmp_path,
            CENTRES
            + "C1,甲,500,是,2026-01-01,112.56,37.86\n"
            + "C2,,big,perhaps,soon,112.56,37.86\n"
            + "C1,丙,1,否,,112.56,north\n"
            + "C4,丁,1,否,,,\n",
        ),
        TableKind.CENTRES,
    )
    assert not report.importable
    assert {(defect.row, defect.column) for defect in report.defects} == {
        (2, "name"),
        (2, "floor_area_m2"),
        (2, "by_appointment"),
        (2, "opens_on"),
        (3, "id"),
        (3, "shape"),
        (4, "shape"),
    }
    text = report.text("en")
    assert "✗ row 2 floor_area_m2: 'big' has to be a number of 0 or more" in text
    assert text.endswith("Nothing is imported.")
    assert "第 2 行" in report.text("zh")


def test_a_missing_column_is_told_once(tmp_path):
    report = read_table(csv(tmp_path, "编号,lon,lat\nC1,112.56,37.86\nC2,112.56,37.86\n"), TableKind.CENTRES)
    assert [(d.row, d.column) for d in report.defects] == [(0, "name")]


def test_references_have_to_exist(tmp_path):
    path = csv(tmp_path, "street,name,chief,members\nS1,专班,1390,1391;1392\nS9,专班,1393,\n")
    known = {"street": {"S1"}, "person": {"1390", "1391"}}
    report = read_table(path, TableKind.TASK_FORCES, known=known)
    assert rows_with(report, "street") == [2]
    assert rows_with(report, "members") == [1]
    assert rows_with(report, "chief") == [2]


def test_shapes_outside_the_district_are_told(tmp_path):
    territory = load().territory()
    path = csv(tmp_path, CENTRES + "C1,甲,,,,112.56,37.86\nC2,乙,,,,116.40,39.90\n")
    report = read_table(path, TableKind.CENTRES, territory=territory)
    assert rows_with(report, "shape") == [2]


def test_a_layer_of_the_wrong_shapes_is_told(tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["S1"], "name": ["巷"], "subdistrict": ["990101001"]},
        geometry=[Point(112.56, 37.86)],
        crs=4326,
    )
    write_layer(frame, tmp_path / "streets.gpkg")
    report = read_table(tmp_path / "streets.gpkg", TableKind.STREETS)
    assert "it has to be a centreline" in report.defects[0].en


def test_a_layer_in_another_system_is_converted(tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["S1"], "name": ["巷"], "subdistrict": ["990101001"]},
        geometry=[LineString([(112.56, 37.86), (112.561, 37.86)])],
        crs=4326,
    )
    write_layer(frame.to_crs("EPSG:4546"), tmp_path / "streets.gpkg")
    report = read_table(tmp_path / "streets.gpkg", TableKind.STREETS)
    assert report.defects == []
    assert report.shapes[0].equals_exact(frame.geometry.iloc[0], 1e-8)
    assert report.records[0]["width_m"] == 12.0


def test_tables_without_shapes_go_into_a_geopackage_and_back(tmp_path):
    forces = [
        {"street": "S1", "name": "专班", "name_en": "", "chief": "1390", "members": ("1391", "1392")},
        {"street": "S2", "name": "专班二", "name_en": "", "chief": "1390", "members": ()},
    ]
    write_table(TableKind.TASK_FORCES, forces, [None, None], tmp_path / "forces.gpkg")
    report = read_table(tmp_path / "forces.gpkg", TableKind.TASK_FORCES)
    assert report.defects == []
    assert list(report.records) == forces
    with pytest.raises(FileRefusedError, match=r"write them as \.csv, \.xlsx or \.gpkg"):
        write_table(TableKind.TASK_FORCES, forces, [None, None], tmp_path / "forces.shp")


def test_a_formula_counts_as_the_value_it_was_saved_with(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["street", "name", "chief"])
    book.active.append(["S1", "专班", "=1+1"])
    book.save(tmp_path / "forces.xlsx")
    report = read_table(tmp_path / "forces.xlsx", TableKind.TASK_FORCES)
    assert [(d.row, d.column) for d in report.defects] == [(1, "chief")]


cells = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates()
)


@given(st.sampled_from([column for table in KINDS.values() for column in table.columns]), cells)
def test_no_cell_crashes_a_column(column, cell):
    refused = None
    try:
        column.read(cell)
    except CellError as error:
        refused = error
    assert refused is None or refused.en
