"""The service circle of the district in force, measured when asked for and kept until anything changes."""

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
from sqlalchemy.ext.asyncio import AsyncEngine

from api.district_watch import DistrictWatch
from api.drawn_shapes import DrawnShapes
from api.refusals import ConflictingChangeError
from api.roads_watch import RoadsWatch
from api.store.database import driver_transaction
from api.store.report_frames import read_centres, read_homes
from api.store.versions import Versions
from geo.road_rules import Mode
from geo.service_circle import ServiceCircle, coverage

_KEPT = 24


class CoverageQuestion(NamedTuple):
    """How one travels, the limits in minutes, and the hour at which a centre has to be open."""

    mode: Mode = Mode.WALK
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    at: datetime | None = None


class _Key(NamedTuple):
    versions: Versions
    closures: int
    question: CoverageQuestion


class CoverageDesk:
    """One per process: the newest answers, by the versions of everything they rest on."""

    def __init__(self, engine: AsyncEngine, watch: DistrictWatch, roads: RoadsWatch) -> None:
        self._engine = engine
        self._watch = watch
        self._roads = roads
        self._circles: OrderedDict[_Key, ServiceCircle] = OrderedDict()
        self._rings: OrderedDict[_Key, gpd.GeoDataFrame] = OrderedDict()
        self._shapes: OrderedDict[tuple[_Key, str], DrawnShapes] = OrderedDict()
        self._measuring = asyncio.Lock()

    async def circle(self, question: CoverageQuestion) -> ServiceCircle:
        """Who reaches which centre in how many minutes, with the closures of this moment."""
        key = await self._key(question)
        async with self._measuring:
            if key not in self._circles:
                self._circles[key] = await self._measure(question)
                _drop_oldest(self._circles)
            return self._circles[key]

    async def rings(self, question: CoverageQuestion) -> gpd.GeoDataFrame:
        """One polygon for each centre in service and limit, with the centre's id in `centre`.

        Those with an empty `centre` hold what any centre reaches within the limit.
        """
        circle = await self.circle(question)
        key = await self._key(question)
        async with self._measuring:
            if key not in self._rings:
                self._rings[key] = await asyncio.to_thread(_with_unions, circle)
                _drop_oldest(self._rings)
            return self._rings[key]

    async def ring_shapes(self, question: CoverageQuestion, centre: str) -> DrawnShapes:
        """One centre's rings for tiles (of all of them as one: ""), the widest first."""
        rings = await self.rings(question)
        key = (await self._key(question), centre)
        if key not in self._shapes:
            chosen = rings[rings["centre"] == centre].sort_values("minutes", ascending=False)
            self._shapes[key] = await asyncio.to_thread(DrawnShapes.of_frame, chosen)
            _drop_oldest(self._shapes)
        return self._shapes[key]

    async def _key(self, question: CoverageQuestion) -> _Key:
        network = self._roads.network
        changes = network.conditions.version if network else 0
        return _Key(await self._watch.versions(), changes, question)

    async def _measure(self, question: CoverageQuestion) -> ServiceCircle:
        network, travel = self._roads.network, self._roads.travels().get(question.mode.value)
        if network is None or travel is None:
            raise roads_not_ready()
        async with driver_transaction(self._engine) as driver:
            centres = await read_centres(driver, self._watch.district)
            homes = await read_homes(driver, self._watch.district)
        return await asyncio.to_thread(
            coverage,
            centres.set_index("id"),
            homes,
            network,
            question.minutes,
            mode=question.mode,
            at=question.at,
            travel=travel,
        )


def roads_not_ready() -> ConflictingChangeError:
    """What is said while there are no roads to travel on."""
    return ConflictingChangeError(
        "No roads are in force yet; import them, or wait a moment until they are compiled",
        "路网尚未就绪，请先导入路网，或稍候片刻等待编译完成",
    )


def _with_unions(circle: ServiceCircle) -> gpd.GeoDataFrame:
    rings = circle.rings()
    whole = rings[["minutes", "geometry"]].dissolve("minutes").reset_index().assign(centre="")
    return gpd.GeoDataFrame(pd.concat([rings, whole], ignore_index=True), crs=rings.crs)


def _drop_oldest(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)
