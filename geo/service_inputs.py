"""Centres and homes as a planner's files hold them: read leniently, refused with the row and the remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.opening_hours import OpeningHoursError, read_opening_hours
from geo.road_build import Floats
from geo.road_errors import OffTheNetworkError, RoadError
from geo.road_rules import Mode
from geo.snapping import Snaps


@dataclass(frozen=True, slots=True)
class Points:
    """Where the rows of a layer are, in WGS 84 degrees."""

    lon: Floats
    lat: Floats

    @property
    def bounds_in_degrees(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        lon, lat = self.lon, self.lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def snapped_points(layer: gpd.GeoDataFrame, what: str) -> Points:
    """A point for each row: itself, or for a polygon a point that surely lies inside."""
    if not len(layer):
        raise RoadError(f"The {what} hold no row; give at least one.")
    if layer.crs is None:
        raise RoadError(f"The {what} name no coordinate system; set it first: {what}.set_crs('EPSG:4326').")
    shapes = layer.geometry.to_crs("EPSG:4326").to_numpy()
    empty = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if len(empty):
        raise RoadError(
            f"Row {layer.index[empty[0]]} of the {what} has no geometry; give it a point, or drop the row."
        )
    points = shapely.point_on_surface(shapes)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    wrong = np.flatnonzero(
        ~(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    )
    if len(wrong):
        raise RoadError(
            f"Row {layer.index[wrong[0]]} of the {what} lies outside the earth; check its coordinate system."
        )
    return Points(np.ascontiguousarray(lon), np.ascontiguousarray(lat))


def require_on_network(
    snaps: Snaps, layer: gpd.GeoDataFrame, what: str, mode: Mode, farthest_m: float
) -> None:
    """Refuse rows that no usable road is near to: a centre in the river, homes beyond the road file."""
    lost = np.flatnonzero(~snaps.found)
    if len(lost):
        rest = f" and {len(lost) - 1:,} more" if len(lost) > 1 else ""
        raise OffTheNetworkError(
            f"Row {layer.index[lost[0]]} of the {what}{rest}: no road for {mode} within {farthest_m:g} m. "
            "Move it to its entrance on land, bring in roads that reach it, allow a larger farthest_m, or "
            "drop the row."
        )


def require_on_land(
    points: Points, layer: gpd.GeoDataFrame, what: str, water: Sequence[BaseGeometry]
) -> None:
    """Refuse rows that lie in water."""
    for shape in water:
        wet = np.flatnonzero(shapely.contains_xy(shape, points.lon, points.lat))
        if len(wet):
            raise OffTheNetworkError(
                f"Row {layer.index[wet[0]]} of the {what} lies in water; move it to its entrance on land."
            )


def households(demand: gpd.GeoDataFrame) -> Floats:
    """How many households each row stands for; one each where nothing is said."""
    if "households" not in demand.columns:
        return np.ones(len(demand))
    numbers: Floats = pd.to_numeric(demand["households"], errors="coerce").to_numpy(np.float64)
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if len(wrong):
        row = int(wrong[0])
        raise RoadError(
            f"Row {demand.index[row]} of the demand has {demand['households'].iloc[row]} households; "
            "give a number, 0 or more."
        )
    return numbers


def area_codes(demand: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> NDArray[np.object_]:
    """The finest area code of each row; empty where none is known."""
    for column in ("grid", "community", "code", "area"):
        if column in demand.columns:
            return np.array(["" if pd.isna(code) else str(code) for code in demand[column]], dtype=object)
    codes = np.full(len(demand), "", dtype=object)
    if areas is not None:
        points = snapped_points(demand, "demand")
        shapes = areas.to_crs("EPSG:4326")
        finest = shapes["code"].str.len().to_numpy()
        home, area = shapely.STRtree(shapes.geometry.to_numpy()).query(
            shapely.points(points.lon, points.lat), predicate="intersects"
        )
        for i in np.lexsort((area, finest[area])):
            codes[home[i]] = str(shapes["code"].iloc[area[i]])
    return codes


def centres_in_service(centres: gpd.GeoDataFrame, at: datetime | None) -> NDArray[np.bool_]:
    """Which centres are open at a local time: by their dates and their hours."""
    running = np.ones(len(centres), np.bool_)
    if at is None:
        return running
    for column, before in (("opens_on", True), ("closes_on", False)):
        if column in centres.columns:
            dates = pd.to_datetime(centres[column], errors="coerce").dt.date
            for i, day in enumerate(dates):
                if not pd.isna(day):
                    running[i] &= day <= at.date() if before else at.date() <= day
    if "opening_hours" in centres.columns:
        for i, text in enumerate(centres["opening_hours"]):
            if isinstance(text, str) and text.strip():
                running[i] &= _open(text, at, centres.index[i])
    return running


def floor_areas(centres: gpd.GeoDataFrame) -> Floats:
    """Square metres of floor, NaN where unknown."""
    return _known_numbers(centres, "floor_area_m2")


def capacities(centres: gpd.GeoDataFrame) -> Floats:
    """How many households a centre can serve, NaN where unknown."""
    capacity = _known_numbers(centres, "capacity")
    return np.where(capacity > 0, capacity, np.nan)


def _known_numbers(layer: gpd.GeoDataFrame, column: str) -> Floats:
    if column not in layer.columns:
        return np.full(len(layer), np.nan)
    numbers: Floats = pd.to_numeric(layer[column], errors="coerce").to_numpy(np.float64)
    return numbers


def _open(text: str, at: datetime, row: object) -> bool:
    try:
        return read_opening_hours(text).open_at(at)
    except OpeningHoursError as misread:
        raise RoadError(f"Row {row} of the centres: the opening hours {misread}") from misread
