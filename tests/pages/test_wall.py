"""The command centre on the real server: what a phone reports is seen, dispatched and closed at the desk."""

import csv
import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from tests.pages.chromium import in_looks
from tests.pages.conftest import OpenPage
from tests.pages.phone import give, lane_of
from tests.pages.site import Site
from tests.pages.staff import DISTRICT, Worker, mint_link, report, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

IN_TOWN = {"lon": 112.552, "lat": 37.868}
"""A place among the lanes of the old town."""


@pytest.fixture(scope="module")
def operator(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


@pytest.fixture(scope="module")
def finder(site: Site, operator: Worker) -> Worker:
    """A grid worker who finds things and hands them on."""
    somebody = operator.get("/people", post="grid_worker", limit=1)["items"][0]
    return sign_in(site, Role.GRID_WORKER, person=UUID(somebody["id"]))


def open_desk(open_page: OpenPage, operator: Worker, address: str = "/desk", **how: object) -> Page:
    """The desk with its lists loaded."""
    page = open_page(address, session=operator.session, **how).page
    expect(page.locator(".live")).to_contain_text(re.compile("实时|Live"))
    expect(page.locator(".queue__rows .skeleton")).to_have_count(0)
    return page


def test_who_is_not_signed_in_is_led_to_the_door(open_page: OpenPage) -> None:
    page = open_page("/desk?show=late", map_drawn=False).page
    door = page.get_by_role("link", name="去登录")
    expect(door).to_be_visible()
    assert door.get_attribute("href") == "/sign-in?next=%2Fdesk%3Fshow%3Dlate"


def test_a_link_signs_in_and_leads_to_work(open_page: OpenPage, site: Site) -> None:
    link = mint_link(site, Role.OPERATOR)
    page = open_page(f"/sign-in#link={link}", map_drawn=False).page
    page.wait_for_url(re.compile("/desk"))
    expect(page.locator(".kpis")).to_be_visible()
    assert link not in page.url


def test_a_finding_is_seen_dispatched_and_closed_at_the_desk(
    open_page: OpenPage, site: Site, operator: Worker, finder: Worker
) -> None:
    page = open_desk(open_page, operator)
    reported = page.locator(".kpis li", has_text="今日上报").locator(".kpis__value")
    before = int(reported.inner_text().replace(",", ""))

    case = report(finder, **IN_TOWN, description="路面有积水", wish="hand_on")
    row = page.locator(".case-row", has_text=f"#{case['number']}")
    expect(row).to_be_visible()
    expect(reported).to_have_text(str(before + 1))

    row.locator(".case-row__body").click()
    panel = page.locator(".case")
    expect(panel).to_contain_text("路面有积水")
    expect(panel.locator(".history li").last).to_contain_text("上报")

    item = operator.get(f"/cases/{case['id']}")
    assert item["state"] == "offered", item
    expect(panel).to_contain_text("等待接单")
    worker = sign_in(site, Role.GRID_WORKER, person=UUID(item["holder"]))
    task = item["tasks"][-1]["id"]

    worker.post(f"/tasks/{task}/accept")
    expect(row).to_contain_text("已接单")
    lon, lat = item["at"]
    worker.post(f"/tasks/{task}/arrive", lon=lon, lat=lat)
    expect(row).to_contain_text("已到场")
    worker.post(f"/tasks/{task}/resolve", outcome="passed_on", reason="已移交排水单位")
    expect(panel.locator(".history li").first).to_contain_text(re.compile("处置完成|核查结案"))

    if operator.get(f"/cases/{case['id']}")["state"] == "resolved":
        page.keyboard.press("v")
    expect(row).to_have_count(0)
    expect(panel).to_contain_text("已结案")


@contextmanager
def drill_playing(site: Site, operator: Worker) -> Iterator[None]:
    """The drill's own process beside the server, as `yilu up` brings it along, at its fastest."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "api.drill", "--url", site.url, "--district", DISTRICT],
        stdin=subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": site.settings.database_url},
    )
    try:
        while not operator.get("/drill")["attached"]:
            assert process.poll() is None, "the drill ended by itself"
            time.sleep(0.2)
        told = operator.client.put("/api/v1/drill", json={"on": True, "pace": 20, "phones": 20})
        assert told.is_success, told.text
        yield
        operator.client.put("/api/v1/drill", json={"on": False})
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.mark.slow
def test_a_finding_goes_its_whole_way_while_the_drill_plays(
    open_page: OpenPage, site: Site, operator: Worker
) -> None:
    lane = lane_of(site, operator)  # whoever has an account of his own is not played
    with drill_playing(site, operator):
        page = open_desk(open_page, operator)
        expect(page.locator(".simulation--on")).to_be_visible(timeout=60_000)
        expect(page.locator(".case-row").first).to_be_visible(timeout=120_000)
        case = give(operator, lane, lane.member)
        wall = open_desk(open_page, operator, f"/wall?case={case['id']}")
        head = wall.locator(".case__head")
        expect(head).to_contain_text("已派待接")
        task = operator.get(f"/cases/{case['id']}")["tasks"][-1]["id"]
        lane.member.post(f"/tasks/{task}/accept")
        expect(head).to_contain_text("已接单")
        lon, lat = operator.get(f"/cases/{case['id']}")["at"]
        lane.member.post(f"/tasks/{task}/arrive", lon=lon, lat=lat)
        expect(head).to_contain_text("已到场")
        lane.member.post(f"/tasks/{task}/resolve", outcome="persuaded", reason="已劝离")
        if operator.get(f"/cases/{case['id']}")["state"] == "resolved":
            operator.post(f"/cases/{case['id']}/verify")
        expect(head).to_contain_text("已结案")


def test_an_act_shows_at_both_desks(open_page: OpenPage, operator: Worker, site: Site) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="电话反映")
    other = sign_in(site, Role.OPERATOR)
    mine = open_desk(open_page, operator, f"/desk?case={case['id']}")
    theirs = open_desk(open_page, other, f"/desk?case={case['id']}")
    expect(theirs.locator(".case__head")).to_contain_text("待受理")
    mine.keyboard.press("f")
    expect(mine.locator(".toast")).to_contain_text("已立案")
    expect(theirs.locator(".case__head")).not_to_contain_text("待受理")
    expect(theirs.locator(".history")).to_contain_text("立案")


def test_a_refused_act_says_why_and_changes_nothing(open_page: OpenPage, operator: Worker) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="重复反映")
    watched = open_page(f"/desk?case={case['id']}", session=operator.session)
    page = watched.page
    expect(page.locator(".case__acts")).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("没有成功")
    expect(page.locator(".case__head")).to_contain_text("待受理")
    page.context.set_offline(False)
    watched.complaints[:] = [c for c in watched.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def test_a_reason_is_asked_where_the_rules_ask_for_one(open_page: OpenPage, operator: Worker) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="不属于本区")
    page = open_desk(open_page, operator, f"/desk?case={case['id']}")
    expect(page.locator(".case__acts")).to_be_visible()
    page.keyboard.press("x")
    dialog = page.get_by_role("dialog")
    act = dialog.get_by_role("button", name="不予立案")
    expect(act).to_be_disabled()
    page.keyboard.type("不属于本区管辖, all written into the reason")  # a space would press what closes
    expect(dialog.get_by_label("说明")).to_have_value("不属于本区管辖, all written into the reason")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("已不予立案")
    assert operator.get(f"/cases/{case['id']}")["state"] == "dismissed"


OPEN_CASE = "new URLSearchParams(location.search).get('case')"


def open_case(page: Page) -> str:
    """The id of the case that the address names, once it names one."""
    named: str = page.wait_for_function(f"() => {OPEN_CASE}").json_value()
    return named


def test_the_queue_is_walked_by_keyboard(open_page: OpenPage, operator: Worker) -> None:
    for place in range(3):
        report(operator, lon=112.54 + place / 500, lat=37.86, source="hotline")
    page = open_desk(open_page, operator)
    page.keyboard.press("j")
    expect(page.locator(".list__row--chosen")).to_have_count(1)
    first = open_case(page)
    page.keyboard.press("j")
    page.wait_for_function(f"(first) => {OPEN_CASE} !== first", arg=first)
    page.keyboard.press("k")
    page.wait_for_function(f"(first) => {OPEN_CASE} === first", arg=first)
    page.keyboard.press("Escape")
    expect(page.locator(".case")).to_have_count(0)


def test_filters_narrow_queue_and_live_in_the_address(open_page: OpenPage, operator: Worker) -> None:
    marked = report(operator, **IN_TOWN, source="hotline", description="独一无二的描述")
    page = open_desk(open_page, operator)
    page.keyboard.press("/")
    page.keyboard.type("独一无二")
    expect(page.locator(".case-row")).to_have_count(1)
    expect(page.locator(".case-row")).to_contain_text(f"#{marked['number']}")
    again = open_desk(open_page, operator, page.url.removeprefix(page.evaluate("() => location.origin")))
    expect(again.locator(".case-row")).to_have_count(1)
    again.get_by_role("button", name="清除筛选").click()
    assert "q=" not in again.url


def test_an_urgent_case_raises_an_alarm_until_seen(open_page: OpenPage, operator: Worker) -> None:
    watched = open_page("/desk", session=operator.session)
    page = watched.page
    categories = operator.get("/classification")["categories"]
    urgent = next(one for one in categories if one["severity"] == 5)
    case = report(operator, **IN_TOWN, source="hotline", category=urgent["id"])
    bell = page.locator(".alarms__bell")
    expect(bell).to_contain_text("1")
    expect(page.locator("[role=alert]")).to_contain_text("紧急案件")
    bell.click()
    expect(page.locator(".alarms__list li button").first).to_be_visible()
    assert watched.violations() == []
    page.locator(".alarms__list li button").first.click()
    expect(page.locator(".case__head")).to_contain_text(f"#{case['number']}")
    expect(bell).not_to_have_class(re.compile("ringing"))
    expect(bell).to_be_focused()  # what was pressed is gone


AWAY = """
    window.noticed = [];
    window.Notification = class {
        static permission = 'default';
        static requestPermission = async () => (window.Notification.permission = 'granted');
        constructor(said) { window.noticed.push(said); }
    };
    Object.defineProperty(document, 'hidden', { get: () => window.isAway === true });
"""
"""Headless browsers show no notices: this one writes down what it was to show, and may look away."""


def test_an_alarm_shows_beside_other_programs_once_that_was_allowed(
    open_page: OpenPage, operator: Worker
) -> None:
    watched = open_page("/sign-in", map_drawn=False, session=operator.session)
    page = watched.page
    page.add_init_script(AWAY)
    watched.open("/desk")
    expect(page.locator(".queue__rows .skeleton")).to_have_count(0)
    urgent = next(one for one in operator.get("/classification")["categories"] if one["severity"] == 5)
    page.evaluate("() => { window.isAway = true; }")
    report(operator, **IN_TOWN, source="hotline", category=urgent["id"])
    expect(page.locator("[role=alert]")).to_contain_text("紧急案件")
    assert page.evaluate("() => window.noticed") == []
    page.locator(".alarms__bell").click()
    page.get_by_role("button", name="在桌面上显示提醒").click()
    expect(page.locator(".alarms__notices")).to_be_visible()
    case = report(operator, **IN_TOWN, source="hotline", category=urgent["id"])
    page.wait_for_function("() => window.noticed.length === 1")
    (said,) = page.evaluate("() => window.noticed")
    assert f"#{case['number']}" in said
    assert "紧急案件" in said
    page.evaluate("() => { window.isAway = false; }")


def test_the_queue_is_carried_away_as_a_table(open_page: OpenPage, operator: Worker) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description='含"引号"，和逗号')
    page = open_desk(open_page, operator, "/desk?q=含")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出列表").click()
    assert download.value.suggested_filename.endswith(".csv")
    text = download.value.path().read_text("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["编号"] == str(case["number"])
    assert row["描述"] == '含"引号"，和逗号'
    assert float(row["经度（WGS 84）"]) == pytest.approx(IN_TOWN["lon"])


def test_a_lost_connection_is_said_and_mends_itself(
    open_page: OpenPage, operator: Worker, site: Site
) -> None:
    watched = open_page("/desk", session=operator.session)
    page = watched.page
    expect(page.locator(".live")).to_contain_text("实时")
    page.context.set_offline(True)
    site.cut_streams()
    case = report(operator, **IN_TOWN, source="hotline", description="断线时上报")
    expect(page.locator(".live")).to_contain_text("连接已断开", timeout=40_000)
    page.context.set_offline(False)
    expect(page.locator(".live")).to_contain_text("实时", timeout=40_000)
    expect(page.locator(".case-row", has_text=f"#{case['number']}")).to_be_visible()
    watched.complaints[:] = [c for c in watched.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def test_the_wall_is_large_and_without_controls(open_page: OpenPage, operator: Worker) -> None:
    page = open_desk(open_page, operator, "/wall", size=(1920, 1080))
    expect(page.locator(".filters")).to_be_hidden()
    size = page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('.kpis__value')).fontSize)"
    )
    assert size >= 40
    page.keyboard.press("W")
    expect(page.locator(".filters")).to_be_visible()


@pytest.mark.parametrize(("address", "language", "theme"), in_looks("/desk", "/wall"))
def test_nobody_is_kept_out(
    open_page: OpenPage, operator: Worker, address: str, language: str, theme: str
) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="无障碍检查")
    watched = open_page(
        f"{address}?case={case['id']}", session=operator.session, language=language, theme=theme
    )
    expect(watched.page.locator(".history li").first).to_be_visible()
    expect(watched.page.locator(".case-row").first).to_be_visible()
    assert watched.violations() == []
    watched.page.keyboard.press("?")
    expect(watched.page.get_by_role("dialog")).to_be_visible()
    assert watched.violations() == []


def test_all_waiting_cases_are_dealt_out_after_a_look_at_the_plan(
    open_page: OpenPage, operator: Worker
) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="统一派遣")
    page = open_desk(open_page, operator)
    before = operator.get(f"/cases/{case['id']}")["state"]
    page.get_by_role("button", name="统一派遣").click()
    panel = page.locator(".plan-panel")
    expect(panel.locator(".card__body p").first).to_be_visible()
    assert operator.get(f"/cases/{case['id']}")["state"] == before
    assert page.locator(".plan-panel__offers li").count() == len(
        operator.post("/plans/preview", area="")["offers"]
    )
    panel.get_by_role("button", name="取消").click()
    expect(panel).to_have_count(0)
