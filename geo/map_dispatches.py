"""The report of a day's dispatches: what, where, who, how fast."""

from collections.abc import Mapping
from typing import Any

import geopandas
import numpy as np

from geo.map_page import NO_WORDS, Report, Words, finish
from geo.map_parts import (
    Setting,
    add_features,
    card_of,
    figures_of,
    legend_of,
    map_over,
    paragraph,
    table_of,
)


def dispatch_map(
    dispatches: geopandas.GeoDataFrame,
    day: Words = NO_WORDS,
    setting: Setting | None = None,
) -> Report:
    """The dispatches of a day.

    Points with `id`, `at` (time), `what`, `what_en`, `where`, `where_en`, `who`, `who_en`, `minutes`
    (from finding to arrival, NaN while under way), `state`, `state_en` and `mark`: `settled`,
    `under way`, `late` or `waiting`.
    """
    place = setting or Setting()
    drawn = map_over(dispatches, place.base)
    add_features(
        drawn,
        dispatches,
        lambda row: {
            "radius": 5,
            "weight": 1,
            "color": "#ffffff",
            "fillColor": _MARKS[str(row["mark"])][0],
            "fillOpacity": 0.9,
        },
        Words("派单", "Dispatches"),
        card=_dispatch_card,
        key="id",
    )
    counts = dispatches["mark"].value_counts() if len(dispatches) else {}
    late = int(counts.get("late", 0))
    minutes = dispatches["minutes"].dropna() if len(dispatches) else []
    median = float(np.median(minutes)) if len(minutes) else float("nan")
    panel = figures_of(
        [
            (len(dispatches), Words("件派单", "dispatches")),
            (median, Words("分钟到场（中位数）", "minutes to arrive (median)")),
            (late, Words("件超时", "late")),
        ]
    )
    if not len(dispatches):
        panel += paragraph(Words("当日没有派单。", "Nothing was dispatched on this day."))
    newest = dispatches.sort_values("at", ascending=False).head(200) if len(dispatches) else dispatches
    rows = [
        (
            str(row["id"]),
            [f"{row['at']:%H:%M}", Words(row["what"], row["what_en"]), Words(row["who"], row["who_en"])],
        )
        for row in newest.to_dict("records")
    ]
    columns = [
        (Words("时间", "Time"), False),
        (Words("事项", "What"), False),
        (Words("接单人", "Who"), False),
    ]
    panel += table_of(columns, rows, Words("当日派单", "The day's dispatches"))
    entries = [("dot", colour, words) for colour, words in _MARKS.values()]
    return finish(
        drawn,
        place.frame(
            Words(f"{place.district.zh}派单图", f"{place.district.en}: dispatches"),
            day,
            legend_of([(Words("状态", "State"), entries)]),
            panel,
        ),
    )


_MARKS = {
    "settled": ("#2e7d4f", Words("已办结", "settled")),
    "under way": ("#1b8a8f", Words("处置中", "under way")),
    "waiting": ("#7b5ea7", Words("待接单", "waiting")),
    "late": ("#c0392b", Words("超时", "late")),
}


def _dispatch_card(row: Mapping[str, Any]) -> str:
    return card_of(
        Words(str(row["what"]), str(row["what_en"])),
        [
            (Words("时间", "Time"), f"{row['at']:%Y-%m-%d %H:%M}"),
            (Words("地点", "Where"), Words(str(row["where"]), str(row["where_en"]))),
            (Words("接单人", "Who"), Words(str(row["who"]), str(row["who_en"]))),
            (Words("到场（分钟）", "Minutes to arrive"), row["minutes"]),
            (Words("状态", "State"), Words(str(row["state"]), str(row["state_en"]))),
        ],
    )
