"""The hills in the east: villages in valleys, winding roads between them, land divided along ridges."""

from dataclasses import dataclass

import networkx as nx
import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.coordinates import FloatArray
from geo.sample_blocks import Quarter, lanes_of
from geo.sample_layout import FOOT_OF_THE_HILLS_U, rough_line, unwarp, warp
from geo.sample_lines import Line, LineKind
from geo.sample_names import Name, NameBook

_VILLAGES = 12
_GATES_V = (2250.0, 1500.0, 800.0, -620.0, -1380.0, -2150.0)


@dataclass(frozen=True, slots=True)
class Village:
    """A hill village: its name, the ground it is built on, and the land around that belongs to it."""

    name: Name
    ground: Polygon


def settle_hills(
    hills: Polygon, creek: BaseGeometry, rng: np.random.Generator, names: NameBook
) -> tuple[list[Village], list[Line]]:
    """Villages and all lines of the hills (metres)."""
    seeds = _seeds(shapely.buffer(hills, -420.0).difference(creek.buffer(330.0)), rng)
    villages = [Village(names.village(), _ground(seed, rng)) for seed in seeds]
    lines = [line for village in villages for line in _village_lanes(village, rng, names)]
    lines += _roads(villages, hills, rng, names)
    lines += _ridges(villages, hills, rng)
    return villages, lines


def _seeds(inner: BaseGeometry, rng: np.random.Generator) -> list[Point]:
    """Places inside, as far apart as so many can be."""
    west, south, east, north = inner.bounds
    seeds: list[Point] = []
    apart_m = 1750.0
    while len(seeds) < _VILLAGES:
        for _ in range(400):
            place = Point(rng.uniform(west, east), rng.uniform(south, north))
            if inner.contains(place) and all(place.distance(other) > apart_m for other in seeds):
                seeds.append(place)
                if len(seeds) == _VILLAGES:
                    break
        apart_m *= 0.93
    return sorted(seeds, key=lambda place: place.x)


def _ground(seed: Point, rng: np.random.Generator) -> Polygon:
    angles = np.linspace(0, 2 * np.pi, 11)[:-1]
    radius = rng.uniform(150, 260) * rng.uniform(0.72, 1.2, len(angles))
    stretch = rng.uniform(0.65, 1.0)
    return Polygon(
        np.column_stack([seed.x + radius * np.cos(angles), seed.y + stretch * radius * np.sin(angles)])
    )


def _village_lanes(village: Village, rng: np.random.Generator, names: NameBook) -> list[Line]:
    around = Line(LineString(village.ground.exterior), LineKind.UNCLASSIFIED)
    return [around, *lanes_of(village.ground, Quarter.URBAN_VILLAGE, rng, names)]


def _roads(villages: list[Village], hills: Polygon, rng: np.random.Generator, names: NameBook) -> list[Line]:
    """A tree of winding roads from the last arterial to every village, with a few more that close rings."""
    gates = [_gate(v) for v in _GATES_V]
    places = [*gates, *(np.array(village.ground.centroid.coords[0]) for village in villages)]
    graph: nx.Graph[int] = nx.Graph()
    for a in range(len(places)):
        for b in range(max(a + 1, len(gates)), len(places)):
            away = float(np.hypot(*(places[a] - places[b])))
            graph.add_edge(a, b, weight=away)
    for gate in range(1, len(gates)):
        graph.add_edge(0, gate, weight=0.0)
    tree = [pair for pair in nx.minimum_spanning_tree(graph).edges if max(pair) >= len(gates)]
    nearest = sorted(graph.edges, key=lambda pair: float(graph.edges[pair]["weight"]))
    extra = [pair for pair in nearest if max(pair) >= len(gates) and pair not in tree][:7]
    lines = []
    for a, b in [*tree, *extra]:
        path = LineString(
            rough_line(rng, places[a], places[b], 0.13 * float(np.hypot(*(places[a] - places[b]))))
        )
        for village in villages:
            path = path.difference(village.ground)
        kind = LineKind.TERTIARY if (a, b) in tree else LineKind.UNCLASSIFIED
        name = names.stem().plus("山路", "Hill Road") if kind is LineKind.TERTIARY else None
        inside = shapely.intersection(path, hills.buffer(6.0))
        crosses = frozenset({"creek"})
        lines += [Line(part, kind, name, crosses) for part in shapely.get_parts(inside) if part.length > 30]
    return lines


def _gate(v: float) -> FloatArray:
    x, y = warp(np.array([FOOT_OF_THE_HILLS_U - 3.0]), np.array([v]))
    return np.array([x[0], y[0]])


def _ridges(villages: list[Village], hills: Polygon, rng: np.random.Generator) -> list[Line]:
    """Lines that give each village its land, and divide that land around the village."""
    seeds = shapely.MultiPoint([village.ground.centroid for village in villages])
    borders = shapely.voronoi_polygons(seeds, extend_to=hills, only_edges=True)
    ridges = []
    for border in shapely.get_parts(shapely.get_parts(borders)):
        start, end = np.array(border.coords[0]), np.array(border.coords[-1])
        ridges.append(LineString(rough_line(rng, start, end, min(0.09 * border.length, 110.0))))
    ends = shapely.union_all([*ridges, hills.exterior])
    spurs = [spur for village in villages for spur in _spurs(village, ends, rng)]
    return [
        Line(part, kind)
        for kind, lines in ((LineKind.RIDGE, ridges), (LineKind.EDGE, spurs))
        for line in lines
        for part in _inside(line, hills)
    ]


def _spurs(village: Village, ends: BaseGeometry, rng: np.random.Generator) -> list[LineString]:
    """Four lines from the village outwards, each just across the first ridge it meets."""
    corners = np.array(village.ground.exterior.coords)[:-1]
    middle = corners.mean(axis=0)
    spurs = []
    for place in (0, 3, 5, 8):
        start = corners[place]
        out = (start - middle) / np.hypot(*(start - middle))
        spur = LineString(rough_line(rng, start, start + out * 3600.0, 150.0))
        met = [spur.project(part) for part in shapely.get_parts(spur.intersection(ends))]
        if met:
            spurs.append(substring(spur, 0.0, min(met) + 3.0))
    return spurs


def _inside(line: LineString, hills: Polygon) -> list[LineString]:
    return [
        part for part in shapely.get_parts(shapely.intersection(line, hills.buffer(6.0))) if part.length > 1.0
    ]


def in_hills(x: float, y: float) -> bool:
    """Whether a place lies east of the last arterial."""
    return unwarp(x, y)[0] > FOOT_OF_THE_HILLS_U
