"""Figures of simulated histories: what they count, and how sure a mean is."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.comparison import Estimate, gini


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
