"""The street that a point belongs to: the polygon it lies in, else the nearest centreline close by."""

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.cell_index import CellIndex, covers, covers_pairs
from geo.coordinates import FloatArray, MetricPlane
from geo.streets import Street, StreetId

_CELL_DEG = 0.0004


class StreetIndex:
    """Streets by place. Where polygons overlap, the nearer centreline wins, then the lower id."""

    def __init__(self, streets: Iterable[Street], plane: MetricPlane, within_m: float) -> None:
        self.streets = sorted(streets, key=lambda street: street.id)
        self.by_id: dict[StreetId, Street] = {street.id: street for street in self.streets}
        self._plane = plane
        self._within_m = within_m
        self._shapes = _geometries(street.shape for street in self.streets)
        self._lines = _geometries(plane.shape_to_metres(street.centreline) for street in self.streets)
        shapely.prepare(self._shapes)
        shapely.prepare(self._lines)
        catchments = [
            plane.shape_to_degrees(
                shapely.union(plane.shape_to_metres(shape), line.buffer(within_m)).buffer(1.0)
            )
            for shape, line in zip(self._shapes, self._lines, strict=True)
        ]
        self._cells = CellIndex(_geometries(catchments), _CELL_DEG)
        self._tree = STRtree([plane.shape_to_metres(shape) for shape in self._shapes])
        self._ids = np.array([*(street.id for street in self.streets), ""], dtype=np.str_)

    def at(self, lon: float, lat: float) -> tuple[StreetId, float] | None:
        """The street of a point with the metres to it (0 on its polygon), or None."""
        _, candidates = self._cells.at(lon, lat)
        if not candidates:
            return None
        on = [one for one in candidates if covers(self._shapes[one], lon, lat)]
        if len(on) == 1:
            return self.streets[on[0]].id, 0.0
        place = shapely.Point(*self._plane.to_metres(lon, lat))
        reached = on or candidates
        distance_m, nearest = min((float(shapely.distance(self._lines[one], place)), one) for one in reached)
        if on:
            return self.streets[nearest].id, 0.0
        return (self.streets[nearest].id, distance_m) if distance_m <= self._within_m else None

    def at_many(
        self, lons: FloatArray, lats: FloatArray, wanted: NDArray[np.bool_]
    ) -> tuple[NDArray[np.str_], FloatArray]:
        """`at` for arrays: (ids, metres), '' and NaN where there is no street or none is wanted."""
        street = np.full(len(lons), -1, np.int64)
        distance_m = np.full(len(lons), np.nan)
        asked = np.flatnonzero(wanted)
        pair_point, pair_street = self._cells.at_many(lons[asked], lats[asked])
        pair_point = asked[pair_point]
        if len(pair_point):
            on = covers_pairs(self._shapes, pair_street, lons[pair_point], lats[pair_point])
            x, y = self._plane.to_metres(lons[pair_point], lats[pair_point])
            away_m = shapely.distance(self._lines[pair_street], shapely.points(x, y))
            fits = on | (away_m <= self._within_m)
            order = np.lexsort((pair_street, away_m, ~on, pair_point))
            order = order[fits[order]]
            points, first = np.unique(pair_point[order], return_index=True)
            best = order[first]
            street[points] = pair_street[best]
            distance_m[points] = np.where(on[best], 0.0, away_m[best])
        return self._ids[street], distance_m

    def near(self, lon: float, lat: float, within_m: float) -> list[tuple[Street, float]]:
        """Streets whose polygon lies within some metres of a point, the nearest first."""
        place = shapely.Point(*self._plane.to_metres(lon, lat))
        found = self._tree.query(place, predicate="dwithin", distance=within_m)
        away_m = shapely.distance(self._tree.geometries[found], place)
        ranked = sorted(zip(away_m.tolist(), found.tolist(), strict=True))
        return [(self.streets[one], distance_m) for distance_m, one in ranked]


def _geometries(shapes: Iterable[shapely.Geometry]) -> NDArray[np.object_]:
    listed = list(shapes)
    result = np.empty(len(listed), dtype=object)
    result[:] = listed
    return result
