"""Chains of candidates at the nodes of the edges they are on: a move is a few writes."""

from geo.compiled import NOWHERE, compiled
from geo.road_build import Ints


@compiled
def chain_candidates(edge: Ints, start: Ints, end: Ints, head: Ints, following: Ints, before: Ints) -> int:
    """Hang every candidate on the nodes of its edge; returns how many nodes have a chain."""
    nodes = 0
    for c in range(len(edge)):
        nodes += link_candidate(c, edge[c], start, end, head, following, before)
    return nodes


@compiled
def link_candidate(
    c: int, edge: int, start: Ints, end: Ints, head: Ints, following: Ints, before: Ints
) -> int:
    """Hang one candidate on the nodes of its edge; returns how many chains this begins.

    Side 0 is where it leaves by when going with the line, side 1 against it. Both ends are linked
    whatever the directions allow, because closures come and go.
    """
    begun = 0
    for side in range(2):
        link = 2 * c + side
        following[link] = before[link] = -1
        if edge == NOWHERE or (edge < 0 and side == 1):
            before[link] = -2
            continue
        node = -1 - edge if edge < 0 else (end[edge] if side == 0 else start[edge])
        begun += head[node] < 0
        following[link] = head[node]
        if head[node] >= 0:
            before[head[node]] = link
        head[node] = link
    return begun


@compiled
def unlink_candidate(
    c: int, edge: int, start: Ints, end: Ints, head: Ints, following: Ints, before: Ints
) -> int:
    """Take one candidate off the chains of its edge; returns how many chains this ends."""
    ended = 0
    for side in range(2):
        link = 2 * c + side
        if before[link] == -2:
            continue
        node = -1 - edge if edge < 0 else (end[edge] if side == 0 else start[edge])
        if following[link] >= 0:
            before[following[link]] = before[link]
        if before[link] >= 0:
            following[before[link]] = following[link]
        else:
            head[node] = following[link]
            ended += head[node] < 0
    return ended
