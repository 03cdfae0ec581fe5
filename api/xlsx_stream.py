"""A workbook written while it is sent: every row leaves as it comes, and none is kept."""

import math
import zipfile
from collections.abc import Iterable
from typing import IO, Any
from xml.sax.saxutils import escape

from api.xml_text import xml_text

SHEET_ROWS = 1_048_575
"""A sheet has no room for more, its heading aside."""

SHEET_LETTERS = 500_000_000
"""So many begin a further sheet too: beyond two gigabytes a zip is of the wide kind, which few read."""

LONGEST_CELL = 32_767
"""A sheet's cell holds no more letters."""

_TOO_LONG = "(too long for a cell; take CSV or GeoJSON 单元格放不下，请导出 CSV 或 GeoJSON)"
_PACK_AT = 1 << 16
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_TYPES = (
    f'{_HEAD}<Types {_PACKAGE}content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_KIND}worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}sheet.main+xml"/></Types>'
)
_ROOT = (
    f'{_HEAD}<Relationships {_PACKAGE}relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


class Workbook:
    """Takes rows, and hands out the bytes of the file as they come to be; `close` it in any case."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._outbox = _Outbox()
        self._archive = zipfile.ZipFile(self._outbox, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._archive.writestr("[Content_Types].xml", _TYPES)
        self._archive.writestr("_rels/.rels", _ROOT)
        self._heading = _row(columns)
        self._sheets = 0
        self._begin_sheet()

    def add(self, cells: Iterable[Any]) -> None:
        """Write a row; a further sheet begins where one is full."""
        if self._rows == SHEET_ROWS or self._letters > SHEET_LETTERS:
            self._end_sheet()
            self._begin_sheet()
        self._rows += 1
        self._write(_row(cells))

    def finish(self) -> None:
        """Write what stands at the end of the file."""
        self._end_sheet()
        numbers = range(1, self._sheets + 1)
        sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
        self._archive.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook {_MAIN} xmlns:r="{_RELATION}"><sheets>{sheets}</sheets></workbook>',
        )
        relations = "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        self._archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{_HEAD}<Relationships {_PACKAGE}relationships">{relations}</Relationships>',
        )
        self._archive.close()

    def taken(self) -> bytes:
        """Return the bytes that came to be since it was asked last."""
        return self._outbox.take()

    def close(self) -> None:
        """Let go of everything; what was not finished is no file."""
        self._sheet.close()
        self._archive.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._rows = self._letters = 0
        self._waiting: list[str] = []
        self._waiting_letters = 0
        self._sheet: IO[bytes] = self._archive.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._write(f"{_HEAD}<worksheet {_MAIN}><sheetData>{self._heading}")
        self._pack()

    def _end_sheet(self) -> None:
        self._write("</sheetData></worksheet>")
        self._pack()
        self._sheet.close()

    def _write(self, text: str) -> None:
        self._waiting.append(text)
        self._letters += len(text)
        self._waiting_letters += len(text)
        if self._waiting_letters >= _PACK_AT:
            self._pack()

    def _pack(self) -> None:
        self._sheet.write("".join(self._waiting).encode())
        self._waiting.clear()
        self._waiting_letters = 0


class _Outbox:
    """What the archive is written to: bytes on their way out, no file to go back in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is held here."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def _row(cells: Iterable[Any]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return f"<c><v>{value!r}</v></c>"
    text = xml_text(str(value))
    shown = text if len(text) <= LONGEST_CELL else _TOO_LONG
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(shown)}</t></is></c>'
