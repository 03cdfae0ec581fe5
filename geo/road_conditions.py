"""What holds on the roads right now: closures, changed speeds and the hour's profile, in effect at once.

Nothing is rebuilt: each change is one entry in a log, and whoever searches the network asks what has
changed since the last look.
"""

from collections.abc import Iterable
from threading import RLock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.compiled import UNREACHED
from geo.road_build import Ints, RoadTable
from geo.road_errors import RoadError, UnknownEdgeError
from geo.road_rules import Mode, RoadRules, SpeedProfile

_LONGEST_DS: Final = 1 << 28
_LOG_LENGTH: Final = 4096

Rows = NDArray[np.int64]


class RoadConditions:
    """The changing side of a road network. Safe to change from any thread."""

    def __init__(self, table: RoadTable, rules: RoadRules) -> None:
        self._table = table
        self._rules = rules
        self._lock = RLock()
        self._closed: dict[Mode, NDArray[np.bool_]] = {}
        self._edge_kmh: dict[Mode, NDArray[np.float32]] = {}
        self._class_kmh = {mode: np.array(rules.speeds_kmh[mode], np.float32) for mode in Mode}
        self._factor = {mode: np.ones(len(rules.classes), np.float32) for mode in Mode}
        self._log: list[Ints | None] = []
        self._forgotten = 0
        self.profile: SpeedProfile | None = None

    @property
    def version(self) -> int:
        """Grows by one with every change."""
        return self._forgotten + len(self._log)

    def changed_since(self, version: int) -> Ints | None:
        """The edges changed after a version; None when it may be any of them."""
        with self._lock:
            if version < self._forgotten:
                return None
            entries = self._log[version - self._forgotten :]
            if any(edges is None for edges in entries):
                return None
            told = [edges for edges in entries if edges is not None]
            return np.unique(np.concatenate(told)) if told else np.empty(0, np.int32)

    def set_closed(
        self, edges: Iterable[int] | NDArray[np.integer], closed: bool = True, *, modes: Iterable[Mode] = Mode
    ) -> None:
        """Close edges (both directions) for some modes, or open them again."""
        rows = self._rows(edges)
        with self._lock:
            for mode in modes:
                if mode not in self._closed:
                    self._closed[mode] = np.zeros(len(self._table.start), np.bool_)
                self._closed[mode][rows] = closed
            self._record(rows)

    def closed_edges(self, mode: Mode) -> Rows:
        """The edges closed for a mode at the moment."""
        closed = self._closed.get(mode)
        return np.flatnonzero(closed) if closed is not None else np.empty(0, np.int64)

    def set_speed(self, edges: Iterable[int] | NDArray[np.integer], mode: Mode, kmh: float | None) -> None:
        """Give edges a speed of their own, or with None the speed of their class again."""
        if kmh is not None and not 0 < kmh < 1000:
            raise RoadError(f"A speed of {kmh} km/h cannot be driven; give one above 0, or close the edge.")
        rows = self._rows(edges)
        with self._lock:
            if mode not in self._edge_kmh:
                self._edge_kmh[mode] = np.zeros(len(self._table.start), np.float32)
            self._edge_kmh[mode][rows] = kmh or 0.0
            self._record(rows)

    def set_class_speed(self, road_class: str, mode: Mode, kmh: float) -> None:
        """Change the free speed of a whole class."""
        index = self._rules.class_index(road_class)
        if index is None:
            raise RoadError(
                f"No road class is called {road_class!r}; known: {', '.join(self._rules.classes)}."
            )
        if not 0 < kmh < 1000:
            raise RoadError(f"A speed of {kmh} km/h cannot be driven; give one above 0, or close the roads.")
        with self._lock:
            self._class_kmh[mode][index] = kmh
            self._record(None)

    def set_profile(self, profile: SpeedProfile | None) -> None:
        """Let the speeds of an hour hold; None is the free road."""
        with self._lock:
            if profile is self.profile:
                return
            self.profile = profile
            for mode in Mode:
                self._factor[mode][:] = [
                    profile.factor(mode, name) if profile else 1.0 for name in self._rules.classes
                ]
            self._record(None)

    def crossing_times(self, mode: Mode, edges: NDArray[np.integer] | None = None) -> tuple[Ints, Ints]:
        """Tenths of a second along edges (all of them by default) and against; UNREACHED where no way is."""
        with self._lock:
            rows: slice | NDArray[np.integer] = slice(None) if edges is None else edges
            table = self._table
            speed, own = self._speeds(mode, rows)
            factor = self._factor[mode][table.road_class[rows]]
            speed = speed * factor
            safe = np.where(speed > 0, speed, 1.0)
            running = table.length_m[rows] * 36.0 / safe
            open_way = speed > 0
            if mode in self._closed:
                open_way &= ~self._closed[mode][rows]
            times = []
            for fixed, mask, arrival in (
                (table.fixed_forward_ds, table.forward, table.end),
                (table.fixed_backward_ds, table.backward, table.start),
            ):
                waiting = table.signals[arrival[rows]] * (self._rules.modes[mode].signal_s * 10.0)
                taken = np.where((fixed[rows] >= 0) & ~own, fixed[rows] / factor, running + waiting)
                whole = np.minimum(np.rint(taken), _LONGEST_DS).astype(np.int32)
                usable = open_way & ((mask[rows] & mode.bit) != 0)
                times.append(np.where(usable, whole, np.int32(UNREACHED)))
            return times[0], times[1]

    def _speeds(
        self, mode: Mode, rows: slice | NDArray[np.integer]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Speeds before the hour's factor, and which edges were given one of their own."""
        table, rules = self._table, self._rules.modes[mode]
        speed = self._class_kmh[mode][table.road_class[rows]]
        if rules.uses_posted_speed:
            posted = table.posted_kmh[rows]
            speed = np.where(posted > 0, posted * np.float32(self._rules.posted_share), speed)
        # A sign may admit a mode to a class that it normally has no speed on (a bicycle on a footway).
        admitted = ((table.forward[rows] | table.backward[rows]) & mode.bit) != 0
        speed = np.where(admitted & (speed <= 0), np.float32(_SLOWEST_KMH[mode]), speed)
        own = np.zeros(len(speed), np.bool_)
        if mode in self._edge_kmh:
            given = self._edge_kmh[mode][rows]
            own = given > 0
            speed = np.where(own, given, speed)
        return np.minimum(speed, np.float32(rules.top_kmh)), own

    def _rows(self, edges: Iterable[int] | NDArray[np.integer]) -> Ints:
        given = edges if isinstance(edges, np.ndarray) else np.array(list(edges), np.int64)
        count = len(self._table.start)
        wrong = given[(given < 0) | (given >= count)]
        if len(wrong):
            raise UnknownEdgeError(
                f"Edge {int(wrong[0])} is not in this network of {count} edges; look edges up in the network "
                "that is in use now, not in an older one."
            )
        return given.astype(np.int32)

    def _record(self, rows: Ints | None) -> None:
        self._log.append(rows)
        if len(self._log) > _LOG_LENGTH:
            del self._log[: _LOG_LENGTH // 2]
            self._forgotten += _LOG_LENGTH // 2


_SLOWEST_KMH: Final = {Mode.WALK: 4.0, Mode.EBIKE: 8.0, Mode.DRIVE: 10.0}
"""Where only a sign admits a mode: about walking pace, or the pace of a courtyard."""
