"""The service circle's searches: `coverage_100_ms`, `reach_100_walk_ms`; and isochrones and growth."""

import statistics
import time

import numpy as np
from numpy.typing import NDArray

from bench import Report, median_s, readable
from bench.road_peers import ask_peers
from bench.road_problems import City, city_for, invented_city
from geo.isochrones import isochrones
from geo.road_rules import Mode
from geo.snapping import Snaps
from geo.travel import Travel

CENTRES, LIMIT_S = 100, 900.0
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


def main() -> None:
    """Measure Yilu, then the peers, then the growth."""
    report = Report(
        "coverage",
        f"{CENTRES} centres: every crossing's nearest (by car), and what each reaches in 15 minutes on foot",
        ("engine", "nearest of all", "15-minute reach", "prepare"),
    )
    both = {mode: city_for(mode) for mode in (Mode.DRIVE, Mode.WALK)}
    rng = np.random.default_rng(21)
    drawn = {mode: rng.integers(0, len(city.lon), CENTRES) for mode, city in both.items()}
    answers, took = {}, {}
    begun = time.perf_counter()
    travels = {mode: Travel(city.network(mode).prepare(), mode) for mode, city in both.items()}
    prepared = (time.perf_counter() - begun) / 2
    snaps = {mode: Snaps.at_nodes(travels[mode].network.nodes_of(drawn[mode])) for mode in both}
    drive, walk = travels[Mode.DRIVE], travels[Mode.WALK]
    took["coverage"] = median_s(lambda: drive.nearest_centre(snaps[Mode.DRIVE]), repeat=25, warm_up=3)
    took["reach"] = median_s(lambda: walk.reach_each(snaps[Mode.WALK], LIMIT_S), repeat=25, warm_up=3)
    answers["coverage"] = np.empty(len(both[Mode.DRIVE].lon))
    _, seconds = drive.nearest_centre(snaps[Mode.DRIVE])
    answers["coverage"][drive.network.table.node_ids] = np.round(seconds * 10)
    answers["reach"] = np.diff(walk.reach_each(snaps[Mode.WALK], LIMIT_S).ends)
    plain = Travel(drive.network, Mode.DRIVE)
    plain.climb_us = np.inf
    plain_s = median_s(lambda: plain.nearest_centre(snaps[Mode.DRIVE]), repeat=25, warm_up=3)
    report.figure("coverage_100_plain_ms", plain_s)
    report.figure("coverage_100_ms", took["coverage"])
    report.figure("reach_100_walk_ms", took["reach"])
    report.add("Yilu", readable(took["coverage"]), readable(took["reach"]), readable(prepared))
    report.add("Yilu, plain search", readable(plain_s), "", "")
    rings = median_s(lambda: isochrones(walk, snaps[Mode.WALK].rows(np.arange(90))), repeat=1)
    report.figure("isochrones_90x3_s", rings)
    report.add("Yilu, 90 centres' polygons of 5, 10, 15 minutes", "", readable(rings), "")
    results = {
        name: ask_peers("coverage", _problem(both[mode], drawn[mode]), report)
        for name, mode in (("coverage", Mode.DRIVE), ("reach", Mode.WALK))
    }
    for peer in results["coverage"]:
        cells = []
        for name, figure in (("coverage", "coverage_100_ms"), ("reach", "reach_100_walk_ms")):
            seconds, found = results[name].get(peer, ({}, {}))
            if name in seconds:
                report.peer(figure, peer, seconds[name])
            agrees = name not in found or np.array_equal(found[name], answers[name])
            told = readable(seconds[name]) if name in seconds else "–"
            cells.append(told if agrees else f"{told} (DISAGREES)")
        report.add(peer, *cells, readable(results["coverage"][peer][0]["prepare"]))
    for size in SIZES:
        travel = Travel(invented_city(size).network(Mode.DRIVE), Mode.DRIVE)
        centres = Snaps.at_nodes(np.random.default_rng(22).integers(0, size, CENTRES))
        nearest = statistics.median(_timed(travel, centres) for _ in range(5))
        report.figure(f"coverage_at_{size // 1000}k_ms", nearest)
        report.add(f"Yilu, {size:,} crossings", readable(nearest), "", "")
    report.print()


def _problem(city: City, centres: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    return {
        "src": city.source,
        "dst": city.target,
        "w": city.weight,
        "lon": city.lon,
        "lat": city.lat,
        "centres": centres,
        "limit": np.array(LIMIT_S * 10),
    }


def _timed(travel: Travel, centres: Snaps) -> float:
    begun = time.perf_counter()
    travel.nearest_centre(centres)
    return time.perf_counter() - begun
