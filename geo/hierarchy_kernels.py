"""The hierarchy's loops: which arcs it needs, what they weigh now, and the times to a place's ancestors.

Nodes are numbered by rank here. Arc `a` joins a node to a higher one: `up[a]` is the time going up it,
`down[a]` coming down. All times are tenths of a second.
"""

import numpy as np

from geo.compiled import NOWHERE, UNREACHED, compiled
from geo.road_build import Floats, Ints
from geo.search import Arcs, _admit, along_one_edge, push, sift, ways_in, ways_out


@compiled
def eliminate(first: Ints, to: Ints) -> tuple[Ints, Ints, Ints]:
    """Contract the nodes in order: each one's higher neighbours become neighbours of the lowest of them.

    Returns the rows of higher neighbours (ascending) and each node's parent in the elimination tree.
    """
    n = len(first) - 1
    up_first = np.zeros(n + 1, np.int32)
    up_to = np.empty(len(to) * 3 + 16, np.int32)
    parent = np.full(n, -1, np.int32)
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    found = np.empty(n, np.int32)
    filled = 0
    for v in range(n):
        count = 0
        for a in range(first[v], first[v + 1]):
            t = to[a]
            if t > v and seen[t] != v:
                seen[t] = v
                found[count] = t
                count += 1
        c = child[v]
        while c >= 0:
            for a in range(up_first[c], up_first[c + 1]):
                t = up_to[a]
                if t != v and seen[t] != v:
                    seen[t] = v
                    found[count] = t
                    count += 1
            c = sibling[c]
        if filled + count > len(up_to):
            more = np.empty(2 * (filled + count), np.int32)
            more[:filled] = up_to[:filled]
            up_to = more
        up_to[filled : filled + count] = np.sort(found[:count])
        if count:
            p = up_to[filled]
            parent[v] = p
            sibling[v] = child[p]
            child[p] = v
        filled += count
        up_first[v + 1] = filled
    return up_first, up_to[:filled].copy(), parent


@compiled
def find_arc(up_first: Ints, up_to: Ints, low: int, high: int) -> int:
    """The arc between two nodes, by bisection; -1 where there is none."""
    begin, stop = up_first[low], up_first[low + 1]
    while begin < stop:
        middle = (begin + stop) >> 1
        if up_to[middle] < high:
            begin = middle + 1
        else:
            stop = middle
    return begin if begin < up_first[low + 1] and up_to[begin] == high else -1


@compiled
def arcs_of_edges(up_first: Ints, up_to: Ints, start: Ints, end: Ints) -> Ints:
    """For each edge (ends by rank) its arc; -1 for loops."""
    arc = np.full(len(start), -1, np.int32)
    for e in range(len(start)):
        if start[e] != end[e]:
            arc[e] = find_arc(up_first, up_to, min(start[e], end[e]), max(start[e], end[e]))
    return arc


@compiled
def weigh_all(
    edge_arc: Ints, start: Ints, end: Ints, with_line: Ints, against: Ints, up_first: Ints, up_to: Ints,
    below_first: Ints, below_arc: Ints, below_node: Ints, up: Ints, down: Ints,
) -> None:  # fmt: skip
    """The time of every arc: the quickest of its edges and of the ways over lower nodes."""
    up[:] = UNREACHED
    down[:] = UNREACHED
    for e in range(len(edge_arc)):
        a = edge_arc[e]
        if a >= 0:
            climbs, falls = with_line[e], against[e]
            if start[e] > end[e]:
                climbs, falls = falls, climbs
            up[a], down[a] = min(up[a], climbs), min(down[a], falls)
    arc_to = np.empty(len(up_first) - 1, np.int32)
    for x in range(len(up_first) - 1):
        for a in range(up_first[x], up_first[x + 1]):
            arc_to[up_to[a]] = a
        for i in range(below_first[x], below_first[x + 1]):
            low = below_arc[i]
            to_x, from_x = up[low], down[low]
            if to_x >= UNREACHED and from_x >= UNREACHED:
                continue
            for other in range(low + 1, up_first[below_node[i] + 1]):
                a = arc_to[up_to[other]]
                up[a] = min(up[a], from_x + up[other])
                down[a] = min(down[a], down[other] + to_x)


