"""Bring in roads from any usual source: `import_roads(path)` reads, checks, cleans and compiles."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import networkx as nx
from shapely.geometry import box

from geo.road_checks import check_roads
from geo.road_errors import ElsewhereError, RoadFileError
from geo.road_frames import collect_frame, read_frame
from geo.road_graphs import collect_graph, read_graphml
from geo.road_lines import LineCollector
from geo.road_osm import Progress, collect_osm
from geo.road_report import RoadReport
from geo.road_rules import RoadRules, standard_rules
from geo.roads import RoadNetwork

_OSM: Final = (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2", ".pbf")
_FRAMES: Final = (".geojson", ".json", ".gpkg", ".shp", ".shp.zip", ".fgb")


def import_roads(
    source: "Path | gpd.GeoDataFrame | nx.Graph[object]",
    *,
    columns: Mapping[str, str] | None = None,
    keep_isolated: bool = False,
    within_m: float = 3.0,
    rules: RoadRules | None = None,
    progress: Progress | None = None,
) -> tuple[RoadNetwork, RoadReport]:
    """Read roads from an OpenStreetMap extract, a vector file, GraphML, a GeoDataFrame or a networkx graph.

    Parameters
    ----------
    columns
        For tables: which column holds what (see `geo.road_frames.collect_frame`).
    keep_isolated
        Keep the parts that no road joins to the largest; they are dropped by default.
    within_m
        How far a dead end may be from another road to be reported as nearly joined.
    progress
        Told what is being done and the share of the whole work that is done.

    Raises
    ------
    RoadFileError
        The source is unreadable or holds no usable line; the message says what to do.
    """
    rules, tell = rules or standard_rules(), progress or _silent
    name = source.name if isinstance(source, Path) else type(source).__name__
    tell("reading", 0.0)
    lines = _collect(source, rules, columns, lambda what, share: tell(what, 0.5 * share))
    tell("joining lines", 0.5)
    table = lines.table()
    tell("checking", 0.7)
    table, report = check_roads(table, lines.assumed, name, keep_isolated=keep_isolated, within_m=within_m)
    tell("compiling", 0.85)
    network = RoadNetwork.from_table(table, rules)
    tell("done", 1.0)
    return network, report


def from_networkx(graph: "nx.Graph[object]", rules: RoadRules | None = None) -> RoadNetwork:
    """Compile a networkx graph as it is (see `geo.road_graphs.collect_graph` for its attributes)."""
    rules = rules or standard_rules()
    return RoadNetwork.from_table(collect_graph(graph, rules).table(), rules)


def from_geodataframe(
    frame: gpd.GeoDataFrame, columns: Mapping[str, str] | None = None, rules: RoadRules | None = None
) -> RoadNetwork:
    """Compile a table of lines as it is (see `geo.road_frames.collect_frame` for its columns)."""
    rules = rules or standard_rules()
    return RoadNetwork.from_table(collect_frame(frame, rules, columns).table(), rules)


def require_overlap(
    network: RoadNetwork, bounds: tuple[float, float, float, float], what: str = "boundaries"
) -> None:
    """Refuse a network in another place than the layer it is to be used with (degrees)."""
    if not box(*network.bounds).intersects(box(*bounds)):
        here, there = network.bounds, bounds
        raise ElsewhereError(
            f"The roads lie around {here[0]:.2f}, {here[1]:.2f}, but the {what} around {there[0]:.2f}, "
            f"{there[1]:.2f}: give roads of the same place, or check for swapped longitude and latitude."
        )


def _collect(
    source: "Path | gpd.GeoDataFrame | nx.Graph[object]",
    rules: RoadRules,
    columns: Mapping[str, str] | None,
    progress: Progress,
) -> LineCollector:
    if isinstance(source, gpd.GeoDataFrame):
        return collect_frame(source, rules, columns)
    if isinstance(source, nx.Graph):
        return collect_graph(source, rules)
    if not source.exists():
        raise RoadFileError(f"There is no file {source}; check its path.")
    name = source.name.lower()
    if name.endswith(_OSM):
        return collect_osm(source, rules, progress)
    if name.endswith(".graphml"):
        return collect_graph(read_graphml(source), rules, source.name)
    if name.endswith(_FRAMES):
        return collect_frame(read_frame(source), rules, columns, source.name)
    raise RoadFileError(
        f"{source.name}: unknown kind of road file; give one of {', '.join((*_OSM, *_FRAMES, '.graphml'))}."
    )


def _silent(what: str, share: float) -> None:
    """Nobody wants to know."""
