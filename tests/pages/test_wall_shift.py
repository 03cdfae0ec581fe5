"""A whole shift at the desk: the server restarts in its middle, and eight hours leave nothing behind."""

import re
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg
import pytest
from playwright.sync_api import Browser, CDPSession, expect

from api.guards import SESSION_COOKIE
from api.identity import Role
from api.store.database import asyncpg_url
from tests import databases
from tests.aside import aside
from tests.pages.site import Site, served_sample
from tests.pages.staff import Worker, report, sign_in
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


HOURS = 8
CASES_A_MINUTE = 2
EVERYBODY_WALKS = """
    INSERT INTO position (district, person, at, received_at, lon, lat, accuracy_m)
    SELECT p.district, p.id, clock_timestamp(), clock_timestamp(), ST_X(p.station), ST_Y(p.station), 8
    FROM person AS p WHERE p.station IS NOT NULL
    ON CONFLICT (district, person) DO UPDATE SET at = excluded.at, received_at = excluded.received_at,
        lon = position.lon + 0.0002 * sin(hashtext(position.person::text) + extract(epoch FROM excluded.at)),
        lat = position.lat + 0.0002 * cos(hashtext(position.person::text) + extract(epoch FROM excluded.at))
"""


class Held(NamedTuple):
    """What a page holds after its garbage was collected."""

    heap_mb: float
    nodes: int
    listeners: int


def held_by(devtools: CDPSession) -> Held:
    """Collect what is garbage, then look."""
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    return Held(told["JSHeapUsedSize"] / 1e6, int(told["Nodes"]), int(told["JSEventListeners"]))


def one_minute_of_work(operator: Worker, waiting: deque[str]) -> None:
    """Cases come in, and those of half an hour ago are dealt with."""
    for place in range(CASES_A_MINUTE):
        where = {"lon": 112.54 + place / 100, "lat": 37.86}
        waiting.append(report(operator, **where, source="hotline", description="排班压力")["id"])
    while len(waiting) > CASES_A_MINUTE * 30:
        operator.post(f"/cases/{waiting.popleft()}/dismiss", reason="不属实")


async def walk(address: str) -> None:
    """Everybody takes a few steps."""
    driver = await asyncpg.connect(asyncpg_url(address).set(drivername="postgresql").render_as_string(False))
    await driver.execute(EVERYBODY_WALKS)
    await driver.close()


def test_eight_hours_leave_nothing_behind_in_memory(site: Site, chromium: Browser) -> None:
    operator = sign_in(site, Role.OPERATOR)
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies([{"name": SESSION_COOKIE, "value": operator.session, "url": site.url}])
    try:
        page = context.new_page()
        # The page's own clock runs as fast as its work is done: seconds, minutes and midnight pass for it.
        page.clock.install()
        page.goto(f"{site.url}/desk?layers=subdistrict,streets,cases,people,trails,closures")
        page.clock.run_for(5_000)
        expect(page.locator(".live")).to_be_visible()
        devtools = context.new_cdp_session(page)
        devtools.send("Performance.enable")
        seen: list[Held] = []
        waiting: deque[str] = deque()
        for minute in range(HOURS * 60):
            one_minute_of_work(operator, waiting)
            aside(walk(site.settings.database_url))
            page.clock.run_for(60_000)
            page.keyboard.press("k" if minute % 5 == 4 else "j")
            if minute % 60 == 59:
                seen.append(held_by(devtools))
        expect(page.locator("[data-kpi=waiting] .kpis__value")).not_to_have_text("0")
    finally:
        context.close()
    # The first hour fills what is kept for a while: trails, pictures of marks, what was asked and answered.
    first, last = seen[0], seen[-1]
    told = "\n".join(map(str, seen))
    assert last.heap_mb - first.heap_mb < 5, told
    assert last.nodes - first.nodes < 500, told
    assert last.listeners - first.listeners < 200, told
