"""Travel times over the changing road network: who is nearest, what is in reach, which way to go.

All times are network seconds, exact to the tenth of a second that every edge is rounded to. A place lies on
an edge, not on a node: the part of the edge counts, one-ways are respected, and what lies beside the road
is walked.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from geo.both_cores import on_both_cores
from geo.climbed import MOST as _MOST_CLIMBED
from geo.climbed import Climbed
from geo.compiled import NOWHERE, UNREACHED
from geo.coordinates import LonLat
from geo.fleets import Fleet
from geo.labels import Labels
from geo.paths import Path, find_path
from geo.road_build import Floats, Ints, Longs
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.search import (
    Arcs,
    nearest_search,
    seeds_of_places,
    spread,
    times_at_places,
    ways_in,
    ways_out,
)
from geo.search_many import (
    longest_time,
    matrix_rows,
    nearest_centre_of_places,
    nearest_centre_search,
    reach_each,
    times_within,
)
from geo.snapping import Snap, Snaps, snap_places
from geo.times import seconds_of, whole_ds
from geo.travel_metric import Metric, ModeRows, Workspace

Place = LonLat | Snap
Places = Sequence[LonLat] | Snaps
Direction = Literal["to", "from"]
"""Whether people travel to the place that is asked about, or from it."""

_SETTLE_US: Final = 0.05
_CLIMB_US: Final = 8.0
"""About what it costs to settle a node and to climb from a place: only their ratio decides anything."""
_NOBODY: Final = np.empty(0, np.int32)


class Arrival(NamedTuple):
    """One candidate, by its number in the list or fleet that was asked about, and when it would be there."""

    candidate: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be reached from (or can reach) each of some places: node numbers and seconds, row by row."""

    ends: Longs
    nodes: Ints
    seconds: Floats

    def __len__(self) -> int:
        return len(self.ends) - 1

    def of(self, row: int) -> tuple[Ints, Floats]:
        """The nodes and seconds of one place."""
        rows = slice(self.ends[row], self.ends[row + 1])
        return self.nodes[rows], self.seconds[rows]


