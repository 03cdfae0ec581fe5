"""A contraction hierarchy that takes new speeds and closures in milliseconds, without being rebuilt.

Crossings are ranked once, by which roads meet (see `geo.dissection`). Between any two places the quickest way
climbs from both to a common ancestor, over arcs that stand for the quickest way through lower crossings. So a
search looks at a few hundred ancestors instead of the map. When times change, the arcs are weighed anew: all
of them from the lowest to the highest, or only those that a closed street touches.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.dissection import dissection_order
from geo.hierarchy_kernels import (
    arcs_of_edges,
    arrange_below,
    chain_tops,
    depths_of,
    eliminate,
    weigh_all,
    weigh_changed,
)
from geo.road_build import Floats, Ints


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What depends only on which roads meet. All nodes but in `rank` are numbered by rank."""

    rank: Ints
    """Of each of the network's nodes."""
    start: Ints
    end: Ints
    edge_arc: Ints
    arc_edge_first: Ints
    arc_edge: Ints
    up_first: Ints
    up_to: Ints
    up_depth: Ints
    lower_node: Ints
    parent: Ints
    top: Ints
    depth: Ints
    below_first: Ints
    below_arc: Ints
    below_node: Ints

    height: int
    """The most ancestors that a node has, and itself."""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything, by name, for a file."""
        return {name: getattr(self, name) for name in _ARRAYS}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> "Hierarchy":
        """Back from a file."""
        columns = {name: arrays[name].view(np.int32) for name in _ARRAYS}
        return cls(**columns, height=int(columns["depth"].max(initial=0)) + 1)


_ARRAYS: Final = tuple(field.name for field in fields(Hierarchy) if field.name != "height")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A hierarchy's times at one moment: going up each arc, and coming down it."""

    version: int
    up: Ints
    down: Ints


def build_hierarchy(nodes: int, start: Ints, end: Ints, place: tuple[Floats, Floats]) -> Hierarchy:
    """Rank the crossings and find the arcs: seconds for a city, once for all modes, speeds, closures."""
    first, to, twin = _neighbours(nodes, start, end)
    order = dissection_order(first, to, twin, *place)
    rank = np.empty(nodes, np.int32)
    rank[order] = np.arange(nodes, dtype=np.int32)
    by_rank_first, by_rank_to, _ = _neighbours(nodes, rank[start], rank[end])
    up_first, up_to, parent = eliminate(by_rank_first, by_rank_to)
    depth = depths_of(parent)
    below = arrange_below(up_first, up_to)
    edge_arc = arcs_of_edges(up_first, up_to, rank[start], rank[end])
    by_arc = np.argsort(edge_arc, kind="stable").astype(np.int32)
    used = by_arc[edge_arc[by_arc] >= 0]
    arc_edge_first = np.searchsorted(edge_arc[used], np.arange(len(up_to) + 1)).astype(np.int32)
    hierarchy = Hierarchy(
        rank=rank,
        start=rank[start],
        end=rank[end],
        edge_arc=edge_arc,
        arc_edge_first=arc_edge_first,
        arc_edge=used,
        up_first=up_first,
        up_to=up_to,
        up_depth=depth[up_to],
        lower_node=np.repeat(np.arange(nodes, dtype=np.int32), np.diff(up_first)),
        parent=parent,
        top=chain_tops(parent),
        depth=depth,
        below_first=below[0],
        below_arc=below[1],
        below_node=below[2],
        height=int(depth.max(initial=0)) + 1,
    )
    for array in hierarchy.arrays().values():
        array.setflags(write=False)
    return hierarchy


def weigh(hierarchy: Hierarchy, version: int, with_line: Ints, against: Ints) -> Weighed:
    """Weigh every arc for the times of all edges."""
    h, arcs = hierarchy, len(hierarchy.up_to)
    up, down = np.empty(arcs, np.int32), np.empty(arcs, np.int32)
    weigh_all(
        h.edge_arc, h.start, h.end, with_line, against, h.up_first, h.up_to, h.below_first, h.below_arc,
        h.below_node, up, down,
    )  # fmt: skip
    return Weighed(version, up, down)


def weigh_again(
    hierarchy: Hierarchy, weighed: Weighed, changed: Ints, with_line: Ints, against: Ints
) -> None:
    """Bring times up to date after some edges changed: only arcs that they touch are weighed."""
    h = hierarchy
    weigh_changed(
        changed, h.edge_arc, h.arc_edge_first, h.arc_edge, h.start, h.end, with_line, against, h.up_first,
        h.up_to, h.lower_node, h.below_first, h.below_arc, h.below_node, weighed.up, weighed.down,
    )  # fmt: skip


def _neighbours(nodes: int, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Undirected rows without loops and doubles, and the opposite of each arc."""
    apart = start != end
    one = np.concatenate([start[apart], end[apart]]).astype(np.int64)
    other = np.concatenate([end[apart], start[apart]]).astype(np.int64)
    key = np.unique(one * nodes + other)
    source, target = key // nodes, key % nodes
    first = np.searchsorted(source, np.arange(nodes + 1)).astype(np.int32)
    twin = np.searchsorted(key, target * nodes + source).astype(np.int32)
    return first, target.astype(np.int32), twin
