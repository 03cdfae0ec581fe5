"""Areas in four levels and the territory they make: point → grid, community, subdistrict, street."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from shapely import MultiPolygon, Polygon, STRtree

from geo.area_codes import (
    AreaCode,
    Level,
    MalformedAreaCodeError,
    ancestor_of,
    level_of,
    lies_in,
    parent_of,
    parse_area_code,
)
from geo.cell_index import CellIndex, covers, covers_pairs
from geo.coordinates import FloatArray, LonLat, MetricPlane
from geo.street_index import StreetIndex
from geo.streets import Street, StreetId

__all__ = [
    "Area",
    "AreaCode",
    "Level",
    "Location",
    "Locations",
    "MalformedAreaCodeError",
    "Territory",
    "UnknownAreaError",
    "UnknownStreetError",
    "ancestor_of",
    "level_of",
    "lies_in",
    "parent_of",
    "parse_area_code",
]

_CELL_DEG = 0.0004
"""About 40 m: small beside a grid, so that most cells lie in one grid only."""
_EARTH = Geod(ellps="WGS84")
_HAIRLINE_M = 0.5
"""Grids drawn by hand fail to meet by so much; the import refuses gaps that are worth a square metre."""


class UnknownAreaError(LookupError):
    """No area of this territory has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"No area has the code {code}.")
        self.code = code


class UnknownStreetError(LookupError):
    """No street of this territory has the id."""

    def __init__(self, street: str) -> None:
        super().__init__(f"No street has the id {street}.")
        self.street = street


@dataclass(frozen=True, slots=True)
class Area:
    """A district, subdistrict, community or grid; the shape is WGS 84 degrees."""

    code: AreaCode
    name: str
    name_en: str
    shape: Polygon | MultiPolygon
    households: int = 0

    @property
    def level(self) -> Level:
        """The level that the code states."""
        return level_of(self.code)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a point lies. `street_distance_m` is 0 on the street's polygon, else the way to its line."""

    district: AreaCode
    subdistrict: AreaCode
    community: AreaCode
    grid: AreaCode
    street: StreetId | None
    street_distance_m: float | None


