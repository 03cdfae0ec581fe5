"""The day as a command centre watches it: hour by hour beside a usual day, and who is within reach."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.assessments import Question
from api.coverage_desk import CoverageDesk, CoverageQuestion
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.refusals import ConflictingChangeError
from api.routes.coverage import LIMITS, desk_of
from api.routes.statistics import AssessmentsOfRequest
from dispatch.assessment import Period
from dispatch.clocks import CITY_ZONE
from dispatch.day_curve import HOURS, day_begins
from geo.road_rules import Mode

router = APIRouter(prefix="/api/v1/statistics", tags=["statistics"])

_LOOKED_AT_EVERY = timedelta(minutes=10)
"""What is open changes by the hour: the share is measured again no more often than this."""


class HourItem(BaseModel):
    """One hour of the day; `usual_…` is the mean of the days before. What is to come is null."""

    hour: int
    reported: int | None
    settled: int | None
    usual_reported: float
    usual_settled: float


class Today(BaseModel):
    """The day so far. `covered` is null until the roads are in force."""

    begins: datetime
    hours: list[HourItem]
    usual_days: int
    """How many earlier days the usual one is the mean of; 0: none is known yet."""
    covered: float | None
    """The share of homes within fifteen minutes' walk of a centre that is open now."""


@router.get("/today")
async def read_today(
    principal: Annotated[Principal, require(Permission.VIEW_STATISTICS)],
    kept: AssessmentsOfRequest,
    desk: Annotated[CoverageDesk, Depends(desk_of)],
) -> Today:
    """Return what each hour of today brought within what the caller may see, beside a usual day."""
    now = datetime.now(UTC)
    begins = day_begins(now)
    reach = reach_of(principal, Permission.VIEW_STATISTICS)
    question = Question(Period(begins, begins + timedelta(days=1)), None, "", reach)
    curve = await kept.day(question, now)
    past = now.astimezone(CITY_ZONE).hour
    hours = [
        HourItem(
            hour=hour,
            reported=curve.reported[hour] if hour <= past else None,
            settled=curve.settled[hour] if hour <= past else None,
            usual_reported=curve.usual_reported[hour],
            usual_settled=curve.usual_settled[hour],
        )
        for hour in range(HOURS)
    ]
    covered = await _covered(desk, now)
    return Today(begins=begins, hours=hours, usual_days=curve.usual_days, covered=covered)


async def _covered(desk: CoverageDesk, now: datetime) -> float | None:
    local = now.astimezone(CITY_ZONE).replace(second=0, microsecond=0, tzinfo=None)
    at = local - timedelta(minutes=local.minute % (_LOOKED_AT_EVERY.seconds // 60))
    try:
        circle = await desk.circle(CoverageQuestion(Mode.WALK, LIMITS, at))
    except ConflictingChangeError:
        return None
    return circle.share_covered
