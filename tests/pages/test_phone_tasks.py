"""A task on the phone from the offer to its end, a patrol, and the chief's view: on the real server."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from tests.api.pictures import picture
from tests.pages.conftest import OpenPage
from tests.pages.phone import Lane, decline_all, give, lane_of, open_phone
from tests.pages.site import Site
from tests.pages.staff import Worker, sign_in
from tests.pages.watched import DRAWN, WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


@pytest.fixture(scope="module")
def operator(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


@pytest.fixture(scope="module")
def lane(site: Site, operator: Worker) -> Lane:
    """A street with its people."""
    return lane_of(site, operator)


def accessible(watched: WatchedPage) -> None:
    assert watched.violations() == []


def answer(page: Page, reason: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name="提交").click()
    expect(dialog).to_have_count(0)


def test_a_task_from_the_offer_to_its_end(
    open_page: OpenPage, operator: Worker, lane: Lane, tmp_path: Path
) -> None:
    decline_all(lane.member)
    case = give(operator, lane, lane.member, "早点摊占了半边路")
    watched = open_phone(open_page, lane.member, lane)
    page = watched.page
    row = page.locator(".task-row--offered", has_text=lane.name).first
    expect(row).to_contain_text(re.compile(r"\d+:\d\d"))
    accessible(watched)
    row.click()
    task = page.locator(".task")
    expect(task).to_contain_text("早点摊占了半边路")
    expect(task).to_contain_text(re.compile("今天|明天|月"))
    expect(task.locator(".way")).to_contain_text("步行约", timeout=60_000)
    expect(task.locator("a[href^='tel:']").first).to_contain_text("打给")
    page.get_by_role("button", name="在地图上看").click()
    page.wait_for_selector(f".phone-map {DRAWN}", timeout=90_000)
    accessible(watched)
    page.get_by_role("button", name="接单").click()
    page.get_by_role("button", name="申请延时").click()
    accessible(watched)
    answer(page, "等吊车")
    page.get_by_role("button", name="请求支援").click()
    answer(page, "人手不够")
    page.get_by_role("button", name="吹哨").click()
    page.get_by_label("呼叫哪些部门").select_option("market_regulation")
    answer(page, "需要部门到场")
    page.get_by_role("button", name="出发").click()
    page.get_by_role("button", name="到达现场").click()
    expect(page.get_by_role("dialog")).to_contain_text("距离现场约")
    answer(page, "手机定位偏了")
    page.get_by_role("button", name="处置完成").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("劝导", exact=True).click()
    shot = tmp_path / "after.jpg"
    shot.write_bytes(picture())
    dialog.locator("input[type=file]").set_input_files([shot])
    expect(dialog.locator(".shots__one")).to_have_count(1)
    accessible(watched)
    dialog.get_by_role("button", name="提交").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".toast").last).to_contain_text("已提交")
    card = operator.get(f"/cases/{case['id']}")
    acts = [one["action"] for one in card["history"]]
    wanted = ["accept", "ask_for_time", "ask_for_help", "call_whistle", "on_my_way", "arrive"]
    assert [act for act in acts if act in wanted] == wanted
    assert card["history"][acts.index("arrive")]["details"]["away_m"] > 150
    assert card["outcome"] == "persuaded"
    assert len(card["photographs"]) == 1


def test_the_round_is_ordered_by_the_walk(open_page: OpenPage, operator: Worker, lane: Lane) -> None:
    for number in range(2):
        give(operator, lane, lane.other, f"第 {number} 处")
    watched = open_phone(open_page, lane.other, lane)
    page = watched.page
    page.get_by_text("建议顺序").click()
    stops = page.locator("ol.task-list > li")
    expect(stops.first).to_contain_text("步行", timeout=60_000)
    expect(page.locator(".phone__main")).to_contain_text("全程步行约")
    expect(stops.first.locator("b").first).to_have_text("1")
    accessible(watched)
    page.get_by_text("列表", exact=True).click()
    page.context.set_geolocation({"longitude": lane.at[0], "latitude": lane.at[1], "accuracy": 8})
    expect(page.locator(".task-row").first).to_contain_text("直线 0 米")
    page.get_by_text("地图", exact=True).click()
    page.wait_for_selector(f".phone-map {DRAWN}", timeout=90_000)
    accessible(watched)
    # both are at one spot, where he stands, in the middle: one mark, and a touch tells what is there
    page.locator(".phone-map canvas").click()
    found = page.locator(".phone__main .task-row")
    expect(found).to_have_count(2)
    expect(found.nth(1)).to_contain_text("第 1 处")
    accessible(watched)
    found.nth(1).click()
    expect(page.locator(".task")).to_contain_text("第 1 处")


def test_a_patrol_shows_what_was_not_walked_and_ends_with_a_summary(
    open_page: OpenPage, site: Site, lane: Lane
) -> None:
    watched = open_phone(open_page, lane.member, lane)
    page = watched.page
    page.get_by_role("button", name="巡查").click()
    expect(page.get_by_label("巡查哪条街巷")).to_have_value(lane.id)
    page.get_by_role("button", name="开始巡查").click()
    expect(page.get_by_role("button", name="结束巡查")).to_be_visible()
    expect(page.locator(".patrol")).to_contain_text("段没有走过")
    accessible(watched)
    page.get_by_role("button", name="街巷地图").click()
    page.wait_for_selector(f".phone-map {DRAWN}", timeout=90_000)
    page.get_by_role("button", name="上报", exact=True).first.click()
    page.locator(".tile").first.click()
    page.get_by_role("button", name="在地图上改").click()
    page.wait_for_selector(f".phone-map {DRAWN}", timeout=90_000)
    page.get_by_role("button", name="就用这里").click()
    expect(page.locator(".finding__place")).to_contain_text("已在地图上改过")
    page.get_by_role("searchbox").fill("井盖")
    expect(page.locator(".tile").first).to_contain_text("井盖")
    accessible(watched)
    page.locator(".tile").first.click()
    page.get_by_role("button", name="上报派单").click()
    expect(page.locator(".patrol")).to_contain_text("上报 1 件", timeout=40_000)
    page.get_by_role("button", name="结束巡查").click()
    summary = page.locator(".patrol")
    expect(summary).to_contain_text("巡查小结")
    expect(summary).to_contain_text("1 件")
    accessible(watched)
    (walked,) = lane.member.get("/patrols", street=lane.id, limit=1)["items"]
    assert walked["ended_at"] is not None
    assert walked["findings"] == 1


def test_a_chief_sees_the_street_and_hands_a_case_over(
    open_page: OpenPage, operator: Worker, lane: Lane
) -> None:
    case = give(operator, lane, lane.member)
    watched = open_phone(open_page, lane.chief, lane)
    page = watched.page
    page.get_by_role("button", name="街巷", exact=True).click()
    view = page.locator(".chief")
    expect(view.locator(".team li").first).to_be_visible()
    row = view.locator(".task-row", has_text=f"#{case['number']}")
    expect(row).to_contain_text("承办")
    expect(view.locator(".coverage tbody tr").first).to_be_visible()
    expect(view.locator(".month tbody tr")).to_have_count(11)
    accessible(watched)
    row.get_by_role("button", name="改派").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("改派给谁").select_option(lane.other.get("/session")["person"])
    dialog.get_by_label("为什么改派").fill("他就在附近")
    accessible(watched)
    dialog.get_by_role("button", name="改派", exact=True).click()
    expect(row).to_contain_text(lane.other_name)
    assert operator.get(f"/cases/{case['id']}")["holder"] == lane.other.get("/session")["person"]


def test_everything_is_said_in_english_too(open_page: OpenPage, operator: Worker, lane: Lane) -> None:
    give(operator, lane, lane.chief)
    watched = open_phone(open_page, lane.chief, lane, language="en", theme="dark")
    page = watched.page
    for tab in range(5):
        page.locator(".phone__tabs button").nth(tab).click()
        page.wait_for_timeout(300)
        assert not re.search("[一-鿿]", page.locator(".phone__tabs").inner_text())
        accessible(watched)
    page.locator(".phone__tabs button").nth(3).click()
    headings = page.locator(".chief h2")
    expect(headings).to_have_count(4)
    assert not any(re.search("[一-鿿]", text) for text in headings.all_inner_texts())
