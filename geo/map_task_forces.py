"""The report of the task forces: every patrolled street, who answers for it, and its figures."""

from collections.abc import Mapping
from typing import Any

import geopandas
import numpy as np

from geo.map_page import NO_WORDS, Report, Words, finish
from geo.map_parts import (
    HUES,
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


def task_force_map(
    streets: geopandas.GeoDataFrame,
    figures: Mapping[str, Words] | None = None,
    setting: Setting | None = None,
    period: Words = NO_WORDS,
) -> Report:
    """Every patrolled street with its chief, its task force and its figures.

    Columns of `streets`: `id`, `name`, `name_en`, `chief`, `chief_en`, `members` and `members_en` (a
    list of texts such as '环卫公司 王五'), optionally `hue` (0–7), and the columns that `figures` names.
    """
    told = figures or {}
    place = setting or Setting()
    drawn = map_over(streets, place.base)
    hue = streets["hue"] if "hue" in streets else _hues(streets)
    lines = streets.assign(_hue=np.asarray(hue, dtype=int) % len(HUES))
    add_features(
        drawn,
        lines,
        lambda row: {"color": HUES[row["_hue"]], "weight": 5, "fillOpacity": 0.55, "opacity": 0.9},
        Words("街巷", "Streets"),
        card=lambda row: _task_force_card(row, told),
        tip=lambda row: f"<b>{named(row).html}</b><br>{_chief(row).html}",
        key="id",
    )
    sums = [(streets[column].sum(), words) for column, words in list(told.items())[:5]]
    panel = figures_of([(len(streets), Words("条街巷", "streets")), *sums])
    if period.zh:
        panel += paragraph(period, soft=True)
    first = next(iter(told), None)
    rows = [
        (str(row["id"]), [named(row), _chief(row), *([row[first]] if first else [])])
        for row in _ranked(streets, first)
    ]
    columns = [(NAME, False), (Words("街巷长", "Chief"), False)]
    if first:
        columns.append((told[first], True))
    panel += table_of(columns, rows, Words("一路一专班", "One road, one task force"))
    legend = legend_of(
        [
            (
                Words("一路一专班", "Task forces"),
                [
                    (
                        "line",
                        HUES[0],
                        Words("每条街巷一个专班，相邻街巷颜色不同", "a colour for each; neighbours differ"),
                    )
                ],
            )
        ]
    )
    return finish(
        drawn,
        place.frame(
            Words(f"{place.district.zh}一路一专班分布图", f"{place.district.en}: one road, one task force"),
            Words(
                "每条街巷的街巷长、专班成员与当期数据",
                "The chief, the members and the figures of every street",
            ),
            legend,
            panel,
        ),
    )


def _chief(row: Mapping[str, Any]) -> Words:
    chief = str(row.get("chief") or "–")
    return Words(chief, str(row.get("chief_en") or chief))


def _ranked(frame: geopandas.GeoDataFrame, column: str | None) -> list[dict[str, Any]]:
    ordered = frame.sort_values(column, ascending=False) if column else frame
    rows: list[dict[str, Any]] = ordered.to_dict("records")
    return rows


def _task_force_card(row: Mapping[str, Any], told: Mapping[str, Words]) -> str:
    members = list(row.get("members") or [])
    members_en = list(row.get("members_en") or members)
    return card_of(
        named(row),
        [
            (Words("街巷长", "Chief"), _chief(row)),
            *(
                (Words("成员", "Member") if not place else Words("", ""), Words(str(zh), str(en)))
                for place, (zh, en) in enumerate(zip(members, members_en, strict=True))
            ),
            *((words, row[column]) for column, words in told.items()),
        ],
    )


def _hues(streets: geopandas.GeoDataFrame) -> list[int]:
    """A hue for every street so that those within 300 m of each other differ, where eight suffice."""
    shapes = streets.to_crs(streets.estimate_utm_crs()).geometry if len(streets) else streets.geometry
    near, other = shapes.sindex.query(shapes, predicate="dwithin", distance=300.0)
    hues: list[int] = []
    for place in range(len(streets)):
        taken = [hues[number] for number in other[near == place] if number < place]
        hues.append(min(range(len(HUES)), key=lambda hue: (taken.count(hue), hues.count(hue))))
    return hues
