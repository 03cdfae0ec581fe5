"""What a cell of somebody's table says: text, numbers, yes and no, days and instants."""

import math
from datetime import date, datetime, timedelta, timezone

from geo.area_codes import MalformedAreaCodeError, parse_area_code
from geo.columns import text_of

Value = str | int | float | bool | date | datetime | tuple[str, ...] | None
CITY_TIME = timezone(timedelta(hours=8))
"""All of China keeps one time without a summer time; an instant without a zone is meant in it."""
_YES = frozenset({"是", "y", "yes", "true", "1", "有", "√"})
_NO = frozenset({"否", "n", "no", "false", "0", "无", "×"})
_LONGEST_TEXT = 2000
_DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_INSTANT_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S")


class CellError(ValueError):
    """A cell that does not say what its column needs: (Chinese, English) of what it should be."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def text(cell: object) -> str:
    """Text without blanks around it and without control characters."""
    said = text_of(cell)
    if any(ord(letter) < 32 and letter not in "\t\n" for letter in said):
        raise CellError("不能含控制字符", "may hold no control characters")
    if len(said) > _LONGEST_TEXT:
        raise CellError(f"不能超过 {_LONGEST_TEXT} 字", f"may have at most {_LONGEST_TEXT} letters")
    return said


def names(cell: object) -> tuple[str, ...]:
    """Several texts with ; or 、 between them."""
    said = text(cell).replace("；", ";").replace("、", ";").replace("，", ";").replace(",", ";")
    return tuple(part.strip() for part in said.split(";") if part.strip())


def number(cell: object) -> float:
    """A finite number of zero or more."""
    try:
        found = float(text_of(cell).replace(",", ""))
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found >= 0):
        raise CellError("应为不小于 0 的数", "has to be a number of 0 or more")
    return found


def positive(cell: object) -> float:
    """A finite number above zero."""
    found = number(cell)
    if found <= 0:
        raise CellError("应为大于 0 的数", "has to be a number above 0")
    return found


def whole(cell: object) -> int:
    """A whole number of zero or more."""
    found = number(cell)
    if not found.is_integer():
        raise CellError("应为整数", "has to be a whole number")
    return int(found)


def year(cell: object) -> int:
    """A year in which something was built."""
    found = whole(cell)
    if not 1000 <= found <= 2200:
        raise CellError("应为四位年份", "has to be a year of four digits")
    return found


def yes_or_no(cell: object) -> bool:
    """是 or 否, yes or no, 1 or 0."""
    said = text_of(cell).casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise CellError("应为“是”或“否”", "has to be yes or no")


def area_code(cell: object) -> str:
    """The code of an area on any level."""
    try:
        return parse_area_code(text_of(cell))
    except MalformedAreaCodeError:
        raise CellError(
            "应为 6、9、12 或 15 位区划编码", "has to be an area code of 6, 9, 12 or 15 digits"
        ) from None


def day(cell: object) -> date:
    """A day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    said = text_of(cell).partition(" ")[0].partition("T")[0]
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=CITY_TIME).date()
        except ValueError:
            continue
    raise CellError("应为日期，如 2026-11-21", "has to be a day like 2026-11-21")


def instant(cell: object) -> datetime:
    """A day and a time; without a zone it is Beijing time."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=CITY_TIME)
    said = text_of(cell)
    try:
        found = datetime.fromisoformat(said)
        if len(said) > len("2026-11-21"):
            return found if found.tzinfo else found.replace(tzinfo=CITY_TIME)
    except ValueError:
        for form in _INSTANT_FORMS:
            try:
                return datetime.strptime(said, form).replace(tzinfo=CITY_TIME)
            except ValueError:
                continue
    raise CellError("应为日期和时间，如 2026-11-21 08:00", "has to be a day and a time like 2026-11-21 08:00")
