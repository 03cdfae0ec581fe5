"""The order of a walk: no other order is shorter, and nothing is visited twice or forgotten."""

from itertools import permutations
from math import hypot, inf

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rounds import EXACT_UP_TO, shortest_round, walk_length_s

PLACE = st.tuples(st.integers(0, 100), st.integers(0, 100))


def table(here: tuple[int, int], places: list[tuple[int, int]]) -> tuple[list[float], list[list[float]]]:
    def seconds(one: tuple[int, int], other: tuple[int, int]) -> float:
        return hypot(one[0] - other[0], one[1] - other[1])

    return [seconds(here, one) for one in places], [[seconds(a, b) for b in places] for a in places]


@given(PLACE, st.lists(PLACE, max_size=6))
def test_no_order_is_shorter(here: tuple[int, int], places: list[tuple[int, int]]) -> None:
    from_here, between = table(here, places)
    stops = shortest_round(from_here, between)
    assert sorted(stop.number for stop in stops) == list(range(len(places)))
    best = min(walk_length_s(way, from_here, between) for way in permutations(range(len(places))))
    assert abs((stops[-1].arrives_s if stops else 0.0) - best) < 1e-6


@given(PLACE, st.lists(PLACE, min_size=EXACT_UP_TO + 1, max_size=EXACT_UP_TO + 6))
def test_many_stops_are_no_worse_than_in_the_order_given(
    here: tuple[int, int], places: list[tuple[int, int]]
) -> None:
    from_here, between = table(here, places)
    stops = shortest_round(from_here, between)
    assert sorted(stop.number for stop in stops) == list(range(len(places)))
    as_given = walk_length_s(range(len(places)), from_here, between)
    assert stops[-1].arrives_s <= as_given + 0.05


def test_what_no_way_leads_to_comes_last() -> None:
    stops = shortest_round([inf, 5.0, 3.0], [[inf, inf, inf], [inf, 0.0, 4.0], [inf, 4.0, 0.0]])
    assert [stop.number for stop in stops] == [2, 1, 0]
    assert stops[-1].walk_s == inf
    assert stops[1].arrives_s == 7.0
