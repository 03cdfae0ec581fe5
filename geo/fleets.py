"""Candidates that move: people on shift, vehicles, or centres, each hung on the edge it is on."""

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np

from geo.coordinates import LonLat
from geo.fleet_links import chain_candidates, link_candidate, unlink_candidate
from geo.road_build import Bytes, Ints
from geo.snapping import Snap, Snaps


class Fleet:
    """Places that a search can meet. Made by `Travel.fleet`; a move costs next to nothing.

    Moves and searches of one fleet take turns (`lock`), so any thread may do either.
    """

    def __init__(
        self, snaps: Snaps, start: Ints, end: Ints, nodes: int, places: Sequence[LonLat | None] = ()
    ) -> None:
        count = len(snaps)
        self.lock = Lock()
        self.edge = snaps.edge.astype(np.int32, copy=True)
        self.along = snaps.along.astype(np.float64, copy=True)
        self.off_ds = snaps.off_ds.astype(np.int32, copy=True)
        self.head = np.full(nodes, -1, np.int32)
        self.following = np.empty(2 * count, np.int32)
        self.before = np.empty(2 * count, np.int32)
        self.chains = int(chain_candidates(self.edge, start, end, self.head, self.following, self.before))
        self.snaps = Snaps(self.edge, self.along, self.off_ds, np.zeros(count))
        """The same places as rows; they follow every move."""
        self._start, self._end = start, end
        self._places = list(places) or [None] * count
        self._displaced = np.zeros(count, np.bool_)
        self._version = -1

    def __len__(self) -> int:
        return len(self.edge)

    def follow(self, version: int, usable: Bytes, snap_one: Callable[[LonLat], Snap]) -> None:
        """After conditions changed: whoever stands on a street that closed belongs to the next open one.

        And back again when it opens. Only candidates given in degrees can be snapped anew.
        """
        if version == self._version:
            return
        self._version = version
        stranded = (self.edge >= 0) & (usable[np.maximum(self.edge, 0)] == 0)
        for candidate in np.flatnonzero(stranded | self._displaced).tolist():
            place = self._places[candidate]
            if place is not None:
                self.put(candidate, snap_one(place), place)
                self._displaced[candidate] = True

    def put(self, candidate: int, snap: Snap, place: LonLat | None = None) -> None:
        """Move one candidate to a place on the network."""
        self._places[candidate], self._displaced[candidate] = place, False
        start, end, head, following, before = self._start, self._end, self.head, self.following, self.before
        with self.lock:
            self.chains -= unlink_candidate(
                candidate, self.edge[candidate], start, end, head, following, before
            )
            self.edge[candidate], self.along[candidate], self.off_ds[candidate] = snap
            self.chains += link_candidate(candidate, snap.edge, start, end, head, following, before)
