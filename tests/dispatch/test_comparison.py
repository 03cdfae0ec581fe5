"""Figures of simulated histories: what they count, and how sure a mean is."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.comparison import Estimate, figures_of, gini, with_dispatch
from dispatch.policy import DispatchPolicy
from dispatch.sample_year import simulate_sample_year
from tests.dispatch.test_simulate import LAST, policy, territory


def test_gini_is_nought_for_equals_and_nearly_one_for_one_who_has_all() -> None:
    assert gini([3, 3, 3, 3]) == pytest.approx(0)
    assert gini([0] * 99 + [5]) == pytest.approx(0.99)
    assert gini([]) == 0


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30), st.floats(0.1, 10))
def test_gini_does_not_mind_the_unit(counts: list[float], unit: float) -> None:
    assert gini([count * unit for count in counts]) == pytest.approx(gini(counts), abs=1e-9)


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        found = Estimate.of(list(chance.normal(7.0, 2.0, 6)))
        held += abs(found.mean - 7.0) <= found.half_width
    assert 0.91 <= held / 400 <= 0.99
    assert isnan(Estimate.of([1.0]).half_width)


def test_ways_of_dispatching_play_the_same_findings_and_differ_in_whom_they_send() -> None:
    played = {
        way: simulate_sample_year(
            with_dispatch(policy(), way), territory(), {}, last_day=LAST, days=2, seed=9
        )
        for way in DispatchPolicy
    }
    nearest, least_late = played[DispatchPolicy.NEAREST], played[DispatchPolicy.LEAST_LATE]
    assert nearest.plan == least_late.plan
    for simulation in played.values():
        figures = figures_of(simulation)
        assert 0 <= figures.late_pct <= 100
        assert 0 < figures.response_mean_min <= figures.response_p90_min * 2
        assert figures.travel_h > 0
        assert 0 <= figures.unfairness < 1
