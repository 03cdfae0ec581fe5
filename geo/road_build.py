"""From loose lines to a network's arrays: nodes in an order that keeps neighbours together in memory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]

BRIDGE = np.uint8(1)
TUNNEL = np.uint8(2)

_HILBERT_BITS = 16


@dataclass(slots=True)
class RoadTable:
    """Edges as a reader found them: one row an edge, lines in WGS 84 degrees, `-1` for 'not given'.

    `start` and `end` number the nodes 0 … n-1. An edge may be used in both directions where its access
    masks say so (`Mode.bit`). `posted_kmh` is 0 where no speed is posted. A fixed time (tenths of a
    second) overrides length and speed.
    """

    node_lon: Floats
    node_lat: Floats
    start: Ints
    end: Ints
    length_m: Floats
    forward: Bytes
    backward: Bytes
    road_class: Bytes
    node_ids: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    signals: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    flags: Bytes = field(default_factory=lambda: np.empty(0, np.uint8))
    layer: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    posted_kmh: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    source_ids: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    fixed_forward_ds: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    fixed_backward_ds: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    name: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    names: list[tuple[str, str]] = field(default_factory=list)
    shape_first: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    shape_lon: Floats = field(default_factory=lambda: np.empty(0, np.float64))
    shape_lat: Floats = field(default_factory=lambda: np.empty(0, np.float64))

    def __post_init__(self) -> None:
        nodes, edges = len(self.node_lon), len(self.start)
        if not len(self.node_ids):
            self.node_ids = np.arange(nodes, dtype=np.int64)
        if not len(self.signals):
            self.signals = np.zeros(nodes, np.bool_)
        if not len(self.flags):
            self.flags = np.zeros(edges, np.uint8)
        if not len(self.layer):
            self.layer = np.zeros(edges, np.int8)
        if not len(self.posted_kmh):
            self.posted_kmh = np.zeros(edges, np.float32)
        if not len(self.source_ids):
            self.source_ids = np.arange(edges, dtype=np.int64)
        for column in ("fixed_forward_ds", "fixed_backward_ds", "name"):
            if not len(getattr(self, column)):
                setattr(self, column, np.full(edges, -1, np.int32))
        if not len(self.shape_first):
            self._draw_straight_lines(edges)

    def _draw_straight_lines(self, edges: int) -> None:
        self.shape_first = np.arange(0, 2 * edges + 1, 2, dtype=np.int64)
        ends = np.column_stack([self.start, self.end]).ravel()
        self.shape_lon, self.shape_lat = self.node_lon[ends], self.node_lat[ends]

    def keep_edges(self, kept: NDArray[np.bool_]) -> "RoadTable":
        """The table with some of its edges, and only the nodes that these still use."""
        rows = np.flatnonzero(kept)
        used = np.zeros(len(self.node_lon), np.bool_)
        used[self.start[rows]] = used[self.end[rows]] = True
        number = np.cumsum(used, dtype=np.int32) - 1
        table = _with_edges(self, rows)
        table.start, table.end = number[table.start].astype(np.int32), number[table.end].astype(np.int32)
        for column in ("node_lon", "node_lat", "node_ids", "signals"):
            setattr(table, column, getattr(self, column)[used])
        return table

    def in_memory_order(self) -> "RoadTable":
        """The same network with nodes along a Hilbert curve and edges sorted by their first node."""
        order = hilbert_order(self.node_lon, self.node_lat)
        number = np.empty(len(order), np.int32)
        number[order] = np.arange(len(order), dtype=np.int32)
        rows = np.lexsort((number[self.end], number[self.start]))
        table = _with_edges(self, rows)
        table.start, table.end = number[table.start], number[table.end]
        for column in ("node_lon", "node_lat", "node_ids", "signals"):
            setattr(table, column, getattr(self, column)[order])
        return table


_EDGE_COLUMNS = (
    "start",
    "end",
    "length_m",
    "forward",
    "backward",
    "road_class",
    "flags",
    "layer",
    "posted_kmh",
    "source_ids",
    "fixed_forward_ds",
    "fixed_backward_ds",
    "name",
)


def _with_edges(table: RoadTable, rows: Longs) -> RoadTable:
    columns = {column: getattr(table, column)[rows] for column in _EDGE_COLUMNS}
    counts = np.diff(table.shape_first)[rows]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    vertex = np.repeat(table.shape_first[rows] - first[:-1], counts) + np.arange(first[-1])
    return RoadTable(
        node_lon=table.node_lon,
        node_lat=table.node_lat,
        node_ids=table.node_ids,
        signals=table.signals,
        names=table.names,
        shape_first=first,
        shape_lon=table.shape_lon[vertex],
        shape_lat=table.shape_lat[vertex],
        **columns,
    )


def hilbert_order(lon: Floats, lat: Floats) -> Longs:
    """The order of places along a Hilbert curve: neighbours on the ground become neighbours in memory."""
    if not len(lon):
        return np.empty(0, np.int64)
    side = (1 << _HILBERT_BITS) - 1
    width = max(float(np.ptp(lon)), 1e-12)
    height = max(float(np.ptp(lat)), 1e-12)
    x = ((lon - lon.min()) / width * side).astype(np.int64)
    y = ((lat - lat.min()) / height * side).astype(np.int64)
    along = np.zeros(len(lon), np.int64)
    step = 1 << (_HILBERT_BITS - 1)
    while step:
        right, upper = (x & step) > 0, (y & step) > 0
        along += step * step * ((3 * right) ^ upper)
        mirrored = ~upper & right
        x, y = (
            np.where(mirrored, step - 1 - (x & (step - 1)), x),
            np.where(mirrored, step - 1 - (y & (step - 1)), y),
        )
        x, y = np.where(upper, x, y), np.where(upper, y, x)
        x, y = x & (step - 1), y & (step - 1)
        step >>= 1
    return np.argsort(along, kind="stable")


def table_from_arcs(
    source: NDArray[np.integer],
    target: NDArray[np.integer],
    weight_ds: NDArray[np.integer],
    lon: Floats,
    lat: Floats,
    *,
    mode_bits: int,
    road_class: int,
) -> RoadTable:
    """Arcs with their times in tenths of a second; an arc and its first counterpart become one edge."""
    low, high = np.minimum(source, target), np.maximum(source, target)
    upward = source <= target
    turn = np.empty(len(source), np.int64)
    for direction in (upward, ~upward):
        rows = np.flatnonzero(direction)
        turn[rows] = _running_number(low[rows], high[rows])
    loops = source == target
    key = np.lexsort((~upward, turn, high, low))
    follows = np.zeros(len(source), np.bool_)
    before, after = key[:-1], key[1:]
    follows[1:] = (
        (low[before] == low[after])
        & (high[before] == high[after])
        & (turn[before] == turn[after])
        & ~loops[after]
    )
    heads = np.flatnonzero(~follows)
    row = key[heads]
    partner = np.full(len(heads), -1, np.int64)
    paired = np.flatnonzero(np.append(follows, False)[heads + 1])
    partner[paired] = key[heads[paired] + 1]
    both = partner >= 0
    bits = np.uint8(mode_bits)
    return RoadTable(
        node_lon=np.asarray(lon, np.float64),
        node_lat=np.asarray(lat, np.float64),
        start=source[row].astype(np.int32),
        end=target[row].astype(np.int32),
        length_m=_straight_m(lon, lat, source[row], target[row]),
        forward=np.full(len(row), bits, np.uint8),
        backward=np.where(both, bits, np.uint8(0)).astype(np.uint8),
        road_class=np.full(len(row), road_class, np.uint8),
        fixed_forward_ds=weight_ds[row].astype(np.int32),
        fixed_backward_ds=np.where(both, weight_ds[partner], -1).astype(np.int32),
        source_ids=row.astype(np.int64),
    )


def _running_number(low: NDArray[np.integer], high: NDArray[np.integer]) -> Longs:
    """How many equal pairs came before, for each pair."""
    order = np.lexsort((low, high))
    same = (low[order][1:] == low[order][:-1]) & (high[order][1:] == high[order][:-1])
    position = np.arange(len(low))
    first = np.where(np.concatenate([[False], same]), 0, position)
    number = np.empty(len(low), np.int64)
    number[order] = position - np.maximum.accumulate(first) if len(low) else 0
    return number


def _straight_m(lon: Floats, lat: Floats, start: NDArray[np.integer], end: NDArray[np.integer]) -> Floats:
    return great_circle_m(lon[start], lat[start], lon[end], lat[end])


def great_circle_m(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Metres between places over a sphere of the earth's mean radius, pair by pair."""
    phi, other_phi = np.radians(lat), np.radians(other_lat)
    half = np.sin((other_phi - phi) / 2) ** 2
    half = half + np.cos(phi) * np.cos(other_phi) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    metres: Floats = 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return metres
