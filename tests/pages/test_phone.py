"""The phone on the real server: a task from the offer to its end, and what is done where no network is."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.identity import Role
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import Worker, sign_in
from tests.pages.watched import WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

PHONE = (390, 844)
IN_TOWN = {"longitude": 112.552, "latitude": 37.868}


@pytest.fixture(scope="module")
def operator(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


@pytest.fixture(scope="module")
def walker(site: Site, operator: Worker) -> Worker:
    """A grid worker with a phone."""
    somebody = operator.get("/people", post="grid_worker", limit=1)["items"][0]
    return sign_in(site, Role.GRID_WORKER, person=UUID(somebody["id"]))


def open_phone(open_page: OpenPage, walker: Worker, **how: object) -> Page:
    """The phone's page with its lists loaded, standing in the old town."""
    return watched_phone(open_page, walker, **how).page


def watched_phone(open_page: OpenPage, walker: Worker, **how: object) -> WatchedPage:
    """The same, with what it complained of."""
    watched = open_page(
        "/street",
        size=PHONE,
        map_drawn=False,
        session=walker.session,
        geolocation=IN_TOWN,
        permissions=["geolocation"],
        **how,
    )
    expect(watched.page.locator(".shift")).to_be_visible()
    return watched


def report_by_taps(page: Page) -> None:
    """Category and done; the place is the phone's."""
    page.get_by_role("button", name="上报", exact=True).click()
    page.locator(".tile").first.click()
    send = page.get_by_role("button", name="上报派单")
    expect(send).to_be_enabled()
    send.click()
    expect(page.locator(".finding")).to_have_count(0)


def reported_by(walker: Worker, operator: Worker) -> list[str]:
    person = walker.get("/session")["person"]
    return [one["id"] for one in operator.get("/cases", reporter=person, limit=100)["items"]]


def test_a_finding_takes_few_taps_and_becomes_a_case(
    open_page: OpenPage, walker: Worker, operator: Worker
) -> None:
    before = reported_by(walker, operator)
    page = open_phone(open_page, walker)
    report_by_taps(page)
    expect(page.locator(".toast")).to_contain_text("已提交")
    assert len(reported_by(walker, operator)) == len(before) + 1


def test_a_shift_begins_and_ends_and_the_phone_says_so(open_page: OpenPage, walker: Worker) -> None:
    page = open_phone(open_page, walker)
    shift = page.locator(".shift")
    if "不在岗" in shift.inner_text():
        shift.get_by_role("button", name="上岗").click()
    expect(shift).to_have_class(re.compile("shift--on"))
    expect(shift).to_contain_text("在岗期间上传位置")
    shift.get_by_role("button", name="下岗").click()
    expect(shift).to_contain_text("不在岗")


def test_what_is_done_without_a_network_waits_in_order_and_arrives_once(
    open_page: OpenPage, walker: Worker, operator: Worker
) -> None:
    before = set(reported_by(walker, operator))
    watched = watched_phone(open_page, walker)
    page = watched.page
    offline(page.context, True)
    for _ in range(3):
        report_by_taps(page)
        expect(page.locator(".queue, .toast").first).to_be_visible()
    page.get_by_role("button", name="待传").click()
    expect(page.locator(".queue li")).to_have_count(3)
    assert set(reported_by(walker, operator)) == before
    offline(page.context, False)
    expect(page.get_by_text("全部已上传")).to_be_visible(timeout=30_000)
    assert len(set(reported_by(walker, operator)) - before) == 3
    # The browser itself says that there was no network; that is what was asked of it.
    watched.complaints[:] = [said for said in watched.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


def offline(context: BrowserContext, out: bool) -> None:
    """Cut the network, or mend it."""
    context.set_offline(out)


def test_the_words_are_english_when_asked(open_page: OpenPage, walker: Worker) -> None:
    page = open_phone(open_page, walker, language="en")
    expect(page.get_by_role("button", name="Report")).to_be_visible()
    assert not re.search("[一-鿿]", page.locator(".phone__tabs").inner_text())