class Travel:
    """Searches for one mode on one network. Any number of threads may ask at once.

    Parameters
    ----------
    main_part_only
        Places are snapped only onto edges from which most of the mode's network can be reached and that can
        be reached from it, so nobody is stranded on a car park that the map forgot to join.
    farthest_m
        A place farther than this from every usable road is nowhere: no time leads to it.
    """

    def __init__(
        self, network: RoadNetwork, mode: Mode, *, main_part_only: bool = True, farthest_m: float = 1000.0
    ) -> None:
        self.network, self.mode = network, mode
        self._rows = ModeRows(network, mode, main_part_only)
        table, pieces, rules = network.table, network.pieces, network.rules
        self._ends = (table.start, table.end)
        grid = np.array([pieces.west, pieces.south, pieces.cell_m, pieces.columns, pieces.rows])
        limits = np.array([farthest_m, rules.bridge_reach_m, rules.off_road_ds_per_m])
        self._pieces = (pieces.x, pieces.y, pieces.edge, pieces.cell_first, pieces.cell_piece, grid)
        self._lines = (limits, network.vertex_reach_m, table.shape_first, table.start, table.end)
        self._idle: list[Workspace] = []
        self._climbed = Climbed()
        self.climb_us = _CLIMB_US
        """What one climb is thought to cost: 0 always asks the hierarchy, infinity never."""

    # -- places ---------------------------------------------------------------------------------------

    def snap(self, lon: Floats, lat: Floats) -> Snaps:
        """Where on this mode's open roads places are; closed edges take nobody."""
        x, y = self.network.plane.to_metres(lon, lat)
        return self._snap(np.ascontiguousarray(x), np.ascontiguousarray(y), self._rows.current())

    def snap_one(self, place: LonLat) -> Snap:
        """Where on this mode's open roads one place is."""
        x, y = self.network.plane.to_metres(place.lon, place.lat)
        return self._snap(np.array([x]), np.array([y]), self._rows.current())[0]

    def _snap(self, x: Floats, y: Floats, metric: Metric) -> Snaps:
        count = len(x)
        edge, off_ds = np.empty(count, np.int32), np.empty(count, np.int32)
        along, off_m = np.empty(count), np.empty(count)
        snap_places(x, y, *self._pieces, metric.usable, *self._lines, edge, along, off_ds, off_m)
        return Snaps(edge, along, off_ds, off_m)

    def snaps_of(self, places: Places) -> Snaps:
        """Places given in degrees, snapped; places that are on the network already, as they are."""
        if isinstance(places, Snaps):
            return places
        degrees = np.array(places, np.float64).reshape(-1, 2)
        return self.snap(np.ascontiguousarray(degrees[:, 0]), np.ascontiguousarray(degrees[:, 1]))

    def _one(self, place: Place) -> Snap:
        return place if isinstance(place, Snap) else self.snap_one(place)

    def _snapped(self, place: Place, others: Places) -> tuple[Snap, Snaps]:
        """A place and others, in one go where all are given in degrees: each finding asks so."""
        if isinstance(place, Snap) or isinstance(others, Snaps):
            return self._one(place), self.snaps_of(others)
        snaps = self.snaps_of([place, *others])
        return snaps[0], snaps.rows(slice(1, None))

    def fleet(self, places: Places) -> Fleet:
        """Candidates that may move later; ask `nearest` about them as often as you like."""
        known = () if isinstance(places, Snaps) else places
        return Fleet(self.snaps_of(places), *self._ends, self.network.node_count, known)

    def move(self, fleet: Fleet, candidate: int, place: Place) -> None:
        """One candidate is somewhere else now: in effect for the next query."""
        fleet.put(candidate, self._one(place), None if isinstance(place, Snap) else place)

    # -- who is nearest ---------------------------------------------------------------------------------

    def nearest(
        self, place: Place, candidates: Fleet | Places, k: int = 1, *, within_s: float | None = None
    ) -> list[Arrival]:
        """The `k` candidates who reach the place first, in order of time (equal times: in their order).

        The search runs backwards from the place and stops at the k-th candidate. Candidates that cannot
        reach the place are left out.
        """
        metric = self._rows.current()
        snap = self._one(place)
        group = candidates if isinstance(candidates, Fleet) else self.snaps_of(candidates)
        if isinstance(group, Fleet):
            group.follow(metric.version, metric.usable, self.snap_one)
        wanted = min(k, len(group))
        if snap.edge == NOWHERE or wanted <= 0:
            return []
        found, found_ds = np.empty(wanted, np.int32), np.empty(wanted, np.int32)
        limit = UNREACHED - 1 if within_s is None else whole_ds(within_s)
        plain_us = _SETTLE_US * self.network.node_count * min(1.0, wanted / len(group))
        labels = self._labels(metric) if self.climb_us * (len(group) + 1) < plain_us else None
        if labels is not None:
            with group.lock if isinstance(group, Fleet) else nullcontext():
                count = labels.nearest(
                    snap, group.snaps if isinstance(group, Fleet) else group, found, found_ds, limit
                )
        else:
            fleet = group if isinstance(group, Fleet) else self.fleet(group)
            count = self._nearest_plain(metric, snap, fleet, found, found_ds, limit)
        return [Arrival(int(found[i]), int(found_ds[i]) / 10.0) for i in range(count)]

    def _nearest_plain(
        self, metric: Metric, snap: Snap, fleet: Fleet, found: Ints, found_ds: Ints, limit: int
    ) -> int:
        seeds = np.array(ways_in(*snap, *self._ends, metric.with_line, metric.against), np.int32)
        with self._workspace() as work, fleet.lock:
            count = nearest_search(
                self._rows.in_first, metric.in_arcs, seeds, *snap, *self._ends, metric.with_line,
                metric.against, fleet.head, fleet.following, fleet.edge, fleet.along, fleet.off_ds, limit,
                True, work.ds, work.stamp, work.heap, found, found_ds,
            )  # fmt: skip
        return int(count)

    def seconds_to(self, place: Place, origins: Places) -> Floats:
        """How long each origin takes to the place, in seconds; infinite where no way leads.

        Origins given in degrees are remembered with their climbs, as long as the roads' times do not change:
        to ask about people who stand still costs little more than the place.
        """
        few = 0 < len(origins) <= _MOST_CLIMBED and self._few(len(origins))
        metric = self._rows.current()
        labels = self._labels(metric) if few and not isinstance(origins, Snaps) else None
        if labels is None or isinstance(origins, Snaps):
            return self._seconds(place, origins, toward_place=True)
        return self._climbed.seconds_to(self._one(place), origins, labels, self.snaps_of)

    def seconds_from(self, place: Place, destinations: Places) -> Floats:
        """How long it takes from the place to each destination, in seconds; infinite where no way leads."""
        return self._seconds(place, destinations, toward_place=False)

    def _seconds(self, place: Place, others: Places, *, toward_place: bool) -> Floats:
        metric = self._rows.current()
        snap, snaps = self._snapped(place, others)
        result = np.full(len(snaps), UNREACHED, np.int32)
        if snap.edge == NOWHERE or not len(snaps):
            return seconds_of(result)
        labels = self._labels(metric) if self._few(len(snaps)) else None
        if labels is not None:
            result = labels.times(snap, snaps, toward_place=toward_place)
        else:
            fleet = Fleet(snaps, *self._ends, self.network.node_count)
            turn, first, arcs = self._direction(metric, "to" if toward_place else "from")
            seeds = np.array(turn(*snap, *self._ends, metric.with_line, metric.against), np.int32)
            with self._workspace() as work:
                spread(
                    first, arcs, seeds, UNREACHED - 1, fleet.head, fleet.chains, work.ds, work.stamp,
                    work.heap, _NOBODY,
                )  # fmt: skip
                times_at_places(
                    *snap, toward_place, snaps.edge, snaps.along, snaps.off_ds, *self._ends,
                    metric.with_line, metric.against, work.ds, work.stamp, result,
                )  # fmt: skip
        return seconds_of(result)

    def _few(self, count: int) -> bool:
        """Whether a climb from each of so many places costs less than a search that settles every node."""
        return self.climb_us * (count + 1) < _SETTLE_US * self.network.node_count

    # -- what is in reach -------------------------------------------------------------------------------

    def reach(self, place: Place, seconds: float, *, direction: Direction = "from") -> tuple[Ints, Floats]:
        """The nodes within a time, nearest first, and their seconds."""
        snap = self._one(place)
        snaps = Snaps(
            np.array([snap.edge], np.int32), np.array([snap.along]), np.array([snap.off_ds], np.int32),
            np.zeros(1),
        )  # fmt: skip
        return self.reach_each(snaps, seconds, direction=direction).of(0)

    def reach_each(self, places: Places, seconds: float, *, direction: Direction = "from") -> Reach:
        """The same for many places, on both cores."""
        metric = self._rows.current()
        seeds = self._seeds(self.snaps_of(places), metric, direction)
        _, first, arcs = self._direction(metric, direction)

        def part(rows: slice) -> tuple[Longs, Ints, Ints]:
            with self._workspace() as work:
                return reach_each(first, arcs, seeds[rows], whole_ds(seconds), work.ds, work.stamp, work.heap)

        parts = on_both_cores(part, len(seeds))
        sizes = np.concatenate([np.diff(ends) for ends, _, _ in parts])
        return Reach(
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.concatenate([nodes for _, nodes, _ in parts]),
            np.concatenate([times for _, _, times in parts]) / 10.0,
        )

    def nearest_centre(
        self, centres: Places, *, within_s: float | None = None, direction: Direction = "to"
    ) -> tuple[Ints, Floats]:
        """For every node the centre it reaches first (-1 for none) and the seconds, for all nodes at once.

        `direction="from"` asks which centre reaches the node first.
        """
        metric = self._rows.current()
        owner, ds = self._nearest_centre(self.snaps_of(centres), metric, within_s, direction)
        return owner, seconds_of(ds)

    def _nearest_centre(
        self, snaps: Snaps, metric: Metric, within_s: float | None, direction: Direction
    ) -> tuple[Ints, Ints]:
        seeds = self._seeds(snaps, metric, direction).reshape(-1, 2)
        owners = np.repeat(np.arange(len(snaps), dtype=np.int32), 2)
        open_way = seeds[:, 1] < UNREACHED
        node, time = np.ascontiguousarray(seeds[open_way, 0]), np.ascontiguousarray(seeds[open_way, 1])
        _, first, arcs = self._direction(metric, direction)
        ds, owner = np.empty(self.network.node_count, np.int32), np.empty(self.network.node_count, np.int32)
        limit = UNREACHED - 1 if within_s is None else whole_ds(within_s)
        labels = self._labels(metric) if within_s is None and np.isfinite(self.climb_us) else None
        if labels is not None:
            labels.nearest_centre((node, time, owners[open_way]), direction == "to", limit, ds, owner)
            return owner, ds
        longest = max(longest_time(arcs), int(time.max(initial=0)))
        nearest_centre_search(first, arcs, node, time, owners[open_way], limit, ds, owner, longest)
        return owner, ds

    def nearest_centre_of(
        self, places: Places, centres: Places, *, direction: Direction = "to"
    ) -> tuple[Ints, Floats]:
        """For every place the centre it reaches first (-1 for none) and the seconds.

        `direction="from"` asks which centre reaches the place first: people on shift are such centres.
        """
        metric = self._rows.current()
        snaps, fleet = self.snaps_of(places), self.fleet(centres)
        centre_snaps = Snaps(fleet.edge, fleet.along, fleet.off_ds, np.zeros(len(fleet)))
        owner, ds = self._nearest_centre(centre_snaps, metric, None, direction)
        best_owner, best_ds = np.empty(len(snaps), np.int32), np.empty(len(snaps), np.int32)
        nearest_centre_of_places(
            owner, ds, snaps.edge, snaps.along, snaps.off_ds, *self._ends, metric.with_line, metric.against,
            fleet.edge, fleet.along, fleet.off_ds, fleet.head, fleet.following, direction == "to", best_owner,
            best_ds,
        )  # fmt: skip
        return best_owner, seconds_of(best_ds)

    def seconds_within(
        self, places: Places, centres: Places, seconds: float, *, direction: Direction = "to"
    ) -> Floats:
        """Seconds between every centre (row) and every place (column); infinite beyond a time."""
        metric = self._rows.current()
        snaps, middle = self.snaps_of(places), self.snaps_of(centres)
        seeds = self._seeds(middle, metric, direction)
        _, first, arcs = self._direction(metric, direction)
        result = np.empty((len(middle), len(snaps)), np.int32)

        def part(rows: slice) -> None:
            with self._workspace() as work:
                times_within(
                    first, arcs, *self._ends, metric.with_line, metric.against, seeds, middle.edge,
                    middle.along, middle.off_ds, snaps.edge, snaps.along, snaps.off_ds, whole_ds(seconds),
                    direction == "to", rows.start, rows.stop, work.ds, work.stamp, work.heap, result,
                )  # fmt: skip

        on_both_cores(part, len(middle))
        return seconds_of(result)

    # -- many to many -----------------------------------------------------------------------------------

    def matrix(self, origins: Places, destinations: Places) -> Floats:
        """Seconds from each origin (row) to each destination (column), on both cores; infinite for no way."""
        metric = self._rows.current()
        leaving, arriving = self.snaps_of(origins), self.snaps_of(destinations)
        labels = self._labels(metric) if np.isfinite(self.climb_us) else None
        if labels is not None:
            rows = labels.matrix_rows(leaving, arriving)
            on_both_cores(rows.climb_from, len(leaving))
            on_both_cores(rows.climb_to, len(arriving))
            on_both_cores(rows.fill, len(leaving))
            return seconds_of(rows.result)
        fleet = Fleet(arriving, *self._ends, self.network.node_count)
        result = np.empty((len(leaving), len(arriving)), np.int32)

        def part(rows: slice) -> None:
            with self._workspace() as work:
                matrix_rows(
                    self._rows.out_first, metric.out_arcs, *self._ends, metric.with_line, metric.against,
                    leaving.edge, leaving.along, leaving.off_ds, arriving.edge, arriving.along,
                    arriving.off_ds, fleet.head, fleet.chains, rows.start, rows.stop, work.ds, work.stamp,
                    work.heap, result,
                )  # fmt: skip

        on_both_cores(part, len(leaving))
        return seconds_of(result)

    # -- one way in full ----------------------------------------------------------------------------------

    def path(self, origin: Place, destination: Place) -> Path | None:
        """The quickest way from one place to another; None where no way leads."""
        metric = self._rows.current()
        leaving, arriving = self._one(origin), self._one(destination)
        if NOWHERE in (leaving.edge, arriving.edge):
            return None
        with self._workspace() as work:
            return find_path(
                self.network, self._rows, metric, leaving, arriving, work.ds, work.stamp, work.heap
            )

    # -- inside -------------------------------------------------------------------------------------------

    def _labels(self, metric: Metric) -> Labels | None:
        """The hierarchy with a picture's times, if the network was prepared."""
        weighed, hierarchy = self._rows.weighed(metric), self.network.hierarchy
        return Labels(hierarchy, weighed, metric, *self._ends) if weighed and hierarchy else None

    def _direction(
        self, metric: Metric, direction: Direction
    ) -> tuple[Callable[[int, float, int, Ints, Ints, Ints, Ints], tuple[int, int, int, int]], Ints, Arcs]:
        if direction == "to":
            return ways_in, self._rows.in_first, metric.in_arcs
        return ways_out, self._rows.out_first, metric.out_arcs

    def _seeds(self, snaps: Snaps, metric: Metric, direction: Direction) -> Arcs:
        return seeds_of_places(
            snaps.edge, snaps.along, snaps.off_ds, *self._ends, metric.with_line, metric.against,
            direction == "to",
        )  # fmt: skip

    @contextmanager
    def _workspace(self) -> Iterator[Workspace]:
        try:
            work = self._idle.pop()
        except IndexError:
            work = self._rows.workspace()
        try:
            yield work
        finally:
            self._idle.append(work)
