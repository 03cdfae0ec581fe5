"""Compressed rows: the arcs that one mode may use, side by side by the node they leave."""

import numpy as np

from geo.compiled import UNREACHED, compiled
from geo.road_build import Bytes, Ints
from geo.search import Arcs


@compiled
def compress(
    nodes: int, start: Ints, end: Ints, forward: Bytes, backward: Bytes, bit: int, reverse: bool
) -> tuple[Ints, Arcs, Arcs, Ints]:
    """Rows of arcs for one mode: where each node's begin, the arcs, their place by edge and direction, and
    the edge (twice its number, odd when against its line) of each arc."""
    first = np.zeros(nodes + 1, np.int32)
    place = np.full((len(start), 2), -1, np.int32)
    for filling in range(2):
        if filling:
            for node in range(nodes):
                first[node + 1] += first[node]
        fill = first[:-1].copy()
        arcs = np.empty((first[-1] if filling else 0, 2), np.int32)
        origin = np.empty(len(arcs), np.int32)
        for e in range(len(start)):
            for side in range(2):
                mask = forward[e] if side == 0 else backward[e]
                if mask & bit == 0:
                    continue
                source = start[e] if side == 0 else end[e]
                target = end[e] if side == 0 else start[e]
                if reverse:
                    source, target = target, source
                if filling:
                    a = fill[source]
                    fill[source] += 1
                    arcs[a, 0], arcs[a, 1] = target, UNREACHED
                    place[e, side], origin[a] = a, 2 * e + side
                else:
                    first[source + 1] += 1
    return first, arcs, place, origin


@compiled
def put_times(edges: Ints, place: Arcs, with_line: Ints, against: Ints, arcs: Arcs) -> None:
    """Write the times of some edges into their arcs."""
    for i in range(len(edges)):
        e = edges[i]
        if place[e, 0] >= 0:
            arcs[place[e, 0], 1] = with_line[e]
        if place[e, 1] >= 0:
            arcs[place[e, 1], 1] = against[e]
