"""networkx graphs in and out, in the shape that OSMnx gives them."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Final

import networkx as nx
import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo.road_build import BRIDGE, TUNNEL, Floats
from geo.road_errors import RoadFileError
from geo.road_frames import edges_frame
from geo.road_lines import Key, LineCollector, RoadLine
from geo.road_rules import Mode, RoadRules
from geo.road_signs import Says, read_signs
from geo.roads import RoadNetwork

Attributes = dict[str, object]


def collect_graph(graph: "nx.Graph[object]", rules: RoadRules, source: str = "graph") -> LineCollector:
    """Understand a graph whose nodes have `x` and `y` in degrees; directions of one street become one edge.

    Undirected graphs are two-way streets. Edge attributes are those of OSMnx: `highway`, `length` (metres),
    `oneway`, `name`, `maxspeed`, `bridge`, `tunnel`, `geometry`.
    """
    places = {node: _place(node, data, source) for node, data in graph.nodes(data=True)}
    lines = LineCollector(cut_at_shared_vertices=False)
    lines.signals |= {
        _key(node) for node, data in graph.nodes(data=True) if data.get("highway") == "traffic_signals"
    }
    waiting: dict[tuple[object, object], list[int]] = defaultdict(list)
    for u, v, data in graph.edges(data=True):
        points = _points(data, places[u], places[v])
        partner = _partner(lines, waiting[(v, u)], data, points) if graph.is_directed() else None
        if partner is not None:
            waiting[(v, u)].remove(partner)
            lines.lines[partner] = _both_ways(lines.lines[partner], data, rules)
            continue
        one_way = "yes" if graph.is_directed() else "no"
        signs = read_signs(_says(data, one_way), rules)
        number = len(lines.lines)
        keys = [_key(u), *[None] * (len(points) - 2), _key(v)]
        lines.add(RoadLine(points, keys, signs, _osmid(data), _length(data, u, v, source)))
        if len(lines.lines) > number:
            waiting[(u, v)].append(number)
    return lines


def read_graphml(path: Path) -> "nx.Graph[object]":
    """A GraphML file as OSMnx writes it."""
    try:
        return nx.read_graphml(path)
    except Exception as unreadable:
        raise RoadFileError(
            f"{path.name} is not readable GraphML ({unreadable}); save it again."
        ) from unreadable


def to_networkx(network: RoadNetwork, mode: Mode = Mode.DRIVE) -> "nx.MultiDiGraph[int]":
    """What a mode may use, as OSMnx would give it: one arc a direction, with `length` and `travel_time`."""
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    table, rules = network.table, network.rules
    for node in range(network.node_count):
        crossing = network.crossing(node)
        signal = {"highway": "traffic_signals"} if table.signals[node] else {}
        graph.add_node(crossing.source_id, x=crossing.place.lon, y=crossing.place.lat, **signal)
    with_line, against = network.conditions.crossing_times(mode)
    lines = network.lines()
    for edge in range(network.edge_count):
        u, v = (int(table.node_ids[end[edge]]) for end in (table.start, table.end))
        forward, backward = (bool(mask[edge] & mode.bit) for mask in (table.forward, table.backward))
        name, name_en = network.name(edge)
        data = {
            "osmid": int(table.source_ids[edge]),
            "highway": rules.classes[table.road_class[edge]],
            "length": float(table.length_m[edge]),
            "oneway": forward != backward,
            **({"name": name} if name else {}),
            **({"name_en": name_en} if name_en else {}),
            **({"maxspeed": str(int(table.posted_kmh[edge]))} if table.posted_kmh[edge] > 0 else {}),
            **({"bridge": "yes"} if table.flags[edge] & BRIDGE else {}),
            **({"tunnel": "yes"} if table.flags[edge] & TUNNEL else {}),
            **_signs_of_access(
                int(table.forward[edge] | table.backward[edge]), rules.access(int(table.road_class[edge]))
            ),
        }
        if forward:
            graph.add_edge(
                u, v, **data, reversed=False, geometry=lines[edge], travel_time=int(with_line[edge]) / 10
            )
        if backward:
            line = shapely.reverse(lines[edge])
            graph.add_edge(v, u, **data, reversed=True, geometry=line, travel_time=int(against[edge]) / 10)
    return graph


def write_roads(network: RoadNetwork, path: Path) -> None:
    """Write the edges as GeoPackage, GeoJSON or Shapefile, by the file's ending."""
    edges_frame(network).to_file(path)


_ACCESS_TAGS: Final = ((Mode.WALK, "foot"), (Mode.EBIKE, "bicycle"), (Mode.DRIVE, "motor_vehicle"))


def _signs_of_access(given: int, by_class: int) -> dict[str, str]:
    """Tags for the modes that a sign admits or bars against the rule of the class."""
    return {
        tag: "yes" if given & mode.bit else "no"
        for mode, tag in _ACCESS_TAGS
        if (given ^ by_class) & mode.bit
    }


def _place(node: object, data: Attributes, source: str) -> tuple[float, float]:
    try:
        return float(str(data["x"])), float(str(data["y"]))
    except (KeyError, ValueError) as missing:
        raise RoadFileError(
            f"Node {node} of the {source} has no x and y; give each its longitude as x and latitude as y."
        ) from missing


def _points(data: Attributes, start: tuple[float, float], end: tuple[float, float]) -> Floats:
    shape = data.get("geometry")
    if isinstance(shape, str):
        shape = shapely.from_wkt(shape)
    if isinstance(shape, BaseGeometry) and isinstance(shape, LineString) and len(shape.coords) >= 2:
        return np.asarray(shapely.get_coordinates(shape))
    return np.array([start, end])


def _partner(lines: LineCollector, candidates: list[int], data: Attributes, points: Floats) -> int | None:
    """The edge of the other direction: same way, same line, not yet two-way."""
    for number in candidates:
        line = lines.lines[number]
        same_line = line.points.shape == points.shape and np.allclose(line.points[::-1], points, atol=1e-9)
        same_length = line.length_m == _length(data, "", "", "graph")
        if same_line and same_length and line.source_id == _osmid(data):
            return number
    return None


def _both_ways(line: RoadLine, data: Attributes, rules: RoadRules) -> RoadLine:
    backward = line.signs.backward | read_signs(_says(data, "no"), rules).backward
    return replace(line, signs=replace(line.signs, backward=backward))


def _says(data: Attributes, one_way: str) -> Says:
    def says(tag: str) -> str:
        value = one_way if tag == "oneway" else data.get(tag, "")
        return str(next(iter(value), "")) if isinstance(value, list) else str(value)

    return says


def _key(node: object) -> Key:
    text = str(node)
    return int(text) if text.lstrip("-").isdigit() else text


def _osmid(data: Attributes) -> int:
    text = str(data.get("osmid", "")).strip("[]").split(",")[0]
    return int(text) if text.lstrip("-").isdigit() else -1


def _length(data: Attributes, u: object, v: object, source: str) -> float | None:
    if "length" not in data:
        return None
    length = float(str(data["length"]))
    if not length >= 0:
        raise RoadFileError(
            f"The {source}'s edge {u} to {v} has the length {length}; give metres, 0 or more."
        )
    return length
