"""Hotspots as a collection of the OGC API: each grid, street or cell with its count, p-value and kind."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import shapely
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry
from starlette.datastructures import QueryParams

from api.hotspot_board import HotspotBoard, HotspotQuestion
from api.identity import Permission, Principal, reach_of
from api.ogc import Asked, BadParameterError, Box, asked_of
from api.routes.hotspots import HotspotQuery, narrowed
from geo.hotspots import HotspotState
from geo.observations import LOCAL_ZONE

NAME = "hotspots"
TITLE, TITLE_ZH = "Hotspots of findings", "问题热点"
_LISTS = frozenset({"category", "hour", "weekday"})
_PARAMETERS = frozenset(HotspotQuery.model_fields) - {"since", "until"}
"""The standard's own `datetime` says since when and until when."""

Feature = dict[str, Any]


def sees_hotspots(principal: Principal) -> bool:
    """Whether there is such a collection for the principal: it is of whole areas."""
    grants = reach_of(principal, Permission.VIEW_STATISTICS).grants
    return any(grant.street is None and grant.department is None for grant in grants)


async def list_hotspot_features(
    board: HotspotBoard, principal: Principal, query: QueryParams
) -> tuple[Asked, list[Feature], int]:
    """One page of the units that the query asks for, and how many there are."""
    asked = asked_of(query, _PARAMETERS)
    found = await _found(board, principal, query, asked)
    return asked, found[asked.offset : asked.offset + asked.limit], len(found)


async def find_hotspot_feature(
    board: HotspotBoard, principal: Principal, code: str, query: QueryParams
) -> Feature | None:
    """One unit; None where the query's area has none of that code."""
    asked = asked_of(query, _PARAMETERS)
    found = await _found(board, principal, query, asked)
    return next((one for one in found if one["id"] == code), None)


async def _found(
    board: HotspotBoard, principal: Principal, query: QueryParams, asked: Asked
) -> list[Feature]:
    question = _question(query, asked, principal)
    return await board.answer(question, lambda state: _features(state, asked, question.permutations))


def _question(query: QueryParams, asked: Asked, principal: Principal) -> HotspotQuestion:
    said: dict[str, Any] = {
        name: query.getlist(name) if name in _LISTS else query[name] for name in _PARAMETERS & set(query)
    }
    try:
        meant = HotspotQuery.model_validate(said)
    except ValidationError as wrong:
        name = str(wrong.errors()[0]["loc"][0])
        raise BadParameterError(f"'{name}' cannot be used so", f"参数 {name} 无效") from None
    question = narrowed(meant, principal, principal.district)
    return question.between(_local(asked.since), _local(asked.until))


def _local(moment: datetime | None) -> np.datetime64 | None:
    if moment is None:
        return None
    return np.datetime64(moment.astimezone(ZoneInfo(LOCAL_ZONE)).replace(tzinfo=None), "s")


def _shape_of(box: Box) -> BaseGeometry:
    west, south, east, north = box
    if west <= east:
        return shapely.box(*box)
    return shapely.union(shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))


def _features(state: HotspotState, asked: Asked, permutations: int) -> list[Feature]:
    layer, over_time = state.units_layer(permutations), state.emerging_layer()
    frame = layer.to_frame().assign(kind=over_time.emerging.kind, trend_p=over_time.emerging.trend.p)
    if asked.box is not None:
        frame = frame[shapely.intersects(frame.geometry.to_numpy(), _shape_of(asked.box))]
    told: list[Feature] = orjson.loads(frame.to_json(na="null", drop_id=True))["features"]
    return [{**one, "id": one["properties"]["code"]} for one in told]
