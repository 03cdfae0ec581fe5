"""Where on the road a person or a finding is: on an edge, some share along it, some metres beside it."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import NOWHERE, compiled
from geo.road_build import Bytes, Floats, Ints, Longs

_CELL_M: Final = 96.0
_AT_NODE_M: Final = 0.01
"""Nearer than this to an edge's end, a place is at the crossing itself and may leave it any way."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EdgePieces:
    """Every straight piece of every edge on the metric plane, found through a grid of square cells."""

    x: Floats
    y: Floats
    edge: Ints
    cell_first: Ints
    cell_piece: Ints
    west: float
    south: float
    cell_m: float
    columns: int
    rows: int


class Snap(NamedTuple):
    """One place on the network: see `Snaps`."""

    edge: int
    along: float
    off_ds: int


@dataclass(frozen=True, slots=True)
class Snaps:
    """Places on the network, one row each.

    `edge` is the edge number, or `-1 - node` for a place at a crossing; `along` the share of the edge's
    length from its start; `off_m` the metres beside the road, and `off_ds` the tenths of a second to walk
    them. A place that is too far from every usable road has `edge == NOWHERE`.
    """

    edge: Ints
    along: Floats
    off_ds: Ints
    off_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def __getitem__(self, row: int) -> Snap:
        return Snap(int(self.edge[row]), float(self.along[row]), int(self.off_ds[row]))

    def rows(self, rows: NDArray[np.integer] | slice) -> "Snaps":
        """Some of the places."""
        return Snaps(self.edge[rows], self.along[rows], self.off_ds[rows], self.off_m[rows])

    def and_then(self, more: "Snaps") -> "Snaps":
        """These places, and more behind them."""
        return Snaps(
            np.concatenate([self.edge, more.edge]),
            np.concatenate([self.along, more.along]),
            np.concatenate([self.off_ds, more.off_ds]),
            np.concatenate([self.off_m, more.off_m]),
        )

    @property
    def found(self) -> Flags:
        """Which places are on the network."""
        on_network: Flags = self.edge != NOWHERE
        return on_network

    @staticmethod
    def nowhere() -> int:
        """The edge number of a place that no road takes."""
        return NOWHERE

    @classmethod
    def at_nodes(cls, nodes: NDArray[np.integer]) -> "Snaps":
        """Places exactly at crossings."""
        count = len(nodes)
        return cls((-1 - nodes).astype(np.int32), np.zeros(count), np.zeros(count, np.int32), np.zeros(count))


def index_pieces(first: Longs, x: Floats, y: Floats) -> EdgePieces:
    """Lay the grid over the edges' lines; `first` says where each edge's vertices begin."""
    counts = np.diff(first)
    edge_of_vertex = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    start = np.flatnonzero(edge_of_vertex[:-1] == edge_of_vertex[1:]) if len(x) else np.empty(0, np.int64)
    if not len(start):
        empty = np.empty(0, np.int32)
        return EdgePieces(x, y, empty, np.zeros(2, np.int32), empty, 0.0, 0.0, _CELL_M, 1, 1)
    west, south = float(x.min()), float(y.min())
    width, height = float(np.ptp(x)), float(np.ptp(y))
    enough = (width * height / (4.0 * len(start) + 1024)) ** 0.5
    cell_m = max(_CELL_M, enough, max(width, height) / 30_000)
    columns, rows = int(width / cell_m) + 1, int(height / cell_m) + 1
    cell_first, cell_piece = _fill_cells(start.astype(np.int32), x, y, west, south, cell_m, columns, rows)
    # `edge` is kept per vertex: the piece that begins at the vertex belongs to it.
    return EdgePieces(x, y, edge_of_vertex, cell_first, cell_piece, west, south, cell_m, columns, rows)


@compiled
def _fill_cells(
    start: Ints, x: Floats, y: Floats, west: float, south: float, cell_m: float, columns: int, rows: int
) -> tuple[Ints, Ints]:
    first = np.zeros(columns * rows + 1, np.int32)
    for filling in range(2):
        if filling:
            for cell in range(columns * rows):
                first[cell + 1] += first[cell]
            pieces = np.empty(first[-1], np.int32)
            fill = first[:-1].copy()
        else:
            pieces = np.empty(0, np.int32)
            fill = first[:-1].copy()
        for i in range(len(start)):
            v = start[i]
            low_c = int((min(x[v], x[v + 1]) - west) / cell_m)
            high_c = int((max(x[v], x[v + 1]) - west) / cell_m)
            low_r = int((min(y[v], y[v + 1]) - south) / cell_m)
            high_r = int((max(y[v], y[v + 1]) - south) / cell_m)
            for r in range(low_r, min(high_r, rows - 1) + 1):
                for c in range(low_c, min(high_c, columns - 1) + 1):
                    if filling:
                        pieces[fill[r * columns + c]] = v
                        fill[r * columns + c] += 1
                    else:
                        first[r * columns + c + 1] += 1
    return first, pieces


