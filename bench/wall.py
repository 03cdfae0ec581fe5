"""The command centre at its fullest: 20,000 cases, 2,000 people who move every second, 20 events a second.

A real browser (software renderer) shows the desk of the real server; all is measured from inside the page.
`commit_to_dom` runs from the time that the server wrote into the event to the first paint whose numbers count
it: intake, commit, numbering, the live stream and the page are all in it.
"""

import asyncio
import gzip
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles
from typing import Any

import asyncpg
import orjson
from playwright.async_api import Browser, Page, Response, async_playwright

from api.identity import Role
from bench import Report
from bench.load import Connection, Findings
from bench.serving import BenchServer, bench_server
from bench.wall_crowd import fill, keep_moving
from geo.sample import load
from tests.pages.chromium import FLAGS, find_chromium

CASES = 20_000
PEOPLE = 2_000
FINDINGS_PER_S = 7
"""Each makes about three events: reported, filed, offered."""
SECONDS = 40.0
KEY_EVERY_S = 0.5
_PATIENCE_MS = 120_000

_WATCH = """() => {
    const seen = window.benchSeen = { tasks: [], keys: [], counts: [] };
    new PerformanceObserver(list => {
        for (const task of list.getEntries()) seen.tasks.push([task.startTime, task.duration]);
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver(list => {
        for (const press of list.getEntries())
            if (press.name === 'keydown') seen.keys.push([press.startTime, press.duration]);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });
    const look = () => {
        const shown = document.querySelector('[data-kpi=reported] .kpis__value')?.textContent;
        const count = Number((shown ?? '').replaceAll(',', ''));
        if (shown && count !== seen.counts.at(-1)?.[1]) seen.counts.push([Date.now(), count]);
        requestAnimationFrame(look);
    };
    look();
}"""
"""Runs before the page's own scripts. What a frame shows is read once it has been put together."""


@dataclass(slots=True)
class Sent:
    """Findings as they went in: when each was written, by the server's own clock."""

    reported_at: list[float] = field(default_factory=list)

    async def send(self, desk: Connection, findings: Findings) -> None:
        """One finding."""
        desk.send("POST", "/api/v1/findings", findings.one())
        status, said = await desk.receive()
        assert status in (200, 201), said
        self.reported_at.append(datetime.fromisoformat(orjson.loads(said)["case"]["reported_at"]).timestamp())


@dataclass(slots=True)
class Watched:
    """What one run of the page showed."""

    first_picture_ms: float
    commit_to_dom_ms: list[float]
    keys_ms: list[float]
    tasks_ms: list[float]
    scripts: dict[str, bytes]
    frames_per_s: float


async def _feed(server: BenchServer, cookie: str, sent: Sent) -> None:
    findings = Findings(load().territory(), seed=2)
    desk = await Connection.open(server.host, server.port, cookie)
    while True:
        await asyncio.gather(sent.send(desk, findings), asyncio.sleep(1 / FINDINGS_PER_S))


async def _press_keys(page: Page) -> None:
    for number in range(int(SECONDS / KEY_EVERY_S)):
        await page.keyboard.press("k" if number % 5 == 4 else "j")
        await asyncio.sleep(KEY_EVERY_S)


async def _watch(browser: Browser, server: BenchServer, cookie: str) -> Watched:
    name, _, value = cookie.partition("=")
    origin = f"http://{server.host}:{server.port}"
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    await context.add_cookies([{"name": name, "value": value, "url": origin}])
    page = await context.new_page()
    scripts: dict[str, bytes] = {}

    async def keep(response: Response) -> None:
        if response.url.endswith(".js"):
            scripts[response.url.rpartition("/")[2]] = await response.body()

    page.on("response", keep)
    await page.add_init_script(f"({_WATCH})()")
    await page.goto(f"{origin}/desk")
    await page.wait_for_function(
        "() => performance.getEntriesByName('first-picture').length > 0", timeout=_PATIENCE_MS
    )
    first: float = await page.evaluate("() => performance.getEntriesByName('first-picture')[0].startTime")
    await asyncio.sleep(3)
    calm: float = await page.evaluate("() => performance.now()")
    counted: int = await page.evaluate("() => window.benchSeen.counts.at(-1)[1]")
    sent = Sent()
    feeding = asyncio.create_task(_feed(server, cookie, sent))
    await _press_keys(page)
    if feeding.done():
        feeding.result()  # it ends by an error only
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)
    await asyncio.sleep(3)
    seen: dict[str, Any] = await page.evaluate("() => window.benchSeen")
    fps: float = await page.evaluate(_FRAMES_PER_S)
    await context.close()
    return Watched(
        first_picture_ms=first,
        commit_to_dom_ms=_delays_ms(sorted(sent.reported_at), counted, seen["counts"]),
        keys_ms=[took for began, took in seen["keys"] if began > calm],
        tasks_ms=[took for began, took in seen["tasks"] if began > calm],
        scripts=scripts,
        frames_per_s=fps,
    )


