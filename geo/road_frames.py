"""Road lines from tables (GeoJSON, GeoPackage, Shapefile, any GeoDataFrame), and networks as tables."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.road_build import BRIDGE, TUNNEL
from geo.road_errors import RoadError, RoadFileError
from geo.road_lines import Key, LineCollector, RoadLine
from geo.road_rules import Mode, RoadRules
from geo.road_signs import Says, Signs, read_signs
from geo.roads import RoadNetwork

_KNOWN_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "highway": ("class", "highway", "fclass", "road_class", "roadclass", "type", "kind", "道路等级", "等级"),
    "oneway": ("oneway", "one_way", "direction", "单行"),
    "name": ("name", "name_zh", "road_name", "street", "名称", "道路名称"),
    "name:en": ("name_en", "name:en", "nameen", "英文名"),
    "bridge": ("bridge", "is_bridge", "桥"),
    "tunnel": ("tunnel", "is_tunnel", "隧道"),
    "layer": ("layer", "level"),
    "maxspeed": ("maxspeed", "speed", "speed_kmh", "kmh", "限速"),
    "length": ("length", "length_m"),
    "id": ("id", "osm_id", "osmid", "edge_id", "编号"),
    "u": ("u", "from_node", "from"),
    "v": ("v", "to_node", "to"),
    "access": ("access",),
    "foot": ("foot",),
    "bicycle": ("bicycle",),
    "motor_vehicle": ("motor_vehicle",),
    "junction": ("junction",),
    "walk": ("walk",),
    "ebike": ("ebike",),
    "drive": ("drive",),
    "signals": ("signals",),
}
_WAYS: Final = {
    "no": (False, False),
    "forward": (True, False),
    "backward": (False, True),
    "both": (True, True),
}
"""How `edges_frame` says of each mode who may use an edge: along the line, and against it."""
_LIGHTS: Final = {"start": (0,), "end": (-1,), "both": (0, -1)}
"""And at which ends there are traffic lights."""
_ROUNDING: Final = 7
"""Decimals of a degree within which two vertices are one place: about a centimetre."""
_FASTEST_KMH: Final = 200.0


def collect_frame(
    frame: gpd.GeoDataFrame, rules: RoadRules, columns: Mapping[str, str] | None = None, source: str = "table"
) -> LineCollector:
    """Understand a table of lines.

    Parameters
    ----------
    columns
        Which column holds what, e.g. ``{"highway": "DLDJ", "name": "DLMC"}``; the rest is found by name.
        Keys are those of OpenStreetMap (highway, oneway, name, name:en, bridge, tunnel, layer, maxspeed)
        and length (metres), id, u, v (end nodes). Columns that `edges_frame` writes (walk, ebike, drive,
        signals) go before what the road's class says.
    """
    frame = _in_degrees(frame, source)
    held = _columns(frame, columns or {}, source)
    _refuse_bad_numbers(frame, held, source)
    with_ends = "u" in held and "v" in held
    lines = LineCollector(cut_at_shared_vertices=not with_ends)
    texts = {tag: [_text(value) for value in frame[column]] for tag, column in held.items()}
    for row, shape in enumerate(frame.geometry):
        parts = shapely.get_parts(shape) if shape is not None else []
        for part in parts:
            if part.geom_type != "LineString":
                continue
            points = shapely.get_coordinates(part)
            keys: list[Key] = [(round(x, _ROUNDING), round(y, _ROUNDING)) for x, y in points.tolist()]
            if with_ends and len(parts) == 1:
                keys[0], keys[-1] = _end_key(texts["u"][row]), _end_key(texts["v"][row])
            says = partial(_said, texts, row)
            signs = _with_access(read_signs(says, rules), says)
            lines.signals.update(keys[end] for end in _LIGHTS.get(says("signals"), ()))
            length = _measured(texts["length"][row]) if "length" in texts and len(parts) == 1 else None
            lines.add(RoadLine(points, keys, signs, _id(texts, row), length))
    return lines


def network_from_frame(
    frame: gpd.GeoDataFrame, *, rules: RoadRules, columns: Mapping[str, str] | None = None
) -> RoadNetwork:
    """Compile a table of lines as it is; `geo.road_readers.import_roads` also checks and cleans it."""
    return RoadNetwork.from_table(collect_frame(frame, rules, columns).table(), rules)


def read_frame(path: Path) -> gpd.GeoDataFrame:
    """Read a vector file; raises RoadFileError with what to do."""
    try:
        frame = gpd.read_file(path)
    except Exception as unreadable:
        raise RoadFileError(
            f"{path.name} cannot be read as GeoJSON, GeoPackage or Shapefile ({unreadable}); "
            "save it again from a GIS as GeoPackage."
        ) from unreadable
    if not isinstance(frame, gpd.GeoDataFrame):
        raise RoadFileError(
            f"{path.name} holds no geometry; export the road lines themselves, not their attribute table."
        )
    return frame


def edges_frame(network: RoadNetwork) -> gpd.GeoDataFrame:
    """The network's edges as a table, ready for GeoPackage or for `collect_frame`."""
    table, rules = network.table, network.rules
    names = [network.name(edge) for edge in range(network.edge_count)]
    columns: dict[str, object] = {
        "edge": np.arange(network.edge_count),
        "id": table.source_ids,
        "u": table.node_ids[table.start],
        "v": table.node_ids[table.end],
        "class": [rules.classes[number] for number in table.road_class],
        "name": [name for name, _ in names],
        "name_en": [name_en for _, name_en in names],
        "length_m": table.length_m,
        "maxspeed": np.where(table.posted_kmh > 0, table.posted_kmh, np.nan),
        "bridge": (table.flags & BRIDGE) != 0,
        "tunnel": (table.flags & TUNNEL) != 0,
        "layer": table.layer,
    }
    for mode in Mode:
        forward, backward = (table.forward & mode.bit) != 0, (table.backward & mode.bit) != 0
        columns[mode.value] = np.select(
            [forward & backward, forward, backward], ["both", "forward", "backward"], "no"
        )
    lit_start, lit_end = table.signals[table.start], table.signals[table.end]
    columns["signals"] = np.select([lit_start & lit_end, lit_start, lit_end], ["both", "start", "end"], "")
    one_way = columns["drive"]
    columns["oneway"] = np.where(
        np.asarray(one_way) == "forward", "yes", np.where(np.asarray(one_way) == "backward", "-1", "no")
    )
    return gpd.GeoDataFrame(columns, geometry=network.lines(), crs="EPSG:4326")


