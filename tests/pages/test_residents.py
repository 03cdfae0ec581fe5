"""The residents' page on the real server: from a photograph to a rating, without an account."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from tests.api.pictures import picture
from tests.pages.conftest import OpenPage
from tests.pages.phone import Lane, lane_of
from tests.pages.site import Site
from tests.pages.staff import DISTRICT, Worker, sign_in
from tests.pages.watched import WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

PHONE = (390, 844)
IN_TOWN = {"longitude": 112.5523, "latitude": 37.8684}
BEFORE_THE_MAP_KB = 150

PUZZLE_MS = 90_000
"""Before it sends, the page solves a puzzle: how long that takes is chance, and what processor is free."""


@pytest.fixture(scope="module")
def desk(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


def open_report(open_page: OpenPage, view: str = "home", **how: object) -> WatchedPage:
    """The residents' page on a phone in the old town."""
    return open_page(
        f"/report#{view}",
        size=PHONE,
        map_drawn=False,
        **{"geolocation": IN_TOWN, "permissions": ["geolocation"]} | how,
    )


def photograph(tmp_path: Path) -> str:
    kept = tmp_path / "rubbish.jpg"
    kept.write_bytes(picture(colour="maroon"))
    return str(kept)


def typed_is_kept(page: Page, words: str) -> None:
    """A thumb rests: what was typed reaches the disk."""
    # wait_for_function() would take the promise for an answer
    for _ in range(100):
        if page.evaluate(_KEPT_WORDS) == words:
            return
        page.wait_for_timeout(100)
    raise AssertionError("what was typed was not kept within ten seconds")


_KEPT_WORDS = """() => new Promise(tell => {
  const asked = indexedDB.open('yilu-resident');
  asked.onsuccess = () => {
    const got = asked.result.transaction('kept').objectStore('kept').get('draft');
    got.onsuccess = () => {
      asked.result.close();
      tell(got.result?.description ?? '');
    };
  };
})"""


def numbers_in(page: Page) -> str:
    return page.locator(".keep__code").inner_text()


def test_a_report_needs_no_account_and_is_followed_rated_and_opened_again(
    open_page: OpenPage, desk: Worker, tmp_path: Path
) -> None:
    watched = open_report(open_page)
    page = watched.page
    expect(page.get_by_role("heading", level=1)).to_have_text("您好，想办什么事？")
    assert watched.violations() == []
    page.get_by_role("link", name=re.compile("反映问题")).click()
    send = page.get_by_role("button", name="提交", exact=True)
    expect(send).to_be_disabled()
    expect(page.locator("#ask-needs")).to_contain_text("选类别")
    page.locator("input[type=file]").set_input_files(photograph(tmp_path))
    expect(page.locator(".shots img")).to_have_count(1)
    page.get_by_role("radio", name="路灯").check(force=True)
    page.get_by_role("textbox", name="说说情况").fill("路灯坏了三天")
    expect(send).to_be_enabled()
    assert watched.violations() == []
    send.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收到", timeout=30_000)
    tracking = numbers_in(page)
    assert watched.violations() == []
    page.get_by_role("button", name="看进展").click()
    expect(page.locator("p.state")).to_have_text("待受理")
    expect(page.locator(".pictures img")).to_have_count(1)
    assert watched.violations() == []

    number = int(tracking.partition("-")[0])
    (case,) = [one for one in desk.get("/cases", q=str(number))["items"] if one["number"] == number]
    desk.post(f"/cases/{case['id']}/dismiss", reason="已由路灯所修复")
    page.reload()
    expect(page.locator("p.state")).to_have_text("未受理")
    expect(page.locator(".happened")).to_contain_text("已由路灯所修复")
    page.goto(f"{watched.url}/report#mine")
    expect(page.locator(".card--row")).to_contain_text("路灯")


def settled(desk: Worker, lane: Lane, number: int) -> None:
    """The desk files it and sends somebody of the street, who settles it; the desk closes it."""
    (case,) = [one for one in desk.get("/cases", q=str(number))["items"] if one["number"] == number]
    case = desk.post(f"/cases/{case['id']}/file")
    person = lane.member.get("/session")["person"]
    if case["holder"] != person:
        act = "reassign" if case["holder"] else "assign"
        desk.post(f"/cases/{case['id']}/{act}", responder=person, reason="测试")
    (task,) = [one["task"]["id"] for one in lane.member.get("/tasks") if one["case"]["number"] == number]
    lane.member.post(f"/tasks/{task}/accept")
    lane.member.post(f"/tasks/{task}/arrive", reason="已到")
    after = lane.member.client.put(
        f"/api/v1/photographs/{uuid4()}", content=picture(), headers={"Content-Type": "image/jpeg"}
    )
    done = {"outcome": "rectified", "reason": "已清理", "photographs": [after.json()["name"]]}
    lane.member.post(f"/tasks/{task}/resolve", **done)
    desk.post(f"/cases/{case['id']}/verify")


