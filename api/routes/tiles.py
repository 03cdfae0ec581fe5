"""Vector tiles of the district's layers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import Engine, Tiles, Watch
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission
from api.routes.tile_answers import FOR_EVER, TILE_RESPONSES, Encodings, KnownTag, Tile, tile_answer
from api.store.database import driver_transaction
from api.store.tiles import LAYERS, draw_tile
from api.tile_cache import DrawnTile

router = APIRouter(tags=["tiles"], dependencies=[require(Permission.VIEW_TERRITORY)])


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses=TILE_RESPONSES,
)
async def read_tile(
    layer: str,
    tile: Tile,
    watch: Watch,
    tiles: Tiles,
    engine: Engine,
    v: Annotated[str | None, Query(max_length=40, description="The version that the page knows of.")] = None,
    if_none_match: KnownTag = None,
    accept_encoding: Encodings = "",
) -> Response:
    """One layer's tile, in the version asked for where it is still kept, else in the one in force.

    Asked for by version it may be kept for ever; without, the browser asks again and mostly hears 304.
    """
    if layer not in LAYERS:
        raise NotFoundError("tile", "瓦片")
    drawn_as = LAYERS[layer]
    in_force = (await watch.versions()).of(drawn_as.dataset)
    asked = int(v) if v is not None and v.isascii() and v.isdecimal() and len(v) < 10 else None
    old = asked is not None and drawn_as.keeps_old and 0 < asked < in_force
    version = asked if asked is not None and old else in_force
    key = (layer, version, *tile)
    drawn = tiles.find(key)
    if drawn is None:
        async with driver_transaction(engine) as driver:
            drawn = DrawnTile.of(await draw_tile(driver, layer, watch.district, version, *tile))
        tiles.keep(key, drawn)
    return tile_answer(drawn, FOR_EVER if asked == version else "no-cache", if_none_match, accept_encoding)
