"""The phone's page on a processor four times slower than this one: how soon its owner sees his tasks.

A real browser (software renderer) opens the page of the real server, signed in, with twenty tasks. Times run
from the start of the navigation to the frame after the first row of the list. `first` is a browser that was
never here, with nothing in its cache; `again` is the same phone later, with its service worker.
"""

import gzip
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from api.identity import Role
from bench import Report
from bench.serving import BenchServer, bench_server
from tests.pages.chromium import FLAGS, find_chromium

TASKS = 20
RUNS = 5
SLOWER = 4
CATEGORY = "E0401"
_PATIENCE_MS = 60_000

_WATCH = """() => {
    const look = () => {
        if (document.querySelector('.task-row')) requestAnimationFrame(() => performance.mark('first-list'));
        else requestAnimationFrame(look);
    };
    look();
}"""


class Desk:
    """Requests of somebody who is signed in."""

    def __init__(self, server: BenchServer, cookie: str) -> None:
        headers = {"X-Requested-With": "bench", "Cookie": cookie}
        self._client = httpx.Client(
            base_url=f"http://{server.host}:{server.port}/api/v1", headers=headers, timeout=60
        )

    def get(self, address: str, **query: Any) -> Any:
        """Ask."""
        return self._client.get(address, params=query).raise_for_status().json()

    def post(self, address: str, **body: Any) -> Any:
        """Do."""
        return self._client.post(address, json=body).raise_for_status().json()


def _with_tasks(server: BenchServer) -> str:
    """Give a steward his tasks; the cookie of his phone."""
    desk = Desk(server, server.cookie(Role.OPERATOR))
    steward = desk.get("/people", post="alley_steward", limit=1)["items"][0]
    cookie = server.cookie(Role.TASK_FORCE_MEMBER, person=uuid.UUID(steward["id"]))
    Desk(server, cookie).post("/shifts/on")
    pieces = desk.get(f"/streets/{steward['street']}/pieces")["pieces"]
    for number in range(TASKS):
        lon, lat = pieces[number % len(pieces)]["line"][0]
        found_at = datetime.now(UTC).isoformat()
        case = desk.post(
            "/findings",
            client_id=f"bench-{uuid.uuid4().hex}",
            category=CATEGORY,
            lon=lon,
            lat=lat,
            found_at=found_at,
        )["case"]
        if case["holder"] != steward["id"]:
            desk.post(f"/cases/{case['id']}/reassign", responder=steward["id"], reason="bench")
    return cookie


@contextmanager
def _phone(browser: Browser, server: BenchServer, cookie: str) -> Iterator[BrowserContext]:
    name, _, value = cookie.partition("=")
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        geolocation={"longitude": 112.55, "latitude": 37.87},
        permissions=["geolocation"],
    )
    context.add_cookies([{"name": name, "value": value, "url": f"http://{server.host}:{server.port}"}])
    context.add_init_script(f"({_WATCH})()")
    yield context
    context.close()


def _slowed(context: BrowserContext) -> Page:
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def _until_list_ms(page: Page, server: BenchServer) -> float:
    page.goto(f"http://{server.host}:{server.port}/street", wait_until="commit")
    page.wait_for_function("() => performance.getEntriesByName('first-list').length", timeout=_PATIENCE_MS)
    found: float = page.evaluate("() => performance.getEntriesByName('first-list')[0].startTime")
    return found


def _measure(
    browser: Browser, server: BenchServer, cookie: str
) -> tuple[list[float], list[float], dict[str, int]]:
    first, again, scripts = [], [], {}

    def weigh(response: Response) -> None:
        if response.url.endswith(".js"):
            scripts[response.url.rpartition("/")[2]] = len(gzip.compress(response.body()))

    for _ in range(RUNS):
        with _phone(browser, server, cookie) as context:
            page = _slowed(context)
            if not scripts:
                page.on("response", weigh)
            first.append(_until_list_ms(page, server))
            page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
            page.close()
            again.append(_until_list_ms(_slowed(context), server))
    return first, again, scripts


def main() -> None:
    """Measure and print."""
    report = Report("phone", f"The phone: {TASKS} tasks, processor {SLOWER} times slower", ("what", "value"))
    chromium = find_chromium()
    if chromium is None:
        report.skip("the page", "no Chromium on this machine: apt install chromium")
        report.print()
        return
    with bench_server() as server:
        cookie = _with_tasks(server)  # before Playwright: its event loop lets no second one in
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            first, again, scripts = _measure(browser, server, cookie)
            browser.close()
    report.add("first list, never here before", f"{median(first):.0f} ms (at most {max(first):.0f})")
    report.add("first list, with its service worker", f"{median(again):.0f} ms (at most {max(again):.0f})")
    report.add("JavaScript, gzipped", f"{sum(scripts.values()) / 1024:.0f} KB in {len(scripts)} files")
    report.figure("first_list_4x_ms", median(first) / 1000)
    report.figure("list_again_4x_ms", median(again) / 1000)
    report.count("phone_js_gz_kb", round(sum(scripts.values()) / 1024, 1))
    report.print()


if __name__ == "__main__":
    main()
