"""Boundary layers in and out: read with care, checked, mended where that is safe, written back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo.area_codes import AreaCode, Level
from geo.areas import Area
from geo.boundary_checks import check_left_behind, check_shapes
from geo.boundary_placing import (
    Shapes,
    check_swapped,
    place,
    shifted_defect,
    suspected_datum,
    unswapped,
)
from geo.boundary_repair import missing_parents, repair
from geo.boundary_report import BoundaryReport, Defect, DefectKind
from geo.boundary_rows import Row, area_of, check_rows, looks_like_codes, rows_of
from geo.columns import FIELD_NAMES, UnknownColumnError, guess_columns
from geo.coordinates import WGS84, Datum, shape_to_wgs84
from geo.layer_files import FileRefusedError, read_layer, write_layer

__all__ = [
    "BoundaryReport",
    "Defect",
    "DefectKind",
    "FileRefusedError",
    "UnknownColumnError",
    "areas_frame",
    "check_boundaries",
    "merged_areas",
    "read_boundaries",
    "read_layer",
    "write_layer",
]

_FIELDS = {name: FIELD_NAMES[name] for name in ("code", "name", "name_en", "households")}
_STEPS = ("read", "place", "check", "repair", "check again")


def read_boundaries(
    path: Path,
    level: Level,
    *,
    existing: Iterable[Area] = (),
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
    crs: str | None = None,
    datum: Datum | None = None,
    repairing: bool = False,
    progress: Callable[[str], None] | None = None,
) -> BoundaryReport:
    """Reads one level from a file and says everything that is wrong with it.

    `existing` are the areas in force: the level above is what the new areas have to tile. `columns`
    names the file's column of a field (code, name, name_en, households); the others are guessed, and the
    report shows from what. `crs` and `datum` declare what the file itself does not. `progress` is told
    each step. Raises `FileRefusedError` and `UnknownColumnError`.
    """
    tell = progress or (lambda step: None)
    known = {area.code: area for area in existing}
    tell(_STEPS[0])
    frame = read_layer(path, layer)
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    mapped = guess_columns(names, _FIELDS, columns, {"code": looks_like_codes}, frame)
    tell(_STEPS[1])
    reference = _reference(level, known)
    placed = place(frame, crs, datum, reference)
    if placed.defects:
        return BoundaryReport(level, (), placed.defects, notes=placed.notes, columns=mapped)
    shapes, defects, repairs = _righted(placed.shapes, reference, datum, repairing)
    rows = rows_of(frame, list(shapes), mapped)
    tell(_STEPS[2])
    defects += check_boundaries(rows, level, known)
    made: list[Area] = []
    if repairing and any(defect.mendable for defect in defects):
        tell(_STEPS[3])
        rows, done = repair(rows, level, known)
        made, done_above = missing_parents(rows, level, known)
        repairs += [*done, *done_above]
        tell(_STEPS[4])
        defects = check_boundaries(rows, level, known | {area.code: area for area in made})
    whole = not any(defect.blocking for defect in defects)
    areas = [*made, *(area_of(row) for row in rows)] if whole else []
    notes = [*placed.notes, *_old_codes(rows)]
    return BoundaryReport(level, areas, _in_order(defects), repairs, notes, mapped)


def _reference(level: Level, known: Mapping[AreaCode, Area]) -> list[shapely.Geometry]:
    """Ground where the layer ought to lie: the nearest level above that is known, else the level itself."""
    above: Level | None = level.parent
    while above is not None:
        shapes = [area.shape for area in known.values() if area.level is above]
        if shapes:
            return shapes
        above = above.parent
    return [area.shape for area in known.values() if area.level is level]


def _righted(
    shapes: Shapes, reference: Sequence[shapely.Geometry], declared: Datum | None, repairing: bool
) -> tuple[Shapes, list[Defect], list[tuple[str, str]]]:
    """The shapes the right way round and unshifted, so that what else is wrong with them shows.

    That they were not is a repair where repairing is asked for, else a defect.
    """
    repairs: list[tuple[str, str]] = []
    swapped = check_swapped(shapes)
    turned = unswapped(shapes) if swapped else shapes
    suspected = suspected_datum(turned, reference) if declared is None else None
    if swapped and repairing:
        repairs.append(("经纬度已对调。", "Longitude and latitude were turned round."))
    if suspected:
        turned = np.array([shape and shape_to_wgs84(shape, suspected) for shape in turned], dtype=object)
        repairs.append(
            (
                f"坐标已由 {suspected} 换算为 WGS 84。",
                f"Coordinates were converted from {suspected} to WGS 84.",
            )
        )
    if not repairing:
        return turned, [*swapped, *([shifted_defect(suspected)] if suspected else [])], []
    return turned, [], repairs


def check_boundaries(rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    """Every defect of the rows of one level, codes first, then shapes."""
    return [
        *check_rows(rows, level, existing),
        *check_shapes(rows, level, existing),
        *check_left_behind(rows, level, existing),
    ]


def _old_codes(rows: Sequence[Row]) -> list[tuple[str, str]]:
    count = sum(1 for row in rows if row.code and row.code != row.text)
    if not count:
        return []
    return [(f"{count} 个 14 位旧编码已补为 15 位。", f"{count} codes of 14 digits were written with 15.")]


def _in_order(defects: Sequence[Defect]) -> list[Defect]:
    """What forbids the import first, the largest first."""
    return sorted(
        defects, key=lambda defect: (not defect.blocking, defect.kind, -defect.area_m2, defect.rows)
    )


def merged_areas(existing: Iterable[Area], report: BoundaryReport) -> list[Area]:
    """All areas of the version that an import makes: what was there, its level replaced, the rest kept.

    Areas of the level that lie above or beside other districts than the file's stay. Households of the
    areas above are what those below them have, where the file states any.
    """
    fresh = {area.code: area for area in report.areas}
    districts = {code[:6] for code in fresh}
    kept = {
        area.code: area
        for area in existing
        if not (area.level is report.level and area.code[:6] in districts) and area.code not in fresh
    }
    return sorted((kept | fresh).values(), key=lambda area: area.code)


def areas_frame(areas: Iterable[Area]) -> gpd.GeoDataFrame:
    """Areas as a table to be written: code, name, name_en, level, households, shape."""
    listed = list(areas)
    shapes = np.empty(len(listed), dtype=object)
    shapes[:] = [area.shape for area in listed]
    return gpd.GeoDataFrame(
        {
            "code": [str(area.code) for area in listed],
            "name": [area.name for area in listed],
            "name_en": [area.name_en for area in listed],
            "level": [area.level.value for area in listed],
            "households": [area.households for area in listed],
        },
        geometry=shapes,
        crs=WGS84,
    )
