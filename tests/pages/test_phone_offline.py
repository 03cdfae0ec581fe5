"""Two hours and three days without a network: 500 findings with photographs, and nothing lost or told twice.

The network is cut at random bytes, the server killed and the browser killed in between.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from api.guards import SESSION_COOKIE
from api.settings import Settings
from api.store.database import asyncpg_url
from tests import databases
from tests.aside import aside
from tests.pages.chromium import FLAGS, find_chromium
from tests.pages.cutting import CuttingProxy
from tests.pages.killable import KillableServer
from tests.pages.phone import PHONE
from tests.pages.staff import new_session, person_of_post

pytestmark = [pytest.mark.browser, pytest.mark.postgis, pytest.mark.slow]

FINDINGS = 500
IN_TOWN = {"longitude": 112.552, "latitude": 37.868, "accuracy": 8}
PATIENCE_S = 900

REPORT_MANY = """
async ({count, from}) => {
  const until = async (find) => {
    for (let tries = 0; tries < 20000; tries += 1) {
      const found = find();
      if (found) return found;
      await new Promise(resolve => requestAnimationFrame(resolve));
    }
    throw new Error('it did not come: ' + find);
  };
  const tabs = () => [...document.querySelectorAll('.phone__tabs button')];
  for (let number = from; number < from + count; number += 1) {
    tabs()[2].click();
    const tile = await until(() => document.querySelector('.finding .tile input'));
    tile.click();
    const canvas = new OffscreenCanvas(96, 96);
    const paint = canvas.getContext('2d');
    for (let bit = 0; bit < 9; bit += 1) {  // each picture shows its own number
      paint.fillStyle = (number >> bit) & 1 ? 'white' : 'black';
      paint.fillRect((bit % 3) * 32, Math.floor(bit / 3) * 32, 32, 32);
    }
    const blob = await canvas.convertToBlob({type: 'image/jpeg'});
    const files = new DataTransfer();
    files.items.add(new File([blob], `${number}.jpg`, {type: 'image/jpeg'}));
    const input = document.querySelector('.finding input[type=file]');
    input.files = files.files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
    await until(() => document.querySelector('.finding .shots__one'));
    const words = document.querySelector('.finding textarea');
    words.value = `第 ${number} 件`;
    words.dispatchEvent(new Event('input', {bubbles: true}));
    const send = await until(() => {
      const button = document.querySelector('.finding .task__next');
      return button && !button.disabled ? button : null;
    });
    send.click();
    await until(() => !document.querySelector('.finding'));
  }
}
"""


class Phone:
    """A browser with a profile on disk, that can be killed and started again."""

    def __init__(self, browser: Browser, profile: Path, url: str, session: str) -> None:
        self._kind = browser.browser_type
        self._profile, self._url = profile, url
        self.session = session
        self.context: BrowserContext | None = None

    def start(self, at: datetime | None, *, offline: bool) -> Page:
        """Start the browser, with its clock at that time."""
        context = self._kind.launch_persistent_context(
            self._profile,
            executable_path=find_chromium(),
            args=list(FLAGS),
            viewport={"width": PHONE[0], "height": PHONE[1]},
            geolocation=IN_TOWN,
            permissions=["geolocation"],
            reduced_motion="reduce",
        )
        self.context = context
        context.add_cookies([{"name": SESSION_COOKIE, "value": self.session, "url": self._url}])
        context.set_offline(offline)
        page = context.pages[0]
        if at is not None:
            page.clock.install(time=at)
        page.goto(f"{self._url}/street")
        return page

    def kill(self) -> None:
        """Kill every process of this profile, as a phone does that runs out of power."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                if str(self._profile).encode() in words:
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                continue
        if self.context is not None:
            with contextlib.suppress(Error):  # it is dead already, which is what was asked for
                self.context.close()
        self.context = None


@pytest.fixture
def served(
    database_server: Callable[[str], str], sample_template: str, tmp_path: Path
) -> Iterator[tuple[KillableServer, Settings]]:
    """The sample district in a process of its own."""
    with databases.copied(database_server, sample_template) as address:
        settings = Settings.read({}, database_url=address, data_path=tmp_path / "data")
        aside(databases.load_sample(address))
        server = KillableServer(address, settings.data_path)
        server.start()
        yield server, settings
        server.kill()


def findings_of(settings: Settings, person: UUID) -> list[Any]:
    """What the server has of this person, in the order in which it came."""

    async def read() -> list[Any]:
        url = asyncpg_url(settings.database_url).set(drivername="postgresql").render_as_string(False)
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(
                "SELECT client_id, found_at, received_at, description, photographs FROM finding"
                " WHERE submitter = $1 ORDER BY received_at, id",
                person,
            )
        finally:
            await connection.close()

    return aside(read())


def waiting_on(page: Page) -> int:
    badge = page.locator(".phone__tabs button b")
    return int(badge.inner_text()) if badge.count() else 0


