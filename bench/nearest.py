"""Who is nearest: `nearest5_of_500_us`, `nearest5_of_taskforce_us`, `move_us`, `closure_ms`.

Porto's roads by car, 500 people at crossings who move all the time, and a street's own eight, who may be far
away. Every engine answers in tenths of a second, and all answers are compared. The second table is how the
search grows from 10,000 to 1,000,000 crossings.
"""

import statistics
import time

import numpy as np

from bench import Report, median_s, readable
from bench.road_peers import ask_peers
from bench.road_problems import City, city_for, invented_city
from geo.coordinates import LonLat
from geo.fleets import Fleet
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.snapping import Snap, Snaps
from geo.travel import Travel

FIGURES = {
    "people": "nearest5_of_500_us",
    "taskforce": "nearest5_of_taskforce_us",
    "move": "move_us",
    "closure": "closure_ms",
    "all_speeds": "all_speeds_ms",
    "prepare": "prepare_s",
}
"""What the peers call it, and the figure that measures the same of ours."""
PEOPLE, TASKFORCE, PLACES, K = 500, 8, 1000, 5
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


def main() -> None:
    """Measure Yilu, then the peers, then the growth."""
    city = city_for(Mode.DRIVE)
    rng = np.random.default_rng(11)
    count = len(city.lon)
    draw = {name: rng.integers(0, count, size) for name, size in
            (("people", PEOPLE), ("taskforce", TASKFORCE), ("places", PLACES))}  # fmt: skip
    report = Report(
        "nearest",
        f"Nearest 5 over {count:,} crossings ({city.name}), median of a query",
        (
            "engine",
            f"of {PEOPLE} people",
            f"of a street's {TASKFORCE}",
            "one moves",
            "one street closes",
            "prepare",
        ),
    )
    answers = _ours(city, draw, report)
    problem = {"src": city.source, "dst": city.target, "w": city.weight, "lon": city.lon, "lat": city.lat,
               "k": np.array(K), **draw}  # fmt: skip
    for peer, (seconds, found) in ask_peers("nearest", problem, report).items():
        for name in FIGURES.keys() & seconds.keys():
            report.peer(FIGURES[name], peer, seconds[name])
        cells = [readable(seconds[name]) if name in seconds else "–" for name in
                 ("people", "taskforce", "move", "closure", "prepare")]  # fmt: skip
        report.add(f"{peer}{_agreement(found, answers)}", *cells)
    _growth(report)
    report.print()


def _ours(city: City, draw: dict[str, np.ndarray], report: Report) -> dict[str, np.ndarray]:
    begun = time.perf_counter()
    network = city.network(Mode.DRIVE).prepare()
    travel = Travel(network, Mode.DRIVE)
    prepared = time.perf_counter() - begun
    nodes = {name: network.nodes_of(ids) for name, ids in draw.items()}
    crossings = Snaps.at_nodes(nodes["places"])
    snaps = [crossings[i] for i in range(PLACES)]
    doors = [LonLat(float(city.lon[i]), float(city.lat[i])) for i in draw["places"]]
    fleets = {name: travel.fleet(Snaps.at_nodes(nodes[name])) for name in ("people", "taskforce")}
    took = {name: _median(travel, snaps, fleet) for name, fleet in fleets.items()}
    public = {name: _median(travel, doors, fleet) for name, fleet in fleets.items()}
    answers = {
        name: np.array([[round(a.seconds * 10) for a in travel.nearest(at, fleet, K)] for at in snaps])
        for name, fleet in fleets.items()
    }
    moves = [_timed(lambda i=i: travel.move(fleets["people"], i, doors[i])) for i in range(PEOPLE)]
    move = statistics.median(moves)
    closure, speeds = _closures(network, travel, snaps, fleets)
    report.figure("nearest5_of_500_us", took["people"])
    report.figure("nearest5_of_500_public_us", public["people"])
    report.figure("nearest5_of_taskforce_us", took["taskforce"])
    report.figure("nearest5_of_taskforce_public_us", public["taskforce"])
    report.figure("move_us", move)
    report.figure("closure_ms", closure)
    report.figure("all_speeds_ms", speeds)
    report.figure("prepare_s", prepared)
    cells = [readable(seconds) for seconds in (took["people"], took["taskforce"], move, closure, prepared)]
    report.add("Yilu, from a crossing", *cells)
    report.add("Yilu, from a door (longitude, latitude)", readable(public["people"]),
               readable(public["taskforce"]), "", f"all speeds: {readable(speeds)}", "")  # fmt: skip
    return answers


def _median(travel: Travel, places: list[Snap] | list[LonLat], fleet: Fleet) -> float:
    for place in places[:20]:
        travel.nearest(place, fleet, K)
    return statistics.median(_timed(lambda at=at: travel.nearest(at, fleet, K)) for at in places)


def _closures(
    network: RoadNetwork, travel: Travel, snaps: list[Snap], fleets: dict[str, Fleet]
) -> tuple[float, float]:
    """From the closure to the end of the next answers of both kinds, less what those answers take alone."""

    def ask() -> None:
        for fleet in fleets.values():
            travel.nearest(snaps[0], fleet, K)

    alone = median_s(ask, repeat=50)
    edges = np.random.default_rng(12).integers(0, network.edge_count, 60)
    one_street = [_timed(lambda e=e: (network.set_closed([int(e)]), ask())) - alone for e in edges]
    profiles = [network.rules.profile_at(1, 8.0), None] * 5
    whole = [_timed(lambda p=p: (network.conditions.set_profile(p), ask())) - alone for p in profiles]
    return statistics.median(one_street[10:]), statistics.median(whole)


def _growth(report: Report) -> None:
    for size in SIZES:
        network = invented_city(size).network(Mode.DRIVE)
        rng = np.random.default_rng(13)
        travel = Travel(network, Mode.DRIVE)
        people = travel.fleet(Snaps.at_nodes(rng.integers(0, size, PEOPLE)))
        places = Snaps.at_nodes(rng.integers(0, size, 200))
        snaps = [places[i] for i in range(len(places))]
        plain = _median(travel, snaps, people)
        prepare = _timed(network.prepare)
        few = travel.fleet(Snaps.at_nodes(rng.integers(0, size, TASKFORCE)))
        taskforce = _median(travel, snaps, few)
        report.figure(f"nearest5_at_{size // 1000}k_us", plain)
        report.figure(f"taskforce_at_{size // 1000}k_us", taskforce)
        report.add(
            f"Yilu, {size:,} crossings", readable(plain), readable(taskforce), "", "", readable(prepare)
        )


def _timed(work: object) -> float:
    begun = time.perf_counter()
    work()  # type: ignore[operator] # a function of no arguments
    return time.perf_counter() - begun


def _agreement(found: dict[str, np.ndarray], answers: dict[str, np.ndarray]) -> str:
    """Nothing when a peer gives our answers, else a warning."""
    wrong = [
        name for name, theirs in found.items() if not np.array_equal(theirs, answers[name][: len(theirs)])
    ]
    return f" (DISAGREES: {', '.join(wrong)})" if wrong else ""
