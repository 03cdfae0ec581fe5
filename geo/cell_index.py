"""Which shapes a point may lie in: a raster of cells, each with its short list of candidates.

A look-up costs one division and one list access, whatever the number of shapes, so that a finding is
located in microseconds; the exact test against the candidates follows and decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geo.coordinates import FloatArray

IntArray = NDArray[np.int64]
_CELLS_MAX = 400_000


@dataclass(slots=True)
class CellIndex:
    """Candidates by cell for shapes in degrees; candidates keep the order in which shapes were given.

    A cell that its first candidate covers wholly needs no test at all.
    """

    shapes: NDArray[np.object_]
    cell_deg: float
    _west: float = field(init=False)
    _south: float = field(init=False)
    _columns: int = field(init=False)
    _rows: int = field(init=False)
    _candidates: list[tuple[int, ...]] = field(init=False)
    _inner: list[int] = field(init=False)
    _starts: IntArray = field(init=False)
    _flat: IntArray = field(init=False)

    def __post_init__(self) -> None:
        if len(self.shapes) == 0:
            self._west = self._south = 0.0
            self._columns = self._rows = 0
            self._fill(0, np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
            return
        west, south, east, north = shapely.total_bounds(self.shapes)
        span = max(east - west, 1e-9) * max(north - south, 1e-9)
        self.cell_deg = max(self.cell_deg, float(np.sqrt(span / _CELLS_MAX)))
        self._west, self._south = float(west), float(south)
        self._columns = int((east - west) / self.cell_deg) + 1
        self._rows = int((north - south) / self.cell_deg) + 1
        self._build()

    def _build(self) -> None:
        x, y = np.meshgrid(
            self._west + np.arange(self._columns) * self.cell_deg,
            self._south + np.arange(self._rows) * self.cell_deg,
        )
        rim = self.cell_deg * 1e-6
        boxes = shapely.box(
            x.ravel() - rim, y.ravel() - rim, x.ravel() + self.cell_deg + rim, y.ravel() + self.cell_deg + rim
        )
        tree = STRtree(boxes)
        shape_of, cell_of = tree.query(self.shapes, predicate="intersects")
        full_shape, full_cell = tree.query(self.shapes, predicate="contains_properly")
        inner = np.full(len(boxes), -1, np.int64)
        inner[full_cell[::-1]] = full_shape[::-1]
        order = np.lexsort((shape_of, cell_of))
        self._fill(len(boxes), cell_of[order], shape_of[order], inner)

    def _fill(self, cells: int, cell_of: IntArray, shape_of: IntArray, inner: IntArray) -> None:
        self._starts = np.searchsorted(cell_of, np.arange(cells + 1)).astype(np.int64)
        self._flat = shape_of.astype(np.int64)
        flat = self._flat.tolist()
        ends = self._starts.tolist()
        self._candidates = [tuple(flat[a:b]) for a, b in pairwise(ends)]
        first = np.append(self._flat, -1)[self._starts[:-1]]
        self._inner = np.where(first == inner, inner, -1).tolist()

    def at(self, lon: float, lat: float) -> tuple[int, Sequence[int]]:
        """(shape that surely covers the point or -1, indices of the shapes to test)."""
        column = (lon - self._west) / self.cell_deg
        row = (lat - self._south) / self.cell_deg
        if not (0.0 <= column < self._columns and 0.0 <= row < self._rows):
            return -1, ()
        cell = int(row) * self._columns + int(column)
        return self._inner[cell], self._candidates[cell]

    def at_many(self, lons: FloatArray, lats: FloatArray) -> tuple[IntArray, IntArray]:
        """Pairs (point, shape to test) for points in arrays, ordered by point, then by shape."""
        column = (lons - self._west) / self.cell_deg
        row = (lats - self._south) / self.cell_deg
        with np.errstate(invalid="ignore"):
            within = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        point = np.flatnonzero(within)
        cell = row[point].astype(np.int64) * self._columns + column[point].astype(np.int64)
        count = self._starts[cell + 1] - self._starts[cell]
        first = np.repeat(self._starts[cell] - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        return np.repeat(point, count), self._flat[first + np.arange(count.sum())]


def covers(shape: BaseGeometry, lon: float, lat: float) -> bool:
    """Whether the point lies in the shape or on its boundary."""
    return bool(shapely.intersects_xy(shape, lon, lat))


def covers_pairs(
    shapes: NDArray[np.object_], shape_of: IntArray, lons: FloatArray, lats: FloatArray
) -> NDArray[np.bool_]:
    """`covers` for pairs of a shape's index and a point, shape by shape over the prepared shapes."""
    result = np.zeros(len(shape_of), bool)
    order = np.argsort(shape_of, kind="stable")
    if len(order) == 0:
        return result
    cuts = np.flatnonzero(np.diff(shape_of[order])) + 1
    for same in np.split(order, cuts):
        result[same] = shapely.intersects_xy(shapes[shape_of[same[0]]], lons[same], lats[same])
    return result
