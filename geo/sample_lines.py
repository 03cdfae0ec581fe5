"""The linework of the sample district: what a line is, and what each class of road is like."""

from dataclasses import dataclass
from enum import StrEnum

from shapely import LineString

from geo.sample_names import Name


class LineKind(StrEnum):
    """Classes of roads (the words of OpenStreetMap) and the other lines that divide land."""

    TRUNK = "trunk"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"
    RESIDENTIAL = "residential"
    UNCLASSIFIED = "unclassified"
    LIVING_STREET = "living_street"
    SERVICE = "service"
    FOOTWAY = "footway"
    RIVER = "river"
    RAIL = "rail"
    RIDGE = "ridge"
    OUTLINE = "outline"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class RoadStandard:
    """What a road of a class usually has."""

    lanes: int
    maxspeed_kmh: int
    width_m: float


ROAD_STANDARDS = {
    LineKind.TRUNK: RoadStandard(6, 80, 46.0),
    LineKind.PRIMARY: RoadStandard(6, 60, 38.0),
    LineKind.SECONDARY: RoadStandard(4, 50, 28.0),
    LineKind.TERTIARY: RoadStandard(2, 40, 18.0),
    LineKind.RESIDENTIAL: RoadStandard(2, 30, 12.0),
    LineKind.UNCLASSIFIED: RoadStandard(2, 40, 7.0),
    LineKind.LIVING_STREET: RoadStandard(1, 20, 6.0),
    LineKind.SERVICE: RoadStandard(1, 15, 6.0),
    LineKind.FOOTWAY: RoadStandard(1, 5, 3.0),
}

RANKS = {
    kind: rank
    for rank, kind in enumerate(
        [
            LineKind.FOOTWAY,
            LineKind.EDGE,
            LineKind.SERVICE,
            LineKind.LIVING_STREET,
            LineKind.UNCLASSIFIED,
            LineKind.RESIDENTIAL,
            LineKind.TERTIARY,
            LineKind.SECONDARY,
            LineKind.PRIMARY,
            LineKind.RIDGE,
            LineKind.TRUNK,
            LineKind.RAIL,
            LineKind.RIVER,
            LineKind.OUTLINE,
        ]
    )
}
"""The higher, the stronger a line separates what lies on its two sides."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the layout in metres; `crosses` names the barriers it has a bridge or tunnel over."""

    shape: LineString
    kind: LineKind
    name: Name | None = None
    crosses: frozenset[str] = frozenset()
    oneway: bool = False

    @property
    def is_road(self) -> bool:
        """Whether somebody can move along it."""
        return self.kind in ROAD_STANDARDS
