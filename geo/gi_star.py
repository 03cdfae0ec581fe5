"""Getis–Ord Gi*: where high values stand together, how surely, and which of many finds to believe.

The z-value equals that of `esda.G_Local(..., star=True, transform='B')`. The p-value does not stop at
the normal curve: counts of findings are skewed, sums over few neighbours stay skewed, and the normal
curve then finds hotspots in pure chance. It is taken from the Pearson III curve that has the sum's own
mean, variance and skewness, all three of which are known exactly when values are shuffled over places.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, ndtr

from geo.compiled import compiled
from geo.coordinates import FloatArray
from geo.neighbours import Neighbours
from geo.observations import BoolArray, IntArray

DEFAULT_RATE = 0.05
"""Share of false hotspots among those shown that is accepted unless asked for otherwise."""
_NO_SKEW = 1e-4


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, variance and third central moment of the values that are shuffled, and how many they are."""

    count: int
    mean: float
    variance: float
    third: float

    @classmethod
    def of(cls, values: FloatArray) -> "Moments":
        """Of the values that are numbers."""
        known = values[np.isfinite(values)] if np.isnan(values).any() else values
        if not len(known):
            return cls(0, 0.0, 0.0, 0.0)
        mean = float(known.mean())
        deviation = known - mean
        squares = deviation * deviation
        return cls(len(known), mean, float(squares.mean()), float((squares * deviation).mean()))


@dataclass(frozen=True, slots=True)
class GiStar:
    """Gi* of every unit: z, two-sided p, and q after control of the false discovery rate.

    All three are NaN where nothing can be said: a unit without a value, values that are all alike, or
    a neighbourhood that is everything.
    """

    z: FloatArray
    p: FloatArray
    q: FloatArray
    rate: float

    @property
    def hot(self) -> BoolArray:
        """Units that are hotspots at the stated rate."""
        return np.asarray((self.q <= self.rate) & (self.z > 0), dtype=bool)

    @property
    def cold(self) -> BoolArray:
        """Units that are coldspots at the stated rate."""
        return np.asarray((self.q <= self.rate) & (self.z < 0), dtype=bool)

    @property
    def spot(self) -> NDArray[np.str_]:
        """Hot, cold or none, a word for each unit."""
        return np.where(self.hot, "hot", np.where(self.cold, "cold", "none"))


def gi_star(
    values: FloatArray,
    neighbours: Neighbours,
    rate: float = DEFAULT_RATE,
    permutations: int = 0,
    seed: int = 0,
    third: float | None = None,
) -> GiStar:
    """Gi* of each unit.

    Parameters
    ----------
    values
        One per unit; NaN takes no part.
    neighbours
        Who is summed with whom.
    rate
        Accepted share of false finds among the finds (Benjamini–Hochberg).
    permutations
        0 takes the p-value from the curve; otherwise the other units' values are shuffled so many
        times around each unit, which bounds p from below by 1 / (permutations + 1).
    third
        Third central moment of the values, where it is known better than from the values themselves
        (as `geo.rates` knows it for counts: one extreme unit would hide itself otherwise).
    """
    data = np.ascontiguousarray(values, np.float64)
    sums, sizes = neighbourhood_sums(data, neighbours)
    moments = Moments.of(data)
    if third is not None:
        moments = replace(moments, third=third)
    z = z_of_sums(sums, sizes, moments)
    z[np.isnan(data)] = np.nan
    if permutations > 0:
        p = _permuted_p(data, sums, neighbours, permutations, seed)
        p[np.isnan(z)] = np.nan
    else:
        p = two_sided_p(z, skew_of_sums(sizes, moments))
    return GiStar(z, p, benjamini_hochberg(p), rate)


def neighbourhood_sums(values: FloatArray, neighbours: Neighbours) -> tuple[FloatArray, IntArray]:
    """The sum over each neighbourhood and how many values it is made of; NaN is left out of both."""
    sums = np.empty(len(neighbours))
    if np.isnan(values).any():
        known = np.isfinite(values)
        sizes = np.empty(len(neighbours))
        _gather(np.where(known, values, 0.0), neighbours.starts, neighbours.members, sums)
        _gather(known.astype(np.float64), neighbours.starts, neighbours.members, sizes)
        return sums, sizes.astype(np.int64)
    _gather(values, neighbours.starts, neighbours.members, sums)
    return sums, neighbours.sizes


