"""All pairs of 500 origins and 500 destinations: `matrix_500_ms`; plain searches and the hierarchy."""

import numpy as np

from bench import Report, median_s, readable
from bench.road_peers import ask_peers
from bench.road_problems import city_for, invented_city
from geo.road_rules import Mode
from geo.snapping import Snaps
from geo.travel import Travel

SIDE = 500
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


def main() -> None:
    """Measure Yilu, then the peers, then the growth."""
    city = city_for(Mode.DRIVE)
    rng = np.random.default_rng(31)
    count = len(city.lon)
    origins, destinations = rng.integers(0, count, SIDE), rng.integers(0, count, SIDE)
    report = Report(
        "matrix",
        f"{SIDE} × {SIDE} times over {count:,} crossings ({city.name})",
        ("engine", "matrix", "prepare"),
    )
    network = city.network(Mode.DRIVE)
    ends = [Snaps.at_nodes(network.nodes_of(nodes)) for nodes in (origins, destinations)]
    plain = Travel(network, Mode.DRIVE)
    plain.climb_us = np.inf
    plain_s = median_s(lambda: plain.matrix(*ends), repeat=3)
    report.figure("matrix_500_plain_ms", plain_s)
    prepared = median_s(lambda: city.network(Mode.DRIVE).prepare(), repeat=1)
    travel = Travel(network.prepare(), Mode.DRIVE)
    took = median_s(lambda: travel.matrix(*ends), repeat=9)
    report.figure("matrix_500_ms", took)
    report.add("Yilu, hierarchy", readable(took), readable(prepared))
    report.add("Yilu, plain searches", readable(plain_s), "")
    answers = np.round(travel.matrix(*ends) * 10)
    assert np.array_equal(answers, np.round(plain.matrix(*ends) * 10)), "both engines must agree"
    problem = {"src": city.source, "dst": city.target, "w": city.weight, "lon": city.lon, "lat": city.lat,
               "origins": origins, "destinations": destinations}  # fmt: skip
    for peer, (seconds, found) in ask_peers("matrix", problem, report).items():
        rows = int(seconds["rows"])
        report.peer("matrix_500_ms", peer, seconds["matrix"])
        agrees = np.array_equal(found["matrix"], answers[:rows])
        partly = "" if rows == SIDE else f" ({rows} rows, by proportion)"
        report.add(peer, readable(seconds["matrix"]) + partly + ("" if agrees else " (DISAGREES)"),
                   readable(seconds["prepare"]))  # fmt: skip
    for size in SIZES:
        grown = Travel(invented_city(size).network(Mode.DRIVE).prepare(), Mode.DRIVE)
        draw = np.random.default_rng(32)
        sides = [Snaps.at_nodes(draw.integers(0, size, SIDE)) for _ in range(2)]
        seconds = median_s(lambda travel=grown, sides=sides: travel.matrix(*sides), repeat=3)
        report.figure(f"matrix_at_{size // 1000}k_ms", seconds)
        report.add(f"Yilu, {size:,} crossings", readable(seconds), "")
    report.print()
