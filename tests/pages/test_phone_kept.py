"""What the phone keeps: itself, its map, its owner's work; when it is full; when another was faster."""

import gzip
import re
import struct
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from api.guards import SESSION_COOKIE
from api.identity import Role
from tests.api.pictures import picture
from tests.pages.conftest import OpenPage
from tests.pages.phone import Lane, decline_all, give, lane_of, open_phone
from tests.pages.site import Site
from tests.pages.staff import Worker, new_session, sign_in
from tests.pages.watched import DRAWN, ROOT, WatchedPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

MOST_JS_KB = 150


@pytest.fixture(scope="module")
def operator(site: Site) -> Worker:
    """Somebody at the desk."""
    return sign_in(site, Role.OPERATOR)


@pytest.fixture(scope="module")
def lane(site: Site, operator: Worker) -> Lane:
    """A street with its people."""
    return lane_of(site, operator)


def out_of_reach(watched: WatchedPage, out: bool) -> None:
    watched.page.context.set_offline(out)


def forget_that_it_was_offline(watched: WatchedPage) -> None:
    """The browser itself says that there was no network, and that acts were refused: it was asked for."""
    expected = re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 40[349]|status of 507")
    watched.complaints[:] = [said for said in watched.complaints if not expected.search(said)]


def kept_by_worker(page: Page) -> None:
    """Wait until the service worker keeps the page."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.locator(".shift")).to_be_visible()


def test_it_can_be_installed(site: Site) -> None:
    manifest = httpx.get(f"{site.url}/manifest.webmanifest")
    assert "manifest+json" in manifest.headers["content-type"]
    said = manifest.json()
    assert (said["start_url"], said["display"], said["id"]) == ("/street", "standalone", "/street")
    assert said["name"]
    assert said["short_name"]
    icons = {(icon["sizes"], icon["purpose"]): icon for icon in said["icons"]}
    for size, purpose in (("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")):
        picture_of = httpx.get(site.url + icons[size, purpose]["src"])
        assert picture_of.headers["content-type"] == "image/png"
        assert picture_of.content.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", picture_of.content[16:24])
        assert f"{width}x{height}" == size
    page = httpx.get(f"{site.url}/street").text
    assert 'rel="manifest"' in page
    assert 'name="viewport"' in page
    assert 'name="theme-color"' in page


def test_little_is_fetched_before_the_map_is_asked_for(
    open_page: OpenPage, operator: Worker, lane: Lane
) -> None:
    give(operator, lane, lane.member)
    watched = open_phone(open_page, lane.member, lane)
    expect(watched.page.locator(".task-row").first).to_be_visible()
    scripts = watched.page.evaluate(
        "() => performance.getEntriesByType('resource').map(one => one.name)"
        ".filter(name => name.endsWith('.js'))"
    )
    files = [ROOT / "api" / "pages" / name.split("/", 3)[3] for name in scripts]
    packed_kb = sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1024
    assert files
    assert packed_kb <= MOST_JS_KB, f"{packed_kb:.0f} KB"
    assert not any("MapView" in name or "maplibre" in name for name in scripts)


def test_the_street_its_map_and_the_way_are_there_without_a_network(
    open_page: OpenPage, operator: Worker, lane: Lane
) -> None:
    decline_all(lane.member)
    uploaded = operator.client.put(
        f"/api/v1/photographs/{uuid4()}",
        content=picture(colour="olive"),
        headers={"content-type": "image/jpeg"},
    )
    photograph = uploaded.raise_for_status().json()["name"]
    give(operator, lane, lane.member, "地下室里也要看得见", photographs=[photograph])
    watched = open_phone(open_page, lane.member, lane)
    page = watched.page
    kept_by_worker(page)
    page.locator(".task-row", has_text=lane.name).first.click()
    expect(page.locator(".way")).to_contain_text("步行约", timeout=60_000)
    expect(page.locator(".calls a").first).to_be_visible()
    expect(page.locator(".shift")).to_contain_text("离线地图已存", timeout=120_000)
    out_of_reach(watched, True)
    page.reload()
    expect(page.locator(".tag--warning", has_text="离线")).to_be_visible()
    page.locator(".task-row", has_text=lane.name).first.click()
    expect(page.locator(".way")).to_contain_text("步行约")
    expect(page.locator(".calls a").first).to_be_visible()
    shown = page.locator(f".shots img[src*='{photograph}']")
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0, "the photograph is not on the phone"
    page.get_by_role("button", name="在地图上看").click()
    page.wait_for_selector(f".phone-map {DRAWN}", timeout=90_000)
    assert watched.violations() == []
    out_of_reach(watched, False)
    forget_that_it_was_offline(watched)


def test_the_second_is_told_and_his_evidence_is_kept(
    open_page: OpenPage, operator: Worker, lane: Lane, tmp_path: Path
) -> None:
    case = give(operator, lane, lane.member)
    task = operator.get(f"/cases/{case['id']}")["tasks"][-1]["id"]
    lane.member.post(f"/tasks/{task}/accept")
    lane.member.post(f"/tasks/{task}/arrive", reason="已在现场")
    watched = open_phone(open_page, lane.member, lane)
    page = watched.page
    row = page.locator(".task-row--on_site").first
    expect(row).to_be_visible()
    out_of_reach(watched, True)
    row.click()
    page.get_by_role("button", name="处置完成").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("整治", exact=True).click()
    shot = tmp_path / "after.jpg"
    shot.write_bytes(picture(colour="maroon"))
    dialog.locator("input[type=file]").set_input_files([shot])
    dialog.get_by_role("textbox").fill("已清理")
    expect(dialog.locator(".shots__one")).to_have_count(1)
    dialog.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="待传").click()
    expect(page.locator(".queue li")).to_have_count(1)
    other = lane.other.get("/session")["person"]
    lane.chief.post(f"/cases/{case['id']}/reassign", responder=other, reason="联系不上")
    out_of_reach(watched, False)
    notice = page.locator(".queue .notice")
    expect(notice).to_contain_text("您的照片和说明已作为现场记录存入案卷", timeout=40_000)
    assert watched.violations() == []
    card = operator.get(f"/cases/{case['id']}")
    assert (card["state"], card["holder"]) == ("offered", other)
    assert len(card["photographs"]) == 1
    kept = next(one for one in card["history"] if one["action"] == "photograph")
    assert "整治" in kept["reason"]
    assert "已清理" in kept["reason"]
    notice.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("全部已上传")).to_be_visible()
    forget_that_it_was_offline(watched)


def test_a_full_phone_says_so_and_keeps_what_was_typed(
    open_page: OpenPage, operator: Worker, lane: Lane, tmp_path: Path
) -> None:
    watched = open_phone(open_page, lane.other, lane)
    page = watched.page
    out_of_reach(watched, True)
    _report(page, tmp_path, "第一件")
    page.get_by_role("button", name="待传").click()
    expect(page.locator(".queue li")).to_have_count(1)
    _fill_up(page)
    _report(page, tmp_path, "第二件")
    expect(page.locator(".phone > .notice")).to_contain_text("手机存储已满")
    expect(page.locator(".finding textarea")).to_have_value("第二件")
    expect(page.locator(".finding .shots__one")).to_have_count(1)
    assert watched.violations() == []
    # still without room: with a network it goes straight to the server, after what waited before it
    out_of_reach(watched, False)
    page.get_by_role("button", name="上报派单").click()
    expect(page.locator(".finding")).to_have_count(0, timeout=40_000)
    expect(page.locator(".phone > .notice")).to_have_count(0)
    expect(page.locator(".phone__tabs button b")).to_have_count(0, timeout=40_000)
    forget_that_it_was_offline(watched)
    person = lane.other.get("/session")["person"]
    found = operator.get("/cases", reporter=person, limit=10)["items"]
    assert [one["description"] for one in found if "件" in one["description"]] == ["第二件", "第一件"]


def test_a_network_that_carries_nothing_holds_nobody_up(
    open_page: OpenPage, operator: Worker, lane: Lane, tmp_path: Path
) -> None:
    give(operator, lane, lane.other, "网络像断了一样")
    watched = open_phone(open_page, lane.other, lane)
    page = watched.page
    expect(page.locator(".task-row", has_text="网络像断了一样")).to_be_visible()
    page.clock.install()
    held: list[Route] = []
    for address in ("findings", "session", "tasks", "shifts/mine"):
        page.route(f"**/api/v1/{address}", lambda route: held.append(route))
    _report(page, tmp_path, "没有回音")
    page.clock.run_for(9_000)  # the act is kept, so its owner goes on while it is being sent
    expect(page.locator(".queue li")).to_have_count(1)
    page.reload()  # who he is nobody says: what he had to do is shown
    page.clock.run_for(4_000)
    expect(page.locator(".task-row", has_text="网络像断了一样")).to_be_visible()
    assert held
    page.unroute_all()
    page.clock.resume()
    page.reload()
    expect(page.locator(".phone__tabs button b")).to_have_count(0, timeout=40_000)
    assert len(operator.get("/cases", q="没有回音")["items"]) == 1
    forget_that_it_was_offline(watched)


def test_whoever_signs_out_is_told_what_waits_and_finds_it_again(
    site: Site, open_page: OpenPage, operator: Worker, lane: Lane, tmp_path: Path
) -> None:
    person = UUID(lane.other.get("/session")["person"])
    watched = open_phone(open_page, replace(lane.other, session=new_session(site.settings, person)), lane)
    page = watched.page
    page.route("**/api/v1/photographs/*", lambda route: route.abort())
    _report(page, tmp_path, "交还手机之前")
    expect(page.locator(".phone__tabs button b")).to_have_text("1")
    page.get_by_role("button", name="退出登录").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("有 1 条记录还没有上传")
    expect(dialog).to_contain_text("您还在岗")
    assert watched.violations() == []
    dialog.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("请先登录")).to_be_visible()
    assert not page.evaluate("async () => (await (await fetch('/api/v1/session')).json()).signed_in")
    assert page.evaluate("localStorage['yilu.street.last-tasks']") == "null", "his tasks are on the phone yet"
    page.unroute("**/api/v1/photographs/*")
    again = new_session(site.settings, person)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": again, "url": site.url}])
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/findings") and answer.ok):
        page.reload()
    expect(page.locator(".phone__tabs button b")).to_have_count(0)
    (case,) = operator.get("/cases", q="交还手机之前")["items"]
    assert len(case["photographs"]) == 1
    forget_that_it_was_offline(watched)


def test_what_waits_goes_out_behind_a_closed_page(
    open_page: OpenPage, operator: Worker, lane: Lane, tmp_path: Path
) -> None:
    watched = open_phone(open_page, lane.member, lane)
    page = watched.page
    kept_by_worker(page)
    out_of_reach(watched, True)
    _report(page, tmp_path, "关掉页面以后")
    expect(page.locator(".queue li").last).to_contain_text("等待网络")
    aside = page.context.new_page()
    devtools = page.context.new_cdp_session(aside)
    registered: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.close()
    out_of_reach(watched, False)
    sync = {"origin": watched.url, "registrationId": registered[0], "tag": "yilu-outbox", "lastChance": False}
    person = lane.member.get("/session")["person"]
    for look in range(120):
        if look % 20 == 0:
            # what the browser does by itself once the network is back, and again where it was not enough
            devtools.send("ServiceWorker.dispatchSyncEvent", sync)
        found = operator.get("/cases", reporter=person, limit=10)["items"]
        if any(one["description"] == "关掉页面以后" for one in found):
            break
        aside.wait_for_timeout(250)
    (case,) = [one for one in found if one["description"] == "关掉页面以后"]
    assert len(case["photographs"]) == 1
    forget_that_it_was_offline(watched)


def _report(page: Page, folder: Path, words: str) -> None:
    page.get_by_role("button", name="上报", exact=True).click()
    page.locator(".tile").first.click()
    shot = folder / f"{words}.jpg"
    shot.write_bytes(picture())
    page.locator(".finding input[type=file]").set_input_files([shot])
    expect(page.locator(".finding .shots__one")).to_have_count(1)
    page.locator(".finding textarea").fill(words)
    page.get_by_role("button", name="上报派单").click()


def _fill_up(page: Page) -> None:
    """Leave the phone no room: the browser's database takes nothing more, as it does when the disk is full.

    A browser's real quota cannot be set from outside without filling a disk; an aborted transaction is what
    the page meets then.
    """
    page.evaluate("""() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...what) {
        const asked = put.apply(this, what);
        this.transaction.abort();
        return asked;
      };
      window.emptied = () => { IDBObjectStore.prototype.put = put; };
    }""")
