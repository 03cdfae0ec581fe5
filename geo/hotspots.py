"""Hotspots of a district: where findings gather, along which streets, since when, and how surely.

A `HotspotState` holds every finding, placed once. New findings update the layers without the others
being looked at again; another selection recounts them all in a few milliseconds. Three lines of Python:

    state = HotspotState(Ground.over(Units.from_frame(grids)))
    state.add(Observations.from_frame(findings))
    state.units_layer().to_frame().explore("spot")
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.coordinates import FloatArray
from geo.density import GrowingDensity, Raster
from geo.finding_store import FindingStore, Placed
from geo.gi_star import DEFAULT_RATE, gi_star
from geo.hotspot_layers import About, DensityLayer, EmergingLayer, PointLayer, StreetLayer, UnitLayer
from geo.hotspot_words import about_findings
from geo.observations import IntArray, Observations, Selection, TimeArray
from geo.point_hotspots import Places
from geo.rates import Measure, rates
from geo.space_time import cube_of, emerging_hotspots, steps_between
from geo.street_density import GrowingStreetDensity, StreetKernel
from geo.units import Units

__all__ = ["Ground", "HotspotState", "Measure", "Observations", "Selection", "Units"]

BANDWIDTH_M = 150.0
CELL_M = 30.0
MOST_CELLS = 4_000_000
STEP_DAYS = 7
FEWEST_FINDINGS = 10
"""Below that a map would show where single findings lie, and call it a hotspot."""
FEWEST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """What findings are laid over: units, a raster and, where roads are known, streets."""

    units: Units
    raster: Raster
    bandwidth_m: float
    district: Polygon | MultiPolygon | None = None
    kernel: StreetKernel | None = None

    @classmethod
    def over(
        cls,
        units: Units,
        kernel: StreetKernel | None = None,
        district: Polygon | MultiPolygon | None = None,
        bandwidth_m: float = BANDWIDTH_M,
        cell_m: float = CELL_M,
    ) -> "Ground":
        """The ground under some units; what lies outside the district (default: all units) is set apart."""
        if district is None and len(units):
            district = shapely.union_all(units.shapes)
            if units.snap_m > 0:
                grown = units.plane.shape_to_metres(district).buffer(units.snap_m)
                district = units.plane.shape_to_degrees(grown)
        bounds = (0.0, 0.0, 0.0, 0.0)
        if district is not None and not district.is_empty:
            bounds = units.plane.shape_to_metres(district).bounds
        area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
        cell = min(max(cell_m, float(np.sqrt(area / MOST_CELLS))), bandwidth_m / 2)
        return cls(units, Raster.over(bounds, cell, 3 * bandwidth_m), bandwidth_m, district, kernel)


class HotspotState:
    """Every layer of one selection, kept current as findings come in. Not shared between threads."""

    def __init__(
        self,
        ground: Ground,
        selection: Selection | None = None,
        measure: Measure = Measure.COUNT,
        rate: float = DEFAULT_RATE,
        step_days: int = STEP_DAYS,
    ) -> None:
        self.ground = ground
        self.selection = selection or Selection()
        self.measure = measure
        self.rate = rate
        self.step_days = step_days
        pieces = ground.kernel.pieces if ground.kernel else None
        self.store = FindingStore(ground.units, ground.units.plane, ground.district, pieces)
        self._clear()

    def _clear(self) -> None:
        self._density = GrowingDensity(self.ground.raster, self.ground.bandwidth_m)
        self._streets = GrowingStreetDensity(self.ground.kernel) if self.ground.kernel else None
        self._counts = np.zeros(len(self.ground.units))
        self._counted = 0
        self._edges: TimeArray | None = None
        self._cube: FloatArray | None = None
        self._enough_now: bool | None = None

    # -- what comes in

    def add(self, observations: Observations) -> None:
        """Take new findings in: only they (and what they unmask as a default point) are worked on."""
        counted, gone = self.store.add(observations)
        self._shift(counted, 1.0)
        self._shift(gone, -1.0)

    def select(self, selection: Selection, measure: Measure | None = None) -> None:
        """Count other findings instead: all that are there, by the new selection."""
        self.selection = selection
        self.measure = measure or self.measure
        self._clear()
        self._shift(self.store.placed, 1.0)

    def _shift(self, placed: Placed, sign: float) -> None:
        rows = placed.take(self.store.selected(self.selection, placed)) if len(placed) else placed
        if not len(rows):
            return
        self._enough_now = None
        self._counted += int(sign) * len(rows)
        self._density.add(rows.x, rows.y, sign)
        if self._streets is not None:
            self._streets.add(rows.piece, sign)
        inside = rows.unit[rows.unit >= 0]
        self._counts += sign * np.bincount(inside, minlength=len(self._counts))
        self._shift_cube(rows, sign)

    def _shift_cube(self, rows: Placed, sign: float) -> None:
        if self._cube is None or self._edges is None:
            return
        known = rows.at[~np.isnat(rows.at)]
        if len(known) and self.selection.until is None and known.max() >= self._edges[-1]:
            self._cube = None  # a new day has begun: the steps move with it
            return
        self._cube = self._cube + sign * self._counted_by_step(rows, self._edges)

    # -- what is drawn

    def density_layer(self) -> DensityLayer:
        """Findings per square kilometre."""
        values = self._density.values if self._enough else np.zeros(self.ground.raster.shape)
        about = self._about("density")
        raster = self.ground.raster
        return DensityLayer(raster, self.ground.units.plane, values.copy(), self.ground.bandwidth_m, about)

    def street_layer(self) -> StreetLayer:
        """Findings per kilometre of street; raises `NoStreetsError` where no roads were given."""
        if self._streets is None:
            raise NoStreetsError
        values = self._streets.values if self._enough else np.zeros_like(self._streets.values)
        return StreetLayer(self._streets.kernel, values.copy(), self._about("streets"))

    def units_layer(self, permutations: int = 0) -> UnitLayer:
        """Counts or rates and Gi* of every unit."""
        units = self.ground.units
        rate_of = rates(self._counts, self._exposure(), self.measure.scale)
        tested = rate_of.tested if self._enough else np.full(len(units), np.nan)
        found = gi_star(tested, units.neighbours, self.rate, permutations, third=rate_of.third)
        about = self._about("units", int(found.hot.sum()))
        return UnitLayer(units, self._counts.copy(), rate_of.shown, found, self.measure, about)

    def points_layer(self, permutations: int = 0) -> PointLayer:
        """Gi* of every place that has findings, with the places within 100 m; always of counts."""
        rows = self.store.placed.take(self.store.selected(self.selection))
        places = (
            Places.gathered(rows.x, rows.y) if self._enough else Places.gathered(np.empty(0), np.empty(0))
        )
        found = places.hotspots(self.rate, permutations)
        about = self._about("points", int(found.hot.sum()))
        return PointLayer(places, self.ground.units.plane, found, about)

    def emerging_layer(self) -> EmergingLayer:
        """The kind of every unit over whole steps up to the last finding (or the selection's end)."""
        cube, edges = self._steps()
        units, exposure = self.ground.units, self._exposure()
        per_step = None if exposure is None else np.repeat(exposure / max(cube.shape[1], 1), cube.shape[1])
        rate_of = rates(cube.ravel(), per_step, self.measure.scale)
        tested = rate_of.tested if self._enough else np.full(cube.size, np.nan)
        found = emerging_hotspots(
            tested.reshape(cube.shape), units.neighbours, self.rate, third=rate_of.third
        )
        about = self._about("emerging", int((found.kind != "none").sum()))
        return EmergingLayer(units, cube.copy(), edges, found, about)

    # -- what it rests on

    @property
    def _enough(self) -> bool:
        if self._enough_now is None:
            chosen = self.store.placed.key[self.store.selected(self.selection)]
            self._enough_now = len(chosen) >= FEWEST_FINDINGS and _differ(chosen, FEWEST_PLACES)
        return self._enough_now

    def _exposure(self) -> FloatArray | None:
        column = self.measure.column
        if column is None:
            return None
        return np.asarray(self.ground.units.exposure.get(column, np.full(len(self.ground.units), np.nan)))

    def _about(self, layer: str, found: int = 0) -> About:
        enough = self._enough
        zh, en = about_findings(layer, self._counted, found, enough, self.measure, self.rate)
        return About(self._counted, self.store.set_apart, zh, en)

    def _steps(self) -> tuple[FloatArray, TimeArray]:
        if self._cube is None or self._edges is None:
            rows = self.store.placed.take(self.store.selected(self.selection))
            self._edges = self._edges_over(rows.at)
            self._cube = self._counted_by_step(rows, self._edges)
        return self._cube, self._edges

    def _edges_over(self, at: TimeArray) -> TimeArray:
        known = at[~np.isnat(at)]
        if not len(known):
            return np.empty(1, "datetime64[s]")
        next_day = known.max().astype("datetime64[D]") + np.timedelta64(1, "D")
        until = next_day if self.selection.until is None else self.selection.until
        since = known.min() if self.selection.since is None else self.selection.since
        return steps_between(since.astype("datetime64[D]"), until, self.step_days)

    def _counted_by_step(self, rows: Placed, edges: TimeArray) -> FloatArray:
        known = ~np.isnat(rows.at)
        step = np.full(len(rows), -1, np.int64)
        step[known] = np.searchsorted(edges, rows.at[known], side="right") - 1
        return cube_of(rows.unit, step, len(self.ground.units), len(edges) - 1)


def _differ(keys: IntArray, least: int) -> bool:
    """Whether there are so many different keys; counting all of them would cost a hundred times more."""
    for _ in range(least):
        if not len(keys):
            return False
        keys = keys[keys != keys[0]]
    return True


class NoStreetsError(LookupError):
    """Density along streets was asked for where no roads were given."""

    def __init__(self) -> None:
        super().__init__("No roads were given, so nothing can be drawn along them.")
