"""In which order to visit what has to be visited: the shortest walk through all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import inf, isfinite

EXACT_UP_TO = 10
"""So many stops are ordered exactly; more are inserted one by one and improved by reversing stretches."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of the walk: its number in the list that was asked about, and how the walk gets there."""

    number: int
    walk_s: float
    """From the stop before, or from where the walk begins; infinite where no way leads."""
    arrives_s: float
    """Since the walk began; the work at each stop is not counted, for nobody knows it."""


def shortest_round(from_here: Sequence[float], between: Sequence[Sequence[float]]) -> tuple[Stop, ...]:
    """The order with the shortest walk. `between[a][b]` are the seconds from stop a to stop b.

    Whatever no way leads to comes last, in the order in which it was asked about.
    """
    reached = [number for number in range(len(from_here)) if isfinite(from_here[number])]
    if len(reached) <= EXACT_UP_TO:
        order = _exact(reached, from_here, between)
    else:
        order = _improved(_inserted(reached, from_here, between), from_here, between)
    stops: list[Stop] = []
    gone_s = 0.0
    for place, number in enumerate(order):
        walk_s = from_here[number] if place == 0 else between[order[place - 1]][number]
        gone_s += walk_s
        stops.append(Stop(number, walk_s, gone_s))
    lost = (number for number in range(len(from_here)) if number not in set(reached))
    return (*stops, *(Stop(number, inf, inf) for number in lost))


def walk_length_s(
    order: Sequence[int], from_here: Sequence[float], between: Sequence[Sequence[float]]
) -> float:
    """How long the walk takes in this order."""
    if not order:
        return 0.0
    return from_here[order[0]] + sum(between[a][b] for a, b in pairwise(order))


def _exact(stops: Sequence[int], from_here: Sequence[float], between: Sequence[Sequence[float]]) -> list[int]:
    """Held and Karp: the best walk through every set of stops that ends at each of them, set by set."""
    if not stops:
        return []
    best: dict[tuple[frozenset[int], int], tuple[float, int | None]] = {
        (frozenset({stop}), stop): (from_here[stop], None) for stop in stops
    }
    for size in range(2, len(stops) + 1):
        for chosen in map(frozenset, combinations(stops, size)):
            for last in chosen:
                rest = chosen - {last}
                best[chosen, last] = min((best[rest, one][0] + between[one][last], one) for one in rest)
    whole = frozenset(stops)
    at: int | None = min(stops, key=lambda stop: best[whole, stop][0])
    backwards: list[int] = []
    while at is not None:
        backwards.append(at)
        at, whole = best[whole, at][1], whole - {at}
    return backwards[::-1]


def _inserted(
    stops: Sequence[int], from_here: Sequence[float], between: Sequence[Sequence[float]]
) -> list[int]:
    order: list[int] = []
    for stop in sorted(stops, key=lambda one: from_here[one]):
        order = min(
            ([*order[:place], stop, *order[place:]] for place in range(len(order) + 1)),
            key=lambda way: walk_length_s(way, from_here, between),
        )
    return order


def _improved(order: list[int], from_here: Sequence[float], between: Sequence[Sequence[float]]) -> list[int]:
    length_s, better = walk_length_s(order, from_here, between), True
    while better:
        better = False
        for first, last in combinations(range(len(order)), 2):
            turned = [*order[:first], *order[first : last + 1][::-1], *order[last + 1 :]]
            turned_s = walk_length_s(turned, from_here, between)
            if turned_s < length_s - 0.05:
                order, length_s, better = turned, turned_s, True
    return order
