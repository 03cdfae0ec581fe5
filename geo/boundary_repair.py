"""Mending what is safe to mend in a boundary layer, saying what was done; the rest is left to a person.

Safe is what changes no decision: a boundary that crosses itself is untied, a strip narrower than a slip
of the pen between two areas goes to one of them, an area above is put together from all below it.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.area_codes import AreaCode, Level, level_of, parent_of
from geo.areas import Area
from geo.boundary_checks import Ground, gaps_in, is_hair, overlapping, solid_parts, straying
from geo.boundary_rows import Row, with_shape, without_duplicates

Repairs = list[tuple[str, str]]


def repair(rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]) -> tuple[list[Row], Repairs]:
    """The rows with everything mended that is safe, and a sentence for each repair."""
    kept, repairs = without_duplicates(rows)
    for mend in (_untied, _within_parents, _without_overlaps, _without_gaps):
        kept, done = mend(kept, level, existing)
        repairs += done
    return kept, repairs


def _polygons_of(shape: BaseGeometry) -> Polygon | MultiPolygon | None:
    """The solid part of a shape, without hairline holes; None if there is none."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if isinstance(part, Polygon)]
    if not parts:
        return None
    whole = shapely.union_all(parts)
    return whole if isinstance(whole, Polygon | MultiPolygon) else None


def _closed(shape: BaseGeometry) -> BaseGeometry:
    """Metres: without the holes and crumbs that joining two measured shapes leaves behind."""
    parts = [
        Polygon(part.exterior, [ring for ring in part.interiors if Polygon(ring).area > 0.01])
        for part in shapely.get_parts(shapely.set_precision(shape, 0.001))
        if isinstance(part, Polygon) and part.area > 0.01
    ]
    return shapely.union_all(parts)


def _untied(rows: list[Row], level: Level, existing: Mapping[AreaCode, Area]) -> tuple[list[Row], Repairs]:
    result = [_untied_row(row) for row in rows]
    repairs = [
        (f"{row.label} 的自相交边界已修复。", f"The boundary of {row.label} was untied.")
        for row, before in zip(result, rows, strict=True)
        if row is not before
    ]
    return result, repairs


def _untied_row(row: Row) -> Row:
    if not isinstance(row.shape, Polygon | MultiPolygon) or row.shape.is_valid:
        return row
    mended = _polygons_of(shapely.make_valid(row.shape, method="structure", keep_collapsed=False))
    return row if mended is None else with_shape(row, mended)


def _within_parents(
    rows: list[Row], level: Level, existing: Mapping[AreaCode, Area]
) -> tuple[list[Row], Repairs]:
    return _cut(
        rows,
        lambda ground: [
            (place, outside)
            for place, outside in straying(ground, level, existing)
            if all(is_hair(part) for part in solid_parts(outside))
        ],
        lambda row, area_m2: (
            f"{row.label} 超出上级的 {area_m2:.1f} 平方米已裁去。",
            f"{area_m2:.1f} m² of {row.label} outside the area above were cut off.",
        ),
    )


def _without_overlaps(
    rows: list[Row], level: Level, existing: Mapping[AreaCode, Area]
) -> tuple[list[Row], Repairs]:
    return _cut(
        rows,
        lambda ground: [
            (max((a, b), key=lambda place: ground.rows[place].code or ""), shared)
            for a, b, shared in overlapping(ground)
            if all(is_hair(part) for part in solid_parts(shared))
        ],
        lambda row, area_m2: (
            f"{row.label} 的 {area_m2:.1f} 平方米重叠已归编码较小的邻区。",
            f"{area_m2:.1f} m² that {row.label} shared went to the neighbour with the lower code.",
        ),
    )


