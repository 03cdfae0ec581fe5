"""The report of the hotspots: the whole period, every step of it on a slider, and the list."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import pairwise
from typing import Any

import folium
import geopandas
import numpy as np
from branca.element import MacroElement
from folium.template import Template

from geo.hotspot_layers import DensityLayer, EmergingLayer, UnitLayer
from geo.hotspots import Ground, HotspotState, Observations, Units
from geo.map_page import Report, Words, date_words, finish
from geo.map_parts import (
    COLD,
    COUNT,
    DENSITY_RAMP,
    HOT,
    NAME,
    Setting,
    add_features,
    card_of,
    figures_of,
    legend_of,
    map_over,
    paragraph,
    table_of,
)
from geo.space_time import Kind

_MOST_ROWS = 40


class _Slider(MacroElement):
    """A slider over the steps of a layer whose features carry one digit per step."""

    _template = Template(
        "{% macro script(this, kwargs) %}yilu.slide({{ this.layer.get_name() }}, "
        "{{ this.labels|tojson }}, {{ this.styles|tojson }});{% endmacro %}"
    )

    def __init__(self, layer: folium.GeoJson, labels: Sequence[Words], styles: Sequence[object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca states no types here
        self.layer, self.labels, self.styles = layer, [list(words) for words in labels], list(styles)


def hotspot_map(
    findings: geopandas.GeoDataFrame,
    areas: geopandas.GeoDataFrame,
    setting: Setting | None = None,
) -> Report:
    """Hotspots of findings (columns `at` and `category`, if there are any) over areas, with a slider."""
    state = HotspotState(Ground.over(Units.from_frame(areas)))
    state.add(Observations.from_frame(findings))
    return hotspot_report(state, setting)


def hotspot_report(
    state: HotspotState,
    setting: Setting | None = None,
) -> Report:
    """The hotspots that a state holds: the whole period, and every step of it on a slider."""
    place = setting or Setting()
    units, emerging, density = state.units_layer(), state.emerging_layer(), state.density_layer()
    areas = emerging.to_frame()
    areas["spot"] = units.to_frame()["spot"].to_numpy()
    areas["steps"] = _digits(units, emerging)
    drawn = map_over(areas, place.base)
    _draw_density(drawn, density)
    styles = [
        {"fillOpacity": 0.0, "weight": 0.4, "color": "#9aa5b1"},
        {"fillOpacity": 0.45, "fillColor": COLD, "weight": 0.6, "color": COLD},
        {"fillOpacity": 0.6, "fillColor": HOT, "weight": 0.8, "color": HOT},
    ]
    layer = add_features(
        drawn,
        areas,
        lambda row: styles[int(row["steps"][-1])],
        Words("热点与冷点", "Hotspots and coldspots"),
        card=lambda row: _hotspot_card(row),
        key="code",
        keep=("steps",),
    )
    drawn.add_child(_Slider(layer, _step_labels(emerging), styles))
    folium.LayerControl(collapsed=False, position="bottomright").add_to(drawn)
    breaks = density.breaks()
    classes = [
        ("area", colour, Words(f"{lower:,g}+", f"{lower:,g}+"))
        for lower, colour in zip(breaks, DENSITY_RAMP, strict=False)
    ]
    legend = legend_of(
        [
            (
                Words("热点检验（误报率已控制）", "Hotspot test (false finds controlled)"),
                [("area", HOT, Words("热点", "hotspot")), ("area", COLD, Words("冷点", "coldspot"))],
            ),
            *([(Words("密度（件/平方公里）", "Density (findings per km²)"), classes)] if classes else []),
        ]
    )
    return finish(
        drawn,
        place.frame(
            Words(f"{place.district.zh}问题热点图", f"{place.district.en}: hotspots of findings"),
            _period_of(emerging),
            legend,
            _hotspot_panel(units, emerging),
        ),
    )


def _digits(units: UnitLayer, emerging: EmergingLayer) -> list[str]:
    """Per area one digit per step: 0 neither, 1 cold, 2 hot; the whole period comes last."""
    digits = np.zeros((len(units.units), emerging.cube.shape[1] + 1), dtype=np.int64)
    digits[:, :-1] = 2 * emerging.emerging.hot + emerging.emerging.cold
    digits[:, -1] = 2 * units.gi.hot + units.gi.cold
    return ["".join(map(str, row)) for row in digits.tolist()]


def _step_labels(emerging: EmergingLayer) -> list[Words]:
    """What the slider says for each step, and for the whole."""
    labels = [
        Words(f"{_day(since).zh} 至 {_last_day(until).zh}", f"{_day(since).en} to {_last_day(until).en}")
        for since, until in pairwise(emerging.edges)
    ]
    return [*labels, Words("整个时期", "whole period")]


def _day(moment: np.datetime64) -> Words:
    words = date_words(datetime.combine(moment.astype("datetime64[D]").item(), time()))
    return Words(words.zh.split()[0], words.en.split(",")[0])


def _last_day(end: np.datetime64) -> Words:
    """The last day before a step's end."""
    return _day(end - np.timedelta64(1, "s"))


