"""Codes of areas after GB/T 30428.1: a path of digits in which every prefix names the area above."""

from enum import StrEnum
from typing import NewType

AreaCode = NewType("AreaCode", str)


class Level(StrEnum):
    """The four levels of a district, from the top."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"

    @property
    def digits(self) -> int:
        """Length of a code on this level."""
        return _DIGITS[self]

    @property
    def parent(self) -> "Level | None":
        """The level above, if there is one."""
        order = list(Level)
        place = order.index(self)
        return order[place - 1] if place else None


_DIGITS = {Level.DISTRICT: 6, Level.SUBDISTRICT: 9, Level.COMMUNITY: 12, Level.GRID: 15}
_LEVEL_OF_LENGTH = {digits: level for level, digits in _DIGITS.items()}
_OLD_GRID_DIGITS = 14


class MalformedAreaCodeError(ValueError):
    """A text that is no area code."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not an area code: 6, 9, 12 or 15 digits (14 for an older grid) are.")
        self.text = text


def parse_area_code(text: str) -> AreaCode:
    """The code that a text states; a grid code of 14 digits (CJ/T 213-2005) gains its leading zero.

    Raises `MalformedAreaCodeError` for anything else.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise MalformedAreaCodeError(text)
    if len(digits) == _OLD_GRID_DIGITS:
        digits = f"{digits[:12]}0{digits[12:]}"
    if len(digits) not in _LEVEL_OF_LENGTH:
        raise MalformedAreaCodeError(text)
    return AreaCode(digits)


def level_of(code: AreaCode) -> Level:
    """The level that the code's length states."""
    try:
        return _LEVEL_OF_LENGTH[len(code)]
    except KeyError:
        raise MalformedAreaCodeError(code) from None


def parent_of(code: AreaCode) -> AreaCode | None:
    """The code of the area above; None for a district."""
    parent = level_of(code).parent
    return AreaCode(code[: parent.digits]) if parent else None


def ancestor_of(code: AreaCode, level: Level) -> AreaCode:
    """The code of the area on that level which the code belongs to (itself on its own level)."""
    if level.digits > len(code):
        raise ValueError(f"{code} lies above the level {level}.")
    return AreaCode(code[: level.digits])


def lies_in(code: AreaCode, prefix: str) -> bool:
    """Whether the area is, or lies within, the area that the prefix names."""
    return code.startswith(prefix)
