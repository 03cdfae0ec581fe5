"""Hotspots: density, hotspots by area, street or cell, their kinds over time, and a place explained."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import numpy as np
import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from api.case_access import whole_area
from api.dependencies import DriverTransaction, SettingsOfRequest, Watch
from api.errors import NotFoundError
from api.guards import require
from api.hotspot_board import HotspotBoard, HotspotLayer, HotspotQuestion, Over
from api.identity import Permission, Principal, Where, may
from api.refusals import UnusableValueError
from api.routes.query_place import Latitude, Longitude
from api.store.hotspot_rows import list_cases_named, list_streets_of
from dispatch.lifecycle import State
from geo.hotspot_words import Explanation, explain
from geo.hotspots import HotspotState, Measure, NoStreetsError, Selection
from geo.observations import Season

router = APIRouter(prefix="/api/v1/hotspots", tags=["hotspots"])

Viewer = Annotated[Principal, require(Permission.VIEW_STATISTICS)]
_GEOJSON = "application/geo+json"
_NEWEST = 50
"""So many cases of an explained place are named."""
_RATES = Annotated[float, Query(gt=0, le=0.5, description="Share of false hotspots that is accepted.")]


async def board_of(request: Request) -> HotspotBoard:
    """Return this process's board."""
    board: HotspotBoard = request.app.state.hotspots
    return board


BoardOfRequest = Annotated[HotspotBoard, Depends(board_of)]


class HotspotQuery(BaseModel):
    """Which findings, counted in what, per what. Hours and days are those of the district's clock."""

    area: Annotated[str, Query(max_length=15, pattern=r"^\d*$", description="Prefix of an area code.")] = ""
    over: Over = Over.GRIDS
    per: Measure = Measure.COUNT
    category: Annotated[list[str], Query(max_length=200)] = []
    hour: Annotated[list[Annotated[int, Query(ge=0, le=23)]], Query(max_length=24)] = []
    weekday: Annotated[
        list[Annotated[int, Query(ge=1, le=7)]], Query(max_length=7, description="1 is Monday.")
    ] = []
    season: Season | None = None
    since: date | None = None
    until: Annotated[date | None, Query(description="Not included.")] = None
    rate: _RATES = 0.05
    permutations: Annotated[
        int,
        Query(ge=0, le=999, description="Shuffles that p-values are counted over; 0: from the exact curve."),
    ] = 0


class PlaceQuery(HotspotQuery):
    """The same, at a place."""

    lon: Longitude
    lat: Latitude


def selection_of(query: HotspotQuery) -> Selection:
    """The selection that the parameters state."""
    return Selection(
        categories=frozenset(query.category) or None,
        hours=frozenset(query.hour) or None,
        weekdays=frozenset(day - 1 for day in query.weekday) or None,
        months=query.season.months if query.season else None,
        since=np.datetime64(query.since, "s") if query.since else None,
        until=np.datetime64(query.until, "s") if query.until else None,
    )


async def question_of(
    query: Annotated[HotspotQuery, Query()], principal: Viewer, settings: SettingsOfRequest
) -> HotspotQuestion:
    """The question that a request asks."""
    return narrowed(query, principal, settings.district_code)


def narrowed(query: HotspotQuery, principal: Principal, district: str) -> HotspotQuestion:
    """The question, within what the caller may see: hotspots are of whole areas, never of one street."""
    area = whole_area(principal, Permission.VIEW_STATISTICS, query.area, district)
    return HotspotQuestion(area, query.over, selection_of(query), query.per, query.rate, query.permutations)


Question = Annotated[HotspotQuestion, Depends(question_of)]


class BusyStreet(BaseModel):
    """A street that the findings of a place lie on, and who answers for it."""

    id: str
    name: str
    name_en: str
    count: int
    task_force: str | None
    task_force_en: str | None
    chief: str | None
    chief_en: str | None


