"""The sample district in WGS 84 degrees: areas and streets as typed records, the rest as tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.area_codes import AreaCode, parent_of
from geo.areas import Area
from geo.coordinates import WGS84, FloatArray, LonLat, MetricPlane
from geo.sample_buildings import Building
from geo.sample_city import City
from geo.sample_division import Division
from geo.sample_lines import ROAD_STANDARDS, LineKind
from geo.sample_network import Node
from geo.sample_places import Centre, Estate, PatrolledStreet
from geo.sample_scenery import Scenery, station_building
from geo.streets import Street, StreetId, polygon_from_centreline

PLANE = MetricPlane.around(LonLat(112.56, 37.86))
"""Metres of the generator to degrees."""
NETWORK_DECIMALS = 7
"""A centimetre: what shares vertices keeps them."""
DRAWN_DECIMALS = 6
"""A decimetre: what is only drawn."""

_Row = Mapping[str, object]
_Shape = TypeVar("_Shape", bound=BaseGeometry)


def in_degrees(shape: _Shape, decimals: int) -> _Shape:
    """A shape in metres of the plane in rounded degrees; equal vertices stay equal."""

    def move(points: FloatArray) -> FloatArray:
        lon, lat = PLANE.to_degrees(points[:, 0], points[:, 1])
        return np.asarray(np.round(np.column_stack((lon, lat)), decimals), dtype=np.float64)

    moved: _Shape = shapely.transform(shape, move)
    return moved


def areas(city: City, division: Division) -> list[Area]:
    """All areas; each is the exact union of those below it."""
    faces = in_degrees(np.array(city.plane.faces, dtype=object), NETWORK_DECIMALS)
    shapes: dict[AreaCode, list[BaseGeometry]] = defaultdict(list)
    households: dict[AreaCode, int] = defaultdict(int)
    for code, shape, homes in zip(division.grid_of_face, faces, city.households.tolist(), strict=True):
        shapes[code].append(shape)
        households[code] += homes
    result: list[Area] = []
    while shapes:
        above: dict[AreaCode, list[BaseGeometry]] = defaultdict(list)
        for code in sorted(shapes):
            shape = shapely.normalize(shapely.coverage_union_all(shapes[code]))
            name = division.names[code]
            result.append(Area(code, name.zh, name.en, shape, households[code]))
            parent = parent_of(code)
            if parent is not None:
                above[parent].append(shape)
                households[parent] += households[code]
        shapes = above
    return sorted(result, key=lambda area: area.code)


def streets(patrolled: Sequence[PatrolledStreet]) -> list[Street]:
    """The patrolled streets, numbered by subdistrict and name, each with the polygon of its ground."""
    result = []
    ordered = sorted(patrolled, key=lambda street: (street.subdistrict, street.name.en))
    for number, street in enumerate(ordered, start=1):
        line = in_degrees(street.line, NETWORK_DECIMALS)
        ground = polygon_from_centreline(line, street.width_m)
        shape = shapely.transform(ground, lambda points: np.round(points, NETWORK_DECIMALS))
        result.append(
            Street(
                StreetId(f"S{number:02d}"),
                street.name.zh,
                street.name.en,
                line,
                shape,
                street.width_m,
                street.subdistrict,
            )
        )
    return result


def roads(city: City) -> gpd.GeoDataFrame:
    """Edges of the network: nodes u and v, class, names, direction, bridges and tunnels, lanes, km/h."""
    numbers: dict[Node, int] = {}
    rows: list[_Row] = []
    for edge in sorted(city.roads, key=lambda edge: (edge.start, edge.end)):
        line, standard = edge.line, ROAD_STANDARDS[edge.line.kind]
        over_water = edge.over in ("river", "creek")
        high = over_water or (bool(edge.over) and line.kind is LineKind.TRUNK)
        rows.append(
            {
                "id": len(rows) + 1,
                "u": numbers.setdefault(edge.start, len(numbers) + 1),
                "v": numbers.setdefault(edge.end, len(numbers) + 1),
                "class": line.kind.value,
                "name": line.name.zh if line.name else None,
                "name_en": line.name.en if line.name else None,
                "oneway": line.oneway,
                "bridge": high,
                "tunnel": bool(edge.over) and not high,
                "lanes": standard.lanes,
                "maxspeed": standard.maxspeed_kmh,
            }
        )
    shapes = [edge.shape for edge in sorted(city.roads, key=lambda edge: (edge.start, edge.end))]
    return _table(rows, shapes, NETWORK_DECIMALS)


def buildings(city: City, division: Division) -> gpd.GeoDataFrame:
    """Footprints with use, floors, households and the grid they stand in."""
    hall = station_building(city)
    standing = _cleared(city, hall)
    rows: list[_Row] = [
        {
            "use": building.use.value,
            "floors": building.floors,
            "households": building.households,
            "grid": division.grid_of_face[building.face],
        }
        for building in standing
    ]
    inside = shapely.STRtree(city.plane.faces).query(hall.centroid, predicate="intersects")
    rows.append(
        {
            "use": "station",
            "floors": 2,
            "households": 0,
            "grid": division.grid_of_face[int(inside.min())],
        }
    )
    return _table(rows, [*(building.shape for building in standing), hall], DRAWN_DECIMALS)


def _cleared(city: City, hall: BaseGeometry) -> list[Building]:
    """The buildings that stand in nobody's way; households of the others move next door on the same face."""
    shapes = np.array([building.shape for building in city.buildings], dtype=object)
    lanes = np.array([edge.shape.buffer(3.5) for edge in city.roads], dtype=object)
    crossed = set(shapely.STRtree(shapes).query(lanes, predicate="intersects")[1].tolist())
    crossed |= set(np.flatnonzero(shapely.distance(shapes, hall) <= 15.0).tolist())
    homes = [building.households for building in city.buildings]
    by_face: dict[int, list[int]] = defaultdict(list)
    for number, building in enumerate(city.buildings):
        if number not in crossed and building.households:
            by_face[building.face].append(number)
    gone = set()
    for number in sorted(crossed):
        building = city.buildings[number]
        beside = by_face[building.face]
        if beside and building.households:
            nearest = min(beside, key=lambda other: float(shapely.distance(shapes[other], shapes[number])))
            homes[nearest] += homes[number]
        if beside or not building.households:
            gone.add(number)
    return [
        replace(building, households=homes[number])
        for number, building in enumerate(city.buildings)
        if number not in gone
    ]


