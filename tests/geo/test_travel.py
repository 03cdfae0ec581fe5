"""The engine against networkx on any multigraph, with places along edges, closures and moves."""

import math
import threading
from unittest.mock import patch

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coordinates import LonLat
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.snapping import Snaps
from geo.travel import Travel
from tests.geo.road_oracle import door_to_door_ds, networks, places_on, spliced_graph


@st.composite
def situations(draw: st.DrawFn) -> tuple[RoadNetwork, Snaps, list[int]]:
    network = draw(networks())
    places = draw(places_on(network))
    closed = draw(st.lists(st.integers(0, network.edge_count - 1), max_size=4, unique=True))
    return network, places, closed


def tenths(seconds: np.ndarray) -> np.ndarray:
    return np.round(seconds * 10, 6)


def travel_on(network: RoadNetwork, closed: list[int], engine: str = "plain") -> Travel:
    """Close after the search engine was made and used: a closure must need no rebuild."""
    if engine == "hierarchy":
        network.prepare()
    travel = Travel(network, Mode.DRIVE, main_part_only=False)
    travel.climb_us = 0.0 if engine == "hierarchy" else math.inf
    travel.matrix(Snaps.at_nodes(np.zeros(1, np.int64)), Snaps.at_nodes(np.zeros(1, np.int64)))
    network.set_closed(closed)
    return travel


ENGINES = st.sampled_from(["plain", "hierarchy"])


@given(situations(), ENGINES)
@settings(deadline=None, max_examples=300)
def test_every_way_of_asking_agrees_with_networkx(situation, engine):
    network, places, closed = situation
    travel = travel_on(network, closed, engine)
    truth = door_to_door_ds(spliced_graph(network, places, closed), len(places))
    assert np.array_equal(tenths(travel.matrix(places, places)), truth)
    for j in range(len(places)):
        assert np.array_equal(tenths(travel.seconds_to(places[j], places)), truth[:, j])
        assert np.array_equal(tenths(travel.seconds_from(places[j], places)), truth[j])
        path = travel.path(places[0], places[j])
        assert (path.seconds * 10 if path else np.inf) == truth[0, j]


@given(situations())
@settings(deadline=None, max_examples=60)
def test_remembered_places_follow_the_roads_and_never_become_too_many(situation):
    network, _, closed = situation
    travel = travel_on(network, closed, "hierarchy")
    doors = [network.crossing(node).place for node in range(network.node_count)]
    with patch("geo.climbed.MOST", len(doors) + 1):
        for is_closed in (True, False, True):
            network.set_closed(closed, is_closed)
            truth = travel.matrix(doors, doors)
            for j in range(len(doors)):
                assert np.array_equal(travel.seconds_to(doors[j], doors[: j + 1]), truth[: j + 1, j])
            elsewhere = [LonLat(lon + 1e-4, lat) for lon, lat in doors]
            truth = travel.matrix(elsewhere, doors)
            assert np.array_equal(travel.seconds_to(doors[0], elsewhere), truth[:, 0])


@given(situations(), st.integers(1, 9), st.one_of(st.none(), st.integers(0, 150)), ENGINES)
@settings(deadline=None, max_examples=300)
def test_nearest_are_the_first_of_all_in_order(situation, k, within_ds, engine):
    network, places, closed = situation
    travel = travel_on(network, closed, engine)
    truth = door_to_door_ds(spliced_graph(network, places, closed), len(places))
    limit = np.inf if within_ds is None else within_ds
    for j in range(len(places)):
        order = [(t, c) for c, t in enumerate(truth[:, j]) if t <= limit and np.isfinite(t)]
        expected = [(c, t) for t, c in sorted(order)[:k]]
        within_s = None if within_ds is None else within_ds / 10
        found = travel.nearest(places[j], places, k, within_s=within_s)
        assert [(a.candidate, round(a.seconds * 10)) for a in found] == expected


@given(situations(), st.data(), ENGINES)
@settings(deadline=None, max_examples=150)
def test_a_fleet_after_moves_is_the_fleet_made_anew(situation, data, engine):
    network, places, closed = situation
    travel = travel_on(network, closed, engine)
    fleet = travel.fleet(places)
    now = [places[j] for j in range(len(places))]
    elsewhere = data.draw(places_on(network, least=4, most=10))
    for i in range(len(elsewhere)):
        mover = data.draw(st.integers(0, len(now) - 1))
        now[mover] = elsewhere[i]
        travel.move(fleet, mover, elsewhere[i])
    fresh = Snaps(*(np.array(column) for column in zip(*now, strict=True)), np.zeros(len(now)))
    fresh = Snaps(fresh.edge.astype(np.int32), fresh.along, fresh.off_ds.astype(np.int32), fresh.off_m)
    for j in range(len(places)):
        assert travel.nearest(places[j], fleet, 3) == travel.nearest(places[j], fresh, 3)


