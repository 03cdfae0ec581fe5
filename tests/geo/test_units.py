"""Units: grids, streets and cells, and the places that belong to them."""

import geopandas
import numpy as np
import pytest
from shapely import LineString, box

from geo.areas import Area
from geo.observations import UnusableFrameError
from geo.streets import Street, polygon_from_centreline
from geo.units import Units, UnknownUnitError

DISTRICT = box(112.50, 37.80, 112.52, 37.82)


def test_cells_cover_the_district_and_nothing_else():
    cells = Units.of_cells(DISTRICT, 200.0)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(112.5, 112.52, 300), rng.uniform(37.8, 37.82, 300)
    assert (cells.unit_at(lon, lat) >= 0).all()
    assert cells.unit_at(np.array([112.4, np.nan]), np.array([37.81, 37.81])).tolist() == [-1, -1]
    assert int(cells.neighbours.sizes.max()) == 9


def test_a_place_on_a_common_border_belongs_to_the_first_area():
    areas = [
        Area("990101001001001", "甲", "A", box(0, 0, 0.01, 0.01), 10),
        Area("990101001001002", "乙", "B", box(0.01, 0, 0.02, 0.01), 0),
    ]
    units = Units.of_areas(areas, patrol_hours={"990101001001001": 4.0})
    assert units.unit_at(np.array([0.01, 0.015]), np.array([0.005, 0.005])).tolist() == [0, 1]
    assert units.neighbours.sizes.tolist() == [2, 2]
    assert units.exposure["households"].tolist() == [10.0, 0.0]
    assert np.isnan(units.exposure["patrol_hours"][1])


def test_a_finding_beside_a_street_belongs_to_it():
    line = LineString([(112.51, 37.81), (112.515, 37.81)])
    street = Street("S1", "小巷", "Lane", line, polygon_from_centreline(line, 10.0), 10.0, "990101001")
    units = Units.of_streets([street])
    metre = 1 / 111_000
    found = units.unit_at(np.array([112.512, 112.512]), np.array([37.81 + 25 * metre, 37.81 + 90 * metre]))
    assert found.tolist() == [0, -1]


def test_frames_of_users_are_read_in_any_projection():
    frame = geopandas.GeoDataFrame({"code": [7], "households": [12]}, geometry=[DISTRICT], crs=4326).to_crs(
        4547
    )
    units = Units.from_frame(frame)
    assert units.codes.tolist() == ["7"]
    assert units.unit_at(np.array([112.51]), np.array([37.81])).tolist() == [0]
    with pytest.raises(UnusableFrameError, match="CRS"):
        Units.from_frame(geopandas.GeoDataFrame(geometry=[DISTRICT]))


def test_an_unknown_code_is_named():
    with pytest.raises(UnknownUnitError, match="nowhere"):
        Units.of_cells(DISTRICT, 500.0).place_of("nowhere")


def test_no_units_take_nothing():
    units = Units.of_areas([])
    assert units.unit_at(np.array([1.0]), np.array([1.0])).tolist() == [-1]
