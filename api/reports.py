"""The four reports of a district, drawn from its store: one HTML file each."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import asyncpg
import geopandas as gpd

from api.refusals import UnusableValueError
from api.store import report_frames as frames
from dispatch.policy import Policy
from geo.map_page import day_words
from geo.maps import (
    Basemap,
    Report,
    Setting,
    Words,
    dispatch_map,
    hotspot_map,
    service_circle_map,
    task_force_map,
)
from geo.observations import LOCAL_ZONE
from geo.road_readers import from_geodataframe
from geo.service_circle import coverage

ZONE = ZoneInfo(LOCAL_ZONE)
YEAR_DAYS = 365
_SETTLED = frozenset({"resolved", "closed"})
_UNDER_WAY = frozenset({"accepted", "on_site"})
_SOURCE = Words("一路系统案卷库", "the case store of Yilu")
_STATES = {
    "settled": Words("已办结", "settled"),
    "under way": Words("处置中", "under way"),
    "waiting": Words("待接单", "waiting"),
    "late": Words("超时", "late"),
}
_FIGURES = {
    "findings": Words("发现问题", "findings"),
    "settled": Words("已办结", "settled"),
    "open": Words("未办结", "open"),
    "late": Words("超时", "late"),
    "patrols": Words("巡查次数", "patrols"),
}


class ReportKind(StrEnum):
    """Which report."""

    TASK_FORCES = "task-forces"
    HOTSPOTS = "hotspots"
    SERVICE_CIRCLE = "service-circle"
    DISPATCHES = "dispatches"


class NoDistrictError(LookupError):
    """The store knows no such district."""

    def __init__(self, district: str) -> None:
        super().__init__(f"There is no district {district} in the store yet: start yilu up, or import one.")
        self.district = district


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of a day to the beginning of another, on the district's clock."""

    since: datetime
    until: datetime

    @classmethod
    def of_day(cls, day: date) -> "Period":
        """That day."""
        return cls(_midnight(day), _midnight(day + timedelta(days=1)))

    @classmethod
    def of_month(cls, day: date) -> "Period":
        """From the first of the month to the end of that day."""
        return cls(_midnight(day.replace(day=1)), _midnight(day + timedelta(days=1)))

    @classmethod
    def of_year(cls, day: date) -> "Period":
        """The 365 days that end with that day."""
        return cls(_midnight(day - timedelta(days=YEAR_DAYS - 1)), _midnight(day + timedelta(days=1)))

    @property
    def words(self) -> Words:
        """The period as people write it."""
        first, last = self.since.date(), (self.until - timedelta(seconds=1)).date()
        if first == last:
            return day_words(first)
        since, until = day_words(first), day_words(last)
        return Words(f"{since.zh} 至 {until.zh}", f"{since.en} to {until.en}")


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""What lies farther off has no year before it, or no day after it, in every calendar."""


async def make_report(
    driver: asyncpg.Connection, district: str, policy: Policy, kind: ReportKind, day: date | None = None
) -> Report:
    """One report as of a day (default: the day of the newest case).

    Raises `NoDistrictError`, and `UnusableValueError` for a day outside the calendar.
    """
    ground = await frames.read_district_frames(driver, district)
    if ground is None:
        raise NoDistrictError(district)
    setting = Setting(
        base=Basemap(ground.district, ground.roads, ground.water, ground.green, ground.rail),
        district=Words(ground.name, ground.name_en),
        source=_SOURCE,
        made_at=datetime.now(ZONE),
        synthetic=ground.synthetic,
    )
    at = day or await _newest_day(driver, district)
    if not FIRST_DAY <= at <= LAST_DAY:
        raise UnusableValueError(
            f"There are reports of {FIRST_DAY} to {LAST_DAY} only",
            f"报告日期须在 {FIRST_DAY} 至 {LAST_DAY} 之间",
        )
    match kind:
        case ReportKind.TASK_FORCES:
            month = Period.of_month(at)
            streets = await frames.read_task_forces(driver, district, month.since, month.until)
            return await asyncio.to_thread(_task_forces, streets, policy, setting, month)
        case ReportKind.HOTSPOTS:
            year = Period.of_year(at)
            findings = await frames.read_findings(driver, district, year.since, year.until)
            grids = await frames.read_grids(driver, district)
            return await asyncio.to_thread(hotspot_map, findings, grids, setting)
        case ReportKind.SERVICE_CIRCLE:
            centres = await frames.read_centres(driver, district)
            homes = await frames.read_homes(driver, district)
            grids = await frames.read_grids(driver, district)
            named = homes.merge(
                grids[["code", "name", "name_en"]], left_on="grid", right_on="code", how="left"
            )
            return await asyncio.to_thread(_service_circle, centres, named, ground.roads, setting)
        case ReportKind.DISPATCHES:
            one_day = Period.of_day(at)
            dispatched = await frames.read_dispatches(driver, district, one_day.since, one_day.until)
            return await asyncio.to_thread(_dispatches, dispatched, policy, setting, one_day)


async def _newest_day(driver: asyncpg.Connection, district: str) -> date:
    newest = await frames.last_report_at(driver, district)
    return (newest or datetime.now(ZONE)).astimezone(ZONE).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _task_forces(streets: gpd.GeoDataFrame, policy: Policy, setting: Setting, month: Period) -> Report:
    posts = {str(post): rules.words for post, rules in policy.posts.items()}

    def told(people: list[tuple[str, str, str]], language: int) -> list[str]:
        return [
            f"{posts[post][language] if post in posts else post} {names[language]}" for post, *names in people
        ]

    drawn = streets.assign(
        members=[told(people, 0) for people in streets["people"]],
        members_en=[told(people, 1) for people in streets["people"]],
    )
    return task_force_map(drawn, _FIGURES, setting, period=month.words)


def _service_circle(
    centres: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, setting: Setting
) -> Report:
    if not len(centres) or not len(homes):
        empty = gpd.GeoDataFrame({"minutes": [], "households": []}, geometry=[], crs=4326)
        return service_circle_map(centres, empty, empty, setting)
    circle = coverage(centres, homes, from_geodataframe(roads))
    return service_circle_map(circle.centres, circle.rings(), circle.demand, setting)


def _dispatches(dispatched: gpd.GeoDataFrame, policy: Policy, setting: Setting, day: Period) -> Report:
    marks = [_mark(row["state"], row["is_late"]) for row in dispatched.to_dict("records")]
    categories = [policy.categories.get(code) for code in dispatched["category"]]
    words = [
        one.words if one else Words(code, code)
        for one, code in zip(categories, dispatched["category"], strict=True)
    ]
    drawn = dispatched.assign(
        at=[at.astimezone(ZONE) for at in dispatched["at"]],
        what=[word.zh for word in words],
        what_en=[word.en for word in words],
        where=dispatched["street"],
        where_en=dispatched["street_en"],
        minutes=[_minutes(row["at"], row["arrived_at"]) for row in dispatched.to_dict("records")],
        state=[_STATES[mark].zh for mark in marks],
        state_en=[_STATES[mark].en for mark in marks],
        mark=marks,
    )
    return dispatch_map(drawn, day.words, setting)


def _minutes(offered_at: datetime, arrived_at: datetime | None) -> float:
    if arrived_at is None or arrived_at != arrived_at:  # pandas fills gaps with NaT, which equals nothing
        return float("nan")
    return (arrived_at - offered_at).total_seconds() / 60


def _mark(state: str, is_late: bool) -> str:
    if is_late:
        return "late"
    if state in _SETTLED:
        return "settled"
    return "under way" if state in _UNDER_WAY else "waiting"
