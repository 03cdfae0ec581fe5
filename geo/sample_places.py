"""What stands on the division of the sample district: streets, estates, centres, stations."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree
from shapely.ops import linemerge

from geo.area_codes import AreaCode
from geo.sample_blocks import Quarter
from geo.sample_buildings import Building, Use
from geo.sample_city import City
from geo.sample_division import Division
from geo.sample_lines import ROAD_STANDARDS, LineKind
from geo.sample_names import Name, NameBook
from geo.sample_network import Edge

STREETS = 76
ESTATES = 300
STATIONS = 16
_TEMPORARY = 6
_HOURS = (
    "Mo-Fr 08:30-12:00,14:30-18:00; Sa 09:00-12:00",
    "Mo-Fr 08:00-12:00,14:00-18:00; Sa-Su 09:00-17:00",
    "Mo-Su 08:30-18:30",
    "Mo-Fr 08:30-20:00; Sa-Su 09:00-17:00",
    "Mo-Fr 09:00-12:00,14:00-20:30; Sa 09:00-17:00",
)
"""Staggered, in the notation of OpenStreetMap's opening_hours."""
_ESTATE_ENDINGS = {
    Use.SLABS: (("小区", "Estate"), ("新村", "New Village"), ("里", "Court"), ("宿舍", "Staff Housing")),
    Use.TOWERS: (("花园", "Garden"), ("家园", "Homes"), ("府", "Mansion"), ("国际城", "International")),
}


@dataclass(frozen=True, slots=True)
class PatrolledStreet:
    """A back street that a task force walks; metres."""

    name: Name
    line: LineString
    width_m: float
    subdistrict: AreaCode


@dataclass(frozen=True, slots=True)
class Estate:
    """A residential compound; metres."""

    name: Name
    shape: Polygon
    community: AreaCode
    use: Use
    households: int
    buildings: int
    built: int


@dataclass(frozen=True, slots=True)
class Centre:
    """A community service centre, or a station that takes the strain off them; metres."""

    name: Name
    place: Point
    kind: str
    tier: str
    community: AreaCode
    floor_area_m2: int
    capacity: int
    opening_hours: str
    by_appointment: bool
    opens_on: str | None = None
    closes_on: str | None = None


def patrolled_streets(city: City, division: Division, rng: np.random.Generator) -> list[PatrolledStreet]:
    """Named lanes and alleys of a walkable length, the old town's first, shared out over the subdistricts."""
    edges: dict[Name, list[Edge]] = defaultdict(list)
    for edge in city.roads:
        if edge.line.name and edge.line.kind in (LineKind.RESIDENTIAL, LineKind.LIVING_STREET):
            edges[edge.line.name].append(edge)
    tree = STRtree(city.plane.faces)
    found: dict[AreaCode, list[tuple[float, PatrolledStreet]]] = defaultdict(list)
    for name, run in edges.items():
        line = linemerge([edge.shape for edge in run]) if len(run) > 1 else run[0].shape
        if not isinstance(line, LineString) or not 210 <= line.length <= 1100 or line.is_ring:
            continue
        faces = tree.query(line.interpolate(0.5, normalized=True).buffer(3.0), predicate="intersects")
        face = int(faces.min())
        subdistrict = AreaCode(division.grid_of_face[face][:9])
        width_m = ROAD_STANDARDS[run[0].line.kind].width_m + float(rng.choice([-1.0, 0.0, 0.0, 2.0, 3.0]))
        wanted = rng.random() + (1.0 if city.quarters[face] is Quarter.OLD_TOWN else 0.0)
        found[subdistrict].append((wanted, PatrolledStreet(name, line, width_m, subdistrict)))
    shares = {code: 4 if code.endswith("100") else 12 for code in sorted(found)}
    chosen = [
        street
        for code, share in shares.items()
        for _, street in sorted(found[code], key=lambda entry: -entry[0])[:share]
    ]
    return chosen[:STREETS]


