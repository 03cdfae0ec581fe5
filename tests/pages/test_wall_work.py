"""Work at the desk on the real server: other operators' hands, choosing by hand, the batch, numbers, undo."""

import re
from uuid import UUID

import asyncpg
import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from api.store.database import asyncpg_url
from tests.aside import aside
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import Worker, report, sign_in
from tests.pages.test_wall import IN_TOWN, finder, open_desk, operator

pytestmark = [pytest.mark.browser, pytest.mark.postgis]
__all__ = ["finder", "operator"]


async def move_rosters(address: str, days: int) -> None:
    """Move everybody's duty by so many days: nobody is on shift until it is moved back."""
    driver = await asyncpg.connect(asyncpg_url(address).set(drivername="postgresql").render_as_string(False))
    await driver.execute(
        "UPDATE roster SET starts_at = starts_at + $1 * interval '1 day', "
        "ends_at = ends_at + $1 * interval '1 day'",
        days,
    )
    await driver.close()


@pytest.fixture
def waiting_case(site: Site, operator: Worker) -> dict[str, object]:
    """A filed case that nobody was found for, because everybody was off shift just then."""
    aside(move_rosters(site.settings.database_url, -4000))
    case = report(operator, **IN_TOWN, source="hotline", description="等待派人")
    operator.post(f"/cases/{case['id']}/file")
    aside(move_rosters(site.settings.database_url, 4000))
    found: dict[str, object] = operator.get(f"/cases/{case['id']}")
    assert found["state"] == "filed"
    return found


def test_operators_see_each_others_hands(open_page: OpenPage, site: Site, operator: Worker) -> None:
    case = report(operator, **IN_TOWN, source="hotline", description="两人同看")
    other = sign_in(site, Role.OPERATOR)
    mine = open_desk(open_page, operator, f"/desk?case={case['id']}")
    theirs = open_desk(open_page, other, f"/desk?case={case['id']}")
    for page in (mine, theirs):
        expect(page.locator(".case__hands")).to_contain_text("正在查看")
    mine.keyboard.press("h")
    expect(mine.locator(".case__hands")).to_contain_text("我已接手")
    expect(theirs.locator(".case__hands")).to_contain_text("已接手")
    # who takes it after the first takes it over
    theirs.keyboard.press("h")
    expect(theirs.locator(".case__hands")).to_contain_text("我已接手")
    expect(mine.locator(".toast").last).to_contain_text("接手")
    expect(mine.locator(".case__hands")).not_to_contain_text("我已接手")
    theirs.keyboard.press("f")
    expect(mine.locator(".case__hands")).to_contain_text("立案")


def test_another_responder_is_chosen_from_the_list_and_taken_back(
    open_page: OpenPage, operator: Worker, waiting_case: dict[str, object]
) -> None:
    page = open_desk(open_page, operator, f"/desk?case={waiting_case['id']}")
    page.get_by_text("全部可派人员").click()
    somebody = page.locator(".at-hand").first
    expect(somebody).to_contain_text(re.compile("手上 \\d+ 件"))
    name = somebody.locator("span").first.inner_text()
    somebody.get_by_role("button", name="派给他").click()
    expect(page.locator(".case__head")).to_contain_text("已派")
    expect(page.locator(".toast").last).to_contain_text(name)
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("已撤回")


def test_a_responder_is_dragged_onto_a_case(
    open_page: OpenPage, operator: Worker, waiting_case: dict[str, object]
) -> None:
    page = open_desk(open_page, operator, f"/desk?case={waiting_case['id']}")
    page.get_by_text("全部可派人员").click()
    row = page.locator(f"[data-case='{waiting_case['id']}']").first
    page.locator(".at-hand").first.drag_to(row)
    expect(page.locator(".toast").last).to_contain_text("等待接单")
    assert operator.get(f"/cases/{waiting_case['id']}")["state"] == "offered"


ZOOM = 15
PX_A_DEGREE = 512 * 2**ZOOM / 360


async def put_person(address: str, person: UUID, lon: float, lat: float) -> None:
    """Let somebody be seen at a place just now."""
    driver = await asyncpg.connect(asyncpg_url(address).set(drivername="postgresql").render_as_string(False))
    await driver.execute(
        "INSERT INTO position (district, person, at, received_at, lon, lat, accuracy_m) "
        "SELECT district, id, now(), now(), $2, $3, 5 FROM person WHERE id = $1 "
        "ON CONFLICT (district, person) DO UPDATE SET at = now(), received_at = now(), lon = $2, lat = $3",
        person,
        lon,
        lat,
    )
    await driver.close()


def test_somebody_on_the_map_is_dragged_onto_a_case_on_the_map(
    open_page: OpenPage, site: Site, operator: Worker, waiting_case: dict[str, object]
) -> None:
    somebody = operator.get(f"/cases/{waiting_case['id']}/at-hand")[0]
    lon, lat = (float(degrees) for degrees in waiting_case["at"])  # type: ignore[attr-defined]
    west_px = 150
    aside(put_person(site.settings.database_url, UUID(somebody["person"]), lon - west_px / PX_A_DEGREE, lat))
    # only this case is shown, in the middle of the map: what shares its place would fan out beside it
    shown = f"q=%23{waiting_case['number']}&at={lon:.5f},{lat:.5f},{ZOOM}"
    page = open_desk(open_page, operator, f"/desk?{shown}")
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(middle[0] - west_px, middle[1])
    expect(page.locator(".map-hint")).to_have_text(somebody["name"])
    page.mouse.down()
    page.mouse.move(middle[0] - 40, middle[1] + 20)
    expect(page.locator(".map--dropping")).to_have_count(1)
    page.mouse.move(*middle)
    page.mouse.up()
    expect(page.locator(".toast").last).to_contain_text(somebody["name"])
    assert operator.get(f"/cases/{waiting_case['id']}")["state"] == "offered"
    assert operator.get(f"/cases/{waiting_case['id']}")["holder"] == somebody["person"]
    expect(page.locator(".map--dropping")).to_have_count(0)


