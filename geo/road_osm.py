"""OpenStreetMap extracts (.osm.pbf, .osm) as road lines."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import osmium

from geo.road_build import Floats, great_circle_m
from geo.road_errors import RoadFileError
from geo.road_lines import LineCollector, RoadLine
from geo.road_rules import RoadRules
from geo.road_signs import read_signs

Progress = Callable[[str, float], None]
"""Told what is being done and which share of it, 0 to 1."""

_NOT_ROADS: Final = frozenset(
    {"construction", "proposed", "abandoned", "razed", "platform", "rest_area", "services", "raceway",
     "bus_guideway", "no"}
)  # fmt: skip
_STOPS_CARS: Final = frozenset(
    {"bollard", "block", "jersey_barrier", "cycle_barrier", "motorcycle_barrier", "chain", "log", "planter"}
)
_LONGEST_FERRY_M: Final = 5_000.0
_EVERY: Final = 2000


def collect_osm(path: Path, rules: RoadRules, progress: Progress) -> LineCollector:
    """Read the ways that carry people, their signals and the bollards on them."""
    lines = LineCollector()
    try:
        _read_nodes(path, lines)
        _read_ways(path, lines, rules, progress)
    except RuntimeError as broken:
        raise RoadFileError(
            f"{path.name} is not a readable OpenStreetMap extract ({broken}); download it again."
        ) from broken
    return lines


def _read_nodes(path: Path, lines: LineCollector) -> None:
    tagged = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter("highway", "barrier")
    )
    for node in tagged:
        if node.tags.get("highway") == "traffic_signals":
            lines.signals.add(node.id)
        if node.tags.get("barrier") in _STOPS_CARS and node.tags.get("motor_vehicle") != "yes":
            lines.barred.add(node.id)


def _read_ways(path: Path, lines: LineCollector, rules: RoadRules, progress: Progress) -> None:
    ways = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway", "route"))
    )
    for count, way in enumerate(ways):
        if not isinstance(way, osmium.osm.Way):
            continue
        if count % _EVERY == 0:
            progress("reading ways", min(count / 200_000, 0.99))
        tags = {tag.k: tag.v for tag in way.tags}
        if tags.get("route") == "ferry" and "highway" not in tags:
            tags["highway"] = "ferry"
        word = tags.get("highway", "")
        if not word or word in _NOT_ROADS or tags.get("area") == "yes":
            continue
        nodes = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
        points = np.array([(lon, lat) for _, lon, lat in nodes]).reshape(-1, 2)
        if len(nodes) < 2 or (word == "ferry" and not _is_local_ferry(points)):
            continue
        signs = read_signs(partial(_said, tags), rules)
        lines.add(RoadLine(points, [ref for ref, _, _ in nodes], signs, int(way.id)))


def _is_local_ferry(points: Floats) -> bool:
    """A ferry across a river or a bay; sea routes would let a district reach the next port."""
    lon, lat = points[:, 0], points[:, 1]
    return float(great_circle_m(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()) <= _LONGEST_FERRY_M


def _said(tags: dict[str, str], tag: str) -> str:
    return tags.get(tag, "")
