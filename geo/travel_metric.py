"""What one mode can use of a network, and a consistent picture of its times at one moment.

A picture never changes while anybody looks at it: when the roads' conditions do, the next query gets a new
one, and a query that is running finishes on the old one. The one before is kept, and is brought up to date
when it is wanted and nobody looks at it any more: a closure costs what it touches, not a copy of the city.
"""

import sys
from dataclasses import dataclass, fields, replace
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.compiled import UNREACHED
from geo.hierarchy import Hierarchy, Weighed, weigh, weigh_again
from geo.road_build import Bytes, Ints, Longs
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.rows import compress, put_times
from geo.search import Arcs

_MANY_EDGES: Final = 500
"""Past so many changed edges, weighing the whole hierarchy is quicker than following each change."""

_HELD_BY_US: Final = 3
"""The caller's name (or the picture's field), the name here, and the counting itself."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The times at one moment, in tenths of a second."""

    version: int
    with_line: Ints
    against: Ints
    out_arcs: Arcs
    in_arcs: Arcs
    usable: Bytes
    """By edge: 0 nobody can be on it, 1 a street, 2 a bridge or tunnel."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What one search needs for itself; kept and used again, never shared by two at once."""

    ds: Ints
    stamp: Ints
    """By node, and at its end the number of the latest search."""
    heap: Longs


class ModeRows:
    """One mode's arcs in both directions, and the current picture of their times."""

    def __init__(self, network: RoadNetwork, mode: Mode, main_part_only: bool) -> None:
        self.network, self.mode = network, mode
        table, nodes = network.table, network.node_count
        masks = (table.forward, table.backward, mode.bit)
        self.out_first, out_arcs, self._out_place, self.out_edge = compress(
            nodes, table.start, table.end, *masks, False
        )
        self.in_first, in_arcs, self._in_place, _ = compress(nodes, table.start, table.end, *masks, True)
        self._lock = Lock()
        self._weighed: Weighed | None = None
        self._spare: Metric | None = None
        self._spare_weighed: Weighed | None = None
        self._all_edges = np.arange(network.edge_count, dtype=np.int32)
        version = network.conditions.version
        with_line, against = network.conditions.crossing_times(mode)
        part = self._main_part(table.start, table.end, main_part_only)
        self._kind = np.where(part, np.where(network.is_span, 2, 1), 0).astype(np.uint8)
        self._metric = self._filled(
            version, with_line, against, out_arcs, in_arcs, np.zeros(len(part), np.uint8), self._all_edges
        )

    def _main_part(self, start: Ints, end: Ints, main_part_only: bool) -> NDArray[np.bool_]:
        """The edges where most of the mode's network is in reach, and can get back; closures aside."""
        allowed: NDArray[np.bool_] = np.max(self._out_place, axis=1) >= 0
        if not main_part_only:
            return allowed
        nodes = self.network.node_count
        source = np.repeat(np.arange(nodes), np.diff(self.out_first))
        edge = self.out_edge >> 1
        target = np.where(self.out_edge & 1, start[edge], end[edge])
        graph = coo_array((np.ones(len(source), np.int8), (source, target)), shape=(nodes, nodes))
        _, label = connected_components(graph, directed=True, connection="strong")
        inside = label == (np.argmax(np.bincount(label[source])) if len(source) else 0)
        in_part: NDArray[np.bool_] = allowed & inside[start] & inside[end]
        return in_part

    def workspace(self) -> Workspace:
        """Room for one search: every arc may enter the heap once, and the seeds."""
        nodes = self.network.node_count
        return Workspace(
            np.empty(nodes, np.int32),
            np.zeros(nodes + 1, np.int32),
            np.empty(len(self.out_edge) + 8, np.int64),
        )

    def current(self) -> Metric:
        """The picture that holds now; a new one when conditions have changed since the last."""
        metric = self._metric
        if metric.version == self.network.conditions.version:
            return metric
        with self._lock:
            return self._caught_up()

    def weighed(self, metric: Metric) -> Weighed | None:
        """The hierarchy's times for a picture; None without a hierarchy, or when the world has moved on.

        After a closure only the arcs that it touches are weighed anew, after a change of speeds all; the
        first query that needs them pays for it, and plain searches never do.
        """
        weighed = self._weighed
        if weighed is not None and weighed.version == metric.version:
            return weighed
        hierarchy = self.network.hierarchy
        if hierarchy is None:
            return None
        with self._lock:
            old = self._weighed
            if old is None or old.version < metric.version:
                self._weighed = self._weighed_anew(hierarchy, old, metric)
                self._spare_weighed = old
            weighed = self._weighed
        return weighed if weighed is not None and weighed.version == metric.version else None

    def _weighed_anew(self, hierarchy: Hierarchy, old: Weighed | None, metric: Metric) -> Weighed:
        spare, self._spare_weighed = self._spare_weighed, None
        idle = spare is not None and _is_ours_alone(spare)
        base = spare if idle else old
        changed = self.network.conditions.changed_since(base.version) if base else None
        if base is None or changed is None or len(changed) > _MANY_EDGES:
            return weigh(hierarchy, metric.version, metric.with_line, metric.against)
        up, down = (base.up, base.down) if idle else (base.up.copy(), base.down.copy())
        # Edges that changed after the picture was taken are in `changed` too; weighing them is harmless.
        anew = Weighed(metric.version, up, down)
        weigh_again(hierarchy, anew, changed, metric.with_line, metric.against)
        return anew

    def _caught_up(self) -> Metric:
        old, conditions = self._metric, self.network.conditions
        version = conditions.version
        if old.version == version:
            return old
        spare, self._spare = self._spare, None
        base = spare if spare is not None and _is_ours_alone(spare) else _copy_of(old)
        changed = conditions.changed_since(base.version)
        edges = self._all_edges if changed is None else changed
        base.with_line[edges], base.against[edges] = conditions.crossing_times(
            self.mode, None if changed is None else changed
        )
        self._metric = self._filled(
            version, base.with_line, base.against, base.out_arcs, base.in_arcs, base.usable, edges
        )
        self._spare = old
        return self._metric

    def _filled(
        self,
        version: int,
        with_line: Ints,
        against: Ints,
        out_arcs: Arcs,
        in_arcs: Arcs,
        usable: Bytes,
        edges: Ints,
    ) -> Metric:
        put_times(edges, self._out_place, with_line, against, out_arcs)
        put_times(edges, self._in_place, with_line, against, in_arcs)
        open_way = (with_line[edges] < UNREACHED) | (against[edges] < UNREACHED)
        usable[edges] = np.where(open_way, self._kind[edges], 0)
        return Metric(version, with_line, against, out_arcs, in_arcs, usable)


def _copy_of(metric: Metric) -> Metric:
    return replace(
        metric,
        with_line=metric.with_line.copy(),
        against=metric.against.copy(),
        out_arcs=metric.out_arcs.copy(),
        in_arcs=metric.in_arcs.copy(),
        usable=metric.usable.copy(),
    )


def _is_ours_alone(picture: Metric | Weighed) -> bool:
    """Whether nobody holds the picture or one of its arrays but the caller, by one name.

    No query can come to a picture that is no longer the current one, so the answer cannot become wrong.
    """
    if sys.getrefcount(picture) > _HELD_BY_US:
        return False
    arrays = (getattr(picture, field.name) for field in fields(picture) if field.name != "version")
    return all(sys.getrefcount(array) <= _HELD_BY_US for array in arrays)
