"""Files of the sample district: GeoJSON with one feature to a line, so that a change shows as a change."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.area_codes import AreaCode
from geo.areas import Area
from geo.coordinates import WGS84
from geo.streets import Street, StreetId

NOTE = (
    "一路示例区（虚构）：由程序生成，与任何真实地方无关。"
    " Synthetic sample district made by a generator; no real place."
)
_Row = Mapping[str, object]
_Read = dict[str, "str | int | float | bool"]


def write_areas(path: Path, areas: Iterable[Area]) -> None:
    """Areas of one level."""
    rows = [
        {"code": area.code, "name": area.name, "name_en": area.name_en, "households": area.households}
        for area in areas
    ]
    _write(path, rows, [area.shape for area in areas], 7)


def read_areas(path: Path) -> list[Area]:
    """Areas of one level."""
    return [
        Area(
            AreaCode(str(row["code"])),
            str(row["name"]),
            str(row["name_en"]),
            shape,
            int(row.get("households", 0)),
        )
        for row, shape in _read(path)
    ]


def write_streets(folder: Path, streets: Sequence[Street]) -> None:
    """Polygons and centrelines of the streets, a file each."""
    rows = [
        {
            "id": street.id,
            "name": street.name,
            "name_en": street.name_en,
            "width_m": street.width_m,
            "subdistrict": street.subdistrict,
        }
        for street in streets
    ]
    _write(folder / "streets.geojson", rows, [street.shape for street in streets], 7)
    ids = [{"id": street.id, "name": street.name, "name_en": street.name_en} for street in streets]
    _write(folder / "street_lines.geojson", ids, [street.centreline for street in streets], 7)


def read_streets(folder: Path) -> list[Street]:
    """Streets from their two files."""
    lines = {row["id"]: shape for row, shape in _read(folder / "street_lines.geojson")}
    return [
        Street(
            StreetId(str(row["id"])),
            str(row["name"]),
            str(row["name_en"]),
            lines[row["id"]],
            shape,
            float(row["width_m"]),
            AreaCode(str(row["subdistrict"])),
        )
        for row, shape in _read(folder / "streets.geojson")
    ]


def write_layer(path: Path, table: gpd.GeoDataFrame, decimals: int) -> None:
    """A table with all its columns; what is empty, zero or false is left out to keep the file small."""
    attributes = table.drop(columns=table.geometry.name)
    rows = [
        {key: value for key, value in row.items() if not pd.isna(value) and value not in (False, 0)}
        for row in attributes.astype(object).to_dict("records")
    ]
    _write(path, rows, list(table.geometry), decimals)


def read_layer(path: Path, columns: Mapping[str, object]) -> gpd.GeoDataFrame:
    """A table with the columns asked for, each with the value that stands for what the file left out."""
    found = _read(path)
    data = {column: [row.get(column, default) for row, _ in found] for column, default in columns.items()}
    shapes = np.empty(len(found), dtype=object)
    shapes[:] = [shape for _, shape in found]
    return gpd.GeoDataFrame(pd.DataFrame(data), geometry=shapes, crs=WGS84)


def _write(path: Path, rows: Sequence[_Row], shapes: Sequence[BaseGeometry], decimals: int) -> None:
    head = json.dumps(
        {"type": "FeatureCollection", "name": path.stem, "synthetic": True, "note": NOTE}, ensure_ascii=False
    )
    lines = [_feature(row, shape, decimals) for row, shape in zip(rows, shapes, strict=True)]
    path.write_text(head[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def _feature(row: _Row, shape: BaseGeometry, decimals: int) -> str:
    geometry = shapely.geometry.mapping(shape)
    geometry = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"], decimals)}
    feature = {"type": "Feature", "properties": row, "geometry": geometry}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _rounded(coordinates: object, decimals: int) -> object:
    if isinstance(coordinates, float):
        return round(coordinates, decimals)
    assert isinstance(coordinates, tuple | list)
    return [_rounded(part, decimals) for part in coordinates]


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value)} has no place in a GeoJSON file")


def _read(path: Path) -> list[tuple[_Read, BaseGeometry]]:
    features = orjson.loads(path.read_bytes())["features"]
    shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]) for feature in features])
    return [(feature["properties"], shape) for feature, shape in zip(features, shapes, strict=True)]
