"""Any list as a file, sent while it is read: CSV, GeoJSON and XLSX; none holds the whole list."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from api.xlsx_stream import Workbook

Row = dict[str, Any]
"""One row; `lon` and `lat` make its point in GeoJSON, or `geometry` is its shape, written already."""


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

_PIECE = 1 << 16
"""Rows are sent in pieces of about so many bytes: a message for each would cost more than the row."""

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
    lines = io.StringIO(newline="")
    write = csv.writer(lines).writerow
    write(columns)
    yield "\ufeff".encode() + _taken(lines)
    async for row in rows:
        write([safe_text(row[name]) for name in columns])
        if lines.tell() >= _PIECE:
            yield _taken(lines)
    yield _taken(lines)


async def as_geojson(columns: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    """Write one FeatureCollection, a feature on each line."""
    yield b'{"type":"FeatureCollection","features":['
    piece = bytearray()
    separator = b"\n"
    async for row in rows:
        piece += separator + orjson.dumps(feature_of(columns, row), default=str)
        separator = b",\n"
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece) + b"\n]}\n"


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
    """Write a workbook; a further sheet begins where one is full."""
    book = Workbook(columns)
    try:
        yield book.taken()
        async for row in rows:
            book.add([safe_text(row[name]) for name in columns])
            if part := book.taken():
                yield part
        book.finish()
        yield book.taken()
    finally:
        book.close()


WRITERS = {FileFormat.CSV: as_csv, FileFormat.XLSX: as_xlsx, FileFormat.GEOJSON: as_geojson}


def _taken(lines: io.StringIO) -> bytes:
    """Return what was written since, and begin anew."""
    text = lines.getvalue()
    lines.seek(0)
    lines.truncate()
    return text.encode("utf-8", "replace")
