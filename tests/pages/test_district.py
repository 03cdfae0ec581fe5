"""The district page as people use it: by eye, by mouse, by keyboard, in both languages, in light and dark."""

import re
from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.pages.chromium import in_looks
from tests.pages.conftest import OpenPage
from tests.pages.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

OLD_TOWN = "at=112.5515,37.8700,15"


def test_headers_forbid_all_but_our_own(site: Site) -> None:
    policy = httpx.get(site.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_holds_no_inline_script_or_style(site: Site) -> None:
    html = httpx.get(site.url).text
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", html)
    assert "<style" not in html
    assert not re.search(r"\s(style|on\w+)=", html)


def test_the_district_is_drawn_and_named(open_page: OpenPage) -> None:
    page = open_page("/").page
    expect(page.locator(".bar__name")).to_contain_text("一路示例区")
    expect(page.locator(".bar")).to_contain_text("合成样例")
    assert page.title() == "一路示例区（虚构） · 一路"
    assert painted_colours(page) > 20, "the map is blank"


def painted_colours(page: Page) -> int:
    """How many colours the map shows: a map that was not drawn has one."""
    picture = Image.open(BytesIO(page.locator(".maplibregl-canvas").screenshot()))
    return len(picture.convert("RGB").resize((128, 128)).getcolors(128 * 128) or [])


def test_levels_are_walked_down_to_the_grid_and_up_again(open_page: OpenPage) -> None:
    page = open_page("/").page
    rows = page.locator(".list__row")
    expect(rows).to_have_count(7)
    inside = page.get_by_role("button", name=re.compile("^查看下级"))
    inside.first.click()
    expect(page.locator(".district__up")).to_contain_text("990101001")
    inside.first.click()
    expect(page.locator(".district__up")).to_contain_text("990101001001")
    expect(page.get_by_role("button", name=re.compile("^查看下级"))).to_have_count(0)
    rows.first.get_by_role("button").click()
    expect(page.locator(".card")).to_contain_text("网格长")
    page.get_by_role("button", name="上一级").click()
    page.get_by_role("button", name="上一级").click()
    expect(rows).to_have_count(7)


def test_search_by_name_is_all_keyboard(open_page: OpenPage) -> None:
    page = open_page("/").page
    street = httpx.get(f"{open_page_url(page)}/api/v1/streets").json()["items"][4]
    page.keyboard.press("/")
    page.keyboard.type(street["name"])
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    card = page.locator(".card")
    expect(card.locator("h2")).to_have_text(street["name"])
    expect(card).to_contain_text("街巷长")
    expect(card).to_contain_text("路域面积")
    assert f"open=street:{street['id']}" in page.url
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def open_page_url(page: Page) -> str:
    """The server that the page is from."""
    return str(page.evaluate("() => location.origin"))


@pytest.mark.slow
def test_search_by_code_finds_the_grid(open_page: OpenPage) -> None:
    page = open_page("/").page
    page.locator("#search").fill("990101003001001")
    expect(page.get_by_role("option").first).to_contain_text("990101003001001")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_contain_text("990101003001001")
    expect(page.locator(".card")).to_contain_text("户数")


def test_what_is_not_found_is_said(open_page: OpenPage) -> None:
    page = open_page("/").page
    page.locator("#search").fill("没有这个地方")
    expect(page.get_by_text("没有找到“没有这个地方”")).to_be_visible()


def test_a_street_card_names_its_task_force(open_page: OpenPage) -> None:
    page = open_page("/?open=street:S05", language="en").page
    card = page.locator(".card")
    expect(card.locator(".members li").first).to_be_visible()
    expect(card).to_contain_text("Street chief")
    expect(card).to_contain_text(re.compile(r"\d+ of \d+ on shift"))
    expect(card).to_contain_text(re.compile(r"Area of the street[\d.,]+ (m²|ha)"))


def test_the_map_answers_to_hover_and_click(open_page: OpenPage) -> None:
    page = open_page(f"/?{OLD_TOWN}").page
    canvas = page.locator(".maplibregl-canvas")
    canvas.hover(position={"x": 520, "y": 300})
    expect(page.locator(".map-hint")).to_be_visible()
    canvas.click(position={"x": 520, "y": 300})
    name = page.locator(".map-hint").inner_text()
    expect(page.locator(".card h2")).to_have_text(name)


def test_the_map_can_be_used_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page(f"/?{OLD_TOWN}").page
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_be_visible()
    before = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(before) => location.href !== before", arg=before)


def test_layers_are_switched_and_kept_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/").page
    page.get_by_role("checkbox", name="服务中心").uncheck()
    page.wait_for_function("() => location.search.includes('layers=')")
    assert "centres" not in page.url
    page.reload()
    page.wait_for_selector(".map__canvas[data-drawn=true]")
    expect(page.get_by_role("checkbox", name="服务中心")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="网格界")).to_be_checked()


