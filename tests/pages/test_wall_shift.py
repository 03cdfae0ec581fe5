"""In mid-shift the server goes down and comes back: the desk keeps what it shows and catches up."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from api.guards import SESSION_COOKIE
from api.identity import Role
from tests import databases
from tests.pages.site import served_sample
from tests.pages.staff import report, sign_in
from tests.pages.test_wall import IN_TOWN

pytestmark = [pytest.mark.browser, pytest.mark.postgis, pytest.mark.slow]


def test_the_desk_lives_through_a_restart_of_the_server(
    database_server: Callable[[str], str], sample_template: str, tmp_path: Path, chromium: Browser
) -> None:
    with (
        databases.copied(database_server, sample_template) as address,
        chromium.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce") as context,
    ):
        with served_sample(address, tmp_path) as first:
            someone = sign_in(first, Role.OPERATOR)
            context.add_cookies([{"name": SESSION_COOKIE, "value": someone.session, "url": first.url}])
            page = context.new_page()
            page.goto(f"{first.url}/desk")
            before = report(someone, **IN_TOWN, source="hotline", description="停机前")
            row = page.locator(".case-row", has_text=f"#{before['number']}")
            expect(row).to_be_visible(timeout=60_000)
            row.locator(".case-row__body").click()
            expect(page.locator(".case__head")).to_contain_text(f"#{before['number']}")
        expect(page.locator(".live")).to_contain_text("连接已断开", timeout=40_000)
        expect(page.locator(".case__head")).to_contain_text(f"#{before['number']}")
        with served_sample(address, tmp_path, port=urlsplit(first.url).port or 0) as second:
            expect(page.locator(".live")).to_contain_text(re.compile("实时"), timeout=60_000)
            again = sign_in(second, Role.OPERATOR)
            after = report(again, **IN_TOWN, source="hotline", description="恢复后")
            expect(page.locator(".case-row", has_text=f"#{after['number']}")).to_be_visible()
            page.keyboard.press("f")
            expect(page.locator(".case__head")).not_to_contain_text("待受理")
