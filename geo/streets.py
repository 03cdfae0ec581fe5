"""Streets that are patrolled: a centreline, the polygon of its ground, and the width between them."""

from dataclasses import dataclass
from typing import NewType

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from geo.area_codes import AreaCode
from geo.coordinates import MetricPlane

StreetId = NewType("StreetId", str)

DEFAULT_WIDTH_M = 12.0
"""Taken for a back street whose source states neither a width nor a polygon."""


@dataclass(frozen=True, slots=True)
class Street:
    """A road that is patrolled by a task force (小街巷); not a subdistrict (街道). WGS 84 degrees."""

    id: StreetId
    name: str
    name_en: str
    centreline: LineString | MultiLineString
    shape: Polygon | MultiPolygon
    width_m: float
    subdistrict: AreaCode

    @property
    def length_m(self) -> float:
        """Length of the centreline in metres."""
        plane = MetricPlane.over(self.centreline)
        return float(plane.shape_to_metres(self.centreline).length)

    @property
    def area_m2(self) -> float:
        """Ground of the polygon in square metres."""
        plane = MetricPlane.over(self.shape)
        return float(plane.shape_to_metres(self.shape).area)


def polygon_from_centreline(
    centreline: LineString | MultiLineString, width_m: float
) -> Polygon | MultiPolygon:
    """The ground of a street that has no polygon of its own: its centreline as wide as it is.

    Corners are mitred like kerbs and the ends are cut flat, so that a street does not reach into
    the crossing behind its end.
    """
    plane = MetricPlane.over(centreline)
    ground = plane.shape_to_metres(centreline).buffer(
        width_m / 2, cap_style="flat", join_style="mitre", mitre_limit=2.0
    )
    shape: Polygon | MultiPolygon = plane.shape_to_degrees(shapely.remove_repeated_points(ground, 0.01))
    return shape
