"""From loose lines to a planar network: edges that share their end nodes, and the faces between them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Polygon, STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from geo.sample_lines import RANKS, Line, LineKind

GRID_M = 0.05
"""Everything is snapped to this raster, so that lines which meet share a vertex."""
_SHORTEST_BLIND_M = 42.0
_SHORTEST_BLIND_STREET_M = 130.0
"""A lane may end blind in a yard; a street that ends so soon behind its last crossing leads to nowhere."""

Node = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of a line between two nodes; `over` names the barrier that it bridges or passes under."""

    shape: LineString
    line: Line
    over: str = ""

    @property
    def start(self) -> Node:
        """The node where it begins."""
        x, y = self.shape.coords[0]
        return float(x), float(y)

    @property
    def end(self) -> Node:
        """The node where it ends."""
        x, y = self.shape.coords[-1]
        return float(x), float(y)


@dataclass(frozen=True, slots=True)
class Plane:
    """The noded linework: all pieces, the roads among them, and the faces that the pieces enclose."""

    pieces: list[Edge]
    faces: list[Polygon]
    neighbours: list[tuple[int, int, float, LineKind]]
    """(face, face, metres of shared edge, kind of that edge), once for each piece between two faces."""


def clipped(lines: Sequence[Line], outline: Polygon) -> list[Line]:
    """The lines as far as they lie in the district."""
    ground = outline.buffer(0.01)
    return [
        replace(line, shape=part)
        for line in lines
        for part in shapely.get_parts(shapely.intersection(line.shape, ground))
        if isinstance(part, LineString) and part.length > 0.5
    ]


def cut_at_barriers(lines: Sequence[Line], barriers: Mapping[str, Polygon]) -> list[tuple[Line, str]]:
    """Roads stop at a barrier that they do not cross; lines with the barrier that each piece lies on.

    Where a road stops, the rest of it still divides the land.
    """
    result: list[tuple[Line, str]] = []
    for line in lines:
        pieces = [(line, "")]
        if line.is_road:
            for barrier, ground in barriers.items():
                pieces = [new for piece in pieces for new in _at_barrier(*piece, barrier, ground)]
        result += pieces
    return result


def _at_barrier(line: Line, over: str, barrier: str, ground: Polygon) -> list[tuple[Line, str]]:
    if over or not line.is_road or not line.shape.intersects(ground):
        return [(line, over)]
    dry = [(replace(line, shape=part), "") for part in _strings(line.shape.difference(ground))]
    wet = _strings(line.shape.intersection(ground))
    if barrier in line.crosses:
        return dry + [(replace(line, shape=part), barrier) for part in wet]
    return dry + [(Line(part, LineKind.EDGE), "") for part in wet]


def _strings(shape: shapely.Geometry) -> list[LineString]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, LineString) and part.length > 0.2]


def node(lines: Sequence[tuple[Line, str]]) -> Plane:
    """All lines cut where they meet, with the faces between them."""
    shapes = np.array([line.shape for line, _ in lines], dtype=object)
    noded = shapely.get_parts(shapely.union_all(shapes, grid_size=GRID_M))
    tree = STRtree(shapes)
    middles = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    piece_of, source = tree.query(middles, predicate="dwithin", distance=0.4)
    strongest: dict[int, int] = {}
    for piece, candidate in zip(piece_of.tolist(), source.tolist(), strict=True):
        best = strongest.get(piece)
        if best is None or _strength(lines[candidate][0]) > _strength(lines[best][0]):
            strongest[piece] = candidate
    pieces = [Edge(noded[piece], *lines[source]) for piece, source in sorted(strongest.items())]
    faces = [face for face in shapely.get_parts(shapely.polygonize(noded)) if face.area > 0]
    return Plane(pieces, faces, _neighbours(pieces, faces))


def _strength(line: Line) -> tuple[bool, int]:
    """A road beats the edge that it runs along, because it has to stay in the network."""
    return line.is_road, RANKS[line.kind]


def _neighbours(pieces: list[Edge], faces: list[Polygon]) -> list[tuple[int, int, float, LineKind]]:
    sides: dict[tuple[Node, Node], list[int]] = defaultdict(list)
    for number, face in enumerate(faces):
        for ring in (face.exterior, *face.interiors):
            for a, b in pairwise(ring.coords):
                sides[(min(a, b), max(a, b))].append(number)
    found = []
    for piece in pieces:
        a, b = piece.shape.coords[0], piece.shape.coords[1]
        both = sides.get((min(a, b), max(a, b)), [])
        if len(both) == 2:
            found.append((both[0], both[1], float(piece.shape.length), piece.line.kind))
    return found