@compiled
def weigh_changed(
    changed: Ints, edge_arc: Ints, arc_edge_first: Ints, arc_edge: Ints, start: Ints, end: Ints,
    with_line: Ints, against: Ints, up_first: Ints, up_to: Ints, lower_node: Ints, below_first: Ints,
    below_arc: Ints, below_node: Ints, up: Ints, down: Ints,
) -> int:  # fmt: skip
    """Bring the arcs up to date after some edges changed, lowest first; returns how many were looked at."""
    waiting = np.zeros(len(up), np.uint8)
    heap = np.empty(len(up) + 8, np.int64)
    size, looked = 0, 0
    for i in range(len(changed)):
        a = edge_arc[changed[i]]
        if a >= 0 and not waiting[a]:
            waiting[a] = 1
            size = push(heap, size, a)
    while size > 0:
        a = heap[0]
        size -= 1
        sift(heap, size)
        waiting[a] = 0
        looked += 1
        x, y = lower_node[a], up_to[a]
        climbs, falls = _quickest(
            a, x, y, arc_edge_first, arc_edge, start, end, with_line, against, below_first, below_arc,
            below_node, up, down,
        )  # fmt: skip
        if climbs == up[a] and falls == down[a]:
            continue
        old_up, old_down = up[a], down[a]
        up[a], down[a] = climbs, falls
        for other in range(up_first[x], up_first[x + 1]):
            z = up_to[other]
            if z == y:
                continue
            b = find_arc(up_first, up_to, min(y, z), max(y, z))
            if waiting[b]:
                continue
            out, back = (up[b], down[b]) if y < z else (down[b], up[b])
            # y over x to z, and z over x to y, as they were and as they are.
            if (
                min(old_down + up[other], UNREACHED) == out
                or falls + up[other] < out
                or min(down[other] + old_up, UNREACHED) == back
                or down[other] + climbs < back
            ):
                waiting[b] = 1
                size = push(heap, size, b)
    return looked


@compiled
def _quickest(
    a: int, x: int, y: int, arc_edge_first: Ints, arc_edge: Ints, start: Ints, end: Ints, with_line: Ints,
    against: Ints, below_first: Ints, below_arc: Ints, below_node: Ints, up: Ints, down: Ints,
) -> tuple[int, int]:  # fmt: skip
    """The time of one arc anew, from its edges and its lower triangles."""
    climbs, falls = UNREACHED, UNREACHED
    for i in range(arc_edge_first[a], arc_edge_first[a + 1]):
        e = arc_edge[i]
        going, coming = (with_line[e], against[e]) if start[e] < end[e] else (against[e], with_line[e])
        climbs, falls = min(climbs, going), min(falls, coming)
    i, j = below_first[x], below_first[y]
    while i < below_first[x + 1] and j < below_first[y + 1]:
        v, w = below_node[i], below_node[j]
        if v < w:
            i += 1
        elif w < v:
            j += 1
        else:
            to_x, to_y = below_arc[i], below_arc[j]
            climbs = min(climbs, down[to_x] + up[to_y])
            falls = min(falls, down[to_y] + up[to_x])
            i += 1
            j += 1
    return min(climbs, UNREACHED), min(falls, UNREACHED)


@compiled
def climb(
    n1: int, t1: int, n2: int, t2: int, up_first: Ints, up_depth: Ints, parent: Ints, depth: Ints,
    weight: Ints, label: Ints,
) -> int:  # fmt: skip
    """Times from two neighbouring nodes to their ancestors, by depth; returns the lower node.

    With `up` as weights these are times from the place, with `down` times to it.
    """
    low = min(n1, n2)
    for d in range(depth[low] + 1):
        label[d] = UNREACHED
    label[depth[n1]] = min(t1, UNREACHED)
    label[depth[n2]] = min(label[depth[n2]], t2)
    v = low
    while v >= 0:
        time = label[depth[v]]
        if time < UNREACHED:
            for a in range(up_first[v], up_first[v + 1]):
                later = time + weight[a]
                if later < label[up_depth[a]]:
                    label[up_depth[a]] = later
        v = parent[v]
    return low


