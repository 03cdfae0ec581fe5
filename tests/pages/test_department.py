"""A department that was called: reported in by place, done with evidence, and how it was rated."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.identity import Role
from tests.api.pictures import picture
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import Worker, report, sign_in
from tests.pages.watched import WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

IN_TOWN = {"lon": 112.552, "lat": 37.868}
THERE = {"longitude": IN_TOWN["lon"], "latitude": IN_TOWN["lat"], "accuracy": 6}
FAR = {"longitude": IN_TOWN["lon"], "latitude": IN_TOWN["lat"] + 0.01, "accuracy": 6}


@pytest.fixture(scope="module")
def operator(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


def called(operator: Worker, department: str, description: str) -> Any:
    """A case from which that department is called."""
    case = report(operator, **IN_TOWN, description=description)
    operator.post(f"/cases/{case['id']}/whistle", departments=[department], reason="请到场处置")
    return case


def open_calls(
    open_page: OpenPage, site: Site, department: str, place: dict[str, float], **how: Any
) -> WatchedPage:
    contact = sign_in(site, Role.DEPARTMENT_CONTACT, department=department)
    watched = open_page(
        "/department",
        map_drawn=False,
        session=contact.session,
        geolocation=place,
        permissions=["geolocation"],
        **how,
    )
    expect(watched.page.locator(".call").first).to_be_visible()
    return watched


def card_of(page: Page, case: Any) -> Any:
    return page.locator(".call", has_text=f"#{case['number']}")


def test_who_is_there_reports_in_by_place_and_ends_with_evidence(
    open_page: OpenPage, site: Site, operator: Worker, tmp_path: Path
) -> None:
    case = called(operator, "urban_management", "占道经营反复")
    watched = open_calls(open_page, site, "urban_management", THERE, size=(390, 844))
    card = card_of(watched.page, case)
    expect(card).to_contain_text("占道经营反复")
    expect(card).to_contain_text(re.compile("还有 .*报到"))
    expect(card).to_contain_text("吹哨")
    assert watched.violations() == []
    card.get_by_role("button", name="用手机定位").click()
    card.get_by_role("button", name="我们已在现场").click()
    expect(card).to_contain_text("已到场")
    card.get_by_role("button", name="查看案件经过").click()
    expect(card.locator(".call__history")).to_contain_text("请到场处置")
    shot = tmp_path / "done.jpg"
    shot.write_bytes(picture())
    card.locator("input[type=file]").set_input_files([shot])
    expect(card.locator(".shots__one")).to_have_count(1)
    card.get_by_role("textbox").fill("已清理完毕")
    assert watched.violations() == []
    card.get_by_role("button", name="处置完成").click()
    expect(card).to_have_count(0)
    told = operator.get(f"/cases/{case['id']}")
    (call,) = told["whistles"][0]["calls"]
    assert call["standing"] == "done"
    assert len(told["photographs"]) == 1
    arrived = next(one for one in told["history"] if one["action"] == "whistle_arrive")
    assert arrived["details"]["away_m"] < 50
    operator.post(f"/whistles/{told['whistles'][0]['id']}/rate", department="urban_management", score=5)
    watched.page.reload()
    watched.page.get_by_role("tab", name=re.compile("往期")).click()
    past = card_of(watched.page, case)
    expect(past).to_contain_text("5 分")
    expect(past).to_contain_text("按时报到")
    expect(watched.page.locator("main")).to_contain_text("街道平均评分 5.0（1 次）")
    assert watched.violations() == []


def test_from_afar_it_takes_a_reason_and_release_can_be_asked_for(
    open_page: OpenPage, site: Site, operator: Worker
) -> None:
    case = called(operator, "market_regulation", "a stall without a licence")
    watched = open_calls(open_page, site, "market_regulation", FAR, language="en", theme="dark")
    card = card_of(watched.page, case)
    card.get_by_role("button", name="Use my position").click()
    expect(card).to_contain_text("from the place")
    card.get_by_role("button", name="Report in", exact=True).click()
    expect(card).to_contain_text("Reported in")
    card.get_by_role("button", name="Ask to be released").click()
    card.get_by_role("textbox").fill("The stall has a licence")
    assert watched.violations() == []
    card.get_by_role("button", name="Ask to be released").click()
    expect(watched.page.locator(".toast").last).to_contain_text("Release asked for")
    told = operator.get(f"/cases/{case['id']}")
    assert told["history"][-1]["action"] == "ask_for_release"
    assert told["history"][-1]["reason"] == "The stall has a licence"
    # what others called for in Chinese stands in cards of theirs; the page's own words are English
    for words in (card.inner_text(), *watched.page.locator("main h1, main [role=tab]").all_inner_texts()):
        assert not re.search("[一-鿿]", words), words
