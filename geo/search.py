"""The searches themselves: Dijkstra over compressed rows, with an array heap, stopping as early as it may.

Times are tenths of a second in 32-bit integers. A heap entry is `time << 32 | node`, so comparing
entries compares times first and node numbers second. Arcs are rows of (node, time); a closed arc's time is
`UNREACHED`, which no comparison ever accepts. `stamp` saves clearing: a node's time counts only when its
stamp is the running search's.
"""

import numpy as np
from numpy.typing import NDArray

from geo.compiled import NOWHERE, UNREACHED, compiled
from geo.road_build import Floats, Ints, Longs

Arcs = NDArray[np.int32]


@compiled
def push(heap: Longs, size: int, entry: int) -> int:
    """Add an entry to a heap of four children a node; returns the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent] <= entry:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = entry
    return size + 1


@compiled
def _plant(seeds: Ints, mark: int, ds: Ints, stamp: Ints, heap: Longs) -> int:
    """Begin a search at pairs of a node and its time; returns the heap's size."""
    size = 0
    for s in range(0, len(seeds), 2):
        node, time = seeds[s], seeds[s + 1]
        if time < UNREACHED and (stamp[node] != mark or time < ds[node]):
            stamp[node], ds[node] = mark, time
            size = push(heap, size, (time << 32) | node)
    return size


