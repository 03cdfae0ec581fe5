"""Hotspots from place to place: findings gathered where they lie, each place tested with those around it.

No boundary is drawn: a market corner that two grids share is one hotspot here. What is compared are the
places that have findings at all, so that this tells where the busy ones stand together.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.special import lambertw

from geo.coordinates import FloatArray, MetricPlane
from geo.gi_star import DEFAULT_RATE, GiStar, gi_star
from geo.neighbours import Neighbours

if TYPE_CHECKING:
    from shapely import Point

GATHER_M = 25.0
"""Findings in one square of this side are one place: phones err by as much."""
WITHIN_M = 100.0
"""Places within this distance of each other are neighbours."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places with findings: the middle of each one's findings (metres), and how many they are."""

    x: FloatArray
    y: FloatArray
    counts: FloatArray

    @classmethod
    def gathered(cls, x: FloatArray, y: FloatArray, side_m: float = GATHER_M) -> "Places":
        """Findings (metres) gathered by squares."""
        squares = np.column_stack((np.floor(x / side_m), np.floor(y / side_m)))
        _, which, counts = np.unique(squares, axis=0, return_inverse=True, return_counts=True)
        which = which.reshape(-1)
        return cls(
            np.bincount(which, x, len(counts)) / counts,
            np.bincount(which, y, len(counts)) / counts,
            counts.astype(np.float64),
        )

    def __len__(self) -> int:
        return len(self.counts)

    def hotspots(
        self, rate: float = DEFAULT_RATE, permutations: int = 0, within_m: float = WITHIN_M
    ) -> GiStar:
        """Gi* of every place among those within a distance; parameters as in `geo.gi_star.gi_star`."""
        neighbours = Neighbours.within(self.x, self.y, within_m)
        return gi_star(self.counts, neighbours, rate, permutations, third=third_of_chance(self.counts))

    def shapes(self, plane: MetricPlane) -> list["Point"]:
        """The places in WGS 84 degrees."""
        return list(shapely.points(*plane.to_degrees(self.x, self.y)))


def third_of_chance(counts: FloatArray) -> float:
    """Third central moment of counts of findings strewn at random, of which only those above 0 are seen.

    A Poisson count whose zeros are cut off; its rate is the one that gives the counts' own mean.
    """
    mean = float(counts.mean()) if len(counts) else 0.0
    if mean <= 1.0:
        return 0.0
    rate = mean + float(lambertw(-mean * np.exp(-mean)).real)
    seen = 1.0 - np.exp(-rate)
    second, third = (rate + rate**2) / seen, (rate + 3 * rate**2 + rate**3) / seen
    return float(third - 3 * mean * second + 2 * mean**3)