@compiled
def meet(one: int, other: int, parent: Ints, top: Ints, depth: Ints, label: Ints, other_label: Ints) -> int:
    """The least sum of two labels over the ancestors that both nodes have."""
    u, v = one, other
    while top[u] != top[v]:
        # The chain with the lower top cannot hold the ancestor: leave it by its top.
        if top[u] < top[v]:
            u = parent[top[u]]
        else:
            v = parent[top[v]]
        if u < 0 or v < 0:
            return UNREACHED
    u = max(u, v)
    best = UNREACHED
    for d in range(depth[u] + 1):
        best = min(best, label[d] + other_label[d])
    return best


@compiled
def place_label(
    edge: int, along: float, off_ds: int, leaving: bool, rank: Ints, start: Ints, end: Ints, with_line: Ints,
    against: Ints, up_first: Ints, up_depth: Ints, parent: Ints, depth: Ints, weight: Ints, label: Ints,
) -> int:  # fmt: skip
    """The label of a place on an edge: its ends are neighbours, so one climb serves both."""
    if leaving:
        n1, t1, n2, t2 = ways_out(edge, along, off_ds, start, end, with_line, against)
    else:
        n1, t1, n2, t2 = ways_in(edge, along, off_ds, start, end, with_line, against)
    return climb(rank[n1], t1, rank[n2], t2, up_first, up_depth, parent, depth, weight, label)


@compiled
def times_by_labels(
    place_edge: int, place_along: float, place_off_ds: int, toward_place: bool, edge: Ints, along: Floats,
    off_ds: Ints, rank: Ints, start: Ints, end: Ints, with_line: Ints, against: Ints, up_first: Ints,
    up_depth: Ints, parent: Ints, top: Ints, depth: Ints, up: Ints, down: Ints, label: Ints, other: Ints,
    result: Ints,
) -> None:  # fmt: skip
    """Times between a place and a few others, each by one climb."""
    near, far = (down, up) if toward_place else (up, down)
    low = place_label(
        place_edge, place_along, place_off_ds, not toward_place, rank, start, end, with_line, against,
        up_first, up_depth, parent, depth, near, label,
    )  # fmt: skip
    for c in range(len(edge)):
        if edge[c] == NOWHERE:
            result[c] = UNREACHED
            continue
        theirs = place_label(
            edge[c], along[c], off_ds[c], toward_place, rank, start, end, with_line, against, up_first,
            up_depth, parent, depth, far, other,
        )  # fmt: skip
        best = meet(low, theirs, parent, top, depth, label, other)
        if place_edge >= 0 and edge[c] == place_edge:
            here, there = (along[c], place_along) if toward_place else (place_along, along[c])
            direct = along_one_edge(place_edge, here, there, with_line, against)
            best = min(best, direct + place_off_ds + off_ds[c])
        result[c] = min(best, UNREACHED)


@compiled
def seconds_to_place(
    place_edge: int, place_along: float, place_off_ds: int, rows: Ints, edge: Ints, along: Floats,
    off_ds: Ints, low: Ints, labels: Arcs, rank: Ints, start: Ints, end: Ints, with_line: Ints, against: Ints,
    up_first: Ints, up_depth: Ints, parent: Ints, top: Ints, depth: Ints, down: Ints, label: Ints,
    seconds: Floats,
) -> None:  # fmt: skip
    """Seconds to a place from some rows of places whose labels are known: one climb for all of them."""
    seconds[:] = np.inf
    if place_edge == NOWHERE:
        return
    lowest = place_label(
        place_edge, place_along, place_off_ds, False, rank, start, end, with_line, against, up_first,
        up_depth, parent, depth, down, label,
    )  # fmt: skip
    for i in range(len(rows)):
        row = rows[i]
        if low[row] < 0:
            continue
        best = meet(low[row], lowest, parent, top, depth, labels[row], label)
        if place_edge >= 0 and edge[row] == place_edge:
            direct = along_one_edge(place_edge, along[row], place_along, with_line, against)
            best = min(best, direct + off_ds[row] + place_off_ds)
        if best < UNREACHED:
            seconds[i] = best / 10.0


