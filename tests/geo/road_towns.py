"""A town small enough to think through: a river with one bridge, a one-way street, a footpath."""

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, Point

LON, LAT = 120.10, 30.20
STEP = 0.002
"""About 193 m east, 222 m north."""


def at(column: float, row: float) -> Point:
    return Point(LON + column * STEP, LAT + row * STEP)


def line(*corners: tuple[float, float]) -> LineString:
    return LineString([at(*corner) for corner in corners])


def town() -> gpd.GeoDataFrame:
    """South of the river (rows 0 to 2) and north of it (4 to 6), a bridge in column 3."""
    rows = []
    for row in (0, 1, 2, 4, 5, 6):
        shape = line(*[(column, row) for column in range(7)])
        rows.append({"class": "residential", "name": f"横{row}路", "oneway": None, "geometry": shape})
    for column in range(7):
        for south, north in ((0, 2), (4, 6)):
            shape = line(*[(column, row) for row in range(south, north + 1)])
            rows.append({"class": "tertiary", "name": f"纵{column}路", "oneway": None, "geometry": shape})
    rows.append({"class": "primary", "name": "大桥", "geometry": line((3, 2), (3, 4)), "bridge": True})
    rows[0] |= {"oneway": "yes"}
    frame = gpd.GeoDataFrame(rows, crs="EPSG:4326")
    frame["bridge"] = frame["bridge"].eq(True)
    frame["maxspeed"] = np.where(frame["class"] == "primary", 60.0, np.nan)
    return frame
