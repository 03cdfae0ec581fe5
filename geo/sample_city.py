"""The sample district in metres before it has codes: network, faces, quarters, uses, buildings."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon, STRtree

from geo.sample_blocks import Quarter, lanes_of, quarter_of
from geo.sample_buildings import Building, Use, build, use_of_block
from geo.sample_hills import Village, settle_hills
from geo.sample_layout import Layout, lay_out
from geo.sample_lines import RANKS, LineKind
from geo.sample_names import NameBook
from geo.sample_network import Edge, Plane, clipped, cut_at_barriers, node, road_edges
from geo.sample_regions import CUT_COSTS, IntArray, Units, parts

_SLIVER_M2 = 2_000.0


@dataclass(frozen=True, slots=True)
class City:
    """All that stands on the ground, in metres; arrays hold one entry per face of the network."""

    layout: Layout
    plane: Plane
    roads: list[Edge]
    villages: list[Village]
    quarters: list[Quarter]
    superblock: IntArray
    block: IntArray
    uses: list[Use]
    buildings: list[Building]

    @property
    def households(self) -> IntArray:
        """Households on each face."""
        face = [building.face for building in self.buildings]
        count = [building.households for building in self.buildings]
        return np.bincount(face, count, len(self.plane.faces)).astype(np.int64)

    def merged_below(self, kind: LineKind) -> IntArray:
        """Labels of the faces that lines weaker than a kind do not separate."""
        joined = [(a, b) for a, b, _, between in self.plane.neighbours if RANKS[between] < RANKS[kind]]
        return parts(len(self.plane.faces), *np.array([*joined, (0, 0)], dtype=np.int64).T)

    def slivers_merged(self) -> IntArray:
        """Labels of the faces, with each tiny one joined to the neighbour it shares most edge with."""
        faces = self.plane.faces
        best: dict[int, tuple[bool, float, int]] = {}
        for a, b, length, _ in self.plane.neighbours:
            for face, other in ((a, b), (b, a)):
                if faces[face].area < _SLIVER_M2:
                    large = faces[other].area >= _SLIVER_M2
                    best[face] = max(best.get(face, (False, 0.0, 0)), (large, length, other))
        joined = [(face, other) for face, (_, _, other) in best.items()]
        return parts(len(self.plane.faces), *np.array([*joined, (0, 0)], dtype=np.int64).T)

    def units(self) -> Units:
        """The faces as land to be divided, weighted by households."""
        centres = shapely.centroid(np.array(self.plane.faces, dtype=object))
        a, b, cost = [], [], []
        for face, other, length, kind in self.plane.neighbours:
            a.append(face)
            b.append(other)
            cost.append(length * CUT_COSTS[kind])
        ground = shapely.area(np.array(self.plane.faces, dtype=object))
        return Units(
            shapely.get_x(centres),
            shapely.get_y(centres),
            self.households + ground * 5e-5,
            np.array(a),
            np.array(b),
            np.array(cost),
        )


def found_city(rng: np.random.Generator, names: NameBook) -> City:
    """The seeded city."""
    layout = lay_out(rng, names)
    main = clipped(layout.lines, layout.outline)
    superblocks = sorted(node([(line, "") for line in main]).faces, key=_reading_order)
    quarters = [quarter_of(superblock, rng) for superblock in superblocks]
    lines, villages = list(main), list[Village]()
    for superblock, quarter in zip(superblocks, quarters, strict=True):
        if quarter is Quarter.HILLS:
            villages, hill_lines = settle_hills(superblock, layout.creek, rng, names)
            lines += hill_lines
        else:
            lines += lanes_of(superblock, quarter, rng, names)
    plane = node(cut_at_barriers(lines, layout.barriers))
    return _settled(layout, plane, villages, superblocks, quarters, rng)


def _reading_order(shape: Polygon) -> tuple[int, int]:
    return -round(shape.centroid.y / 500), round(shape.centroid.x)


def _largest_of(label: IntArray, faces: list[Polygon]) -> IntArray:
    """For each face the largest face that has its label."""
    by_size = np.argsort(shapely.area(np.array(faces, dtype=object)), kind="stable")
    largest = np.zeros(int(label.max()) + 1, np.int64)
    largest[label[by_size]] = by_size
    return largest[label]


def _settled(
    layout: Layout,
    plane: Plane,
    villages: list[Village],
    superblocks: list[Polygon],
    quarters: list[Quarter],
    rng: np.random.Generator,
) -> City:
    inside = shapely.point_on_surface(np.array(plane.faces, dtype=object))
    nearest = STRtree(superblocks).nearest(inside).astype(np.int64)
    bare = City(
        layout,
        plane,
        road_edges(plane.pieces, layout.outline.exterior),
        villages,
        [],
        nearest,
        nearest,
        [],
        [],
    )
    nearest = nearest[_largest_of(bare.slivers_merged(), plane.faces)]
    quarter_of_face = [quarters[number] for number in nearest]
    block = bare.merged_below(LineKind.RESIDENTIAL)
    use_of: dict[int, Use] = {}
    for number, quarter in zip(block.tolist(), quarter_of_face, strict=True):
        if number not in use_of:
            use_of[number] = use_of_block(quarter, rng)
    grounds = shapely.union_all([village.ground for village in villages])
    uses = [
        Use.HOUSES if quarter is Quarter.HILLS and grounds.contains(place) else use_of[number]
        for number, quarter, place in zip(block.tolist(), quarter_of_face, inside, strict=True)
    ]
    wet = layout.river.union(layout.creek).union(layout.barriers["rail"].buffer(8.0))
    uses = [Use.NONE if place.intersects(wet) else use for use, place in zip(uses, inside, strict=True)]
    buildings = build(plane.faces, uses, block.tolist(), rng)
    dry = [building for building in buildings if not building.shape.intersects(wet)]
    return City(layout, plane, bare.roads, villages, quarter_of_face, nearest, block, uses, dry)