@compiled
def sift(heap: Longs, size: int) -> None:
    """Close the hole that taking the first entry left; `size` is what remains."""
    entry = heap[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        least = child
        value = heap[child]
        for j in range(child + 1, min(child + 4, size)):
            if heap[j] < value:
                value = heap[j]
                least = j
        if value >= entry:
            break
        heap[i] = value
        i = least
    heap[i] = entry


@compiled
def share_of(along: float, crossing: int) -> int:
    """The tenths of a second for the first part of an edge; what is left takes the rest, so both add up."""
    return int(along * crossing + 0.5)


@compiled
def ways_out(
    edge: int, along: float, off_ds: int, start: Ints, end: Ints, with_line: Ints, against: Ints
) -> tuple[int, int, int, int]:
    """Leaving a place: one node and its time, the other node and its time."""
    if edge < 0:
        return -1 - edge, off_ds, -1 - edge, UNREACHED
    ahead, back = UNREACHED, UNREACHED
    if with_line[edge] < UNREACHED:
        ahead = off_ds + with_line[edge] - share_of(along, with_line[edge])
    if against[edge] < UNREACHED:
        back = off_ds + share_of(along, against[edge])
    return end[edge], ahead, start[edge], back


@compiled
def ways_in(
    edge: int, along: float, off_ds: int, start: Ints, end: Ints, with_line: Ints, against: Ints
) -> tuple[int, int, int, int]:
    """Arriving at a place: one node and the time from it, the other node and the time from it."""
    if edge < 0:
        return -1 - edge, off_ds, -1 - edge, UNREACHED
    ahead, back = UNREACHED, UNREACHED
    if with_line[edge] < UNREACHED:
        ahead = off_ds + share_of(along, with_line[edge])
    if against[edge] < UNREACHED:
        back = off_ds + against[edge] - share_of(along, against[edge])
    return start[edge], ahead, end[edge], back


@compiled
def seeds_of_places(
    edge: Ints, along: Floats, off_ds: Ints, start: Ints, end: Ints, with_line: Ints, against: Ints,
    arriving: bool,
) -> Arcs:  # fmt: skip
    """Rows of two nodes, each with its time, for places that a search begins at."""
    seeds = np.full((len(edge), 4), UNREACHED, np.int32)
    for i in range(len(edge)):
        if edge[i] == NOWHERE:
            seeds[i, 0] = seeds[i, 2] = 0
        elif arriving:
            seeds[i, 0], seeds[i, 1], seeds[i, 2], seeds[i, 3] = ways_in(
                edge[i], along[i], off_ds[i], start, end, with_line, against
            )
        else:
            seeds[i, 0], seeds[i, 1], seeds[i, 2], seeds[i, 3] = ways_out(
                edge[i], along[i], off_ds[i], start, end, with_line, against
            )
    return seeds


@compiled
def along_one_edge(edge: int, here: float, there: float, with_line: Ints, against: Ints) -> int:
    """From one place to another on the same edge without leaving it; who is there is there, closed or not."""
    best = 0 if here == there else UNREACHED
    if here <= there and with_line[edge] < UNREACHED:
        best = share_of(there, with_line[edge]) - share_of(here, with_line[edge])
    if here >= there and against[edge] < UNREACHED:
        best = min(best, share_of(here, against[edge]) - share_of(there, against[edge]))
    return best


@compiled
def _meet_on_edge(
    place_edge: int, place_along: float, place_off_ds: int, start: Ints, end: Ints, with_line: Ints,
    against: Ints, head: Ints, following: Ints, edge: Ints, along: Floats, off_ds: Ints, toward_place: bool,
    found: Ints, found_ds: Ints, bound: int,
) -> tuple[int, int]:  # fmt: skip
    """Candidates on the place's own edge who need not leave it; returns how many, and the new bound."""
    count = 0
    for turn in range(2):
        link = head[start[place_edge] if turn == 0 else end[place_edge]]
        while link >= 0:
            c = link >> 1
            if edge[c] == place_edge:
                here, there = (along[c], place_along) if toward_place else (place_along, along[c])
                direct = along_one_edge(place_edge, here, there, with_line, against)
                time = direct + place_off_ds + off_ds[c]
                count, bound = _admit(found, found_ds, count, c, time, bound)
            link = following[link]
    return count, bound


@compiled
def nearest_search(
    first: Ints,
    arcs: Arcs,
    seeds: Ints,
    place_edge: int,
    place_along: float,
    place_off_ds: int,
    start: Ints,
    end: Ints,
    with_line: Ints,
    against: Ints,
    head: Ints,
    following: Ints,
    edge: Ints,
    along: Floats,
    off_ds: Ints,
    limit_ds: int,
    toward_place: bool,
    ds: Ints,
    stamp: Ints,
    heap: Longs,
    found: Ints,
    found_ds: Ints,
) -> int:
    """The first `len(found)` candidates in order of time; returns how many there are within the limit.

    `first` and `arcs` are the reversed rows when candidates travel towards the place. `head[node]` begins
    the chain of candidates that are on an edge at the node, as `2 * candidate + side`. Equal times are in
    order of the candidates' numbers.
    """
    count = 0
    bound = limit_ds
    mark = stamp[len(stamp) - 1] + 1
    stamp[len(stamp) - 1] = mark
    size = _plant(seeds, mark, ds, stamp, heap)
    if place_edge >= 0:
        count, bound = _meet_on_edge(
            place_edge, place_along, place_off_ds, start, end, with_line, against, head, following, edge,
            along, off_ds, toward_place, found, found_ds, bound,
        )  # fmt: skip
    while size > 0:
        entry = heap[0]
        size -= 1
        sift(heap, size)
        node = entry & 0xFFFFFFFF
        time = entry >> 32
        if time > ds[node]:
            continue
        if time > bound:
            break
        link = head[node]
        while link >= 0:
            c = link >> 1
            rest = _time_at_end(link & 1, edge[c], along[c], off_ds[c], with_line, against, toward_place)
            count, bound = _admit(found, found_ds, count, c, time + rest, bound)
            link = following[link]
        for a in range(first[node], first[node + 1]):
            to = arcs[a, 0]
            later = time + arcs[a, 1]
            if later < UNREACHED and (stamp[to] != mark or later < ds[to]):
                stamp[to], ds[to] = mark, later
                size = push(heap, size, (later << 32) | to)
    return count


@compiled
def _time_at_end(
    side: int, edge: int, along: float, off_ds: int, with_line: Ints, against: Ints, leaving: bool
) -> int:
    """Between a candidate and one end of its edge (side 0 is the line's end), leaving or arriving."""
    if edge < 0:
        return off_ds
    forwards = (side == 0) == leaving
    crossing = with_line[edge] if forwards else against[edge]
    if crossing >= UNREACHED:
        return UNREACHED
    part = share_of(along, crossing)
    return off_ds + (crossing - part if side == 0 else part)


@compiled
def _admit(found: Ints, found_ds: Ints, count: int, candidate: int, time: int, bound: int) -> tuple[int, int]:
    """Put a candidate in its place among the best so far, once; returns how many, and the new bound."""
    if time >= UNREACHED or time > bound:
        return count, bound
    at = -1
    for i in range(count):
        if found[i] == candidate:
            at = i
            break
    if at >= 0 and time >= found_ds[at]:
        return count, bound
    if at < 0:
        if count < len(found):
            at = count
            count += 1
        elif time < found_ds[count - 1] or candidate < found[count - 1]:
            at = count - 1
        else:
            return count, bound
    while at > 0 and (found_ds[at - 1] > time or (found_ds[at - 1] == time and found[at - 1] > candidate)):
        found_ds[at], found[at] = found_ds[at - 1], found[at - 1]
        at -= 1
    found_ds[at], found[at] = time, candidate
    if count == len(found):
        bound = min(bound, found_ds[count - 1])
    return count, bound


@compiled
def spread(
    first: Ints, arcs: Arcs, seeds: Ints, limit_ds: int, head: Ints, targets: int, ds: Ints, stamp: Ints,
    heap: Longs, settled: Ints,
) -> int:  # fmt: skip
    """Settle nodes in order of time until the limit, or until `targets` nodes with a chain are settled.

    Leaves times in `ds` (see `stamp`); writes settled nodes, in order, as far as `settled` is long, and
    returns how many were settled. Times of nodes that were not settled are not final.
    """
    count, left = 0, targets
    mark = stamp[len(stamp) - 1] + 1
    stamp[len(stamp) - 1] = mark
    size = _plant(seeds, mark, ds, stamp, heap)
    while size > 0:
        entry = heap[0]
        size -= 1
        sift(heap, size)
        node = entry & 0xFFFFFFFF
        time = entry >> 32
        if time > ds[node]:
            continue
        if time > limit_ds:
            break
        if count < len(settled):
            settled[count] = node
        count += 1
        if targets > 0 and head[node] >= 0:
            left -= 1
            if left == 0:
                break
        for a in range(first[node], first[node + 1]):
            to = arcs[a, 0]
            later = time + arcs[a, 1]
            if later <= limit_ds and (stamp[to] != mark or later < ds[to]):
                stamp[to], ds[to] = mark, later
                size = push(heap, size, (later << 32) | to)
    return count


@compiled
def times_at_places(
    place_edge: int,
    place_along: float,
    place_off_ds: int,
    toward_place: bool,
    edge: Ints,
    along: Floats,
    off_ds: Ints,
    start: Ints,
    end: Ints,
    with_line: Ints,
    against: Ints,
    ds: Ints,
    stamp: Ints,
    result: Ints,
) -> None:
    """After a spread from a place: the times between it and other places."""
    mark = stamp[len(stamp) - 1]
    for c in range(len(edge)):
        if edge[c] == NOWHERE:
            result[c] = UNREACHED
            continue
        if toward_place:
            n1, t1, n2, t2 = ways_out(edge[c], along[c], off_ds[c], start, end, with_line, against)
        else:
            n1, t1, n2, t2 = ways_in(edge[c], along[c], off_ds[c], start, end, with_line, against)
        best = UNREACHED
        if stamp[n1] == mark:
            best = min(best, ds[n1] + t1)
        if stamp[n2] == mark:
            best = min(best, ds[n2] + t2)
        if place_edge >= 0 and edge[c] == place_edge:
            if toward_place:
                direct = along_one_edge(place_edge, along[c], place_along, with_line, against)
            else:
                direct = along_one_edge(place_edge, place_along, along[c], with_line, against)
            best = min(best, direct + place_off_ds + off_ds[c])
        result[c] = min(best, UNREACHED)


@compiled
def tree_to_targets(
    first: Ints, arcs: Arcs, seeds: Ints, target: int, other: int, ds: Ints, stamp: Ints, heap: Longs,
    came_by: Ints,
) -> None:  # fmt: skip
    """A spread that remembers the arc each node was reached by (-1 at a seed), until both targets are."""
    mark = stamp[len(stamp) - 1] + 1
    stamp[len(stamp) - 1] = mark
    left = 1 if target == other else 2
    size = _plant(seeds, mark, ds, stamp, heap)
    came_by[seeds[0]] = came_by[seeds[2]] = -1
    while size > 0:
        entry = heap[0]
        size -= 1
        sift(heap, size)
        node = entry & 0xFFFFFFFF
        time = entry >> 32
        if time > ds[node]:
            continue
        if node in (target, other):
            left -= 1
            if left == 0:
                break
        for a in range(first[node], first[node + 1]):
            to = arcs[a, 0]
            later = time + arcs[a, 1]
            if later < UNREACHED and (stamp[to] != mark or later < ds[to]):
                stamp[to], ds[to], came_by[to] = mark, later, a
                size = push(heap, size, (later << 32) | to)