def z_of_sums(sums: FloatArray, sizes: IntArray, moments: Moments) -> FloatArray:
    """How many standard deviations a sum lies above what shuffling would give; NaN where it cannot vary."""
    count = moments.count
    if count < 2 or moments.variance <= 1e-12 * moments.mean**2:
        return np.full(len(sums), np.nan)
    spread = sizes * (count - sizes) / (count - 1) * moments.variance
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (sums - sizes * moments.mean) / np.sqrt(spread)
    z[~(spread > 0)] = np.nan
    return np.asarray(z)


def skew_of_sums(sizes: IntArray, moments: Moments) -> FloatArray:
    """Skewness of the sum of so many values drawn without replacement."""
    count = moments.count
    if count < 3 or moments.variance <= 0:
        return np.zeros(len(sizes))
    with np.errstate(divide="ignore", invalid="ignore"):
        third = moments.third * sizes * (count - sizes) * (count - 2 * sizes) / ((count - 1) * (count - 2))
        variance = sizes * (count - sizes) / (count - 1) * moments.variance
        skew = third / variance**1.5
    return np.asarray(np.nan_to_num(skew, nan=0.0, posinf=0.0, neginf=0.0))


def two_sided_p(z: FloatArray, skew: FloatArray) -> FloatArray:
    """Twice the smaller tail beyond z of a Pearson III curve (mean 0, variance 1) with the skewness."""
    p = 2.0 * ndtr(-np.abs(z))
    beyond = np.flatnonzero((np.abs(skew) > _NO_SKEW) & (np.abs(z) > 1.0))
    if len(beyond):
        p[beyond] = _skewed_tail(z[beyond], skew[beyond])
    return np.asarray(np.minimum(p, 1.0))


def _skewed_tail(z: FloatArray, skew: FloatArray) -> FloatArray:
    """Twice the tail that z lies in; a shifted gamma, mirrored where the skew is to the left."""
    leaning = np.sign(skew) * z
    shape = 4.0 / skew**2
    place = np.maximum(shape + leaning * np.sqrt(shape), 0.0)
    above = gammaincc(shape, place)
    return np.asarray(2.0 * np.where(leaning > 0, above, 1.0 - above))


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """The smallest rate of false discoveries at which each p would be a find; NaN stays NaN.

    Holds for independent tests and for tests that rise and fall together, as neighbouring sums do
    (Benjamini and Yekutieli 2001).
    """
    q = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if not len(known):
        return q
    order = known[np.argsort(p[known])]
    ranked = p[order] * (len(order) / np.arange(1, len(order) + 1))
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q


def _permuted_p(
    values: FloatArray, sums: FloatArray, neighbours: Neighbours, permutations: int, seed: int
) -> FloatArray:
    """Two-sided pseudo p: each unit keeps its own value, its neighbours draw theirs from all others."""
    known = np.flatnonzero(np.isfinite(values))
    place = np.full(len(values), -1, np.int32)
    place[known] = np.arange(len(known))
    _, sizes = neighbourhood_sums(values, neighbours)
    above = np.zeros(len(values), np.int64)
    below = np.zeros(len(values), np.int64)
    random = np.random.default_rng(seed)
    shuffled = np.arange(len(known))
    tolerance = 1e-9 * max(float(np.abs(sums[np.isfinite(sums)]).max(initial=0.0)), 1e-300)
    for _ in range(permutations):
        random.shuffle(shuffled)
        start = random.integers(0, max(len(known), 1), len(values))
        _draw(values[known], place, values, shuffled, start, sizes, sums, tolerance, above, below)
    return np.minimum(2.0 * (np.minimum(above, below) + 1.0) / (permutations + 1.0), 1.0)


@compiled
def _gather(
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    members: NDArray[np.int32],
    sums: NDArray[np.float64],
) -> None:
    for unit in range(len(sums)):
        total = 0.0
        for place in range(starts[unit], starts[unit + 1]):
            total += values[members[place]]
        sums[unit] = total


@compiled
def _draw(
    pool: NDArray[np.float64],
    place: NDArray[np.int32],
    values: NDArray[np.float64],
    shuffled: NDArray[np.int64],
    start: NDArray[np.int64],
    sizes: NDArray[np.int64],
    sums: NDArray[np.float64],
    tolerance: float,
    above: NDArray[np.int64],
    below: NDArray[np.int64],
) -> None:
    for unit in range(len(sums)):
        if place[unit] < 0:
            continue
        total = values[unit]
        left = sizes[unit] - 1
        step = start[unit]
        while left > 0:
            drawn = shuffled[step]
            step = step + 1 if step + 1 < len(pool) else 0
            if drawn != place[unit]:
                total += pool[drawn]
                left -= 1
        if total >= sums[unit] - tolerance:
            above[unit] += 1
        if total <= sums[unit] + tolerance:
            below[unit] += 1
