"""What a road file lacks: isolated parts, crossings that do not join, silence about speeds and one-ways."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.coordinates import LonLat, MetricPlane
from geo.road_build import BRIDGE, TUNNEL, Floats, Ints, RoadTable
from geo.road_lines import Assumed
from geo.road_report import Defect, RoadReport

_SHOWN = 200
"""At most so many places of one defect are listed; the count is always whole."""


def check_roads(
    table: RoadTable, assumed: Assumed, source: str, *, keep_isolated: bool, within_m: float = 3.0
) -> tuple[RoadTable, RoadReport]:
    """Look for defects; returns the table without its isolated parts (unless they are kept) and the report.

    `within_m` is how far a dead end may be from another road to count as nearly joined.
    """
    parts, part_of_node = _parts(table)
    label = part_of_node[table.start]
    sizes = np.bincount(label, weights=table.length_m + 1e-9, minlength=parts)
    apart = label != int(np.argmax(sizes))
    isolated = _defect(table, np.flatnonzero(apart))
    if not keep_isolated and apart.any():
        table = table.keep_edges(~apart)
    lines, plane = _lines_in_metres(table)
    adrift = _adrift_spans(table)
    report = RoadReport(
        source=source,
        edges=len(table.start),
        nodes=len(table.node_lon),
        length_km=float(table.length_m.sum()) / 1000,
        parts=parts,
        isolated=isolated,
        isolated_kept=keep_isolated,
        unjoined_crossings=_unjoined_crossings(table, lines, plane),
        near_ends=_near_ends(table, lines, plane, within_m),
        spans=int(((table.flags & (BRIDGE | TUNNEL)) != 0).sum()),
        adrift_spans=_defect(table, adrift),
        classes_assumed=assumed.classes,
        one_ways_assumed=assumed.one_ways,
        speeds_assumed=assumed.speeds,
        lines_read=assumed.lines,
    )
    return table, report


def _parts(table: RoadTable) -> tuple[int, Ints]:
    nodes = len(table.node_lon)
    joined = coo_array((np.ones(len(table.start), np.int8), (table.start, table.end)), shape=(nodes, nodes))
    count, label = connected_components(joined, directed=False)
    return int(count), label


def _defect(table: RoadTable, edges: NDArray[np.integer]) -> Defect:
    at = table.shape_first[edges[:_SHOWN]]
    places = zip(table.shape_lon[at].tolist(), table.shape_lat[at].tolist(), strict=True)
    return Defect(len(edges), tuple(LonLat(lon, lat) for lon, lat in places))


def _lines_in_metres(table: RoadTable) -> tuple[NDArray[np.object_], MetricPlane]:
    plane = MetricPlane.around(LonLat(float(table.node_lon.mean()), float(table.node_lat.mean())))
    x, y = plane.to_metres(table.shape_lon, table.shape_lat)
    edge = np.repeat(np.arange(len(table.start)), np.diff(table.shape_first))
    return shapely.linestrings(np.column_stack([x, y]), indices=edge), plane


def _places(plane: MetricPlane, points: Sequence[shapely.Point]) -> tuple[LonLat, ...]:
    shown = [plane.to_degrees(point.x, point.y) for point in points[:_SHOWN]]
    return tuple(LonLat(lon, lat) for lon, lat in shown)


def _unjoined_crossings(table: RoadTable, lines: NDArray[np.object_], plane: MetricPlane) -> Defect:
    """Pairs on one level whose lines cross somewhere else than at a common node."""
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    flat = (one < other) & (table.layer[one] == table.layer[other])
    one, other = one[flat], other[flat]
    shared = np.zeros(len(one), np.bool_)
    for mine in (table.start, table.end):
        for theirs in (table.start, table.end):
            shared |= mine[one] == theirs[other]
    one, other = one[~shared], other[~shared]
    points = shapely.centroid(shapely.intersection(lines[one], lines[other]))
    return Defect(len(one), _places(plane, list(points)))


def _near_ends(table: RoadTable, lines: NDArray[np.object_], plane: MetricPlane, within_m: float) -> Defect:
    degree = np.bincount(np.concatenate([table.start, table.end]), minlength=len(table.node_lon))
    ends = np.flatnonzero(degree == 1)
    x, y = plane.to_metres(table.node_lon[ends], table.node_lat[ends])
    points = shapely.points(np.column_stack([x, y]))
    end, edge = shapely.STRtree(lines).query(points, predicate="dwithin", distance=within_m)
    other = (table.start[edge] != ends[end]) & (table.end[edge] != ends[end])
    near = np.unique(end[other])
    return Defect(len(near), _places(plane, list(points[near])))


def _adrift_spans(table: RoadTable) -> NDArray[np.int64]:
    degree = np.bincount(np.concatenate([table.start, table.end]), minlength=len(table.node_lon))
    span = (table.flags & (BRIDGE | TUNNEL)) != 0
    loose: Floats = np.minimum(degree[table.start], degree[table.end])
    return np.flatnonzero(span & (loose == 1))
