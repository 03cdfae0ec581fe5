"""Cutting land into connected regions of wished weights, along the strongest lines between its units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.coordinates import FloatArray
from geo.sample_lines import LineKind

IntArray = NDArray[np.int64]

CUT_COSTS = {
    LineKind.OUTLINE: 0.1,
    LineKind.RIVER: 0.1,
    LineKind.RAIL: 0.15,
    LineKind.TRUNK: 0.2,
    LineKind.RIDGE: 0.2,
    LineKind.PRIMARY: 0.25,
    LineKind.SECONDARY: 0.4,
    LineKind.TERTIARY: 0.6,
    LineKind.RESIDENTIAL: 0.85,
    LineKind.UNCLASSIFIED: 0.9,
    LineKind.LIVING_STREET: 1.1,
    LineKind.SERVICE: 1.4,
    LineKind.EDGE: 1.4,
    LineKind.FOOTWAY: 1.6,
}
_DIRECTIONS = 16
_TRIED = 8


@dataclass(frozen=True, slots=True)
class Units:
    """Pieces of land: centre and weight of each, and what it costs to cut between two of them."""

    x: FloatArray
    y: FloatArray
    weight: FloatArray
    a: IntArray
    b: IntArray
    cost: FloatArray


def parts(count: int, a: IntArray, b: IntArray) -> IntArray:
    """A label for each of `count` things: equal where a chain of pairs (a, b) joins them."""
    joined = coo_matrix((np.ones(len(a)), (a, b)), shape=(count, count))
    label: IntArray = connected_components(joined, directed=False)[1].astype(np.int64)
    return label


def partition(units: Units, members: IntArray, wishes: Sequence[float]) -> list[IntArray]:
    """Connected regions of the members, one for each wished weight, by cutting in two again and again."""
    if len(wishes) == 1:
        return [members]
    half = len(wishes) // 2
    left, right = _halved(units, members, wishes[:half], wishes[half:])
    return partition(units, left, wishes[:half]) + partition(units, right, wishes[half:])


def _halved(
    units: Units, members: IntArray, low: Sequence[float], high: Sequence[float]
) -> tuple[IntArray, IntArray]:
    share = sum(low) / (sum(low) + sum(high))
    inside = np.full(len(units.x), -1, np.int64)
    inside[members] = np.arange(len(members))
    a, b = inside[units.a], inside[units.b]
    within = (a >= 0) & (b >= 0)
    a, b, cost = a[within], b[within], units.cost[within]
    weight = units.weight[members]
    weight = weight + weight.sum() * 1e-6
    tried = []
    for direction in range(_DIRECTIONS):
        angle = 2 * np.pi * direction / _DIRECTIONS
        order = np.argsort(units.x[members] * np.cos(angle) + units.y[members] * np.sin(angle), kind="stable")
        tried += [
            (score, order[:count])
            for score, count in _cuts(order, weight, a, b, cost, share, len(low), len(high))
        ]
    tried.sort(key=lambda entry: entry[0])
    best = None
    for _, first in tried[:_TRIED]:
        side = np.zeros(len(members), bool)
        side[first] = True
        side = _connected(side, weight, a, b)
        if side.sum() < len(low) or (~side).sum() < len(high):
            continue
        score = _score(cost[side[a] != side[b]].sum(), weight[side].sum() / weight.sum(), share)
        if best is None or score < best[0]:
            best = (score, side)
    if best is None:
        raise ValueError(f"{len(members)} units cannot be cut into {len(low)} and {len(high)} regions")
    return members[best[1]], members[~best[1]]


def _score(cut: float, reached: float, share: float) -> float:
    """The cost of a cut; a weight that misses the wish by a tenth of it costs half as much again."""
    miss = abs(reached - share) / min(share, 1 - share)
    return float((cut + 1.0) * (1 + 5 * miss + 30 * miss * miss))


def _cuts(
    order: IntArray,
    weight: FloatArray,
    a: IntArray,
    b: IntArray,
    cost: FloatArray,
    share: float,
    low: int,
    high: int,
) -> list[tuple[float, int]]:
    """The two best places to cut an order of units in two: (score, units before the cut)."""
    size = len(order)
    place = np.empty(size, np.int64)
    place[order] = np.arange(size)
    first, last = np.minimum(place[a], place[b]), np.maximum(place[a], place[b])
    crossing = np.cumsum(np.bincount(first + 1, cost, size + 1) - np.bincount(last + 1, cost, size + 1))
    reached = np.concatenate(([0.0], np.cumsum(weight[order]))) / weight.sum()
    counts = np.arange(low, size - high + 1)
    scores = [(_score(float(crossing[count]), float(reached[count]), share), int(count)) for count in counts]
    return sorted(scores)[:2]


def _connected(side: NDArray[np.bool_], weight: FloatArray, a: IntArray, b: IntArray) -> NDArray[np.bool_]:
    """Both sides made connected: what is cut off from the heaviest part of its side changes sides."""
    for _ in range(4):
        same = side[a] == side[b]
        label = parts(len(side), a[same], b[same])
        totals = np.bincount(label, weight)
        is_left = np.zeros(len(totals), bool)
        is_left[label[side]] = True
        keep = np.zeros(len(totals), bool)
        for wanted in (True, False):
            group = np.flatnonzero(is_left == wanted)
            if len(group):
                keep[group[np.argmax(totals[group])]] = True
        stray = ~keep[label]
        if not stray.any():
            return side
        side = side ^ stray
    return side


def apportion(total: int, weights: Sequence[float], least: Sequence[int]) -> list[int]:
    """Whole shares of a total in proportion to weights, none below its least, by largest remainders."""
    shares = list(least)
    free = np.array(weights, dtype=np.float64)
    while sum(shares) < total:
        shares[int(np.argmax(free / (np.array(shares) + 0.5)))] += 1
    return shares
