"""The 15-minute service circle: who reaches which centre in how many minutes, and who is left out.

Three lines do it::

    roads, report = import_roads(Path("roads.gpkg"))
    circle = coverage(geopandas.read_file("centres.gpkg"), geopandas.read_file("homes.gpkg"), roads)
    circle.demand.to_file("covered.gpkg")

Demand sits where people live: on buildings, estates or cells with their households, never on the centroid of
an area.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.isochrones import isochrones
from geo.road_build import Floats, Ints
from geo.road_readers import require_overlap
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.service_inputs import (
    area_codes,
    capacities,
    centres_in_service,
    floor_areas,
    households,
    require_on_land,
    require_on_network,
    snapped_points,
)
from geo.snapping import Snaps
from geo.travel import Travel

LEVELS: Final = {"district": 6, "subdistrict": 9, "community": 12, "grid": 15}
"""How many characters of an area's code name each level."""
FLOOR_AREAS_M2: Final = (500, 1000)
"""The floor areas that a centre is held to."""


@dataclass(frozen=True, slots=True)
class ServiceCircle:
    """The result, as tables in WGS 84 degrees.

    `demand` has for every home the columns `centre` (row label of the nearest, or None), `minutes` (infinite
    where no way leads) and `ring` (the smallest limit that holds, or None). `centres` has for every centre
    `in_service`, `households_within_5` …, `households_nearest` (those for whom it is the nearest, within the
    last limit) and, where its capacity is known, `households_per_place`. `shares` has one row for each area.
    """

    minutes: tuple[float, ...]
    mode: Mode
    demand: gpd.GeoDataFrame
    centres: gpd.GeoDataFrame
    shares: pd.DataFrame
    travel: Travel
    snaps: Snaps
    """The centres in service, on the network."""

    @property
    def left_out(self) -> gpd.GeoDataFrame:
        """The homes that no centre in service is near enough to, farthest first."""
        outside = self.demand[self.demand["ring"].isna()]
        return outside.sort_values(["minutes", "households"], ascending=False)

    @property
    def share_covered(self) -> float:
        """The share of all households within the last limit."""
        total = float(self.demand["households"].sum())
        inside = float(self.demand.loc[self.demand["ring"].notna(), "households"].sum())
        return inside / total if total else 0.0

    def rings(self, barriers: Sequence[BaseGeometry] = (), cell_m: float | None = None) -> gpd.GeoDataFrame:
        """One polygon for each centre in service and limit, with the centre's row label."""
        frame = isochrones(
            self.travel, self.snaps, self.minutes, direction="to", cell_m=cell_m, barriers=barriers
        )
        labels = self.centres.index[self.centres["in_service"]]
        frame.insert(0, "centre", labels.to_numpy()[frame.pop("place").to_numpy()])
        return frame


def coverage(
    centres: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    network: RoadNetwork,
    minutes: Sequence[float] = (5, 10, 15),
    *,
    mode: Mode = Mode.WALK,
    at: datetime | None = None,
    areas: gpd.GeoDataFrame | None = None,
    farthest_m: float = 500.0,
    water: Sequence[BaseGeometry] = (),
    travel: Travel | None = None,
) -> ServiceCircle:
    """Measure the service circle of centres over homes.

    Parameters
    ----------
    centres
        Points or polygons. Columns that are used where they exist: `opening_hours` (OpenStreetMap's words),
        `opens_on`, `closes_on` (dates of a temporary station), `floor_area_m2`, `tier`, `capacity`.
    demand
        Points or polygons with `households` (1 each where the column is missing) and, for the shares by
        area, a column `grid`, `community` or `code` that holds the area's code.
    at
        A local time: only centres that are open then count. None counts all of them.
    areas
        Polygons with `code`, to find the area of homes that do not name theirs.
    farthest_m
        How far a centre or home may lie from every road of this mode.
    water
        Polygons in WGS 84 degrees in which no centre can lie.
    travel
        Use a search engine that exists already, with its closures, instead of a new one.

    Raises
    ------
    ValueError
        A row cannot be used; the message names it and says what to do.
    """
    limits = _limits(minutes)
    engine = travel or Travel(network, mode, farthest_m=farthest_m)
    centre_snaps = _on_roads(centres, "centres", engine, farthest_m, water)
    home_snaps = _on_roads(demand, "demand", engine, farthest_m)
    in_service = centres_in_service(centres, at)
    homes = _Homes(households(demand), area_codes(demand, areas), home_snaps)
    open_snaps = centre_snaps.rows(np.flatnonzero(in_service))
    owner, seconds = engine.nearest_centre_of(home_snaps, open_snaps)
    within = engine.seconds_within(home_snaps, open_snaps, limits[-1] * 60.0)
    return ServiceCircle(
        limits,
        engine.mode,
        _demand_table(demand, homes, centres.index[in_service], owner, seconds, limits),
        _centre_table(centres, in_service, homes, owner, seconds, within, limits),
        _share_table(homes, seconds, floor_areas(centres)[in_service], owner, limits),
        engine,
        open_snaps,
    )


