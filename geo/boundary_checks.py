"""What is wrong with the shapes of a boundary layer: crossing lines, overlaps, gaps, slivers, stray ground.

Everything is measured in metres; everything over 1 m² is a defect with its place.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geo.area_codes import AreaCode, Level, level_of, parent_of
from geo.areas import Area
from geo.boundary_report import Defect, DefectKind
from geo.boundary_rows import LEVEL_NAMES, Row
from geo.coordinates import AffinePlane

TOLERANCE_M2 = 1.0
HAIR_WIDTH_M = 2.0
"""Ground narrower than this between two lines is a slip of the pen, and can be mended."""
_SLIVER_M2 = 100.0


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows that have a shape, in metres of one plane."""

    rows: list[Row]
    plane: AffinePlane
    shapes: NDArray[np.object_]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Ground":
        """The ground of the rows whose shape can be measured."""
        solid = [
            row for row in rows if isinstance(row.shape, Polygon | MultiPolygon) and not row.shape.is_empty
        ]
        degrees = np.empty(len(solid), dtype=object)
        degrees[:] = [row.shape for row in solid]
        plane = AffinePlane.over(degrees)
        return cls(solid, plane, shapely.make_valid(plane.shape_to_metres(degrees)))


def is_hair(shape: BaseGeometry) -> bool:
    """Whether a piece of ground (metres) is narrower than a slip of the pen."""
    return bool(2 * shape.area < HAIR_WIDTH_M * shape.length)


