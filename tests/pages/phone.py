"""People with phones on one street of the sample, and the steps that several tests take with them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect

from api.identity import Role
from tests.pages.conftest import OpenPage
from tests.pages.site import Site
from tests.pages.staff import DISTRICT, Worker, report, sign_in
from tests.pages.watched import WatchedPage

PHONE = (390, 844)
CATEGORY = "E0401"


@dataclass(frozen=True)
class Lane:
    """A street with its chief and two members on shift, each signed in."""

    id: str
    name: str
    at: tuple[float, float]
    chief: Worker
    member: Worker
    other: Worker
    other_name: str


def lane_of(site: Site, operator: Worker) -> Lane:
    """The first street whose task force has a chief by post and two more who may take street trade."""
    for street in operator.get("/streets", limit=200)["items"]:
        detail = operator.get(f"/streets/{street['id']}")
        pair = [one for one in detail["members"] if one["post"] in {"alley_steward", "enforcement_squad"}]
        chiefs = [one for one in detail["members"] if one["is_chief"] and one["post"] == "street_chief"]
        if len(pair) < 2 or not chiefs:
            continue
        pieces = operator.get(f"/streets/{street['id']}/pieces")["pieces"]
        middle = pieces[len(pieces) // 2]["line"][0]
        people = [
            sign_in(site, Role.TASK_FORCE_MEMBER, DISTRICT, UUID(one["id"]), street=street["id"])
            for one in pair[:2]
        ]
        chief = sign_in(site, Role.STREET_CHIEF, DISTRICT, UUID(chiefs[0]["id"]), street=street["id"])
        for person in (*people, chief):
            person.post("/shifts/on")
        administrator = sign_in(site, Role.ADMINISTRATOR)
        for member in detail["members"]:
            administrator.client.patch(f"/api/v1/people/{member['id']}", json={"capacity": 30})
        return Lane(
            street["id"], street["name"], (middle[0], middle[1]), chief, *people, other_name=pair[1]["name"]
        )
    raise AssertionError("the sample has no street with two such members")


def give(operator: Worker, lane: Lane, who: Worker, description: str = "占道摆摊", **more: Any) -> Any:
    """Report something on the street and offer it to one of its people."""
    lon, lat = lane.at
    case = report(operator, lon=lon, lat=lat, category=CATEGORY, description=description, **more)
    person = who.get("/session")["person"]
    if case["holder"] != person:
        case = operator.post(f"/cases/{case['id']}/reassign", responder=person, reason="测试")
    return case


def decline_all(who: Worker) -> None:
    """Free somebody of what earlier tests offered."""
    for one in who.get("/tasks"):
        if one["case"]["state"] == "offered":
            who.post(f"/tasks/{one['task']['id']}/decline", reason="测试")


def open_phone(open_page: OpenPage, who: Worker, lane: Lane, **how: Any) -> WatchedPage:
    """The phone's page with its lists loaded, standing a little south of the street's middle."""
    watched = open_page(
        "/street",
        size=PHONE,
        map_drawn=False,
        session=who.session,
        geolocation={"longitude": lane.at[0], "latitude": lane.at[1] - 0.004, "accuracy": 8},
        permissions=["geolocation"],
        has_touch=True,
        **how,
    )
    expect(watched.page.locator(".shift")).to_be_visible()
    return watched


def tap_tab(page: Page, number: int) -> None:
    """Go to a tab by its place."""
    page.locator(".phone__tabs button").nth(number).click()