def responders_reach(
    responders: gpd.GeoDataFrame | Snaps, cells: gpd.GeoDataFrame, travel: Travel,
    minutes: Sequence[float] = (5, 10, 15),
) -> gpd.GeoDataFrame:  # fmt: skip
    """Which cells (grids, homes) somebody on shift reaches within minutes, right now, and who is first.

    Returns the cells with `responder` (row number, -1 for nobody), `minutes` and `ring`.
    """
    limits = _limits(minutes)
    points = snapped_points(cells, "cells")
    if isinstance(responders, Snaps):
        people = responders
    else:
        at = snapped_points(responders, "responders")
        people = travel.snap(at.lon, at.lat)
    first, seconds = travel.nearest_centre_of(travel.snap(points.lon, points.lat), people, direction="from")
    result = cells.copy()
    result["responder"], result["minutes"] = first, seconds / 60.0
    result["ring"] = _rings(seconds, limits)
    return result


@dataclass(frozen=True)
class _Homes:
    households: Floats
    codes: NDArray[np.object_]
    snaps: Snaps

    @cached_property
    def total(self) -> float:
        return float(self.households.sum())


def _on_roads(
    layer: gpd.GeoDataFrame, what: str, engine: Travel, farthest_m: float, water: Sequence[BaseGeometry] = ()
) -> Snaps:
    """Every row on the network; refuses what lies elsewhere, in water or too far from a road."""
    points = snapped_points(layer, what)
    require_overlap(engine.network, points.bounds_in_degrees, what)
    require_on_land(points, layer, what, water)
    snaps = engine.snap(points.lon, points.lat)
    require_on_network(snaps, layer, what, engine.mode, farthest_m)
    return snaps


def _limits(minutes: Sequence[float]) -> tuple[float, ...]:
    limits = tuple(float(limit) for limit in minutes)
    if not limits or limits[0] <= 0 or list(limits) != sorted(set(limits)):
        raise ValueError(
            f"The limits {minutes} are not minutes in growing order above zero; try (5, 10, 15)."
        )
    return limits


def _rings(seconds: Floats, limits: tuple[float, ...]) -> Floats:
    """The smallest limit that holds, NaN where none does; a tenth of a second decides."""
    ring = np.full(len(seconds), np.nan)
    for limit in reversed(limits):
        ring[seconds <= limit * 60.0 + 1e-6] = limit
    return ring


def _demand_table(
    demand: gpd.GeoDataFrame, homes: _Homes, labels: pd.Index, owner: Ints, seconds: Floats,
    limits: tuple[float, ...],
) -> gpd.GeoDataFrame:  # fmt: skip
    table = demand.to_crs("EPSG:4326").copy()
    names = labels.to_numpy(dtype=object)
    table["households"] = homes.households
    table["centre"] = [names[number] if number >= 0 else None for number in owner]
    table["minutes"] = seconds / 60.0
    table["ring"] = _rings(seconds, limits)
    return table


def _centre_table(
    centres: gpd.GeoDataFrame, in_service: NDArray[np.bool_], homes: _Homes, owner: Ints, seconds: Floats,
    within: Floats, limits: tuple[float, ...],
) -> gpd.GeoDataFrame:  # fmt: skip
    table = centres.to_crs("EPSG:4326").copy()
    table["in_service"] = in_service
    for limit in limits:
        counted = np.zeros(len(centres))
        counted[in_service] = (within <= limit * 60.0 + 1e-6) @ homes.households
        table[f"households_within_{limit:g}"] = counted
    near = np.zeros(len(centres))
    inside = seconds <= limits[-1] * 60.0 + 1e-6
    near[in_service] = np.bincount(owner[inside], homes.households[inside], minlength=int(in_service.sum()))
    table["households_nearest"] = near
    table["households_per_place"] = near / capacities(centres)
    return table


def _share_table(
    homes: _Homes, seconds: Floats, open_floor_areas: Floats, owner: Ints, limits: tuple[float, ...]
) -> pd.DataFrame:
    """One row for each area of each level, the whole first (level `all`)."""
    columns: dict[str, Floats] = {"households": homes.households}
    for limit in limits:
        columns[f"within_{limit:g}"] = homes.households * (seconds <= limit * 60.0 + 1e-6)
    last = columns[f"within_{limits[-1]:g}"]
    columns["left_out"] = homes.households - last
    nearest_area = np.where(owner >= 0, np.append(open_floor_areas, np.nan)[owner], np.nan)
    for square in FLOOR_AREAS_M2:
        columns[f"within_floor_{square}"] = last * (nearest_area >= square)
    table = pd.DataFrame(columns)
    levels = [("all", np.full(len(table), "", dtype=object))]
    for level, length in LEVELS.items():
        levels.append(
            (level, np.array([code[:length] if len(code) >= length else None for code in homes.codes]))
        )
    parts = []
    for level, codes in levels:
        grouped = table.groupby(codes, sort=True).sum()
        grouped.insert(0, "code", grouped.index)
        grouped.insert(0, "level", level)
        parts.append(grouped[grouped["households"] > 0])
    shares = pd.concat(parts, ignore_index=True)
    for limit in limits:
        shares[f"share_{limit:g}"] = shares[f"within_{limit:g}"] / shares["households"]
    for square in FLOOR_AREAS_M2:
        shares[f"share_floor_{square}"] = shares[f"within_floor_{square}"] / shares["households"]
    return shares
