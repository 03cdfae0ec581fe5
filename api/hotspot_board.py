"""Hotspots as this process knows them: placed once, kept current as cases come in, asked in many ways."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import count
from typing import TypeVar

import numpy as np
import shapely
from sqlalchemy.ext.asyncio import AsyncEngine

from api.district_watch import DistrictWatch
from api.drawn_shapes import DrawnShapes
from api.errors import NotFoundError
from api.roads_watch import RoadsWatch
from api.store.database import driver_transaction
from api.store.hotspot_rows import read_observations, read_patrol_hours
from geo.areas import Area, Level, Territory
from geo.hotspot_layers import DensityLayer, EmergingLayer, PointLayer, StreetLayer, UnitLayer
from geo.hotspots import Ground, HotspotState, Measure, Selection, Units
from geo.roads import RoadNetwork
from geo.street_density import StreetKernel, StreetPieces
from geo.streets import Street

Answer = TypeVar("Answer")

_FRESH_S = 2.0
_REBUILD_S = 900.0
"""A case that is dismissed or merged later disappears at the next rebuilding."""
_KEPT = 8
_SHAPES_KEPT = 32
_CELL_M = 150.0


class Over(StrEnum):
    """What findings are counted in."""

    GRIDS = "grids"
    STREETS = "streets"
    CELLS = "cells"


class HotspotLayer(StrEnum):
    """What can be drawn of a state."""

    DENSITY = "density"
    AREAS = "areas"
    KINDS = "kinds"
    STREETS = "streets"
    POINTS = "points"

    def of(
        self, state: HotspotState, permutations: int = 0
    ) -> DensityLayer | UnitLayer | EmergingLayer | StreetLayer | PointLayer:
        """The layer; raises `NoStreetsError` where roads are wanted and none were given."""
        match self:
            case HotspotLayer.DENSITY:
                return state.density_layer()
            case HotspotLayer.AREAS:
                return state.units_layer(permutations)
            case HotspotLayer.KINDS:
                return state.emerging_layer()
            case HotspotLayer.STREETS:
                return state.street_layer()
            case HotspotLayer.POINTS:
                return state.points_layer(permutations)


@dataclass(frozen=True, slots=True)
class HotspotQuestion:
    """What is asked: an area (prefix of a code), what to count in, which findings, per what, how surely."""

    area: str
    over: Over
    selection: Selection
    measure: Measure
    rate: float
    permutations: int = 0
    """0 takes p-values from the curve; otherwise they are counted over so many shuffles."""

    def between(self, since: np.datetime64 | None, until: np.datetime64 | None) -> "HotspotQuestion":
        """The same question of another time; None leaves that end as it is."""
        selection = replace(
            self.selection,
            since=self.selection.since if since is None else since,
            until=self.selection.until if until is None else until,
        )
        return replace(self, selection=selection)


@dataclass(slots=True)
class _Board:
    """One area, counted in one way."""

    state: HotspotState
    versions: tuple[int, int, bool]
    built_at: float
    round: int
    """Another number whenever anything was counted."""
    newest: int = 0
    looked_at: float = float("-inf")
    ids: set[str] = field(default_factory=set)


class HotspotBoard:
    """One per process. Boards of the last eight areas stay in memory."""

    def __init__(self, engine: AsyncEngine, watch: DistrictWatch, roads: RoadsWatch) -> None:
        self._engine = engine
        self._watch = watch
        self._roads = roads
        self._boards: OrderedDict[tuple[str, Over], _Board] = OrderedDict()
        self._kernel: tuple[RoadNetwork, StreetKernel] | None = None
        self._rounds = count(1)
        self._shapes: OrderedDict[tuple[HotspotQuestion, HotspotLayer], tuple[int, DrawnShapes]] = (
            OrderedDict()
        )
        self._turn = asyncio.Lock()

    async def answer(self, question: HotspotQuestion, draw: Callable[[HotspotState], Answer]) -> Answer:
        """What `draw` makes of the state that answers the question; one at a time, off the event loop."""
        async with self._turn:
            board = await self._board_of(question)
            return await asyncio.to_thread(_drawn, board.state, question, draw)

    async def shapes(self, question: HotspotQuestion, layer: HotspotLayer) -> DrawnShapes:
        """The layer's shapes for tiles: drawn once for all tiles, and anew when new cases came."""
        async with self._turn:
            board = await self._board_of(question)
            key = (question, layer)
            drawn_in, shapes = self._shapes.get(key, (0, None))
            if shapes is None or drawn_in != board.round:
                draw = partial(_shapes_of, layer, question.permutations)
                shapes = await asyncio.to_thread(_drawn, board.state, question, draw)
                self._shapes[key] = (board.round, shapes)
            self._shapes.move_to_end(key)
            while len(self._shapes) > _SHAPES_KEPT:
                self._shapes.popitem(last=False)
            return shapes

    async def _board_of(self, question: HotspotQuestion) -> _Board:
        versions = await self._watch.versions()
        stamp = (versions.boundaries, versions.streets, self._roads.network is not None)
        key = (question.area, question.over)
        board = self._boards.get(key)
        now = time.monotonic()
        if board is None or board.versions != stamp or now - board.built_at > _REBUILD_S:
            ground = await self._ground(question.area, question.over)
            board = self._boards[key] = _Board(HotspotState(ground), stamp, now, next(self._rounds))
        self._boards.move_to_end(key)
        while len(self._boards) > _KEPT:
            self._boards.popitem(last=False)
        if now - board.looked_at > _FRESH_S:
            await self._catch_up(board, question.area)
            board.looked_at = now
        return board

    async def _catch_up(self, board: _Board, area: str) -> None:
        async with driver_transaction(self._engine) as driver:
            fresh, board.newest = await read_observations(
                driver, self._watch.district, area, board.newest, board.ids
            )
        board.ids.update(fresh.id.tolist())
        if len(fresh):
            await asyncio.to_thread(board.state.add, fresh)
            board.round = next(self._rounds)

    async def _ground(self, area: str, over: Over) -> Ground:
        territory = await self._watch.territory()
        async with driver_transaction(self._engine) as driver:
            hours = await read_patrol_hours(driver, self._watch.district)
        return await asyncio.to_thread(self._laid_out, territory, area, over, hours)

    def _laid_out(self, territory: Territory, area: str, over: Over, hours: Mapping[str, float]) -> Ground:
        grids = [one for one in territory.areas if one.level is Level.GRID and one.code.startswith(area)]
        if not grids:
            raise NotFoundError("area", "区域")
        outline = shapely.union_all([grid.shape for grid in grids])
        match over:
            case Over.GRIDS:
                units = Units.of_areas(grids, hours_by_grid(grids, territory.streets, hours))
            case Over.STREETS:
                units = Units.of_streets([s for s in territory.streets if s.shape.intersects(outline)], hours)
            case Over.CELLS:
                units = Units.of_cells(outline, _CELL_M)
        return Ground.over(units, self._kernel_in_force(), outline)

    def _kernel_in_force(self) -> StreetKernel | None:
        network = self._roads.network
        if network is None:
            return None
        if self._kernel is None or self._kernel[0] is not network:
            self._kernel = (network, StreetKernel.prepare(StreetPieces.of_network(network)))
        return self._kernel[1]


def hours_by_grid(
    grids: Sequence[Area], streets: Sequence[Street], hours: Mapping[str, float]
) -> dict[str, float]:
    """Hours of patrol in each grid: a street's hours, shared out by how much of it lies in the grid."""
    shapes = np.array([grid.shape for grid in grids], dtype=object)
    tree = shapely.STRtree(shapes)
    found: dict[str, float] = {}
    for street in streets:
        walked = hours.get(street.id, 0.0)
        for place in tree.query(street.centreline, predicate="intersects") if walked else ():
            share = street.centreline.intersection(shapes[place]).length / street.centreline.length
            code = grids[int(place)].code
            found[code] = found.get(code, 0.0) + walked * share
    return found


def _drawn(state: HotspotState, question: HotspotQuestion, draw: Callable[[HotspotState], Answer]) -> Answer:
    state.rate = question.rate
    if (state.selection, state.measure) != (question.selection, question.measure):
        state.select(question.selection, question.measure)
    return draw(state)


def _shapes_of(layer: HotspotLayer, permutations: int, state: HotspotState) -> DrawnShapes:
    return DrawnShapes.of_frame(layer.of(state, permutations).to_frame())
