"""Vector tiles of what is computed, parameters in the address: hotspots, rings of the service circle."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from api.dependencies import Engine, Tiles
from api.drawn_shapes import DrawnShapes, TileAddress
from api.hotspot_board import HotspotLayer
from api.routes.coverage import CoverageQuery, DeskOfRequest
from api.routes.coverage import Viewer as CoverageViewer
from api.routes.hotspots import BoardOfRequest, Question, needs_roads
from api.routes.tile_answers import TILE_RESPONSES, Encodings, KnownTag, Tile, tile_answer
from api.store.database import driver_transaction
from api.store.tiles import draw_shapes
from api.tile_cache import DrawnTile, TileCache

router = APIRouter(prefix="/api/v1", tags=["tiles"])

_OWN = "private, max-age=5"
"""What is drawn depends on who asks, and new cases change it."""


@router.get("/hotspots/tiles/{drawn}/{z}/{x}/{y}.mvt", response_class=Response, responses=TILE_RESPONSES)
async def read_hotspot_tile(
    drawn: HotspotLayer,
    tile: Tile,
    question: Question,
    board: BoardOfRequest,
    tiles: Tiles,
    engine: Engine,
    if_none_match: KnownTag = None,
    accept_encoding: Encodings = "",
) -> Response:
    """One layer of hotspots, with the properties of its GeoJSON; the layer in the tile has the same name."""
    with needs_roads():
        shapes = await board.shapes(question, drawn)
    answer = await _tile(engine, tiles, drawn.value, shapes, tile)
    return tile_answer(answer, _OWN, if_none_match, accept_encoding)


@router.get("/coverage/tiles/rings/{z}/{x}/{y}.mvt", response_class=Response, responses=TILE_RESPONSES)
async def read_rings_tile(
    query: Annotated[CoverageQuery, Query()],
    viewer: CoverageViewer,
    tile: Tile,
    desk: DeskOfRequest,
    tiles: Tiles,
    engine: Engine,
    centre: Annotated[str, Query(max_length=64, description="One centre; without, all of them as one.")] = "",
    if_none_match: KnownTag = None,
    accept_encoding: Encodings = "",
) -> Response:
    """The rings as the layer `rings`: `minutes` and `area_m2`, the widest first."""
    shapes = await desk.ring_shapes(query.question(), centre)
    answer = await _tile(engine, tiles, "rings", shapes, tile)
    return tile_answer(answer, _OWN, if_none_match, accept_encoding)


async def _tile(
    engine: AsyncEngine, tiles: TileCache, layer: str, shapes: DrawnShapes, tile: TileAddress
) -> DrawnTile:
    key = (f"{layer} {shapes.digest}", 0, *tile)
    found = tiles.find(key)
    if found is None:
        cut = shapes.cut(tile)
        async with driver_transaction(engine) as driver:
            found = DrawnTile.of(await draw_shapes(driver, layer, cut.shapes, cut.properties, *tile))
        tiles.keep(key, found)
    return found