def estates(city: City, division: Division, rng: np.random.Generator, names: NameBook) -> list[Estate]:
    """The largest residential blocks, each within one community."""
    homes: dict[tuple[int, AreaCode], list[Building]] = defaultdict(list)
    for building in city.buildings:
        if building.use in _ESTATE_ENDINGS:
            community = AreaCode(division.grid_of_face[building.face][:12])
            homes[int(city.block[building.face]), community].append(building)
    largest = sorted(homes.items(), key=lambda item: -sum(b.households for b in item[1]))[:ESTATES]
    result = []
    for (_, community), built in sorted(largest, key=lambda item: item[0]):
        faces = sorted({building.face for building in built})
        ground = shapely.union_all([city.plane.faces[face] for face in faces]).buffer(
            -6.0, join_style="mitre"
        )
        shape = max(shapely.get_parts(ground), key=lambda part: part.area).simplify(1.0)
        endings = _ESTATE_ENDINGS[built[0].use]
        name = names.stem().plus(*endings[int(rng.integers(len(endings)))])
        year = int(rng.integers(1978, 2001) if built[0].use is Use.SLABS else rng.integers(2002, 2024))
        households = sum(building.households for building in built)
        result.append(
            Estate(name, Polygon(shape.exterior), community, built[0].use, households, len(built), year)
        )
    return result


def centres(city: City, division: Division, rng: np.random.Generator) -> list[Centre]:
    """One centre for each community on a building near the middle of its households."""
    by_community: dict[AreaCode, list[Building]] = defaultdict(list)
    for building in city.buildings:
        by_community[AreaCode(division.grid_of_face[building.face][:12])].append(building)
    hubs: set[str] = set()
    result = []
    for code in sorted(by_community):
        homes = by_community[code]
        where = np.array([building.shape.centroid.coords[0] for building in homes])
        weight = np.array([float(building.households) for building in homes]) + 0.01
        middle = (where * weight[:, None]).sum(axis=0) / weight.sum()
        place = where[int(np.argmin(np.hypot(*(where - middle).T)))]
        tier = "N" if code[:9] in hubs else "6" if hubs else "1"
        hubs.add(code[:9])
        floor = _floor_area(tier, rng)
        result.append(
            Centre(
                name=division.names[code].plus("党群服务中心", "Service Centre"),
                place=Point(place),
                kind="community_centre",
                tier=tier,
                community=code,
                floor_area_m2=floor,
                capacity=round(floor * 0.16 / 10) * 10,
                opening_hours=_HOURS[int(rng.integers(len(_HOURS)))],
                by_appointment=bool(rng.random() < 0.7),
            )
        )
    return result


def _floor_area(tier: str, rng: np.random.Generator) -> int:
    """Over four in five have 500 m² or more, over half 1,000 m² or more."""
    if tier != "N":
        return int(rng.integers(180, 420)) * 10
    dice = rng.random()
    low, high = (22, 50) if dice < 0.13 else (50, 100) if dice < 0.41 else (100, 210)
    return int(rng.integers(low, high)) * 10


def stations(city: City, division: Division, rng: np.random.Generator) -> list[Centre]:
    """Extra stations at large crossings, well apart; some are there for one season only."""
    meetings: dict[tuple[float, float], list[Edge]] = defaultdict(list)
    for edge in city.roads:
        if edge.line.name and edge.line.kind in (LineKind.PRIMARY, LineKind.SECONDARY) and not edge.over:
            meetings[edge.start].append(edge)
            meetings[edge.end].append(edge)
    crossings = [
        (place, {e.line.name for e in met if e.line.name})
        for place, met in sorted(meetings.items())
        if len(met) > 2
    ]
    tree = STRtree(city.plane.faces)
    result: list[Centre] = []
    for number in rng.permutation(len(crossings)).tolist():
        (x, y), roads = crossings[number]
        place = Point(x + 28.0, y + 28.0)
        faces = tree.query(place, predicate="intersects")
        if len(roads) < 2 or not len(faces) or any(place.distance(other.place) < 1250 for other in result):
            continue
        first, second = sorted(roads)[:2]
        temporary = len(result) < _TEMPORARY
        ending = ("临时服务站", "Temporary Service Station") if temporary else ("服务站", "Service Station")
        result.append(
            Centre(
                name=Name(f"{first.zh}{second.zh}口", f"{first.en} and {second.en}").plus(*ending),
                place=place,
                kind="temporary_station" if temporary else "station",
                tier="station",
                community=AreaCode(division.grid_of_face[int(faces.min())][:12]),
                floor_area_m2=int(rng.integers(3, 16)) * 10,
                capacity=60,
                opening_hours="Mo-Su 08:00-22:00" if temporary else _HOURS[2],
                by_appointment=False,
                opens_on="2026-09-15" if temporary else None,
                closes_on="2027-01-31" if temporary else None,
            )
        )
        if len(result) == STATIONS:
            break
    return result