@dataclass(frozen=True, slots=True)
class Locations:
    """Where many points lie, one entry per point: '' (and NaN) where there is nothing.

    A point outside every grid has no street either.
    """

    grid: NDArray[np.str_]
    street: NDArray[np.str_]
    street_distance_m: FloatArray

    def __len__(self) -> int:
        return len(self.grid)

    def __getitem__(self, place: int) -> Location | None:
        """The same answer as `Territory.locate` gives for that point."""
        code = str(self.grid[place])
        if not code:
            return None
        street = str(self.street[place])
        distance_m = float(self.street_distance_m[place])
        return _location(AreaCode(code), (StreetId(street), distance_m) if street else None)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether the point lies in a grid."""
        return np.asarray(self.grid != "", dtype=bool)

    def on(self, level: Level) -> NDArray[np.str_]:
        """The codes of the areas on that level."""
        return self.grid.astype(f"U{level.digits}")


class Territory:
    """All areas and streets of one boundary version, ready to answer where a point lies.

    Immutable after it is built, so threads may share it. Points on a boundary belong to the area with
    the lowest code among those that meet there: exactly one.
    """

    def __init__(
        self, version: int, areas: Iterable[Area], streets: Iterable[Street], street_within_m: float = 30.0
    ) -> None:
        self.version = version
        self.street_within_m = street_within_m
        self._areas = {area.code: area for area in sorted(areas, key=lambda area: area.code)}
        self._children: dict[AreaCode | None, list[Area]] = {}
        for area in self._areas.values():
            self._children.setdefault(parent_of(area.code), []).append(area)
        self._grids = [area for area in self._areas.values() if area.level is Level.GRID]
        self._codes = np.array([*(grid.code for grid in self._grids), ""], dtype=f"U{Level.GRID.digits}")
        self._shapes = np.array([grid.shape for grid in self._grids], dtype=object)
        shapely.prepare(self._shapes)
        shapely.prepare([area.shape for area in self._children.get(None, [])])
        self._cells = CellIndex(self._shapes, _CELL_DEG)
        every = np.array([area.shape for area in self._areas.values()], dtype=object)
        self.plane = MetricPlane.over(every) if len(every) else MetricPlane.around(LonLat(0.0, 0.0))
        self._tree = STRtree([self.plane.shape_to_metres(shape) for shape in self._shapes])
        self._streets = StreetIndex(list(streets), self.plane, street_within_m)

    # -- what there is

    @property
    def areas(self) -> Sequence[Area]:
        """Every area, ordered by code."""
        return list(self._areas.values())

    @property
    def streets(self) -> Sequence[Street]:
        """Every street, ordered by id."""
        return self._streets.streets

    def find_area(self, code: str) -> Area | None:
        """The area with the code, if there is one."""
        return self._areas.get(AreaCode(code))

    def area(self, code: str) -> Area:
        """The area with the code; raises `UnknownAreaError`."""
        found = self.find_area(code)
        if found is None:
            raise UnknownAreaError(code)
        return found

    def children(self, code: str | None) -> Sequence[Area]:
        """The areas right below one, ordered by code; below None stand the districts."""
        return tuple(self._children.get(None if code is None else AreaCode(code), ()))

    def find_street(self, street: str) -> Street | None:
        """The street with the id, if there is one."""
        return self._streets.by_id.get(StreetId(street))

    def street(self, street: str) -> Street:
        """The street with the id; raises `UnknownStreetError`."""
        found = self.find_street(street)
        if found is None:
            raise UnknownStreetError(street)
        return found

    # -- where a point lies

    def locate(self, lon: float, lat: float) -> Location | None:
        """Where a point (WGS 84 degrees) lies; None outside every grid."""
        sure, candidates = self._cells.at(lon, lat)
        if sure < 0:
            for candidate in candidates:
                if covers(self._shapes[candidate], lon, lat):
                    sure = candidate
                    break
            else:
                sure = self._across_hairline(lon, lat) if candidates else -1
                if sure < 0:
                    return None
        return _location(self._grids[sure].code, self._streets.at(lon, lat))

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> Locations:
        """`locate` for arrays of longitudes and latitudes (WGS 84 degrees)."""
        x = np.asarray(lons, dtype=np.float64)
        y = np.asarray(lats, dtype=np.float64)
        near, candidate = self._cells.at_many(x, y)
        hit = covers_pairs(self._shapes, candidate, x[near], y[near])
        point, candidate = near[hit][::-1], candidate[hit][::-1]
        grid = np.full(len(x), -1, np.int64)
        grid[point] = candidate  # the last write is the first candidate: the lowest code
        for number in np.unique(near[grid[near] < 0]).tolist():
            grid[number] = self._across_hairline(float(x[number]), float(y[number]))
        street, distance_m = self._streets.at_many(x, y, grid >= 0)
        return Locations(self._codes[grid], street, distance_m)

    def _across_hairline(self, lon: float, lat: float) -> int:
        """The grid beside a crack that neighbouring grids leave between them inside the district, or -1."""
        if not any(covers(district.shape, lon, lat) for district in self.children(None)):
            return -1
        place = shapely.Point(self.plane.to_metres(lon, lat))
        beside = self._tree.query(place, predicate="dwithin", distance=_HAIRLINE_M)
        return int(beside.min()) if len(beside) else -1

    def nearest_area(self, lon: float, lat: float) -> tuple[Area, float]:
        """The grid nearest to a point and the metres to it (0 inside).

        Raises `UnknownAreaError` where there is no grid at all.
        """
        if not self._grids:
            raise UnknownAreaError("(no grid at all)")
        inside = self.locate(lon, lat)
        if inside is not None:
            return self._areas[inside.grid], 0.0
        metres = self.plane.to_metres(lon, lat)
        if not np.isfinite(metres).all():
            return self._nearest_across_the_globe(lon, lat)
        found, distance_m = self._tree.query_nearest(shapely.Point(metres), return_distance=True)
        return self._grids[int(found.min())], float(distance_m[0])

    def _nearest_across_the_globe(self, lon: float, lat: float) -> tuple[Area, float]:
        """The same for a place so far away that the projection of the district does not reach it."""
        centres = shapely.get_coordinates(shapely.centroid([grid.shape for grid in self._grids]))
        here = np.broadcast_to((lon, lat), centres.shape)
        _, _, distances_m = _EARTH.inv(here[:, 0], here[:, 1], centres[:, 0], centres[:, 1])
        nearest = int(np.argmin(distances_m))
        return self._grids[nearest], float(distances_m[nearest])

    def streets_near(self, lon: float, lat: float, within_m: float) -> list[tuple[Street, float]]:
        """Streets whose polygon lies within some metres of a point, the nearest first, with the metres."""
        return self._streets.near(lon, lat, within_m)


def _location(grid: AreaCode, street: tuple[StreetId, float] | None) -> Location:
    return Location(
        district=AreaCode(grid[:6]),
        subdistrict=AreaCode(grid[:9]),
        community=AreaCode(grid[:12]),
        grid=grid,
        street=street[0] if street else None,
        street_distance_m=street[1] if street else None,
    )
