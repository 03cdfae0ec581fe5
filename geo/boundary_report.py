"""What an import of boundaries found: defects with their place, what was mended, what would be imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.area_codes import Level
from geo.areas import Area
from geo.coordinates import WGS84, LonLat
from geo.layer_files import write_layer


class DefectKind(StrEnum):
    """What can be wrong with a boundary layer."""

    WRONG_CRS = "wrong_crs"
    SWAPPED = "swapped"
    SHIFTED = "shifted"
    NO_SHAPE = "no_shape"
    SELF_INTERSECTION = "self_intersection"
    OVERLAP = "overlap"
    GAP = "gap"
    SLIVER = "sliver"
    MISSING_PARENT = "missing_parent"
    OUTSIDE_PARENT = "outside_parent"
    DUPLICATE_CODE = "duplicate_code"
    MALFORMED_CODE = "malformed_code"
    WRONG_LEVEL = "wrong_level"
    MISSING_NAME = "missing_name"
    LEFT_BEHIND = "left_behind"


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: rows count from 1; the shape (WGS 84) is where it is; `blocking` forbids the import."""

    kind: DefectKind
    zh: str
    en: str
    rows: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    shape: BaseGeometry | None = None
    area_m2: float = 0.0
    blocking: bool = True
    mendable: bool = False

    @property
    def place(self) -> LonLat | None:
        """A point on it."""
        if self.shape is None or self.shape.is_empty:
            return None
        point = shapely.point_on_surface(self.shape)
        return LonLat(point.x, point.y)


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """The outcome of reading one level; nothing is imported while `importable` is false."""

    level: Level
    areas: Sequence[Area]
    defects: Sequence[Defect]
    repairs: Sequence[tuple[str, str]] = ()
    """What was mended, in Chinese and English."""
    notes: Sequence[tuple[str, str]] = ()
    """What was assumed, in Chinese and English."""
    columns: Mapping[str, str | None] = field(default_factory=dict)
    """Which column of the file each field was taken from."""

    @property
    def importable(self) -> bool:
        """Whether all of it can be imported."""
        return bool(self.areas) and not any(defect.blocking for defect in self.defects)

    def text(self, language: str = "en") -> str:
        """The report in plain lines, in "zh" or "en"."""
        chinese = language == "zh"
        pick = 0 if chinese else 1
        shown = ", ".join(f"{column or '—'} → {name}" for name, column in self.columns.items())
        lines = [("列对应：" if chinese else "Columns: ") + shown]
        lines += [pair[pick] for pair in (*self.notes, *self.repairs)]
        for defect in self.defects:
            mark = "✗" if defect.blocking else "!"
            place = f" @ {defect.place.lon:.6f}, {defect.place.lat:.6f}" if defect.place else ""
            lines.append(f"{mark} {defect.zh if chinese else defect.en}{place}")
        return "\n".join([*lines, self._verdict(chinese)])

    def _verdict(self, chinese: bool) -> str:
        errors = sum(defect.blocking for defect in self.defects)
        remarks = len(self.defects) - errors
        if chinese:
            verdict = "可以导入。" if self.importable else "未导入任何内容。"
            return f"{len(self.areas)} 个区域，{errors} 处错误，{remarks} 处提示。{verdict}"
        verdict = "All of it can be imported." if self.importable else "Nothing is imported."
        return f"{len(self.areas)} areas, {errors} errors, {remarks} remarks. {verdict}"

    def write_defects(self, path: Path) -> None:
        """Writes every defect that has a place as a GeoPackage, a layer for each kind of geometry."""
        placed = [defect for defect in self.defects if defect.place is not None]
        path.unlink(missing_ok=True)
        for layer, kinds in (
            ("defects", ("Polygon", "MultiPolygon")),
            ("defect_lines", ("LineString", "MultiLineString", "LinearRing")),
            ("defect_points", ("Point", "MultiPoint")),
        ):
            chosen = [
                defect for defect in placed if defect.shape is not None and defect.shape.geom_type in kinds
            ]
            if chosen or layer == "defects":
                write_layer(_frame(chosen), path, layer)


def _frame(defects: Sequence[Defect]) -> gpd.GeoDataFrame:
    columns = {
        "kind": [defect.kind.value for defect in defects],
        "zh": [defect.zh for defect in defects],
        "en": [defect.en for defect in defects],
        "rows": [", ".join(map(str, defect.rows)) for defect in defects],
        "codes": [", ".join(defect.codes) for defect in defects],
        "area_m2": [round(defect.area_m2, 2) for defect in defects],
        "blocking": [defect.blocking for defect in defects],
    }
    return gpd.GeoDataFrame(columns, geometry=[defect.shape for defect in defects], crs=WGS84)
