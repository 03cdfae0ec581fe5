"""Which column of somebody's file holds which of our fields: by flag, by name, or by what stands in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "code": (
        *(
            "code",
            "grid_code",
            "gridcode",
            "area_code",
            "objcode",
            "bgcode",
            "bm",
            "dm",
            "编码",
            "代码",
            "编号",
        ),
        *(
            "网格编码",
            "网格代码",
            "网格编号",
            "社区代码",
            "社区编码",
            "街道代码",
            "街道编码",
            "区划代码",
            "行政区划代码",
        ),
    ),
    "name": (
        *(
            "name",
            "name_zh",
            "objname",
            "bgname",
            "mc",
            "名称",
            "姓名",
            "中文名",
            "网格名称",
            "社区名称",
            "街道名称",
        ),
        *("街巷名称", "小区名称", "中心名称"),
    ),
    "name_en": ("name_en", "english", "english_name", "英文名", "英文名称"),
    "households": ("households", "household", "hh", "hs", "户数", "总户数", "居民户数"),
}


class UnknownColumnError(ValueError):
    """A mapping names a column or a field that is not there."""


def guess_columns(
    columns: Sequence[str],
    fields: Mapping[str, Sequence[str]],
    given: Mapping[str, str] | None = None,
    fits: Mapping[str, Callable[[Iterable[object]], bool]] | None = None,
    frame: pd.DataFrame | None = None,
) -> dict[str, str | None]:
    """Each field with the column it is taken from, None where there is none.

    What is given counts first, then a column called like the field or one of its usual names, then the
    first column whose values fit. Raises `UnknownColumnError` for a given column that does not exist.
    """
    given = dict(given or {})
    for name, column in given.items():
        if name not in fields:
            raise UnknownColumnError(f"There is no field {name!r}; the fields are {', '.join(fields)}.")
        if column not in columns:
            raise UnknownColumnError(f"The file has no column {column!r}, but {', '.join(columns)}.")
    found: dict[str, str | None] = {name: given.get(name) for name in fields}
    taken = set(given.values())
    for name, names in fields.items():
        if found[name] is None:
            found[name] = _called(columns, (name, *names), taken)
            taken |= {column for column in (found[name],) if column}
    for name, test in (fits or {}).items():
        if found[name] is None and frame is not None:
            free = [column for column in columns if column not in taken]
            found[name] = next((column for column in free if test(frame[column])), None)
            taken |= {column for column in (found[name],) if column}
    return found


def _called(columns: Sequence[str], names: Iterable[str], taken: set[str]) -> str | None:
    by_name = {_bare(column): column for column in columns if column not in taken}
    return next((by_name[_bare(name)] for name in names if _bare(name) in by_name), None)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def text_of(value: object) -> str:
    """A cell as text: empty for nothing, and 990101001.0 as the 990101001 it was meant to be."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float):
        if value != value:
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return str(value).strip()


def whole_number_of(value: object) -> int | None:
    """A cell as a whole number of zero or more; None for anything else."""
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() else None
