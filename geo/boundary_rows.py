"""Rows of a boundary layer: their codes, names and households, and what is wrong with these."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.area_codes import AreaCode, Level, MalformedAreaCodeError, level_of, parent_of, parse_area_code
from geo.areas import Area
from geo.boundary_report import Defect, DefectKind
from geo.columns import text_of, whole_number_of

LEVEL_NAMES = {
    Level.DISTRICT: ("区", "district"),
    Level.SUBDISTRICT: ("街道", "subdistrict"),
    Level.COMMUNITY: ("社区", "community"),
    Level.GRID: ("网格", "grid"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number from 1, what it says, and its code once that could be read."""

    number: int
    text: str
    code: AreaCode | None
    name: str
    name_en: str
    households: int
    shape: BaseGeometry | None

    @property
    def label(self) -> str:
        """How the row is named in a sentence."""
        return self.text or f"#{self.number}"

    @property
    def codes(self) -> tuple[str, ...]:
        """The code, if it has one, for a defect."""
        return (self.code,) if self.code else ()


def looks_like_codes(values: Iterable[object]) -> bool:
    """Whether every filled cell of a column is an area code."""
    texts = [text_of(value) for value in values]
    filled = [text for text in texts if text]
    return bool(filled) and all(_parsed(text) for text in filled)


def _parsed(text: str) -> AreaCode | None:
    try:
        return parse_area_code(text)
    except MalformedAreaCodeError:
        return None


def rows_of(
    frame: pd.DataFrame, shapes: Sequence[BaseGeometry | None], columns: Mapping[str, str | None]
) -> list[Row]:
    """The rows as the mapped columns state them."""

    def cell(number: int, name: str) -> object:
        column = columns.get(name)
        return frame[column].iloc[number] if column else None

    rows = []
    for number, shape in enumerate(shapes):
        text = text_of(cell(number, "code"))
        rows.append(
            Row(
                number=number + 1,
                text=text,
                code=_parsed(text),
                name=text_of(cell(number, "name")),
                name_en=text_of(cell(number, "name_en")),
                households=whole_number_of(cell(number, "households")) or 0,
                shape=shape,
            )
        )
    return rows


def area_of(row: Row) -> Area:
    """A checked row as an area; the code stands in for a missing name, the name for an English one."""
    assert row.code is not None
    assert isinstance(row.shape, Polygon | MultiPolygon)
    name = row.name or row.code
    return Area(row.code, name, row.name_en or name, row.shape, row.households)


def check_rows(rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    """Everything that codes and names alone show."""
    return [
        *_malformed(rows, level),
        *_duplicates(rows),
        *_missing_parents(rows, level, existing),
        *_unnamed(rows),
    ]


def _malformed(rows: Sequence[Row], level: Level) -> list[Defect]:
    zh, en = LEVEL_NAMES[level]
    defects = []
    for row in rows:
        if row.code is None:
            said = row.text or "—"
            defects.append(
                Defect(
                    DefectKind.MALFORMED_CODE,
                    f"第 {row.number} 行的编码“{said}”不合规：{zh}编码应为 {level.digits} 位数字。",
                    f"Row {row.number}: the code {said!r} is malformed; a {en} has {level.digits} digits.",
                    rows=(row.number,),
                    shape=row.shape,
                )
            )
        elif level_of(row.code) is not level:
            defects.append(
                Defect(
                    DefectKind.WRONG_LEVEL,
                    f"第 {row.number} 行的编码 {row.text} 有 {len(row.text)} 位，"
                    f"{zh}编码应为 {level.digits} 位。",
                    f"Row {row.number}: {row.text} has {len(row.text)} digits; a {en} has {level.digits}.",
                    rows=(row.number,),
                    codes=row.codes,
                    shape=row.shape,
                )
            )
    return defects


def _duplicates(rows: Sequence[Row]) -> list[Defect]:
    by_code: dict[AreaCode, list[Row]] = defaultdict(list)
    for row in rows:
        if row.code:
            by_code[row.code].append(row)
    defects = []
    for code, same in by_code.items():
        if len(same) < 2:
            continue
        alike = all(row.shape is not None and row.shape.equals(same[0].shape) for row in same)
        numbers = tuple(row.number for row in same)
        listed = ", ".join(map(str, numbers))
        defects.append(
            Defect(
                DefectKind.DUPLICATE_CODE,
                f"编码 {code} 重复出现在第 {listed} 行。"
                + ("形状相同，--repair 只保留第一行。" if alike else ""),
                f"The code {code} stands in rows {listed}."
                + (" They are alike; --repair keeps the first." if alike else ""),
                rows=numbers,
                codes=(code,),
                shape=same[1].shape,
                mendable=alike,
            )
        )
    return defects


def _missing_parents(rows: Sequence[Row], level: Level, existing: Mapping[AreaCode, Area]) -> list[Defect]:
    if level.parent is None:
        return []
    zh, en = LEVEL_NAMES[level.parent]
    orphans: dict[AreaCode, list[Row]] = defaultdict(list)
    for row in rows:
        if row.code and level_of(row.code) is level:
            parent = parent_of(row.code)
            if parent is not None and parent not in existing:
                orphans[parent].append(row)
    return [
        Defect(
            DefectKind.MISSING_PARENT,
            f"上级{zh} {parent} 不存在（下辖 {len(below)} 个）。请先导入，或用 --repair 由下级合并生成。",
            f"There is no {en} {parent} above {len(below)} of these; import it first, or let --repair "
            "make it of what lies below.",
            rows=tuple(row.number for row in below),
            codes=(parent,),
            shape=below[0].shape,
            mendable=True,
        )
        for parent, below in sorted(orphans.items())
    ]


def _unnamed(rows: Sequence[Row]) -> list[Defect]:
    unnamed = [row for row in rows if not row.name]
    if not unnamed:
        return []
    return [
        Defect(
            DefectKind.MISSING_NAME,
            f"{len(unnamed)} 行没有名称，将以编码代替。",
            f"{len(unnamed)} rows have no name; their code stands in for it.",
            rows=tuple(row.number for row in unnamed),
            blocking=False,
        )
    ]


def without_duplicates(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[str, str]]]:
    """The rows without those that repeat a code and its shape, and what was said about it."""
    kept: dict[AreaCode, Row] = {}
    result, repairs = [], []
    for row in rows:
        first = kept.get(row.code) if row.code else None
        if first and row.shape is not None and first.shape is not None and row.shape.equals(first.shape):
            repairs.append(
                (
                    f"第 {row.number} 行与第 {first.number} 行相同，已略去。",
                    f"Row {row.number} repeats row {first.number} and was left out.",
                )
            )
            continue
        if row.code:
            kept.setdefault(row.code, row)
        result.append(row)
    return result, repairs


def with_shape(row: Row, shape: BaseGeometry | None) -> Row:
    """The row with another shape."""
    return replace(row, shape=shape)
