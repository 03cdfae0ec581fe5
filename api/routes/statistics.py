"""Indicators: how the work goes, by area, street, person and department, counted from the events alone."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.assessments import Assessments, Question
from api.dependencies import Watch
from api.edge import RefusedBodyError
from api.guards import require
from api.identity import Permission, Principal, Reach, reach_of
from api.instants import Instant
from api.routes.cases import CaseworkOfRequest
from dispatch.assessment import COUNTS, RATES, Grouping, Indicators, Period
from dispatch.findings import Kind
from dispatch.policy import Policy
from geo.areas import Territory
from geo.streets import Street

router = APIRouter(prefix="/api/v1/statistics", tags=["statistics"])

Viewer = Annotated[Principal, require(Permission.VIEW_STATISTICS)]
_LONGEST = timedelta(days=3 * 366)
_USUAL = timedelta(days=30)


async def assessments_of(request: Request) -> Assessments:
    """Return this process's tales."""
    kept: Assessments = request.app.state.assessments
    return kept


AssessmentsOfRequest = Annotated[Assessments, Depends(assessments_of)]


class IndicatorItem(BaseModel):
    """One group's counts, rates (0 to 1; null where nothing counts) and how long answers took."""

    key: str
    name: str
    name_en: str
    counts: dict[str, int]
    rates: dict[str, float | None]
    outcomes: dict[str, int]
    patrols: int | None
    response_median_s: float | None
    response_p90_s: float | None


class Statistics(BaseModel):
    """Indicators by group, and of all groups together."""

    since: datetime
    until: datetime
    by: Grouping
    items: list[IndicatorItem]
    total: IndicatorItem


class DepartmentItem(BaseModel):
    """How one department answered when it was called."""

    key: str
    name: str
    name_en: str
    counts: dict[str, int]
    rates: dict[str, float | None]


class DepartmentStatistics(BaseModel):
    """Every department that was called in the period."""

    since: datetime
    until: datetime
    items: list[DepartmentItem]


Since = Annotated[Instant | None, Query(description="From when on; 30 days before `until` if not given.")]
Until = Annotated[Instant | None, Query(description="Until when; now if not given.")]
Area = Annotated[str, Query(max_length=15, pattern=r"^\d*$", description="Prefix of an area code.")]


def period_of(since: datetime | None, until: datetime | None) -> Period:
    """Return the period asked for; it is minutes, so that pages that ask again are answered from memory."""
    ends = until or datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    try:
        begins = since or ends - _USUAL
        if not begins < ends <= begins + _LONGEST:
            raise RefusedBodyError(
                "`since` has to lie before `until`, by three years at most.",
                "开始时间须早于结束时间，且相隔不超过三年。",
            )
    except OverflowError:
        raise RefusedBodyError("These times lie outside every calendar.", "时间超出可用范围。") from None
    return Period(begins, ends)


@router.get("")
async def statistics(
    principal: Viewer,
    kept: AssessmentsOfRequest,
    work: CaseworkOfRequest,
    watch: Watch,
    since: Since = None,
    until: Until = None,
    by: Grouping = Grouping.SUBDISTRICT,
    area: Area = "",
) -> Statistics:
    """Return every indicator by group, for the period and within the area that the caller may see."""
    period = period_of(since, until)
    reach = reach_of(principal, Permission.VIEW_STATISTICS)
    counted = await kept.indicators(Question(period, by, area, reach))
    territory = await watch.territory()
    patrols = await kept.patrols(period)
    walked = _patrols_by(by, patrols, territory)
    names = await _names(by, territory, work.policy, kept)
    items = [
        _item(
            key,
            names.get(key, ("", "")),
            found,
            walked.get(key, 0) if walked is not None else None,
            _streets_of(by, key, territory),
        )
        for key, found in sorted(counted.groups.items())
    ]
    within = _patrols_within(patrols, territory, area, reach)
    streets = frozenset(lane.id for lane in territory.streets if _is_seen(lane, area, reach))
    total = _item("", ("合计", "Total"), counted.total, within, streets)
    return Statistics(since=period.begins, until=period.ends, by=by, items=items, total=total)


