"""Who counts as a neighbour of whom: nearest points, points within a distance, shapes that touch, cells."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.coordinates import FloatArray
from geo.observations import IntArray


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Neighbourhoods of n units in compressed rows; every unit belongs to its own.

    The members of unit i are `members[starts[i]:starts[i + 1]]`.
    """

    starts: IntArray
    members: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> IntArray:
        """How many members each neighbourhood has, the unit itself included."""
        return np.diff(self.starts)

    @classmethod
    def from_pairs(cls, count: int, units: IntArray, members: IntArray) -> Self:
        """From pairs (unit, member) in any order; every unit's own membership is added, doubles go."""
        keys = np.unique(
            np.concatenate((units * count + members, np.arange(count) * count + np.arange(count)))
        )
        sizes = np.bincount(keys // count, minlength=count) if count else np.empty(0, np.int64)
        starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        return cls(starts, (keys % max(count, 1)).astype(np.int32))

    @classmethod
    def nearest(cls, x: FloatArray, y: FloatArray, count: int = 8) -> Self:
        """The `count` nearest other points (metres); all of them where there are no more."""
        points = np.column_stack((x, y))
        wanted = min(count + 1, len(points))
        if wanted <= 1:
            return cls.from_pairs(len(points), np.empty(0, np.int64), np.empty(0, np.int64))
        _, found = cKDTree(points).query(points, k=wanted)
        own = np.arange(len(points))
        # among points on one place the query may miss the point itself: put it in for the farthest
        missed = ~(found == own[:, None]).any(axis=1)
        found[missed, -1] = own[missed]
        found.sort(axis=1)
        starts = np.arange(len(points) + 1, dtype=np.int64) * wanted
        return cls(starts, found.ravel().astype(np.int32))

    @classmethod
    def within(cls, x: FloatArray, y: FloatArray, distance_m: float) -> Self:
        """All points within a distance (metres)."""
        pairs = cKDTree(np.column_stack((x, y))).query_pairs(distance_m, output_type="ndarray")
        pairs = pairs.astype(np.int64)
        return cls.from_pairs(
            len(x), np.concatenate((pairs[:, 0], pairs[:, 1])), np.concatenate((pairs[:, 1], pairs[:, 0]))
        )

    @classmethod
    def touching(cls, shapes: NDArray[np.object_], gap: float = 0.0) -> Self:
        """Shapes that touch, or lie within a gap of each other (in the shapes' own unit)."""
        tree = shapely.STRtree(shapes)
        if gap > 0:
            units, members = tree.query(shapes, predicate="dwithin", distance=gap)
        else:
            units, members = tree.query(shapes, predicate="intersects")
        return cls.from_pairs(len(shapes), units.astype(np.int64), members.astype(np.int64))

    @classmethod
    def on_raster(cls, rows: int, columns: int) -> Self:
        """The eight cells around every cell of a raster, numbered row by row."""
        row, column = np.divmod(np.arange(rows * columns), columns)
        units: list[IntArray] = []
        members: list[IntArray] = []
        for up in (-1, 0, 1):
            for right in (-1, 0, 1):
                there = (
                    (row + up >= 0) & (row + up < rows) & (column + right >= 0) & (column + right < columns)
                )
                units.append(np.flatnonzero(there))
                members.append(np.flatnonzero(there) + up * columns + right)
        return cls.from_pairs(rows * columns, np.concatenate(units), np.concatenate(members))
