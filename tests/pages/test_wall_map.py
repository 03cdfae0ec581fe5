"""The command centre's map on the real server: replay, drawing, layers and what is carried away."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import Worker, report, sign_in
from tests.pages.watched import WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

IN_TOWN = {"lon": 112.552, "lat": 37.868}
CLOSE_UP = "at=112.55300,37.86800,14.50"
CITY = timedelta(hours=8)


@pytest.fixture(scope="module")
def operator(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


def open_desk(open_page: OpenPage, operator: Worker, address: str, **how: Any) -> WatchedPage:
    """The desk with its lists loaded."""
    watched = open_page(address, session=operator.session, **how)
    expect(watched.page.locator(".queue__rows .skeleton")).to_have_count(0)
    return watched


def queue_of(page: Page, ours: list[int]) -> dict[str, str]:
    """What the queue says of these cases: the state beside each number."""
    told = {}
    for number in ours:
        row = page.locator(".case-row", has_text=f"#{number}")
        if row.count():
            mark = row.get_attribute("class") or ""
            told[f"#{number}"] = f"{mark} {row.locator('.case-row__state').inner_text()}"
    return told


def test_a_replay_shows_what_was_live(open_page: OpenPage, operator: Worker) -> None:
    marked = "回放核对"
    cases = [report(operator, **IN_TOWN, source="hotline", description=marked) for _ in range(3)]
    operator.post(f"/cases/{cases[1]['id']}/dismiss", reason="不属实")
    numbers = [case["number"] for case in cases]
    shown = f"q={marked}&show=all"
    page = open_desk(open_page, operator, f"/desk?{shown}").page
    expect(page.locator(".case-row")).to_have_count(3)
    live = queue_of(page, numbers)
    assert len(set(live.values())) > 1
    moment = datetime.now(UTC) + timedelta(seconds=1)
    page.wait_for_timeout(1100)

    operator.post(f"/cases/{cases[0]['id']}/dismiss", reason="重复")
    operator.post(f"/cases/{cases[2]['id']}/file")
    report(operator, **IN_TOWN, source="hotline", description=marked)
    expect(page.locator(".case-row")).to_have_count(4)
    assert queue_of(page, numbers) != live

    then = (moment + CITY).strftime("%Y-%m-%dT%H:%M:%S")
    past = open_desk(open_page, operator, f"/desk?{shown}&t={then}").page
    expect(past.locator(".replay-banner")).to_contain_text("回放")
    expect(past.locator(".case-row")).to_have_count(3)
    assert queue_of(past, numbers) == live

    past.keyboard.press("j")
    expect(past.locator(".case")).to_be_visible()
    expect(past.locator(".case__acts")).to_have_count(0)
    past.keyboard.press("l")
    expect(past.locator(".replay-banner")).to_have_count(0)
    expect(past.locator(".case-row")).to_have_count(4)
    assert "t=" not in past.url.replace("at=", "")


def test_a_replay_plays_and_leads_from_event_to_event(open_page: OpenPage, operator: Worker) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="事件跳转")
    page = open_desk(open_page, operator, "/desk").page
    page.keyboard.press("t")
    banner = page.locator(".replay-banner")
    expect(banner).to_be_visible()
    clock = page.locator(".replay__clock")
    began = clock.inner_text()
    page.get_by_label("速度").select_option("60")
    page.locator(".maplibregl-canvas").focus()  # as after a click on the map
    page.keyboard.press(" ")
    expect(clock).not_to_have_text(began)
    page.get_by_role("button", name="暂停", exact=True).click()
    page.get_by_role("button", name="事件", exact=True).click()
    events = page.locator(".replay__events .list")
    events.evaluate("list => list.scrollTo(0, list.scrollHeight)")  # only rows in view are there at all
    page.locator(".replay__event", has_text=f"#{case['number']}").first.click()
    expect(page.locator(".case__head")).to_contain_text(f"#{case['number']}")
    at = clock.inner_text()
    page.keyboard.press(",")
    page.keyboard.press(".")
    assert abs(_seconds(clock.inner_text()) - _seconds(at)) <= 1
    page.keyboard.press("t")
    expect(banner).to_have_count(0)


def _seconds(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def draw(page: Page, *places: tuple[float, float]) -> None:
    """Click these places, as shares of the map's width and height, and finish."""
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box
    for number, (x, y) in enumerate(places, start=1):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        expect(page.locator(".map-tools [role=status]")).to_contain_text(str(number))
    page.get_by_role("button", name="完成").click()


