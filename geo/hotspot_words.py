"""What hotspots say in words: what a layer rests on, and what one place's numbers mean, zh and en."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.rates import Measure
from geo.space_time import FEWEST_STEPS, Kind, sen_slope

if TYPE_CHECKING:
    from geo.hotspots import HotspotState


@dataclass(frozen=True, slots=True)
class Explanation:
    """One place explained: its numbers, its findings (ids, newest first) and sentences."""

    code: str
    name: str
    name_en: str
    count: int
    kind: Kind
    z: float
    p: float
    q: float
    slope_per_step: float
    series: list[int]
    step_starts: list[str]
    categories: list[tuple[str, int]]
    findings: list[str]
    zh: str
    en: str


def about_findings(
    layer: str, counted: int, found: int, enough: bool, measure: Measure, rate: float
) -> tuple[str, str]:
    """What a layer rests on: one or two sentences, Chinese and English."""
    if counted == 0:
        return "所选范围内没有问题，图层为空。", "Nothing was found in this selection: the layer is empty."
    if not enough:
        return (
            f"只有 {counted:,} 件或集中在一两个点上，不足以判断热点，图层为空。",
            f"Only {counted:,} findings, or all in one or two places: too little to speak of a hotspot.",
        )
    if layer in ("density", "streets"):
        return (
            f"依据 {counted:,} 件问题。密度只说明哪里多，是否超出偶然请看热点检验。",
            f"From {counted:,} findings. Density shows where there are many; whether that is more than "
            f"chance is what the hotspot test says.",
        )
    share = f"{rate:.0%}"
    return (
        f"依据 {counted:,} 件问题，{found} 处可信热点；其中误报的期望比例不超过 {share}。{measure.zh}",
        f"From {counted:,} findings; hotspots: {found}. Of those shown, at most {share} are expected to be "
        f"false. {measure.en}",
    )


def p_in_words(p: float) -> tuple[str, str]:
    """How easily chance alone would do it, Chinese and English."""
    if not np.isfinite(p):
        return "无法判断", "nothing can be said"
    if p < 0.0001:
        return "纯属偶然的可能不到万分之一", "chance alone would do this less than once in 10,000 times"
    if p < 0.5:
        times = round(1 / p)
        return (
            f"纯属偶然的可能约为 {times:,} 分之一",
            f"chance alone would do this about once in {times:,} times",
        )
    return "与偶然无异", "no different from chance"


def explain(state: "HotspotState", code: str, permutations: int = 0) -> Explanation:
    """One unit of a state explained; raises `UnknownUnitError`."""
    row = state.ground.units.place_of(code)
    units, emerging = state.units_layer(permutations), state.emerging_layer()
    series = emerging.cube[row]
    kind = Kind(str(emerging.emerging.kind[row]))
    slope = float(sen_slope(series[None, :])[0])
    chosen = np.flatnonzero(state.store.selected(state.selection) & (state.store.placed.unit == row))
    newest = chosen[np.argsort(state.store.placed.at[chosen])[::-1]]
    numbers, counts = np.unique(state.store.placed.category[chosen], return_counts=True)
    ranked = sorted(zip(counts.tolist(), numbers.tolist(), strict=True), reverse=True)
    z, p, q = (float(column[row]) for column in (units.gi.z, units.gi.p, units.gi.q))
    spot = "hot" if units.gi.hot[row] else "cold" if units.gi.cold[row] else "none"
    zh, en = _sentences(spot, p, len(chosen), kind, _trend(state, row, len(series)), slope)
    return Explanation(
        code=code,
        name=str(units.units.names[row]),
        name_en=str(units.units.names_en[row]),
        count=len(chosen),
        kind=kind,
        z=z,
        p=p,
        q=q,
        slope_per_step=slope,
        series=[int(count) for count in series],
        step_starts=[str(edge) for edge in emerging.edges[:-1]],
        categories=[(state.store.categories[number], count) for count, number in ranked],
        findings=[state.store.ids[place] for place in newest if state.store.ids[place]],
        zh=zh,
        en=en,
    )


def _trend(state: "HotspotState", row: int, steps: int) -> str:
    if steps < FEWEST_STEPS:
        return "unknown"
    trend = state.emerging_layer().emerging.trend
    return "rising" if trend.rising()[row] else "falling" if trend.falling()[row] else "level"


def _sentences(spot: str, p: float, count: int, kind: Kind, trend: str, slope: float) -> tuple[str, str]:
    chance_zh, chance_en = p_in_words(p)
    spot_zh = {"hot": "这里及周边是热点", "cold": "这里及周边明显偏少", "none": "这里及周边没有可信的聚集"}[
        spot
    ]
    spot_en = {
        "hot": "This place and those around it are a hotspot",
        "cold": "This place and those around it have clearly fewer than elsewhere",
        "none": "Here and around it no clustering can be told from chance",
    }[spot]
    trend_zh = {"rising": "上升", "falling": "下降", "level": "平稳", "unknown": "期数不足，不能判断"}[trend]
    trend_en = {
        "rising": "rising",
        "falling": "falling",
        "level": "level",
        "unknown": "unknown: too few steps",
    }[trend]
    zh = f"{spot_zh}：{count:,} 件，{chance_zh}。趋势{trend_zh}（每期 {slope:+.1f} 件）。"
    en = f"{spot_en}: {count:,} findings; {chance_en}. Trend: {trend_en} ({slope:+.1f} per step)."
    if kind is not Kind.NONE:
        zh += f"类型：{kind.zh}热点，{kind.meaning_zh}。"
        en += f" Kind: {kind} ({kind.meaning_en})."
    return zh, en