def _period_of(emerging: EmergingLayer) -> Words:
    steps = len(emerging.edges) - 1
    if steps < 1:
        return Words("没有可分期的数据", "no data over time")
    since, until = _day(emerging.edges[0]), _last_day(emerging.edges[-1])
    weekly = emerging.edges[1] - emerging.edges[0] == np.timedelta64(7, "D")
    zh, en = ("周", "weeks") if weekly else ("期", "steps")
    return Words(f"{since.zh} 至 {until.zh}，共 {steps} {zh}", f"{since.en} to {until.en}, {steps} {en}")


def _draw_density(drawn: folium.Map, density: DensityLayer) -> None:
    frame = density.to_frame()
    colours = dict(zip(density.breaks(), DENSITY_RAMP, strict=False))
    add_features(
        drawn,
        frame,
        lambda row: {"weight": 0, "fillColor": colours[row["lower"]], "fillOpacity": 0.55},
        Words("密度", "Density"),
        shown=False,
    )


def _hotspot_card(row: Mapping[str, Any]) -> str:
    kind = Kind(str(row["kind"]))
    return card_of(
        Words(row["name"], row["name_en"]),
        [
            (COUNT, row["count"]),
            (Words("类型", "Kind"), Words(kind.zh, str(kind))),
            (Words("含义", "Meaning"), Words(kind.meaning_zh, kind.meaning_en)),
            (Words("趋势", "Trend"), _trend(row)),
        ],
    )


def _trend(row: Mapping[str, Any]) -> Words:
    if not row["trend_p"] < 0.05:
        return Words("平稳", "level")
    return Words("上升", "rising") if row["trend_z"] > 0 else Words("下降", "falling")


def _hotspot_panel(units: UnitLayer, emerging: EmergingLayer) -> str:
    frame = emerging.to_frame()
    frame["hot"] = units.gi.hot
    apart = sum(len(group.index) for group in units.about.set_apart)
    panel = figures_of(
        [
            (units.about.counted, COUNT),
            (int(units.gi.hot.sum()), Words("处热点", "hotspots")),
            (apart, Words("件未采用", "set apart")),
        ]
    )
    panel += paragraph(Words(units.about.zh, units.about.en))
    for group in units.about.set_apart:
        panel += paragraph(Words(group.zh, group.en), soft=True)
    worth = frame[(frame["kind"] != "none") | frame["hot"]].sort_values("count", ascending=False)
    rows = [
        (
            str(row["code"]),
            [
                Words(row["name"], row["name_en"]),
                Words(Kind(row["kind"]).zh, str(row["kind"])),
                _trend(row),
                row["count"],
            ],
        )
        for row in worth.head(_MOST_ROWS).to_dict("records")
    ]
    columns = [
        (NAME, False),
        (Words("类型", "Kind"), False),
        (Words("趋势", "Trend"), False),
        (COUNT, True),
    ]
    return panel + table_of(columns, rows, Words("热点清单", "The hotspots"))