@compiled
def best_of(times: Ints, limit_ds: int, found: Ints, found_ds: Ints) -> int:
    """The first of some times in order; returns how many there are within the limit."""
    count, bound = 0, limit_ds
    for c in range(len(times)):
        count, bound = _admit(found, found_ds, count, c, times[c], bound)
    return count


@compiled
def labels_of_places(
    edge: Ints, along: Floats, off_ds: Ints, leaving: bool, rank: Ints, start: Ints, end: Ints,
    with_line: Ints, against: Ints, up_first: Ints, up_depth: Ints, parent: Ints, depth: Ints, weight: Ints,
    begin: int, stop: int, low: Ints, labels: Arcs,
) -> None:  # fmt: skip
    """Labels of places `begin` to `stop`, one row each."""
    for i in range(begin, stop):
        low[i] = -1
        if edge[i] != NOWHERE:
            low[i] = place_label(
                edge[i], along[i], off_ds[i], leaving, rank, start, end, with_line, against, up_first,
                up_depth, parent, depth, weight, labels[i],
            )  # fmt: skip


@compiled
def matrix_by_labels(
    from_low: Ints, from_labels: Arcs, to_low: Ints, to_labels: Arcs, from_edge: Ints, from_along: Floats,
    from_off: Ints, to_edge: Ints, to_along: Floats, to_off: Ints, with_line: Ints, against: Ints,
    parent: Ints, top: Ints, depth: Ints, begin: int, stop: int, result: Arcs,
) -> None:  # fmt: skip
    """Rows `begin` to `stop` of a matrix from both sides' labels."""
    for i in range(begin, stop):
        for j in range(len(to_low)):
            if from_low[i] < 0 or to_low[j] < 0:
                result[i, j] = UNREACHED
                continue
            best = meet(from_low[i], to_low[j], parent, top, depth, from_labels[i], to_labels[j])
            if from_edge[i] >= 0 and from_edge[i] == to_edge[j]:
                direct = along_one_edge(from_edge[i], from_along[i], to_along[j], with_line, against)
                best = min(best, direct + from_off[i] + to_off[j])
            result[i, j] = min(best, UNREACHED)


@compiled
def arrange_below(up_first: Ints, up_to: Ints) -> tuple[Ints, Ints, Ints]:
    """For every node the arcs that come up to it, by the node that they come from, ascending."""
    n = len(up_first) - 1
    first = np.zeros(n + 1, np.int32)
    for a in range(len(up_to)):
        first[up_to[a] + 1] += 1
    for v in range(n):
        first[v + 1] += first[v]
    fill = first[:-1].copy()
    arc, node = np.empty(len(up_to), np.int32), np.empty(len(up_to), np.int32)
    for v in range(n):
        for a in range(up_first[v], up_first[v + 1]):
            i = fill[up_to[a]]
            fill[up_to[a]] += 1
            arc[i], node[i] = a, v
    return first, arc, node


@compiled
def depths_of(parent: Ints) -> Ints:
    """How many ancestors each node has."""
    depth = np.zeros(len(parent), np.int32)
    for v in range(len(parent) - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    return depth


@compiled
def chain_tops(parent: Ints) -> Ints:
    """Cut the elimination tree into chains, each going on into the child with most below it; their tops.

    On the way to the root there are few chains, so a common ancestor is found in a few jumps.
    """
    n = len(parent)
    size, heavy = np.ones(n, np.int32), np.full(n, -1, np.int32)
    for v in range(n):
        p = parent[v]
        if p >= 0:
            size[p] += size[v]
            if heavy[p] < 0 or size[v] > size[heavy[p]]:
                heavy[p] = v
    top = np.empty(n, np.int32)
    for v in range(n - 1, -1, -1):
        p = parent[v]
        top[v] = top[p] if p >= 0 and heavy[p] == v else v
    return top