def solid_parts(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a shape (metres) that are larger than the tolerance."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in parts if isinstance(part, Polygon) and part.area > TOLERANCE_M2]


def check_shapes(rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    """Everything that shapes show."""
    defects = [*_without_ground(rows), *_crossing(rows)]
    ground = Ground.of(rows) if any(isinstance(row.shape, Polygon | MultiPolygon) for row in rows) else None
    if ground is None or not ground.rows:
        return defects
    return [
        *defects,
        *_overlaps(ground),
        *_gaps(ground, level, existing),
        *_outside(ground, level, existing),
        *_slivers(ground),
    ]


def _without_ground(rows: Sequence[Row]) -> list[Defect]:
    defects = []
    for row in rows:
        if isinstance(row.shape, Polygon | MultiPolygon) and not row.shape.is_empty:
            continue
        kind = "—" if row.shape is None or row.shape.is_empty else row.shape.geom_type
        defects.append(
            Defect(
                DefectKind.NO_SHAPE,
                f"第 {row.number} 行（{row.label}）没有面：{kind}。",
                f"Row {row.number} ({row.label}) has no polygon but {kind}.",
                rows=(row.number,),
                codes=row.codes,
                shape=row.shape if kind != "—" else None,
            )
        )
    return defects


def _crossing(rows: Sequence[Row]) -> list[Defect]:
    defects = []
    for row in rows:
        if not isinstance(row.shape, Polygon | MultiPolygon) or row.shape.is_valid:
            continue
        reason = shapely.is_valid_reason(row.shape)
        numbers = reason.partition("[")[2].rstrip("]").split()
        where = Point(*map(float, numbers)) if len(numbers) == 2 else row.shape.centroid
        defects.append(
            Defect(
                DefectKind.SELF_INTERSECTION,
                f"{row.label} 的边界自相交（第 {row.number} 行）；--repair 可修复。",
                f"The boundary of {row.label} (row {row.number}) crosses itself: "
                f"{reason.partition('[')[0].lower()}; --repair mends it.",
                rows=(row.number,),
                codes=row.codes,
                shape=where,
                mendable=True,
            )
        )
    return defects


def overlapping(ground: Ground) -> list[tuple[int, int, BaseGeometry]]:
    """Pairs of places in the ground with what they share (metres), where it is more than the tolerance."""
    tree = STRtree(ground.shapes)
    a, b = tree.query(ground.shapes, predicate="intersects")
    pairs = a < b
    shared = shapely.intersection(ground.shapes[a[pairs]], ground.shapes[b[pairs]])
    large = shapely.area(shared) > TOLERANCE_M2
    return list(zip(a[pairs][large].tolist(), b[pairs][large].tolist(), shared[large].tolist(), strict=True))


def _overlaps(ground: Ground) -> list[Defect]:
    defects = []
    for a, b, shared in overlapping(ground):
        first, second = ground.rows[a], ground.rows[b]
        if first.code and first.code == second.code:
            continue  # told as a duplicate
        mendable = all(is_hair(part) for part in solid_parts(shared))
        defects.append(
            Defect(
                DefectKind.OVERLAP,
                f"{first.label} 与 {second.label} 重叠 {shared.area:.1f} 平方米。",
                f"{first.label} and {second.label} overlap by {shared.area:.1f} m².",
                rows=(first.number, second.number),
                codes=(*first.codes, *second.codes),
                shape=ground.plane.shape_to_degrees(shared),
                area_m2=float(shared.area),
                mendable=mendable,
            )
        )
    return defects


def families(ground: Ground, level: Level) -> dict[AreaCode, list[int]]:
    """Places in the ground by the code of the area above."""
    found: dict[AreaCode, list[int]] = defaultdict(list)
    for place, row in enumerate(ground.rows):
        parent = parent_of(row.code) if row.code and level_of(row.code) is level else None
        if parent is not None:
            found[parent].append(place)
    return found


def gaps_in(
    ground: Ground, level: Level, existing: Mapping[AreaCode, Area]
) -> list[tuple[AreaCode | None, Polygon]]:
    """Ground (metres) that an area above has but none of its parts: (that area's code, the piece).

    Where no area above is known, the holes of the whole layer.
    """
    found: list[tuple[AreaCode | None, Polygon]] = []
    known = {parent: places for parent, places in families(ground, level).items() if parent in existing}
    tree = STRtree(ground.shapes)
    for parent, places in known.items():
        whole = ground.plane.shape_to_metres(shapely.make_valid(existing[parent].shape))
        for part in solid_parts(whole.difference(shapely.union_all(ground.shapes[places]))):
            left: BaseGeometry = part
            for other in ground.shapes[tree.query(part, predicate="intersects")]:
                left = left.difference(other)
            found += [(parent, piece) for piece in solid_parts(left)]
    if not known and level is not Level.DISTRICT:
        for part in shapely.get_parts(shapely.union_all(ground.shapes)):
            holes = [Polygon(ring) for ring in part.interiors]
            found += [(None, hole) for hole in holes if hole.area > TOLERANCE_M2]
    return found


def _gaps(ground: Ground, level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    return [
        Defect(
            DefectKind.GAP,
            f"{parent or '图层'} 中有 {gap.area:.1f} 平方米不属于任何{LEVEL_NAMES[level][0]}。",
            f"{gap.area:.1f} m² of {parent or 'the layer'} belong to no {LEVEL_NAMES[level][1]}.",
            codes=(parent,) if parent else (),
            shape=ground.plane.shape_to_degrees(gap),
            area_m2=float(gap.area),
            mendable=is_hair(gap),
        )
        for parent, gap in gaps_in(ground, level, existing)
    ]


def straying(
    ground: Ground, level: Level, existing: Mapping[AreaCode, Area]
) -> list[tuple[int, BaseGeometry]]:
    """Places in the ground with what lies outside the area above (metres)."""
    found = []
    for parent, places in families(ground, level).items():
        if parent not in existing:
            continue
        whole = ground.plane.shape_to_metres(shapely.make_valid(existing[parent].shape))
        shapely.prepare(whole)
        for place in places:
            if not whole.covers(ground.shapes[place]):
                outside = ground.shapes[place].difference(whole)
                if outside.area > TOLERANCE_M2:
                    found.append((place, outside))
    return found


def _outside(ground: Ground, level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    defects = []
    for place, outside in straying(ground, level, existing):
        row = ground.rows[place]
        parent = parent_of(row.code) if row.code else None
        defects.append(
            Defect(
                DefectKind.OUTSIDE_PARENT,
                f"{row.label} 有 {outside.area:.1f} 平方米在 {parent} 之外。",
                f"{outside.area:.1f} m² of {row.label} lie outside {parent}.",
                rows=(row.number,),
                codes=row.codes,
                shape=ground.plane.shape_to_degrees(outside),
                area_m2=float(outside.area),
                mendable=all(is_hair(part) for part in solid_parts(outside)),
            )
        )
    return defects


def _slivers(ground: Ground) -> list[Defect]:
    defects = []
    for row, shape in zip(ground.rows, ground.shapes, strict=True):
        for part in shapely.get_parts(shape):
            if part.area >= _SLIVER_M2 and not is_hair(part):
                continue
            defects.append(
                Defect(
                    DefectKind.SLIVER,
                    f"{row.label} 有一块仅 {part.area:.1f} 平方米的碎片。",
                    f"{row.label} has a sliver of only {part.area:.1f} m².",
                    rows=(row.number,),
                    codes=row.codes,
                    shape=ground.plane.shape_to_degrees(part),
                    area_m2=float(part.area),
                    blocking=False,
                )
            )
    return defects


def check_left_behind(rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    """Areas below that the new layer takes the ground or the parent from; they are to be imported next."""
    codes = {row.code for row in rows if row.code}
    below = [area for area in existing.values() if area.level.parent is level]
    orphans = [
        area for area in below if parent_of(area.code) not in codes and _above_is_replaced(area, codes)
    ]
    if not orphans:
        return []
    zh, en = LEVEL_NAMES[orphans[0].level]
    return [
        Defect(
            DefectKind.LEFT_BEHIND,
            f"现有 {len(orphans)} 个{zh}（如 {orphans[0].code}）失去上级；请接着导入{zh}图层。",
            f"{len(orphans)} {en} areas that are there ({orphans[0].code}, …) lose the area above; "
            f"import the {en} layer next.",
            codes=tuple(area.code for area in orphans),
            blocking=False,
        )
    ]


def _above_is_replaced(area: Area, codes: set[AreaCode]) -> bool:
    return any(code[:6] == area.code[:6] for code in codes)
