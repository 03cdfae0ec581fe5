"""Shapes that this process has computed (hotspots, rings), kept ready to be cut into vector tiles."""

import hashlib
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

_MARGIN = 1 / 16
"""Of a tile: more than a tile keeps beyond its edge, so that no cut of ours is ever seen."""


class TileAddress(NamedTuple):
    """A tile of the web's usual scheme: y counts from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether there is such a tile at this zoom."""
        return self.x < 1 << self.z and self.y < 1 << self.z

    def bounds(self, margin: float = _MARGIN) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees, with a margin in tiles."""
        return (
            _longitude(self.x - margin, self.z),
            _latitude(self.y + 1 + margin, self.z),
            _longitude(self.x + 1 + margin, self.z),
            _latitude(self.y - margin, self.z),
        )


class Cut(NamedTuple):
    """What lies in a tile: shapes in WGS 84 degrees as WKB, and for each its properties as JSON."""

    shapes: list[bytes]
    properties: list[str]


@dataclass(frozen=True, slots=True)
class DrawnShapes:
    """A layer's shapes in WGS 84 degrees with their properties."""

    shapes: NDArray[np.object_]
    properties: tuple[str, ...]
    digest: str
    """The same for the same content, in every process."""
    tree: shapely.STRtree

    @classmethod
    def of_frame(cls, frame: gpd.GeoDataFrame) -> "DrawnShapes":
        """The rows of a frame; those without a shape are left out, and so is what is unknown of a row."""
        drawn = frame[~(frame.geometry.is_empty | frame.geometry.isna())]
        shapes = np.asarray(drawn.geometry.values, dtype=object)
        rows = drawn.drop(columns=drawn.geometry.name).to_dict("records")
        properties = tuple(_told(row) for row in rows)
        digest = hashlib.blake2b(digest_size=12)
        for shape, told in zip(shapely.to_wkb(shapes), properties, strict=True):
            digest.update(shape)
            digest.update(told.encode())
        return cls(shapes, properties, digest.hexdigest(), shapely.STRtree(shapes))

    def cut(self, tile: TileAddress) -> Cut:
        """What lies in a tile and a little beyond, in the frame's order."""
        bounds = tile.bounds()
        found = np.sort(self.tree.query(shapely.box(*bounds)))
        clipped = shapely.clip_by_rect(self.shapes[found], *bounds)
        kept = np.flatnonzero(~shapely.is_empty(clipped))
        return Cut(
            shapely.to_wkb(clipped[kept]).tolist(), [self.properties[found[place]] for place in kept.tolist()]
        )


def _told(row: dict[Any, Any]) -> str:
    known = {name: value for name, value in row.items() if not _is_unknown(value)}
    return orjson.dumps(known, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _is_unknown(value: object) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _longitude(x: float, z: int) -> float:
    return x / (1 << z) * 360.0 - 180.0


def _latitude(y: float, z: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y / (1 << z)))))
