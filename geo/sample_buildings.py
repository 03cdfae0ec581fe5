"""What stands on the blocks of the sample district: land use, building footprints, households."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import Polygon
from shapely.affinity import rotate

from geo.sample_blocks import Quarter

HOUSEHOLDS_IN_ALL = 200_000


class Use(StrEnum):
    """What a block is used for."""

    SLABS = "slabs"
    TOWERS = "towers"
    COURTYARDS = "courtyards"
    HOUSES = "houses"
    OFFICES = "offices"
    SCHOOL = "school"
    WORKS = "works"
    CAMPUS = "campus"
    GREEN = "green"
    FARMLAND = "farmland"
    NONE = "none"


DWELLINGS = frozenset({Use.SLABS, Use.TOWERS, Use.COURTYARDS, Use.HOUSES})

_MIX: dict[Quarter, dict[Use, float]] = {
    Quarter.OLD_TOWN: {Use.COURTYARDS: 0.8, Use.SLABS: 0.09, Use.OFFICES: 0.07, Use.SCHOOL: 0.04},
    Quarter.WORK_UNITS: {
        Use.SLABS: 0.72,
        Use.OFFICES: 0.1,
        Use.SCHOOL: 0.1,
        Use.GREEN: 0.05,
        Use.TOWERS: 0.03,
    },
    Quarter.TOWERS: {Use.TOWERS: 0.6, Use.SLABS: 0.12, Use.OFFICES: 0.1, Use.SCHOOL: 0.1, Use.GREEN: 0.08},
    Quarter.CENTRE: {Use.OFFICES: 0.46, Use.SLABS: 0.26, Use.TOWERS: 0.16, Use.SCHOOL: 0.06, Use.GREEN: 0.06},
    Quarter.INDUSTRY: {Use.WORKS: 0.72, Use.SLABS: 0.14, Use.OFFICES: 0.06, Use.GREEN: 0.08},
    Quarter.URBAN_VILLAGE: {Use.HOUSES: 0.84, Use.WORKS: 0.08, Use.SCHOOL: 0.04, Use.GREEN: 0.04},
    Quarter.CAMPUS: {Use.CAMPUS: 0.82, Use.SLABS: 0.18},
    Quarter.PARK: {Use.GREEN: 1.0},
    Quarter.SHORE: {Use.GREEN: 1.0},
    Quarter.FRINGE: {Use.FARMLAND: 0.42, Use.HOUSES: 0.24, Use.WORKS: 0.2, Use.GREEN: 0.1, Use.SLABS: 0.04},
    Quarter.HILLS: {Use.NONE: 1.0},
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """How buildings of a use stand: sides and pitches in metres, floors, and square metres per household."""

    length_m: tuple[float, float]
    depth_m: tuple[float, float]
    gap_m: float
    row_pitch_m: float
    floors: tuple[int, int]
    m2_per_household: float
    left_out: float
    setback_m: float


_PATTERNS = {
    Use.SLABS: Pattern((44, 72), (12, 13.5), 13, 36, (4, 7), 125, 0.10, 9),
    Use.TOWERS: Pattern((24, 32), (17, 21), 34, 58, (11, 26), 175, 0.14, 11),
    Use.COURTYARDS: Pattern((36, 58), (12, 15), 5, 25, (1, 2), 110, 0.12, 4),
    Use.HOUSES: Pattern((40, 76), (12, 15), 6, 31, (2, 3), 170, 0.20, 4.5),
    Use.OFFICES: Pattern((38, 66), (26, 40), 22, 62, (3, 24), 0, 0.22, 11),
    Use.SCHOOL: Pattern((48, 70), (14, 17), 30, 48, (3, 5), 0, 0.42, 10),
    Use.WORKS: Pattern((55, 105), (28, 46), 18, 66, (1, 2), 0, 0.22, 10),
    Use.CAMPUS: Pattern((46, 74), (16, 24), 30, 64, (4, 8), 0, 0.30, 12),
}


@dataclass(frozen=True, slots=True)
class Building:
    """One footprint in metres, on a face of the network."""

    shape: Polygon
    face: int
    use: Use
    floors: int
    households: int


def use_of_block(quarter: Quarter, rng: np.random.Generator) -> Use:
    """What a block in a quarter is used for."""
    mix = _MIX[quarter]
    return list(mix)[int(rng.choice(len(mix), p=np.array(list(mix.values())) / sum(mix.values())))]


def build(
    faces: Sequence[Polygon], uses: Sequence[Use], blocks: Sequence[int], rng: np.random.Generator
) -> list[Building]:
    """Buildings on all faces; those of one block stand in one direction."""
    turns: dict[int, float] = {}
    raw: list[tuple[Polygon, int, Use, int, float]] = []
    for number, (face, use, block) in enumerate(zip(faces, uses, blocks, strict=True)):
        pattern = _PATTERNS.get(use)
        if pattern is None or face.area < 900:
            continue
        turn = turns.setdefault(block, _southward(face))
        for shape in _footprints(face, pattern, turn, rng):
            floors = int(rng.integers(pattern.floors[0], pattern.floors[1] + 1))
            homes = shape.area * floors / pattern.m2_per_household if pattern.m2_per_household else 0.0
            raw.append((shape, number, use, floors, homes))
    scale = HOUSEHOLDS_IN_ALL / sum(homes for *_, homes in raw)
    return [
        Building(shape, face, use, floors, max(1, round(homes * scale)) if homes else 0)
        for shape, face, use, floors, homes in raw
    ]


def _southward(face: Polygon) -> float:
    """Degrees that turn a block's buildings to face about south, along the block's own direction."""
    corners = np.array(shapely.minimum_rotated_rectangle(face).exterior.coords)
    side = corners[1] - corners[0]
    angle = float(np.degrees(np.arctan2(side[1], side[0])))
    return (angle + 45.0) % 90.0 - 45.0


def _footprints(face: Polygon, pattern: Pattern, turn: float, rng: np.random.Generator) -> list[Polygon]:
    """Rows of rectangles inside the face, turned as the block is."""
    middle = face.centroid
    ground = rotate(shapely.buffer(face, -pattern.setback_m, join_style="mitre"), -turn, origin=middle)
    if ground.is_empty:
        return []
    boxes = []
    _, south, _, north = ground.bounds
    y = south + 1.0
    while y + pattern.depth_m[0] < north:
        depth = rng.uniform(*pattern.depth_m)
        for west, east in _free_spans(ground, y, y + depth):
            boxes += _row(west, east, y, depth, pattern, rng)
        y += pattern.row_pitch_m * rng.uniform(0.92, 1.12)
    if not boxes:
        return []
    kept = np.array(boxes, dtype=object)
    kept = kept[shapely.contains(ground, kept)]
    return [rotate(box, turn, origin=middle) for box in kept]


def _free_spans(ground: Polygon, low: float, high: float) -> list[tuple[float, float]]:
    """From where to where a row between two heights lies inside the ground."""
    west, _, east, _ = ground.bounds
    lines = shapely.linestrings([[(west - 1, y), (east + 1, y)] for y in (low, high)])
    spans = [
        [
            part.bounds[::2]
            for part in shapely.get_parts(shapely.intersection(line, ground))
            if part.length > 0
        ]
        for line in lines
    ]
    return [(max(a, c), min(b, d)) for a, b in spans[0] for c, d in spans[1] if min(b, d) - max(a, c) > 10.0]


def _row(
    west: float, east: float, y: float, depth: float, pattern: Pattern, rng: np.random.Generator
) -> list[Polygon]:
    boxes = []
    x = west + 0.5
    while east - x > 0.6 * pattern.length_m[0]:
        length = min(rng.uniform(*pattern.length_m), east - x - 0.5)
        if rng.random() > pattern.left_out:
            boxes.append(shapely.box(x, y, x + length, y + depth))
        x += length + pattern.gap_m * rng.uniform(0.8, 1.3)
    return boxes
