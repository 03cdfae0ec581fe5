"""The label of a drill on every page, and its switch for those who may use it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.identity import Role
from api.routes.pages import PAGES
from api.store import drill
from api.store.database import driver_transaction, open_engine
from tests.aside import aside
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import DISTRICT, report, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

FULL_HEIGHT = {"/", "/desk", "/wall", "/plan", "/sign-in"}


async def _set(site: Site, playing: bool) -> None:
    engine = open_engine(site.settings.database_url, pool_size=1)
    async with driver_transaction(engine) as driver:
        await drill.switch_drill(driver, DISTRICT, on=playing, by="tests")
        await driver.execute(
            "UPDATE drill SET playing = $1, alive_until = CASE WHEN $1 THEN now() + interval '1 hour' END",
            playing,
        )
        if not playing:
            await driver.execute("DELETE FROM drill")
    await engine.dispose()


def set_playing(site: Site, playing: bool) -> None:
    """Say in the store what a process says that plays, or that there is none."""
    aside(_set(site, playing))


@pytest.fixture
def playing(site: Site) -> Iterator[None]:
    set_playing(site, True)
    yield
    set_playing(site, False)


def test_every_page_says_that_it_is_a_simulation(open_page: OpenPage, playing: None) -> None:
    watched = open_page("/", map_drawn=False)
    for address in PAGES:
        page = watched.open(address, map_drawn=False).page
        strip = page.locator(".simulation--on")
        expect(strip).to_contain_text("SIMULATION")
        expect(strip.get_by_role("button")).to_have_count(0)
        if address in FULL_HEIGHT:  # the strip pushes nothing out of it, once it stands
            page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")


def test_no_page_says_so_when_nothing_is_played(open_page: OpenPage, site: Site) -> None:
    operator = sign_in(site, Role.OPERATOR)
    page = open_page("/desk", session=operator.session).page
    expect(page.locator(".simulation")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_an_operator_stops_the_drill_and_clears_what_it_left(
    open_page: OpenPage, site: Site, playing: None, language: str
) -> None:
    operator = sign_in(site, Role.OPERATOR)
    case = report(operator, lon=112.552, lat=37.868)
    mark(site, case["id"])
    watched = open_page("/desk", session=operator.session, language=language)
    page = watched.page
    strip = page.locator(".simulation")
    expect(strip).to_contain_text("SIMULATION")
    assert watched.violations() == []
    strip.get_by_role("button", name="停止演练" if language == "zh" else "Stop the drill").click()
    expect(strip).to_contain_text("演练已停止" if language == "zh" else "The drill is off")
    strip.get_by_role("button", name="清除演练案件" if language == "zh" else "Clear its cases").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1")
    assert watched.violations() == []
    dialog.get_by_role("button", name="清除演练案件" if language == "zh" else "Clear its cases").click()
    expect(page.locator(".toast").last).to_contain_text("1")
    assert operator.client.get(f"/api/v1/cases/{case['id']}").status_code == 404
    rest(site)
    strip.get_by_role("button", name="开始演练" if language == "zh" else "Start the drill").click()
    expect(strip).to_contain_text("演练即将开始" if language == "zh" else "The drill is about to begin")


def rest(site: Site) -> None:
    """Say in the store what a process says that is there and plays nothing."""

    async def run() -> None:
        engine = open_engine(site.settings.database_url, pool_size=1)
        async with driver_transaction(engine) as driver:
            await driver.execute("UPDATE drill SET playing = false")
        await engine.dispose()

    aside(run())


def mark(site: Site, case: str) -> None:
    """Mark a case as the drill's, as its own accounts' reports are."""

    async def run() -> None:
        engine = open_engine(site.settings.database_url, pool_size=1)
        async with driver_transaction(engine) as driver:
            await driver.execute("UPDATE cases SET drill = true WHERE id = $1::uuid", case)
            await driver.execute("UPDATE finding SET drill = true WHERE case_id = $1::uuid", case)
        await engine.dispose()

    aside(run())
