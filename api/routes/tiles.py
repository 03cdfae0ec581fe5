"""Vector tiles of the district's layers."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from api.dependencies import Engine, Tiles, Watch
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission
from api.store.database import driver_transaction
from api.store.tiles import LAYERS, MAX_ZOOM, draw_tile
from api.tile_cache import DrawnTile

router = APIRouter(tags=["tiles"], dependencies=[require(Permission.VIEW_TERRITORY)])

MVT = "application/vnd.mapbox-vector-tile"

_MAX_INDEX = 2**MAX_ZOOM - 1


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={200: {"content": {MVT: {}}, "description": "The tile; empty where nothing lies in it."}},
)
async def read_tile(
    layer: str,
    z: Annotated[int, Path(ge=0, le=MAX_ZOOM)],
    x: Annotated[int, Path(ge=0, le=_MAX_INDEX)],
    y: Annotated[int, Path(ge=0, le=_MAX_INDEX)],
    watch: Watch,
    tiles: Tiles,
    engine: Engine,
    v: Annotated[str | None, Query(max_length=40, description="The version that the page knows of.")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """One layer's tile, in the version asked for where it is still kept, else in the one in force.

    Asked for by version it may be kept for ever; without, the browser asks again and mostly hears 304.
    """
    if layer not in LAYERS or x >= 1 << z or y >= 1 << z:
        raise NotFoundError("tile", "瓦片")
    drawn_as = LAYERS[layer]
    in_force = (await watch.versions()).of(drawn_as.dataset)
    asked = int(v) if v is not None and v.isascii() and v.isdecimal() and len(v) < 10 else None
    old = asked is not None and drawn_as.keeps_old and 0 < asked < in_force
    version = asked if asked is not None and old else in_force
    key = (layer, version, z, x, y)
    tile = tiles.find(key)
    if tile is None:
        async with driver_transaction(engine) as driver:
            drawn = await draw_tile(driver, layer, watch.district, version, z, x, y)
        tile = DrawnTile.of(drawn)
        tiles.keep(key, tile)
    return _answer(tile, for_ever=asked == version, known=if_none_match, packed="gzip" in accept_encoding)


def _answer(tile: DrawnTile, *, for_ever: bool, known: str | None, packed: bool) -> Response:
    headers = {
        "ETag": f'W/"{tile.etag}"',
        "Cache-Control": "public, max-age=31536000, immutable" if for_ever else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if known is not None and tile.etag in known:
        return Response(status_code=304, headers=headers)
    if packed and tile.packed:
        return Response(tile.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=MVT)
    return Response(tile.plain, headers=headers, media_type=MVT)
