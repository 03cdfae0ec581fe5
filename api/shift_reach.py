"""Which grids somebody on shift reaches within minutes, right now, wherever he is taken to be."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
from sqlalchemy.ext.asyncio import AsyncEngine

from api.coverage_desk import roads_not_ready
from api.district_watch import DistrictWatch
from api.errors import NotFoundError
from api.roads_watch import RoadsWatch
from api.store.database import driver_transaction
from api.store.people_near import list_people_of
from dispatch.responders import PositionRules, Responder, whereabouts
from geo.areas import Area, Level
from geo.coordinates import WGS84, LonLat
from geo.road_rules import Mode
from geo.service_circle import responders_reach
from geo.travel import Travel


@dataclass(frozen=True, slots=True)
class ShiftReach:
    """Grids with `minutes` (infinite where nobody gets to) and `ring` (the smallest limit, or NaN)."""

    grids: gpd.GeoDataFrame
    on_shift: int
    nowhere: int
    """Of those, how many have neither a position nor a post."""


async def reach_of_those_on_shift(
    engine: AsyncEngine,
    watch: DistrictWatch,
    roads: RoadsWatch,
    rules: PositionRules,
    *,
    area: str,
    mode: Mode,
    minutes: Sequence[float],
    now: datetime,
) -> ShiftReach:
    """Measure it for the grids of an area and the people whose own area lies in it.

    Raises `NotFoundError` for an area without grids.
    """
    grids = [
        one
        for one in (await watch.territory()).areas
        if one.level is Level.GRID and one.code.startswith(area)
    ]
    if not grids:
        raise NotFoundError("area", "区域")
    travel = roads.travels().get(mode.value)
    if not isinstance(travel, Travel):
        raise roads_not_ready()
    async with driver_transaction(engine) as driver:
        people = await list_people_of(driver, watch.district, area, now)
    on_shift = [person for person in people if person.on_shift(now)]
    places = _places(on_shift, now, rules)
    reached = await asyncio.to_thread(_reached, grids, places, travel, minutes)
    return ShiftReach(reached, len(on_shift), len(on_shift) - len(places))


def _places(people: Sequence[Responder], now: datetime, rules: PositionRules) -> list[LonLat]:
    found = (whereabouts(person, now, rules).at for person in people)
    return [place for place in found if place is not None]


def _reached(
    grids: Sequence[Area], people: Sequence[LonLat], travel: Travel, minutes: Sequence[float]
) -> gpd.GeoDataFrame:
    columns = {
        "code": [str(grid.code) for grid in grids],
        "name": [grid.name for grid in grids],
        "name_en": [grid.name_en for grid in grids],
        "households": [grid.households for grid in grids],
    }
    cells = gpd.GeoDataFrame(columns, geometry=[grid.shape for grid in grids], crs=WGS84)
    if not people:
        return cells.assign(minutes=np.inf, ring=np.nan)
    reached = responders_reach(travel.snaps_of(people), cells, travel, minutes)
    return reached.drop(columns="responder")
