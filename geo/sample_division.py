"""The sample district divided into subdistricts, communities and grids that nest exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.area_codes import AreaCode
from geo.sample_blocks import Quarter
from geo.sample_city import City
from geo.sample_layout import RING, unwarp
from geo.sample_lines import RANKS, LineKind
from geo.sample_names import Name, NameBook, numeral
from geo.sample_regions import IntArray, Units, apportion, partition, parts

DISTRICT = AreaCode("990101")
DISTRICT_NAME = Name("一路示例区（虚构）", "Yilu Sample District (synthetic)")
SUBDISTRICTS, COMMUNITIES, GRIDS = 7, 90, 763
_TOWN_NUMBER = 100
_VILLAGE_NUMBER = 200
"""Towns are numbered from 100 and village committees from 200, as GB/T 10114 has it."""
_ODD_SIZES = (0.36, 0.4, 0.45, 1.55, 1.6, 1.7)
"""A few communities have outgrown, or never reached, the 1,000 to 3,000 households they should have."""


@dataclass(frozen=True, slots=True)
class Division:
    """Code of the grid that each face belongs to, and names of all areas by code."""

    grid_of_face: list[AreaCode]
    names: dict[AreaCode, Name]


@dataclass(frozen=True, slots=True)
class _Community:
    faces: IntArray
    village: Name | None


def divide(city: City, rng: np.random.Generator, names: NameBook) -> Division:
    """The division: the town holds the hills and the foothills, six subdistricts share the rest."""
    units = city.units()
    east = _in_town(city, units)
    label = _blocks_between(city, LineKind.SECONDARY)
    town_label = np.bincount(label, east) > 0.5 * np.bincount(label)
    in_town = town_label[label]
    villages = _villages(city)
    hills = np.zeros(len(in_town), bool)
    for village in villages:
        hills[village.faces] = True
    urban = _split_on(units, label, np.flatnonzero(~in_town), list(rng.uniform(0.85, 1.15, SUBDISTRICTS - 1)))
    foothills = np.flatnonzero(in_town & ~hills)
    homes = [float(city.households[faces].sum()) for faces in (*urban, foothills)]
    counts = apportion(COMMUNITIES - len(villages), homes, [2] * len(homes))
    fine = _blocks_between(city, LineKind.TERTIARY)
    regions: list[list[_Community]] = []
    for faces, count in zip((*urban, foothills), counts, strict=True):
        wishes = _uneven(count, rng)
        regions.append([_Community(part, None) for part in _split_on(units, fine, faces, wishes)])
    regions[-1] += villages
    return _coded(city, units, regions, names)


def _in_town(city: City, units: Units) -> IntArray:
    east = [unwarp(x, y)[0] > RING[2] for x, y in zip(units.x, units.y, strict=True)]
    return np.array(east, dtype=np.int64)


def _villages(city: City) -> list[_Community]:
    """The land of each hill village: what ridges enclose around it."""
    hills = np.array([quarter is Quarter.HILLS for quarter in city.quarters])
    pairs = [
        (a, b)
        for a, b, _, kind in city.plane.neighbours
        if hills[a] and hills[b] and RANKS[kind] < RANKS[LineKind.RIDGE]
    ]
    label = parts(len(hills), *np.array(pairs).T)
    inside = shapely.point_on_surface(np.array(city.plane.faces, dtype=object))
    grounds = [village.ground for village in city.villages]
    tree = shapely.STRtree(inside)
    lands: dict[int, int] = {}
    for number, ground in enumerate(grounds):
        lands |= {int(label[face]): number for face in tree.query(ground, predicate="contains")}
    seeds = shapely.STRtree(grounds)
    faces_of: list[list[int]] = [[] for _ in grounds]
    for face in np.flatnonzero(hills).tolist():
        number = lands.get(int(label[face]), -1)
        faces_of[number if number >= 0 else int(seeds.nearest(inside[face]))].append(face)
    return [
        _Community(np.array(faces), village.name)
        for faces, village in zip(faces_of, city.villages, strict=True)
    ]


def _blocks_between(city: City, kind: LineKind) -> IntArray:
    """Labels of the blocks between lines of a kind and above, slivers joined to what they border on."""
    sliver, block = city.slivers_merged(), city.merged_below(kind)
    faces, count = np.arange(len(sliver)), int(max(sliver.max(), block.max())) + 1
    a = np.concatenate((faces, faces))
    b = np.concatenate((sliver + len(faces), block + len(faces) + count))
    joined = parts(len(faces) + 2 * count, a, b)[: len(faces)]
    return np.unique(joined, return_inverse=True)[1].astype(np.int64)


def _split_on(units: Units, label: IntArray, faces: IntArray, wishes: list[float]) -> list[IntArray]:
    """Faces split into connected regions that keep the faces of one label together."""
    local = np.unique(label[faces], return_inverse=True)[1]
    own = np.full(len(label), -1, np.int64)
    own[faces] = local
    a, b = own[units.a], own[units.b]
    apart = (a >= 0) & (b >= 0) & (a != b)
    size = np.bincount(local)
    coarse = Units(
        np.bincount(local, units.x[faces]) / size,
        np.bincount(local, units.y[faces]) / size,
        np.bincount(local, units.weight[faces]).astype(np.float64),
        a[apart],
        b[apart],
        units.cost[apart],
    )
    found = partition(coarse, np.arange(len(size)), wishes)
    return [faces[np.isin(local, members)] for members in found]


def _uneven(count: int, rng: np.random.Generator) -> list[float]:
    wishes = rng.uniform(0.75, 1.25, count)
    odd = rng.choice(count, 2, replace=False)
    wishes[odd] = rng.choice(_ODD_SIZES, 2)
    return [float(wish) for wish in wishes]


def _coded(city: City, units: Units, regions: Sequence[Sequence[_Community]], names: NameBook) -> Division:
    """Codes from west to east and north to south on every level."""
    communities = [community for region in regions for community in region]
    homes = [float(city.households[community.faces].sum()) for community in communities]
    least = [3 if community.village else 2 for community in communities]
    counts = dict(zip(map(id, communities), apportion(GRIDS, homes, least), strict=True))
    sliver = city.slivers_merged()
    grid_of_face = [AreaCode("")] * len(units.x)
    called: dict[AreaCode, Name] = {DISTRICT: DISTRICT_NAME}
    urban = _in_reading_order([_all_faces(region) for region in regions[:-1]], units)
    for number, place in enumerate([*urban, len(regions) - 1], start=1):
        town = place == len(regions) - 1
        subdistrict = AreaCode(f"{DISTRICT}{_TOWN_NUMBER if town else number:03d}")
        called[subdistrict] = names.stem().plus(*(("镇", "Town") if town else ("街道", "Subdistrict")))
        given = {False: 0, True: _VILLAGE_NUMBER}
        region = regions[place]
        for which in _in_reading_order([community.faces for community in region], units):
            community = region[which]
            rural = community.village is not None
            given[rural] += 1
            code = AreaCode(f"{subdistrict}{given[rural]:03d}")
            stem = community.village or names.stem()
            called[code] = stem.plus("村", "Village") if rural else stem.plus("社区", "Community")
            wishes = [1.0] * counts[id(community)]
            grids = _split_on(units, sliver, community.faces, wishes)
            for serial, grid in enumerate(_in_reading_order(grids, units), start=1):
                grid_code = AreaCode(f"{code}{serial:03d}")
                called[grid_code] = called[code].plus(f"第{numeral(serial)}网格", f"Grid {serial}")
                for face in grids[grid].tolist():
                    grid_of_face[face] = grid_code
    return Division(grid_of_face, called)


def _all_faces(region: Sequence[_Community]) -> IntArray:
    return np.concatenate([community.faces for community in region])


def _in_reading_order(groups: Sequence[IntArray], units: Units) -> list[int]:
    """Places of the groups row by row from the north, each row from the west."""
    x = np.array([units.x[faces].mean() for faces in groups])
    y = np.array([units.y[faces].mean() for faces in groups])
    rows = max(1, round(float(np.sqrt(len(groups) * max(np.ptp(y), 1.0) / max(np.ptp(x), 1.0)))))
    row = np.minimum(((y.max() - y) / max(np.ptp(y), 1e-9) * rows).astype(np.int64), rows - 1)
    return [int(place) for place in np.lexsort((x, row))]
