"""Hotspots over time: a cube of places and steps, the trend of each place, and what kind it is.

The kinds are those of the emerging-hotspot analysis that planners know from desktop systems: each place
in each step is tested by Gi* against the whole cube, its neighbours being the places around it in the
same step and the one before; the run of hot steps and the trend decide the kind. The trend is that of
each step by itself: sums that share a step with the next rise and fall together, and Mann–Kendall's test
would take that for a trend.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo.compiled import compiled
from geo.coordinates import FloatArray
from geo.gi_star import (
    DEFAULT_RATE,
    Moments,
    benjamini_hochberg,
    neighbourhood_sums,
    skew_of_sums,
    two_sided_p,
    z_of_sums,
)
from geo.neighbours import Neighbours
from geo.observations import BoolArray, IntArray

MOST_STEPS = 0.9
"""A place that is hot in so many of the steps is hot throughout."""
FEWEST_STEPS = 4
"""With fewer steps no trend can be told from chance at 5%."""


class Kind(StrEnum):
    """What a place has been over time."""

    NONE = "none"
    NEW = "new"
    CONSECUTIVE = "consecutive"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    DIMINISHING = "diminishing"
    SPORADIC = "sporadic"
    OSCILLATING = "oscillating"
    HISTORICAL = "historical"

    @property
    def zh(self) -> str:
        """The kind in Chinese."""
        return _KINDS[self][0]

    @property
    def meaning_zh(self) -> str:
        """What it means, in Chinese."""
        return _KINDS[self][1]

    @property
    def meaning_en(self) -> str:
        """What it means, in English."""
        return _KINDS[self][2]


_KINDS = {
    Kind.NONE: ("无", "没有可信的聚集", "no clustering that can be told from chance"),
    Kind.NEW: ("新发", "最近一期首次成为热点", "a hotspot in the last step, never before"),
    Kind.CONSECUTIVE: (
        "连续",
        "最近连续多期为热点，此前从未",
        "a hotspot in the last steps without a break, never before them",
    ),
    Kind.INTENSIFYING: ("加剧", "九成以上时期为热点，且在增强", "hot in 90% of the steps and rising"),
    Kind.PERSISTENT: (
        "持续",
        "九成以上时期为热点，强度平稳",
        "hot in 90% of the steps, neither rising nor falling",
    ),
    Kind.DIMINISHING: ("减弱", "九成以上时期为热点，但在减弱", "hot in 90% of the steps and falling"),
    Kind.SPORADIC: ("零星", "时有时无，最近一期为热点", "hot on and off, and in the last step"),
    Kind.OSCILLATING: (
        "振荡",
        "最近一期为热点，但曾为冷点",
        "a hotspot in the last step that has been a coldspot before",
    ),
    Kind.HISTORICAL: (
        "历史",
        "九成以上时期为热点，最近一期已不是",
        "hot in 90% of the steps, but not in the last",
    ),
}


@dataclass(frozen=True, slots=True)
class Trends:
    """Mann–Kendall's test for each row of a table: S, its variance, z, two-sided p and Kendall's tau."""

    s: FloatArray
    variance: FloatArray
    z: FloatArray
    p: FloatArray
    tau: FloatArray

    def rising(self, level: float = 0.05) -> BoolArray:
        """Rows that rise by more than chance."""
        return np.asarray((self.p < level) & (self.z > 0), dtype=bool)

    def falling(self, level: float = 0.05) -> BoolArray:
        """Rows that fall by more than chance."""
        return np.asarray((self.p < level) & (self.z < 0), dtype=bool)


def mann_kendall(table: FloatArray) -> Trends:
    """The trend of every row over its columns (steps in time); equals pymannkendall's original test."""
    rows, steps = table.shape
    s, ties = np.zeros(rows), np.zeros(rows)
    _concordance(np.ascontiguousarray(table, np.float64), s, ties)
    variance = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18.0
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(variance), 0.0)
    pairs = 0.5 * steps * (steps - 1)
    tau = s / pairs if pairs else np.zeros(rows)
    return Trends(s, variance, z, 2.0 * ndtr(-np.abs(z)), tau)


def sen_slope(table: FloatArray) -> FloatArray:
    """The median change per step of every row (Theil–Sen)."""
    rows, steps = table.shape
    if steps < 2:
        return np.zeros(rows)
    earlier, later = np.triu_indices(steps, 1)
    return np.asarray(np.median((table[:, later] - table[:, earlier]) / (later - earlier), axis=1))


@dataclass(frozen=True, slots=True)
class Emerging:
    """Each place over time. `z`, `hot` and `cold` have one row per place and one column per step."""

    kind: NDArray[np.str_]
    z: FloatArray
    hot: BoolArray
    cold: BoolArray
    trend: Trends
    rate: float


