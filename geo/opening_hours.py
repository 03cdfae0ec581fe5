"""When a service centre is open: the common part of OpenStreetMap's opening_hours."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_MINUTES_A_DAY: Final = 24 * 60


class OpeningHoursError(ValueError):
    """The text is not understood."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """For each weekday (Monday first) spans of minutes since midnight; one may run into the next day."""

    spans: tuple[tuple[tuple[int, int], ...], ...]

    def open_at(self, at: datetime) -> bool:
        """Whether it is open at a local time."""
        minute, weekday = at.hour * 60 + at.minute, at.weekday()
        today = any(start <= minute < end for start, end in self.spans[weekday])
        yesterday = any(minute < end - _MINUTES_A_DAY for _, end in self.spans[weekday - 1])
        return today or yesterday


def read_opening_hours(text: str) -> OpeningHours:
    """Understand e.g. "24/7", "08:30-18:00" or "Mo-Fr 08:00-12:00,14:00-18:00; Sa,Su 09:00-17:00; We off".

    A later rule replaces an earlier one on the days that it names.
    """
    if text.strip() == "24/7":
        return OpeningHours((((0, _MINUTES_A_DAY),),) * 7)
    week: list[tuple[tuple[int, int], ...]] = [()] * 7
    for rule in filter(None, (part.strip() for part in text.split(";"))):
        days, spans = _rule(rule, text)
        for day in days:
            week[day] = spans
    return OpeningHours(tuple(week))


def _rule(rule: str, text: str) -> tuple[list[int], tuple[tuple[int, int], ...]]:
    words = rule.split(maxsplit=1)
    named = words[0][:2] in _DAYS
    days = _days(words[0], text) if named else list(range(7))
    hours = (words[1] if len(words) > 1 else "") if named else rule
    if hours.strip() in {"off", "closed"}:
        return days, ()
    spans = tuple(_span(part, text) for part in hours.split(","))
    return days, spans


def _days(words: str, text: str) -> list[int]:
    days: list[int] = []
    for part in words.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise _misread(text)
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def _span(part: str, text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(part.strip())
    if not found:
        raise _misread(text)
    hour, minute, end_hour, end_minute = (int(number) for number in found.groups())
    if hour > 24 or end_hour > 26 or minute > 59 or end_minute > 59:
        raise _misread(text)
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    return start, end if end > start else end + _MINUTES_A_DAY


def _misread(text: str) -> OpeningHoursError:
    return OpeningHoursError(
        f"{text!r} is not understood; write e.g. 'Mo-Fr 08:30-18:00; Sa 09:00-17:00' or '24/7'."
    )