def estates(found: Sequence[Estate]) -> gpd.GeoDataFrame:
    """Residential compounds with households, buildings and the year they were built."""
    ordered = sorted(found, key=lambda estate: (estate.community, estate.name.en))
    rows: list[_Row] = [
        {
            "id": f"E{number:03d}",
            "name": estate.name.zh,
            "name_en": estate.name.en,
            "community": estate.community,
            "kind": estate.use.value,
            "households": estate.households,
            "buildings": estate.buildings,
            "built": estate.built,
        }
        for number, estate in enumerate(ordered, start=1)
    ]
    return _table(rows, [estate.shape for estate in ordered], DRAWN_DECIMALS)


def centres(found: Sequence[Centre]) -> gpd.GeoDataFrame:
    """Service centres and stations with tier, floor area, capacity, hours and, if temporary, dates."""
    rows: list[_Row] = [
        {
            "id": f"C{number:03d}",
            "name": centre.name.zh,
            "name_en": centre.name.en,
            "kind": centre.kind,
            "tier": centre.tier,
            "community": centre.community,
            "floor_area_m2": centre.floor_area_m2,
            "capacity": centre.capacity,
            "opening_hours": centre.opening_hours,
            "by_appointment": centre.by_appointment,
            "opens_on": centre.opens_on,
            "closes_on": centre.closes_on,
        }
        for number, centre in enumerate(found, start=1)
    ]
    return _table(rows, [centre.place for centre in found], DRAWN_DECIMALS)


def scenery(found: Sequence[Scenery]) -> gpd.GeoDataFrame:
    """Things to draw: kind and names."""
    rows: list[_Row] = [
        {
            "id": number,
            "kind": thing.kind,
            "name": thing.name.zh if thing.name else None,
            "name_en": thing.name.en if thing.name else None,
        }
        for number, thing in enumerate(found, start=1)
    ]
    return _table(rows, [thing.shape for thing in found], DRAWN_DECIMALS)


def _table(rows: Sequence[_Row], shapes: Sequence[BaseGeometry], decimals: int) -> gpd.GeoDataFrame:
    geometry: NDArray[np.object_] = np.empty(len(shapes), dtype=object)
    geometry[:] = list(shapes)
    frame = pd.DataFrame(list(rows))
    return gpd.GeoDataFrame(frame, geometry=in_degrees(geometry, decimals), crs=WGS84)
