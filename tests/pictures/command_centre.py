"""Desk, wall, case panel, batch, layers and replay; the district, the plan and the administrators' page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from api.identity import Role
from dispatch.clocks import CITY_ZONE
from dispatch.sample_year import midnight
from tests.pages.staff import sign_in
from tests.pictures.camera import DESK, LOOKS, TURNED, WALL, Camera, Look, bring_up, shot_of
from tests.pictures.living import Living

IN_TOWN = "112.5523,37.8684,14.3"
REPLAYED_MINUTES = 2
BATCH = ("统一派遣", "Assign all")


def _open(camera: Camera, living: Living, look: Look, address: str, size: tuple[int, int] = DESK) -> Page:
    page = camera.open(address, look, size, living.operator, drawn=True)
    if "?t=" not in address:
        expect(page.locator(".live")).to_contain_text(re.compile("实时|Live"), timeout=60_000)
        page.wait_for_selector(".sparkline", timeout=60_000)
    return page


def _telling(living: Living, **wanted: Any) -> Any:
    """A case of today with a picture, decided by the road network, to look into."""
    told = [living.operator.get(f"/cases/{one['id']}") for one in _of_today(living, **wanted)[:60]]
    return max(told, key=lambda one: (len(one["photographs"]) > 0, len(one["history"])))


def _of_today(living: Living, **wanted: Any) -> Any:
    since = midnight(datetime.now(CITY_ZONE).date()).isoformat()
    return living.operator.get("/cases", limit=200, since=since, **wanted)["items"]


def _desk(camera: Camera, living: Living, look: Look) -> None:
    waits = [one for one in _of_today(living, state=["filed"]) if one["photographs"]]
    page = _open(camera, living, look, f"/desk?at={IN_TOWN}")
    if waits:
        page.goto(f"{camera.site.url}/desk?at={IN_TOWN}&case={waits[0]['id']}")
        page.wait_for_selector(".case__head")
    camera.keep(f"desk{look.suffix}", shot_of(page, 4000))


def _case(camera: Camera, living: Living, look: Look) -> None:
    case = _telling(living, state=["on_site", "accepted"])
    page = _open(camera, living, look, f"/desk?case={case['id']}")
    page.wait_for_selector(".history li")
    panel = page.locator(".case").first
    box = panel.bounding_box()
    assert box
    frame = (int(box["x"]), int(box["y"]), int(box["x"] + box["width"]), int(box["y"] + box["height"]))
    shots = [shot_of(page, 3000).crop(frame)]
    bring_up(page.locator(".history").first)
    shots.append(shot_of(page).crop(frame))
    camera.keep(f"case{look.suffix}", *shots)


def _replay(camera: Camera, living: Living, look: Look) -> None:
    then = (datetime.now(UTC) - timedelta(minutes=REPLAYED_MINUTES)).astimezone(CITY_ZONE)
    page = _open(camera, living, look, f"/desk?t={then:%Y-%m-%dT%H:%M:%S}&at={IN_TOWN}")
    expect(page.locator(".replay-banner")).to_be_visible()
    camera.keep(f"replay{look.suffix}", shot_of(page, 6000))


def _batch(camera: Camera, living: Living, look: Look) -> None:
    page = _open(camera, living, look, "/desk")
    page.get_by_role("button", name=BATCH[look.language == "en"]).click()
    page.wait_for_selector(".plan-panel__saving", timeout=60_000)
    camera.keep(f"batch{look.suffix}", shot_of(page, 4000))


def _layers(camera: Camera, living: Living, look: Look) -> None:
    page = _open(camera, living, look, "/desk?layers=density,gi,circles,streets,hazards,cases&period=90")
    page.locator(".wall-legend > summary").click()
    camera.keep(f"layers{look.suffix}", shot_of(page, 5000))


def _wall(camera: Camera, living: Living, look: Look) -> None:
    turned = TURNED[LOOKS.index(look)]
    page = _open(camera, living, turned, "/wall", WALL)
    camera.keep(f"wall{turned.suffix}", shot_of(page, 4000))


def _district(camera: Camera, _: Living, look: Look) -> None:
    page = camera.open("/", look, DESK, drawn=True)
    camera.keep(f"district{look.suffix}", shot_of(page, 3000))


def _plan(camera: Camera, _: Living, look: Look) -> None:
    planner = sign_in(camera.site, Role.PLANNER, called="郑规划")
    page = camera.open("/plan", look, DESK, planner, drawn=True)
    page.wait_for_selector("table tbody tr", timeout=90_000)
    camera.keep(f"plan{look.suffix}", shot_of(page, 5000))


def _admin(camera: Camera, _: Living, look: Look) -> None:
    administrator = sign_in(camera.site, Role.ADMINISTRATOR, called="孙管理")
    page = camera.open("/admin", look, DESK, administrator)
    page.wait_for_selector("main table tbody tr", timeout=60_000)
    camera.keep(f"admin{look.suffix}", shot_of(page))


STEPS = (_desk, _case, _replay, _batch, _layers, _wall, _district, _plan, _admin)
