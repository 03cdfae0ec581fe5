"""The slow truth about roads: networkx on a graph with every place spliced into its edge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.snapping import Snap, Snaps

Node = tuple[str, int]
WEST, SOUTH, DEGREES_A_STEP = 120.15, 30.25, 0.002


@st.composite
def networks(draw: st.DrawFn, mode: Mode = Mode.DRIVE) -> RoadNetwork:
    """Multigraphs with parallel arcs, self-loops, zero times, one-ways and several parts."""
    nodes = draw(st.integers(1, 14))
    arc = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1), st.integers(0, 60))
    arcs = np.array(draw(st.lists(arc, min_size=1, max_size=45)), np.int64)
    corner = st.tuples(st.integers(0, 9), st.integers(0, 9))
    places = np.array(draw(st.lists(corner, min_size=nodes, max_size=nodes)), np.float64)
    lon, lat = WEST + places[:, 0] * DEGREES_A_STEP, SOUTH + places[:, 1] * DEGREES_A_STEP
    return RoadNetwork.from_arcs(arcs[:, 0], arcs[:, 1], arcs[:, 2], lon, lat, mode=mode)


@st.composite
def places_on(draw: st.DrawFn, network: RoadNetwork, least: int = 1, most: int = 7) -> Snaps:
    """Places at crossings and along edges, some of them beside the road, some nowhere."""
    at_node = st.tuples(st.integers(-network.node_count, -1), st.just(0.0), st.integers(0, 30))
    on_edge = st.tuples(st.integers(0, network.edge_count - 1), st.floats(0.001, 0.999), st.integers(0, 30))
    rows = draw(st.lists(st.one_of(on_edge, at_node, on_edge), min_size=least, max_size=most))
    return snaps_of(Snap(*row) for row in rows)


def snaps_of(rows: Iterable[Snap]) -> Snaps:
    """Rows side by side."""
    edge, along, off_ds = zip(*rows, strict=True)
    return Snaps(np.array(edge, np.int32), np.array(along), np.array(off_ds, np.int32), np.zeros(len(edge)))


def spliced_graph(network: RoadNetwork, places: Snaps, closed: Iterable[int] = ()) -> nx.MultiDiGraph:
    """The network as networkx sees it: crossings ('node', i), places ('place', j), doors ('out'/'in', j)."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(("node", i) for i in range(network.node_count))
    on_edge = defaultdict(list)
    for j in range(len(places)):
        place = places[j]
        spot = ("node", -1 - place.edge) if place.edge < 0 else ("place", j)
        graph.add_edge(("out", j), spot, weight=place.off_ds)
        graph.add_edge(spot, ("in", j), weight=place.off_ds)
        if place.edge >= 0:
            on_edge[place.edge].append((place.along, spot))
    _join_equal_spots(graph, on_edge)
    shut, table = set(closed), network.table
    for e in range(network.edge_count):
        if e in shut:
            continue
        stops = [
            (0.0, ("node", int(table.start[e]))),
            *sorted(on_edge[e]),
            (1.0, ("node", int(table.end[e]))),
        ]
        for total, backwards in ((table.fixed_forward_ds[e], False), (table.fixed_backward_ds[e], True)):
            if total >= 0:
                _chain(graph, stops, int(total), backwards)
    return graph


def _join_equal_spots(graph: nx.MultiDiGraph, on_edge: Mapping[int, list[tuple[float, Node]]]) -> None:
    """Two people at one spot are with each other, whatever the street allows."""
    for stops in on_edge.values():
        for along, spot in stops:
            for other_along, other in stops:
                if along == other_along and spot != other:
                    graph.add_edge(spot, other, weight=0)


def _chain(graph: nx.MultiDiGraph, stops: list[tuple[float, Node]], total: int, backwards: bool) -> None:
    """A chain of arcs along an edge; every stop lies a whole number of tenths from the line's start."""
    at = [0, *(int(along * total + 0.5) for along, _ in stops[1:-1]), total]
    for (_, here), (_, there), first, last in zip(stops, stops[1:], at, at[1:], strict=False):
        ends = (there, here) if backwards else (here, there)
        graph.add_edge(*ends, weight=last - first)


def door_to_door_ds(graph: nx.MultiDiGraph, count: int) -> np.ndarray:
    """Tenths of a second between every two places, infinite where no way leads."""
    times = np.full((count, count), np.inf)
    for i in range(count):
        found = nx.single_source_dijkstra_path_length(graph, ("out", i))
        for j in range(count):
            times[i, j] = found.get(("in", j), np.inf)
    return times
