"""The sign-in page: an authenticator is set up there, and an outside provider signs people in."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.credentials import CODE_PERIOD_S, code_at
from api.identity import Grant, Role
from api.ids import new_id
from api.oidc import Provider
from api.store.accounts import create_account, set_grants, set_second_factor_roles
from api.store.database import open_engine, transaction
from tests.api.a_provider import CLIENT, SECRET, SmallProvider, a_provider
from tests.aside import aside
from tests.pages.chromium import IN_TURN
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import DISTRICT, mint_link

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


@pytest.fixture
def provider(site: Site) -> Iterator[SmallProvider]:
    """The site with a provider to sign in by."""
    with a_provider() as provider:
        site.app.state.provider = Provider(provider.issuer, CLIENT, SECRET, "政务通")
        yield provider
        site.app.state.provider = None


async def choose_second_factor(site: Site, *roles: Role) -> None:
    engine = open_engine(site.settings.database_url)
    try:
        async with transaction(engine) as connection:
            await set_second_factor_roles(connection, DISTRICT, roles)
    finally:
        await engine.dispose()


async def make_planner(site: Site, subject: str) -> None:
    engine = open_engine(site.settings.database_url)
    try:
        async with transaction(engine) as connection:
            account = new_id()
            await create_account(
                connection,
                DISTRICT,
                account,
                name=f"planner-{account.hex[-6:]}",
                display_name="规划员",
                created_by="tests",
                outside_subject=subject,
            )
            await set_grants(connection, DISTRICT, account, [Grant(Role.PLANNER, DISTRICT)], "tests")
    finally:
        await engine.dispose()


@pytest.mark.parametrize(("language", "theme"), IN_TURN)
def test_who_needs_a_second_factor_sets_it_up_on_the_page(
    site: Site, open_page: OpenPage, language: str, theme: str
) -> None:
    aside(choose_second_factor(site, Role.AUDITOR))
    try:
        link = mint_link(site, Role.AUDITOR)
        watched = open_page(
            f"/sign-in#link={link}", size=(390, 844), map_drawn=False, language=language, theme=theme
        )
        page = watched.page
        page.get_by_role("button", name="绑定验证器" if language == "zh" else "Set one up").click()
        key = page.locator(".sign-in__key").inner_text().replace(" ", "")
        assert watched.violations() == []
        page.locator("input[name=code]").fill(code_at(key, int(time.time() // CODE_PERIOD_S)))
        page.get_by_role("button", name="确认" if language == "zh" else "Confirm").click()
        page.wait_for_url("**/admin")
    finally:
        aside(choose_second_factor(site))


def test_an_outside_provider_leads_to_the_page_that_was_asked_for(
    site: Site, open_page: OpenPage, provider: SmallProvider
) -> None:
    watched = open_page("/sign-in?next=%2Fplan", map_drawn=False)
    page = watched.page
    page.get_by_role("link", name="用政务通登录").click()
    page.wait_for_url("**/sign-in")
    expect(page.get_by_role("alert")).to_contain_text(f"{provider.issuer}|worker-7")
    assert watched.violations() == []
    aside(make_planner(site, f"{provider.issuer}|worker-7"))
    page.goto(f"{site.url}/sign-in?next=%2Fplan")
    page.get_by_role("link", name="用政务通登录").click()
    page.wait_for_url("**/plan")
    assert {address.startswith(provider.issuer) for address in watched.outside} == {True}
    watched.outside.clear()
