"""The pieces that every report map is made of: layers with cards, legends, tables and figures."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import folium
import geopandas
import numpy as np
import shapely
from folium.utilities import JsCode

from geo.map_page import Frame, Words

Style = Mapping[str, object]

DENSITY_RAMP = ("#404788", "#33638d", "#238a8d", "#29af7f", "#94d840", "#fde725")
"""Even steps for the eye, dark to light (viridis)."""
MINUTES_RAMP = ("#2b6cb0", "#74a9d8", "#bcd7ee")
HOT, COLD, BEYOND = "#b2182b", "#4575b4", "#8c2d04"
HUES = ("#4e79a7", "#b07a3e", "#5a8f5a", "#a05195", "#3b8a8c", "#9c4f4f", "#7a7a3a", "#6b6bb0")
"""Muted hues for task forces; neighbouring streets never share one."""
_DECIMALS = 1e-5
NAME, COUNT = Words("名称", "Name"), Words("件数", "Findings")
OWN_SOURCE = Words("本区系统数据", "the district's own records")
OWN_DISTRICT = Words("本区", "The district")


@dataclass(frozen=True, slots=True)
class Basemap:
    """What lies under a report, in any CRS; all of it optional."""

    district: geopandas.GeoDataFrame | None = None
    roads: geopandas.GeoDataFrame | None = None
    water: geopandas.GeoDataFrame | None = None
    green: geopandas.GeoDataFrame | None = None
    rail: geopandas.GeoDataFrame | None = None

    def draw_on(self, drawn: folium.Map) -> None:
        """Quiet colours; one shape per layer, so that even a large district stays light."""
        flat: Style = {"weight": 0, "fillOpacity": 1.0}
        edge: Style = {"color": "#9aa5b1", "weight": 1.5, "fillColor": "#fcfcfa", "fillOpacity": 1.0}
        _ground(drawn, self.district, edge)
        _ground(drawn, self.green, {**flat, "fillColor": "#e3ecdb"})
        _ground(drawn, self.water, {**flat, "fillColor": "#cfdfea"})
        for classes, style in _ROADS:
            _ground(drawn, _of_class(self.roads, classes), style)
        _ground(drawn, self.rail, {"color": "#b9c0c7", "weight": 1.5, "dashArray": "6 4"})


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a report belongs: what lies under it, whose it is, what it was made from, and when."""

    base: Basemap | None = None
    district: Words = OWN_DISTRICT
    source: Words = OWN_SOURCE
    made_at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    synthetic: bool = False

    def frame(self, title: Words, subtitle: Words, legend: str, panel: str) -> Frame:
        """What stands around a map of this setting."""
        return Frame(title, subtitle, legend, panel, self.source, self.made_at, self.synthetic)


_ROADS: tuple[tuple[frozenset[str] | None, Style], ...] = (
    (None, {"color": "#e4e6e8", "weight": 1.0}),
    (frozenset({"tertiary", "unclassified"}), {"color": "#dde0e3", "weight": 1.6}),
    (frozenset({"secondary", "primary"}), {"color": "#d0d5da", "weight": 2.4}),
    (frozenset({"trunk", "motorway"}), {"color": "#c3c9d0", "weight": 3.2}),
)
_NAMED = frozenset().union(*(classes for classes, _ in _ROADS if classes))


def _of_class(
    roads: geopandas.GeoDataFrame | None, classes: frozenset[str] | None
) -> geopandas.GeoDataFrame | None:
    if roads is None or "class" not in roads:
        return roads if classes is None else None
    return roads[roads["class"].isin(classes) if classes else ~roads["class"].isin(_NAMED)]


def _ground(drawn: folium.Map, frame: geopandas.GeoDataFrame | None, style: Style) -> None:
    if frame is None or not len(frame):
        return
    shapes = frame.geometry.to_crs(4326)
    shapes = shapes[~shapes.is_empty & shapes.notna()].simplify(1e-5)
    parts = shapely.get_parts(shapes.to_numpy())
    if not len(parts):
        return
    merged = (
        shapely.line_merge(shapely.multilinestrings(parts)) if parts[0].geom_type == "LineString" else None
    )
    whole = merged if merged is not None else shapely.multipolygons(parts)
    data = shapely.geometry.mapping(shapely.set_precision(whole, _DECIMALS, mode="pointwise"))
    folium.GeoJson(
        {"type": "Feature", "properties": {}, "geometry": data},
        style_function=lambda _feature: dict(style),
        interactive=False,
        control=False,
    ).add_to(drawn)


def new_map(bounds: Sequence[float]) -> folium.Map:
    """An empty map without tiles that shows west, south, east, north (WGS 84 degrees)."""
    west, south, east, north = bounds
    drawn = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        prefer_canvas=True,
        max_zoom=19,
        attribution_control=False,
        zoom_snap=0.25,
    )
    drawn.fit_bounds([[south, west], [north, east]], padding=(12, 12))
    return drawn


