"""The district of the pictures: its year behind it, its day lived through, and the drill playing on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit
from uuid import UUID

from api.drill_phone import heading_of
from api.drill_pictures import draw_photograph
from api.drill_play import Ground
from api.identity import Role
from api.settings import data_folder
from api.store.database import open_engine
from api.store.sample_year import ensure_sample_year
from dispatch.policy import DispatchMode
from geo.area_codes import AreaCode
from tests import databases
from tests.aside import aside
from tests.pages.phone import Lane, lane_of
from tests.pages.site import Site, served_sample
from tests.pages.staff import DISTRICT, Worker, mint_link, report, sign_in
from tests.pictures.day import live_through_today, upload

IN_TOWN = (112.552, 37.868)
WAITING = (
    ("E0117", "三个垃圾桶都满了，袋子堆到路上"),
    ("E0305", "围挡占了半幅路，没有通行指引"),
    ("E0102", "巷口堆着两天的垃圾"),
    ("E0201", "电线杆和卷帘门上贴满小广告"),
    ("E0104", "洒水后泥浆没有清，行人绕行"),
    ("E0401", "三轮车卖菜，堵住小区出口"),
)
"""Calls that have just come in, and wait for a key at the desk: category, and what was said."""
PHONES = 60
PLAYS_FOR_S = 75
"""So long until the phones of the drill have walked somewhere and found something."""


@dataclass
class Living:
    """A served district, somebody at its desk, and a street whose people the drill leaves alone."""

    site: Site
    operator: Worker
    lane: Lane
    ground: Ground

    def rest(self) -> None:
        """End the drill: its people go home, and no page says SIMULATION any more."""
        self.operator.client.put("/api/v1/drill", json={"on": False}).raise_for_status()
        while self.operator.get("/drill")["playing"]:
            sleep(0.5)


@contextmanager
def living_district(folder: Path) -> Iterator[Living]:
    """Yield the district; all of it goes away at the end."""
    ground = Ground.read()
    with databases.server() as url:
        template = aside(databases.prepare_template(url))
        sample = aside(databases.prepare_sample(url, template))
        with databases.copied(url, sample) as address:
            aside(_load_year(address))
            with served_sample(address, folder, background=False) as still:
                _let_the_old_town_confirm(still, ground)
                operator = sign_in(still, Role.OPERATOR, called="周敏")
                lane = lane_of(still, operator)
                _leave_alone(still, operator, lane)
                live_through_today(still, ground, operator)
            with served_sample(address, folder, port=urlsplit(still.url).port or 0) as site:
                _let_the_old_town_confirm(site, ground)
                with _drill(site, operator):
                    _calls_come_in(operator, ground)
                    yield Living(site, operator, lane, ground)


def _leave_alone(site: Site, operator: Worker, lane: Lane) -> None:
    """The drill plays nobody who has an account of his own: nobody walks here but on a picture."""
    for member in operator.get(f"/streets/{lane.id}")["members"]:
        mint_link(site, Role.TASK_FORCE_MEMBER, person=UUID(member["id"]), street=lane.id)


def _let_the_old_town_confirm(site: Site, ground: Ground) -> None:
    """In one subdistrict an operator has the last word, as policy may say: then a desk has work."""
    place = ground.territory.locate(*IN_TOWN)
    assert place is not None
    work = site.app.state.casework
    rules = dict(work.policy.dispatch)
    rules[AreaCode(place.grid[:9])] = replace(rules["default"], mode=DispatchMode.SUGGEST)
    work.policy = replace(work.policy, dispatch=rules)


def _calls_come_in(operator: Worker, ground: Ground) -> None:
    for number, (category, said) in enumerate(WAITING):
        shown = upload(operator, draw_photograph(heading_of(ground.policy, category), said))
        case = report(
            operator,
            lon=IN_TOWN[0] + ((number * 7) % 11 - 5) * 0.0006,
            lat=IN_TOWN[1] + ((number * 5) % 9 - 4) * 0.0005,
            category=category,
            kind="resident_request",
            source="hotline",
            description=said,
            photographs=[shown],
        )
        operator.post(f"/cases/{case['id']}/file")


async def _load_year(address: str) -> None:
    engine = open_engine(address)
    await ensure_sample_year(engine, data_folder())
    await engine.dispose()


@contextmanager
def _drill(site: Site, operator: Worker) -> Iterator[None]:
    words = [sys.executable, "-P", "-m", "api.drill", "--url", site.url, "--district", DISTRICT]
    environment = {**os.environ, "DATABASE_URL": site.settings.database_url}
    process = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)
    try:
        while not operator.get("/drill")["attached"]:
            assert process.poll() is None, "the drill ended by itself"
            sleep(0.2)
        switch = {"on": True, "pace": 6, "phones": PHONES}
        operator.client.put("/api/v1/drill", json=switch).raise_for_status()
        sleep(PLAYS_FOR_S)
        yield
    finally:
        process.terminate()
        process.wait(20)
