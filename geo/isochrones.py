"""Isochrones: the ground from which (or to which) a place is within some minutes, as clean nested polygons.

The ground is laid out in square cells. A cell's time is that of its snap: the road it lies beside, plus the
walk to it. So a polygon agrees with the times that the engine gives to doors, and cannot jump a river: the
far bank belongs to the far bank's road. One field of times is cut at every limit, which makes the polygons of
one place lie in each other without any test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, cast

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import MetricPlane
from geo.road_build import Floats, Ints
from geo.road_rules import Mode
from geo.snapping import Snaps
from geo.travel import Direction, Places, Travel

_MARGIN_S: Final = 90.0
"""Times a little past the last limit are kept, so that the edge lies between cells and not on them."""
_BESIDE_M: Final = 100.0
"""Ground farther than this from every road belongs to no isochrone."""

_CELL_M: Final = {Mode.WALK: 25.0, Mode.EBIKE: 40.0, Mode.DRIVE: 60.0}
_Outlines = tuple[list[Floats], list[NDArray[np.uint32]]]
"""Polygons' points, and where in them each ring begins."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The cells of a rectangle: columns east, rows north."""

    column: int
    row: int
    columns: int
    rows: int


def isochrones(
    travel: Travel,
    places: Places,
    minutes: Sequence[float] = (5, 10, 15),
    *,
    direction: Direction = "to",
    cell_m: float | None = None,
    barriers: Sequence[BaseGeometry] = (),
) -> gpd.GeoDataFrame:
    """One polygon for each place and limit: columns `place` (its row), `minutes`, `area_m2`, WGS 84 degrees.

    Parameters
    ----------
    direction
        "to": the ground from which the place is reached in time (a service centre); "from": the ground
        that somebody at the place reaches in time (a responder).
    cell_m
        The side of a cell: the polygons are about this fine. By default 25 m on foot, 60 m by car.
    barriers
        Water and the like, in WGS 84 degrees: ground that belongs to nobody.
    """
    limits = sorted({float(limit) for limit in minutes})
    if not limits or limits[0] <= 0:
        raise ValueError("Give the limits in minutes above zero, e.g. (5, 10, 15).")
    snaps = travel.snaps_of(places)
    reach = travel.reach_each(snaps, limits[-1] * 60.0 + _MARGIN_S, direction=direction)
    ground = _Ground(travel, cell_m or _CELL_M[travel.mode])
    windows = [ground.window(reach.of(i)[0], snaps, i) for i in range(len(snaps))]
    ground.lay_out([window for window in windows if window], barriers)
    rows: list[tuple[int, float, float]] = []
    shapes: list[BaseGeometry] = []
    for i, window in enumerate(windows):
        times = ground.times(snaps.rows(np.array([i])), window, limits[-1], direction) if window else None
        for limit in limits:
            shape = ground.shape_within(times, window, limit) if window and times is not None else Polygon()
            rows.append((i, limit, shape.area))
            shapes.append(shape)
    return gpd.GeoDataFrame(
        {
            "place": np.array([row[0] for row in rows], np.int64),
            "minutes": np.array([row[1] for row in rows]),
            "area_m2": np.array([row[2] for row in rows]),
        },
        geometry=_in_degrees(shapes, travel.network.plane),
        crs="EPSG:4326",
    )


