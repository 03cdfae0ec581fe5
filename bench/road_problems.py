"""The roads that the travel benchmarks run on, and the questions that every engine is asked alike."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay

from geo.road_rules import Mode
from geo.roads import RoadNetwork

REAL_ROADS = Path(__file__).resolve().parents[2] / "shared" / "data" / "roads"
"""Extracts of OpenStreetMap beside the checkout; without them an invented city of the same size stands in."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class City:
    """One-way arcs with their times in tenths of a second."""

    name: str
    source: Ints
    target: Ints
    weight: Ints
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def network(self, mode: Mode) -> RoadNetwork:
        """The city as Yilu compiles it."""
        return RoadNetwork.from_arcs(self.source, self.target, self.weight, self.lon, self.lat, mode=mode)


def city_for(mode: Mode) -> City:
    """Porto where its extract is at hand, else an invented city with as many crossings."""
    path = REAL_ROADS / f"porto_{mode}.npz"
    if not path.is_file():
        return invented_city(63_180)
    with np.load(path) as file:
        arcs = [file[name].astype(np.int64) for name in ("src", "dst", "w")]
        return City(f"Porto, {mode}", *arcs, file["lon"], file["lat"])


def invented_city(crossings: int, seed: int = 1) -> City:
    """Crossings thrown on a plane and joined to near neighbours about as thinly as streets are."""
    rng = np.random.default_rng(seed)
    side = np.sqrt(crossings) * 0.001
    lon, lat = 120.0 + rng.random(crossings) * side, 30.0 + rng.random(crossings) * side
    corners = Delaunay(np.column_stack([lon, lat])).simplices
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    pairs = np.unique(pairs.astype(np.int64), axis=0)
    one, other = pairs[:, 0], pairs[:, 1]
    metres = np.hypot((lon[one] - lon[other]) * 96_000, (lat[one] - lat[other]) * 111_000) + 1.0
    tree = minimum_spanning_tree(coo_array((metres, (one, other)), shape=(crossings, crossings))).tocoo()
    low, high = np.minimum(*tree.coords).astype(np.int64), np.maximum(*tree.coords).astype(np.int64)
    in_tree = np.isin(one * crossings + other, low * crossings + high)
    short = np.argsort(metres * rng.uniform(0.5, 1.5, len(metres)))[: int(crossings * 1.2)]
    in_tree[short] = True
    one, other, metres = one[in_tree], other[in_tree], metres[in_tree]
    speed = rng.choice([4.0, 8.0, 14.0], len(metres), p=[0.6, 0.3, 0.1])
    weight = np.maximum(np.rint(metres / speed * 10), 1).astype(np.int64)
    source, target = np.concatenate([one, other]), np.concatenate([other, one])
    parts, _ = connected_components(coo_array((np.tile(metres, 2), (source, target)), shape=(crossings,) * 2))
    assert parts <= 1 + crossings // 1_000, "an invented city hangs together, but for points that coincide"
    return City(f"invented, {crossings:,}", source, target, np.tile(weight, 2), lon, lat)
