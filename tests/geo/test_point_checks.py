"""Points that would draw a hotspot where there is none are found and set apart."""

import numpy as np
import pytest
from shapely import box

from geo.observations import Observations
from geo.point_checks import Reason, check_points

DISTRICT = box(112.5, 37.8, 112.6, 37.9)


def observations(lon, lat, seconds=None, category="stall"):
    count = len(lon)
    at = np.datetime64("2026-03-01T08:00:00") + np.arange(count) * np.timedelta64(60, "s")
    if seconds is not None:
        at = np.datetime64("2026-03-01T08:00:00") + np.asarray(seconds, "timedelta64[s]")
    return Observations(np.asarray(lon, float), np.asarray(lat, float), at, np.full(count, category))


def scattered(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(112.51, 112.59, count), rng.uniform(37.81, 37.89, count)


def reasons(checked):
    return {group.reason: len(group.index) for group in checked.set_apart}


def test_thousands_on_one_default_point_are_no_hotspot():
    lon, lat = scattered(3000)
    lon[500:2500], lat[500:2500] = 112.55, 37.85
    checked = check_points(observations(lon, lat), DISTRICT)
    assert reasons(checked) == {Reason.DEFAULT_POINT: 2000}
    assert checked.set_apart[0].place == pytest.approx((112.55, 37.85))
    assert "2,000" in checked.set_apart[0].en
    assert "默认" in checked.set_apart[0].zh
    assert len(checked.kept) == 1000


def test_two_default_points_are_both_found():
    lon, lat = scattered(1000)
    lon[:200], lat[:200] = 112.55, 37.85
    lon[200:300], lat[200:300] = 112.52, 37.82
    assert len(check_points(observations(lon, lat), DISTRICT).set_apart) == 2


def test_all_on_one_place_leaves_an_empty_layer():
    checked = check_points(observations(np.full(100, 112.55), np.full(100, 37.85)), DISTRICT)
    assert len(checked.kept) == 0


def test_a_busy_address_among_addresses_stays():
    rng = np.random.default_rng(1)
    lon, lat = scattered(60)
    which = rng.choice(60, 3000, p=np.r_[0.08, np.full(59, 0.92 / 59)])
    assert check_points(observations(lon[which], lat[which]), DISTRICT).set_apart == ()


def test_a_real_cluster_with_the_scatter_of_phones_stays():
    rng = np.random.default_rng(1)
    lon, lat = 112.55 + rng.normal(0, 5e-5, 2000), 37.85 + rng.normal(0, 5e-5, 2000)
    assert check_points(observations(lon, lat), DISTRICT).set_apart == ()


def test_copies_are_counted_once():
    lon, lat = np.full(4, 112.55), np.full(4, 37.85)
    checked = check_points(observations(lon, lat, seconds=[0, 0, 0, 60]), DISTRICT)
    assert reasons(checked) == {Reason.COPY: 2}
    assert checked.kept_index.tolist() == [0, 3]


def test_without_a_time_nothing_is_called_a_copy():
    places = Observations.of(np.full(5, 112.55), np.full(5, 37.85))
    assert check_points(places, DISTRICT).apart_count == 0


def test_outside_and_swapped_and_missing_places():
    lon = np.array([37.85, 37.86, np.nan, 112.55, 500.0])
    lat = np.array([112.55, 112.56, 37.85, 37.85, 37.85])
    checked = check_points(observations(lon, lat), DISTRICT)
    assert reasons(checked) == {Reason.NO_PLACE: 1, Reason.OUTSIDE: 3}
    assert "swapped" in checked.set_apart[1].en
    assert "颠倒" in checked.set_apart[1].zh
    assert checked.kept_index.tolist() == [3]


@pytest.mark.parametrize("district", [None, DISTRICT])
def test_no_points_are_nothing_to_check(district):
    checked = check_points(observations([], []), district)
    assert (len(checked.kept), checked.set_apart) == (0, ())


def test_every_observation_is_kept_or_set_apart_exactly_once():
    lon, lat = scattered(500)
    lon[:3], lat[10:80], lon[10:80], lon[100:120] = np.nan, 37.85, 112.55, 9.0
    checked = check_points(observations(lon, lat), DISTRICT)
    parts = [checked.kept_index, *(group.index for group in checked.set_apart)]
    assert sorted(np.concatenate(parts).tolist()) == list(range(500))