class SpotCase(BaseModel):
    """A case of the place, as a list shows it."""

    id: UUID
    number: int
    category: str
    state: State
    reported_at: datetime


class ExplainedPlace(BaseModel):
    """One place in numbers and in words; numbers are null where nothing can be said."""

    code: str
    name: str
    name_en: str
    count: int
    kind: str
    z: float | None
    p: float | None
    q: float | None
    slope_per_step: float
    series: list[int]
    step_starts: list[str]
    categories: list[tuple[str, int]]
    cases: list[SpotCase]
    """The newest ones; empty for who may not see cases."""
    streets: list[BusyStreet]
    zh: str
    en: str


@router.get("/density")
async def density(question: Question, board: BoardOfRequest) -> Response:
    """Findings per square kilometre, as polygons of classes."""
    return await _layer(board, question, HotspotLayer.DENSITY)


@router.get("/areas")
async def areas(question: Question, board: BoardOfRequest) -> Response:
    """Every grid, street or cell with its count, its rate, and whether it is a hotspot."""
    return await _layer(board, question, HotspotLayer.AREAS)


@router.get("/points")
async def points(question: Question, board: BoardOfRequest) -> Response:
    """Every place with findings and whether it is a hotspot among the places within 100 m: no boundaries."""
    return await _layer(board, question, HotspotLayer.POINTS)


@router.get("/kinds")
async def kinds(question: Question, board: BoardOfRequest) -> Response:
    """Every grid, street or cell with what it has been over time: new, intensifying, persistent …"""
    return await _layer(board, question, HotspotLayer.KINDS)


@router.get("/streets")
async def streets(question: Question, board: BoardOfRequest) -> Response:
    """Findings per kilometre of street, as lines."""
    with needs_roads():
        return await _layer(board, question, HotspotLayer.STREETS)


@router.get("/explained")
async def explained(
    query: Annotated[PlaceQuery, Query()],
    board: BoardOfRequest,
    principal: Viewer,
    watch: Watch,
    driver: DriverTransaction,
) -> ExplainedPlace:
    """The grid, street or cell at a place: its cases, its trend, its streets, and the p-value in words."""
    question = narrowed(query, principal, watch.district)
    told = await board.answer(question, lambda state: _explained(state, query))
    if told is None:
        raise NotFoundError("place in the area", "位于该区域的地点")
    versions = await watch.versions()
    busiest = await list_streets_of(driver, watch.district, versions.streets, told.findings)
    sees_cases = may(principal, Permission.VIEW_CASES, Where(question.area))
    newest = await list_cases_named(driver, watch.district, told.findings[:_NEWEST]) if sees_cases else []
    numbers = {name: _finite(getattr(told, name)) for name in ("z", "p", "q")}
    return ExplainedPlace.model_validate(
        asdict(told)
        | numbers
        | {
            "cases": [dict(row) for row in newest],
            "streets": [dict(row) for row in busiest],
        }
    )


@contextmanager
def needs_roads() -> Iterator[None]:
    """Say so where streets are asked about before there are any."""
    try:
        yield
    except NoStreetsError:
        raise UnusableValueError("no roads have been loaded yet", "尚未导入道路") from None


async def _layer(board: HotspotBoard, question: HotspotQuestion, layer: HotspotLayer) -> Response:
    drawn = await board.answer(question, partial(_geojson, layer, question.permutations))
    return Response(drawn, media_type=_GEOJSON, headers={"Cache-Control": "private, max-age=5"})


def _geojson(layer: HotspotLayer, permutations: int, state: HotspotState) -> bytes:
    return orjson.dumps(layer.of(state, permutations).to_geojson())


def _explained(state: HotspotState, query: PlaceQuery) -> Explanation | None:
    units = state.ground.units
    row = int(units.unit_at(np.array([query.lon]), np.array([query.lat]))[0])
    return explain(state, str(units.codes[row]), query.permutations) if row >= 0 else None


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