@compiled
def _nearest_in_cell(
    px: float,
    py: float,
    x: Floats,
    y: Floats,
    edge_of_vertex: Ints,
    pieces: Ints,
    usable: Bytes,
    bridge_reach_m: float,
    best: float,
    best_edge: int,
    best_vertex: int,
    best_share: float,
) -> tuple[float, int, int, float]:
    """The best piece so far (by squared metres), or a nearer one of this cell; equals by edge."""
    for v in pieces:
        kind = usable[edge_of_vertex[v]]
        if kind == 0:
            continue
        dx, dy = x[v + 1] - x[v], y[v + 1] - y[v]
        square = dx * dx + dy * dy
        t = ((px - x[v]) * dx + (py - y[v]) * dy) / square if square > 0 else 0.0
        t = min(max(t, 0.0), 1.0)
        ox, oy = x[v] + t * dx - px, y[v] + t * dy - py
        away = ox * ox + oy * oy
        if kind == 2 and away > bridge_reach_m * bridge_reach_m:
            continue
        if away < best or (away == best and edge_of_vertex[v] < best_edge):
            best, best_edge, best_vertex, best_share = away, edge_of_vertex[v], v, t
    return best, best_edge, best_vertex, best_share


@compiled
def snap_each(
    place_x: Floats,
    place_y: Floats,
    x: Floats,
    y: Floats,
    edge_of_vertex: Ints,
    cell_first: Ints,
    cell_piece: Ints,
    grid: Floats,
    usable: Bytes,
    farthest_m: float,
    bridge_reach_m: float,
    edge: Ints,
    vertex: Ints,
    share: Floats,
    off_m: Floats,
) -> None:
    """The nearest usable piece of each place: its edge, the vertex it begins at, the share along it.

    `usable` is 0 for edges that may not be used, 1 for a street, 2 for a bridge or tunnel, which takes
    only places within `bridge_reach_m`. `grid` is west, south, cell size, columns, rows.
    """
    west, south, cell_m = grid[0], grid[1], grid[2]
    columns, rows = int(grid[3]), int(grid[4])
    for i in range(len(place_x)):
        px, py = place_x[i], place_y[i]
        column = int(np.floor((px - west) / cell_m))
        row = int(np.floor((py - south) / cell_m))
        # The rings before this one hold no cell of the grid at all.
        outside = max(max(-column, column - columns + 1), max(-row, row - rows + 1))
        ring = max(outside, 0)
        best, best_edge, best_vertex, best_share = farthest_m * farthest_m, -1, -1, 0.0
        while True:
            reached = (ring - 1) * cell_m
            if reached > 0 and reached * reached > best:
                break
            whole_grid = (
                row - ring < 0 and row + ring >= rows and column - ring < 0 and column + ring >= columns
            )
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                at_rim = r in (row - ring, row + ring) or ring == 0
                for c in range(column - ring, column + ring + 1, 1 if at_rim else 2 * ring):
                    if 0 <= c < columns:
                        cell = r * columns + c
                        best, best_edge, best_vertex, best_share = _nearest_in_cell(
                            px, py, x, y, edge_of_vertex, cell_piece[cell_first[cell] : cell_first[cell + 1]],
                            usable, bridge_reach_m, best, best_edge, best_vertex, best_share,
                        )  # fmt: skip
            if whole_grid:
                break
            ring += 1
        edge[i], vertex[i], share[i], off_m[i] = best_edge, best_vertex, best_share, np.sqrt(best)


@compiled
def snap_places(
    place_x: Floats,
    place_y: Floats,
    x: Floats,
    y: Floats,
    edge_of_vertex: Ints,
    cell_first: Ints,
    cell_piece: Ints,
    grid: Floats,
    usable: Bytes,
    limits: Floats,
    reach_m: Floats,
    first: Longs,
    start: Ints,
    end: Ints,
    edge: Ints,
    along: Floats,
    off_ds: Ints,
    off_m: Floats,
) -> None:
    """Snap places: which edge, how far along it, or the crossing at its end.

    `limits` is the farthest reach in metres, the reach of a bridge, and tenths of a second for each metre
    beside the road; `reach_m` holds for every vertex the metres from its edge's start.
    """
    vertex = np.empty(len(place_x), np.int32)
    share = np.empty(len(place_x), np.float64)
    snap_each(
        place_x, place_y, x, y, edge_of_vertex, cell_first, cell_piece, grid, usable, limits[0], limits[1],
        edge, vertex, share, off_m,
    )  # fmt: skip
    for i in range(len(edge)):
        e = edge[i]
        along[i] = 0.0
        off_ds[i] = 0
        if e < 0:
            edge[i] = NOWHERE
            continue
        off_ds[i] = int(off_m[i] * limits[2] + 0.5)
        total = reach_m[first[e + 1] - 1]
        v = vertex[i]
        done = reach_m[v] + share[i] * (reach_m[v + 1] - reach_m[v])
        if done <= _AT_NODE_M:
            edge[i] = -1 - start[e]
        elif total - done <= _AT_NODE_M:
            edge[i] = -1 - end[e]
        else:
            along[i] = done / total
