"""Boundary layers: every defect found with its place, safe ones mended, all or nothing."""

from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from geo.areas import Area, AreaCode, Level
from geo.boundaries import (
    DefectKind,
    UnknownColumnError,
    areas_frame,
    merged_areas,
    read_boundaries,
    write_layer,
)
from geo.coordinates import Datum, LonLat, MetricPlane, shape_from_wgs84
from geo.sample import load

PLANE = MetricPlane.around(LonLat(112.56, 37.86))
COMMUNITY = "990101001001"
CODES = [f"{COMMUNITY}{serial:03d}" for serial in (1, 2, 3, 4)]
QUARTERS = [(0, 100, 100, 200), (100, 100, 200, 200), (0, 0, 100, 100), (100, 0, 200, 100)]


def shape(*corners: float | tuple[float, float]) -> Polygon:
    """A box or a polygon, in metres around the plane's origin."""
    metres = box(*corners) if isinstance(corners[0], int | float) else Polygon(corners)
    return PLANE.shape_to_degrees(metres)


def above() -> list[Area]:
    """A district of one subdistrict of one community of 200 by 200 m."""
    whole = shape(0, 0, 200, 200)
    codes = [COMMUNITY[:6], COMMUNITY[:9], COMMUNITY]
    return [Area(AreaCode(code), f"区{code}", f"Area {code}", whole) for code in codes]


SMALL = above()


def layer(*shapes, codes=None, **columns) -> gpd.GeoDataFrame:
    shapes = list(shapes) or [shape(*corners) for corners in QUARTERS]
    codes = list(codes or CODES[: len(shapes)])
    names = [f"网格{code[-1:]}" for code in codes]
    data = {"code": codes, "name": names, "name_en": [f"Grid {code[-1:]}" for code in codes], **columns}
    return gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:4326")


@pytest.fixture
def read(tmp_path):
    """Writes a layer, reads it as grids of the small district, returns the report."""

    def read(frame, *, name="grids.gpkg", level=Level.GRID, existing=None, **how):
        path = tmp_path / name
        write_layer(frame, path)
        return read_boundaries(path, level, existing=above() if existing is None else existing, **how)

    return read


def kinds(report) -> Counter:
    return Counter(defect.kind for defect in report.defects)


def area_m2(area: Area) -> float:
    return PLANE.shape_to_metres(area.shape).area


# -- what is right


def test_a_clean_layer_can_be_imported(read):
    report = read(layer(households=[10, 20, 30, 40]))
    assert report.importable
    assert [(area.code, area.name, area.name_en, area.households) for area in report.areas] == [
        (code, f"网格{n}", f"Grid {n}", n * 10) for n, code in enumerate(CODES, start=1)
    ]
    assert "All of it can be imported." in report.text("en")
    assert "可以导入。" in report.text("zh")


@pytest.mark.parametrize("name", ["grids.gpkg", pytest.param("grids.geojson", marks=pytest.mark.slow)])
def test_the_sample_district_comes_back_without_loss(tmp_path, name):
    sample = load()
    for level in Level:
        ours = [area for area in sample.areas if area.level is level]
        assert write_layer(areas_frame(ours), tmp_path / name) == []
        report = read_boundaries(tmp_path / name, level, existing=sample.areas)
        assert report.defects == []
        assert list(report.areas) == ours


