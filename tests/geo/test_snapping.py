"""Snapping: the nearest usable edge, and times as if the place had been spliced into the graph."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coordinates import LonLat
from geo.road_build import BRIDGE
from geo.road_rules import Mode, standard_rules
from geo.roads import RoadNetwork
from geo.snapping import NOWHERE
from geo.travel import Travel
from tests.geo.road_oracle import DEGREES_A_STEP, SOUTH, WEST, door_to_door_ds, networks, spliced_graph

WIDTH = 10 * DEGREES_A_STEP
places = st.tuples(st.floats(WEST - WIDTH, WEST + 2 * WIDTH), st.floats(SOUTH - WIDTH, SOUTH + 2 * WIDTH))


def lines_in_metres(network: RoadNetwork) -> np.ndarray:
    return np.array([network.plane.shape_to_metres(line) for line in network.lines()])


@given(networks(), st.lists(places, min_size=1, max_size=8), st.sampled_from([300.0, 5000.0]))
@settings(deadline=None, max_examples=200)
def test_a_place_lies_on_the_edge_that_is_nearest(network, spots, farthest_m):
    travel = Travel(network, Mode.DRIVE, main_part_only=False, farthest_m=farthest_m)
    lines = lines_in_metres(network)
    lon, lat = (np.array(column) for column in zip(*spots, strict=True))
    snaps = travel.snap(lon, lat)
    x, y = network.plane.to_metres(lon, lat)
    for i, point in enumerate(shapely.points(x, y)):
        nearest_m = shapely.distance(lines, point).min()
        if nearest_m > farthest_m:
            assert snaps.edge[i] == NOWHERE
            continue
        assert snaps.off_m[i] == pytest.approx(nearest_m, abs=1e-6)
        if snaps.edge[i] >= 0:
            foot = shapely.line_interpolate_point(lines[snaps.edge[i]], snaps.along[i], normalized=True)
        else:
            node = -1 - snaps.edge[i]
            foot = shapely.Point(
                *network.plane.to_metres(network.table.node_lon[node], network.table.node_lat[node])
            )
        assert shapely.distance(foot, point) == pytest.approx(nearest_m, abs=0.02)


@given(networks(), st.lists(places, min_size=2, max_size=6))
@settings(deadline=None, max_examples=150)
def test_times_between_doors_equal_networkx_with_the_doors_spliced_in(network, spots):
    travel = Travel(network, Mode.DRIVE, main_part_only=False, farthest_m=50_000.0)
    doors = [LonLat(*spot) for spot in spots]
    snaps = travel.snaps_of(doors)
    beside = np.round(snaps.off_m * standard_rules().off_road_ds_per_m)
    assert np.abs(snaps.off_ds - beside).max() <= 1
    truth = door_to_door_ds(spliced_graph(network, snaps), len(doors))
    for j, door in enumerate(doors):
        assert np.array_equal(np.round(travel.seconds_to(door, doors) * 10, 6), truth[:, j])


def street_and_bridge() -> RoadNetwork:
    """A street, and 60 m north of it a parallel bridge."""
    lon = np.array([120.0, 120.002, 120.0, 120.002])
    lat = np.array([30.0, 30.0, 30.00054, 30.00054])
    arcs = np.array([[0, 1], [2, 3]])
    network = RoadNetwork.from_arcs(arcs[:, 0], arcs[:, 1], np.array([300, 300]), lon, lat, mode=Mode.DRIVE)
    flags = network.table.flags.copy()
    flags[np.array([network.crossing(int(node)).place.lat > 30.0003 for node in network.table.start])] = (
        BRIDGE
    )
    network.table.flags = flags
    return network


def test_nobody_steps_off_a_bridge():
    network = street_and_bridge()
    travel = Travel(network, Mode.DRIVE, main_part_only=False)
    near_bridge = travel.snap_one(LonLat(120.001, 30.00034))
    assert not network.is_span[near_bridge.edge]
    on_bridge = travel.snap_one(LonLat(120.001, 30.0005))
    assert network.is_span[on_bridge.edge]


def test_a_place_on_a_closed_street_belongs_to_the_next_open_one():
    network = street_and_bridge()
    network.table.flags = np.zeros(2, np.uint8)
    travel = Travel(network, Mode.DRIVE, main_part_only=False)
    door = LonLat(120.001, 30.0005)
    before = travel.snap_one(door).edge
    network.set_closed([before])
    after = travel.snap_one(door)
    assert after.edge not in (before, NOWHERE)
    assert after.off_ds > 500
    network.set_closed([before], False)
    assert travel.snap_one(door).edge == before


def test_islands_of_a_mode_take_nobody_in_by_default():
    """Eight crossings in a ring, and beside the door a pair of crossings that nothing joins."""
    ring = np.arange(8)
    angle = ring / 8 * 2 * np.pi
    lon = np.concatenate([120.0 + 0.002 * np.cos(angle), [120.0, 120.0001]])
    lat = np.concatenate([30.0 + 0.002 * np.sin(angle), [30.0, 30.0]])
    source, target = np.append(ring, 8), np.append((ring + 1) % 8, 9)
    both = np.concatenate([source, target]), np.concatenate([target, source])
    network = RoadNetwork.from_arcs(*both, np.full(18, 100), lon, lat, mode=Mode.DRIVE)
    door = LonLat(120.00005, 30.0)
    assert Travel(network, Mode.DRIVE).snap_one(door).off_ds > 1000
    assert Travel(network, Mode.DRIVE, main_part_only=False).snap_one(door).off_ds < 10
    assert (
        nx.number_weakly_connected_components(
            spliced_graph(network, Travel(network, Mode.DRIVE).snaps_of([door]))
        )
        == 2
    )
