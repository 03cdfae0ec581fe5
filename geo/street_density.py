"""Density along streets: a finding spreads as far as one can walk from it, never through a block.

Streets are cut into short pieces. What one finding gives to each piece within reach is worked out once
for all pieces (a sparse table of shares); a layer is then one pass over the findings' pieces. Every
finding spreads exactly once in all: on a cul-de-sac it stays higher, at a crossing it thins out.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.ops import substring

from geo.compiled import compiled
from geo.coordinates import FloatArray, MetricPlane
from geo.observations import IntArray

if TYPE_CHECKING:
    from geo.roads import RoadNetwork

Ints = NDArray[np.int32]

PIECE_M = 25.0
BANDWIDTH_M = 200.0
SNAP_WITHIN_M = 60.0
"""A finding farther than this from every street belongs to none of them."""
M_PER_KM = 1000.0
_SHORTEST_M = 0.1


@dataclass(frozen=True, slots=True)
class StreetPieces:
    """Undirected edges on a metric plane, cut into equal pieces of about one length.

    Pieces of edge e are `first[e]` … `first[e + 1] - 1`, from its start node to its end node.
    """

    start: Ints
    end: Ints
    length_m: FloatArray
    first: IntArray
    nodes: int
    lines: NDArray[np.object_]
    plane: MetricPlane
    _tree: shapely.STRtree

    @classmethod
    def cut(
        cls,
        start: NDArray[np.integer],
        end: NDArray[np.integer],
        lines: NDArray[np.object_],
        plane: MetricPlane,
        piece_m: float = PIECE_M,
    ) -> "StreetPieces":
        """Cut edges between numbered nodes; `lines` are their shapes on the plane (metres)."""
        length = np.maximum(np.asarray(shapely.length(lines), np.float64), _SHORTEST_M)
        counts = np.maximum(np.rint(length / piece_m), 1).astype(np.int64)
        first = np.concatenate(([0], np.cumsum(counts)))
        nodes = int(max(start.max(initial=-1), end.max(initial=-1))) + 1
        return cls(
            start.astype(np.int32),
            end.astype(np.int32),
            length,
            first,
            nodes,
            lines,
            plane,
            shapely.STRtree(lines),
        )

    @classmethod
    def of_network(cls, network: "RoadNetwork", piece_m: float = PIECE_M) -> "StreetPieces":
        """The pieces of a road network, whichever way its edges may be used."""
        table = network.table
        x, y = network.plane.to_metres(table.shape_lon, table.shape_lat)
        edge = np.repeat(np.arange(len(table.start)), np.diff(table.shape_first))
        lines = shapely.linestrings(np.column_stack((x, y)), indices=edge)
        return cls.cut(table.start, table.end, lines, network.plane, piece_m)

    def __len__(self) -> int:
        return int(self.first[-1])

    @property
    def edge(self) -> IntArray:
        """The edge of each piece."""
        return np.repeat(np.arange(len(self.start)), np.diff(self.first))

    @property
    def piece_length_m(self) -> FloatArray:
        """The length of each piece."""
        counts = np.diff(self.first)
        return np.asarray(np.repeat(self.length_m / counts, counts))

    def piece_at(self, x: FloatArray, y: FloatArray, within_m: float = SNAP_WITHIN_M) -> IntArray:
        """The piece nearest to each place (metres on the plane); -1 where there is no street near."""
        found = np.full(len(x), -1, np.int64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(known) or not len(self.lines):
            return found
        points = shapely.points(x[known], y[known])
        place, edge = self._tree.query_nearest(points, max_distance=within_m, all_matches=False)
        share = shapely.line_locate_point(self.lines[edge], points[place], normalized=True)
        counts = np.diff(self.first)[edge]
        step = np.minimum((np.nan_to_num(share) * counts).astype(np.int64), counts - 1)
        found[known[place]] = self.first[edge] + step
        return found

    def shapes(self, pieces: IntArray) -> list[LineString]:
        """The lines of some pieces in WGS 84 degrees."""
        edge = np.searchsorted(self.first, pieces, side="right") - 1
        counts = np.diff(self.first)[edge]
        low = (pieces - self.first[edge]) / counts
        return [
            self.plane.shape_to_degrees(substring(self.lines[e], a, b, normalized=True))
            for e, a, b in zip(edge, low, low + 1.0 / counts, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class StreetKernel:
    """What a finding on each piece gives to the pieces around it, in findings per kilometre.

    The pieces reached from piece i are `members[starts[i]:starts[i + 1]]`, each with its share.
    """

    pieces: StreetPieces
    bandwidth_m: float
    starts: IntArray
    members: Ints
    shares: NDArray[np.float32]

    @classmethod
    def prepare(cls, pieces: StreetPieces, bandwidth_m: float = BANDWIDTH_M) -> "StreetKernel":
        """Walk from every piece as far as the bandwidth; the kernel is quartic in the distance walked."""
        first_arc, arc_edge = _arcs_of(pieces)
        starts, members, distances = _walk_from_each(
            pieces.start, pieces.end, pieces.length_m, pieces.first, first_arc, arc_edge, bandwidth_m
        )
        shares = (1.0 - (distances / bandwidth_m) ** 2) ** 2
        source = np.repeat(np.arange(len(pieces)), np.diff(starts))
        mass = np.bincount(source, shares * pieces.piece_length_m[members], minlength=len(pieces))
        shares *= M_PER_KM / mass[source]
        return cls(pieces, bandwidth_m, starts, members, shares.astype(np.float32))

    def density(self, counts: FloatArray) -> FloatArray:
        """Findings per kilometre of street on every piece, from the findings on every piece."""
        density = np.zeros(len(self.pieces))
        with_any = np.flatnonzero(counts)
        _scatter(density, with_any, counts[with_any], self.starts, self.members, self.shares)
        return density

    def count(self, piece: IntArray) -> FloatArray:
        """How many findings lie on every piece; those on none (-1) are left out."""
        return np.bincount(piece[piece >= 0], minlength=len(self.pieces)).astype(np.float64)


class GrowingStreetDensity:
    """Density along streets that takes new findings (or gives old ones back) one by one."""

    def __init__(self, kernel: StreetKernel) -> None:
        self.kernel = kernel
        self.counts = np.zeros(len(kernel.pieces))
        self.values = np.zeros(len(kernel.pieces))

    def add(self, piece: IntArray, sign: float = 1.0) -> None:
        """Add findings on pieces, or take them away with sign -1; -1 is no piece."""
        where, how_many = np.unique(piece[piece >= 0], return_counts=True)
        self.counts[where] += sign * how_many
        kernel = self.kernel
        _scatter(
            self.values,
            where,
            np.asarray(sign * how_many, np.float64),
            kernel.starts,
            kernel.members,
            kernel.shares,
        )


def streets_from_arcs(
    source: NDArray[np.integer], target: NDArray[np.integer], x: FloatArray, y: FloatArray
) -> tuple[Ints, Ints, NDArray[np.object_]]:
    """Straight undirected edges (start, end, lines in metres) from one-way arcs between placed nodes."""
    pairs = np.unique(np.sort(np.column_stack((source, target)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    ends = np.column_stack((x, y))
    return pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32), shapely.linestrings(ends[pairs])


def _arcs_of(pieces: StreetPieces) -> tuple[IntArray, Ints]:
    """The edges at each node, in compressed rows."""
    node = np.concatenate((pieces.start, pieces.end))
    edge = np.tile(np.arange(len(pieces.start), dtype=np.int32), 2)
    order = np.argsort(node, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(node, minlength=pieces.nodes))))
    return first, edge[order]


@compiled
def _scatter(
    density: FloatArray,
    piece: IntArray,
    counts: FloatArray,
    starts: IntArray,
    members: Ints,
    shares: NDArray[np.float32],
) -> None:
    for place in range(len(piece)):
        source = piece[place]
        for entry in range(starts[source], starts[source + 1]):
            density[members[entry]] += counts[place] * shares[entry]


@compiled
def _walk_from_each(
    start: Ints,
    end: Ints,
    length_m: FloatArray,
    first: IntArray,
    first_arc: IntArray,
    arc_edge: Ints,
    reach_m: float,
) -> tuple[IntArray, Ints, FloatArray]:
    """For each piece the pieces whose middles lie within reach of its middle, and the way to each."""
    nodes = len(first_arc) - 1
    away = np.full(nodes, np.inf)
    waiting = np.zeros(nodes, np.bool_)
    queue = np.empty(nodes + 1, np.int32)
    touched = np.empty(nodes, np.int32)
    seen = np.full(len(start), -1, np.int64)
    starts = np.zeros(first[-1] + 1, np.int64)
    members = np.empty(64 * max(first[-1], 1), np.int32)
    ways = np.empty(len(members), np.float64)
    filled = 0
    for edge in range(len(start)):
        count = first[edge + 1] - first[edge]
        for step in range(count):
            source = first[edge] + step
            along = length_m[edge] * (step + 0.5) / count
            reached = _walk(
                start[edge], end[edge], along, length_m[edge] - along, start, end, length_m,
                first_arc, arc_edge, reach_m, away, waiting, queue, touched,
            )  # fmt: skip
            for place in range(-1, reached):
                low, high = 0, 1  # the piece's own edge first, then those at every node reached
                if place >= 0:
                    low, high = first_arc[touched[place]], first_arc[touched[place] + 1]
                for arc in range(low, high):
                    other = edge if place < 0 else arc_edge[arc]
                    if seen[other] == source:
                        continue
                    seen[other] = source
                    pieces = first[other + 1] - first[other]
                    if filled + pieces > len(members):
                        members, ways = _longer(members, ways, pieces)
                    filled = _reach_pieces(
                        other, edge, along, pieces, first, start, end, length_m, away, reach_m,
                        members, ways, filled,
                    )  # fmt: skip
            for place in range(reached):
                away[touched[place]] = np.inf
            starts[source + 1] = filled
    return starts, members[:filled].copy(), ways[:filled].copy()


@compiled
def _walk(
    one_end: int,
    other_end: int,
    to_one: float,
    to_other: float,
    start: Ints,
    end: Ints,
    length_m: FloatArray,
    first_arc: IntArray,
    arc_edge: Ints,
    reach_m: float,
    away: FloatArray,
    waiting: NDArray[np.bool_],
    queue: Ints,
    touched: Ints,
) -> int:
    """Shortest ways from both ends of an edge to all nodes within reach; how many were touched.

    The few dozen nodes within reach are corrected until nothing changes, which beats a heap here.
    """
    reached, head, tail, size = 0, 0, 0, len(queue)
    for side in range(2):
        node, way = (one_end, to_one) if side == 0 else (other_end, to_other)
        if way >= reach_m or way >= away[node]:
            continue
        if np.isinf(away[node]):
            touched[reached] = node
            reached += 1
        away[node] = way
        if not waiting[node]:
            waiting[node] = True
            queue[tail] = node
            tail = (tail + 1) % size
    while head != tail:
        node = queue[head]
        head = (head + 1) % size
        waiting[node] = False
        for arc in range(first_arc[node], first_arc[node + 1]):
            edge = arc_edge[arc]
            there = end[edge] if start[edge] == node else start[edge]
            way = away[node] + length_m[edge]
            if way >= reach_m or way >= away[there]:
                continue
            if np.isinf(away[there]):
                touched[reached] = there
                reached += 1
            away[there] = way
            if not waiting[there]:
                waiting[there] = True
                queue[tail] = there
                tail = (tail + 1) % size
    return reached


@compiled
def _reach_pieces(
    edge: int,
    own_edge: int,
    own_along: float,
    pieces: int,
    first: IntArray,
    start: Ints,
    end: Ints,
    length_m: FloatArray,
    away: FloatArray,
    reach_m: float,
    members: Ints,
    ways: FloatArray,
    filled: int,
) -> int:
    """Note the pieces of one edge that lie within reach; how many entries there are now."""
    for step in range(pieces):
        along = length_m[edge] * (step + 0.5) / pieces
        way = min(away[start[edge]] + along, away[end[edge]] + length_m[edge] - along)
        if edge == own_edge:
            way = min(way, abs(along - own_along))
        if way < reach_m:
            members[filled] = first[edge] + step
            ways[filled] = way
            filled += 1
    return filled


@compiled
def _longer(members: Ints, ways: FloatArray, needed: int) -> tuple[Ints, FloatArray]:
    """The same entries with room for as many again."""
    room = 2 * len(members) + needed
    more_members, more_ways = np.empty(room, np.int32), np.empty(room, np.float64)
    more_members[: len(members)] = members
    more_ways[: len(ways)] = ways
    return more_members, more_ways
