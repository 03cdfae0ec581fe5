"""Metric planes and the datums of Chinese map services."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.coordinates import (
    AffinePlane,
    Datum,
    LonLat,
    MetricPlane,
    bd09_to_wgs84,
    from_wgs84,
    gcj02_to_wgs84,
    looks_swapped,
    shape_from_wgs84,
    shape_to_wgs84,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

EARTH = Geod(ellps="WGS84")
SHIFTS = [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)]
IN_CHINA = {
    "lon": st.floats(75.0, 134.0, allow_nan=False),
    "lat": st.floats(4.0, 53.0, allow_nan=False),
}


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(EARTH.inv(*a, *b)[2])


@pytest.mark.parametrize(("shift", "unshift"), SHIFTS)
@given(**IN_CHINA)
def test_every_place_in_china_comes_back_to_a_millimetre(shift, unshift, lon, lat):
    assert metres_between(unshift(*shift(lon, lat)), (lon, lat)) < 0.001


@pytest.mark.parametrize(("shift", "unshift"), SHIFTS)
def test_arrays_give_what_scalars_give(shift, unshift):
    lons, lats = np.linspace(80, 130, 50), np.linspace(20, 50, 50)
    for move in (shift, unshift):
        x, y = move(lons, lats)
        one_by_one = [move(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
        assert np.column_stack((x, y)) == pytest.approx(np.array(one_by_one), abs=1e-12)


def test_gcj02_moves_tiananmen_as_published():
    """The published pair of the common reference implementations."""
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-7)


def test_bd09_of_a_gcj02_place_as_published():
    wgs = gcj02_to_wgs84(116.404, 39.915)
    assert wgs84_to_bd09(*wgs) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-7)


@given(**IN_CHINA)
def test_gcj02_is_off_by_tens_to_hundreds_of_metres(lon, lat):
    assert 10 < metres_between(wgs84_to_gcj02(lon, lat), (lon, lat)) < 1200


def test_outside_china_nothing_is_shifted():
    assert wgs84_to_gcj02(-0.1276, 51.5072) == (-0.1276, 51.5072)


@given(
    st.floats(112.3, 112.8),
    st.floats(37.6, 38.1),
    st.floats(-30_000, 30_000),
    st.floats(-30_000, 30_000),
)
def test_a_plane_measures_like_the_ellipsoid_and_comes_back(lon, lat, east, north):
    plane = MetricPlane.around(LonLat(lon, lat))
    far = plane.to_degrees(east, north)
    assert metres_between((lon, lat), far) == pytest.approx(np.hypot(east, north), rel=1e-4, abs=1e-3)
    assert plane.to_metres(*far) == pytest.approx((east, north), abs=1e-4)


def test_a_plane_takes_arrays_and_shapes():
    plane = MetricPlane.around(LonLat(112.56, 37.86))
    square = shapely.box(0, 0, 100, 100)
    degrees = plane.shape_to_degrees(square)
    assert plane.shape_to_metres(degrees).equals_exact(square, 1e-4)
    x, y = plane.to_metres(np.array([112.56, 112.57]), np.array([37.86, 37.86]))
    assert x == pytest.approx([0, 880.4], abs=1.0)
    assert y == pytest.approx([0, 0], abs=0.1)


def test_a_plane_over_shapes_touches_their_middle():
    assert MetricPlane.over(shapely.box(112.0, 37.0, 113.0, 38.0)).centre == LonLat(112.5, 37.5)


def test_an_affine_plane_keeps_straight_lines_straight_and_measures_about_right():
    square = shapely.box(112.5, 37.8, 112.54, 37.84)
    flat, true = AffinePlane.over(square), MetricPlane.over(square)
    metres = flat.shape_to_metres(square)
    assert metres.area == pytest.approx(true.shape_to_metres(square).area, rel=1e-4)
    assert flat.shape_to_degrees(metres).equals_exact(square, 1e-12)
    on_edge = flat.shape_to_metres(shapely.Point(112.513, 37.84))
    assert metres.exterior.distance(on_edge) < 1e-6


@pytest.mark.parametrize("datum", list(Datum))
def test_a_shape_goes_to_a_datum_and_back(datum):
    square = shapely.box(112.5, 37.8, 112.6, 37.9)
    there = shape_from_wgs84(square, datum)
    assert shape_to_wgs84(there, datum).equals_exact(square, 1e-9)
    lon, lat = np.array([112.5]), np.array([37.8])
    assert to_wgs84(*from_wgs84(lon, lat, datum), datum)[0] == pytest.approx(lon, abs=1e-9)


def test_cgcs2000_stays_as_it_is():
    lon, lat = np.array([112.5]), np.array([37.8])
    assert to_wgs84(lon, lat, Datum.CGCS2000) == (lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat", "swapped"),
    [(112.56, 37.86, False), (37.86, 112.56, True), (2.35, 48.85, False), (400.0, -3000.0, False)],
)
def test_swapped_pairs_are_seen(lon, lat, swapped):
    assert looks_swapped(lon, lat) is swapped
