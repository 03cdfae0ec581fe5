"""What all routes of vector tiles share: the address, and the answer with its tag."""

from typing import Annotated, Any, Final

from fastapi import Depends, Header, Path, Response

from api.drawn_shapes import TileAddress
from api.errors import NotFoundError
from api.store.tiles import MAX_ZOOM
from api.tile_cache import DrawnTile

MVT: Final = "application/vnd.mapbox-vector-tile"
FOR_EVER: Final = "public, max-age=31536000, immutable"
TILE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MVT: {}}, "description": "The tile; empty where nothing lies in it."}
}

_MAX_INDEX = 2**MAX_ZOOM - 1

KnownTag = Annotated[str | None, Header(alias="if-none-match")]
Encodings = Annotated[str, Header(alias="accept-encoding")]


async def tile_of(
    z: Annotated[int, Path(ge=0, le=MAX_ZOOM)],
    x: Annotated[int, Path(ge=0, le=_MAX_INDEX)],
    y: Annotated[int, Path(ge=0, le=_MAX_INDEX)],
) -> TileAddress:
    """The tile that an address names, if there is one."""
    tile = TileAddress(z, x, y)
    if not tile.exists:
        raise NotFoundError("tile", "瓦片")
    return tile


Tile = Annotated[TileAddress, Depends(tile_of)]


def tile_answer(tile: DrawnTile, kept_for: str, known: str | None, encodings: str) -> Response:
    """The tile packed if the browser takes that, or 304 where it has it already."""
    headers = {"ETag": f'W/"{tile.etag}"', "Cache-Control": kept_for, "Vary": "Accept-Encoding"}
    if known is not None and tile.etag in known:
        return Response(status_code=304, headers=headers)
    if tile.packed and "gzip" in encodings:
        return Response(tile.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=MVT)
    return Response(tile.plain, headers=headers, media_type=MVT)
