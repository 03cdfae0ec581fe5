"""Any list as a file: CSV and GeoJSON as they are read, XLSX row by row; none holds the whole list."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Row = dict[str, Any]
"""One row; `lon` and `lat` make its point in GeoJSON, or `geometry` is its shape, written already."""

LONGEST_CELL = 32_767
"""A sheet's cell holds no more letters."""

SHEET_ROWS = 1_048_575
"""A sheet has no room for more, its heading aside."""


class FileFormat(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"


MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.GEOJSON: "application/geo+json",
}

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_text(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: a text that begins like a formula gets an apostrophe."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = str(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


async def as_csv(columns: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    """Write CSV in UTF-8, with the mark by which spreadsheets recognise it."""
    yield "\ufeff".encode() + _csv_line(columns)
    async for row in rows:
        yield _csv_line([safe_text(row[name]) for name in columns])


async def as_geojson(columns: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    """Write one FeatureCollection, a feature on each line."""
    yield b'{"type":"FeatureCollection","features":['
    separator = b"\n"
    async for row in rows:
        yield separator + orjson.dumps(feature_of(columns, row), default=str)
        separator = b",\n"
    yield b"\n]}\n"


def feature_of(columns: Sequence[str], row: Row) -> dict[str, Any]:
    """Return a row as a GeoJSON feature."""
    shape: Any = None
    if row.get("geometry"):
        shape = orjson.Fragment(row["geometry"])
    elif row.get("lon") is not None and row.get("lat") is not None:
        shape = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    properties = {name: row[name] for name in columns if name not in {"lon", "lat", "wkt"}}
    return {"type": "Feature", "id": row.get("id"), "geometry": shape, "properties": properties}


async def as_xlsx(columns: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    """Write a workbook by way of a file aside; a further sheet begins where one is full."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.append(list(columns))
    count = 0
    async for row in rows:
        if count and count % SHEET_ROWS == 0:
            sheet = book.create_sheet(str(count // SHEET_ROWS + 1))
            sheet.append(list(columns))
        sheet.append([_cell(row[name]) for name in columns])
        count += 1
    with tempfile.TemporaryDirectory(prefix="yilu-export-") as folder:
        path = Path(folder) / "list.xlsx"
        await asyncio.to_thread(book.save, path)
        with path.open("rb") as file:
            while part := await asyncio.to_thread(file.read, 1 << 18):
                yield part


WRITERS = {FileFormat.CSV: as_csv, FileFormat.XLSX: as_xlsx, FileFormat.GEOJSON: as_geojson}


def _cell(value: Any) -> Any:
    safe = safe_text(value)
    if isinstance(safe, str) and len(safe) > LONGEST_CELL:
        return "(too long for a cell; take CSV or GeoJSON 单元格放不下，请导出 CSV 或 GeoJSON)"
    return ILLEGAL_CHARACTERS_RE.sub("", safe) if isinstance(safe, str) else safe


def _csv_line(cells: Iterable[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode("utf-8", "replace")
