"""A department that was called: the clock to report in, there by place, done with evidence, past calls."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from api.drill_pictures import draw_photograph
from api.identity import Role
from tests.pages.staff import report, sign_in
from tests.pictures.camera import DESK, PHONE, Camera, Look, hush, shot_after, shot_of
from tests.pictures.day import upload
from tests.pictures.living import Living

DEPARTMENT = "urban_management"
PLACE = (112.552, 37.868)
WORDS = {
    "zh": {
        "matter": "占道经营反复，商户越摆越多",
        "called": "请到场处置",
        "locate": "用手机定位",
        "there": "我们已在现场",
        "done": "处置完成",
        "said": "已劝离并清理，约谈商户",
    },
    "en": {
        "matter": "Stalls come back every morning",
        "called": "Please come and deal with it",
        "locate": "Use my position",
        "there": "We are there: report in and arrive",
        "done": "Done",
        "said": "Moved on and cleared; talked to the owners",
    },
}


def _called(living: Living, words: dict[str, str], *, matter: str) -> Any:
    shown = upload(living.operator, draw_photograph("stalls", f"called {matter}"))
    case = report(living.operator, lon=PLACE[0], lat=PLACE[1], description=matter, photographs=[shown])
    living.operator.post(f"/cases/{case['id']}/whistle", departments=[DEPARTMENT], reason=words["called"])
    return case


def _card(page: Page, case: Any) -> Locator:
    return page.locator(".call", has_text=f"#{case['number']}")


def _calls(camera: Camera, living: Living, look: Look) -> None:
    words = WORDS[look.language]
    case = _called(living, words, matter=words["matter"])
    contact = sign_in(living.site, Role.DEPARTMENT_CONTACT, department=DEPARTMENT, called="城管联系人")
    page = camera.open("/department", look, PHONE, contact, PLACE)
    card = _card(page, case)
    expect(card).to_be_visible(timeout=60_000)
    shots = [shot_of(page)]
    card.get_by_role("button", name=words["locate"]).click()
    shots.append(shot_after(page, lambda: card.get_by_role("button", name=words["there"]).click()))
    file = living.site.settings.data_path / "done.jpg"
    file.write_bytes(draw_photograph("stalls", "done", cleared=True))
    card.locator("input[type=file]").set_input_files([str(file)])
    expect(card.locator(".shots__one")).to_have_count(1)
    card.get_by_role("textbox").fill(words["said"])
    card.get_by_role("textbox").scroll_into_view_if_needed()
    hush(page)
    shots.append(shot_of(page))
    card.get_by_role("button", name=words["done"], exact=True).click()
    expect(card).to_have_count(0)
    whistle = living.operator.get(f"/cases/{case['id']}")["whistles"][0]["id"]
    living.operator.post(f"/whistles/{whistle}/rate", department=DEPARTMENT, score=5)
    page.reload()
    page.get_by_role("tab").nth(1).click()
    expect(_card(page, case)).to_be_visible()
    shots.append(shot_of(page))
    camera.keep(f"department{look.suffix}", *shots)
    other = _called(living, words, matter=words["matter"])
    page = camera.open("/department", look, DESK, contact, PLACE)
    expect(page.locator(".call").first).to_be_visible(timeout=60_000)
    camera.keep(f"department-desk{look.suffix}", shot_of(page))
    whistle = living.operator.get(f"/cases/{other['id']}")["whistles"][0]["id"]
    living.operator.post(f"/whistles/{whistle}/release", department=DEPARTMENT, reason="已自行解决")


STEPS = (_calls,)