@given(situations(), st.integers(0, 200), st.sampled_from(["to", "from"]), ENGINES)
@settings(deadline=None, max_examples=200)
def test_reach_and_nearest_centre_agree_with_networkx(situation, limit_ds, direction, engine):
    network, places, closed = situation
    travel = travel_on(network, closed, engine)
    graph = spliced_graph(network, places, closed)
    door = "out" if direction == "from" else "in"
    if direction == "to":
        graph = graph.reverse()
    reach = travel.reach_each(places, limit_ds / 10, direction=direction)
    best = np.full(network.node_count, np.inf)
    for j in range(len(places)):
        times = nx.single_source_dijkstra_path_length(graph, (door, j))
        expected = {name[1]: t for name, t in times.items() if name[0] == "node"}
        nodes, seconds = reach.of(j)
        assert dict(zip(nodes.tolist(), tenths(seconds).tolist(), strict=True)) == {
            node: t for node, t in expected.items() if t <= limit_ds
        }
        for node, t in expected.items():
            best[node] = min(best[node], t)
    owner, seconds = travel.nearest_centre(places, direction=direction)
    assert np.array_equal(tenths(seconds), best)
    assert np.array_equal(owner < 0, np.isinf(best))
    owner, seconds = travel.nearest_centre_of(places, places, direction=direction)
    truth = door_to_door_ds(spliced_graph(network, places, closed), len(places))
    truth = truth.min(axis=1 if direction == "to" else 0)
    assert np.array_equal(tenths(seconds), truth)


@given(situations(), ENGINES)
@settings(deadline=None, max_examples=100)
def test_opening_everything_again_leaves_no_trace(situation, engine):
    network, places, closed = situation
    before = Travel(network, Mode.DRIVE, main_part_only=False).matrix(places, places)
    travel = travel_on(network, closed, engine)
    travel.matrix(places, places)
    network.set_closed(closed, False)
    assert np.array_equal(travel.matrix(places, places), before)


@pytest.fixture
def ladder() -> RoadNetwork:
    """Two parallel streets of 20 crossings, joined by rungs; the lower street is one-way to the east."""
    steps = np.arange(19)
    lower = np.column_stack([steps, steps + 1])
    upper = np.concatenate([lower + 20, lower[:, ::-1] + 20])
    rungs = np.column_stack([np.arange(20), np.arange(20) + 20])
    arcs = np.concatenate([lower, upper, rungs, rungs[:, ::-1]])
    lon = 120.15 + np.tile(np.arange(20), 2) * 0.001
    lat = 30.25 + np.repeat([0.0, 0.001], 20)
    return RoadNetwork.from_arcs(arcs[:, 0], arcs[:, 1], np.full(len(arcs), 100), lon, lat, mode=Mode.DRIVE)


def test_one_way_streets_decide_who_is_nearest(ladder):
    travel = Travel(ladder, Mode.DRIVE)
    west, east = LonLat(120.1520, 30.25), LonLat(120.1580, 30.25)
    found = travel.nearest(LonLat(120.1540, 30.25), [east, west], k=2)
    assert [(arrival.candidate, arrival.seconds) for arrival in found] == [(1, 20.0), (0, 60.0)]


def test_a_path_names_its_way_and_ends_at_both_doors(ladder):
    path = Travel(ladder, Mode.DRIVE).path(LonLat(120.1585, 30.25), LonLat(120.1525, 30.25))
    assert path is not None
    assert path.line.coords[0] == pytest.approx((120.1585, 30.25), abs=1e-7)
    assert path.line.coords[-1] == pytest.approx((120.1525, 30.25), abs=1e-7)
    assert path.seconds == pytest.approx(5.0 + 10.0 + 70.0 + 10.0 + 5.0)


def test_a_place_far_from_every_road_is_nobodys(ladder):
    travel = Travel(ladder, Mode.DRIVE)
    faraway, here = LonLat(121.0, 31.0), LonLat(120.1540, 30.25)
    assert travel.nearest(faraway, [here]) == []
    assert travel.nearest(here, [faraway]) == []
    assert np.isinf(travel.seconds_to(here, [faraway, faraway])).all()
    assert travel.path(here, faraway) is None


def test_threads_asking_and_closing_at_once_get_whole_answers(ladder):
    """Every answer is either that of the open or that of the closed street, never a mixture."""
    travel = Travel(ladder, Mode.DRIVE)
    place, origins = LonLat(120.1540, 30.25), [LonLat(120.1520, 30.25), LonLat(120.1580, 30.25)]
    lower = [e for e in range(ladder.edge_count) if ladder.table.fixed_backward_ds[e] < 0]
    open_way = travel.seconds_to(place, travel.snaps_of(origins)).tolist()
    snaps, spot = travel.snaps_of(origins), travel.snap_one(place)
    ladder.set_closed(lower)
    shut = travel.seconds_to(spot, snaps).tolist()
    answers: list[list[float]] = []

    def ask() -> None:
        answers.extend(travel.seconds_to(spot, snaps).tolist() for _ in range(200))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(100):
        ladder.set_closed(lower, bool(turn % 2))
    for thread in threads:
        thread.join()
    assert all(answer in (open_way, shut) for answer in answers)
    assert len(answers) == 600