def _in_degrees(frame: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    if "geometry" not in frame.columns and getattr(frame, "_geometry_column_name", None) is None:
        raise RoadFileError(f"The {source} has no geometry column; give lines, not a plain table.")
    kinds = set(frame.geometry.geom_type.dropna())
    if not kinds & {"LineString", "MultiLineString"}:
        held = ", ".join(sorted(kinds)) or "no geometry"
        raise RoadFileError(
            f"The {source} holds {held}, but roads are lines; export the centrelines of the roads."
        )
    if frame.crs is None:
        west, south, east, north = frame.total_bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise RoadFileError(
                f"The {source} names no coordinate system and its numbers are not degrees; "
                "set it first, e.g. frame.set_crs('EPSG:4547')."
            )
        return frame.set_crs("EPSG:4326")
    return frame.to_crs("EPSG:4326")


def _columns(frame: gpd.GeoDataFrame, given: Mapping[str, str], source: str) -> dict[str, str]:
    for tag, column in given.items():
        if tag not in _KNOWN_AS:
            raise RoadError(f"Nothing is known as {tag!r}; map one of {', '.join(_KNOWN_AS)}.")
        if column not in frame.columns:
            raise RoadError(
                f"The {source} has no column {column!r}; it has {', '.join(map(str, frame.columns))}."
            )
    by_lower = {str(column).lower(): str(column) for column in frame.columns}
    held = {
        tag: next(by_lower[name] for name in names if name in by_lower)
        for tag, names in _KNOWN_AS.items()
        if any(name in by_lower for name in names)
    }
    return held | dict(given)


def _refuse_bad_numbers(frame: gpd.GeoDataFrame, held: Mapping[str, str], source: str) -> None:
    for tag, most, unit in (("maxspeed", _FASTEST_KMH, "km/h"), ("length", 1e6, "m")):
        if tag not in held:
            continue
        numbers = pd.to_numeric(frame[held[tag]], errors="coerce")
        wrong = np.flatnonzero((numbers < 0) | (numbers > most))
        if len(wrong):
            row = int(wrong[0])
            raise RoadError(
                f"Row {row} of the {source}: {held[tag]} is {frame[held[tag]].iloc[row]!r} {unit}; "
                f"it must be from 0 to {most:g}, or empty where it is not known."
            )


def _with_access(signs: Signs, says: Says) -> Signs:
    """The same signs, with who may use the road where the table says so for a mode."""
    forward, backward = signs.forward, signs.backward
    for mode in Mode:
        if (ways := _WAYS.get(says(mode.value))) is not None:
            forward = forward | mode.bit if ways[0] else forward & ~mode.bit
            backward = backward | mode.bit if ways[1] else backward & ~mode.bit
    return replace(signs, forward=forward, backward=backward)


def _said(texts: Mapping[str, list[str]], row: int, tag: str) -> str:
    return texts[tag][row] if tag in texts else ""


def _text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _end_key(text: str) -> Key:
    return int(text) if text.lstrip("-").isdigit() else text


def _measured(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _id(texts: Mapping[str, list[str]], row: int) -> int:
    text = texts["id"][row] if "id" in texts else ""
    return int(text) if text.lstrip("-").isdigit() else row
