"""Tables on the boundaries in and out: streets, people, task forces, rosters, centres, estates."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.areas import Territory
from geo.boundary_placing import Shapes, check_swapped, place
from geo.boundary_report import Defect
from geo.cells import CellError, Value, number
from geo.columns import guess_columns, text_of
from geo.coordinates import WGS84, Datum
from geo.layer_files import read_layer, write_layer, write_plain_layer
from geo.sheets import read_sheet, write_sheet
from geo.table_kinds import KINDS, Shape, Table, TableKind

_SHEETS = frozenset({".csv", ".xlsx"})
_SHAPE_FIELDS: Mapping[Shape, Mapping[str, tuple[str, ...]]] = {
    Shape.POINT: {"lon": ("lng", "longitude", "经度", "x"), "lat": ("latitude", "纬度", "y")},
    Shape.OPTIONAL_POINT: {"lon": ("lng", "longitude", "经度", "x"), "lat": ("latitude", "纬度", "y")},
    Shape.LINE: {"shape": ("wkt", "geometry", "中心线")},
    Shape.POLYGON: {"shape": ("wkt", "geometry", "范围")},
    Shape.NONE: {},
}
_GEOMETRIES = {
    Shape.POINT: ("Point",),
    Shape.OPTIONAL_POINT: ("Point",),
    Shape.LINE: ("LineString", "MultiLineString"),
    Shape.POLYGON: ("Polygon", "MultiPolygon"),
    Shape.NONE: (),
}
_SHAPE_WORDS = {
    Shape.POINT: ("点（经度、纬度）", "a point (lon and lat)"),
    Shape.OPTIONAL_POINT: ("点（经度、纬度）", "a point (lon and lat)"),
    Shape.LINE: ("中心线", "a centreline"),
    Shape.POLYGON: ("面", "a polygon"),
    Shape.NONE: ("", ""),
}
Record = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RowDefect:
    """What is wrong with one row (counted from 1 below the header; 0 for the whole file)."""

    row: int
    column: str
    zh: str
    en: str
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class TableReport:
    """The outcome of reading a table: typed records with their shapes, and every defect."""

    kind: TableKind
    records: Sequence[Record]
    shapes: Sequence[BaseGeometry | None]
    """WGS 84, one for each record."""
    defects: Sequence[RowDefect]
    columns: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def importable(self) -> bool:
        """Whether all of it can be imported."""
        return not any(defect.blocking for defect in self.defects)

    def text(self, language: str = "en") -> str:
        """The report in plain lines, in "zh" or "en"."""
        chinese = language == "zh"
        shown = ", ".join(f"{column or '—'} → {name}" for name, column in self.columns.items())
        lines = [("列对应：" if chinese else "Columns: ") + shown]
        for defect in self.defects:
            mark = "✗" if defect.blocking else "!"
            where = (f"第 {defect.row} 行 " if chinese else f"row {defect.row} ") if defect.row else ""
            lines.append(f"{mark} {where}{defect.column}: {defect.zh if chinese else defect.en}")
        errors = sum(defect.blocking for defect in self.defects)
        if chinese:
            verdict = "可以导入。" if self.importable else "未导入任何内容。"
            return "\n".join([*lines, f"{len(self.records)} 行，{errors} 处错误。{verdict}"])
        verdict = "All of it can be imported." if self.importable else "Nothing is imported."
        return "\n".join([*lines, f"{len(self.records)} rows, {errors} errors. {verdict}"])


def read_table(
    path: Path,
    kind: TableKind,
    *,
    columns: Mapping[str, str] | None = None,
    known: Mapping[str, Container[str]] | None = None,
    territory: Territory | None = None,
    layer: str | None = None,
    datum: Datum | None = None,
) -> TableReport:
    """Reads one kind of table from a GeoPackage, GeoJSON, Shapefile, CSV or XLSX, and checks every cell.

    `known` says what a reference may name: the codes under "area", ids under "street", ids and phones
    under "person"; what is not given is not checked. With a `territory`, shapes outside it are defects.
    `datum` declares what lon, lat and shapes are measured in. Raises `FileRefusedError` and
    `UnknownColumnError`.
    """
    table = KINDS[kind]
    from_sheet = path.suffix.lower() in _SHEETS
    frame = read_sheet(path, layer) if from_sheet else read_layer(path, layer)
    names = [str(name) for name in frame.columns if from_sheet or name != frame.geometry.name]
    fields = {**table.fields, **(_SHAPE_FIELDS[table.shape] if from_sheet else {})}
    mapped = guess_columns(names, fields, columns)
    defects = _missing_columns(table, mapped)
    shapes = (
        _shapes_of_sheet(frame, table, mapped, defects)
        if from_sheet
        else _shapes_of_layer(frame, datum, defects)
    )
    if from_sheet and datum is not None:
        placed = place(gpd.GeoDataFrame(geometry=shapes, crs=WGS84), None, datum, ())
        shapes = placed.shapes
    cells = pd.DataFrame(frame)
    records = [_record(cells, row, table, mapped, defects) for row in range(len(cells))]
    defects += _check_shapes(list(shapes), table, territory)
    defects += _repeated(records, table)
    for name, container in (known or {}).items():
        defects += _unknown(records, table, name, container)
    defects.sort(key=lambda defect: (defect.row, defect.column))
    return TableReport(kind, records, list(shapes), defects, mapped)


def _missing_columns(table: Table, mapped: Mapping[str, str | None]) -> list[RowDefect]:
    return [
        RowDefect(0, column.name, f"缺少“{column.zh}”列", f"the column {column.name} is missing")
        for column in table.columns
        if column.required and mapped[column.name] is None
    ]


def _record(
    cells: pd.DataFrame, row: int, table: Table, mapped: Mapping[str, str | None], defects: list[RowDefect]
) -> Record:
    record: dict[str, Value] = {}
    for column in table.columns:
        source = mapped[column.name]
        cell = cells[source].iloc[row] if source else None
        record[column.name] = column.default
        if text_of(cell) == "":
            if column.required and source:
                defects.append(RowDefect(row + 1, column.name, "不能为空", "may not be empty"))
            continue
        try:
            record[column.name] = column.read(cell)
        except CellError as wrong:
            said = text_of(cell)[:40]
            defects.append(RowDefect(row + 1, column.name, f"“{said}”{wrong.zh}", f"{said!r} {wrong.en}"))
    return record


def _shapes_of_layer(frame: gpd.GeoDataFrame, datum: Datum | None, defects: list[RowDefect]) -> Shapes:
    placed = place(frame, None, datum, ())
    wrong: list[Defect] = [*placed.defects, *check_swapped(placed.shapes)]
    defects += [RowDefect(0, "shape", defect.zh, defect.en) for defect in wrong]
    return placed.shapes


def _shapes_of_sheet(
    frame: pd.DataFrame, table: Table, mapped: Mapping[str, str | None], defects: list[RowDefect]
) -> Shapes:
    shapes = np.empty(len(frame), dtype=object)
    if table.shape is Shape.NONE:
        return shapes
    for row in range(len(frame)):
        cells = [
            text_of(frame[mapped[name]].iloc[row]) if mapped[name] else ""
            for name in _SHAPE_FIELDS[table.shape]
        ]
        if not all(cells):
            continue
        try:
            shapes[row] = (
                shapely.Point(*map(_degrees, cells)) if len(cells) == 2 else shapely.from_wkt(cells[0])
            )
        except (CellError, shapely.errors.ShapelyError):
            zh, en = _SHAPE_WORDS[table.shape]
            said = ", ".join(cells)[:40]
            defects.append(RowDefect(row + 1, "shape", f"“{said}”不是{zh}", f"{said!r} is not {en}"))
    return shapes


def _degrees(cell: str) -> float:
    return -number(cell[1:]) if cell.startswith("-") else number(cell)


def _check_shapes(
    shapes: Sequence[BaseGeometry | None], table: Table, territory: Territory | None
) -> list[RowDefect]:
    defects = []
    zh, en = _SHAPE_WORDS[table.shape]
    for row, shape in enumerate(shapes, start=1):
        if shape is None or shape.is_empty:
            if table.shape not in (Shape.NONE, Shape.OPTIONAL_POINT):
                defects.append(RowDefect(row, "shape", f"缺少{zh}", f"has no shape; it needs {en}"))
        elif table.shape is not Shape.NONE and shape.geom_type not in _GEOMETRIES[table.shape]:
            defects.append(RowDefect(row, "shape", f"应为{zh}", f"is a {shape.geom_type}; it has to be {en}"))
        elif table.shape is not Shape.NONE and not shape.is_valid:
            defects.append(RowDefect(row, "shape", "边界自相交", "crosses itself"))
        elif territory is not None and table.shape is not Shape.NONE:
            inside = shapely.point_on_surface(shape)
            if territory.locate(inside.x, inside.y) is None:
                at = f"({inside.x:.5f}, {inside.y:.5f})"
                defects.append(RowDefect(row, "shape", f"{at} 不在本区内", f"{at} lies outside the district"))
    return defects


def _repeated(records: Sequence[Record], table: Table) -> list[RowDefect]:
    first: dict[tuple[Value, ...], int] = {}
    defects = []
    for row, record in enumerate(records, start=1):
        key = tuple(record[name] for name in table.key)
        if None in key:
            continue
        before = first.setdefault(key, row)
        if before != row:
            name = "+".join(table.key)
            defects.append(RowDefect(row, name, f"与第 {before} 行重复", f"repeats row {before}"))
    return defects


def _unknown(records: Sequence[Record], table: Table, name: str, known: Container[str]) -> list[RowDefect]:
    defects = []
    for column in table.columns:
        if column.refers_to != name:
            continue
        for row, record in enumerate(records, start=1):
            value = record[column.name]
            said = value if isinstance(value, tuple) else (value,)
            defects += [
                RowDefect(row, column.name, f"“{one}”不存在", f"there is no {name} {one!r}")
                for one in said
                if one and str(one) not in known
            ]
    return defects


# -- out


def template(kind: TableKind) -> pd.DataFrame:
    """An empty table of a kind with one row as an example."""
    table = KINDS[kind]
    row = {column.name: column.example for column in table.columns}
    row |= {
        Shape.POINT: {"lon": "112.5601", "lat": "37.8602"},
        Shape.OPTIONAL_POINT: {"lon": "", "lat": ""},
        Shape.LINE: {"shape": "LINESTRING (112.5601 37.8602, 112.5630 37.8604)"},
        Shape.POLYGON: {
            "shape": "POLYGON ((112.56 37.86, 112.562 37.86, 112.562 37.862, 112.56 37.862, 112.56 37.86))"
        },
        Shape.NONE: {},
    }[table.shape]
    return pd.DataFrame([row])


def template_notes(kind: TableKind) -> pd.DataFrame:
    """What each column of a kind means."""
    return pd.DataFrame(
        [
            {
                "column": column.name,
                "列名": column.zh,
                "required 必填": "yes 是" if column.required else "",
                "example 示例": column.example,
                "also read as 也可写作": ", ".join(column.aliases),
            }
            for column in KINDS[kind].columns
        ]
    )


def write_template(kind: TableKind, path: Path) -> None:
    """Writes the template of a kind as a sheet (.csv, .xlsx with notes) or as a layer."""
    example = template(kind)
    if path.suffix.lower() in _SHEETS:
        write_sheet(example, path, template_notes(kind))
        return
    columns = [column.name for column in KINDS[kind].columns]
    if KINDS[kind].shape is Shape.NONE:
        write_plain_layer(example, path, kind.value)
        return
    row = example.iloc[0]
    point = "lon" in example.columns and row["lon"] != ""
    shape = (
        shapely.Point(float(row["lon"]), float(row["lat"])) if point else shapely.from_wkt(row.get("shape"))
    )
    write_layer(gpd.GeoDataFrame(example[columns], geometry=[shape], crs=WGS84), path)


def write_table(
    kind: TableKind, records: Sequence[Record], shapes: Sequence[BaseGeometry | None], path: Path
) -> list[str]:
    """Writes records as a layer (.gpkg, .geojson, .shp) or a sheet (.csv, .xlsx); returns what is lost."""
    table = KINDS[kind]
    frame = pd.DataFrame(
        [{column.name: _written(record.get(column.name)) for column in table.columns} for record in records],
        columns=[column.name for column in table.columns],
    )
    if path.suffix.lower() in _SHEETS:
        write_sheet(_with_shape_columns(frame, table, shapes), path)
        return []
    if table.shape is Shape.NONE:
        return write_plain_layer(frame, path, kind.value)
    listed = np.empty(len(shapes), dtype=object)
    listed[:] = list(shapes)
    return write_layer(gpd.GeoDataFrame(frame, geometry=listed, crs=WGS84), path)


def _written(value: Value) -> object:
    if isinstance(value, tuple):
        return ";".join(value)
    return value.isoformat() if isinstance(value, date) else value


def _with_shape_columns(
    frame: pd.DataFrame, table: Table, shapes: Sequence[BaseGeometry | None]
) -> pd.DataFrame:
    if table.shape in (Shape.POINT, Shape.OPTIONAL_POINT):
        return frame.assign(
            lon=[shape.x if isinstance(shape, shapely.Point) else None for shape in shapes],
            lat=[shape.y if isinstance(shape, shapely.Point) else None for shape in shapes],
        )
    if table.shape in (Shape.LINE, Shape.POLYGON):
        return frame.assign(shape=[shapely.to_wkt(shape, rounding_precision=-1) for shape in shapes])
    return frame
