"""The ground of a street."""

import pytest
from shapely import LineString, MultiLineString

from geo.areas import AreaCode
from geo.coordinates import LonLat, MetricPlane
from geo.streets import Street, StreetId, polygon_from_centreline

PLANE = MetricPlane.around(LonLat(112.5, 37.8))


def street(line: LineString | MultiLineString, width_m: float = 10.0) -> Street:
    centreline = PLANE.shape_to_degrees(line)
    shape = polygon_from_centreline(centreline, width_m)
    return Street(StreetId("S1"), "柳巷", "Liu Lane", centreline, shape, width_m, AreaCode("990101001"))


def test_a_straight_street_is_as_long_as_its_line_and_as_wide_as_stated():
    found = street(LineString([(0, 0), (300, 0)]))
    assert found.length_m == pytest.approx(300, abs=0.01)
    assert found.area_m2 == pytest.approx(3000, abs=1.0)


def test_its_ends_are_cut_flat():
    found = street(LineString([(0, 0), (0, 200)]))
    west, south, east, north = PLANE.shape_to_metres(found.shape).bounds
    assert (west, south, east, north) == pytest.approx((-5, 0, 5, 200), abs=0.01)


def test_a_corner_is_filled_like_a_kerb():
    found = street(LineString([(0, 0), (100, 0), (100, 100)]))
    assert found.shape.geom_type == "Polygon"
    assert found.area_m2 == pytest.approx(2000, abs=1.0)


def test_a_street_in_two_parts_has_ground_in_two_parts():
    found = street(MultiLineString([[(0, 0), (100, 0)], [(200, 0), (300, 0)]]))
    assert found.shape.geom_type == "MultiPolygon"
    assert found.area_m2 == pytest.approx(2000, abs=1.0)