class _Ground:
    """Cells over the part of the network that is asked about, each with its snap."""

    def __init__(self, travel: Travel, cell_m: float) -> None:
        self._travel, self._cell = travel, cell_m
        table = travel.network.table
        self._node_x, self._node_y = travel.network.plane.to_metres(table.node_lon, table.node_lat)
        self._origin = (0, 0)
        self._snaps = Snaps.at_nodes(np.empty(0, np.int64))
        self._shape = (0, 0)

    def window(self, nodes: Ints, snaps: Snaps, place: int) -> _Window | None:
        """The cells around the nodes that are in reach."""
        if not len(nodes):
            edge = int(snaps.edge[place])
            if edge < 0:
                return None
            nodes = np.array([self._travel.network.table.start[edge]], np.int32)
        aside = _BESIDE_M + 2 * self._cell
        x, y = self._node_x[nodes], self._node_y[nodes]
        west, south = (int(np.floor((v.min() - aside) / self._cell)) for v in (x, y))
        east, north = (int(np.ceil((v.max() + aside) / self._cell)) for v in (x, y))
        return _Window(west, south, east - west + 1, north - south + 1)

    def lay_out(self, windows: Sequence[_Window], barriers: Sequence[BaseGeometry]) -> None:
        """Snap every cell that lies in some window; cells in barriers belong to nobody."""
        if not windows:
            return
        west, south = min(w.column for w in windows), min(w.row for w in windows)
        columns = max(w.column + w.columns for w in windows) - west
        rows = max(w.row + w.rows for w in windows) - south
        needed = np.zeros((rows, columns), np.bool_)
        for w in windows:
            needed[w.row - south : w.row - south + w.rows, w.column - west : w.column - west + w.columns] = 1
        row, column = np.nonzero(needed)
        x = ((west + column) * self._cell).astype(np.float64)
        y = ((south + row) * self._cell).astype(np.float64)
        lon, lat = self._travel.network.plane.to_degrees(x, y)
        found = self._travel.snap(lon, lat)
        found.edge[found.off_m > _BESIDE_M] = Snaps.nowhere()
        for barrier in barriers:
            shapely.prepare(barrier)
            found.edge[shapely.contains_xy(barrier, lon, lat)] = Snaps.nowhere()
        whole = Snaps(
            np.full(rows * columns, Snaps.nowhere(), np.int32),
            np.zeros(rows * columns),
            np.zeros(rows * columns, np.int32),
            np.zeros(rows * columns),
        )
        at = np.flatnonzero(needed)
        whole.edge[at], whole.along[at], whole.off_ds[at] = found.edge, found.along, found.off_ds
        self._origin, self._shape, self._snaps = (west, south), (rows, columns), whole

    def times(self, place: Snaps, window: _Window, last_limit: float, direction: Direction) -> Floats:
        """Seconds of every cell of a window; far more than the last limit where nobody gets to."""
        top, left = window.row - self._origin[1], window.column - self._origin[0]
        row = np.arange(top, top + window.rows)[:, None] * self._shape[1]
        cells = (row + np.arange(left, left + window.columns)).ravel()
        limit_s = last_limit * 60.0
        seconds = self._travel.seconds_within(
            self._snaps.rows(cells), place, limit_s + _MARGIN_S, direction=direction
        )[0]
        times: Floats = np.where(np.isfinite(seconds), seconds, 1.5 * limit_s + _MARGIN_S)
        return times.reshape(window.rows, window.columns)

    def shape_within(self, times: Floats, window: _Window, limit: float) -> BaseGeometry:
        """The polygon of the cells within a limit, on the plane. Specks and pinholes are left out."""
        x = (window.column + np.arange(window.columns)) * self._cell
        y = (window.row + np.arange(window.rows)) * self._cell
        # A level between two tenths of a second never meets a cell's time exactly.
        level = limit * 60.0 + 0.04
        lines = contourpy.contour_generator(x, y, times, fill_type=contourpy.FillType.OuterOffset)
        points, offsets = cast(_Outlines, lines.filled(-1.0, level))
        least = self._cell**2
        parts = [_polygon(p, o, least) for p, o in zip(points, offsets, strict=True)]
        shape: BaseGeometry = MultiPolygon([part for part in parts if part.area >= least])
        return shape if shape.is_valid else _valid(shape)


def _polygon(points: Floats, offsets: NDArray[np.integer], least: float) -> Polygon:
    rings = [points[a:b] for a, b in pairwise(offsets.tolist())]
    holes = [ring for ring in rings[1:] if Polygon(ring).area >= least]
    return Polygon(rings[0], holes)


def _valid(shape: BaseGeometry) -> BaseGeometry:
    """Where two cells touch by a corner, a ring meets itself; take it apart there."""
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    polygons = [part for part in shapely.get_parts(mended) if part.geom_type == "Polygon"]
    return MultiPolygon(polygons)


def _in_degrees(shapes: Sequence[BaseGeometry], plane: MetricPlane) -> list[BaseGeometry]:
    return [plane.shape_to_degrees(shape) for shape in shapes]
