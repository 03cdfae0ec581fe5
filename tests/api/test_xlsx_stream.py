"""A workbook written while it is sent, read back by a reader that is not ours."""

import io
import tracemalloc

import openpyxl
import pytest

from api import xlsx_stream
from api.xlsx_stream import LONGEST_CELL, Workbook


def read_back(content: bytes) -> list[list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def written(columns: list[str], rows: list[list[object]]) -> bytes:
    book = Workbook(columns)
    parts = [book.taken()]
    for row in rows:
        book.add(row)
        parts.append(book.taken())
    book.finish()
    book.close()
    return b"".join([*parts, book.taken()])


def test_every_kind_of_cell_comes_back() -> None:
    cells = ["占道 <&> \" '", None, True, False, -7, 1.5, "  kept  ", "line\nbreak", 2**53]
    ((heading, row),) = read_back(written([str(n) for n in range(len(cells))], [cells]))
    assert heading == tuple(map(str, range(len(cells))))
    assert row == tuple(cells)


def test_what_no_cell_can_hold_is_left_out_or_said() -> None:
    ((_, row),) = read_back(
        written(list("abcd"), [["a\0\x0b\ud800b", "x" * (LONGEST_CELL + 1), 1e400, "😀"]])
    )
    assert row[0] == "ab"
    assert "too long" in str(row[1])
    assert row[2] == "inf"
    assert row[3] == "😀"


@pytest.mark.parametrize(("limit", "full"), [("SHEET_ROWS", 3), ("SHEET_LETTERS", 350)])
def test_a_further_sheet_begins_where_one_is_full(
    monkeypatch: pytest.MonkeyPatch, limit: str, full: int
) -> None:
    monkeypatch.setattr(xlsx_stream, limit, full)
    sheets = read_back(written(["n"], [[n] for n in range(7)]))
    assert len(sheets) > 1
    assert all(heading == ("n",) for heading, *_ in sheets)
    assert [row[0] for _, *rows in sheets for row in rows] == list(range(7))


def test_rows_leave_as_they_come_and_none_is_kept() -> None:
    book = Workbook(["number", "words"])
    assert book.taken().startswith(b"PK"), "the file begins before there is a row"
    sent = most_waiting = 0
    tracemalloc.start()
    for number in range(20_000):
        book.add([number, f"门口堆放杂物，第{number}件"])
        part = len(book.taken())
        sent, most_waiting = sent + part, max(most_waiting, part)
        if number == 5_000:
            tracemalloc.reset_peak()
            held = tracemalloc.get_traced_memory()[0]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    book.finish()
    book.close()
    assert sent > 50_000
    assert most_waiting < 50_000
    assert peak - held < 1_000_000


def test_one_that_was_broken_off_is_put_away() -> None:
    book = Workbook(["n"])
    book.add([1])
    book.close()
    book.close()