def test_a_shapefile_and_a_csv_say_what_they_cannot_hold(tmp_path):
    frame = layer(
        households=[1, 2, 3, 4], staffed=[True, False, True, True], long_column_name=["x" * 300] * 4
    )
    with pytest.warns(RuntimeWarning, match="truncated to 254"):
        lost = write_layer(frame, tmp_path / "grids.shp")
    assert any("households" not in sentence and "long_colum" in sentence for sentence in lost)
    assert any("cut at 254 bytes" in sentence for sentence in lost)
    assert any("staffed" in sentence and "1 and 0" in sentence for sentence in lost)
    report = read_boundaries(tmp_path / "grids.shp", Level.GRID, existing=above())
    assert [area.households for area in report.areas] == [1, 2, 3, 4]
    lost = write_layer(frame, tmp_path / "grids.csv")
    assert any("no shapes" in sentence for sentence in lost)
    lines = (tmp_path / "grids.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith("lon,lat")
    assert len(lines) == 5


# -- which column is which


def test_columns_are_guessed_by_their_usual_names(read):
    frame = layer(households=[1, 2, 3, 4]).rename(
        columns={"code": "网格编码", "name": "名称", "name_en": "English Name", "households": "总户数"}
    )
    report = read(frame)
    assert report.columns == {
        "code": "网格编码",
        "name": "名称",
        "name_en": "English Name",
        "households": "总户数",
    }
    assert report.importable
    assert "网格编码 → code" in report.text("en")


def test_a_code_column_is_known_by_what_stands_in_it(read):
    report = read(layer().rename(columns={"code": "wg_x"}))
    assert report.columns["code"] == "wg_x"
    assert report.importable


def test_a_flag_beats_a_guess(read):
    frame = layer(other=["甲", "乙", "丙", "丁"])
    assert [area.name for area in read(frame, columns={"name": "other"}).areas] == ["甲", "乙", "丙", "丁"]


@pytest.mark.parametrize("columns", [{"name": "nowhere"}, {"colour": "name"}])
def test_a_flag_that_names_nothing_is_refused(read, columns):
    with pytest.raises(UnknownColumnError, match=r"no column 'nowhere'|no field 'colour'"):
        read(layer(), columns=columns)


def test_numbers_serve_as_codes(read):
    frame = layer()
    frame["code"] = frame["code"].astype("int64")
    assert [area.code for area in read(frame).areas] == CODES
    frame["code"] = frame["code"].astype("float64")
    assert [area.code for area in read(frame).areas] == CODES


def test_old_codes_of_14_digits_become_15(read):
    report = read(layer(codes=[code[:12] + code[13:] for code in CODES]))
    assert [area.code for area in report.areas] == CODES
    assert any("14 digits" in en for _, en in report.notes)


# -- codes and names that are wrong


def test_malformed_codes_are_listed_by_row(read):
    report = read(layer(codes=["99010100100100X", "", *CODES[2:]]))
    assert not report.importable
    assert report.areas == []
    assert [(d.kind, d.rows) for d in report.defects if d.kind is DefectKind.MALFORMED_CODE] == [
        (DefectKind.MALFORMED_CODE, (1,)),
        (DefectKind.MALFORMED_CODE, (2,)),
    ]


def test_codes_of_another_level_are_told(read):
    report = read(layer(codes=[COMMUNITY, *CODES[1:]]))
    assert kinds(report)[DefectKind.WRONG_LEVEL] == 1


def test_a_repeated_code_is_an_error(read):
    report = read(layer(codes=[CODES[0], CODES[0], *CODES[2:]]))
    assert [d.rows for d in report.defects if d.kind is DefectKind.DUPLICATE_CODE] == [(1, 2)]
    assert not read(layer(codes=[CODES[0], CODES[0], *CODES[2:]]), repairing=True).importable


def test_a_row_that_stands_there_twice_is_left_out_on_repair(read):
    quarters = [shape(*corners) for corners in QUARTERS]
    frame = layer(*quarters, quarters[3], codes=[*CODES, CODES[3]])
    assert not read(frame).importable
    mended = read(frame, repairing=True)
    assert mended.importable
    assert mended.repairs == [("第 5 行与第 4 行相同，已略去。", "Row 5 repeats row 4 and was left out.")]


def test_a_missing_parent_is_made_on_repair(read):
    report = read(layer(), existing=above()[:2])
    assert kinds(report) == {DefectKind.MISSING_PARENT: 1}
    mended = read(layer(), existing=above()[:2], repairing=True)
    assert mended.importable
    made = mended.areas[0]
    assert made.code == COMMUNITY
    assert area_m2(made) == pytest.approx(40_000, rel=1e-6)


def test_a_whole_district_grows_from_its_grids_alone(read):
    mended = read(layer(households=[1, 2, 3, 4]), existing=[], repairing=True)
    assert mended.importable
    assert [area.level for area in mended.areas[:3]] == [Level.COMMUNITY, Level.SUBDISTRICT, Level.DISTRICT]
    assert [area.households for area in mended.areas[:3]] == [10, 10, 10]


def test_rows_without_a_name_are_a_remark(read):
    report = read(layer(codes=CODES).assign(name=["", "b", "c", "d"]))
    assert report.importable
    assert report.areas[0].name == CODES[0]
    assert kinds(report) == {DefectKind.MISSING_NAME: 1}


# -- where the layer lies


def test_swapped_axes_are_seen_and_turned_round_on_repair(read):
    frame = layer()
    frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda points: points[:, ::-1])
    assert kinds(read(frame)) == {DefectKind.SWAPPED: 1}
    mended = read(frame, repairing=True)
    assert mended.importable
    assert area_m2(mended.areas[0]) == pytest.approx(10_000, rel=1e-6)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_shifted_layers_are_suspected_against_what_is_there(read, datum):
    frame = layer()
    frame.geometry = [shape_from_wgs84(one, datum) for one in frame.geometry]
    report = read(frame)
    assert kinds(report)[DefectKind.SHIFTED] == 1
    assert f"--datum {datum}" in report.defects[0].en
    for mended in (read(frame, repairing=True), read(frame, datum=datum)):
        assert mended.importable
        off = PLANE.shape_to_metres(mended.areas[0].shape).symmetric_difference(box(*QUARTERS[0]))
        assert off.area < 1


