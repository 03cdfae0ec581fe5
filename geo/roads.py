"""The road network: compact arrays that never change, and beside them the conditions that do."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo.coordinates import LonLat, MetricPlane
from geo.hierarchy import Hierarchy, build_hierarchy
from geo.road_build import BRIDGE, TUNNEL, Floats, Ints, Longs, RoadTable, table_from_arcs
from geo.road_conditions import RoadConditions
from geo.road_errors import RoadFileError
from geo.road_file import map_arrays, write_arrays
from geo.road_rules import Mode, RoadRules, standard_rules
from geo.snapping import EdgePieces, index_pieces

_TABLE_ARRAYS: Final = (
    "node_lon", "node_lat", "node_ids", "signals", "start", "end", "length_m", "forward", "backward",
    "road_class", "flags", "layer", "posted_kmh", "source_ids", "fixed_forward_ds", "fixed_backward_ds",
    "name", "shape_first", "shape_lon", "shape_lat",
)  # fmt: skip
_PIECE_ARRAYS: Final = ("x", "y", "edge", "cell_first", "cell_piece")
_GRID: Final = ("west", "south", "cell_m", "columns", "rows")


@dataclass(frozen=True, slots=True)
class Crossing:
    """A node as others see it."""

    number: int
    source_id: int
    place: LonLat


class RoadNetwork:
    """Streets as edges between crossings, for every mode at once.

    Nodes and edges are numbered from 0 in an order of the network's own; `node_ids` and `source_ids`
    hold the numbers of the source. Made by `from_arcs`, by `geo.road_readers` (networkx, geopandas,
    OpenStreetMap and more) or by `load`.
    """

    def __init__(
        self,
        table: RoadTable,
        *,
        rules: RoadRules | None = None,
        plane: MetricPlane | None = None,
        pieces: EdgePieces | None = None,
        hierarchy: Hierarchy | None = None,
    ) -> None:
        if not len(table.start):
            raise RoadFileError("The network has no edge; give a file that holds at least one usable line.")
        self.rules = rules or standard_rules()
        self.table = table
        self.plane = plane or _plane_over(table)
        self.pieces = pieces or _pieces_of(table, self.plane)
        self.hierarchy = hierarchy
        self.conditions = RoadConditions(table, self.rules)

    @classmethod
    def from_table(cls, table: RoadTable, rules: RoadRules | None = None) -> "RoadNetwork":
        """Compile what a reader found."""
        return cls(_readonly(table.in_memory_order()), rules=rules)

    @classmethod
    def from_arcs(
        cls,
        source: NDArray[np.integer],
        target: NDArray[np.integer],
        weight_ds: NDArray[np.integer],
        lon: Floats,
        lat: Floats,
        *,
        mode: Mode,
        road_class: str = "residential",
        rules: RoadRules | None = None,
    ) -> "RoadNetwork":
        """One-way arcs with their times in tenths of a second; nodes are numbered by `lon` and `lat`."""
        rules = rules or standard_rules()
        index = rules.class_index(road_class)
        if index is None:
            raise RoadFileError(f"No road class is called {road_class!r}; known: {', '.join(rules.classes)}.")
        table = table_from_arcs(source, target, weight_ds, lon, lat, mode_bits=mode.bit, road_class=index)
        return cls.from_table(table, rules)

    @property
    def node_count(self) -> int:
        """How many crossings and ends there are."""
        return len(self.table.node_lon)

    @property
    def edge_count(self) -> int:
        """How many streets between crossings there are."""
        return len(self.table.start)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in WGS 84 degrees."""
        lon, lat = self.table.shape_lon, self.table.shape_lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @cached_property
    def vertex_reach_m(self) -> Floats:
        """For every vertex of every line the metres from its edge's start, on the plane."""
        x, y = self.pieces.x, self.pieces.y
        steps = np.concatenate([[0.0], np.hypot(np.diff(x), np.diff(y))])
        steps[self.table.shape_first[:-1]] = 0.0
        total = np.cumsum(steps)
        reach: Floats = total - np.repeat(total[self.table.shape_first[:-1]], np.diff(self.table.shape_first))
        reach.setflags(write=False)
        return reach

    @cached_property
    def _numbers(self) -> tuple[Longs, Longs]:
        order = np.argsort(self.table.node_ids, kind="stable")
        return self.table.node_ids[order], order

    def nodes_of(self, source_ids: Iterable[int] | NDArray[np.integer]) -> Ints:
        """The network's node numbers of the source's node ids."""
        given = np.asarray(source_ids if isinstance(source_ids, np.ndarray) else list(source_ids), np.int64)
        known, order = self._numbers
        place = np.minimum(np.searchsorted(known, given), len(known) - 1)
        wrong = given[known[place] != given]
        if len(wrong):
            raise RoadFileError(f"Node {int(wrong[0])} is not in this network; use ids of its own source.")
        nodes: Ints = order[place].astype(np.int32)
        return nodes

    def crossing(self, node: int) -> Crossing:
        """One node."""
        table = self.table
        return Crossing(
            node, int(table.node_ids[node]), LonLat(float(table.node_lon[node]), float(table.node_lat[node]))
        )

    def line(self, edge: int) -> LineString:
        """An edge's line from its start to its end, in WGS 84 degrees."""
        first, last = self.table.shape_first[edge], self.table.shape_first[edge + 1]
        return LineString(
            np.column_stack([self.table.shape_lon[first:last], self.table.shape_lat[first:last]])
        )

    def lines(self) -> NDArray[np.object_]:
        """All edges' lines, in WGS 84 degrees."""
        points = np.column_stack([self.table.shape_lon, self.table.shape_lat])
        edge = np.repeat(np.arange(self.edge_count), np.diff(self.table.shape_first))
        lines: NDArray[np.object_] = shapely.linestrings(points, indices=edge)
        return lines

    def name(self, edge: int) -> tuple[str, str]:
        """An edge's name in Chinese (or the local language) and English; empty where it has none."""
        number = int(self.table.name[edge])
        return self.table.names[number] if number >= 0 else ("", "")

    def edges_named(self, name: str) -> Ints:
        """The edges of a street, by its name in either language."""
        wanted = [number for number, names in enumerate(self.table.names) if name and name in names]
        return np.flatnonzero(np.isin(self.table.name, wanted)).astype(np.int32)

    def edges_within(self, shape: BaseGeometry) -> Ints:
        """The edges that touch a polygon or line given in WGS 84 degrees: what closing an area closes."""
        found = shapely.STRtree(self.lines()).query(shape, predicate="intersects")
        return np.sort(found).astype(np.int32)

    def set_closed(
        self, edges: Iterable[int] | NDArray[np.integer], closed: bool = True, *, modes: Iterable[Mode] = Mode
    ) -> None:
        """Close edges for some modes, or open them again: in effect for the next query."""
        self.conditions.set_closed(edges, closed, modes=modes)

    def set_speed(self, edges: Iterable[int] | NDArray[np.integer], mode: Mode, kmh: float | None) -> None:
        """Give edges a speed of their own (None takes it back): in effect for the next query."""
        self.conditions.set_speed(edges, mode, kmh)

    def prepare(self) -> "RoadNetwork":
        """Build the hierarchy that makes searches among few candidates fast; needed once per network.

        It depends on which roads meet, never on speeds or closures, and is kept in the file.
        """
        if self.hierarchy is None:
            table = self.table
            place = self.plane.to_metres(table.node_lon, table.node_lat)
            self.hierarchy = build_hierarchy(self.node_count, table.start, table.end, place)
        return self

    def save(self, path: Path) -> None:
        """Write the compiled network; `load` maps it back in milliseconds."""
        arrays = {name: getattr(self.table, name) for name in _TABLE_ARRAYS}
        arrays |= {f"pieces_{name}": getattr(self.pieces, name) for name in _PIECE_ARRAYS}
        if self.hierarchy:
            arrays |= {f"hierarchy_{name}": array for name, array in self.hierarchy.arrays().items()}
        header = {
            "centre": list(self.plane.centre),
            "grid": {name: getattr(self.pieces, name) for name in _GRID},
            "classes": list(self.rules.classes),
            "names": self.table.names,
        }
        write_arrays(path, header, arrays)

    @classmethod
    def load(cls, path: Path, rules: RoadRules | None = None) -> "RoadNetwork":
        """Map a compiled network into memory."""
        rules = rules or standard_rules()
        header, arrays = map_arrays(path)
        classes, centre, names, grid = (header[key] for key in ("classes", "centre", "names", "grid"))
        if not (isinstance(classes, list) and isinstance(centre, list) and isinstance(names, list)):
            raise RoadFileError(f"{path.name} is damaged; import the road file again.")
        columns = {name: arrays[name] for name in _TABLE_ARRAYS}
        if tuple(classes) != rules.classes:
            columns["road_class"] = _renumbered(columns["road_class"], classes, rules)
        table = RoadTable(**columns, names=[(str(name), str(name_en)) for name, name_en in names])  # type: ignore[arg-type] # the arrays carry the types they were saved with
        pieces = EdgePieces(**{name: arrays[f"pieces_{name}"] for name in _PIECE_ARRAYS}, **grid)  # type: ignore[arg-type] # as above
        parts = {name[10:]: array for name, array in arrays.items() if name.startswith("hierarchy_")}
        return cls(
            table,
            rules=rules,
            plane=MetricPlane.around(LonLat(*centre)),
            pieces=pieces,
            hierarchy=Hierarchy.from_arrays(parts) if parts else None,
        )

    @cached_property
    def is_span(self) -> NDArray[np.bool_]:
        """Which edges are bridges or tunnels."""
        spans: NDArray[np.bool_] = (self.table.flags & (BRIDGE | TUNNEL)) != 0
        return spans


