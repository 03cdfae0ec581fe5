"""The order in which a hierarchy contracts crossings: by nested dissection with inertial flow.

A piece of the network is cut where it is thinnest between its two ends (the lowest and the highest quarter
along each of four directions: a smallest cut by maximum flow). The crossings at the cut come last, then the
two sides are cut in the same way. The order knows only which roads meet: no speed and no closure changes it.
"""

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.road_build import Floats, Ints

Marks = NDArray[np.int8]

_SMALLEST = 10
"""Pieces of so few nodes are not cut any more."""


@compiled
def dissection_order(first: Ints, to: Ints, twin: Ints, x: Floats, y: Floats) -> Ints:
    """The nodes from the first contracted to the last.

    `first` and `to` are undirected rows without loops or doubles; `twin` is each arc's opposite arc.
    """
    n = len(x)
    nodes = np.arange(n).astype(np.int32)
    piece = np.zeros(n, np.int32)
    flow = np.zeros(len(to), np.int8)
    end, level, pointer = np.zeros(n, np.int8), np.empty(n, np.int32), np.empty(n, np.int32)
    queue, trail = np.empty(n, np.int32), np.empty(n, np.int32)
    side, best_side = np.zeros(n, np.int8), np.zeros(n, np.int8)
    scratch = np.empty(n, np.int32)
    low_stack, high_stack = np.empty(4 * n + 4, np.int32), np.empty(4 * n + 4, np.int32)
    low_stack[0], high_stack[0], depth, number = 0, n, 1, 0
    while depth > 0:
        depth -= 1
        low, high = low_stack[depth], high_stack[depth]
        if high - low <= _SMALLEST:
            continue
        number += 1
        members = nodes[low:high]
        for i in range(len(members)):
            piece[members[i]] = number
        best = len(to) + 1
        for direction in range(4):
            _mark_ends(members, x, y, direction, end)
            cut = _cut(
                members, number, piece, first, to, twin, flow, end, level, pointer, queue, trail, side, best
            )
            if cut < best:
                best = cut
                for i in range(len(members)):
                    best_side[members[i]] = side[members[i]]
        left, right = _divide(members, number, piece, first, to, best_side, scratch)
        low_stack[depth], high_stack[depth] = low, low + left
        low_stack[depth + 1], high_stack[depth + 1] = low + left, low + left + right
        if left == 0 or right == 0:
            # Nothing was cut off: these nodes stay as they are.
            continue
        depth += 2
    return nodes


@compiled
def _mark_ends(members: Ints, x: Floats, y: Floats, direction: int, end: Marks) -> None:
    """1 for the lowest quarter along a direction, 2 for the highest, 0 between."""
    along = np.empty(len(members), np.float64)
    a, b = (1.0, 0.0) if direction == 0 else (0.0, 1.0)
    if direction >= 2:
        a, b = 1.0, 1.0 if direction == 2 else -1.0
    for i in range(len(members)):
        along[i] = a * x[members[i]] + b * y[members[i]]
    order = np.argsort(along)
    quarter = max(len(members) // 4, 1)
    for i in range(len(members)):
        end[members[order[i]]] = 1 if i < quarter else 2 if i >= len(members) - quarter else 0


@compiled
def _levels(
    members: Ints, number: int, piece: Ints, first: Ints, to: Ints, flow: Marks, end: Marks,
    level: Ints, queue: Ints,
) -> bool:  # fmt: skip
    """Breadth first from the sources over arcs with room; whether a sink is in sight."""
    filled = 0
    for i in range(len(members)):
        v = members[i]
        level[v] = -1
        if end[v] == 1:
            level[v] = 0
            queue[filled] = v
            filled += 1
    seen_sink = False
    head = 0
    while head < filled:
        v = queue[head]
        head += 1
        for a in range(first[v], first[v + 1]):
            t = to[a]
            if piece[t] == number and level[t] < 0 and flow[a] < 1:
                level[t] = level[v] + 1
                queue[filled] = t
                filled += 1
                if end[t] == 2:
                    seen_sink = True
    return seen_sink


@compiled
def _augment(
    source: int, number: int, piece: Ints, first: Ints, to: Ints, twin: Ints, flow: Marks,
    end: Marks, level: Ints, pointer: Ints, trail: Ints,
) -> int:  # fmt: skip
    """Push whole units from one source to sinks along levels; returns how many."""
    pushed, length, v = 0, 0, source
    while True:
        if end[v] == 2:
            for i in range(length):
                a = trail[i]
                flow[a] += 1
                flow[twin[a]] -= 1
            pushed += 1
            length, v = 0, source
            continue
        a = pointer[v]
        stop = first[v + 1]
        while a < stop:
            t = to[a]
            if piece[t] == number and flow[a] < 1 and level[t] == level[v] + 1:
                break
            a += 1
        pointer[v] = a
        if a < stop:
            trail[length] = a
            length += 1
            v = to[a]
        else:
            level[v] = -2
            if length == 0:
                return pushed
            length -= 1
            v = to[twin[trail[length]]]


@compiled
def _cut(
    members: Ints, number: int, piece: Ints, first: Ints, to: Ints, twin: Ints, flow: Marks,
    end: Marks, level: Ints, pointer: Ints, queue: Ints, trail: Ints, side: Marks, most: int,
) -> int:  # fmt: skip
    """A smallest cut between the ends: `side` is 1 on the sources' side, 0 beyond; gives up at `most`."""
    for i in range(len(members)):
        for a in range(first[members[i]], first[members[i] + 1]):
            flow[a] = 0
    total = 0
    while _levels(members, number, piece, first, to, flow, end, level, queue):
        for i in range(len(members)):
            pointer[members[i]] = first[members[i]]
        for i in range(len(members)):
            if end[members[i]] == 1:
                total += _augment(
                    members[i], number, piece, first, to, twin, flow, end, level, pointer, trail
                )
        if total >= most:
            return most
    for i in range(len(members)):
        side[members[i]] = 1 if level[members[i]] >= 0 else 0
    return total


@compiled
def _divide(
    members: Ints, number: int, piece: Ints, first: Ints, to: Ints, side: Marks, scratch: Ints
) -> tuple[int, int]:
    """Put one side first, then the other, then the nodes at the cut; returns the sizes of the sides."""
    touching = np.zeros(2, np.int64)
    for i in range(len(members)):
        v = members[i]
        for a in range(first[v], first[v + 1]):
            if piece[to[a]] == number and side[to[a]] != side[v]:
                touching[side[v]] += 1
                break
    taken = 0 if touching[0] < touching[1] else 1
    sizes = np.zeros(3, np.int64)
    for i in range(len(members)):
        v = members[i]
        group = 0 if side[v] == 1 else 1
        if side[v] == taken:
            for a in range(first[v], first[v + 1]):
                if piece[to[a]] == number and side[to[a]] != taken:
                    group = 2
                    break
        scratch[i] = group
        sizes[group] += 1
    place = np.empty(len(members), np.int32)
    at = np.array([0, sizes[0], sizes[0] + sizes[1]])
    for i in range(len(members)):
        place[at[scratch[i]]] = members[i]
        at[scratch[i]] += 1
    for i in range(len(members)):
        members[i] = place[i]
    return sizes[0], sizes[1]
