"""The quickest way in full: its edges, its line for the map and the streets it follows."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString

from geo.compiled import UNREACHED
from geo.road_build import Floats, Ints, Longs
from geo.roads import RoadNetwork
from geo.search import along_one_edge, tree_to_targets, ways_in, ways_out
from geo.snapping import Snap
from geo.travel_metric import Metric, ModeRows


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of one street, as somebody would say it."""

    name: str
    name_en: str
    length_m: float


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one place to another."""

    seconds: float
    length_m: float
    line: LineString
    edges: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of one edge, from one share of its length to another (downwards: against its line)."""

    edge: int
    here: float
    there: float


def find_path(
    network: RoadNetwork, rows: ModeRows, metric: Metric, origin: Snap, destination: Snap, ds: Ints,
    stamp: Ints, heap: Longs,
) -> Path | None:  # fmt: skip
    """Search from the origin, remember how each node was reached, and walk back from the destination."""
    ends = (network.table.start, network.table.end, metric.with_line, metric.against)
    seeds = ways_out(*origin, *ends)
    n1, t1, n2, t2 = ways_in(*destination, *ends)
    came_by = np.empty(network.node_count, np.int32)
    first, second = (
        (n1, n2) if t2 < UNREACHED and t1 < UNREACHED else ((n1, n1) if t1 < UNREACHED else (n2, n2))
    )
    tree_to_targets(
        rows.out_first, metric.out_arcs, np.array(seeds, np.int32), first, second, ds, stamp, heap, came_by
    )
    mark = stamp[-1]
    times = [
        int(ds[node]) + rest if stamp[node] == mark else UNREACHED for node, rest in ((n1, t1), (n2, t2))
    ]
    direct = UNREACHED
    if origin.edge >= 0 and origin.edge == destination.edge:
        direct = along_one_edge(origin.edge, origin.along, destination.along, *ends[2:])
        direct += origin.off_ds + destination.off_ds
    best = min(*times, direct)
    if best >= UNREACHED:
        return None
    if direct == best:
        stretches = [_Stretch(origin.edge, origin.along, destination.along)]
    else:
        node = n1 if times[0] == best else n2
        stretches = _walk_back(network, rows, came_by, origin, destination, node, by_start=times[0] == best)
    return _path(network, best / 10.0, stretches, origin)


def _walk_back(
    network: RoadNetwork, rows: ModeRows, came_by: Ints, origin: Snap, destination: Snap, node: int,
    *, by_start: bool,
) -> list[_Stretch]:  # fmt: skip
    table = network.table
    stretches: list[_Stretch] = []
    if destination.edge >= 0:
        stretches.append(_Stretch(destination.edge, 0.0 if by_start else 1.0, destination.along))
    while came_by[node] >= 0:
        edge, against = divmod(int(rows.out_edge[came_by[node]]), 2)
        stretches.append(_Stretch(edge, float(against), float(1 - against)))
        node = int(table.end[edge] if against else table.start[edge])
    if origin.edge >= 0:
        leaves_by_end = int(table.end[origin.edge]) == node
        if int(table.start[origin.edge]) == node and leaves_by_end:  # a loop: take the side it was left by
            leaves_by_end = origin.along >= 0.5
        stretches.append(_Stretch(origin.edge, origin.along, 1.0 if leaves_by_end else 0.0))
    return stretches[::-1]


def _path(network: RoadNetwork, seconds: float, stretches: list[_Stretch], origin: Snap) -> Path:
    table = network.table
    points: list[Floats] = []
    steps: list[Step] = []
    for stretch in stretches:
        points.append(_points(network, stretch))
        name, name_en = network.name(stretch.edge)
        length = abs(stretch.there - stretch.here) * float(table.length_m[stretch.edge])
        if steps and steps[-1].name == name:
            steps[-1] = Step(name, name_en, steps[-1].length_m + length)
        else:
            steps.append(Step(name, name_en, length))
    if not points:
        node = -1 - origin.edge
        points.append(np.array([[table.node_lon[node], table.node_lat[node]]] * 2))
    line = np.concatenate(points)
    kept = np.concatenate([[True], (np.diff(line, axis=0) != 0).any(axis=1)])
    line = line[kept] if kept.sum() > 1 else line[[0, -1]]
    return Path(
        seconds,
        sum(step.length_m for step in steps),
        LineString(line),
        tuple(stretch.edge for stretch in stretches),
        tuple(steps),
    )


def _points(network: RoadNetwork, stretch: _Stretch) -> Floats:
    """The line of a stretch, in degrees, in the direction of travel."""
    table = network.table
    rows = slice(table.shape_first[stretch.edge], table.shape_first[stretch.edge + 1])
    reach = network.vertex_reach_m[rows]
    share = reach / reach[-1] if reach[-1] > 0 else np.linspace(0.0, 1.0, len(reach))
    low, high = sorted((stretch.here, stretch.there))
    inner = share[(share > low) & (share < high)]
    at = np.concatenate([[low], inner, [high]])
    if stretch.here > stretch.there:
        at = at[::-1]
    lon, lat = table.shape_lon[rows], table.shape_lat[rows]
    return np.column_stack([np.interp(at, share, lon), np.interp(at, share, lat)])
