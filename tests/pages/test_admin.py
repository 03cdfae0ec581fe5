"""The administrators' page on the real server: everything that is kept there can be seen and changed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from api.identity import Role
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import Worker, report, sign_in
from tests.pages.watched import WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


@pytest.fixture(scope="module")
def keeper(site: Site) -> Worker:
    """Whoever keeps the district's people and accounts."""
    return sign_in(site, Role.ADMINISTRATOR)


Open = Callable[..., WatchedPage]


@pytest.fixture
def admin(open_page: OpenPage, keeper: Worker) -> Open:
    """Open the page, in a tab of it."""

    def open_(tab: str, **how: object) -> WatchedPage:
        watched = open_page("/admin", map_drawn=False, session=keeper.session, **how)
        watched.page.get_by_role("tab", name=tab, exact=True).click()
        return watched

    return open_


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_every_tab_shows_its_list_in_both_languages_and_keeps_nobody_out(admin: Open) -> None:
    for language, first in (("zh", "人员"), ("en", "People")):
        watched = admin(first, language=language)
        page = watched.page
        for tab in page.get_by_role("tab").all():
            tab.click()
            expect(page.locator(".skeleton")).to_have_count(0)
            expect(page.locator("main table, main .empty").first).to_be_visible()
            if language == "zh":
                assert watched.violations() == [], tab.inner_text()
        if language == "en":
            assert not re.search("[一-鿿]", " ".join(page.get_by_role("tab").all_inner_texts()))


def test_somebody_is_added_changed_and_taken_out_of_dispatch(admin: Open, keeper: Worker) -> None:
    watched = admin("人员")
    page = watched.page
    page.get_by_role("button", name="添加人员").click()
    form = dialog(page)
    form.get_by_label("姓名", exact=True).fill("测试员甲")
    form.get_by_label("岗位").select_option("grid_worker")
    form.get_by_label("辖区代码").fill("990101")
    assert watched.violations() == []
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    search = page.get_by_label("姓名或账号")
    search.fill("测试员甲")
    search.press("Enter")
    row = page.get_by_role("row").filter(has_text="测试员甲")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="修改").click()
    dialog(page).get_by_label("辖区代码").fill("99")
    dialog(page).get_by_role("button", name="保存").click()
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    dialog(page).get_by_label("辖区代码").fill("990101")
    dialog(page).get_by_label("最多同时办理").fill("7")
    dialog(page).get_by_role("button", name="保存").click()
    expect(row).to_contain_text("0 / 7")
    row.get_by_role("button", name="停派").click()
    expect(row.get_by_role("button", name="恢复派单")).to_be_visible()
    (person,) = keeper.get("/people", q="测试员甲")["items"]
    assert (person["capacity"], person["active"]) == (7, False)
    watched.complaints[:] = [said for said in watched.complaints if "422" not in said]


def test_somebody_is_put_on_the_roster_of_a_day(admin: Open, keeper: Worker) -> None:
    person = keeper.get("/people", post="grid_worker", active=True, limit=1)["items"][0]
    page = admin("排班").page
    day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    page.get_by_label("日期").fill(day)
    expect(page.get_by_text("暂无记录")).to_be_visible()
    page.get_by_role("button", name="添加排班").click()
    form = dialog(page)
    form.get_by_role("combobox", name="姓名或电话").fill(person["name"])
    form.get_by_role("option").first.click()
    form.get_by_role("button", name="保存").click()
    row = page.get_by_role("row").filter(has_text="网格员")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="删除").click()
    expect(page.get_by_text("暂无记录")).to_be_visible()


def test_a_task_force_gets_another_chief(admin: Open, keeper: Worker) -> None:
    force = keeper.get("/task-forces", limit=1)["items"][0]
    page = admin("专班").page
    page.get_by_role("row").nth(1).get_by_role("button", name="修改").click()
    members = dialog(page).locator(".admin__members li")
    expect(members.first).to_be_visible()
    members.last.get_by_role("radio").check()
    dialog(page).get_by_role("button", name="保存").click()
    expect(dialog(page)).to_have_count(0)
    after = next(one for one in keeper.get("/task-forces", limit=1)["items"] if one["id"] == force["id"])
    assert after["chief"] != force["chief"]


def test_a_centre_is_added_and_taken_away(admin: Open, keeper: Worker) -> None:
    page = admin("服务中心").page
    page.get_by_role("button", name="添加服务中心").click()
    form = dialog(page)
    form.get_by_label("编号").fill("test-centre")
    form.get_by_label("名称", exact=True).fill("测试站")
    form.get_by_label("坐标").fill("112.5523, 37.8684")
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    row = page.get_by_role("row").filter(has_text="test-centre")
    row.get_by_role("button", name="删除").click()
    dialog(page).get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)
    assert "test-centre" not in {one["id"] for one in keeper.get("/centres")["items"]}