@router.get("/departments")
async def department_statistics(
    principal: Viewer,
    kept: AssessmentsOfRequest,
    work: CaseworkOfRequest,
    since: Since = None,
    until: Until = None,
    area: Area = "",
) -> DepartmentStatistics:
    """Return how the departments answered that were called within what the caller may see."""
    period = period_of(since, until)
    reach = reach_of(principal, Permission.VIEW_STATISTICS)
    found = await kept.departments(Question(period, None, area, reach))
    items = []
    for department, one in sorted(found.items()):
        known = work.policy.departments.get(department)
        rates = ("report_in_rate", "on_time_report_in_rate", "completion_rate", "satisfaction_rate")
        items.append(
            DepartmentItem(
                key=department,
                name=known.words.zh if known else department,
                name_en=known.words.en if known else department,
                counts=asdict(one),
                rates={name: getattr(one, name) for name in rates},
            )
        )
    return DepartmentStatistics(since=period.begins, until=period.ends, items=items)


def _item(
    key: str, names: tuple[str, str], found: Indicators, patrols: int | None, streets: frozenset[str]
) -> IndicatorItem:
    response = found.response_s
    return IndicatorItem(
        key=key,
        name=names[0] or key,
        name_en=names[1] or key,
        counts={name: getattr(found, name) for name in COUNTS},
        rates={
            **{name: getattr(found, name) for name in RATES},
            "coverage_rate": found.coverage_rate(streets),
        },
        outcomes={outcome.value: number for outcome, number in found.outcomes.items()},
        patrols=patrols,
        response_median_s=median(response) if response else None,
        response_p90_s=quantiles(response, n=10)[-1] if len(response) > 1 else None,
    )


def _patrols_by(by: Grouping, patrols: Mapping[str, int], territory: Territory) -> dict[str, int] | None:
    """Patrols by street, subdistrict or district; None for groupings to which a walk does not belong."""
    if by is Grouping.STREET:
        return dict(patrols)
    digits = {Grouping.SUBDISTRICT: 9, Grouping.DISTRICT: 6}.get(by)
    if digits is None:
        return None
    counts: dict[str, int] = {}
    for street, number in patrols.items():
        lane = territory.find_street(street)
        if lane is not None:
            counts[lane.subdistrict[:digits]] = counts.get(lane.subdistrict[:digits], 0) + number
    return counts


def _streets_of(by: Grouping, key: str, territory: Territory) -> frozenset[str]:
    """The streets of a group; none for groupings to which no street belongs."""
    if by in (Grouping.DISTRICT, Grouping.SUBDISTRICT):
        return frozenset(lane.id for lane in territory.streets if lane.subdistrict.startswith(key))
    return frozenset({key}) if by is Grouping.STREET else frozenset()


def _is_seen(lane: Street, area: str, reach: Reach) -> bool:
    """Whether a street lies in the area and the caller may see it."""
    return lane.subdistrict.startswith(area[:9]) and any(
        lane.subdistrict.startswith(grant.area[:9]) and grant.street in (None, lane.id)
        for grant in reach.grants
    )


def _patrols_within(patrols: Mapping[str, int], territory: Territory, area: str, reach: Reach) -> int:
    """Patrols on streets of the area that the caller may see."""
    total = 0
    for street, number in patrols.items():
        lane = territory.find_street(street)
        total += number if lane is not None and _is_seen(lane, area, reach) else 0
    return total


async def _names(
    by: Grouping, territory: Territory, policy: Policy, kept: Assessments
) -> Mapping[str, tuple[str, str]]:
    match by:
        case Grouping.DISTRICT | Grouping.SUBDISTRICT | Grouping.COMMUNITY | Grouping.GRID:
            return {area.code: (area.name, area.name_en) for area in territory.areas}
        case Grouping.STREET:
            return {street.id: (street.name, street.name_en) for street in territory.streets}
        case Grouping.FINDER | Grouping.RESOLVER:
            return await kept.people()
        case Grouping.CATEGORY:
            return {code: (one.words.zh, one.words.en) for code, one in policy.categories.items()}
        case Grouping.FINDER_POST | Grouping.RESOLVER_POST:
            return {post: (one.words.zh, one.words.en) for post, one in policy.posts.items()}
        case Grouping.KIND:
            return {kind.value: (policy.kinds[kind].words.zh, policy.kinds[kind].words.en) for kind in Kind}
        case Grouping.SOURCE:
            return _SOURCES


_SOURCES = {
    "staff": ("工作人员", "Staff"),
    "resident": ("居民", "Residents"),
    "operator": ("值班员", "Operators"),
    "hotline": ("热线", "Hotline"),
    "partner_system": ("其他系统", "Other systems"),
    "sensor": ("感知设备", "Sensors"),
    "imported": ("历史导入", "Imported history"),
}
