"""The working calendar of `calendar.toml`: holidays, make-up days and office hours."""

from datetime import date, time, timedelta
from itertools import pairwise

from dispatch.clocks import OfficeHours, WorkingCalendar
from dispatch.policy_entries import Entry


def read_calendar(file: Entry) -> WorkingCalendar:
    """Check and put together what the file states."""
    holidays: set[date] = set()
    make_up: set[date] = set()
    years = []
    for year, entry in file.table("years").tables():
        if not year.isdigit():
            raise entry.wrong("", f"{year!r} is no year", "Write [years.2026]")
        years.append(int(year))
        holidays |= {day for text in entry.texts("holidays") for day in _days(entry, "holidays", text)}
        make_up |= {day for text in entry.texts("make_up_days") for day in _days(entry, "make_up_days", text)}
        entry.optional_flag("provisional")
        entry.no_more()
        both = holidays & make_up
        if both:
            raise entry.wrong("make_up_days", f"{min(both)} is a holiday as well", "Keep one of the two")
    stretches = [_office_hours(file, pair) for pair in file.items("office_hours")]
    if not stretches or any(a.closes > b.opens for a, b in pairwise(stretches)):
        raise file.wrong("office_hours", "the stretches overlap or are missing", "Write them in order")
    return WorkingCalendar(
        tuple(stretches), frozenset(holidays), frozenset(make_up), date(max(years), 12, 31)
    )


def _days(entry: Entry, key: str, text: str) -> list[date]:
    first, _, last = text.partition("/")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise entry.wrong(key, f"{text!r} is no day", "Write 2026-01-01 or 2026-01-01/2026-01-03") from None
    if not begin <= end <= begin + timedelta(days=31):
        raise entry.wrong(
            key, f"{text!r} runs backwards or is too long", "Write the first day, then the last"
        )
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def _office_hours(file: Entry, pair: object) -> OfficeHours:
    wrong = file.wrong("office_hours", f"{pair!r} is no stretch of time", 'Write ["08:30", "12:00"]')
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
        raise wrong
    try:
        hours = OfficeHours(time.fromisoformat(pair[0]), time.fromisoformat(pair[1]))
    except ValueError:
        raise wrong from None
    if hours.opens >= hours.closes:
        raise wrong
    return hours