def _plane_over(table: RoadTable) -> MetricPlane:
    lon, lat = table.shape_lon, table.shape_lat
    return MetricPlane.around(
        LonLat((float(lon.min()) + float(lon.max())) / 2, (float(lat.min()) + float(lat.max())) / 2)
    )


def _pieces_of(table: RoadTable, plane: MetricPlane) -> EdgePieces:
    x, y = plane.to_metres(table.shape_lon, table.shape_lat)
    pieces = index_pieces(table.shape_first, x, y)
    for name in _PIECE_ARRAYS:
        getattr(pieces, name).setflags(write=False)
    return pieces


def _readonly(table: RoadTable) -> RoadTable:
    for name in _TABLE_ARRAYS:
        array = np.ascontiguousarray(getattr(table, name))
        array.setflags(write=False)
        setattr(table, name, array)
    return table


def _renumbered(
    road_class: NDArray[np.generic], classes: list[object], rules: RoadRules
) -> NDArray[np.generic]:
    """Class numbers of a file written under other rules, in today's numbers."""
    fallback = rules.class_index("unclassified") or 0
    known = [rules.class_index(str(name)) for name in classes]
    numbers = np.array([fallback if number is None else number for number in known], np.uint8)
    renumbered: NDArray[np.generic] = numbers[road_class.astype(np.int64)]
    renumbered.setflags(write=False)
    return renumbered
