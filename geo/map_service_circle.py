"""The report of the service circle: who is reached on foot within which minutes, and who is left out."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import folium
import geopandas
import numpy as np

from geo.map_page import Report, Words, finish
from geo.map_parts import (
    BEYOND,
    MINUTES_RAMP,
    NAME,
    Setting,
    add_features,
    card_of,
    figures_of,
    legend_of,
    map_over,
    named,
    paragraph,
    table_of,
)

_MOST_ROWS = 40


def service_circle_map(
    centres: geopandas.GeoDataFrame,
    rings: geopandas.GeoDataFrame,
    demand: geopandas.GeoDataFrame,
    setting: Setting | None = None,
) -> Report:
    """Who is reached on foot in 5, 10 and 15 minutes, and who is left out.

    `centres`: `id`, `name`, `name_en`. `rings`: `minutes` and a polygon each, the larger may contain the
    smaller. `demand`: points or shapes with `households` and `minutes` (infinite or NaN: not reached);
    optionally `name`, `name_en`.
    """
    place = setting or Setting()
    drawn = map_over(rings if len(rings) else demand, place.base)
    limits = sorted({float(minutes) for minutes in rings["minutes"]}) if len(rings) else []
    colours = {limit: MINUTES_RAMP[min(place, len(MINUTES_RAMP) - 1)] for place, limit in enumerate(limits)}
    add_features(
        drawn,
        _bands(rings),
        lambda row: {"weight": 0, "fillColor": colours[float(row["minutes"])], "fillOpacity": 0.6},
        Words("服务圈", "Rings"),
    )
    out = demand[~(demand["minutes"] <= (limits[-1] if limits else 0.0))]
    largest = float(out["households"].max()) if len(out) else 1.0
    spots = out.set_geometry(out.geometry.representative_point()) if len(out) else out
    spots = spots.assign(key=[f"left-{name}" for name in spots["name"]] if "name" in spots else "left")
    add_features(
        drawn,
        spots,
        lambda row: {
            "radius": 2.5 + 7.0 * float(np.sqrt(row["households"] / max(largest, 1.0))),
            "weight": 1,
            "color": "#ffffff",
            "fillColor": BEYOND,
            "fillOpacity": 0.85,
        },
        Words("未覆盖住户", "Households left out"),
        card=lambda row: card_of(named(row), [(Words("户数", "Households"), row["households"])]),
        key="key",
    )
    add_features(
        drawn,
        centres,
        lambda _row: {
            "radius": 4,
            "weight": 1.5,
            "color": "#ffffff",
            "fillColor": "#1d2733",
            "fillOpacity": 1.0,
        },
        Words("服务中心", "Centres"),
        tip=lambda row: f"<b>{named(row).html}</b>",
        key="id",
    )
    folium.LayerControl(collapsed=False, position="bottomright").add_to(drawn)
    return finish(
        drawn,
        place.frame(
            Words(f"{place.district.zh}15分钟服务圈", f"{place.district.en}: the 15-minute service circle"),
            Words("沿道路步行可达，不按直线距离", "Walking along the roads, not as the crow flies"),
            _rings_legend(limits, colours),
            _rings_panel(demand, limits),
        ),
    )


def _bands(rings: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """One shape per limit for all centres, without what a smaller limit holds: no colour lies on another."""
    if not len(rings):
        return rings
    whole = rings[["minutes", "geometry"]].dissolve("minutes").sort_index()
    shapes = whole.geometry.simplify(5e-5).make_valid().to_list()
    bands = [shapes[0], *(outer.difference(inner) for inner, outer in pairwise(shapes))]
    return geopandas.GeoDataFrame({"minutes": list(whole.index)}, geometry=bands, crs=rings.crs)


def _rings_legend(limits: Sequence[float], colours: Mapping[float, str]) -> str:
    rings = [
        ("area", colours[limit], Words(f"{limit:g} 分钟以内", f"within {limit:g} minutes"))
        for limit in limits
    ]
    marks = [
        ("dot", "#1d2733", Words("服务中心", "service centre")),
        ("dot", BEYOND, Words("未覆盖（越大户数越多）", "left out (larger: more households)")),
    ]
    return legend_of([(Words("步行时间", "Walking time"), [*rings, *marks])])


def _rings_panel(demand: geopandas.GeoDataFrame, limits: Sequence[float]) -> str:
    everybody = float(demand["households"].sum())
    shares = []
    for limit in limits:
        reached = float(demand.loc[demand["minutes"] <= limit, "households"].sum())
        share = f"{reached / everybody:.1%}" if everybody else "–"
        shares.append((share, Words(f"{limit:g} 分钟内", f"within {limit:g} min")))
    panel = figures_of(shares)
    left = demand[~(demand["minutes"] <= (limits[-1] if limits else 0.0))]
    missing = float(left["households"].sum())
    panel += paragraph(
        Words(
            f"共 {everybody:,.0f} 户，其中 {missing:,.0f} 户未覆盖。",
            f"Of {everybody:,.0f} households, {missing:,.0f} are left out.",
        )
    )
    if "name" not in left or not len(left):
        return panel
    named_left = left.assign(name_en=left["name_en"] if "name_en" in left else left["name"])
    worst = named_left.groupby(["name", "name_en"])["households"].sum().sort_values(ascending=False)
    rows = [
        (f"left-{zh}", [Words(str(zh), str(en)), count]) for (zh, en), count in worst.head(_MOST_ROWS).items()
    ]
    return panel + table_of(
        [(NAME, False), (Words("户数", "Households"), True)], rows, Words("未覆盖最多处", "Most left out")
    )
