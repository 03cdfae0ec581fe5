"""Density on a raster: points spread over the nearest cells, then two one-dimensional Gaussians."""

from dataclasses import dataclass

import numpy as np

from geo.compiled import compiled
from geo.coordinates import FloatArray
from geo.observations import IntArray

_REACH = 4.5
"""Bandwidths after which a Gaussian is cut: 0.004% of its height is left."""
_LARGEST_CELL = 0.5
"""Bandwidths a cell may measure; above that the raster would show itself."""
_STAMP_LIMIT = 200
"""Up to so many new points are stamped one by one; more are faster in one sweep."""

M2_PER_KM2 = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Raster:
    """Square cells on a metric plane; `west_m` and `south_m` are the outer corner of cell (0, 0)."""

    west_m: float
    south_m: float
    cell_m: float
    columns: int
    rows: int

    @classmethod
    def over(cls, bounds_m: tuple[float, float, float, float], cell_m: float, margin_m: float) -> "Raster":
        """The raster over west, south, east and north (metres), with a margin all round."""
        west, south, east, north = bounds_m
        columns = int(np.ceil((east - west + 2 * margin_m) / cell_m)) or 1
        rows = int(np.ceil((north - south + 2 * margin_m) / cell_m)) or 1
        return cls(west - margin_m, south - margin_m, cell_m, columns, rows)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def centres_m(self) -> tuple[FloatArray, FloatArray]:
        """Metres east of the columns' centres and north of the rows' centres."""
        east = self.west_m + (np.arange(self.columns, dtype=np.float64) + 0.5) * self.cell_m
        north = self.south_m + (np.arange(self.rows, dtype=np.float64) + 0.5) * self.cell_m
        return np.asarray(east, np.float64), np.asarray(north, np.float64)


def count_on(raster: Raster, x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Points (metres) spread over the four nearest cell centres, in proportion; outside ones are left out."""
    counts = np.zeros(raster.shape)
    weight = np.ones(1) if weights is None else np.ascontiguousarray(weights, np.float64)
    _spread(counts, _f64(x), _f64(y), weight, raster.west_m, raster.south_m, raster.cell_m)
    return counts


def smooth(raster: Raster, counts: FloatArray, bandwidth_m: float) -> FloatArray:
    """Points per square kilometre around every cell's centre, from counts spread by `count_on`.

    The kernel is a Gaussian with the bandwidth as its standard deviation, made narrower by what the
    spreading has widened already.
    """
    kernel = _kernel(raster, bandwidth_m)
    across = np.empty_like(counts)
    density = np.empty_like(counts)
    _along_rows(counts, kernel, across)
    _along_columns(across, kernel, density)
    density *= M2_PER_KM2 / raster.cell_m**2
    return density


def density(
    raster: Raster, x: FloatArray, y: FloatArray, bandwidth_m: float, weights: FloatArray | None = None
) -> FloatArray:
    """Points per square kilometre around every cell's centre (metres, rows from south to north)."""
    return smooth(raster, count_on(raster, x, y, weights), bandwidth_m)


class GrowingDensity:
    """A density that takes new points (or gives old ones back) without looking at the others again."""

    def __init__(self, raster: Raster, bandwidth_m: float) -> None:
        self.raster = raster
        self.bandwidth_m = bandwidth_m
        self.total = 0.0
        self.values = np.zeros(raster.shape)
        self._counts = np.zeros(raster.shape)
        self._kernel = _kernel(raster, bandwidth_m)

    def add(self, x: FloatArray, y: FloatArray, sign: float = 1.0) -> None:
        """Add points (metres), or take them away with sign -1."""
        raster = self.raster
        new = count_on(raster, x, y, np.full(len(x), sign))
        self._counts += new
        self.total += float(new.sum())
        if len(x) > _STAMP_LIMIT:
            self.values = smooth(raster, self._counts, self.bandwidth_m)
            return
        rows, columns = np.nonzero(new)
        scale = M2_PER_KM2 / raster.cell_m**2
        _stamp(self.values, rows, columns, new[rows, columns] * scale, self._kernel)


def _kernel(raster: Raster, bandwidth_m: float) -> FloatArray:
    """Half of the one-dimensional kernel, from its middle outwards; the whole sums to one."""
    if not bandwidth_m > 0 or raster.cell_m > _LARGEST_CELL * bandwidth_m:
        raise ValueError(f"Cells of {raster.cell_m:g} m are too coarse for a bandwidth of {bandwidth_m:g} m.")
    spread = bandwidth_m / raster.cell_m
    narrowed = np.sqrt(spread**2 - 1.0 / 6.0)  # spreading over two centres adds a sixth of a cell²
    reach = int(np.ceil(_REACH * spread))
    half = np.exp(-0.5 * (np.arange(reach + 1) / narrowed) ** 2)
    return np.asarray(half / (half[0] + 2.0 * half[1:].sum()))


def _f64(values: FloatArray) -> FloatArray:
    return np.ascontiguousarray(values, np.float64)


@compiled
def _spread(
    counts: FloatArray,
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    west: float,
    south: float,
    cell: float,
) -> None:
    rows, columns = counts.shape
    for point in range(len(x)):
        column = (x[point] - west) / cell - 0.5
        row = (y[point] - south) / cell - 0.5
        if not (-0.5 <= column <= columns - 0.5 and -0.5 <= row <= rows - 0.5):
            continue  # also what is not a number
        weight = weights[point] if len(weights) > 1 or len(x) == 1 else weights[0]
        left, low = int(np.floor(column)), int(np.floor(row))
        right_share, high_share = column - left, row - low
        right, high = min(left + 1, columns - 1), min(low + 1, rows - 1)
        left, low = max(left, 0), max(low, 0)
        counts[low, left] += weight * (1.0 - right_share) * (1.0 - high_share)
        counts[low, right] += weight * right_share * (1.0 - high_share)
        counts[high, left] += weight * (1.0 - right_share) * high_share
        counts[high, right] += weight * right_share * high_share


@compiled
def _along_rows(counts: FloatArray, kernel: FloatArray, out: FloatArray) -> None:
    rows, columns = counts.shape
    reach = len(kernel) - 1
    padded = np.zeros(columns + 2 * reach)
    for row in range(rows):
        padded[reach : reach + columns] = counts[row]
        sums = out[row]
        for column in range(columns):
            sums[column] = kernel[0] * padded[column + reach]
        for step in range(1, reach + 1):
            weight = kernel[step]
            for column in range(columns):
                sums[column] += weight * (padded[column + reach - step] + padded[column + reach + step])


@compiled
def _along_columns(counts: FloatArray, kernel: FloatArray, out: FloatArray) -> None:
    rows, columns = counts.shape
    reach = len(kernel) - 1
    for row in range(rows):
        sums = out[row]
        sums[:] = 0.0
        for other in range(max(0, row - reach), min(rows, row + reach + 1)):
            weight = kernel[abs(other - row)]
            source = counts[other]
            for column in range(columns):
                sums[column] += weight * source[column]


@compiled
def _stamp(
    values: FloatArray, rows: IntArray, columns: IntArray, weights: FloatArray, kernel: FloatArray
) -> None:
    reach = len(kernel) - 1
    height, width = values.shape
    for place in range(len(rows)):
        row, column = rows[place], columns[place]
        for other in range(max(0, row - reach), min(height, row + reach + 1)):
            weight = weights[place] * kernel[abs(other - row)]
            for beside in range(max(0, column - reach), min(width, column + reach + 1)):
                values[other, beside] += weight * kernel[abs(beside - column)]
