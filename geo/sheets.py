"""Plain tables from files: CSV in UTF-8 or GB 18030, XLSX; each as a frame of cells, with what is refused."""

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pandas as pd

from geo.archives import FileRefusedError

_LARGEST_BYTES = 80_000_000
_LARGEST_UNPACKED_BYTES = 400_000_000
_MOST_ROWS = 500_000
_MOST_COLUMNS = 200


def read_sheet(path: Path, sheet: str | None = None) -> pd.DataFrame:
    """The cells of a .csv or .xlsx file under its header row; raises `FileRefusedError`."""
    if path.is_symlink():
        raise FileRefusedError(f"{path.name} is a link to another file; name the file itself.")
    if not path.is_file():
        raise FileRefusedError(f"There is no file {path}.")
    if path.stat().st_size > _LARGEST_BYTES:
        raise FileRefusedError(f"{path.name} is larger than {_LARGEST_BYTES // 1_000_000} MB; split it.")
    rows = _xlsx(path, sheet) if path.suffix.lower() == ".xlsx" else _csv(path)
    return _frame(path, rows)


def _csv(path: Path) -> Iterable[list[object]]:
    content = path.read_bytes()
    if b"\x00" in content:
        raise FileRefusedError(f"{path.name} is no text; save it as CSV UTF-8.")
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            said = content.decode("gb18030")
        except UnicodeDecodeError as failure:
            raise FileRefusedError(
                f"{path.name} is neither UTF-8 nor GB 18030; save it as CSV UTF-8."
            ) from failure
    head = said.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(said), delimiter=delimiter, strict=True)]
    except csv.Error as failure:
        raise FileRefusedError(f"{path.name} is no proper CSV ({failure}); save it again.") from failure


def _xlsx(path: Path, sheet: str | None) -> Iterable[list[object]]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _LARGEST_UNPACKED_BYTES:
            raise FileRefusedError(f"{path.name} would swell to {size // 1_000_000} MB; split it.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except FileRefusedError:
        raise
    except Exception as failure:  # whatever a broken workbook makes openpyxl raise
        raise FileRefusedError(f"{path.name} is no workbook that can be read; save it again.") from failure
    if sheet is not None and sheet not in book.sheetnames:
        raise FileRefusedError(f"{path.name} has no sheet {sheet!r}, but {', '.join(book.sheetnames)}.")
    chosen = book[sheet] if sheet else book.worksheets[0]
    return [list(row) for row in chosen.iter_rows(values_only=True)]


def _frame(path: Path, rows: Iterable[list[object]]) -> pd.DataFrame:
    filled = [row for row in rows if any(cell not in (None, "") for cell in row)]
    if not filled:
        raise FileRefusedError(f"{path.name} is empty; start from a template (yilu export --template).")
    header, *body = filled
    names = [str(name).strip() if name is not None else "" for name in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > _MOST_COLUMNS or len(body) > _MOST_ROWS:
        raise FileRefusedError(f"{path.name} has more than {_MOST_COLUMNS} columns or {_MOST_ROWS} rows.")
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise FileRefusedError(f"{path.name} has two columns called {sorted(repeated)[0]!r}; rename one.")
    cells = [(row + [None] * len(names))[: len(names)] for row in body]
    return pd.DataFrame(cells, columns=names, dtype=object)


def write_sheet(frame: pd.DataFrame, path: Path, notes: pd.DataFrame | None = None) -> None:
    """Writes a table as .csv (UTF-8 with a mark, so that Excel sees it) or .xlsx (with a sheet of notes)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".csv":
        frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        return
    if path.suffix.lower() != ".xlsx":
        raise FileRefusedError(f"{path.name} has no format that is written: .csv and .xlsx are.")
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        frame.to_excel(book, sheet_name="data", index=False)
        if notes is not None:
            notes.to_excel(book, sheet_name="notes", index=False)
