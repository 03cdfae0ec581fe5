"""Lanes inside the superblocks: each is cut until its parts suit its quarter."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import split, substring

from geo.coordinates import FloatArray
from geo.sample_layout import FOOT_OF_THE_HILLS_U, RIVER_U, unwarp
from geo.sample_lines import Line, LineKind
from geo.sample_names import LaneNames, Name, NameBook

_TERTIARY_FROM_M2 = 170_000.0
_RESIDENTIAL_FROM_M2 = 62_000.0


class Quarter(StrEnum):
    """How a superblock was built."""

    OLD_TOWN = "old_town"
    WORK_UNITS = "work_units"
    TOWERS = "towers"
    CENTRE = "centre"
    INDUSTRY = "industry"
    URBAN_VILLAGE = "urban_village"
    CAMPUS = "campus"
    PARK = "park"
    SHORE = "shore"
    FRINGE = "fringe"
    HILLS = "hills"


@dataclass(frozen=True, slots=True)
class Grain:
    """How finely a quarter is cut: parts of this size, this share of lanes that end blind or run one way."""

    part_m2: float
    blind: float
    oneway: float
    smallest: LineKind


GRAINS = {
    Quarter.OLD_TOWN: Grain(10_500.0, 0.30, 0.14, LineKind.LIVING_STREET),
    Quarter.WORK_UNITS: Grain(20_000.0, 0.35, 0.06, LineKind.SERVICE),
    Quarter.TOWERS: Grain(24_000.0, 0.35, 0.0, LineKind.SERVICE),
    Quarter.CENTRE: Grain(17_000.0, 0.25, 0.16, LineKind.SERVICE),
    Quarter.INDUSTRY: Grain(52_000.0, 0.5, 0.0, LineKind.SERVICE),
    Quarter.URBAN_VILLAGE: Grain(11_000.0, 0.45, 0.0, LineKind.LIVING_STREET),
    Quarter.CAMPUS: Grain(42_000.0, 0.3, 0.0, LineKind.SERVICE),
    Quarter.FRINGE: Grain(55_000.0, 0.5, 0.0, LineKind.UNCLASSIFIED),
}


def quarter_of(superblock: Polygon, rng: np.random.Generator) -> Quarter:
    """The quarter of a superblock by where it lies; single blocks differ by chance."""
    u, v = unwarp(superblock.centroid.x, superblock.centroid.y)
    if u > FOOT_OF_THE_HILLS_U:
        return Quarter.HILLS
    thin = superblock.area < 5_000 or superblock.area / superblock.length**2 < 0.025
    if abs(u - RIVER_U) < 180 or thin:
        return Quarter.SHORE
    landmark = _landmark(u, v)
    if landmark is not None:
        return landmark
    return _by_place(u, v, rng.random())


def _landmark(u: float, v: float) -> Quarter | None:
    if -2400 < u < -900 and -2150 < v < -1380:
        return Quarter.CAMPUS
    if (-3125 < u < -1650 and 800 < v < 2250 and u < -2400) or (-150 < u < 650 and -620 < v < 100):
        return Quarter.PARK
    if 2050 < u < 3350 and 800 < v < 2250:
        return Quarter.INDUSTRY
    if 4050 < u < FOOT_OF_THE_HILLS_U and 100 < v < 800:
        return Quarter.PARK
    return None


def _by_place(u: float, v: float, dice: float) -> Quarter:
    if -900 < u < 650 and -620 < v < 1500:
        return Quarter.OLD_TOWN
    if u < RIVER_U:
        return Quarter.TOWERS if dice < 0.6 else Quarter.URBAN_VILLAGE if u < -4450 else Quarter.CENTRE
    if u > 3350 or abs(v) > 2950:
        return Quarter.FRINGE if dice < 0.38 else Quarter.URBAN_VILLAGE if dice < 0.72 else Quarter.TOWERS
    if u > 1300:
        return Quarter.WORK_UNITS if dice < 0.5 else Quarter.TOWERS if dice < 0.75 else Quarter.INDUSTRY
    if dice < 0.52:
        return Quarter.WORK_UNITS
    return Quarter.CENTRE if dice < 0.72 else Quarter.TOWERS if dice < 0.94 else Quarter.CAMPUS


def lanes_of(superblock: Polygon, quarter: Quarter, rng: np.random.Generator, names: NameBook) -> list[Line]:
    """The lanes that cut a superblock into blocks."""
    if quarter is Quarter.PARK:
        return _park_paths(superblock)
    grain = GRAINS.get(quarter)
    if grain is None:
        return []
    lanes: list[Line] = []
    parts = [superblock]
    numbered = LaneNames(names.stem())
    while parts:
        part = parts.pop()
        stop_m2 = grain.part_m2 * rng.uniform(0.75, 1.5)
        if part.area < stop_m2:
            continue
        cut = _cut(part, rng)
        pieces = [piece for piece in split(part, cut).geoms if piece.area > 1.0]
        lane = shapely.intersection(cut, part)
        if len(pieces) != 2 or not isinstance(lane, LineString):
            continue
        kind = _kind(part.area, grain)
        blind = part.area < 1.7 * grain.part_m2 and rng.random() < grain.blind
        oneway = not blind and kind is not LineKind.SERVICE and rng.random() < grain.oneway
        if blind:
            lane = _shortened(lane, rng)
        lanes.append(Line(lane, kind, _name(lane, kind, quarter, names, numbered), oneway=oneway))
        if not blind:
            parts.extend(pieces)
    return lanes


def _walk_of(park: Polygon) -> Polygon:
    return park.buffer(-150).buffer(80)


def lake_of(park: Polygon) -> Polygon:
    """The lake in the middle of a park; no path crosses it."""
    walk = _walk_of(park)
    corners = np.array(shapely.minimum_rotated_rectangle(walk).exterior.coords)
    middle, sides = corners[:4].mean(axis=0), np.diff(corners[:3], axis=0)
    along, across = sorted(sides, key=lambda side: float(np.hypot(*side)))[::-1]
    basins = [
        (-0.27, 0.08, 0.24),
        (-0.14, 0.0, 0.2),
        (-0.01, -0.08, 0.17),
        (0.12, -0.05, 0.22),
        (0.25, 0.06, 0.27),
    ]
    water = shapely.union_all(
        [Point(middle + along * a + across * b).buffer(float(np.hypot(*across)) * r) for a, b, r in basins]
    )
    island = Point(middle + along * 0.22 + across * 0.05).buffer(24.0)
    lake = water.buffer(80).buffer(-105).buffer(25).intersection(walk.buffer(-25)).difference(island)
    found: Polygon = max(shapely.get_parts(lake.simplify(1.5)), key=lambda part: part.area)
    return found


def _park_paths(park: Polygon) -> list[Line]:
    """A walk around the park and six ways in from the streets."""
    walk = LineString(_walk_of(park).exterior).simplify(2.0)
    paths = [walk]
    for share in np.arange(6) / 6 + 0.07:
        inside = walk.interpolate(share, normalized=True)
        outside = park.exterior.interpolate(park.exterior.project(inside))
        way = np.array([inside.coords[0], outside.coords[0]])
        paths.append(LineString([way[0], way[1] + (way[1] - way[0]) * 0.01]))
    return [Line(path, LineKind.FOOTWAY) for path in paths]


def _kind(area_m2: float, grain: Grain) -> LineKind:
    if area_m2 > _TERTIARY_FROM_M2:
        return LineKind.TERTIARY
    return LineKind.RESIDENTIAL if area_m2 > _RESIDENTIAL_FROM_M2 else grain.smallest


def _name(
    lane: LineString, kind: LineKind, quarter: Quarter, names: NameBook, numbered: LaneNames
) -> Name | None:
    if kind in (LineKind.FOOTWAY, LineKind.SERVICE, LineKind.UNCLASSIFIED) or lane.length < 130:
        return None
    if quarter is Quarter.OLD_TOWN and kind is not LineKind.TERTIARY:
        return names.alley()
    if kind is LineKind.LIVING_STREET:
        return None
    if kind is LineKind.RESIDENTIAL:
        return numbered.next()
    (x0, y0), (x1, y1) = lane.coords[0], lane.coords[-1]
    eastward = abs(x1 - x0) > abs(y1 - y0)
    return names.stem().plus(*(("街", "Street") if eastward else ("路", "Road")))


def _cut(part: Polygon, rng: np.random.Generator) -> LineString:
    """A slightly bent line across the part, square to its longer axis and somewhere near its middle."""
    corners = np.array(shapely.minimum_rotated_rectangle(part).exterior.coords)
    sides = np.diff(corners[:3], axis=0)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    longer = int(lengths[1] > lengths[0])
    if lengths.max() < 1.25 * lengths.min() and rng.random() < 0.5:
        longer = 1 - longer
    along, across = sides[longer], sides[1 - longer]
    middle = corners[0] + along * _share(rng) + across / 2
    turn = np.radians(rng.normal(0, 4.0))
    across = np.array(
        [
            across[0] * np.cos(turn) - across[1] * np.sin(turn),
            across[0] * np.sin(turn) + across[1] * np.cos(turn),
        ]
    )
    if longer == 1:
        middle = corners[1] + along * _share(rng) - sides[0] / 2
    bend = along / np.hypot(*along) * np.hypot(*across) * rng.normal(0, 0.025)
    return LineString(_bent(middle - across * 0.75, middle + across * 0.75, bend))


def _share(rng: np.random.Generator) -> float:
    return float(np.clip(rng.normal(0.5, 0.07), 0.33, 0.67))


def _bent(start: FloatArray, end: FloatArray, bend: FloatArray) -> FloatArray:
    steps = max(2, round(float(np.hypot(*(end - start))) / 130.0))
    t = np.linspace(0, 1, steps + 1)[:, None]
    return start + (end - start) * t + bend * 4 * t * (1 - t)


def _shortened(lane: LineString, rng: np.random.Generator) -> LineString:
    """The lane as a blind alley, entered from either end."""
    reach = rng.uniform(0.5, 0.78)
    part = (0.0, reach) if rng.random() < 0.5 else (1 - reach, 1.0)
    return substring(lane, *part, normalized=True)
