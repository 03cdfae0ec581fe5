"""Every node's nearest centre by one pass up the hierarchy and one down: no queue at all."""

import numpy as np

from geo.compiled import UNREACHED, compiled
from geo.road_build import Ints


@compiled
def sweep(
    seed_node: Ints, seed_ds: Ints, seed_owner: Ints, rank: Ints, up_first: Ints, up_to: Ints, near: Ints,
    far: Ints, limit_ds: int, ds: Ints, owner: Ints,
) -> None:  # fmt: skip
    """Fill every node's time and centre; equal times go to the lower centre.

    `near` are the arcs' times between a lower node and a higher on the centres' side, `far` on the nodes'
    side: when people travel to the centres these are the times coming down and going up. Time and centre
    are one number, so the lesser of two is the sooner, and of equals the lower centre;
    the centre has 31 bits, so that two closed arcs still add up.
    """
    n = len(rank)
    nobody = UNREACHED << 31
    best = np.full(n, nobody, np.int64)
    for s in range(len(seed_node)):
        v = rank[seed_node[s]]
        best[v] = min(best[v], (np.int64(seed_ds[s]) << 31) | seed_owner[s])
    for v in range(n):
        if best[v] < nobody:
            for a in range(up_first[v], up_first[v + 1]):
                later = best[v] + (np.int64(near[a]) << 31)
                if later < best[up_to[a]]:
                    best[up_to[a]] = later
    for v in range(n - 1, -1, -1):
        least = best[v]
        for a in range(up_first[v], up_first[v + 1]):
            least = min(least, best[up_to[a]] + (np.int64(far[a]) << 31))
        best[v] = least
    for node in range(n):
        key = best[rank[node]]
        time = key >> 31
        if time <= limit_ds:
            ds[node], owner[node] = time, key & 0x7FFFFFFF
        else:
            ds[node], owner[node] = UNREACHED, -1