def test_what_was_done_is_rated_and_opened_again_once(open_page: OpenPage, site: Site, desk: Worker) -> None:
    lane = lane_of(site, desk)
    there = {"longitude": lane.at[0], "latitude": lane.at[1]}
    watched = open_report(open_page, "report", geolocation=there)
    page = watched.page
    page.get_by_role("radio", name="无照经营游商").check(force=True)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".keep__code")).to_be_visible(timeout=PUZZLE_MS)
    number = int(numbers_in(page).partition("-")[0])
    settled(desk, lane, number)
    page.get_by_role("button", name="看进展").click()
    expect(page.locator("p.state")).to_contain_text("已办结")
    expect(page.locator(".happened")).to_contain_text("核查通过")
    expect(page.get_by_role("region", name="办成这样").locator("img")).to_have_count(1)
    assert watched.violations() == []
    page.get_by_role("button", name="2 分").click()
    expect(page.get_by_text("您的评价：2 分")).to_be_visible()
    expect(page.get_by_role("button", name="5 分")).to_have_count(0)
    page.get_by_role("button", name="没解决，重新办理").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("第二天又来了")
    assert watched.violations() == []
    dialog.get_by_role("button", name="提交").click()
    expect(page.locator("p.state")).not_to_contain_text("已办结")
    expect(page.locator(".happened")).to_contain_text("第二天又来了")
    expect(page.get_by_role("button", name="没解决，重新办理")).to_have_count(0)
    (case,) = [one for one in desk.get("/cases", q=str(number))["items"] if one["number"] == number]
    acts = [one["action"] for one in desk.get(f"/cases/{case['id']}")["history"]]
    assert [act for act in acts if act in {"verify", "evaluate", "reopen"}] == [
        "verify",
        "evaluate",
        "reopen",
    ]


def test_the_page_starts_without_a_network_with_what_was_typed(open_page: OpenPage, tmp_path: Path) -> None:
    watched = open_report(open_page, "report")
    page = watched.page
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.locator("input[type=file]").set_input_files(photograph(tmp_path))
    expect(page.locator(".shots img")).to_have_count(1)
    page.get_by_role("radio", name="楼道堆物").check(force=True)
    page.get_by_role("textbox", name="说说情况").fill("三楼楼道堵住了")
    typed_is_kept(page, "三楼楼道堵住了")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("textbox", name="说说情况")).to_have_value("三楼楼道堵住了")
    expect(page.get_by_role("radio", name="楼道堆物")).to_be_checked()
    expect(page.locator(".shots img")).to_have_count(1)
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_enabled()
    page.get_by_role("button", name="在地图上选").click()
    expect(page.get_by_text("这部分还没有存到本机")).to_be_visible()
    assert watched.violations() == []
    expected = re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED|load preload assets")
    watched.complaints[:] = [said for said in watched.complaints if not expected.search(said)]


def test_the_number_is_enough_elsewhere_and_a_wrong_one_says_so(open_page: OpenPage, desk: Worker) -> None:
    first = open_report(open_page, "report")
    first.page.get_by_role("radio", name="垃圾桶满溢").check(force=True)
    first.page.get_by_role("button", name="提交", exact=True).click()
    expect(first.page.locator(".keep__code")).to_be_visible(timeout=PUZZLE_MS)
    tracking = numbers_in(first.page)
    watched = open_report(open_page, "mine", language="en")
    page = watched.page
    field = page.get_by_label("Number and code")
    field.fill("1-0000-0000-0000-0000")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("alert")).to_contain_text("check them")
    field.fill(tracking.lower())
    page.get_by_role("button", name="Look it up").click()
    expect(page.locator("p.state")).to_have_text("Waiting to be looked at")
    assert not re.search("[一-鿿]", page.locator("main").inner_text())
    assert watched.violations() == []
    watched.complaints[:] = [said for said in watched.complaints if "404" not in said]


def test_what_others_reported_nearby_is_offered_first(open_page: OpenPage, desk: Worker) -> None:
    at = {"longitude": 112.5551, "latitude": 37.8702}
    desk.post(
        "/findings",
        client_id="nearby-before-0001",
        category="P0115",
        lon=at["longitude"],
        lat=at["latitude"],
        found_at="2026-01-05T08:00:00+08:00",
        kind="resident_request",
        description="李某说的",
    )
    watched = open_report(open_page, "report", geolocation=at)
    page = watched.page
    page.get_by_role("radio", name="路灯").check(force=True)
    near = page.locator(".near")
    expect(near).to_contain_text("是其中之一吗")
    assert "李某" not in page.content()
    assert watched.violations() == []
    near.get_by_role("button", name="就是这件").first.click()
    expect(page.get_by_text("这件事由别人提交")).to_be_visible(timeout=30_000)