def until_sent(page: Page, settings: Settings, person: UUID, count: int) -> None:
    """Let time pass on the phone until the server has so many."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if len(findings_of(settings, person)) >= count:
            return
        page.clock.run_for(16_000)
        time.sleep(0.5)
    there = len(findings_of(settings, person))
    raise AssertionError(f"the server has {there} of {count}; the phone: {page.locator('main').inner_text()}")


@dataclass
class Day:
    """A day of somebody whose phone has no network for so many hours: who, with what, and against what."""

    phone: Phone
    server: KillableServer
    settings: Settings
    proxy: CuttingProxy
    person: UUID
    hours: int
    begins: datetime

    def goes_where_no_network_is(self) -> Page:
        """The phone keeps its page, loses the network, and starts without it."""
        page = self.phone.start(self.begins, offline=False)
        expect(page.locator(".shift")).to_be_visible(timeout=60_000)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        expect(page.locator(".shift")).to_be_visible(timeout=60_000)
        self.proxy.down = True
        assert self.phone.context is not None
        self.phone.context.set_offline(True)
        page.reload()
        expect(page.locator(".phone__tabs")).to_be_visible(timeout=60_000)
        return page

    def reports_all(self, page: Page) -> None:
        """Everything is reported over those hours; in their middle the browser is killed."""
        steps, batch = 10, FINDINGS // 10
        for step in range(steps):
            if step == steps // 2:
                self.phone.kill()
                page = self.phone.start(
                    self.begins + timedelta(hours=self.hours * step / steps), offline=True
                )
                expect(page.locator(".phone__tabs button b")).to_have_text(str(batch * step), timeout=60_000)
            page.evaluate(REPORT_MANY, {"count": batch, "from": step * batch})
            page.clock.fast_forward(self.hours * 3_600_000 // steps)
        assert waiting_on(page) == FINDINGS
        assert findings_of(self.settings, self.person) == []
        self.phone.kill()

    def comes_back_after_the_session_ended(self) -> None:
        """The network is back, and bad; whoever has to sign in anew is told what waits."""
        self.proxy.down, self.proxy.cut_share = False, 1.0
        self.phone.session = "over"
        page = self.phone.start(None, offline=False)
        page.clock.install()
        page.reload()
        expect(page.locator("main")).to_contain_text(f"{FINDINGS} 条", timeout=60_000)
        self.phone.kill()
        self.phone.session = new_session(self.settings, self.person)

    def sends_through_it_all(self) -> None:
        """Requests are cut at random bytes, the server is killed in between, and so is the browser."""
        page = self.phone.start(datetime.now(UTC), offline=False)
        until_sent(page, self.settings, self.person, FINDINGS // 5)
        self.server.kill()
        time.sleep(1)
        self.server.start()
        until_sent(page, self.settings, self.person, FINDINGS // 2)
        self.phone.kill()
        page = self.phone.start(datetime.now(UTC), offline=False)
        until_sent(page, self.settings, self.person, FINDINGS)
        self.proxy.cut_share = 0.0
        page.clock.run_for(20_000)
        expect(page.locator(".phone__tabs button b")).to_have_count(0, timeout=60_000)

    def all_is_there_once_and_in_order(self) -> None:
        """Each with its own photograph and the time at which it was made."""
        found = findings_of(self.settings, self.person)
        assert [one["description"] for one in found] == [f"第 {number} 件" for number in range(FINDINGS)]
        times = [one["found_at"] for one in found]
        assert times == sorted(times)
        assert times[0] - self.begins < timedelta(minutes=30)
        assert times[-1] - times[0] > timedelta(hours=self.hours * 0.85)
        assert all(len(one["photographs"]) == 1 for one in found)
        names = {name for one in found for name in one["photographs"]}
        assert len(names) == FINDINGS
        kept = {path.name.split(".")[0] for path in (self.settings.data_path / "photographs").rglob("*.jpg")}
        assert {name.split(".")[0] for name in names} <= kept


@pytest.mark.parametrize("hours", [2, 72])
def test_everything_done_without_a_network_arrives_once_and_in_order(
    served: tuple[KillableServer, Settings], chromium: Browser, tmp_path: Path, hours: int
) -> None:
    server, settings = served
    proxy = CuttingProxy(server.url, seed=hours)
    person = person_of_post(settings, "grid_worker")
    phone = Phone(chromium, tmp_path / "profile", proxy.url, new_session(settings, person))
    begins = datetime.now(UTC) - timedelta(hours=hours, minutes=1)
    day = Day(phone, server, settings, proxy, person, hours, begins)
    try:
        page = day.goes_where_no_network_is()
        day.reports_all(page)
        day.comes_back_after_the_session_ended()
        day.sends_through_it_all()
    finally:
        phone.kill()
        proxy.close()
    assert proxy.cuts > 10
    day.all_is_there_once_and_in_order()
