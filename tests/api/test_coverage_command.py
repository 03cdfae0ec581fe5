"""`yilu coverage` on files of one's own: what it prints, what it writes, what it refuses."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from api.cli import main
from tests.geo.road_towns import at, town


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / f"{name}.gpkg" for name in ("roads", "centres", "demand")}
    town().to_file(paths["roads"])
    gpd.GeoDataFrame(
        {"name": ["南岸中心"], "floor_area_m2": [800]}, geometry=[at(3, 1)], crs="EPSG:4326"
    ).to_file(paths["centres"])
    homes = gpd.GeoDataFrame(
        {"households": [10, 30], "grid": ["990101001001001", "990101001002001"]},
        geometry=[at(2, 1), at(6, 6)],
        crs="EPSG:4326",
    )
    homes.to_file(paths["demand"])
    return paths


def words(files: dict[str, Path], *more: str) -> list[str]:
    return ["coverage", *(word for name, path in files.items() for word in (f"--{name}", str(path))), *more]


def test_it_prints_the_shares_and_writes_the_files(files, tmp_path, capsys):
    out = tmp_path / "results"
    assert main(words(files, "--out", str(out))) == 0
    printed = capsys.readouterr().out
    assert "25.0% · walk · 15 min" in printed
    assert "Left out / 未覆盖：30 households" in printed
    shares = pd.read_csv(out / "shares.csv", dtype={"code": str}).set_index("code")
    assert shares.loc["990101001001", "share_15"] == 1
    assert shares.loc["990101001002", "left_out"] == 30
    rings = gpd.read_file(out / "rings.geojson")
    assert sorted(rings["minutes"]) == [5, 10, 15]
    assert gpd.read_file(out / "left_out.geojson")["households"].tolist() == [30]
    assert gpd.read_file(out / "centres.gpkg")["households_within_5"].tolist() == [10]


def test_limits_and_mode_can_be_chosen(files, capsys):
    assert main(words(files, "--mode", "drive", "--minutes", "30")) == 0
    assert "100.0% · drive · 30 min" in capsys.readouterr().out


def test_a_row_that_cannot_be_used_is_named(files, capsys):
    far = gpd.GeoDataFrame(geometry=[at(3, 1), Point(120.5, 30.9)], crs="EPSG:4326")
    far.to_file(files["centres"])
    assert main(words(files)) == 1
    assert "Row 1 of the centres: no road for walk" in capsys.readouterr().err


def test_half_the_files_are_refused(files, capsys):
    assert main(["coverage", "--roads", str(files["roads"])]) == 2
    assert "together" in capsys.readouterr().err
