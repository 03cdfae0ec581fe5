"""Plots for notebooks: one call each, quiet, with a legend that says what is drawn."""

from collections.abc import Mapping, Sequence

import geopandas
import pandas
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from geo.hotspot_layers import DensityLayer, EmergingLayer, StreetLayer, UnitLayer
from geo.map_parts import BEYOND, COLD, DENSITY_RAMP, HOT, MINUTES_RAMP
from geo.space_time import Kind

_SIZE = (9.0, 5.2)
KIND_COLOURS: Mapping[str, str] = {
    Kind.NEW: "#e7298a",
    Kind.CONSECUTIVE: "#d95f02",
    Kind.INTENSIFYING: "#a50f15",
    Kind.PERSISTENT: "#de4a3c",
    Kind.DIMINISHING: "#f4a582",
    Kind.SPORADIC: "#fdd0a2",
    Kind.OSCILLATING: "#b2abd2",
    Kind.HISTORICAL: "#8c96a0",
}


def plot_density(layer: DensityLayer | StreetLayer, roads: geopandas.GeoDataFrame, title: str = "") -> Axes:
    """Density in classes, per square kilometre or per kilometre of street."""
    axes = _ground(roads, title)
    frame, breaks = layer.to_frame(), layer.breaks()
    unit = "per km²" if isinstance(layer, DensityLayer) else "per km of street"
    for lower, upper, colour in zip(breaks, [*breaks[1:], float("inf")], DENSITY_RAMP, strict=False):
        if isinstance(layer, DensityLayer):
            part = frame[frame["lower"] == lower]
        else:
            part = frame[(frame["per_km"] >= lower) & (frame["per_km"] < upper)]
        _draw(axes, part, colour)
    entries = [
        (colour, f"from {lower:,g} {unit}") for lower, colour in zip(breaks, DENSITY_RAMP, strict=False)
    ]
    return _legend(axes, entries)


def plot_spots(layer: UnitLayer, roads: geopandas.GeoDataFrame, title: str = "") -> Axes:
    """Hotspots and coldspots at the layer's rate of false finds."""
    axes = _ground(roads, title)
    frame = layer.to_frame()
    for spot, colour in (("hot", HOT), ("cold", COLD)):
        _draw(axes, frame[frame["spot"] == spot], colour)
    counts = frame["spot"].value_counts()
    entries = [(HOT, f"hotspot ({counts.get('hot', 0)})"), (COLD, f"coldspot ({counts.get('cold', 0)})")]
    return _legend(axes, entries)


def plot_kinds(layer: EmergingLayer, roads: geopandas.GeoDataFrame, title: str = "") -> Axes:
    """What each place has been over time."""
    axes = _ground(roads, title)
    frame = layer.to_frame()
    entries = []
    for kind, colour in KIND_COLOURS.items():
        part = frame[frame["kind"] == str(kind)]
        if len(part):
            _draw(axes, part, colour)
            entries.append((colour, f"{kind} ({len(part)})"))
    return _legend(axes, entries or [("#ffffff", "no place can be told from chance")])


def plot_streets(
    streets: geopandas.GeoDataFrame, column: str, roads: geopandas.GeoDataFrame, label: str, title: str = ""
) -> Axes:
    """Patrolled streets in five classes of equally many streets."""
    axes = _ground(roads, title)
    cut = streets[column].rank(pct=True, method="first")
    entries = []
    for place, colour in enumerate(DENSITY_RAMP[:5]):
        part = streets[(cut > place / 5) & (cut <= (place + 1) / 5)]
        if len(part):
            part.boundary.plot(ax=axes, color=colour, linewidth=3)
            entries.append((colour, f"{_read(part[column].min())} to {_read(part[column].max())} {label}"))
    return _legend(axes, entries)


def plot_coverage(
    demand: geopandas.GeoDataFrame,
    centres: geopandas.GeoDataFrame,
    roads: geopandas.GeoDataFrame,
    title: str = "",
) -> Axes:
    """Homes by the ring they lie in (column `ring`), those left out, and the centres."""
    axes = _ground(roads, title)
    spots = demand.set_geometry(demand.geometry.representative_point())
    limits = sorted(demand["ring"].dropna().unique())
    entries = []
    for limit, colour in zip(limits, MINUTES_RAMP, strict=False):
        spots[spots["ring"] == limit].plot(ax=axes, color=colour, markersize=2)
        entries.append((colour, f"within {limit:g} minutes"))
    spots[spots["ring"].isna()].plot(ax=axes, color=BEYOND, markersize=6)
    centres.plot(ax=axes, color="#1d2733", markersize=14, marker="^")
    return _legend(
        axes,
        [*entries, (BEYOND, "left out")],
        [Line2D([], [], color="#1d2733", marker="^", linestyle="", label="centre")],
    )


def plot_hours(table: pandas.DataFrame, title: str = "") -> Axes:
    """A table of counts with a row for each thing and a column for each hour, dark to light."""
    _, axes = pyplot.subplots(figsize=(9.0, 0.34 * len(table) + 1.0), layout="constrained")
    drawn = axes.imshow(table.to_numpy(), aspect="auto", cmap="viridis")
    axes.set_yticks(range(len(table)), [str(name) for name in table.index], fontsize=8)
    axes.set_xticks(range(len(table.columns)), [str(hour) for hour in table.columns], fontsize=8)
    axes.set_xlabel("hour of the day", fontsize=8)
    axes.set_title(title, loc="left", fontsize=11)
    axes.figure.colorbar(drawn, ax=axes, label="findings", shrink=0.9)
    return axes


def _read(number: float) -> str:
    """A number as a legend shows it: whole, unless it is small."""
    return f"{number:,.1f}" if abs(number) < 10 else f"{number:,.0f}"


def _ground(roads: geopandas.GeoDataFrame, title: str) -> Axes:
    _, axes = pyplot.subplots(figsize=_SIZE, layout="constrained")
    roads.plot(ax=axes, color="#dfe2e5", linewidth=0.4, zorder=0)
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_axis_off()
    return axes


def _draw(axes: Axes, part: geopandas.GeoDataFrame, colour: str) -> None:
    if len(part):
        part.plot(ax=axes, color=colour, linewidth=2.5 if part.geom_type.iloc[0] == "LineString" else 0.2)


def _legend(axes: Axes, entries: Sequence[tuple[str, str]], more: Sequence[Line2D] = ()) -> Axes:
    handles = [
        Patch(facecolor=colour, edgecolor="#9aa5b1", linewidth=0.4, label=text) for colour, text in entries
    ]
    axes.legend(
        handles=[*handles, *more], loc="lower left", bbox_to_anchor=(1.0, 0.0), fontsize=8, frameon=False
    )
    return axes
