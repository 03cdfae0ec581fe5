"""What a source says about a road, in the words of OpenStreetMap, and what is assumed where it is silent."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from geo.road_build import BRIDGE, TUNNEL
from geo.road_rules import Mode, RoadRules

Says = Callable[[str], str]
"""The source's word for a tag, or an empty string."""

_YES: Final = frozenset({"yes", "true", "1", "t", "designated", "permissive", "destination", "y", "是"})
_NO: Final = frozenset({"no", "false", "0", "n", "否"})
_ONE_WAY: Final = frozenset({"yes", "true", "1", "f", "ft", "forward", "是"})
_ONE_WAY_BACK: Final = frozenset({"-1", "t", "tf", "reverse", "backward"})
_BOTH_WAYS: Final = frozenset({"no", "false", "0", "b", "both", "否"})
_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
_KMH_A_MILE: Final = 1.609344
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Signs:
    """One road as the engine needs it: who may use it in which direction, and what was assumed."""

    road_class: int
    forward: int
    backward: int
    posted_kmh: float
    flags: int
    layer: int
    name: str
    name_en: str
    class_assumed: bool
    one_way_assumed: bool
    speed_assumed: bool


def read_signs(says: Says, rules: RoadRules) -> Signs:
    """Understand a road's tags; unknown classes count as `unclassified`, silence about one-way as two-way."""
    word = _first(says("highway"))
    index = rules.class_index(word)
    road_class = index if index is not None else rules.class_index("unclassified") or 0
    access = _access(says, rules.access(road_class))
    one_way = says("oneway").strip().lower()
    direction = _direction(says, one_way, word)
    posted = posted_kmh(says("maxspeed"))
    flags = (int(BRIDGE) if _spans(says("bridge")) else 0) | (int(TUNNEL) if _spans(says("tunnel")) else 0)
    return Signs(
        road_class=road_class,
        forward=access if direction >= 0 else access & _against_one_way(says, rules),
        backward=access if direction <= 0 else access & _against_one_way(says, rules),
        posted_kmh=posted,
        flags=flags,
        layer=_layer(says("layer"), flags),
        name=says("name").strip() or says("ref").strip(),
        name_en=(says("name:en") or says("name_en")).strip(),
        class_assumed=index is None,
        one_way_assumed=not one_way,
        speed_assumed=posted == 0 and bool(access & Mode.DRIVE.bit),
    )


def posted_kmh(text: str) -> float:
    """A posted speed in km/h, 0 where none is given or understood ('30 mph', '60|80', 'CN:urban')."""
    number = _NUMBER.search(text)
    if not number:
        return 0.0
    speed = float(number.group())
    speed = speed * _KMH_A_MILE if "mph" in text.lower() else speed
    return speed if 0 < speed < 200 else 0.0


def _first(text: str) -> str:
    """The first of several words, as OSMnx writes them: "['residential', 'service']"."""
    return text.strip().strip("[]").split(",")[0].strip(" '\"")


def _direction(says: Says, one_way: str, word: str) -> int:
    """1 where vehicles may only follow the line, -1 where only against it, 0 for both."""
    if one_way in _BOTH_WAYS:
        return 0
    if one_way in _ONE_WAY:
        return 1
    if one_way in _ONE_WAY_BACK:
        return -1
    implied = says("junction").strip().lower() in _ROUNDABOUTS or word in {"motorway", "motorway_link"}
    return 1 if implied else 0


def _against_one_way(says: Says, rules: RoadRules) -> int:
    modes = [mode for mode in Mode if rules.modes[mode].against_one_way]
    if says("oneway:bicycle").strip().lower() in _NO and Mode.EBIKE not in modes:
        modes.append(Mode.EBIKE)
    return sum(mode.bit for mode in modes)


def _access(says: Says, by_class: int) -> int:
    walk, ebike, drive = Mode.WALK.bit, Mode.EBIKE.bit, Mode.DRIVE.bit
    access = by_class
    general = says("access").strip().lower()
    if general in _NO:
        access = 0
    elif general in {"private", "delivery", "customers", "forestry", "agricultural"}:
        access &= ~drive
    for tag, bits in (
        ("vehicle", ebike | drive),
        ("motor_vehicle", drive),
        ("motorcar", drive),
        ("bicycle", ebike),
        ("foot", walk),
    ):
        word = says(tag).strip().lower()
        if word in _NO or (word == "private" and bits & drive):
            access &= ~bits
        elif word in _YES:
            access |= bits
    return access


def _spans(text: str) -> bool:
    word = text.strip().lower()
    return bool(word) and word not in _NO and word not in {"nan", "none", "f"}


def _layer(text: str, flags: int) -> int:
    try:
        return max(-5, min(5, int(float(text))))
    except ValueError:
        return 1 if flags & BRIDGE else -1 if flags & TUNNEL else 0
