"""Searches from many places at once: matrices, reaches and every node's nearest centre."""

import numpy as np

from geo.compiled import NOWHERE, UNREACHED, compiled
from geo.road_build import Floats, Ints, Longs
from geo.search import Arcs, along_one_edge, spread, times_at_places, ways_in, ways_out


@compiled
def matrix_rows(
    first: Ints, arcs: Arcs, start: Ints, end: Ints, with_line: Ints, against: Ints,
    from_edge: Ints, from_along: Floats, from_off: Ints, to_edge: Ints, to_along: Floats, to_off: Ints,
    head: Ints, targets: int, begin: int, stop: int, ds: Ints, stamp: Ints, heap: Longs, result: Arcs,
) -> None:  # fmt: skip
    """Rows `begin` to `stop` of the matrix: a spread from each origin that ends at the last destination."""
    seeds = np.empty(4, np.int32)
    nothing = np.empty(0, np.int32)
    for i in range(begin, stop):
        if from_edge[i] == NOWHERE:
            result[i, :] = UNREACHED
            continue
        seeds[0], seeds[1], seeds[2], seeds[3] = ways_out(
            from_edge[i], from_along[i], from_off[i], start, end, with_line, against
        )
        spread(first, arcs, seeds, UNREACHED - 1, head, targets, ds, stamp, heap, nothing)
        times_at_places(
            from_edge[i], from_along[i], from_off[i], False, to_edge, to_along, to_off, start, end, with_line,
            against, ds, stamp, result[i],
        )  # fmt: skip


@compiled
def reach_each(
    first: Ints, arcs: Arcs, seeds: Arcs, limit_ds: int, ds: Ints, stamp: Ints, heap: Longs
) -> tuple[Longs, Ints, Ints]:
    """For each row of seeds the nodes within the limit and their times, one after the other."""
    ends = np.zeros(len(seeds) + 1, np.int64)
    nodes, times = np.empty(4096, np.int32), np.empty(4096, np.int32)
    settled = np.empty(len(first), np.int32)
    nobody = np.empty(0, np.int32)
    for i in range(len(seeds)):
        count = spread(first, arcs, seeds[i], limit_ds, nobody, 0, ds, stamp, heap, settled)
        filled = ends[i]
        if filled + count > len(nodes):
            room = 2 * (filled + count)
            more_nodes, more_times = np.empty(room, np.int32), np.empty(room, np.int32)
            more_nodes[:filled], more_times[:filled] = nodes[:filled], times[:filled]
            nodes, times = more_nodes, more_times
        for j in range(count):
            nodes[filled + j] = settled[j]
            times[filled + j] = ds[settled[j]]
        ends[i + 1] = filled + count
    return ends, nodes[: ends[-1]], times[: ends[-1]]


@compiled
def longest_time(arcs: Arcs) -> int:
    """The longest time of an open arc."""
    longest = 0
    for a in range(len(arcs)):
        if longest < arcs[a, 1] < UNREACHED:
            longest = arcs[a, 1]
    return longest


