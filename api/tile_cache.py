"""Tiles that were drawn, kept by version until memory is wanted for newer ones."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

TileKey = tuple[str, int, int, int, int]
"""Layer, version, zoom, x, y."""

_WORTH_PACKING_BYTES = 400


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """A tile as it is sent."""

    plain: bytes
    packed: bytes
    etag: str

    @classmethod
    def of(cls, plain: bytes) -> "DrawnTile":
        """Pack a tile and name its content."""
        packed = gzip.compress(plain, 5, mtime=0) if len(plain) >= _WORTH_PACKING_BYTES else b""
        return cls(plain, packed, hashlib.blake2b(plain, digest_size=12).hexdigest())

    @property
    def size(self) -> int:
        """Bytes that it holds in memory."""
        return len(self.plain) + len(self.packed)


class TileCache:
    """The tiles asked for last, up to `limit_bytes`."""

    def __init__(self, limit_bytes: int = 64 * 1024 * 1024) -> None:
        self._limit_bytes = limit_bytes
        self._size = 0
        self._tiles: OrderedDict[TileKey, DrawnTile] = OrderedDict()

    def find(self, key: TileKey) -> DrawnTile | None:
        """Return the tile if it is here."""
        if (tile := self._tiles.get(key)) is not None:
            self._tiles.move_to_end(key)
        return tile

    def keep(self, key: TileKey, tile: DrawnTile) -> None:
        """Take the tile in; those that nobody asked for the longest go."""
        if (old := self._tiles.pop(key, None)) is not None:
            self._size -= old.size
        self._tiles[key] = tile
        self._size += tile.size
        while self._size > self._limit_bytes:
            _, gone = self._tiles.popitem(last=False)
            self._size -= gone.size
