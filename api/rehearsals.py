"""The ground of a rehearsal: the seeded sample district, or the district that a database holds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from api.settings import data_folder
from api.store.database import driver_transaction, open_engine
from api.store.own_district import list_everybody, list_forces, read_history, read_weekly_roster
from api.store.roads import read_roads
from api.store.territory import load_territory
from api.store.versions import newest_versions
from dispatch.disorder import Rhythm
from dispatch.fitting import Process, fit_process
from dispatch.policy import Policy
from dispatch.ports import TravelTimes
from dispatch.rehearsal import Ground
from dispatch.sample_year import DAYS, FINDINGS, PATROLS, category_rates, sample_world
from dispatch.situation import Situation
from dispatch.virtual_world import World
from geo.road_readers import from_geodataframe, import_roads
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.sample import load
from geo.travel import Travel

REQUESTS_A_DAY = 60.0
"""What residents of the sample district report by themselves."""


class CannotRehearseError(Exception):
    """What is missing before a district can be rehearsed in; says what to do."""


def travels_over(network: RoadNetwork) -> Mapping[str, TravelTimes]:
    """Travel times in every mode."""
    return {mode.value: Travel(network, mode) for mode in Mode}


def sample_ground(policy: Policy) -> Ground:
    """The sample district, with the year's own rates and residents' reports besides."""
    sample = load(data_folder() / "boundaries")
    territory = sample.territory()
    network, _ = import_roads(sample.roads)
    travel = travels_over(network)
    process = Process(
        tuple(category_rates(policy)),
        {},
        None,
        Rhythm(),
        PATROLS / DAYS,
        FINDINGS / DAYS,
        REQUESTS_A_DAY,
    )
    return Ground(territory, process, lambda rules, at: sample_world(rules, territory, travel, at)[0])


async def own_ground(database_url: str, district: str) -> Ground:
    """The district of a database: its areas, streets, roads, people and roster, and its findings' process."""
    engine = open_engine(database_url, pool_size=1)
    try:
        async with driver_transaction(engine) as driver:
            versions = await newest_versions(driver, district)
            if not versions.boundaries or not versions.streets:
                raise CannotRehearseError(
                    f"the database holds no district {district} with streets: import both first"
                )
            territory = await load_territory(driver, district)
            frame = await read_roads(driver, district, versions.roads) if versions.roads else None
            people = await list_everybody(driver, district)
            forces = await list_forces(driver, district)
            roster = await read_weekly_roster(driver, district)
            findings, patrols = await read_history(driver, district)
    finally:
        await engine.dispose()
    if frame is None or not people or not roster:
        missing = "roads" if frame is None else "people" if not people else "a roster"
        raise CannotRehearseError(f"district {district} has no {missing} yet: import what is missing first")
    process = fit_process(findings, patrols, territory.streets)
    travel = travels_over(from_geodataframe(frame))

    def world(rules: Policy, at: datetime) -> World:
        """Everybody as he is when such a stretch begins: with empty hands, on the roster's shift."""
        fresh = (
            replace(one, load=0, fix=None, shift=roster.shift_at(one.person, at))
            for one in people
            if one.post in rules.posts
        )
        return World(rules, territory, Situation(rules, forces, fresh, travel), roster.shift_at)

    return Ground(territory, process, world)