@compiled
def nearest_centre_search(
    first: Ints, arcs: Arcs, seed_node: Ints, seed_ds: Ints, seed_owner: Ints, limit_ds: int, ds: Ints,
    owner: Ints, longest: int,
) -> None:  # fmt: skip
    """Every node's nearest centre at once, with circular buckets of a tenth of a second (Dial).

    `longest` is at least every open arc's time and the spread of the seeds.
    """
    width = 1
    while width <= longest:
        width <<= 1
    bucket = np.full(width, -1, np.int32)
    item, chain = (
        np.empty(len(arcs) + len(seed_node), np.int32),
        np.empty(len(arcs) + len(seed_node), np.int32),
    )
    done = np.zeros(len(ds), np.uint8)
    used, live = 0, 0
    ds[:] = UNREACHED
    owner[:] = -1
    for s in range(len(seed_node)):
        node, time = seed_node[s], seed_ds[s]
        if time <= limit_ds and (time < ds[node] or (time == ds[node] and seed_owner[s] < owner[node])):
            ds[node], owner[node] = time, seed_owner[s]
            item[used], chain[used] = node, bucket[time & (width - 1)]
            bucket[time & (width - 1)] = used
            used += 1
            live += 1
    now = 0
    while live > 0:
        slot = now & (width - 1)
        while bucket[slot] >= 0:
            i = bucket[slot]
            bucket[slot] = chain[i]
            live -= 1
            node = item[i]
            if ds[node] != now or done[node]:
                continue
            done[node] = 1
            mine = owner[node]
            for a in range(first[node], first[node + 1]):
                to = arcs[a, 0]
                later = now + arcs[a, 1]
                if later < ds[to] and later <= limit_ds:
                    ds[to], owner[to] = later, mine
                    item[used], chain[used] = to, bucket[later & (width - 1)]
                    bucket[later & (width - 1)] = used
                    used += 1
                    live += 1
        now += 1


@compiled
def nearest_centre_of_places(
    owner: Ints, ds: Ints, edge: Ints, along: Floats, off_ds: Ints, start: Ints, end: Ints, with_line: Ints,
    against: Ints, centre_edge: Ints, centre_along: Floats, centre_off: Ints, head: Ints, following: Ints,
    toward_centre: bool, best_owner: Ints, best_ds: Ints,
) -> None:  # fmt: skip
    """From every node's nearest centre to that of places along edges; a centre on the same edge counts too.

    `head` and `following` are the centres' chains (see `geo.fleet_links`).
    """
    for i in range(len(edge)):
        best_owner[i], best_ds[i] = -1, UNREACHED
        e = edge[i]
        if e == NOWHERE:
            continue
        if toward_centre:
            n1, t1, n2, t2 = ways_out(e, along[i], off_ds[i], start, end, with_line, against)
        else:
            n1, t1, n2, t2 = ways_in(e, along[i], off_ds[i], start, end, with_line, against)
        for node, time in ((n1, ds[n1] + t1), (n2, ds[n2] + t2)):
            if time < best_ds[i] or (time == best_ds[i] and owner[node] < best_owner[i]):
                best_owner[i], best_ds[i] = owner[node], time
        link = head[start[e]] if e >= 0 else -1
        while link >= 0:
            c = link >> 1
            if centre_edge[c] == e:
                here, there = (along[i], centre_along[c]) if toward_centre else (centre_along[c], along[i])
                time = along_one_edge(e, here, there, with_line, against) + off_ds[i] + centre_off[c]
                if time < best_ds[i] or (time == best_ds[i] and c < best_owner[i]):
                    best_owner[i], best_ds[i] = c, time
            link = following[link]


@compiled
def times_within(
    first: Ints, arcs: Arcs, start: Ints, end: Ints, with_line: Ints, against: Ints, seeds: Arcs,
    centre_edge: Ints, centre_along: Floats, centre_off: Ints, edge: Ints, along: Floats, off_ds: Ints,
    limit_ds: int, toward_centre: bool, begin: int, stop: int, ds: Ints, stamp: Ints, heap: Longs,
    result: Arcs,
) -> None:  # fmt: skip
    """Times between centres (rows `begin` to `stop`) and places; UNREACHED beyond the limit."""
    nothing = np.empty(0, np.int32)
    for c in range(begin, stop):
        if centre_edge[c] == NOWHERE:
            result[c, :] = UNREACHED
            continue
        spread(first, arcs, seeds[c], limit_ds, nothing, 0, ds, stamp, heap, nothing)
        times_at_places(
            centre_edge[c], centre_along[c], centre_off[c], toward_centre, edge, along, off_ds, start, end,
            with_line, against, ds, stamp, result[c],
        )  # fmt: skip
        for i in range(len(edge)):
            if result[c, i] > limit_ds:
                result[c, i] = UNREACHED