def test_a_projected_layer_is_converted(read):
    report = read(layer().to_crs("EPSG:4546"))
    assert report.importable
    assert any("Gauss-Kruger" in en for _, en in report.notes)


def test_a_layer_on_an_old_datum_is_taken_with_a_warning(read):
    report = read(layer().to_crs("EPSG:4610"))
    assert any("Xian 1980 cannot be converted exactly" in en for _, en in report.notes)


def test_degrees_without_a_system_are_taken_as_they_are(read):
    with pytest.warns(UserWarning, match="crs"):
        report = read(layer().set_crs(None, allow_override=True), name="grids.shp")
    assert report.importable
    assert any("states no coordinate system" in en for _, en in report.notes)


def test_metres_without_a_system_are_refused_with_a_guess(read):
    frame = layer().to_crs("EPSG:4546").set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        report = read(frame, name="grids.shp")
    assert kinds(report) == {DefectKind.WRONG_CRS: 1}
    assert "--crs EPSG:4546" in report.defects[0].en
    assert read_again(read, frame).importable


def read_again(read, frame):
    with pytest.warns(UserWarning, match="crs"):
        return read(frame, name="grids.shp", crs="EPSG:4546")


def test_a_wrong_system_is_seen_because_nothing_lies_on_earth(read):
    frame = layer().to_crs("EPSG:4546").set_crs("EPSG:4326", allow_override=True)
    assert kinds(read(frame)) == {DefectKind.WRONG_CRS: 1}


def test_a_system_that_does_not_exist_is_refused(read):
    assert kinds(read(layer(), crs="EPSG:99999")) == {DefectKind.WRONG_CRS: 1}


# -- shapes


def test_rows_without_a_polygon_are_listed(read):
    line = PLANE.shape_to_degrees(LineString([(0, 0), (100, 100)]))
    report = read(layer(shape(*QUARTERS[0]), line, None, shape(*QUARTERS[3])))
    assert [d.rows for d in report.defects if d.kind is DefectKind.NO_SHAPE] == [(2,), (3,)]


