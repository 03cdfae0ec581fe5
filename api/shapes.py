"""Shapes that somebody drew on a map: taken as corners, checked, handed on as WKB."""

from typing import Annotated

from pydantic import Field
from shapely import LineString, Polygon, to_wkb

from api.refusals import UnusableValueError

Corner = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]
"""Longitude and latitude in WGS 84 degrees."""
DrawnLine = Annotated[list[Corner], Field(min_length=2, max_length=500)]
DrawnOutline = Annotated[
    list[Corner], Field(min_length=3, max_length=500, description="Corners in turn; it closes by itself.")
]


def line_wkb(corners: list[Corner]) -> bytes:
    """Return the line; refuses one without length."""
    line = LineString(corners)
    if line.length == 0:
        raise UnusableValueError("The line has no length: set its ends apart", "所画线段长度为零，请重新绘制")
    return bytes(to_wkb(line))


def outline_wkb(corners: list[Corner]) -> bytes:
    """Return the area; refuses one that crosses itself or holds nothing."""
    area = Polygon(corners)
    if not area.is_valid or area.area == 0:
        raise UnusableValueError(
            "The outline crosses itself or holds nothing: draw it around the area once",
            "所画范围自相交或没有面积，请沿范围边缘重新绘制一圈",
        )
    return bytes(to_wkb(area))
