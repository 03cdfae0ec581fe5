"""The district's reports out of a real store: without the district, with nothing in it, and with a town."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.refusals import UnusableValueError
from api.reports import ZONE, NoDistrictError, Period, ReportKind, make_report
from api.settings import data_folder
from api.store.database import driver_transaction
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from geo.map_page import Report
from tests.api import small_district
from tests.api.people_here import DISTRICT
from tests.api.serving import engine_in, serving
from tests.api.the_town import build_town

pytestmark = pytest.mark.postgis


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(data_folder() / "policy")


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with serving(database, tmp_path) as (app, _):
        yield app


async def report_of(app: FastAPI, policy: Policy, kind: ReportKind, day: date | None = None) -> Report:
    async with driver_transaction(engine_in(app)) as driver:
        return await make_report(driver, DISTRICT, policy, kind, day)


async def test_a_store_without_the_district_says_so(app: FastAPI, policy: Policy) -> None:
    with pytest.raises(NoDistrictError, match="990101"):
        await report_of(app, policy, ReportKind.HOTSPOTS)


SENTENCES = {
    ReportKind.TASK_FORCES: "丙巷",
    ReportKind.HOTSPOTS: "Nothing was found in this selection",
    ReportKind.SERVICE_CIRCLE: "Of 0 households, 0 are left out.",
    ReportKind.DISPATCHES: "Nothing was dispatched on this day.",
}


@pytest.mark.parametrize("kind", list(ReportKind))
async def test_a_district_in_which_nothing_has_happened(
    app: FastAPI, policy: Policy, kind: ReportKind
) -> None:
    await small_district.load(engine_in(app))
    report = await report_of(app, policy, kind)
    assert SENTENCES[kind] in report.html
    assert "Small District" in report.html


async def test_what_happened_in_the_town_is_in_its_reports(app: FastAPI, policy: Policy) -> None:
    await build_town(app)
    forces = (await report_of(app, policy, ReportKind.TASK_FORCES)).html
    assert "甲管家" in forces  # the chief of the lane
    dispatched = (await report_of(app, policy, ReportKind.DISPATCHES)).html
    assert "甲管家" in dispatched
    assert "待接单" in dispatched
    words = policy.categories["E0401"].words
    assert words.zh in dispatched
    assert words.en in dispatched
    assert "Only 1 findings" in (await report_of(app, policy, ReportKind.HOTSPOTS)).html


async def test_another_day_holds_nothing(app: FastAPI, policy: Policy) -> None:
    await build_town(app)
    page = (await report_of(app, policy, ReportKind.DISPATCHES, date(2020, 1, 1))).html
    assert "Nothing was dispatched" in page


@pytest.mark.parametrize("kind", ReportKind)
async def test_a_day_at_the_end_of_the_calendar_has_no_report(
    app: FastAPI, policy: Policy, kind: ReportKind
) -> None:
    await build_town(app)
    for day in (date.min, date.max):
        with pytest.raises(UnusableValueError, match="1900-01-01 to 2100-12-31"):
            await report_of(app, policy, kind, day)


def test_periods_begin_at_the_districts_midnight() -> None:
    month = Period.of_month(date(2026, 11, 20))
    assert month.since == datetime(2026, 11, 1, tzinfo=ZONE)
    assert month.until == datetime(2026, 11, 21, tzinfo=ZONE)
    assert month.words == ("2026年11月1日 至 2026年11月20日", "1 Nov 2026 to 20 Nov 2026")
    assert Period.of_day(date(2026, 11, 20)).words.zh == "2026年11月20日"
    assert (Period.of_year(date(2026, 11, 20)).until - Period.of_year(date(2026, 11, 20)).since).days == 365
