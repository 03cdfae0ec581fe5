"""Places that are asked about again and again: where on the road each is, and the climb from it, kept.

People stand where they stood while findings come in; of what a travel time costs, most is the way from each
of them up the hierarchy.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final

import numpy as np

from geo.coordinates import LonLat
from geo.labels import Climbs, Labels
from geo.road_build import Floats
from geo.snapping import Snap, Snaps

MOST: Final = 2048
"""So many places are kept; then it begins anew."""


class Climbed:
    """One mode's; good for one picture of the roads' times, and begun anew with the next.

    Any number of threads may ask at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = -1
        self._row: dict[LonLat, int] = {}
        self._climbs = Climbs.none(0)

    def seconds_to(
        self,
        place: Snap,
        origins: Sequence[LonLat],
        labels: Labels,
        snap: Callable[[Sequence[LonLat]], Snaps],
    ) -> Floats:
        """Seconds from each origin to the place; `snap` is asked about origins not seen before."""
        with self._lock:
            if self._version != labels.metric.version or len(self._row) + len(origins) > MOST:
                self._version, self._row = labels.metric.version, {}
                self._climbs = Climbs.none(labels.hierarchy.height)
            known = self._row
            if new := [origin for origin in dict.fromkeys(origins) if origin not in known]:
                self._climbs = self._climbs.and_then(Climbs.of(labels, snap(new)))
                known |= {origin: len(known) + number for number, origin in enumerate(new)}
            rows, climbs = np.array([known[origin] for origin in origins], np.int32), self._climbs
        return labels.seconds_to(place, rows, climbs)