def _cut(
    rows: list[Row],
    find: Callable[[Ground], list[tuple[int, BaseGeometry]]],
    say: Callable[[Row, float], tuple[str, str]],
) -> tuple[list[Row], Repairs]:
    """Rows without the ground that `find` names (in metres, by place in the ground)."""
    ground = Ground.of(rows)
    if not ground.rows:
        return rows, []
    shapes = {row.number: shape for row, shape in zip(ground.rows, ground.shapes, strict=True)}
    repairs: Repairs = []
    changed = set()
    for place, surplus in find(ground):
        row = ground.rows[place]
        shapes[row.number] = _closed(shapes[row.number].difference(surplus))
        changed.add(row.number)
        repairs.append(say(row, float(surplus.area)))
    return _with_shapes(rows, ground, {number: shapes[number] for number in changed}), repairs


def _without_gaps(
    rows: list[Row], level: Level, existing: Mapping[AreaCode, Area]
) -> tuple[list[Row], Repairs]:
    """Each narrow gap goes to the neighbour that shares most of its edge."""
    ground = Ground.of(rows)
    if not ground.rows:
        return rows, []
    tree = shapely.STRtree(ground.shapes)
    shapes: dict[int, BaseGeometry] = {}
    repairs: Repairs = []
    for parent, gap in gaps_in(ground, level, existing):
        near = [
            place
            for place in tree.query(gap.buffer(0.01), predicate="intersects").tolist()
            if parent is None or parent_of(ground.rows[place].code or AreaCode(parent)) == parent
        ]
        if not is_hair(gap) or not near:
            continue
        edge = gap.buffer(0.01)
        best = max(near, key=lambda place: float(shapely.intersection(ground.shapes[place], edge).area))
        row = ground.rows[best]
        shapes[row.number] = _closed(shapes.get(row.number, ground.shapes[best]).union(gap.buffer(0.0005)))
        repairs.append(
            (
                f"{gap.area:.1f} 平方米的缝隙已并入 {row.label}。",
                f"A gap of {gap.area:.1f} m² was joined to {row.label}.",
            )
        )
    return _with_shapes(rows, ground, shapes), repairs


def _with_shapes(rows: list[Row], ground: Ground, shapes: Mapping[int, BaseGeometry]) -> list[Row]:
    """Rows with the changed shapes (metres, by row number) in degrees."""
    return [
        with_shape(row, _polygons_of(ground.plane.shape_to_degrees(shapes[row.number])))
        if row.number in shapes
        else row
        for row in rows
    ]


def missing_parents(
    rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]
) -> tuple[list[Area], Repairs]:
    """The areas above that nobody knows yet, up to the district, each put together from all below it."""
    made: list[Area] = []
    repairs: Repairs = []
    below = [
        (row.code, row.shape, row.households)
        for row in rows
        if row.code and level_of(row.code) is level and row.shape is not None
    ]
    while level.parent is not None:
        groups: dict[AreaCode, list[tuple[BaseGeometry, int]]] = {}
        for code, shape, households in below:
            parent = parent_of(code)
            if parent is not None and parent not in existing:
                groups.setdefault(parent, []).append((shape, households))
        level = level.parent
        below = []
        for code, parts in sorted(groups.items()):
            whole = _polygons_of(_without_hairlines([shape for shape, _ in parts]))
            if whole is None:
                continue
            homes = sum(households for _, households in parts)
            made.append(Area(code, code, code, whole, homes))
            below.append((code, whole, homes))
            repairs.append(
                (f"{code} 由 {len(parts)} 个下级合并生成。", f"{code} was made of the {len(parts)} below it.")
            )
    return made, repairs


def _without_hairlines(shapes: list[BaseGeometry]) -> BaseGeometry:
    """The union of neighbours (degrees), closed where they fail to meet by less than a millimetre."""
    whole = shapely.union_all(np.array(shapes, dtype=object))
    parts = [
        Polygon(part.exterior, [ring for ring in part.interiors if Polygon(ring).area > 1e-11])
        for part in shapely.get_parts(whole)
        if isinstance(part, Polygon)
    ]
    return shapely.union_all(parts)