def test_roads_are_closed_by_drawing_and_opened_again(
    open_page: OpenPage, operator: Worker, site: Site
) -> None:
    theirs = open_desk(open_page, sign_in(site, Role.OPERATOR), f"/desk?{CLOSE_UP}").page
    theirs.locator(".wall-legend summary").click()
    theirs.get_by_role("button", name="列出：道路封闭").click()
    their_list = theirs.locator(".layer-list")
    expect(their_list).not_to_contain_text("水管抢修")
    page = open_desk(open_page, operator, f"/desk?{CLOSE_UP}").page
    page.get_by_role("button", name="封闭一片区域").click()
    draw(page, (0.45, 0.45), (0.55, 0.45), (0.55, 0.55))
    panel = page.locator(".draw-panel")
    expect(panel).to_contain_text("个路段")
    assert operator.get("/closures") == []
    panel.get_by_label("原因").fill("水管抢修")
    panel.get_by_role("button", name="立即封闭").click()
    expect(page.locator(".toast")).to_contain_text("已封闭")
    (standing,) = operator.get("/closures")
    assert standing["why"] == "水管抢修"
    assert standing["until"] is not None
    expect(their_list).to_contain_text("水管抢修")
    page.locator(".wall-legend summary").click()
    page.get_by_role("button", name="列出：道路封闭").click()
    listed = page.locator(".layer-list")
    expect(listed).to_contain_text("水管抢修")
    expect(listed).to_contain_text(standing["closed_by"])
    listed.get_by_role("button", name="解除封闭").click()
    expect(listed).not_to_contain_text("水管抢修")
    expect(their_list).not_to_contain_text("水管抢修")
    assert operator.get("/closures") == []


