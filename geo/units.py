"""What hotspots are made of: grids, streets or square cells, each with its neighbours and what it is per."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo.areas import Area
from geo.coordinates import FloatArray, LonLat, MetricPlane
from geo.neighbours import Neighbours
from geo.observations import IntArray, TextArray, UnusableFrameError
from geo.streets import Street

if TYPE_CHECKING:
    import geopandas

STREETS_MEET_WITHIN_M = 60.0
STREET_WITHIN_M = 30.0
_TOUCH_WITHIN_M = 1.0
"""Boundaries that differ by less still touch."""


@dataclass(frozen=True, slots=True)
class Units:
    """Areas, streets or cells that findings are counted in. Shapes are WGS 84 degrees.

    `exposure` holds what a rate is per (`households`, `patrol_hours`), NaN where it is not known.
    A place belongs to the first unit that covers it, else to the nearest within `snap_m`.
    """

    codes: TextArray
    names: TextArray
    names_en: TextArray
    shapes: NDArray[np.object_]
    exposure: Mapping[str, FloatArray]
    neighbours: Neighbours
    plane: MetricPlane
    snap_m: float = 0.0
    _tree: shapely.STRtree = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shapely.prepare(self.shapes)
        tree = shapely.STRtree([self.plane.shape_to_metres(shape) for shape in self.shapes])
        object.__setattr__(self, "_tree", tree)

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of_areas(cls, areas: Sequence[Area], patrol_hours: Mapping[str, float] | None = None) -> "Units":
        """Areas of one level; those that touch are neighbours."""
        hours = patrol_hours or {}
        return cls._made(
            [area.code for area in areas],
            [(area.name, area.name_en) for area in areas],
            [area.shape for area in areas],
            {
                "households": np.array([float(area.households) for area in areas]),
                "patrol_hours": np.array([hours.get(area.code, np.nan) for area in areas]),
            },
            _TOUCH_WITHIN_M,
        )

    @classmethod
    def of_streets(
        cls, streets: Sequence[Street], patrol_hours: Mapping[str, float] | None = None
    ) -> "Units":
        """Patrolled streets; those whose grounds come within 60 m of each other are neighbours."""
        hours = patrol_hours or {}
        return cls._made(
            [street.id for street in streets],
            [(street.name, street.name_en) for street in streets],
            [street.shape for street in streets],
            {"patrol_hours": np.array([hours.get(street.id, np.nan) for street in streets])},
            STREETS_MEET_WITHIN_M,
            STREET_WITHIN_M,
        )

    @classmethod
    def of_cells(cls, district: Polygon | MultiPolygon, side_m: float = 150.0) -> "Units":
        """Square cells over a district (WGS 84 degrees), those outside left out; eight neighbours each."""
        plane = MetricPlane.over(district)
        ground = plane.shape_to_metres(district)
        west, south, east, north = ground.bounds
        column, row = np.meshgrid(
            np.arange(int(np.ceil((east - west) / side_m))), np.arange(int(np.ceil((north - south) / side_m)))
        )
        left, low = west + column.ravel() * side_m, south + row.ravel() * side_m
        cells = shapely.box(left, low, left + side_m, low + side_m)
        inside = shapely.intersects(ground, cells)
        cells, column, row = cells[inside], column.ravel()[inside], row.ravel()[inside]
        names = [(f"{r}行{c}列", f"row {r}, column {c}") for r, c in zip(row, column, strict=True)]
        return cls._made(
            [f"{r}-{c}" for r, c in zip(row, column, strict=True)],
            names,
            [plane.shape_to_degrees(cell) for cell in cells],
            {},
            _TOUCH_WITHIN_M,
        )

    @classmethod
    def from_frame(
        cls,
        frame: "geopandas.GeoDataFrame",
        code: str = "code",
        name: str = "name",
        name_en: str = "name_en",
        gap_m: float = _TOUCH_WITHIN_M,
        snap_m: float = 0.0,
    ) -> "Units":
        """Any frame of shapes in any CRS; columns `households` and `patrol_hours` are taken if there."""
        if frame.crs is None:
            raise UnusableFrameError("The frame states no CRS: set one, for example with set_crs(4326).")
        shapes = frame.geometry.to_crs(4326)
        codes = [str(value) for value in frame.get(code, frame.index)]
        first = [str(value) for value in frame[name]] if name in frame else codes
        second = [str(value) for value in frame[name_en]] if name_en in frame else first
        exposure = {
            column: frame[column].to_numpy(np.float64)
            for column in ("households", "patrol_hours")
            if column in frame
        }
        return cls._made(codes, list(zip(first, second, strict=True)), list(shapes), exposure, gap_m, snap_m)

    @classmethod
    def _made(
        cls,
        codes: Sequence[str],
        names: Sequence[tuple[str, str]],
        shapes: Sequence[Polygon | MultiPolygon],
        exposure: Mapping[str, FloatArray],
        gap_m: float,
        snap_m: float = 0.0,
    ) -> "Units":
        kept = np.empty(len(shapes), dtype=object)
        kept[:] = shapes
        plane = MetricPlane.over(kept) if len(kept) else MetricPlane.around(LonLat(0.0, 0.0))
        metric = np.empty(len(shapes), dtype=object)
        metric[:] = [plane.shape_to_metres(shape) for shape in shapes]
        return cls(
            np.array(codes, dtype=np.str_),
            np.array([zh for zh, _ in names], dtype=np.str_),
            np.array([en for _, en in names], dtype=np.str_),
            kept,
            exposure,
            Neighbours.touching(metric, gap_m),
            plane,
            snap_m,
        )

    def unit_at(self, lon: FloatArray, lat: FloatArray) -> IntArray:
        """The unit of each place (WGS 84 degrees); -1 where there is none."""
        found = np.full(len(lon), -1, np.int64)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if not len(known) or not len(self):
            return found
        places = shapely.points(*self.plane.to_metres(lon[known], lat[known]))
        if self.snap_m > 0:
            place, unit = self._tree.query_nearest(places, max_distance=self.snap_m, all_matches=False)
        else:
            place, unit = self._tree.query(places, predicate="intersects")
            order = np.lexsort((-unit, place))  # the last write below is the first unit
            place, unit = place[order], unit[order]
        found[known[place]] = unit
        return found

    def place_of(self, code: str) -> int:
        """The row of a unit; raises `UnknownUnitError`."""
        rows = np.flatnonzero(self.codes == code)
        if not len(rows):
            raise UnknownUnitError(code)
        return int(rows[0])


class UnknownUnitError(LookupError):
    """No unit has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"No area, street or cell has the code {code}.")
        self.code = code
