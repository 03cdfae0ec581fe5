"""Places that are asked about again and again: where on the road each is, and the climb from it, kept.

People stand where they stood while findings come in; of what a travel time costs, most is the way from each
of them up the hierarchy.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final

import numpy as np

from geo.coordinates import LonLat
from geo.labels import Labels, MatrixRows
from geo.road_build import Ints
from geo.snapping import Snap, Snaps

MOST: Final = 2048
"""So many places are kept; then it begins anew."""

SnapsOf = Callable[[Sequence[LonLat]], Snaps]
_NO_PLACES: Final = Snaps.at_nodes(np.empty(0, np.int32))


class Climbed:
    """One mode's; good for one picture of the roads' times, and begun anew with the next.

    Any number of threads may ask at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._forget(-1, 0)

    def _forget(self, version: int, height: int) -> None:
        self._version = version
        self._row: dict[LonLat, int] = {}
        self._snaps = _NO_PLACES
        self._low, self._labels = np.empty(0, np.int32), np.empty((0, height), np.int32)

    def times_to(
        self,
        place: Snap,
        origins: Sequence[LonLat],
        labels: Labels,
        snap: Callable[[Sequence[LonLat]], Snaps],
    ) -> Ints:
        """Tenths of a second from each origin to the place; `snap` is asked about origins not seen before."""
        with self._lock:
            height = labels.hierarchy.height
            if self._version != labels.metric.version or len(self._row) + len(origins) > MOST:
                self._forget(labels.metric.version, height)
            if any(origin not in self._row for origin in origins):
                self._climb(origins, labels, snap)
            rows = np.array([self._row[origin] for origin in origins], np.intp)
            snaps, low, climbed = self._snaps.rows(rows), self._low[rows], self._labels[rows]
        there = Snaps(
            np.array([place.edge], np.int32), np.array([place.along]), np.array([place.off_ds], np.int32),
            np.zeros(1),
        )  # fmt: skip
        times = MatrixRows(
            labels, snaps, there, low, np.empty(1, np.int32), climbed, np.empty((1, height), np.int32),
            np.empty((len(origins), 1), np.int32),
        )  # fmt: skip
        times.climb_to(slice(0, 1))
        times.fill(slice(0, len(origins)))
        return times.result[:, 0]

    def _climb(self, origins: Sequence[LonLat], labels: Labels, snap: SnapsOf) -> None:
        new = [origin for origin in dict.fromkeys(origins) if origin not in self._row]
        more = labels.matrix_rows(snap(new), _NO_PLACES)
        more.climb_from(slice(0, len(new)))
        self._row |= {origin: len(self._row) + number for number, origin in enumerate(new)}
        self._snaps = Snaps(
            np.concatenate([self._snaps.edge, more.origins.edge]),
            np.concatenate([self._snaps.along, more.origins.along]),
            np.concatenate([self._snaps.off_ds, more.origins.off_ds]),
            np.concatenate([self._snaps.off_m, more.origins.off_m]),
        )
        self._low = np.concatenate([self._low, more.from_low])
        self._labels = np.concatenate([self._labels, more.from_labels])
