"""All findings that hotspots are drawn from: checked, placed once, ready to be selected again and again."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from shapely import MultiPolygon, Polygon

from geo.coordinates import FloatArray, MetricPlane
from geo.observations import BoolArray, Clock, IntArray, Observations, Selection, TextArray, TimeArray
from geo.point_checks import Reason, SetApart, check_points, default_points, place_keys
from geo.street_density import StreetPieces
from geo.units import Units


@dataclass(frozen=True, slots=True)
class Placed:
    """Findings with their places worked out, one row each; -1 where there is no unit or street."""

    x: FloatArray
    y: FloatArray
    unit: IntArray
    piece: IntArray
    at: TimeArray
    category: IntArray
    key: IntArray

    def __len__(self) -> int:
        return len(self.x)

    def take(self, which: BoolArray | IntArray) -> "Placed":
        """The rows that a mask or an index names."""
        return Placed(
            self.x[which],
            self.y[which],
            self.unit[which],
            self.piece[which],
            self.at[which],
            self.category[which],
            self.key[which],
        )

    def joined(self, more: "Placed") -> "Placed":
        """These rows and more behind them."""
        return Placed(
            np.concatenate((self.x, more.x)),
            np.concatenate((self.y, more.y)),
            np.concatenate((self.unit, more.unit)),
            np.concatenate((self.piece, more.piece)),
            np.concatenate((self.at, more.at)),
            np.concatenate((self.category, more.category)),
            np.concatenate((self.key, more.key)),
        )

    @classmethod
    def none(cls) -> "Placed":
        """No findings."""
        whole = np.empty(0, np.int64)
        return cls(np.empty(0), np.empty(0), whole, whole, np.empty(0, "datetime64[s]"), whole, whole)


@dataclass(slots=True)
class FindingStore:
    """Findings as they come in, with what was set apart. Placing is done once per finding.

    A place that turns out to be a default point later takes its earlier findings with it.
    """

    units: Units
    plane: MetricPlane
    district: Polygon | MultiPolygon | None = None
    pieces: StreetPieces | None = None
    placed: Placed = field(default_factory=Placed.none)
    ids: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    _apart: Counter[Reason] = field(default_factory=Counter)
    _swapped: bool = False
    _defaults: Counter[int] = field(default_factory=Counter)
    _seen: set[int] = field(default_factory=set)
    _clock: Clock = field(default_factory=lambda: Clock(np.empty(0, "datetime64[s]")))
    """Of all that are kept: a selection by hour reads it without working it out again."""

    def add(self, observations: Observations) -> tuple[Placed, Placed]:
        """Take new findings in; what is now to be counted, and what is no longer to be."""
        checked = check_points(observations, self.district, known=np.empty(0, np.int64))
        for group in checked.set_apart:
            self._apart[group.reason] += len(group.index)
            self._swapped |= group.swapped
        fresh = self._without_copies(checked.kept)
        key = place_keys(fresh.lon, fresh.lat)
        on_default = np.isin(key, list(self._defaults))
        self._defaults.update(key[on_default].tolist())
        new = self._place(fresh.take(~on_default))
        self.placed = self.placed.joined(new)
        named = fresh.id if len(fresh.id) else np.full(len(fresh), "", "U1")
        self.ids.extend(named[~on_default].tolist())
        return self._take_out_defaults(new)

    def selected(self, selection: Selection, placed: Placed | None = None) -> BoolArray:
        """Which of the findings (all that are kept, unless others are given) a selection takes."""
        rows = self.placed if placed is None else placed
        if rows is self.placed and self._clock.at is not rows.at:
            self._clock = Clock(rows.at)
        chosen = selection.mask_of_times(self._clock if rows is self.placed else Clock(rows.at))
        if selection.categories is not None:
            wanted = np.array([name in selection.categories for name in self.categories] or [False])
            chosen &= wanted[rows.category]
        return chosen

    @property
    def set_apart(self) -> tuple[SetApart, ...]:
        """What is not drawn, and why; the groups' indices only count."""
        scale = {reason: np.arange(count) for reason, count in self._apart.items()}
        groups = [SetApart(reason, index, swapped=self._swapped) for reason, index in scale.items()]
        for key, count in self._defaults.items():
            place = (key // 1_000_000_000 / 1e6 - 180.0, key % 1_000_000_000 / 1e6 - 90.0)
            groups.append(SetApart(Reason.DEFAULT_POINT, np.arange(count), place))
        return tuple(groups)

    def _without_copies(self, observations: Observations) -> Observations:
        key = place_keys(observations.lon, observations.lat).tolist()
        seconds = observations.at.astype("datetime64[s]").astype(np.int64).tolist()
        rows = zip(key, seconds, observations.category.tolist(), strict=True)
        fresh = np.ones(len(observations), dtype=bool)
        for row, (kept, known) in enumerate(zip(rows, ~np.isnat(observations.at), strict=True)):
            if known:
                mark = hash(kept)
                fresh[row] = mark not in self._seen
                self._seen.add(mark)
        copies = len(fresh) - int(fresh.sum())
        if copies:
            self._apart[Reason.COPY] += copies
        return observations.take(fresh)

    def _place(self, observations: Observations) -> Placed:
        x, y = self.plane.to_metres(observations.lon, observations.lat)
        piece = np.full(len(x), -1, np.int64)
        if self.pieces is not None and len(x):
            piece = self.pieces.piece_at(*self.pieces.plane.to_metres(observations.lon, observations.lat))
        return Placed(
            x,
            y,
            self.units.unit_at(observations.lon, observations.lat),
            piece,
            observations.at.astype("datetime64[s]"),
            self._numbers_of(observations.category),
            place_keys(observations.lon, observations.lat),
        )

    def _numbers_of(self, category: TextArray) -> IntArray:
        names, which = np.unique(category, return_inverse=True)
        for name in names.tolist():
            if name not in self.categories:
                self.categories.append(name)
        numbers = np.array([self.categories.index(name) for name in names.tolist()], dtype=np.int64)
        return numbers[which]

    def _take_out_defaults(self, new: Placed) -> tuple[Placed, Placed]:
        known = set(self._defaults)
        found = [key for key in default_points(self.placed.key) if int(key) not in known]
        if not found:
            return new, Placed.none()
        hit = np.isin(self.placed.key, found)
        self._defaults.update(self.placed.key[hit].tolist())
        was_new = np.arange(len(self.placed)) >= len(self.placed) - len(new)
        gone = self.placed.take(hit & ~was_new)
        self.ids = [name for name, out in zip(self.ids, hit.tolist(), strict=True) if not out]
        counted = self.placed.take(~hit & was_new)
        self.placed = self.placed.take(~hit)
        return counted, gone
