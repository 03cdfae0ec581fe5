"""The layers a map draws, as typed results that become a GeoDataFrame or GeoJSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo.coordinates import FloatArray, MetricPlane
from geo.density import Raster
from geo.gi_star import GiStar
from geo.observations import TimeArray
from geo.point_checks import SetApart
from geo.point_hotspots import Places
from geo.rates import Measure
from geo.space_time import Emerging, Kind
from geo.street_density import StreetKernel
from geo.units import Units

if TYPE_CHECKING:
    import geopandas

CLASSES = 6
_Outlines = tuple[list[FloatArray], list[NDArray[np.uint32]]]
"""As contourpy gives filled areas: points of all rings, and where each ring begins and ends."""
Column = Sequence[object] | NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class About:
    """What a layer was drawn from, in words for both languages."""

    counted: int
    set_apart: tuple[SetApart, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DensityLayer:
    """Findings per square kilometre around every cell (rows from south to north)."""

    raster: Raster
    plane: MetricPlane
    values: FloatArray
    bandwidth_m: float
    about: About

    def breaks(self, classes: int = CLASSES) -> list[float]:
        """Round numbers between which the classes lie; below the first nothing is drawn."""
        return round_breaks(float(self.values.max(initial=0.0)), classes)

    def to_frame(self, classes: int = CLASSES) -> "geopandas.GeoDataFrame":
        """One polygon per class: from `lower` to `upper` findings per square kilometre."""
        breaks = self.breaks(classes)
        east, north = self.raster.centres_m()
        rows: list[tuple[MultiPolygon, float, float]] = []
        if breaks and min(self.raster.shape) > 1:
            drawn = contourpy.contour_generator(
                east, north, self.values, fill_type=contourpy.FillType.OuterOffset
            )
            for lower, upper in zip(breaks, [*breaks[1:], np.inf], strict=True):
                shape = _filled(drawn, lower, upper)
                if not shape.is_empty:
                    rows.append((self.plane.shape_to_degrees(shape), lower, upper))
        columns = {"lower": [row[1] for row in rows], "upper": [min(row[2], 1e12) for row in rows]}
        return _frame(columns, [row[0] for row in rows])

    def to_geojson(self) -> dict[str, object]:
        """The same as GeoJSON, with what it was drawn from."""
        return _geojson(self.to_frame(), self.about, {"breaks": self.breaks(), "unit": "per km²"})


@dataclass(frozen=True, slots=True)
class UnitLayer:
    """Counts, rates and Gi* of each unit."""

    units: Units
    counts: FloatArray
    shown: FloatArray
    gi: GiStar
    measure: Measure
    about: About

    def to_frame(self) -> "geopandas.GeoDataFrame":
        """One row per unit: code, names, count, value, z, p, q and hot, cold or neither."""
        columns: dict[str, Column] = {
            "code": self.units.codes,
            "name": self.units.names,
            "name_en": self.units.names_en,
            "count": self.counts.astype(np.int64),
            "value": self.shown,
            "z": self.gi.z,
            "p": self.gi.p,
            "q": self.gi.q,
            "spot": self.gi.spot,
        }
        return _frame(columns, list(self.units.shapes))

    def to_geojson(self) -> dict[str, object]:
        """The same as GeoJSON, with what it was drawn from."""
        return _geojson(self.to_frame(), self.about, {"measure": str(self.measure), "rate": self.gi.rate})


@dataclass(frozen=True, slots=True)
class PointLayer:
    """Gi* of each place that has findings, among the places around it; no boundary plays a part."""

    places: Places
    plane: MetricPlane
    gi: GiStar
    about: About

    def to_frame(self) -> "geopandas.GeoDataFrame":
        """One point per place: count, z, p, q and hot, cold or neither."""
        columns: dict[str, Column] = {
            "count": self.places.counts.astype(np.int64),
            "z": self.gi.z,
            "p": self.gi.p,
            "q": self.gi.q,
            "spot": self.gi.spot,
        }
        return _frame(columns, self.places.shapes(self.plane))

    def to_geojson(self) -> dict[str, object]:
        """The same as GeoJSON, with what it was drawn from."""
        return _geojson(self.to_frame(), self.about, {"rate": self.gi.rate})


@dataclass(frozen=True, slots=True)
class EmergingLayer:
    """The kind of each unit over time; `edges` are the starts of the steps and the end of the last."""

    units: Units
    cube: FloatArray
    edges: TimeArray
    emerging: Emerging
    about: About

    def to_frame(self) -> "geopandas.GeoDataFrame":
        """One row per unit: its kind, its trend and the counts of every step."""
        last = self.emerging.z[:, -1] if self.emerging.z.shape[1] else np.full(len(self.units), np.nan)
        columns: dict[str, Column] = {
            "code": self.units.codes,
            "name": self.units.names,
            "name_en": self.units.names_en,
            "kind": self.emerging.kind,
            "kind_zh": [Kind(kind).zh for kind in self.emerging.kind.tolist()],
            "count": self.cube.sum(axis=1).astype(np.int64),
            "hot_steps": self.emerging.hot.sum(axis=1),
            "z": last,
            "trend_z": self.emerging.trend.z,
            "trend_p": self.emerging.trend.p,
        }
        return _frame(columns, list(self.units.shapes))

    def to_geojson(self) -> dict[str, object]:
        """The same as GeoJSON, with what it was drawn from."""
        more: dict[str, object] = {"steps": [str(edge) for edge in self.edges], "rate": self.emerging.rate}
        return _geojson(self.to_frame(), self.about, more)


@dataclass(frozen=True, slots=True)
class StreetLayer:
    """Findings per kilometre on every piece of street."""

    kernel: StreetKernel
    values: FloatArray
    about: About

    def breaks(self, classes: int = CLASSES) -> list[float]:
        """Round numbers between which the classes lie; below the first nothing is drawn."""
        return round_breaks(float(self.values.max(initial=0.0)), classes)

    def to_frame(self, classes: int = CLASSES) -> "geopandas.GeoDataFrame":
        """One line per piece that reaches the first class: `per_km` and its `edge`."""
        breaks = self.breaks(classes)
        drawn = np.flatnonzero(self.values >= breaks[0]) if breaks else np.empty(0, np.int64)
        edges = self.kernel.pieces.edge[drawn]
        columns: dict[str, Column] = {"edge": edges, "per_km": np.round(self.values[drawn], 2)}
        return _frame(columns, self.kernel.pieces.shapes(drawn))

    def to_geojson(self) -> dict[str, object]:
        """The same as GeoJSON, with what it was drawn from."""
        return _geojson(self.to_frame(), self.about, {"breaks": self.breaks(), "unit": "per km"})


def round_breaks(largest: float, classes: int = CLASSES) -> list[float]:
    """Up to so many round numbers below the largest value, each twice the one before; none where that is 0.

    Findings gather steeply: with equal steps one street would be a spot and all others white.
    """
    if not np.isfinite(largest) or largest <= 0:
        return []
    rough = largest / 2**classes
    power = 10.0 ** np.floor(np.log10(rough))
    first = float(
        next(factor for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if factor * power >= rough) * power
    )
    return [first * 2**place for place in range(classes) if first * 2**place < largest]


def _filled(drawn: contourpy.ContourGenerator, lower: float, upper: float) -> MultiPolygon:
    filled = cast(_Outlines, drawn.filled(lower, upper))
    parts = []
    for outline, ends in zip(*filled, strict=True):
        rings = [outline[a:b] for a, b in pairwise(ends.tolist()) if b - a >= 4]
        if rings:
            parts.append(shapely.make_valid(Polygon(rings[0], rings[1:])))
    polygons = [part for part in shapely.get_parts(shapely.union_all(parts)) if isinstance(part, Polygon)]
    return MultiPolygon(polygons)


def _frame(columns: Mapping[str, Column], shapes: Sequence[object]) -> "geopandas.GeoDataFrame":
    import geopandas  # heavy: paid for by who asks for a frame

    return geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs=4326)


def _geojson(frame: "geopandas.GeoDataFrame", about: About, more: Mapping[str, object]) -> dict[str, object]:
    rounded = frame.set_geometry(shapely.set_precision(frame.geometry.values, 1e-6, mode="pointwise"))
    found = cast(dict[str, object], json.loads(rounded.to_json(na="null", drop_id=True)))
    found["about"] = {
        "counted": about.counted,
        "zh": about.zh,
        "en": about.en,
        "set_apart": [
            {"reason": str(group.reason), "count": len(group.index), "zh": group.zh, "en": group.en}
            for group in about.set_apart
        ],
    }
    return found | dict(more)