def emerging_hotspots(
    cube: FloatArray, neighbours: Neighbours, rate: float = DEFAULT_RATE, third: float | None = None
) -> Emerging:
    """The kind of each place, from a cube of one row per place and one column per step (equally long).

    `third` as in `geo.gi_star.gi_star`. Fewer than four steps cannot show a trend: every place is then
    `none`, whatever its counts.
    """
    z, p, alone = _gi_over_time(cube, neighbours, third)
    q = benjamini_hochberg(p.ravel()).reshape(p.shape)
    hot, cold = (q <= rate) & (z > 0), (q <= rate) & (z < 0)
    trend = mann_kendall(np.nan_to_num(alone))
    kind = np.full(len(cube), str(Kind.NONE), dtype="U12")
    if cube.shape[1] >= FEWEST_STEPS:
        for name, where in _kinds(hot, cold, trend).items():
            kind[where] = str(name)
    return Emerging(kind, z, hot, cold, trend, rate)


def _gi_over_time(
    cube: FloatArray, neighbours: Neighbours, third: float | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """z and p with the step before, and z of each step alone: only the last is free of overlap."""
    places, steps = cube.shape
    moments = Moments.of(cube.ravel())
    if third is not None:
        moments = replace(moments, third=third)
    z, p, alone = (np.full((places, steps), np.nan) for _ in range(3))
    before, sizes_before = np.zeros(places), np.zeros(places, np.int64)
    for step in range(steps):
        now, sizes_now = neighbourhood_sums(np.ascontiguousarray(cube[:, step]), neighbours)
        sums, sizes = now + before, sizes_now + sizes_before
        z[:, step] = z_of_sums(sums, sizes, moments)
        p[:, step] = two_sided_p(z[:, step], skew_of_sums(sizes, moments))
        alone[:, step] = z_of_sums(now, sizes_now, moments)
        before, sizes_before = now, sizes_now
    return z, p, alone


def _kinds(hot: BoolArray, cold: BoolArray, trend: Trends) -> dict[Kind, BoolArray]:
    """Where each kind applies; the kinds exclude one another."""
    steps = hot.shape[1]
    last, was_cold = hot[:, -1], cold.any(axis=1)
    total = hot.sum(axis=1)
    throughout = total >= MOST_STEPS * steps
    run = np.where(hot.all(axis=1), steps, np.argmin(hot[:, ::-1], axis=1))
    only_run = last & ~throughout & (run == total)
    mixed = last & ~throughout & ~only_run
    return {
        Kind.NEW: only_run & (run == 1) & ~was_cold,
        Kind.CONSECUTIVE: only_run & (run > 1) & ~was_cold,
        Kind.INTENSIFYING: last & throughout & trend.rising(),
        Kind.PERSISTENT: last & throughout & ~trend.rising() & ~trend.falling(),
        Kind.DIMINISHING: last & throughout & trend.falling(),
        Kind.SPORADIC: mixed & ~was_cold,
        Kind.OSCILLATING: last & ~throughout & was_cold,
        Kind.HISTORICAL: ~last & throughout,
    }


def steps_between(since: np.datetime64, until: np.datetime64, step_days: int) -> NDArray[np.datetime64]:
    """Starts of the whole steps that end at `until`, the oldest first, and `until` itself at the end."""
    step = np.timedelta64(step_days, "D")
    last = until.astype("datetime64[s]")
    count = max(int((last - since.astype("datetime64[s]")) // step), 0)
    return np.asarray(last - np.arange(count, -1, -1) * step.astype("timedelta64[s]"))


def cube_of(unit: IntArray, step: IntArray, units: int, steps: int) -> FloatArray:
    """Counts per place and step; a place or a step below zero or beyond the last is left out."""
    kept = (unit >= 0) & (unit < units) & (step >= 0) & (step < steps)
    counts = np.bincount(unit[kept] * steps + step[kept], minlength=units * steps)
    return counts.reshape(units, steps).astype(np.float64)


@compiled
def _concordance(table: NDArray[np.float64], s: NDArray[np.float64], ties: NDArray[np.float64]) -> None:
    rows, steps = table.shape
    for row in range(rows):
        values = table[row]
        total = 0
        for later in range(1, steps):
            for earlier in range(later):
                total += (values[later] > values[earlier]) - (values[later] < values[earlier])
        s[row] = total
        ordered = np.sort(values)
        run = 1
        for place in range(1, steps + 1):
            if place < steps and ordered[place] == ordered[place - 1]:
                run += 1
            else:
                ties[row] += run * (run - 1) * (2 * run + 5)
                run = 1