def test_a_street_is_closed_by_its_name_and_opened_again(admin: Open, keeper: Worker) -> None:
    street = keeper.get("/streets", limit=1)["items"][0]
    watched = admin("封路")
    page = watched.page
    page.get_by_role("button", name="封闭一条街巷").click()
    dialog(page).get_by_role("combobox", name="街巷名称").fill(street["name"])
    dialog(page).get_by_role("option").first.click()
    expect(dialog(page).get_by_text("将封闭")).to_be_visible()
    dialog(page).get_by_label("原因").fill("测试抢修")
    assert watched.violations() == []
    dialog(page).get_by_role("button", name="立即封闭").click()
    row = page.get_by_role("row").filter(has_text="测试抢修")
    row.get_by_role("button", name="解除").click()
    expect(row).to_have_count(0)
    page.get_by_label("显示已解除的").check()
    expect(row).to_contain_text("已解除")


def test_an_account_is_made_with_a_link_and_loses_its_role(admin: Open, keeper: Worker) -> None:
    watched = admin("账号")
    page = watched.page
    page.get_by_role("button", name="新建账号").click()
    dialog(page).get_by_label("账号").fill("ceshi-zuoxi")
    dialog(page).get_by_label("姓名", exact=True).fill("测试坐席")
    dialog(page).get_by_role("button", name="添加角色").click()
    assert watched.violations() == []
    dialog(page).get_by_role("button", name="保存").click()
    expect(dialog(page).get_by_text("/sign-in#link=")).to_be_visible()
    dialog(page).get_by_role("button", name="关闭").click()
    search = page.get_by_label("姓名或账号")
    search.fill("ceshi-zuoxi")
    search.press("Enter")
    row = page.get_by_role("row").filter(has_text="ceshi-zuoxi")
    expect(row).to_contain_text("坐席员 990101")
    row.get_by_role("button", name="修改").click()
    dialog(page).get_by_role("button", name=re.compile("删除 坐席员")).click()
    dialog(page).get_by_role("button", name="保存").click()
    expect(dialog(page)).to_have_count(0)
    expect(row).not_to_contain_text("坐席员")
    (account,) = keeper.get("/accounts", q="ceshi-zuoxi")["items"]
    assert account["grants"] == []
    page.get_by_role("tab", name="操作记录").click()
    page.get_by_label("显示").select_option("account.")
    expect(page.get_by_role("row").filter(has_text="account.grants").first).to_be_visible()


def test_another_system_is_told_and_what_it_did_not_take_is_seen(
    admin: Open, keeper: Worker, site: Site
) -> None:
    watched = admin("消息推送")
    page = watched.page
    expect(page.get_by_text("还没有其他系统在接收消息")).to_be_visible()
    expect(page.get_by_text("没有，只能调用外网地址")).to_be_visible()
    page.get_by_role("button", name="添加接收系统").click()
    form = dialog(page)
    form.get_by_label("名称").fill("市级平台")
    form.get_by_label("接收地址").fill("http://127.0.0.1:9/yilu")
    form.get_by_text("已立案", exact=True).click()
    assert watched.violations() == []
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_contain_text("不能调用该地址")
    form.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="修改").click()
    dialog(page).get_by_role("textbox").fill("127.0.0.1")
    dialog(page).get_by_role("button", name="保存").click()
    expect(page.get_by_text("127.0.0.1", exact=True)).to_be_visible()
    page.get_by_role("button", name="添加接收系统").click()
    form.get_by_label("名称").fill("市级平台")
    form.get_by_label("接收地址").fill("http://127.0.0.1:9/yilu")
    form.get_by_role("checkbox", name="巡查发现").check()
    form.get_by_role("button", name="保存").click()
    expect(dialog(page).locator(".admin__link")).to_contain_text("whsec_")
    dialog(page).get_by_role("button", name="关闭").click()
    row = page.get_by_role("row").filter(has_text="市级平台")
    expect(row).to_contain_text("案件的变化 · 巡查发现")
    row.get_by_role("button", name="待送消息").click()
    expect(dialog(page)).to_contain_text("没有待送的消息")
    report(sign_in(site, Role.OPERATOR), lon=112.5523, lat=37.8684)
    expect(dialog(page).get_by_role("row").filter(has_text="yilu.case.").first).to_be_visible()
    dialog(page).get_by_role("button", name="重送已放弃的").click()
    expect(page.get_by_text("没有已放弃的消息")).to_be_visible()
    assert watched.violations() == []
    dialog(page).get_by_role("button", name="关闭").click()
    row.get_by_role("button", name="停止告知").click()
    expect(row).to_contain_text("已停止")
    row.get_by_role("button", name="删除").click()
    dialog(page).get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)
    assert keeper.get("/webhooks") == []
    watched.complaints[:] = [said for said in watched.complaints if "422" not in said]
