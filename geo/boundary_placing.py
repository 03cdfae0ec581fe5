"""Where a layer lies: its coordinate system, whether axes are swapped, whether it was shifted."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.boundary_report import Defect, DefectKind
from geo.coordinates import WGS84, Datum, MetricPlane, looks_swapped, shape_to_wgs84

Shapes = NDArray[np.object_]
_LIKELY_CRS = (
    *(f"EPSG:{code}" for code in range(4534, 4555)),
    *(f"EPSG:{code}" for code in range(4513, 4534)),
    *(f"EPSG:{code}" for code in range(32643, 32654)),
    "EPSG:3857",
)
"""Gauss–Krüger zones of CGCS2000, UTM zones over China, and the web's Mercator."""
_OLD_DATUMS = frozenset({"Xian 1980", "Beijing 1954", "New Beijing"})
_DATUM_NAMES = {
    Datum.GCJ02: ("GCJ-02（高德、腾讯）", "GCJ-02 (AMap, Tencent)"),
    Datum.BD09: ("BD-09（百度）", "BD-09 (Baidu)"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Shapes in WGS 84 degrees as far as that could be told, with what was assumed and what is wrong."""

    shapes: Shapes
    notes: list[tuple[str, str]]
    defects: list[Defect]


def place(
    frame: gpd.GeoDataFrame, crs: str | None, datum: Datum | None, reference: Sequence[BaseGeometry]
) -> Placed:
    """The layer's shapes in WGS 84; `crs` and `datum` are what the person declares, if anything.

    `reference` is ground where the layer ought to lie, if any is known.
    """
    shapes = _measurable(frame.geometry.to_numpy())
    if all(shape is None for shape in shapes):
        return Placed(shapes, [], [])
    declared = crs or (frame.crs.to_wkt() if frame.crs is not None else None)
    notes: list[tuple[str, str]] = []
    if declared is None and _in_degrees(shapes):
        notes.append(
            (
                "文件未声明坐标系：按 CGCS2000/WGS 84 经纬度处理。",
                "The file states no coordinate system: taken as CGCS2000/WGS 84 degrees.",
            )
        )
        declared = WGS84
    if declared is None:
        return Placed(shapes, notes, [_no_crs(shapes, reference)])
    try:
        system = pyproj.CRS.from_user_input(declared)
    except pyproj.exceptions.CRSError:
        return Placed(shapes, notes, [_unknown_crs(declared)])
    if not system.is_geographic:
        notes.append(
            (f"坐标由 {system.name} 换算为 WGS 84。", f"Coordinates converted from {system.name} to WGS 84.")
        )
    if system.geodetic_crs is not None and system.geodetic_crs.name in _OLD_DATUMS:
        notes.append(_old_datum(system.geodetic_crs.name))
    given, shapes = shapes, _converted(shapes, system)
    defects = _off_the_earth(shapes, system, given, reference)
    if defects:
        return Placed(shapes, notes, defects)
    if datum is not None:
        shapes = np.array([shape and shape_to_wgs84(shape, datum) for shape in shapes], dtype=object)
        notes.append((f"坐标由 {datum} 换算为 WGS 84。", f"Coordinates converted from {datum} to WGS 84."))
    return Placed(shapes, notes, [])


def _old_datum(name: str) -> tuple[str, str]:
    return (
        f"注意：{name} 没有当地参数无法准确换算，位置可能偏差数十米；请索取 CGCS2000 数据。",
        f"Beware: {name} cannot be converted exactly without the city's own parameters and may be tens of "
        "metres off; ask for the layer in CGCS2000.",
    )


def _measurable(shapes: Shapes) -> Shapes:
    """The shapes, None where there is none or where a coordinate is no number."""
    kept: Shapes = shapes.copy()
    kept[~np.isfinite(shapely.bounds(shapes)).all(axis=1)] = None
    return kept


def _in_degrees(shapes: Shapes) -> bool:
    west, south, east, north = shapely.total_bounds(shapes)
    return bool(-180 <= west <= east <= 180 and -180 <= south <= north <= 180)


def _converted(shapes: Shapes, system: pyproj.CRS) -> Shapes:
    if system.equals(pyproj.CRS.from_user_input(WGS84), ignore_axis_order=True) or (
        system.is_geographic and "2000" in system.name
    ):
        return shapes
    move = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
    moved: Shapes = shapely.transform(shapes, lambda x, y: move.transform(x, y), interleaved=False)
    return moved


def _guess_crs(shapes: Shapes, reference: Sequence[BaseGeometry]) -> str | None:
    """The first likely system in which the layer would lie where it ought to."""
    if not len(reference):
        return None
    ground = shapely.box(*shapely.total_bounds(np.array(reference, dtype=object))).buffer(0.02)
    middle = shapely.box(*shapely.total_bounds(shapes)).centroid
    for candidate in _LIKELY_CRS:
        move = pyproj.Transformer.from_crs(candidate, WGS84, always_xy=True)
        x, y = move.transform(middle.x, middle.y)
        if np.isfinite([x, y]).all() and ground.contains(shapely.Point(x, y)):
            return candidate
    return None


def _advice(shapes: Shapes, reference: Sequence[BaseGeometry]) -> tuple[str, str]:
    guess = _guess_crs(shapes, reference)
    if guess:
        name = pyproj.CRS.from_user_input(guess).name
        return f"看起来是 {name}：请加 --crs {guess}。", f"It looks like {name}: add --crs {guess}."
    return "请用 --crs 注明坐标系。", "State it with --crs."


def _no_crs(shapes: Shapes, reference: Sequence[BaseGeometry]) -> Defect:
    zh, en = _advice(shapes, reference)
    return Defect(
        DefectKind.WRONG_CRS,
        f"文件未声明坐标系，且坐标不是经纬度。{zh}",
        f"The file states no coordinate system, and its coordinates are no degrees. {en}",
    )


def _unknown_crs(declared: str) -> Defect:
    return Defect(
        DefectKind.WRONG_CRS,
        f"无法识别坐标系 {declared[:60]}；请用 --crs EPSG:4490 之类注明。",
        f"The coordinate system {declared[:60]} is unknown; state one like --crs EPSG:4490.",
    )


def _off_the_earth(
    shapes: Shapes, system: pyproj.CRS, given: Shapes, reference: Sequence[BaseGeometry]
) -> list[Defect]:
    bounds = shapely.total_bounds(shapes)
    west, south, east, north = bounds
    if np.isfinite(bounds).all() and -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return []
    if np.isfinite(bounds).all() and looks_swapped(float((west + east) / 2), float((south + north) / 2)):
        return []
    zh, en = _advice(given, reference)
    return [
        Defect(
            DefectKind.WRONG_CRS,
            f"按声明的坐标系 {system.name}，坐标不在地球上。{zh}",
            f"In the coordinate system it states ({system.name}) the layer lies nowhere on earth. {en}",
        )
    ]


def check_swapped(shapes: Shapes) -> list[Defect]:
    """One defect if the layer only makes sense with longitude and latitude turned round."""
    if all(shape is None for shape in shapes):
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    if not looks_swapped((west + east) / 2, (south + north) / 2):
        return []
    return [
        Defect(
            DefectKind.SWAPPED,
            "经度和纬度写反了；--repair 可对调。",
            "Longitude and latitude are swapped; --repair turns them round.",
            mendable=True,
        )
    ]


def unswapped(shapes: Shapes) -> Shapes:
    """The shapes with their axes turned round."""
    turned: Shapes = shapely.transform(shapes, lambda points: points[:, ::-1])
    return turned


def suspected_datum(shapes: Shapes, reference: Sequence[BaseGeometry]) -> Datum | None:
    """The shifted datum in which the layer would fit the reference much better than as it is.

    The misfit is the ground that the layer and the reference do not share, in square metres.
    """
    solid = [shape for shape in shapes if shape is not None and not shape.is_empty]
    if not solid or not len(reference):
        return None
    plane = MetricPlane.over(np.array(reference, dtype=object))
    known = plane.shape_to_metres(shapely.union_all([shapely.make_valid(shape) for shape in reference]))
    given = shapely.union_all([shapely.make_valid(shape) for shape in solid])
    whole = plane.shape_to_metres(given).area > 0.6 * known.area

    def misfit_m2(datum: Datum) -> float:
        ground = plane.shape_to_metres(shapely.make_valid(shape_to_wgs84(given, datum)))
        apart = ground.symmetric_difference(known) if whole else ground.difference(known)
        return float(apart.area)

    as_it_is = misfit_m2(Datum.WGS84)
    best = min((Datum.GCJ02, Datum.BD09), key=misfit_m2)
    clearly = misfit_m2(best) < 0.4 * as_it_is and as_it_is > 0.01 * plane.shape_to_metres(given).area
    return best if clearly else None


def shifted_defect(datum: Datum) -> Defect:
    """The defect of a layer that fits what is there much better when unshifted."""
    zh, en = _DATUM_NAMES[datum]
    return Defect(
        DefectKind.SHIFTED,
        f"疑似 {zh} 坐标：换算后与现有边界吻合得多。请加 --datum {datum}，或用 --repair 换算。",
        f"It looks like {en}: unshifted it fits the boundaries that are there far better. "
        f"Add --datum {datum}, or let --repair convert it.",
        mendable=True,
    )
