"""A real city: the engines against networkx and scipy, and what an OpenStreetMap extract becomes."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.road_graphs import to_networkx
from geo.road_readers import from_networkx, import_roads
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.snapping import Snaps
from geo.travel import Travel

ROADS = Path(__file__).resolve().parents[3] / "shared" / "data" / "roads"
needs_roads = pytest.mark.skipif(
    not ROADS.is_dir(), reason="the shared road extracts are not beside the repo"
)


@pytest.fixture(scope="module")
def arcs() -> dict[str, np.ndarray]:
    with np.load(ROADS / "porto_drive.npz") as file:
        return dict(file)


@pytest.fixture(scope="module")
def city(arcs) -> RoadNetwork:
    network = RoadNetwork.from_arcs(
        arcs["src"], arcs["dst"], arcs["w"], arcs["lon"], arcs["lat"], mode=Mode.DRIVE
    )
    return network.prepare()


@needs_roads
@pytest.mark.parametrize("climb_us", [0.0, np.inf])
def test_a_real_quarter_agrees_with_networkx_before_and_after_closures(arcs, climb_us):
    near = (np.abs(arcs["lon"] + 8.61) < 0.02) & (np.abs(arcs["lat"] - 41.15) < 0.015)
    number = np.cumsum(near) - 1
    kept = near[arcs["src"]] & near[arcs["dst"]]
    source, target, weight = number[arcs["src"][kept]], number[arcs["dst"][kept]], arcs["w"][kept]
    network = RoadNetwork.from_arcs(
        source, target, weight, arcs["lon"][near], arcs["lat"][near], mode=Mode.DRIVE
    ).prepare()
    travel = Travel(network, Mode.DRIVE, main_part_only=False)
    travel.climb_us = climb_us
    rng = np.random.default_rng(5)
    nodes = rng.integers(0, network.node_count, 12)
    for closures in ([], rng.integers(0, network.edge_count, 60).tolist()):
        network.set_closed(closures)
        graph = nx.MultiDiGraph()
        graph.add_nodes_from(range(network.node_count))
        table, shut = network.table, set(closures)
        for e in set(range(network.edge_count)) - shut:
            graph.add_edge(int(table.start[e]), int(table.end[e]), w=int(table.fixed_forward_ds[e]))
            if table.fixed_backward_ds[e] >= 0:
                graph.add_edge(int(table.end[e]), int(table.start[e]), w=int(table.fixed_backward_ds[e]))
        matrix = travel.matrix(Snaps.at_nodes(nodes), Snaps.at_nodes(nodes))
        for i, node in enumerate(nodes.tolist()):
            truth = nx.single_source_dijkstra_path_length(graph, node, weight="w")
            assert [round(s * 10) if np.isfinite(s) else None for s in matrix[i]] == [
                truth.get(other) for other in nodes.tolist()
            ]


@needs_roads
def test_coverage_agrees_with_scipy_node_for_node(arcs, city):
    count = len(arcs["lon"])
    toward = csr_array((arcs["w"].astype(float), (arcs["dst"], arcs["src"])), shape=(count, count))
    centres = np.random.default_rng(6).integers(0, count, 100)
    travel = Travel(city, Mode.DRIVE)
    _, seconds = travel.nearest_centre(Snaps.at_nodes(city.nodes_of(centres)))
    truth = dijkstra(toward, indices=centres, min_only=True)
    assert np.array_equal(np.round(seconds * 10), truth[city.table.node_ids])


@needs_roads
def test_both_engines_give_the_same_nearest_five(city):
    rng = np.random.default_rng(7)
    candidates = Snaps.at_nodes(rng.integers(0, city.node_count, 40))
    plain, climbing = Travel(city, Mode.DRIVE), Travel(city, Mode.DRIVE)
    plain.climb_us, climbing.climb_us = np.inf, 0.0
    for node in rng.integers(0, city.node_count, 30):
        place = Snaps.at_nodes(np.array([node]))[0]
        assert plain.nearest(place, candidates, 5) == climbing.nearest(place, candidates, 5)


@needs_roads
def test_a_saved_city_comes_back_whole_with_its_hierarchy(city, tmp_path):
    city.save(tmp_path / "city.roads")
    loaded = RoadNetwork.load(tmp_path / "city.roads")
    assert loaded.hierarchy is not None
    places = Snaps.at_nodes(np.arange(0, city.node_count, 4000))
    before, after = (Travel(network, Mode.DRIVE).matrix(places, places) for network in (city, loaded))
    assert np.array_equal(before, after)


@needs_roads
@pytest.mark.slow
def test_an_openstreetmap_extract_becomes_a_network_and_goes_out_to_networkx():
    told: list[float] = []
    network, report = import_roads(
        ROADS / "porto_portugal.osm.pbf", progress=lambda what, share: told.append(share)
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert network.edge_count == report.edges > 80_000
    assert report.isolated.count > 0
    assert report.spans > 1000
    centre = [(-8.61, 41.15), (-8.62, 41.16), (-8.60, 41.155)]
    times = {mode: Travel(network, mode).matrix(centre, centre) for mode in Mode}
    assert all(np.isfinite(matrix).all() for matrix in times.values())
    assert times[Mode.WALK][0, 1] > times[Mode.EBIKE][0, 1]
    again = from_networkx(to_networkx(network, Mode.DRIVE))
    there_and_back = Travel(again, Mode.DRIVE).matrix(centre, centre)
    assert there_and_back == pytest.approx(times[Mode.DRIVE], rel=0.05)
