"""Trends and kinds of places over time."""

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.neighbours import Neighbours
from geo.space_time import Kind, cube_of, emerging_hotspots, mann_kendall, sen_slope, steps_between

SIDE = 14
NEIGHBOURS = Neighbours.on_raster(SIDE, SIDE)
STEPS = 20
BLOCK = np.array([row * SIDE + column for row in range(5, 8) for column in range(5, 8)])
MIDDLE = 6 * SIDE + 6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=40))
def test_the_trend_equals_pymannkendall(series):
    want = pymannkendall.original_test(series)
    got = mann_kendall(np.array([series], float))
    assert got.s[0] == want.s
    assert got.variance[0] == pytest.approx(want.var_s, abs=1e-9)
    if want.var_s > 0:
        assert got.z[0] == pytest.approx(want.z, abs=1e-12)
        assert got.p[0] == pytest.approx(want.p, abs=1e-12)
    assert got.tau[0] == pytest.approx(want.Tau, abs=1e-12)
    assert sen_slope(np.array([series], float))[0] == pytest.approx(want.slope, abs=1e-12)


@pytest.mark.parametrize("steps", [0, 1])
def test_a_series_too_short_for_a_trend(steps):
    found = mann_kendall(np.zeros((3, steps)))
    assert not found.rising().any()
    assert not sen_slope(np.zeros((3, steps))).any()


def quiet(seed=1):
    return np.random.default_rng(seed).poisson(2.0, (SIDE * SIDE, STEPS)).astype(float)


def planted(steps):
    """A cube in which the block holds so many findings more in each step."""
    cube = quiet()
    cube[BLOCK] += np.asarray(steps, float)
    return emerging_hotspots(cube, NEIGHBOURS)


RUNS = {
    Kind.NEW: [0] * 19 + [12],
    Kind.CONSECUTIVE: [0] * 15 + [12] * 5,
    Kind.PERSISTENT: [15] * 20,
    Kind.INTENSIFYING: list(np.linspace(8, 40, 20)),
    Kind.DIMINISHING: list(np.linspace(40, 8, 20)),
    Kind.SPORADIC: [12, 12, 0, 0, 0, 12, 12, 0, 0, 0, 12, 12, 0, 0, 0, 12, 12, 0, 12, 12],
    Kind.HISTORICAL: [25] * 18 + [0, 0],
}


@pytest.mark.parametrize("kind", list(RUNS))
def test_each_kind_is_recognised(kind):
    assert planted(RUNS[kind]).kind[MIDDLE] == kind


def test_a_place_that_was_cold_before_oscillates():
    cube = quiet() + 8.0
    cube[BLOCK, :8] = 0.0
    cube[BLOCK, -3:] += 20.0
    assert emerging_hotspots(cube, NEIGHBOURS).kind[MIDDLE] == Kind.OSCILLATING


def test_chance_alone_gives_no_kind_more_often_than_stated():
    seeds = 100
    fooled = sum((emerging_hotspots(quiet(seed), NEIGHBOURS).kind != "none").any() for seed in range(seeds))
    assert fooled <= stats.binom.ppf(0.999, seeds, 0.05)


def test_a_steady_hotspot_is_called_rising_or_falling_no_more_often_than_stated():
    seeds, called = 200, 0
    for seed in range(seeds):
        cube = quiet(seed)
        cube[BLOCK] += np.random.default_rng(seed + 1000).poisson(15, (len(BLOCK), STEPS))
        kind = emerging_hotspots(cube, NEIGHBOURS).kind[MIDDLE]
        assert kind in {Kind.PERSISTENT, Kind.INTENSIFYING, Kind.DIMINISHING}
        called += kind != Kind.PERSISTENT
    assert called <= stats.binom.ppf(0.999, seeds, 0.05)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_too_few_steps_give_no_kind(steps):
    cube = np.zeros((SIDE * SIDE, steps))
    cube[BLOCK] = 50.0
    assert set(emerging_hotspots(cube, NEIGHBOURS).kind) == {"none"}


def test_a_cube_without_findings_gives_no_kind():
    assert set(emerging_hotspots(np.zeros((SIDE * SIDE, 10)), NEIGHBOURS).kind) == {"none"}


def test_only_whole_steps_are_compared():
    edges = steps_between(np.datetime64("2026-01-01"), np.datetime64("2026-01-31"), 7)
    assert edges[-1] == np.datetime64("2026-01-31")
    assert edges[0] == np.datetime64("2026-01-03")
    assert len(edges) == 5
    assert len(steps_between(np.datetime64("2026-01-01"), np.datetime64("2025-01-01"), 7)) == 1


def test_the_cube_leaves_out_what_has_no_place_or_step():
    cube = cube_of(np.array([0, 0, -1, 1, 5]), np.array([0, 0, 0, 9, 1]), 2, 3)
    assert cube.tolist() == [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_every_kind_is_explained_in_both_languages():
    assert all(kind.zh and kind.meaning_zh and kind.meaning_en for kind in Kind)