def test_the_plan_says_what_it_saves(
    open_page: OpenPage, operator: Worker, waiting_case: dict[str, object]
) -> None:
    watched = open_page("/desk", session=operator.session)
    page = watched.page
    page.get_by_role("button", name="统一派遣").click()
    saving = page.locator(".plan-panel__saving")
    told = operator.post("/plans/preview", area="")
    expect(saving.locator("tbody tr")).to_have_count(2)
    expect(saving.locator("tbody tr").last).to_contain_text("逐件派遣")
    assert told["toll"]["offers"] == len(told["offers"]) > 0
    assert watched.violations() == []


def test_a_likely_duplicate_is_seen_side_by_side_and_merged(open_page: OpenPage, operator: Worker) -> None:
    here = {"lon": IN_TOWN["lon"] + 0.004, "lat": IN_TOWN["lat"] + 0.002, "source": "hotline"}
    first = report(operator, **here, description="井盖翘起，先报的")
    again = report(operator, **here, description="井盖翘起，又报一次")
    watched = open_page(f"/desk?case={again['id']}", session=operator.session)
    page = watched.page
    expect(page.locator(".history li").first).to_be_visible()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".duplicate--this")).to_contain_text("又报一次")
    other = dialog.locator("label.duplicate", has_text="先报的")
    expect(other).to_be_visible()
    assert watched.violations() == []
    other.locator("input").check()
    dialog.get_by_role("button", name="合并重复").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".case__head")).to_contain_text("已合并")
    assert operator.get(f"/cases/{again['id']}")["merged_into"] == first["id"]


def test_the_numbers_lead_to_lists_and_rankings(open_page: OpenPage, operator: Worker) -> None:
    report(operator, **IN_TOWN, source="hotline", description="今日立案")
    watched = open_page("/desk", session=operator.session)
    page = watched.page
    page.locator("[data-kpi=filed] button").click()
    expect(page.locator("[data-kpi=filed] button")).to_have_attribute("aria-pressed", "true")
    assert "show=filed" in page.url
    page.keyboard.press("r")
    panel = page.locator(".numbers-panel")
    expect(panel.locator("table tbody tr, .empty").first).to_be_visible()
    expect(panel.locator(".sparkline").first).to_be_visible()
    for tab in ("专班", "街道（镇）", "部门"):
        panel.get_by_role("tab", name=tab).click()
        expect(panel.locator("table tbody tr, .empty").first).to_be_visible()
    panel.get_by_label("统计时段").select_option("month")
    expect(panel.locator("table tbody tr, .empty").first).to_be_visible()
    assert "numbers=department" in page.url
    assert watched.violations() == []
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_pause_is_taken_back_by_one_key(
    open_page: OpenPage, operator: Worker, waiting_case: dict[str, object]
) -> None:
    page = open_desk(open_page, operator, f"/desk?case={waiting_case['id']}")
    expect(page.locator(".case__acts")).to_be_visible()
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("说明").fill("等待天气好转")
    dialog.get_by_role("button", name="暂停计时").click()
    expect(page.locator(".case__due")).to_contain_text("暂停计时")
    expect(page.locator(".toast").last).to_contain_text("撤销")
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("已恢复计时")
    expect(page.locator(".case__due")).not_to_contain_text("暂停计时")


def test_a_call_for_help_is_heard_until_seen(
    open_page: OpenPage, site: Site, operator: Worker, finder: Worker
) -> None:
    page = open_desk(open_page, operator)
    case = report(finder, **IN_TOWN, description="需要支援", wish="hand_on")
    item = operator.get(f"/cases/{case['id']}")
    worker = sign_in(site, Role.GRID_WORKER, person=UUID(item["holder"]))
    worker.post(f"/tasks/{item['tasks'][-1]['id']}/accept")
    worker.post(f"/cases/{case['id']}/help", reason="一个人搬不动")
    expect(page.locator("[role=alert]")).to_contain_text("请求支援")
    page.reload()
    bell = page.locator(".alarms__bell")
    expect(bell).to_contain_text(re.compile("[1-9]"))
    bell.click()
    page.locator(".alarms__list li button", has_text="请求支援").first.click()
    expect(page.locator(".case__head")).to_contain_text(f"#{case['number']}")


def chosen_row_top(page: Page) -> float:
    """Where the chosen row is on the screen."""
    box = page.locator(".list__row--chosen").bounding_box()
    assert box is not None
    return box["y"]


def test_what_is_read_stays_where_it_is_while_news_come(open_page: OpenPage, operator: Worker) -> None:
    for number in range(14):
        report(operator, **IN_TOWN, source="hotline", description=f"列表{number}")
    page = open_desk(open_page, operator, "/desk?show=all")
    for _ in range(11):
        page.keyboard.press("j")
    scrolled = page.locator(".queue__rows .list")
    scrolled.evaluate("box => box.scrollTop = 180")
    expect(page.locator(".list__row--chosen")).to_have_count(1)
    before, picked = chosen_row_top(page), page.url
    shown = page.locator("[data-kpi=reported] .kpis__value")
    count = int(shown.inner_text().replace(",", ""))
    for number in range(3):
        report(operator, **IN_TOWN, source="hotline", category="E0104", description=f"新来{number}")
    expect(shown).to_have_text(str(count + 3))
    assert chosen_row_top(page) == pytest.approx(before, abs=1)
    assert page.url == picked