def test_a_boundary_that_crosses_itself_is_shown_where_it_does_and_untied(read):
    # a knot of 1 by 1 m at the corner (0, 200) of the first grid
    knotted = shape((0, 100), (100, 100), (100, 200), (0, 200), (-0.5, 199), (0.5, 199), (0, 200.5), (0, 199))
    assert not knotted.is_valid
    report = read(layer(knotted, *(shape(*corners) for corners in QUARTERS[1:])))
    crossing = next(d for d in report.defects if d.kind is DefectKind.SELF_INTERSECTION)
    x, y = PLANE.to_metres(*crossing.place)
    assert abs(x) < 2
    assert 198 < y < 202
    mended = read(layer(knotted, *(shape(*corners) for corners in QUARTERS[1:])), repairing=True)
    assert DefectKind.SELF_INTERSECTION not in kinds(mended)
    assert mended.importable


def quarters_with(place: int, *corners) -> gpd.GeoDataFrame:
    shapes = [shape(*box_) for box_ in QUARTERS]
    shapes[place] = shape(*corners)
    return layer(*shapes)


def test_a_wide_overlap_is_left_to_a_person(read):
    report = read(quarters_with(0, 0, 100, 130, 200), repairing=True)
    overlap = next(d for d in report.defects if d.kind is DefectKind.OVERLAP)
    assert overlap.codes == (CODES[0], CODES[1])
    assert overlap.area_m2 == pytest.approx(3000, rel=1e-3)
    assert PLANE.to_metres(*overlap.place) == pytest.approx((115, 150), abs=1)
    assert not report.importable


def test_a_hairline_overlap_goes_to_the_lower_code(read):
    frame = quarters_with(0, 0, 100, 100.5, 200)
    assert kinds(read(frame)) == {DefectKind.OVERLAP: 1}
    mended = read(frame, repairing=True)
    assert mended.importable
    assert [round(area_m2(area)) for area in mended.areas] == [10_050, 9_950, 10_000, 10_000]
    assert "went to the neighbour with the lower code" in mended.repairs[0][1]


def test_a_wide_gap_is_left_to_a_person(read):
    report = read(quarters_with(0, 0, 100, 70, 200), repairing=True)
    gap = next(d for d in report.defects if d.kind is DefectKind.GAP)
    assert gap.area_m2 == pytest.approx(3000, rel=1e-3)
    assert gap.codes == (COMMUNITY,)
    assert not report.importable


def test_a_hairline_gap_is_joined_to_its_neighbour(read):
    frame = quarters_with(0, 0, 100, 99.5, 200)
    assert kinds(read(frame)) == {DefectKind.GAP: 1}
    mended = read(frame, repairing=True)
    assert mended.importable
    assert sum(area_m2(area) for area in mended.areas) == pytest.approx(40_000, abs=0.5)


def test_a_hole_in_the_layer_is_a_gap_even_if_nothing_above_is_known(read):
    ring = PLANE.shape_to_degrees(box(0, 0, 300, 300).difference(box(100, 100, 200, 200)))
    report = read(layer(ring), existing=[])
    assert {DefectKind.GAP, DefectKind.MISSING_PARENT} == set(kinds(report))


def test_ground_outside_the_community_is_found(read):
    report = read(quarters_with(0, -50, 100, 100, 200), repairing=True)
    outside = next(d for d in report.defects if d.kind is DefectKind.OUTSIDE_PARENT)
    assert outside.area_m2 == pytest.approx(5000, rel=1e-3)
    assert outside.codes == (CODES[0],)


def test_a_hairline_outside_the_community_is_cut_off(read):
    frame = quarters_with(0, -0.5, 100, 100, 200)
    assert kinds(read(frame)) == {DefectKind.OUTSIDE_PARENT: 1}
    mended = read(frame, repairing=True)
    assert mended.importable
    assert area_m2(mended.areas[0]) == pytest.approx(10_000, abs=0.5)


