"""Searches by the hierarchy: a climb from each place, and the best ancestor that two places share."""

from dataclasses import dataclass

import numpy as np

from geo.compiled import UNREACHED
from geo.hierarchy import Hierarchy, Weighed
from geo.hierarchy_kernels import (
    best_of,
    labels_of_places,
    matrix_by_labels,
    seconds_to_place,
    times_by_labels,
)
from geo.hierarchy_sweep import sweep
from geo.road_build import Floats, Ints
from geo.search import Arcs
from geo.snapping import Snap, Snaps
from geo.travel_metric import Metric


@dataclass(frozen=True, slots=True)
class Labels:
    """A hierarchy with the times of one moment."""

    hierarchy: Hierarchy
    weighed: Weighed
    metric: Metric
    start: Ints
    end: Ints

    def times(self, place: Snap, others: Snaps, *, toward_place: bool) -> Ints:
        """Tenths of a second between a place and others."""
        h, height = self.hierarchy, self.hierarchy.height
        result = np.empty(len(others), np.int32)
        times_by_labels(
            *place, toward_place, others.edge, others.along, others.off_ds, h.rank, self.start, self.end,
            self.metric.with_line, self.metric.against, h.up_first, h.up_depth, h.parent, h.top,
            h.depth, self.weighed.up, self.weighed.down, np.empty(height, np.int32),
            np.empty(height, np.int32), result,
        )  # fmt: skip
        return result

    def seconds_to(self, place: Snap, rows: Ints, origins: "Climbs") -> Floats:
        """Seconds to a place from some of the origins that were climbed from before; infinite for no way."""
        h, known = self.hierarchy, origins.snaps
        seconds = np.empty(len(rows))
        seconds_to_place(
            *place, rows, known.edge, known.along, known.off_ds, origins.low, origins.labels, h.rank,
            self.start, self.end, self.metric.with_line, self.metric.against, h.up_first, h.up_depth,
            h.parent, h.top, h.depth, self.weighed.down, np.empty(h.height, np.int32), seconds,
        )  # fmt: skip
        return seconds

    def nearest(self, place: Snap, candidates: Snaps, found: Ints, found_ds: Ints, limit_ds: int) -> int:
        """Fill the first candidates in order of time; returns how many there are within the limit."""
        times = self.times(place, candidates, toward_place=True)
        return int(best_of(times, limit_ds, found, found_ds))

    def nearest_centre(
        self, seeds: tuple[Ints, Ints, Ints], toward_centre: bool, limit_ds: int, ds: Ints, owner: Ints
    ) -> None:
        """Every node's nearest centre; `seeds` are nodes, their times and the centres they belong to."""
        h, up, down = self.hierarchy, self.weighed.up, self.weighed.down
        near, far = (down, up) if toward_centre else (up, down)
        sweep(*seeds, h.rank, h.up_first, h.up_to, near, far, limit_ds, ds, owner)

    def matrix_rows(self, origins: Snaps, destinations: Snaps) -> "MatrixRows":
        """What the rows of a matrix need: room for both sides' labels, and the result."""
        height = self.hierarchy.height
        return MatrixRows(
            self,
            origins,
            destinations,
            np.empty(len(origins), np.int32),
            np.empty(len(destinations), np.int32),
            np.empty((len(origins), height), np.int32),
            np.empty((len(destinations), height), np.int32),
            np.full((len(origins), len(destinations)), UNREACHED, np.int32),
        )


@dataclass(frozen=True, slots=True)
class Climbs:
    """Places with the climb from each: its lowest node (-1 nowhere) and the times to that one's ancestors."""

    snaps: Snaps
    low: Ints
    labels: Arcs

    @classmethod
    def none(cls, height: int) -> "Climbs":
        """Of no place yet."""
        nowhere = Snaps.at_nodes(np.empty(0, np.int32))
        return cls(nowhere, np.empty(0, np.int32), np.empty((0, height), np.int32))

    @classmethod
    def of(cls, labels: Labels, snaps: Snaps) -> "Climbs":
        """Climb from each place."""
        rows = labels.matrix_rows(snaps, Snaps.at_nodes(np.empty(0, np.int32)))
        rows.climb_from(slice(0, len(snaps)))
        return cls(snaps, rows.from_low, rows.from_labels)

    def and_then(self, more: "Climbs") -> "Climbs":
        """These places, and more behind them."""
        return Climbs(
            self.snaps.and_then(more.snaps),
            np.concatenate([self.low, more.low]),
            np.concatenate([self.labels, more.labels]),
        )


@dataclass(frozen=True, slots=True)
class MatrixRows:
    """A matrix in the making: first all labels, then the rows, each cut up among threads."""

    labels: Labels
    origins: Snaps
    destinations: Snaps
    from_low: Ints
    to_low: Ints
    from_labels: Arcs
    to_labels: Arcs
    result: Arcs

    def climb_from(self, rows: slice) -> None:
        """Labels of some origins."""
        self._climb(self.origins, rows, self.labels.weighed.up, self.from_low, self.from_labels, leaving=True)

    def climb_to(self, rows: slice) -> None:
        """Labels of some destinations."""
        self._climb(
            self.destinations, rows, self.labels.weighed.down, self.to_low, self.to_labels, leaving=False
        )

    def _climb(
        self, side: Snaps, rows: slice, weight: Ints, low: Ints, labels: Arcs, *, leaving: bool
    ) -> None:
        own, h = self.labels, self.labels.hierarchy
        labels_of_places(
            side.edge, side.along, side.off_ds, leaving, h.rank, own.start, own.end, own.metric.with_line,
            own.metric.against, h.up_first, h.up_depth, h.parent, h.depth, weight, rows.start, rows.stop, low,
            labels,
        )  # fmt: skip

    def fill(self, rows: slice) -> None:
        """Some rows of the result."""
        own, h, left, right = self.labels, self.labels.hierarchy, self.origins, self.destinations
        matrix_by_labels(
            self.from_low, self.from_labels, self.to_low, self.to_labels, left.edge, left.along, left.off_ds,
            right.edge, right.along, right.off_ds, own.metric.with_line, own.metric.against, h.parent, h.top,
            h.depth, rows.start, rows.stop, self.result,
        )  # fmt: skip
