"""The planners' page: rings, shares, who is left out, who is in reach now, and reports to carry away."""

import csv
import io
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from tests.pages.chromium import IN_TURN
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import PATIENCE_S, Worker, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

SIZES = ((1920, 1080), (1366, 768), (390, 844))
REPORTS = ("task-forces", "hotspots", "service-circle", "dispatches")


@pytest.fixture(scope="module")
def planner(site: Site) -> Worker:
    """A planner; the roads are compiled by the time he comes."""
    worker = sign_in(site, Role.PLANNER)
    until = time.monotonic() + 4 * PATIENCE_S
    while not worker.client.get("/api/v1/coverage").is_success:
        assert time.monotonic() < until, "the roads are not ready"
        time.sleep(0.5)
    return worker


def rows_of(page: Page) -> list[list[str]]:
    """The cells of the table that is open."""
    rows: list[list[str]] = page.evaluate(
        "() => [...document.querySelectorAll('.plan__table tbody tr')]"
        ".map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


def saved_table(page: Page) -> list[dict[str, str]]:
    """The table as it is exported."""
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save CSV").click()
    text = Path(saved.value.path()).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_shares_are_told_sorted_and_carried_away(open_page: OpenPage, planner: Worker) -> None:
    page = open_page("/plan", language="en", session=planner.session).page
    told = planner.get("/coverage")
    expect(page.locator(".plan__sum")).to_contain_text(f"{told['share_covered']:.1%}")
    assert len(rows_of(page)) == 1 + 7 + 90
    page.get_by_role("button", name="Left out").click()
    page.get_by_role("button", name="Left out").click()
    most = max((a for a in told["areas"] if a["level"] == "community"), key=lambda a: a["left_out"])
    names = [row[0] for row in rows_of(page)]
    assert most["name_en"] in names[:10]
    table = saved_table(page)
    assert len(table) == 98
    whole = next(row for row in table if row["Level"] == "district" or row["Households"] == str(
        told["households"]))  # fmt: skip
    assert float(whole["within 15 min"]) == pytest.approx(told["share_covered"])


def test_one_centre_and_all_of_them(open_page: OpenPage, planner: Worker) -> None:
    page = open_page("/plan", language="en", session=planner.session).page
    page.get_by_role("tab", name="By centre").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".plan__table tbody button").first.click()
    everything = page.get_by_role("button", name="Show the rings of all centres")
    expect(everything).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert any("/coverage/rings?" in url and "centre=" in url for url in asked)
    everything.click()
    expect(everything).to_have_count(0)
    assert {row["Open"] for row in saved_table(page)} <= {"yes", "no"}


def test_the_hour_and_the_pace_stand_in_the_address(open_page: OpenPage, planner: Worker) -> None:
    page = open_page("/plan", language="en", session=planner.session).page
    always = page.locator(".plan__sum").inner_text()
    page.get_by_label("Hour").fill("03:00")
    expect(page.locator(".plan__sum")).not_to_have_text(always)
    page.get_by_role("tab", name="By centre").click()
    expect(page.locator(".plan__table tbody")).to_contain_text("no")
    page.get_by_label("How one travels").select_option("drive")
    assert "hour=03" in page.url
    assert "mode=drive" in page.url
    shown = page.locator(".plan__sum").inner_text()
    again = open_page(page.url.removeprefix(planner_base(page)), language="en", session=planner.session).page
    expect(again.get_by_label("How one travels")).to_have_value("drive")
    expect(again.locator(".plan__sum")).to_have_text(shown)


def planner_base(page: Page) -> str:
    """The server that the page is from."""
    return str(page.evaluate("() => location.origin"))


def test_households_left_out_are_listed_and_found_on_the_map(open_page: OpenPage, planner: Worker) -> None:
    page = open_page("/plan", language="en", session=planner.session).page
    page.get_by_role("tab", name="Left out").click()
    listed = rows_of(page)
    told = planner.get("/coverage")
    assert len(listed) == len(told["left_out"]) > 0
    before = page.url
    page.locator(".plan__table tbody button").first.click()
    page.wait_for_function("before => location.href !== before && location.href.includes('at=')", arg=before)