def test_long_edges_of_an_area_above_fit_the_corners_below(read):
    """On a projected plane the middle of a long edge would lie metres away from its neighbours' corners."""
    whole = box(112.0, 37.0, 112.4, 37.4)
    above = [Area(area.code, area.name, area.name_en, whole) for area in SMALL]
    pieces = [box(112.0 + n / 10, 37.0, 112.1 + n / 10, 37.4) for n in range(4)]
    assert read(layer(*pieces), existing=above).defects == []


def test_defects_under_a_square_metre_are_nobodys_business(read):
    assert read(quarters_with(0, 0, 100, 100.005, 200)).defects == []


def test_slivers_are_a_remark(read):
    crumb = PLANE.shape_to_degrees(shapely.MultiPolygon([box(0, 100, 100, 200), box(150, 150, 155, 155)]))
    rest = PLANE.shape_to_degrees(box(100, 100, 200, 200).difference(box(150, 150, 155, 155)))
    report = read(layer(crumb, rest, *(shape(*corners) for corners in QUARTERS[2:])))
    assert report.importable
    sliver = next(d for d in report.defects if d.kind is DefectKind.SLIVER)
    assert sliver.area_m2 == pytest.approx(25, rel=1e-3)


def test_areas_below_that_lose_their_parent_are_named(read):
    grids = read(layer()).areas
    moved = layer(shape(0, 0, 200, 200), codes=["990101001002"])
    report = read(moved, level=Level.COMMUNITY, existing=[*above(), *grids])
    left = next(d for d in report.defects if d.kind is DefectKind.LEFT_BEHIND)
    assert left.codes == tuple(CODES)
    assert not left.blocking


# -- what comes out


def test_defects_are_written_as_a_geopackage(read, tmp_path):
    report = read(quarters_with(0, 0, 100, 130, 170))
    path = tmp_path / "defects.gpkg"
    report.write_defects(path)
    written = gpd.read_file(path, layer="defects")
    assert set(written.kind) == {"overlap", "gap"}
    assert written.crs.to_epsg() == 4326
    assert (written.area_m2 > 1).all()
    assert written.zh.str.contains("平方米").all()


def test_a_report_without_defects_still_writes_a_layer(read, tmp_path):
    read(layer()).write_defects(tmp_path / "defects.gpkg")
    assert gpd.read_file(tmp_path / "defects.gpkg", layer="defects").empty


def test_the_report_names_place_and_outcome(read):
    text = read(quarters_with(0, 0, 100, 130, 200)).text("en")
    assert "✗ 990101001001001 and 990101001001002 overlap by 3000.0 m². @ 112.5613" in text
    assert text.endswith("0 areas, 1 errors, 0 remarks. Nothing is imported.")


def test_progress_is_told(read):
    told: list[str] = []
    read(layer(), progress=told.append)
    assert told == ["read", "place", "check"]


def test_an_import_replaces_its_level_and_keeps_the_rest(read):
    before = [*above(), *read(layer()).areas]
    halves = layer(shape(0, 0, 100, 200), shape(100, 0, 200, 200))
    after = merged_areas(before, read(halves))
    assert [area.code for area in after] == [*(area.code for area in above()), *CODES[:2]]
    assert sum(area_m2(area) for area in after if area.level is Level.GRID) == pytest.approx(40_000, abs=1)


def test_all_rows_broken_is_a_report_not_a_crash(read, tmp_path):
    nothing = gpd.GeoDataFrame({"code": ["x"]}, geometry=[None], crs="EPSG:4326")
    assert not read(nothing).importable
    empty = layer().iloc[:0]
    assert not read(empty, name="empty.gpkg").importable
    assert Path(tmp_path / "empty.gpkg").exists()


def test_numbers_that_are_no_numbers_are_a_report_not_a_crash(read):
    mad = shapely.transform(shape(*QUARTERS[0]), lambda points: np.where(points > 100, np.inf, points))
    assert not read(layer(mad), name="mad.gpkg").importable
