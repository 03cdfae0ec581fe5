"""Observations in from geopandas, and which of them a selection takes."""

import geopandas
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from geo.observations import Clock, Observations, Season, Selection, UnusableFrameError


def frame(**columns):
    return geopandas.GeoDataFrame(columns, geometry=[Point(112.5, 37.8), Point(112.6, 37.9)], crs="EPSG:4326")


def test_a_frame_in_another_projection_is_read_in_degrees():
    read = Observations.from_frame(frame().to_crs(4547))
    assert read.lon == pytest.approx([112.5, 112.6], abs=1e-7)
    assert read.lat == pytest.approx([37.8, 37.9], abs=1e-7)


def test_times_with_a_zone_become_the_clock_of_the_district():
    times = pd.to_datetime(["2026-01-01T20:00:00Z", "2026-06-01T00:30:00Z"])
    read = Observations.from_frame(frame(at=times, category=["stall", None]))
    assert read.at.astype(str).tolist() == ["2026-01-02T04:00:00", "2026-06-01T08:30:00"]
    assert read.category.tolist() == ["stall", ""]


def test_a_time_that_is_none_is_not_a_time():
    read = Observations.from_frame(frame(at=["2026-01-01 08:00", "soon"]))
    assert np.isnat(read.at).tolist() == [False, True]


def test_a_missing_geometry_is_a_missing_place():
    points = geopandas.GeoDataFrame(geometry=[None, Point(1, 2)], crs=4326)
    assert np.isnan(Observations.from_frame(points).lon).tolist() == [True, False]


def test_a_frame_without_crs_or_points_is_refused_in_a_sentence():
    with pytest.raises(UnusableFrameError, match="CRS"):
        Observations.from_frame(geopandas.GeoDataFrame(geometry=[Point(1, 2)]))
    with pytest.raises(UnusableFrameError, match="Polygon"):
        Observations.from_frame(geopandas.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=4326))
    with pytest.raises(UnusableFrameError, match="length"):
        Observations(np.zeros(2), np.zeros(1), np.zeros(2, "datetime64[s]"), np.zeros(2, "U1"))


def test_an_empty_frame_is_no_observations():
    assert len(Observations.from_frame(frame().iloc[:0])) == 0


AT = np.array(
    ["2026-01-05T07:30", "2026-04-11T18:00", "2026-07-12T23:59", "2026-12-31T00:00", "NaT"],
    "datetime64[s]",
)
CATEGORY = np.array(["stall", "parking", "stall", "rubbish", "stall"])


def taken(selection):
    return np.flatnonzero(selection.mask(CATEGORY, Clock(AT))).tolist()


@pytest.mark.parametrize(
    ("selection", "want"),
    [
        (Selection(), [0, 1, 2, 3, 4]),
        (Selection(categories=frozenset({"stall"})), [0, 2, 4]),
        (Selection(categories=frozenset()), []),
        (Selection(hours=frozenset({7, 18})), [0, 1]),
        (Selection(hours=frozenset(range(24))), [0, 1, 2, 3]),
        (Selection(weekdays=frozenset({0})), [0]),
        (Selection(weekdays=frozenset({5, 6})), [1, 2]),
        (Selection(months=frozenset({4})), [1]),
        (Selection.in_season(Season.WINTER), [0, 3]),
        (Selection.in_season(Season.SUMMER), [2]),
        (Selection(since=np.datetime64("2026-04-11T18:00"), until=np.datetime64("2026-12-31")), [1, 2]),
        (Selection(since=np.datetime64("2030-01-01")), []),
        (Selection(hours=frozenset({99})), []),
    ],
)
def test_what_a_selection_takes(selection, want):
    assert taken(selection) == want


def test_weekdays_agree_with_pandas():
    days = np.arange("1968-01-01", "2028-01-01", 13, dtype="datetime64[D]")
    assert np.array_equal(Clock(days.astype("datetime64[s]")).weekday, pd.DatetimeIndex(days).day_of_week)


def test_the_seasons_share_out_the_year():
    months = sorted(month for season in Season for month in season.months)
    assert months == list(range(1, 13))
