"""Instants as programs and phones send them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _within_the_calendar(at: datetime) -> datetime:
    """The same instant; one that UTC has no date for could be stored, but never read again."""
    try:
        at.astimezone(UTC)
    except OverflowError as failure:
        raise ValueError(
            "this instant lies outside the calendar; give a date between 1900 and 2100"
        ) from failure
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_within_the_calendar)]
