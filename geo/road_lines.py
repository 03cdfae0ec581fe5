"""Lines become a network: cut where they share a vertex, joined by their ends, each with its signs."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo.road_build import Floats, Longs, RoadTable, great_circle_m
from geo.road_errors import RoadFileError
from geo.road_rules import Mode
from geo.road_signs import Signs

Key = Hashable
"""What makes two vertices the same place: a source's node id, or rounded degrees."""


@dataclass(frozen=True, slots=True)
class RoadLine:
    """One line of a source: its vertices in WGS 84 degrees, a key for each, what it says, its own number."""

    points: Floats
    keys: list[Key]
    signs: Signs
    source_id: int = -1
    length_m: float | None = None
    """What the source says the line measures; None to measure it."""


@dataclass(slots=True)
class Assumed:
    """How often a source was silent."""

    classes: int = 0
    one_ways: int = 0
    speeds: int = 0
    lines: int = 0


@dataclass(slots=True)
class LineCollector:
    """Collects lines, then cuts and joins them.

    `signals` are keys of crossings with traffic lights, `barred` keys of bollards that stop cars.
    """

    cut_at_shared_vertices: bool = True
    signals: set[Key] = field(default_factory=set)
    barred: set[Key] = field(default_factory=set)
    lines: list[RoadLine] = field(default_factory=list)
    assumed: Assumed = field(default_factory=Assumed)

    def add(self, line: RoadLine) -> None:
        """Take one more line; one whose every mode is barred is left out."""
        if not (line.signs.forward or line.signs.backward) or len(line.points) < 2:
            return
        self.lines.append(line)
        self.assumed.lines += 1
        self.assumed.classes += line.signs.class_assumed
        self.assumed.one_ways += line.signs.one_way_assumed
        self.assumed.speeds += line.signs.speed_assumed

    def table(self) -> RoadTable:
        """The network of all the lines."""
        if not self.lines:
            raise RoadFileError("No line in this source may be walked, ridden or driven; check its columns.")
        joints = self._joints()
        return _Assembly(self.signals, self.barred).of(_pieces(self.lines, joints, self.barred))

    def _joints(self) -> set[Key]:
        """The vertices where an edge must end."""
        joints: set[Key] = set(self.signals) | self.barred
        for line in self.lines:
            joints.add(line.keys[0])
            joints.add(line.keys[-1])
        if self.cut_at_shared_vertices:
            uses = Counter(key for line in self.lines for key in line.keys)
            joints.update(key for key, count in uses.items() if count > 1)
        return joints


@dataclass(frozen=True, slots=True)
class _Piece:
    line: RoadLine
    first: int
    last: int
    length_m: float


def _pieces(lines: Iterable[RoadLine], joints: set[Key], barred: set[Key]) -> Iterable[_Piece]:
    for line in lines:
        lon, lat = line.points[:, 0], line.points[:, 1]
        steps = great_circle_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
        total = float(steps.sum())
        scale = line.length_m / total if line.length_m is not None and total > 0 else 1.0
        first = 0
        for i in range(1, len(line.keys)):
            if i == len(line.keys) - 1 or line.keys[i] in joints:
                yield _Piece(line, first, i, float(steps[first:i].sum()) * scale)
                first = i


class _Assembly:
    """Numbers the nodes and fills the columns."""

    def __init__(self, signals: set[Key], barred: set[Key]) -> None:
        self._signals, self._barred = signals, barred
        self._numbers: dict[Key, int] = {}
        self._places: list[tuple[float, float]] = []
        self._names: dict[tuple[str, str], int] = {}
        self._gates: list[tuple[int, int, Floats]] = []

    def of(self, pieces: Iterable[_Piece]) -> RoadTable:
        kept = list(pieces)
        signs = [piece.line.signs for piece in kept]
        ends = [(self._end(piece, piece.first), self._end(piece, piece.last)) for piece in kept]
        points = [piece.line.points[piece.first : piece.last + 1] for piece in kept]
        lengths = [piece.length_m for piece in kept]
        source_ids = [piece.line.source_id for piece in kept]
        for crossing, gate, place in self._gates:
            signs.append(_GATE)
            ends.append((crossing, gate))
            points.append(np.stack([place, place]))
            lengths.append(0.0)
            source_ids.append(-1)
        shape = np.concatenate(points)
        keys = list(self._numbers)
        places = np.array(self._places)
        return RoadTable(
            node_lon=np.ascontiguousarray(places[:, 0]),
            node_lat=np.ascontiguousarray(places[:, 1]),
            start=np.array([start for start, _ in ends], np.int32),
            end=np.array([end for _, end in ends], np.int32),
            length_m=np.array(lengths, np.float64),
            forward=np.array([s.forward for s in signs], np.uint8),
            backward=np.array([s.backward for s in signs], np.uint8),
            road_class=np.array([s.road_class for s in signs], np.uint8),
            node_ids=_ids_of(keys),
            signals=np.array([key in self._signals for key in keys], np.bool_),
            flags=np.array([s.flags for s in signs], np.uint8),
            layer=np.array([s.layer for s in signs], np.int8),
            posted_kmh=np.array([s.posted_kmh for s in signs], np.float32),
            source_ids=np.array(source_ids, np.int64),
            name=np.array([self._name(s) for s in signs], np.int32),
            names=list(self._names),
            shape_first=np.concatenate([[0], np.cumsum([len(part) for part in points])]).astype(np.int64),
            shape_lon=np.ascontiguousarray(shape[:, 0]),
            shape_lat=np.ascontiguousarray(shape[:, 1]),
        )

    def _end(self, piece: _Piece, vertex: int) -> int:
        key, place = piece.line.keys[vertex], piece.line.points[vertex]
        crossing = self._number(key, place)
        if key not in self._barred:
            return crossing
        gate = self._number(("gate", key, len(self._gates)), place)
        self._gates.append((crossing, gate, place))
        return gate

    def _number(self, key: Key, place: Floats) -> int:
        number = self._numbers.setdefault(key, len(self._numbers))
        if number == len(self._places):
            self._places.append((float(place[0]), float(place[1])))
        return number

    def _name(self, signs: Signs) -> int:
        if not signs.name and not signs.name_en:
            return -1
        return self._names.setdefault((signs.name, signs.name_en), len(self._names))


_GATE: Final = Signs(
    road_class=0,
    forward=Mode.WALK.bit | Mode.EBIKE.bit,
    backward=Mode.WALK.bit | Mode.EBIKE.bit,
    posted_kmh=0.0,
    flags=0,
    layer=0,
    name="",
    name_en="",
    class_assumed=False,
    one_way_assumed=False,
    speed_assumed=False,
)
"""Past a bollard: on foot or with an e-bike, at once."""


def _ids_of(keys: list[Key]) -> Longs:
    """The source's node ids where it has them; others are numbered below zero."""
    ids = [key if isinstance(key, int) else -1 - number for number, key in enumerate(keys)]
    return np.array(ids, np.int64)