def test_the_reach_of_those_on_shift(open_page: OpenPage, planner: Worker) -> None:
    page = open_page("/plan?show=shift", language="en", session=planner.session).page
    about = planner.get("/coverage/reach", mode="walk")["about"]
    expect(page.locator(".plan__shift")).to_contain_text(f"{about['on_shift']:,} on shift")
    expect(page.locator(".ring-legend")).to_contain_text("Nobody within 15 min")
    page.get_by_label("On the map").select_option("centres")
    expect(page.locator(".plan__shift")).to_have_count(0)
    assert "show=" not in page.url


def test_reports_are_carried_away_from_the_page(open_page: OpenPage, planner: Worker) -> None:
    page = open_page("/plan", session=planner.session).page
    page.get_by_role("button", name="下载报告").click()
    dialog = page.get_by_role("dialog")
    for place, report in enumerate(REPORTS):
        with page.expect_download(timeout=PATIENCE_S * 2000) as saved:
            dialog.locator(".reports li").nth(place).get_by_role("button").click()
        assert saved.value.suggested_filename == f"{report}.html"
        html = Path(saved.value.path()).read_text("utf-8")
        assert "一路示例区" in html
        assert "Yilu Sample District" in html or "Sample" in html
        expect(page.locator(".toast").last).to_contain_text("已下载")
        assert not dialog.locator("[role=alert]").count()


@pytest.mark.slow
def test_reports_are_offered_on_the_district_page_to_those_who_may(
    open_page: OpenPage, site: Site, planner: Worker
) -> None:
    page = open_page("/", language="en", session=planner.session).page
    page.get_by_role("button", name="Download a report").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("As of").fill("2026-11-20")
    with page.expect_download(timeout=PATIENCE_S * 2000) as saved:
        dialog.get_by_role("button", name="Dispatches of the day").click()
    assert saved.value.suggested_filename == "dispatches-2026-11-20.html"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    anybody = open_page("/", language="en").page
    expect(anybody.locator(".list__row").first).to_be_visible()
    expect(anybody.get_by_role("button", name="Download a report")).to_have_count(0)


def test_a_report_that_cannot_be_had_is_said_in_words(open_page: OpenPage, site: Site) -> None:
    partly = sign_in(site, Role.SUPERVISOR, "990101001")
    watched = open_page("/plan", language="en", session=partly.session)
    page = watched.page
    page.get_by_role("button", name="Download a report").click()
    page.get_by_role("dialog").locator(".reports button").first.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    watched.complaints.clear()  # the browser notes the 404 that was asked for


def test_who_is_not_signed_in_is_led_to_it(open_page: OpenPage) -> None:
    page = open_page("/plan", language="en", map_drawn=False).page
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", "/sign-in?next=%2Fplan")


def test_who_may_not_see_it_is_told_and_the_map_stays(open_page: OpenPage, site: Site) -> None:
    worker = sign_in(site, Role.GRID_WORKER)
    watched = open_page("/plan", session=worker.session)
    expect(watched.page.get_by_role("alert").first).to_be_visible()
    watched.complaints.clear()  # the browser notes the refusals
    assert httpx.get(f"{site.url}/api/v1/coverage").status_code == 401


@pytest.mark.parametrize(("language", "theme"), IN_TURN)
def test_everybody_can_use_it_at_every_size(
    open_page: OpenPage, planner: Worker, language: str, theme: str
) -> None:
    watched = open_page("/plan", language=language, theme=theme, session=planner.session)
    page = watched.page
    expect(page.locator(".plan__sum")).to_be_visible()
    assert watched.violations() == []
    page.get_by_role("tab").nth(2).click()
    page.get_by_role("button", name="下载报告" if language == "zh" else "Download a report").click()
    assert watched.violations() == []
    page.keyboard.press("Escape")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        overflow = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{width} wide"
        side, chart = (page.locator(name).bounding_box() for name in (".plan__side", ".plan__map"))
        assert side is not None
        assert chart is not None
        assert side["x"] + side["width"] <= width
        beside = side["x"] + side["width"] <= chart["x"] + 1
        assert beside or side["y"] + side["height"] <= chart["y"] + 1, "the lists lie over the map"