def road_edges(pieces: Sequence[Edge], rim: BaseGeometry) -> list[Edge]:
    """The network to move on: stubs pruned, nodes without a choice dissolved, one connected part.

    `rim` is the edge of the district, where streets end only on the map.
    """
    roads = [piece for piece in pieces if piece.line.is_road and piece.start != piece.end]
    for _ in range(3):
        roads = _joined(_without_stubs(roads, rim))
    roads = [edge for edge in roads if edge.start != edge.end]
    return _open_both_ways(_largest_part(roads))


def _degrees(edges: Sequence[Edge]) -> dict[Node, int]:
    degree: dict[Node, int] = defaultdict(int)
    for edge in edges:
        degree[edge.start] += 1
        degree[edge.end] += 1
    return degree


def _without_stubs(edges: Sequence[Edge], rim: BaseGeometry) -> list[Edge]:
    """The edges without those that end blind too soon; what ends on the rim goes on outside."""
    degree = _degrees(edges)
    return [
        edge
        for edge in edges
        if edge.shape.length >= _shortest_blind_m(edge, rim)
        or (degree[edge.start] > 1 and degree[edge.end] > 1)
    ]


def _shortest_blind_m(edge: Edge, rim: BaseGeometry) -> float:
    street = RANKS[edge.line.kind] >= RANKS[LineKind.TERTIARY] and edge.shape.distance(rim) > 1.0
    return _SHORTEST_BLIND_STREET_M if street else _SHORTEST_BLIND_M


def _joined(edges: Sequence[Edge]) -> list[Edge]:
    """Pieces of one line merged where nothing else meets them."""
    degree = _degrees(edges)
    alike: dict[tuple[int, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        alike[
            (id(edge.line.name) if edge.line.name else id(edge.line.kind), edge.line.kind + edge.over)
        ].append(edge)
    merged: list[Edge] = []
    for group in alike.values():
        merged += _joined_alike(group, degree)
    return merged


def _joined_alike(group: list[Edge], degree: Mapping[Node, int]) -> list[Edge]:
    """Runs of edges through nodes of degree two become one edge each."""
    at: dict[Node, list[int]] = defaultdict(list)
    for number, edge in enumerate(group):
        at[edge.start].append(number)
        at[edge.end].append(number)
    links = [
        tuple(both) for place, both in at.items() if len(both) == 2 == degree[place] and both[0] != both[1]
    ]
    if not links:
        return group
    a, b = np.array(links).T
    count, label = connected_components(
        coo_matrix((np.ones(len(a)), (a, b)), shape=(len(group), len(group))), directed=False
    )
    runs: list[list[Edge]] = [[] for _ in range(count)]
    for edge, run in zip(group, label.tolist(), strict=True):
        runs[run].append(edge)
    result: list[Edge] = []
    for run in runs:
        shape = linemerge([edge.shape for edge in run]) if len(run) > 1 else run[0].shape
        result += [replace(run[0], shape=shape)] if isinstance(shape, LineString) else run
    return result


def _node_numbers(edges: Sequence[Edge]) -> dict[Node, int]:
    places = sorted({place for edge in edges for place in (edge.start, edge.end)})
    return {place: number for number, place in enumerate(places)}


def _largest_part(edges: list[Edge]) -> list[Edge]:
    number = _node_numbers(edges)
    a = [number[edge.start] for edge in edges]
    b = [number[edge.end] for edge in edges]
    _, label = connected_components(
        coo_matrix((np.ones(len(a)), (a, b)), shape=(len(number), len(number))), directed=False
    )
    main = np.bincount(label).argmax()
    return [edge for edge, start in zip(edges, a, strict=True) if label[start] == main]


def _open_both_ways(edges: list[Edge]) -> list[Edge]:
    """One-way streets stay one-way only where a driver can still get in and out of every place."""
    number = _node_numbers(edges)
    while True:
        driven = [edge for edge in edges if edge.line.kind is not LineKind.FOOTWAY]
        a = [number[edge.start] for edge in driven] + [number[e.end] for e in driven if not e.line.oneway]
        b = [number[edge.end] for edge in driven] + [number[e.start] for e in driven if not e.line.oneway]
        _, label = connected_components(
            coo_matrix((np.ones(len(a)), (a, b)), shape=(len(number), len(number))), connection="strong"
        )
        main = np.bincount(label).argmax()
        stuck = {
            index
            for index, edge in enumerate(edges)
            if edge.line.oneway and not (label[number[edge.start]] == main == label[number[edge.end]])
        }
        if not stuck:
            return edges
        edges = [
            replace(edge, line=replace(edge.line, oneway=False)) if index in stuck else edge
            for index, edge in enumerate(edges)
        ]
