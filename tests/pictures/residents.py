"""What a resident meets: a report, matters nearby, its number, how it stands; services; large type."""

from uuid import UUID, uuid4

from playwright.sync_api import Page, expect

from api.drill_pictures import draw_photograph
from api.identity import Role
from tests.pages.staff import report, sign_in
from tests.pictures.camera import PHONE, Camera, Look, bring_up, hush, shot_of, to_the_top
from tests.pictures.living import Living

PATIENCE_MS = 120_000
"""A puzzle is solved before anything is sent, by chance and by processor."""
TRADE = "E0401"
STREET = 30
WORDS = {
    "zh": {
        "trade": "无照经营游商",
        "said": "每天早上七点到九点堵在路口，孩子上学要绕行",
        "send": "提交",
        "progress": "看进展",
        "order": "点这项服务",
        "tap": "水龙头漏水，关不严",
        "need": "说说要办什么",
        "tell": "说说情况",
        "name": "称呼",
        "phone": "电话",
        "who": "王女士",
        "large": "大字版",
        "four": "4 分",
        "reopen": "没解决，重新办理",
        "again": "第二天一早又摆出来了",
    },
    "en": {
        "trade": "Unlicensed stalls",
        "said": "Every morning from seven to nine they block the corner",
        "send": "Send",
        "progress": "See how it stands",
        "order": "Order this",
        "tap": "A tap drips and cannot be closed",
        "need": "Tell us what is needed",
        "tell": "Tell us more",
        "name": "Name",
        "phone": "Telephone",
        "who": "Ms Wang",
        "large": "Large type",
        "four": "4 of 5",
        "reopen": "Not solved: open it again",
        "again": "It was there again the next morning",
    },
}


def _at(living: Living) -> tuple[float, float]:
    """The middle of a street where nothing else is shown."""
    middle = living.ground.territory.streets[STREET].centreline.interpolate(0.5, normalized=True)
    return middle.x, middle.y


def _open(camera: Camera, living: Living, look: Look, view: str) -> Page:
    return camera.open(f"/report#{view}", look, PHONE, at=_at(living))


def _settled(living: Living, number: int) -> None:
    """The desk files it, somebody of the street settles it with photographs, the desk closes it."""
    desk = living.operator
    (case,) = [one for one in desk.get("/cases", q=str(number))["items"] if one["number"] == number]
    case = desk.post(f"/cases/{case['id']}/file")
    if not case["holder"]:
        case = desk.post(f"/cases/{case['id']}/assign")
    person = UUID(case["holder"])
    member = sign_in(living.site, Role.TASK_FORCE_MEMBER, person=person)
    lon, lat = _at(living)
    (task,) = [one["task"]["id"] for one in member.get("/tasks") if one["case"]["number"] == number]
    member.post(f"/tasks/{task}/accept")
    member.post(f"/tasks/{task}/arrive", lon=lon, lat=lat)
    after = member.client.put(
        f"/api/v1/photographs/{uuid4()}",
        content=draw_photograph("stalls", "after", cleared=True),
        headers={"Content-Type": "image/jpeg"},
    )
    done = {"outcome": "rectified", "reason": "已清理", "photographs": [after.json()["name"]]}
    member.post(f"/tasks/{task}/resolve", **done)
    desk.post(f"/cases/{case['id']}/verify")


def _report(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    lon, lat = _at(living)
    near = report(
        living.operator, lon=lon + 0.0002, lat=lat, category=TRADE, kind="resident_request", source="hotline"
    )
    page = _open(camera, living, look, "home")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shots = [shot_of(page)]
    page.goto(f"{camera.site.url}/report#report")
    file = living.site.settings.data_path / "seen.jpg"
    file.write_bytes(draw_photograph("stalls", "seen"))
    page.locator("input[type=file]").set_input_files([str(file)])
    expect(page.locator(".shots img")).to_have_count(1)
    page.get_by_role("radio", name=words["trade"]).check(force=True)
    page.get_by_role("textbox", name=words["tell"]).fill(words["said"])
    to_the_top(page)
    shots.append(shot_of(page))
    expect(page.locator(".near")).to_be_visible(timeout=60_000)
    bring_up(page.locator(".near"))
    shots.append(shot_of(page))
    page.get_by_role("button", name=words["send"], exact=True).click()
    expect(page.locator(".keep__code")).to_be_visible(timeout=PATIENCE_MS)
    number = int(page.locator(".keep__code").inner_text().partition("-")[0])
    shots.append(shot_of(page))
    camera.keep(f"residents-report{look.suffix}", *shots)
    _settled(living, number)
    page.get_by_role("button", name=words["progress"]).click()
    expect(page.locator("p.state")).to_be_visible()
    hush(page)
    follow = [shot_of(page)]
    page.get_by_role("button", name=words["four"]).click()
    hush(page)
    page.locator(".happened").scroll_into_view_if_needed()
    follow.append(shot_of(page))
    page.get_by_role("button", name=words["reopen"]).click()
    page.get_by_role("dialog").get_by_role("textbox").fill(words["again"])
    follow.append(shot_of(page))
    page.keyboard.press("Escape")
    page.goto(f"{camera.site.url}/report#mine")
    expect(page.locator(".card--row").first).to_be_visible()
    follow.append(shot_of(page))
    page.goto(f"{camera.site.url}/report#near")
    expect(page.locator(".card").first).to_be_visible(timeout=60_000)
    follow.append(shot_of(page))
    camera.keep(f"residents-follow{look.suffix}", *follow)
    living.operator.post(f"/cases/{near['id']}/dismiss", reason="已处理")


def _services(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    page = _open(camera, living, look, "order")
    expect(page.get_by_role("button", name=words["order"]).first).to_be_visible(timeout=60_000)
    shots = [shot_of(page)]
    page.get_by_role("button", name=words["order"]).first.click()
    page.get_by_role("textbox", name=words["need"]).fill(words["tap"])
    page.get_by_role("textbox", name=words["name"]).fill(words["who"])
    page.get_by_role("textbox", name=words["phone"]).fill("13800000000")
    to_the_top(page)
    shots.append(shot_of(page))
    page.goto(f"{camera.site.url}/report#visit")
    expect(page.locator("select").first).to_be_visible(timeout=60_000)
    shots.append(shot_of(page))
    camera.keep(f"residents-order{look.suffix}", *shots)


def _large(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    page = _open(camera, living, look, "home")
    page.get_by_role("button", name=words["large"]).click()
    shots = [shot_of(page)]
    page.goto(f"{camera.site.url}/report#report")
    expect(page.locator("input[type=file]")).to_have_count(1)
    shots.append(shot_of(page))
    page.evaluate("() => scrollTo(0, 900)")
    shots.append(shot_of(page))
    camera.keep(f"residents-large-type{look.suffix}", *shots)


STEPS = (_report, _services, _large)
