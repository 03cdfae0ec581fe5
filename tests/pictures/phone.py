"""Every step of the phone: a task from the offer to its end, a patrol, the queue, the chief, the sign-out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image
from playwright.sync_api import Page, expect

from api.drill_pictures import draw_photograph
from api.identity import Role
from tests.pages.phone import Lane, decline_all, give, tap_tab
from tests.pages.staff import Worker, new_session, report, sign_in
from tests.pictures.camera import (
    PHONE,
    Camera,
    Look,
    bring_up,
    hush,
    shot_after,
    shot_of,
)
from tests.pictures.day import upload
from tests.pictures.living import Living

TRADE = "E0401"
STREET_M = 0.0022
"""About 250 m in degrees."""

WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "offers": (
            "早点摊占了半边路，电动车要绕到机动车道",
            "菜摊沿墙根排开，盲道走不了",
            "流动摊贩堵住单元门",
        ),
        "map": "地图",
        "round": "建议顺序",
        "show": "在地图上看",
        "accept": "接单",
        "decline": "拒接",
        "help": "请求支援",
        "whistle": "吹哨",
        "go": "出发",
        "arrive": "到达现场",
        "settle": "处置完成",
        "persuaded": "劝导",
        "rectified": "整治",
        "said": "摊主已收摊，路面清扫干净",
        "declined": "正在处理燃气巡检，走不开",
        "helped": "围观的人多，请再来两位",
        "called": "请到场核对执照",
        "far": "路口封闭，只能在对面处置",
        "more_time": "申请延时",
        "waits": "等市场监管局到场",
        "here": "当场处置",
        "begin": "开始巡查",
        "street_map": "街巷地图",
        "end": "结束巡查",
        "report": "上报派单",
        "seen": "三轮车停在消防通道",
        "swept": "洒水后泥浆没有清",
        "home": "入户",
        "hazards": "隐患排查",
        "reassign": "改派",
        "nearer": "他就在附近",
        "leave": "退出登录",
    },
    "en": {
        "offers": (
            "Breakfast stall takes half the road",
            "Vegetable stalls along the wall",
            "A pedlar at the door",
        ),
        "map": "Map",
        "round": "Suggested order",
        "show": "Show on the map",
        "accept": "Accept",
        "decline": "Decline",
        "help": "Ask for help",
        "whistle": "Whistle",
        "go": "On my way",
        "arrive": "I am there",
        "settle": "Settle it",
        "persuaded": "Persuaded",
        "rectified": "Rectified",
        "said": "The stall is gone, the road is swept",
        "declined": "I cannot leave a gas inspection",
        "helped": "A crowd has gathered: two more, please",
        "called": "Please come and check the licence",
        "far": "The crossing is closed: seen to from the other side",
        "more_time": "More time",
        "waits": "Market regulation is on its way",
        "here": "Settled on the spot",
        "begin": "Start a patrol",
        "street_map": "Map of the street",
        "end": "End the patrol",
        "report": "Report and dispatch",
        "seen": "Tricycle in the fire lane",
        "swept": "Mud left after the road was washed",
        "home": "Home",
        "hazards": "Hazard check",
        "reassign": "Reassign",
        "nearer": "He is close by",
        "leave": "Sign out",
    },
}


def _button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def _open(camera: Camera, look: Look, who: Worker, lane: Lane, *, away: float = STREET_M) -> Page:
    page = camera.open("/street", look, PHONE, who, (lane.at[0], lane.at[1] - away))
    expect(page.locator(".shift")).to_be_visible(timeout=60_000)
    return page


def _stand(page: Page, at: tuple[float, float]) -> None:
    page.context.set_geolocation({"longitude": at[0], "latitude": at[1], "accuracy": 8})
    page.wait_for_timeout(1500)


def _offers(living: Living, lane: Lane, who: Worker, words: dict[str, Any]) -> Any:
    """Three offers, two of them at one spot; the first is the nearest."""
    decline_all(who)
    cases = []
    for place, description in enumerate(words["offers"]):
        shown = upload(living.operator, draw_photograph("stalls", f"offer {description}"))
        off = (0.0, 0.0009, 0.0009)[place]
        there = replace(lane, at=(lane.at[0], lane.at[1] + off))
        cases.append(give(living.operator, there, who, description, photographs=[shown]))
    return cases[0]


def _photographed(page: Page, within: str, folder: Path, *seeds: str, cleared: bool = False) -> None:
    files = []
    for seed in seeds:
        file = folder / f"{seed}.jpg"
        file.write_bytes(draw_photograph("stalls", seed, cleared=cleared))
        files.append(str(file))
    page.locator(f"{within} input[type=file]").set_input_files(files)
    expect(page.locator(f"{within} .shots__one")).to_have_count(len(files))


def _task(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    lane, folder = living.lane, living.site.settings.data_path
    case = _offers(living, lane, lane.member, words)
    page = _open(camera, look, lane.member, lane)
    expect(page.locator(".task-row--offered")).to_have_count(3, timeout=60_000)
    shots = [shot_of(page)]
    page.get_by_text(words["map"], exact=True).click()
    shots.append(shot_of(page, 3000))
    page.get_by_text(words["round"], exact=True).click()
    expect(page.locator("ol.task-list > li").first).to_be_visible(timeout=60_000)
    shots.append(shot_of(page))
    page.locator(".task-row", has_text=case["description"]).first.click()
    expect(page.locator(".way b").first).to_be_visible(timeout=60_000)
    shots.append(shot_of(page))
    _button(page, words["decline"])
    page.get_by_role("dialog").get_by_role("textbox").fill(words["declined"])
    shots.append(shot_of(page))
    page.keyboard.press("Escape")
    shots.append(shot_after(page, lambda: _button(page, words["accept"])))
    _button(page, words["show"])
    shots.append(shot_after(page, lambda: _button(page, words["go"])))
    _button(page, words["arrive"])
    page.get_by_role("dialog").get_by_role("textbox").fill(words["far"])
    shots.append(shot_of(page))
    page.keyboard.press("Escape")
    _stand(page, lane.at)
    _button(page, words["arrive"])
    hush(page)
    page.reload()  # what was looked at on the way is closed
    page.locator(".task-row--on_site").first.click()
    shots.append(shot_of(page))
    _button(page, words["help"])
    page.get_by_role("dialog").get_by_role("textbox").fill(words["helped"])
    shots.append(shot_of(page))
    page.keyboard.press("Escape")
    _button(page, words["whistle"])
    dialog = page.get_by_role("dialog")
    dialog.locator("select").select_option("market_regulation")
    dialog.get_by_role("textbox").fill(words["called"])
    shots.append(shot_of(page))
    page.keyboard.press("Escape")
    _button(page, words["more_time"])
    page.get_by_role("dialog").get_by_role("textbox").fill(words["waits"])
    shots.append(shot_of(page))
    page.keyboard.press("Escape")
    _button(page, words["settle"])
    page.get_by_role("dialog").get_by_text(words["rectified"], exact=True).click()
    _photographed(page, "[role=dialog], dialog", folder, "after", "after again", cleared=True)
    page.get_by_role("dialog").get_by_role("textbox").fill(words["said"])
    shots.append(shot_of(page))
    page.get_by_role("dialog").get_by_role("button").filter(has_text=_send(look)).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    hush(page)
    shots.append(shot_of(page))
    camera.sheets(f"phone-task{look.suffix}", shots)


def _send(look: Look) -> str:
    return "提交" if look.language == "zh" else "Send"


def _patrol(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    lane, folder = living.lane, living.site.settings.data_path
    page = _open(camera, look, lane.member, lane, away=0.0)
    tap_tab(page, 1)
    _button(page, words["begin"])
    expect(page.get_by_role("button", name=words["end"])).to_be_visible()
    _walked(lane)
    page.reload()
    tap_tab(page, 1)
    _button(page, words["street_map"])
    page.wait_for_selector(".phone-map .map__canvas[data-drawn=true]", timeout=90_000)
    shots = [shot_of(page, 3000)]
    tap_tab(page, 2)
    shots.append(shot_of(page))
    _photographed(page, ".finding", folder, "found")
    page.locator(".finding .tile").nth(1).click()
    page.locator(".finding textarea").fill(words["seen"])
    page.locator(".finding textarea").blur()
    shots.append(shot_of(page))
    page.get_by_role("checkbox", name=words["here"]).check()
    page.get_by_text(words["persuaded"], exact=True).first.click()
    page.get_by_role("button", name=words["here"]).scroll_into_view_if_needed()
    bring_up(page.locator(".finding textarea"))
    shots.append(shot_of(page))
    page.get_by_role("checkbox", name=words["here"]).uncheck()
    _button(page, words["report"])
    expect(page.locator(".finding")).to_have_count(0, timeout=60_000)
    tap_tab(page, 1)
    shots.append(shot_after(page, lambda: _button(page, words["end"])))
    camera.keep(f"phone-patrol{look.suffix}", *shots)


def _walked(lane: Lane) -> None:
    """His phone tells where the patrol has been: along the half of the street up to where he stands."""
    pieces = lane.member.get(f"/streets/{lane.id}/pieces")["pieces"]
    line = [point for piece in pieces[: len(pieces) // 2 + 1] for point in piece["line"]]
    now = datetime.now(UTC)
    steps = 40
    fixes = []
    for step in range(steps + 1):
        along = step / steps * (len(line) - 1)
        before, share = line[int(along)], along % 1
        after = line[min(int(along) + 1, len(line) - 1)]
        lon, lat = (one + (other - one) * share for one, other in zip(before, after, strict=True))
        at = now - timedelta(seconds=5 * (steps - step))
        fixes.append({"at": at.isoformat(), "lon": lon, "lat": lat, "accuracy_m": 6})
    lane.member.post("/positions", fixes=fixes)


def _grid_worker_at(living: Living, lane: Lane) -> UUID:
    """Whoever works the grid that the street runs through."""
    place = living.ground.territory.locate(*lane.at)
    assert place is not None
    members = living.ground.people.members
    return next(one.person for one in members if one.post == "grid_worker" and one.area == place.community)


def _waiting_and_leaving(camera: Camera, living: Living, look: Look) -> None:
    """A grid worker goes in somewhere, loses the network, and wants to hand the phone on."""
    words = WORDS[look.language]
    lane, folder = living.lane, living.site.settings.data_path
    person = _grid_worker_at(living, lane)
    worker = sign_in(living.site, Role.GRID_WORKER, person=person)
    worker.post("/shifts/on")
    session = replace(worker, session=new_session(living.site.settings, person))
    page = _open(camera, look, session, lane)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    tap_tab(page, 2)
    page.get_by_text(words["home"], exact=True).click()
    page.get_by_text(words["hazards"], exact=True).click()
    shots = [shot_of(page)]
    there = {"lon": lane.at[0], "lat": lane.at[1], "description": words["swept"]}
    case = report(living.operator, category="E0104", **there)
    if case["holder"] != str(person):
        living.operator.post(f"/cases/{case['id']}/reassign", responder=str(person), reason="就近")
    tap_tab(page, 0)
    expect(page.locator(".task-row").first).to_be_visible(timeout=60_000)
    tap_tab(page, 2)
    page.context.set_offline(True)
    page.locator(".finding .tile").nth(1).click()
    _photographed(page, ".finding", folder, "in the stairs")
    _button(page, words["report"])
    expect(page.locator(".queue li")).to_have_count(1)
    hush(page)
    shots.append(shot_of(page))
    tap_tab(page, 0)
    shots.append(shot_of(page))
    page.route("**/api/v1/photographs/*", lambda route: route.abort())
    page.context.set_offline(False)
    tap_tab(page, 3 if page.locator(".phone__tabs button").count() == 4 else 4)
    page.get_by_role("button", name=words["leave"]).click()
    shots.append(shot_of(page))
    camera.keep(f"phone-waiting{look.suffix}", *shots)


def _chief(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    lane = living.lane
    lon, lat = lane.at
    for description in words["offers"][1:]:
        report(living.operator, lon=lon, lat=lat, category=TRADE, description=description)
    page = _open(camera, look, lane.chief, lane)
    tap_tab(page, 3)
    expect(page.locator(".chief .month tbody tr").first).to_be_visible(timeout=60_000)
    shots: list[Image.Image] = [shot_of(page)]
    for place in (1, 2):
        bring_up(page.locator(".chief h2").nth(place))
        shots.append(shot_of(page))
    page.get_by_role("button", name=words["reassign"]).first.click()
    page.get_by_role("dialog").locator("select").select_option(index=1)
    page.get_by_role("dialog").get_by_role("textbox").fill(words["nearer"])
    shots.append(shot_of(page))
    camera.keep(f"phone-chief{look.suffix}", *shots)


STEPS = (_task, _patrol, _waiting_and_leaving, _chief)