def map_over(frame: geopandas.GeoDataFrame, base: Basemap | None) -> folium.Map:
    """An empty map over the district, else over what is drawn, else over nothing in particular."""
    over = base.district if base is not None and base.district is not None else frame
    bounds = over.to_crs(4326).total_bounds if len(over) else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        bounds = np.array([112.5, 37.8, 112.6, 37.9])
    drawn = new_map([float(edge) for edge in bounds])
    if base is not None:
        base.draw_on(drawn)
    return drawn


def add_features(
    drawn: folium.Map,
    frame: geopandas.GeoDataFrame,
    style: Callable[[Mapping[str, Any]], Style],
    name: Words,
    *,
    card: Callable[[Mapping[str, Any]], str] | None = None,
    tip: Callable[[Mapping[str, Any]], str] | None = None,
    key: str | None = None,
    keep: Sequence[str] = (),
    shown: bool = True,
) -> folium.GeoJson:
    """A layer of shapes or points; only what is shown or named by `keep` goes into the file."""
    features = []
    placed = frame.to_crs(4326) if frame.crs else frame
    shapes = shapely.set_precision(placed.geometry.to_numpy(), _DECIMALS / 10, mode="pointwise")
    for number, (row, shape) in enumerate(zip(frame.to_dict("records"), shapes, strict=True)):
        if shape is None or shape.is_empty:
            continue
        properties: dict[str, object] = {column: row[column] for column in keep}
        properties["style"] = {"fill": True, **style(row)} if shape.geom_type == "Point" else dict(style(row))
        if card:
            properties["card"] = card(row)
        if tip:
            properties["tip"] = tip(row)
        if key:
            properties["key"] = str(row[key])
        features.append(
            {
                "type": "Feature",
                "id": str(number),
                "properties": properties,
                "geometry": shapely.geometry.mapping(shape),
            }
        )
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=name.html,
        style_function=lambda feature: feature["properties"]["style"],
        marker=folium.CircleMarker(radius=5),
        on_each_feature=JsCode("yilu.remember"),
        show=shown,
        zoom_on_click=False,
    )
    layer.add_to(drawn)
    return layer


def named(row: Mapping[str, Any]) -> Words:
    """The name of a row, else its id."""
    name = str(row.get("name") or row.get("id") or "–")
    return Words(name, str(row.get("name_en") or name))


def card_of(title: Words, rows: Sequence[tuple[Words, object]]) -> str:
    """What a click shows: a title, and labels with values."""
    lines = "".join(f"<dt>{label.html}</dt><dd>{value_html(value)}</dd>" for label, value in rows)
    return f"<b>{title.html}</b><dl>{lines}</dl>"


def value_html(value: object) -> str:
    """A value as text: words in both languages, whole numbers with separators, nothing as a dash."""
    if isinstance(value, Words):
        return value.html
    if value is None or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.1f}"
    if isinstance(value, int | float):
        return f"{int(value):,}"
    if hasattr(value, "item"):
        return value_html(value.item())
    return html.escape(str(value))


def legend_of(groups: Sequence[tuple[Words, Sequence[tuple[str, str, Words]]]]) -> str:
    """Groups of a title and entries: kind of sign (area, line, dot), colour, meaning."""
    parts = []
    for title, entries in groups:
        lines = "".join(
            f'<li><i class="{sign}" style="background:{html.escape(colour)}"></i>{words.html}</li>'
            for sign, colour, words in entries
        )
        parts.append(f"<h2>{title.html}</h2><ul>{lines}</ul>")
    return "".join(parts)


def figures_of(figures: Sequence[tuple[object, Words]]) -> str:
    """A few numbers to read first."""
    boxes = "".join(
        f"<div><b>{value_html(value)}</b><span>{words.html}</span></div>" for value, words in figures
    )
    return f'<div class="figures">{boxes}</div>'


def table_of(
    columns: Sequence[tuple[Words, bool]], rows: Sequence[tuple[str, Sequence[object]]], title: Words
) -> str:
    """A table whose rows lead to the map: columns are a heading and whether it holds numbers."""
    if not rows:
        return ""
    classes = [' class="number"' if number else "" for _, number in columns]
    head = "".join(f"<th{css}>{words.html}</th>" for css, (words, _) in zip(classes, columns, strict=True))
    body = "".join(
        f'<tr data-key="{html.escape(key)}">'
        + "".join(f"<td{css}>{value_html(value)}</td>" for css, value in zip(classes, values, strict=True))
        + "</tr>"
        for key, values in rows
    )
    return f"<h2>{title.html}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def paragraph(words: Words, soft: bool = False) -> str:
    """A sentence in the panel."""
    return f'<p class="soft">{words.html}</p>' if soft else f"<p>{words.html}</p>"
