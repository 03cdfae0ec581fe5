"""What an import of roads found, in words: in Chinese and in English."""

from dataclasses import dataclass

from geo.coordinates import LonLat


@dataclass(frozen=True, slots=True)
class Defect:
    """One kind of defect: how often, and where (the first few hundred)."""

    count: int
    places: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class RoadReport:
    """What was read, what is wrong with it, and what was assumed."""

    source: str
    edges: int
    nodes: int
    length_km: float
    parts: int
    isolated: Defect
    """Edges in parts that no road joins to the largest."""
    isolated_kept: bool
    unjoined_crossings: Defect
    """Lines that cross on the same level without a common crossing."""
    near_ends: Defect
    """Dead ends a step away from another road."""
    spans: int
    adrift_spans: Defect
    """Bridges and tunnels with an end that meets no other road."""
    classes_assumed: int
    one_ways_assumed: int
    speeds_assumed: int
    lines_read: int

    def sentences(self) -> list[str]:
        """The report for people, worst first."""
        fate = "kept" if self.isolated_kept else "dropped (keep them with --keep-isolated)"
        return self._told(0, fate)

    def sentences_zh(self) -> list[str]:
        """The same in Chinese."""
        return self._told(1, "已保留" if self.isolated_kept else "已舍弃（可用 --keep-isolated 保留）")

    def _told(self, language: int, fate: str) -> list[str]:
        counts = {
            "isolated": self.isolated.count,
            "crossings": self.unjoined_crossings.count,
            "ends": self.near_ends.count,
            "adrift": self.adrift_spans.count,
            "classes": self.classes_assumed,
            "one_ways": self.one_ways_assumed,
            "speeds": self.speeds_assumed,
            "edges": self.edges,
        }
        return [
            words[language].format(
                n=counts[what],
                fate=fate,
                source=self.source,
                nodes=self.nodes,
                km=self.length_km,
                parts=self.parts - 1,
                spans=self.spans,
                lines=self.lines_read,
            )
            for what, words in _WORDS.items()
            if counts[what]
        ]


_WORDS = {
    "edges": (
        "{source}: {n:,} edges, {nodes:,} crossings, {km:,.1f} km of road.",
        "{source}：{n:,} 条路段，{nodes:,} 个路口，道路总长 {km:,.1f} 公里。",
    ),
    "isolated": (
        "{parts:,} parts are joined to nothing: their {n:,} edges were {fate}.",
        "有 {parts:,} 处路网与主路网不相连，共 {n:,} 条路段，{fate}。",
    ),
    "crossings": (
        "{n:,} times two roads cross on one level without a crossing: nobody can turn there.",
        "有 {n:,} 处道路平面相交却没有路口，无法转弯。",
    ),
    "ends": (
        "{n:,} dead ends stop a step short of another road.",
        "有 {n:,} 处断头路离另一条路只差一步。",
    ),
    "adrift": (
        "{n:,} of {spans:,} bridges and tunnels are not joined at an end.",
        "{spans:,} 座桥梁隧道中有 {n:,} 座一端未接上道路。",
    ),
    "classes": (
        "{n:,} of {lines:,} lines have no known class: taken as unclassified.",
        "{lines:,} 条线中有 {n:,} 条等级不明，按未分级道路处理。",
    ),
    "one_ways": (
        "{n:,} lines say nothing about one-way: two-way, but motorways and roundabouts one-way.",
        "{n:,} 条线未注明单行，按双向处理，高速和环岛按单行。",
    ),
    "speeds": (
        "{n:,} lines have no posted speed: taken from their class.",
        "{n:,} 条线没有限速，按道路等级取值。",
    ),
}
