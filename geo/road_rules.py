"""What a road allows and how fast people move on it: modes, classes, speeds and penalties, read as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from geo.road_errors import RoadRulesError

Table = Mapping[str, object]


class Mode(StrEnum):
    """How somebody moves."""

    WALK = "walk"
    EBIKE = "ebike"
    DRIVE = "drive"

    @property
    def bit(self) -> int:
        """The mode's place in an edge's access mask."""
        return 1 << _MODE_ORDER.index(self)


_MODE_ORDER = (Mode.WALK, Mode.EBIKE, Mode.DRIVE)


@dataclass(frozen=True, slots=True)
class ModeRules:
    """What holds for a mode on every road."""

    signal_s: float
    top_kmh: float
    uses_posted_speed: bool
    against_one_way: bool


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """What is left of the free speed during some hours: a factor by mode and class (`other` for the rest)."""

    name: str
    name_zh: str
    from_hour: float
    to_hour: float
    weekdays: frozenset[int]
    factors: Mapping[Mode, Mapping[str, float]]

    def holds(self, isoweekday: int, hour: float) -> bool:
        """Whether it holds at an hour (0 to 24) of a weekday (1 is Monday); it may run past midnight."""
        if self.from_hour <= self.to_hour:
            return isoweekday in self.weekdays and self.from_hour <= hour < self.to_hour
        yesterday = (isoweekday - 2) % 7 + 1
        late = isoweekday in self.weekdays and hour >= self.from_hour
        return late or (yesterday in self.weekdays and hour < self.to_hour)

    def factor(self, mode: Mode, road_class: str) -> float:
        """The share of the free speed that is left."""
        factors = self.factors.get(mode, {})
        return factors.get(road_class, factors.get("other", 1.0))


@dataclass(frozen=True, slots=True)
class RoadRules:
    """Every number about moving, from one file; speeds in km/h, 0 where the mode may not go."""

    classes: tuple[str, ...]
    speeds_kmh: Mapping[Mode, tuple[float, ...]]
    modes: Mapping[Mode, ModeRules]
    off_road_kmh: float
    straight_line_factor: float
    bridge_reach_m: float
    posted_share: float
    also_called: Mapping[str, str]
    profiles: tuple[SpeedProfile, ...]

    @property
    def off_road_ds_per_m(self) -> float:
        """Tenths of a second for each metre of straight line between a place and its road."""
        return 36.0 * self.straight_line_factor / self.off_road_kmh

    def class_index(self, word: str | None) -> int | None:
        """The class that a source's word stands for, or None where the rules do not know it."""
        if not word:
            return None
        name = word.strip().lower()
        name = self.also_called.get(name, name)
        return self.classes.index(name) if name in self.classes else None

    def access(self, class_index: int) -> int:
        """The mask of the modes that may use a class unless a sign says otherwise."""
        return sum(mode.bit for mode in Mode if self.speeds_kmh[mode][class_index] > 0)

    def profile_at(self, isoweekday: int, hour: float) -> SpeedProfile | None:
        """The first profile that holds at this hour, or None for the free road."""
        return next((profile for profile in self.profiles if profile.holds(isoweekday, hour)), None)


def read_road_rules(path: Path) -> RoadRules:
    """Read the rules from a TOML file; raises RoadRulesError naming the entry that is wrong."""
    with path.open("rb") as file:
        document = tomllib.load(file)
    try:
        return _rules(document)
    except (KeyError, TypeError) as missing:
        raise RoadRulesError(
            f"{path.name}: {missing} is missing or is not a table; compare with data/policy/roads.toml."
        ) from missing


@cache
def standard_rules() -> RoadRules:
    """The rules that come with Yilu, from the repository or from an installed wheel."""
    beside = Path(__file__).resolve().parent.parent
    for folder in (beside / "data", beside / "api" / "data"):
        path = folder / "policy" / "roads.toml"
        if path.is_file():
            return read_road_rules(path)
    raise RoadRulesError("data/policy/roads.toml is missing from this installation; install Yilu again.")


def _rules(document: Table) -> RoadRules:
    classes = _table(document["classes"])
    off_road, posted = _table(document["off_road"]), _table(document["posted"])
    rules = RoadRules(
        classes=tuple(classes),
        speeds_kmh={
            mode: tuple(_speed(name, mode, _table(row)) for name, row in classes.items()) for mode in Mode
        },
        modes={mode: _mode(_table(_table(document["modes"])[mode])) for mode in Mode},
        off_road_kmh=_positive("off_road.kmh", off_road["kmh"]),
        straight_line_factor=_positive("off_road.straight_line_factor", off_road["straight_line_factor"]),
        bridge_reach_m=_number("off_road.bridge_reach_m", off_road["bridge_reach_m"]),
        posted_share=_positive("posted.share", posted["share"]),
        also_called={word: str(name) for word, name in _table(document.get("also_called", {})).items()},
        profiles=tuple(_profile(_table(row)) for row in _rows(document.get("profiles", []))),
    )
    if len(rules.classes) > 255:
        raise RoadRulesError("roads.toml holds more than 255 classes; merge some of them.")
    return rules


def _table(value: object) -> Table:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r}")
    return value


def _rows(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r}")
    return value


def _number(where: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1000:
        raise RoadRulesError(f"roads.toml: {where} is {value!r}; write a number from 0 to 1000.")
    return float(value)


def _positive(where: str, value: object) -> float:
    number = _number(where, value)
    if number == 0:
        raise RoadRulesError(f"roads.toml: {where} is 0; write a number above 0.")
    return number


def _speed(name: str, mode: Mode, row: Table) -> float:
    return _number(f"classes.{name}.{mode}", row[mode])


def _mode(row: Table) -> ModeRules:
    return ModeRules(
        _number("signal_s", row["signal_s"]),
        _positive("top_kmh", row["top_kmh"]),
        bool(row["uses_posted_speed"]),
        bool(row["against_one_way"]),
    )


def _profile(row: Table) -> SpeedProfile:
    name = str(row["name"])
    factors = {
        mode: {word: _positive(f"profile {name}", factor) for word, factor in _table(row[mode]).items()}
        for mode in Mode
        if mode in row
    }
    return SpeedProfile(
        name,
        str(row["name_zh"]),
        _number("from_hour", row["from_hour"]),
        _number("to_hour", row["to_hour"]),
        frozenset(int(str(day)) for day in _rows(row["weekdays"])),
        factors,
    )