_FRAMES_PER_S = """() => new Promise(tell => {
    let frames = 0;
    const until = performance.now() + 3000;
    const count = now => (frames += 1, now < until ? requestAnimationFrame(count) : tell(frames / 3));
    requestAnimationFrame(count);
})"""


def _delays_ms(reported_at: list[float], before: int, counts: list[list[float]]) -> list[float]:
    """From each report's writing to the first frame that counted as many."""
    delays = []
    for number, at in enumerate(reported_at, start=1):
        shown = next((when for when, count in counts if count >= before + number), None)
        assert shown is not None, (
            f"{len(reported_at)} findings went in; the page shows {counts[-1][1] - before}"
        )
        delays.append(shown - at * 1000)
    return delays


async def _measure(server: BenchServer, chromium: str, cookie: str) -> Watched:
    land = load().territory()
    desk = await Connection.open(server.host, server.port, cookie)
    driver = await asyncpg.connect(server.database_url)
    await fill(driver, desk, land, CASES, PEOPLE)
    moving = asyncio.create_task(keep_moving(driver))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        watched = await _watch(browser, server, cookie)
        await browser.close()
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)
    await driver.close()
    return watched


def main() -> None:
    """Measure and print."""
    report = Report(
        "wall", f"The desk: {CASES:,} cases, {PEOPLE:,} people moving, 20 events/s", ("what", "value")
    )
    chromium = find_chromium()
    if chromium is None:
        report.skip("the page", "no Chromium on this machine: apt install chromium")
        report.print()
        return
    with bench_server() as server:
        watched = asyncio.run(_measure(server, chromium, server.cookie(Role.OPERATOR)))
    _tell(report, watched)
    report.print()


def _tell(report: Report, watched: Watched) -> None:
    delays = watched.commit_to_dom_ms
    # quick presses are not listed by the browser: at most 16 ms
    keys = watched.keys_ms + [16.0] * max(int(SECONDS / KEY_EVERY_S) - len(watched.keys_ms), 0)
    longest = max(watched.tasks_ms, default=0.0)
    scripts = {
        name: len(gzip.compress(body)) for name, body in watched.scripts.items() if "worker" not in name
    }
    report.add("first useful picture", f"{watched.first_picture_ms:.0f} ms")
    report.add("event to DOM, median", f"{median(delays):.0f} ms")
    report.add("event to DOM, p99", f"{quantiles(delays, n=100)[98]:.0f} ms")
    report.add("key to paint, median", f"{median(keys):.0f} ms")
    report.add("key to paint, p95", f"{quantiles(keys, n=20)[18]:.0f} ms")
    report.add("long tasks (over 50 ms)", f"{len(watched.tasks_ms)} in {SECONDS:.0f} s")
    report.add("longest task", f"{longest:.0f} ms")
    report.add("frames a second", f"{watched.frames_per_s:.1f}")
    report.add("JavaScript, gzipped", f"{sum(scripts.values()) / 1024:.0f} KB in {len(scripts)} files")
    report.figure("first_picture_ms", watched.first_picture_ms / 1000)
    report.figure("commit_to_dom_p50_ms", median(delays) / 1000)
    report.figure("commit_to_dom_p99_ms", quantiles(delays, n=100)[98] / 1000)
    report.figure("key_p95_ms", quantiles(keys, n=20)[18] / 1000)
    report.figure("longest_task_ms", longest / 1000)
    report.count("js_gz_kb", round(sum(scripts.values()) / 1024, 1))


if __name__ == "__main__":
    main()
