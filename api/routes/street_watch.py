"""One street as its chief and its walkers see it: which pieces were walked when, and how the month goes."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Annotated

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.assessments import Question
from api.case_items import LonLatPair
from api.dependencies import DriverTransaction, Watch
from api.district_watch import DistrictWatch
from api.errors import NotFoundError
from api.guards import require
from api.identity import Grant, Permission, Principal, Reach, Role, Where, may
from api.routes.statistics import AssessmentsOfRequest
from api.store.street_walks import fixes_of_street, people_of_street, walkers_of_street
from dispatch.assessment import Grouping, Indicators, Period
from dispatch.clocks import CITY_ZONE
from geo.street_pieces import cut_into_pieces, times_walked
from geo.streets import Street

router = APIRouter(prefix="/api/v1/streets", tags=["streets"])

Walker = Annotated[Principal, require(Permission.VIEW_POSITIONS)]
Chief = Annotated[Principal, require(Permission.VIEW_STATISTICS)]
Day = Annotated[date | None, Query(description="A day of the city's calendar; today if not given.")]

_HIGH_IS_GOOD = ("on_time_handling_rate", "closing_rate", "correct_dispatch_rate", "satisfaction_rate")
_LOW_IS_GOOD = ("overdue", "rework_rate", "missed_report_rate", "response_median_s")
_PLAIN = ("reported", "handled", "patrols")


class PieceItem(BaseModel):
    """About fifty metres of the street, WGS 84, and when it was walked on that day."""

    line: list[LonLatPair]
    length_m: float
    walked_at: list[datetime]
    """Once for each hour in which it was."""


class StreetPieces(BaseModel):
    """The street piece by piece."""

    street: str
    day: date
    length_m: float
    walked_m: float
    pieces: list[PieceItem]


class Standing(BaseModel):
    """One figure of the month, beside those of the other streets."""

    indicator: str
    value: float | None
    rank: int | None
    """1 for the best; null where neither more nor less is better, or nothing counts."""
    of: int
    """So many streets have this figure."""
    median: float | None
    best: float | None


class StreetMonth(BaseModel):
    """How the street does this month."""

    street: str
    since: datetime
    until: datetime
    standings: list[Standing]


@router.get("/{street_id}/pieces")
async def read_pieces(
    street_id: str, walker: Walker, driver: DriverTransaction, watch: Watch, day: Day = None
) -> StreetPieces:
    """Say which pieces of the street its patrols walked on that day, and in which hours."""
    asked = day or datetime.now(CITY_ZONE).date()
    since, until = _bounds(asked)
    street = await _visible(driver, walker, watch, street_id, since, until)
    fixes = await fixes_of_street(driver, walker.district, street_id, since, until)
    pieces = cut_into_pieces(street.centreline)
    times = await asyncio.to_thread(times_walked, pieces, fixes)
    items = [
        PieceItem(
            line=[(round(lon, 6), round(lat, 6)) for lon, lat in piece.line.coords],
            length_m=round(piece.length_m, 1),
            walked_at=walked,
        )
        for piece, walked in zip(pieces, times, strict=True)
    ]
    return StreetPieces(
        street=street_id,
        day=asked,
        length_m=round(sum(piece.length_m for piece in pieces), 1),
        walked_m=round(sum(item.length_m for item in items if item.walked_at), 1),
        pieces=items,
    )


@router.get("/{street_id}/month")
async def read_month(street_id: str, chief: Chief, watch: Watch, kept: AssessmentsOfRequest) -> StreetMonth:
    """Compare the month's figures with those of the other streets, none of which is named."""
    territory = await watch.territory()
    street = territory.find_street(street_id)
    if street is None or not may(chief, Permission.VIEW_STATISTICS, Where(street.subdistrict, street_id)):
        raise NotFoundError("street", "街巷")
    today = datetime.now(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    now = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    period = Period(today.replace(day=1).astimezone(UTC), now)
    everywhere = Reach((Grant(Role.SUPERVISOR, chief.district),))
    counted = await kept.indicators(Question(period, Grouping.STREET, "", everywhere))
    patrols = await kept.patrols(period)
    known = {str(one.id) for one in territory.streets}
    groups = {key: found for key, found in counted.groups.items() if key in known}
    standings = [
        _standing(name, street_id, _values(name, groups, patrols, known))
        for name in (*_PLAIN, *_HIGH_IS_GOOD, *_LOW_IS_GOOD)
    ]
    return StreetMonth(street=street_id, since=period.begins, until=period.ends, standings=standings)


def _bounds(day: date) -> tuple[datetime, datetime]:
    begins = datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
    try:
        return begins.astimezone(UTC), (begins + timedelta(days=1)).astimezone(UTC)
    except OverflowError:
        raise NotFoundError("day", "日期") from None


async def _visible(
    driver: asyncpg.Connection, walker: Principal, watch: DistrictWatch, street_id: str,
    since: datetime, until: datetime,
) -> Street:  # fmt: skip
    """Return the street if its walks are the principal's business: his area's, his street's, or his own."""
    street = (await watch.territory()).find_street(street_id)
    if street is not None:
        own = await people_of_street(driver, walker.district, street_id)
        walked = await walkers_of_street(driver, walker.district, street_id, since, until)
        where = Where(street.subdistrict, street_id, owners=own | walked)
        if may(walker, Permission.VIEW_POSITIONS, where):
            return street
    raise NotFoundError("street", "街巷")


def _values(
    name: str, groups: Mapping[str, Indicators], patrols: Mapping[str, int], streets: set[str]
) -> dict[str, float]:
    """Each street's figure; streets where nothing counts are left out."""
    if name == "patrols":
        return {street: float(patrols.get(street, 0)) for street in streets}
    if name == "response_median_s":
        return {key: median(found.response_s) for key, found in groups.items() if found.response_s}
    values = {key: getattr(found, name) for key, found in groups.items()}
    return {key: float(value) for key, value in values.items() if value is not None}


def _standing(name: str, street: str, values: Mapping[str, float]) -> Standing:
    own = values.get(street)
    rank, best = None, None
    if values and name not in _PLAIN:
        best = max(values.values()) if name in _HIGH_IS_GOOD else min(values.values())
        if own is not None:
            better = [v for v in values.values() if (v > own if name in _HIGH_IS_GOOD else v < own)]
            rank = 1 + len(better)
    return Standing(
        indicator=name,
        value=own,
        rank=rank,
        of=len(values),
        median=median(values.values()) if values else None,
        best=best,
    )