def test_language_and_theme_switch_in_place_and_are_remembered(open_page: OpenPage) -> None:
    page = open_page("/?open=street:S05").page
    page.keyboard.press("L")
    expect(page.locator(".bar__name")).to_contain_text("Yilu Sample District")
    expect(page.locator(".card")).to_contain_text("Street chief")
    assert page.locator("html").get_attribute("lang") == "en"
    page.keyboard.press("D")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(
        "() => [localStorage.getItem('yilu.language'), localStorage.getItem('yilu.theme')]"
    ) == [
        "en",
        "dark",
    ]


def test_the_keys_are_listed(open_page: OpenPage) -> None:
    page = open_page("/").page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("键盘快捷键")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("tab", name="街路")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".list__row").first).to_be_visible()


@pytest.mark.slow
def test_a_link_shows_a_colleague_the_same(open_page: OpenPage) -> None:
    first = open_page(f"/?{OLD_TOWN}&list=centres&layers=streets,centres").page
    second = open_page(first.url.removeprefix(open_page_url(first))).page
    expect(second.get_by_role("tab", name="服务中心")).to_have_attribute("aria-selected", "true")
    expect(second.get_by_role("checkbox", name="建筑")).not_to_be_checked()
    assert first.locator(".map-scale").inner_text() == second.locator(".map-scale").inner_text()


def test_an_unreachable_server_is_said_and_tried_again(open_page: OpenPage) -> None:
    watched = open_page("/")
    page = watched.page
    page.context.set_offline(True)
    page.get_by_role("tab", name="街路").click()
    expect(page.get_by_text("连接不上服务器")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".list__row").first).to_be_visible()
    # the browser itself notes the lost connection
    watched.complaints[:] = [c for c in watched.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def test_a_wrong_code_is_answered_in_words(open_page: OpenPage) -> None:
    watched = open_page("/?open=area:12345")
    expect(watched.page.get_by_role("alert")).to_contain_text("区域代码有误")
    watched.complaints[:] = [c for c in watched.complaints if "422" not in c]


@pytest.mark.parametrize(("size", "language", "theme"), in_looks((1920, 1080), (1366, 768), (390, 844)))
def test_nobody_is_kept_out(open_page: OpenPage, size: tuple[int, int], language: str, theme: str) -> None:
    watched = open_page("/?open=street:S05&list=streets", size=size, language=language, theme=theme)
    expect(watched.page.locator(".members li").first).to_be_visible()
    assert watched.violations() == []
    overflow = watched.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, "the page is wider than the window"


def test_nobody_is_kept_out_of_search_and_keys(open_page: OpenPage) -> None:
    watched = open_page("/")
    watched.page.locator("#search").fill("凤")
    expect(watched.page.get_by_role("option").first).to_be_visible()
    assert watched.violations() == []
    watched.page.locator("#search").blur()
    watched.page.keyboard.press("?")
    expect(watched.page.get_by_role("dialog")).to_be_visible()
    assert watched.violations() == []


def test_nobody_is_kept_out_of_an_error(open_page: OpenPage) -> None:
    watched = open_page("/?open=area:12345")
    expect(watched.page.get_by_role("alert")).to_be_visible()
    watched.complaints[:] = [c for c in watched.complaints if "422" not in c]
    assert watched.violations() == []