def test_an_area_is_counted_and_escape_lets_go(open_page: OpenPage, operator: Worker) -> None:
    report(operator, **IN_TOWN, source="hotline", description="计数")
    page = open_desk(open_page, operator, f"/desk?{CLOSE_UP}").page
    page.keyboard.press("c")
    draw(page, (0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
    panel = page.locator(".draw-panel")
    expect(panel.locator(".facts")).to_contain_text("户数")
    households = panel.locator("dt", has_text="户数").locator("xpath=following-sibling::dd[1]")
    assert int(households.inner_text().replace(",", "")) > 0
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_link_shows_a_colleague_the_same_picture(open_page: OpenPage, operator: Worker) -> None:
    page = open_desk(open_page, operator, f"/desk?{CLOSE_UP}").page
    page.locator(".wall-legend summary").click()
    page.get_by_role("checkbox", name="隐患").check()
    page.get_by_label("街路专班的不透明度").fill("40")
    page.get_by_role("checkbox", name="网格界").uncheck()
    page.wait_for_function("() => location.search.includes('opacity=streets:40')")
    link = page.url.removeprefix(page.evaluate("() => location.origin"))
    theirs = open_desk(open_page, operator, link).page
    theirs.locator(".wall-legend summary").click()
    expect(theirs.get_by_role("checkbox", name="隐患")).to_be_checked()
    expect(theirs.get_by_role("checkbox", name="网格界")).not_to_be_checked()
    expect(theirs.get_by_label("街路专班的不透明度")).to_have_value("40")
    assert CLOSE_UP.split(",")[0] in theirs.url


def test_a_hotspot_says_how_sure_it_is_and_what_it_is_made_of(open_page: OpenPage, operator: Worker) -> None:
    lon, lat = IN_TOWN["lon"], IN_TOWN["lat"]
    spread = [(lon - 1e-4 * (one % 6), lat - 1e-4 * (one // 6)) for one in range(30)]
    cases = [report(operator, lon=x, lat=y, source="hotline", description="成片占道") for x, y in spread]
    watched = open_desk(open_page, operator, f"/desk?layers=gi&at={lon},{lat},17.00")
    page = watched.page
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    card = page.locator(".wall__cards .card")
    # beside the marks, in the same grid
    page.mouse.click(box["x"] + box["width"] / 2 + 70, box["y"] + box["height"] / 2)
    expect(card).to_contain_text("热点")
    assert "card=spot" in page.url
    expect(card.locator(".spot-trend svg")).to_be_visible()
    assert watched.violations() == []
    card.get_by_role("button", name=f"#{cases[-1]['number']}").click()
    expect(page.locator(".case__head")).to_contain_text(f"#{cases[-1]['number']}")


def test_hotspots_by_grid_come_as_tiles_of_what_is_seen(open_page: OpenPage, operator: Worker) -> None:
    watched = open_page("/sign-in", map_drawn=False, session=operator.session)
    page = watched.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(lambda answer: "/hotspots/tiles/areas/" in answer.url) as tile:
        watched.open("/desk?layers=gi,streets")
    assert tile.value.ok
    assert not [url for url in asked if "/hotspots/areas" in url]
    page.locator(".wall-legend summary").click()
    with page.expect_response(lambda answer: "/hotspots/areas" in answer.url) as listed:
        page.get_by_role("button", name="列出：热点网格").click()
    assert listed.value.ok
    expect(page.locator(".layer-list")).to_be_visible()


def test_the_map_is_carried_away_and_printed(open_page: OpenPage, operator: Worker) -> None:
    page = open_desk(open_page, operator, f"/desk?{CLOSE_UP}").page
    with page.expect_download() as download:
        page.get_by_role("button", name="保存图片").click()
    picture = download.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture[place : place + 4]) for place in (16, 20))
    canvas = page.locator(".maplibregl-canvas").bounding_box()
    assert canvas
    assert width >= canvas["width"]
    assert height > canvas["height"] + 80
    assert "指挥中心" in download.value.suggested_filename
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.get_by_role("button", name="打印地图").click()
    page.wait_for_function("() => window.printed")
    expect(page.locator(".print-sheet")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator(".print-sheet")).to_be_visible()
    expect(page.locator(".wall__main")).to_be_hidden()
    paper = page.pdf(format="A4", landscape=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_queue_is_printed_whole(open_page: OpenPage, operator: Worker) -> None:
    marked = "打印清单"
    for _ in range(30):
        report(operator, **IN_TOWN, source="hotline", description=marked)
    page = open_desk(open_page, operator, f"/desk?q={marked}&show=all").page
    expect(page.locator(".case-row").first).to_be_visible()
    assert page.locator(".case-row").count() < 30, "a long list draws what is seen"
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".case-row")).to_have_count(30)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
    page.locator(".case-row__body").first.click()
    expect(page.locator(".history li").first).to_be_visible()
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    expect(page.locator(".wall__case")).to_have_css("position", "static")
    expect(page.locator(".case__acts")).to_be_hidden()


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_nobody_is_kept_out_of_map_and_replay(
    open_page: OpenPage, operator: Worker, language: str, theme: str
) -> None:
    report(operator, **IN_TOWN, source="hotline", description="无障碍检查")
    then = (datetime.now(UTC) + CITY - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    watched = open_desk(open_page, operator, f"/desk?t={then}", language=language, theme=theme)
    page = watched.page
    page.locator(".replay__controls .button").click()
    expect(page.locator(".replay__event").first).to_be_visible()
    assert watched.violations() == []
    page.keyboard.press("l")
    page.locator(".wall-legend summary").click()
    page.locator(".wall-legend .legend__row", has_text=re.compile("街路专班|Streets by")).get_by_role(
        "button"
    ).click()
    expect(page.locator(".layer-list tbody tr").first).to_be_visible()
    assert watched.violations() == []
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(".map-tools--drawing")).to_be_visible()
    assert watched.violations() == []