def test_without_a_network_nothing_typed_is_lost_and_it_goes_in_once(
    open_page: OpenPage, desk: Worker, tmp_path: Path
) -> None:
    watched = open_report(open_page, "report")
    page = watched.page
    page.locator("input[type=file]").set_input_files(photograph(tmp_path))
    expect(page.locator(".shots img")).to_have_count(1)
    page.get_by_role("radio", name="道路破损").check(force=True)
    words = "坑很深，离线提交"
    page.get_by_role("textbox", name="说说情况").fill(words)
    typed_is_kept(page, words)
    page.reload()
    expect(page.get_by_role("textbox", name="说说情况")).to_have_value(words)
    expect(page.locator(".shots img")).to_have_count(1)
    page.context.set_offline(True)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("1 件等待联网提交")).to_be_visible(timeout=30_000)
    assert desk.get("/cases", q=words)["items"] == []
    page.context.set_offline(False)
    expect(page.locator(".card--row")).to_contain_text("道路破损", timeout=45_000)
    assert len(desk.get("/cases", q=words)["items"]) == 1
    watched.complaints[:] = [said for said in watched.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


@pytest.fixture
def gateway(site: Site) -> Iterator[None]:
    """Somebody takes text messages here; nobody answers at his address, and nothing waits for that."""
    administrator = sign_in(site, Role.ADMINISTRATOR)
    administrator.client.put("/api/v1/webhook-hosts", json=["127.0.0.1"]).raise_for_status()
    hook = {"name": "sms", "url": "http://127.0.0.1:9/", "area": DISTRICT}
    made = administrator.post("/webhooks", **hook, source="notices", kinds=["resident_news"])
    yield
    administrator.client.delete(f"/api/v1/webhooks/{made['id']}").raise_for_status()


def test_a_service_is_ordered_and_a_visit_booked(open_page: OpenPage, desk: Worker, gateway: None) -> None:
    watched = open_report(open_page, "order")
    page = watched.page
    expect(page.get_by_text("怎么办理").first).to_be_visible()
    assert watched.violations() == []
    page.get_by_role("button", name="点这项服务").first.click()
    page.get_by_role("textbox", name="说说要办什么").fill("水龙头漏水")
    page.get_by_role("textbox", name="称呼").fill("王女士")
    page.get_by_role("textbox", name="电话").fill("13800000000")
    tell = page.get_by_role("checkbox", name="有进展时给我发短信")
    expect(tell).not_to_be_checked()
    tell.check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".keep__code")).to_be_visible(timeout=PUZZLE_MS)
    tracking = numbers_in(page)
    number = int(tracking.partition("-")[0])
    page.get_by_role("button", name="看进展").click()
    expect(tell).to_be_checked()
    tell.click()
    expect(tell).not_to_be_checked()
    expect(tell).to_be_enabled()
    page.reload()
    expect(page.locator("p.state")).to_be_visible()
    expect(tell).not_to_be_checked()
    assert watched.violations() == []
    (case,) = [one for one in desk.get("/cases", q=str(number))["items"] if one["number"] == number]
    assert case["kind"] == "order"
    assert desk.get(f"/cases/{case['id']}/contact")["phone"] == "13800000000"
    at_desk = open_page(f"/desk?case={case['id']}", session=desk.session).page
    at_desk.get_by_role("button", name="查看居民联系方式").click()
    expect(at_desk.get_by_text("13800000000")).to_be_visible()

    page.goto(f"{watched.url}/report#visit")
    slot = page.get_by_label("时段")
    expect(slot).to_be_visible()
    slot.select_option(index=1)
    expect(page.get_by_role("textbox", name="电话")).to_have_value("13800000000")
    assert watched.violations() == []
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".keep__code")).to_be_visible(timeout=PUZZLE_MS)


def test_a_place_is_typed_or_taken_from_the_map_where_the_phone_will_not_say(open_page: OpenPage) -> None:
    watched = open_report(open_page, "report", geolocation=None, permissions=[])
    page = watched.page
    expect(page.get_by_text("没有定位")).to_be_visible(timeout=30_000)
    page.get_by_role("combobox", name="街巷或小区名称").fill("街")
    page.get_by_role("option").first.click()
    expect(page.locator(".chosen")).to_contain_text("已选")
    page.get_by_role("button", name="在地图上选").click()
    page.wait_for_selector(".map__canvas[data-drawn=true]", timeout=60_000)
    assert watched.violations() == []
    page.get_by_role("button", name="就选这里").click()
    expect(page.locator(".chosen")).to_contain_text("地图上选的位置")


def test_large_type_fits_a_phone_and_is_kept(open_page: OpenPage) -> None:
    watched = open_report(open_page, theme="dark")
    page = watched.page
    page.get_by_role("button", name="大字版").click()
    page.goto(f"{watched.url}/report#report")
    page.reload()
    title = page.get_by_role("heading", level=1)
    assert title.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 28
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
    assert watched.violations() == []


def test_before_the_map_is_asked_for_little_is_loaded(open_page: OpenPage) -> None:
    loaded: dict[str, int] = {}
    watched = open_report(open_page, "home")
    page = watched.page
    page.on(
        "response",
        lambda answer: loaded.update(
            {urlsplit(answer.url).path: len(gzip.compress(answer.body()))}
            if urlsplit(answer.url).path.endswith(".js")
            else {}
        ),
    )
    page.goto(f"{watched.url}/report?again#report")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert loaded
    assert sum(loaded.values()) <= BEFORE_THE_MAP_KB * 1024
