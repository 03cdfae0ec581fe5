"""Pictures of the roads at one moment: used again when nobody looks at them, and never before."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.road_readers import from_networkx
from geo.road_rules import Mode
from geo.snapping import Snaps
from geo.travel import Travel
from geo.travel_metric import ModeRows
from tests.geo.road_oracle import networks

ARRAYS = ("with_line", "against", "out_arcs", "in_arcs", "usable")


@given(networks(), st.data())
@settings(deadline=None, max_examples=25)
def test_after_any_closures_the_picture_is_the_one_made_anew(network, data):
    network.prepare()
    rows, travel = ModeRows(network, Mode.DRIVE, False), Travel(network, Mode.DRIVE, main_part_only=False)
    travel.climb_us = 0.0
    everywhere = Snaps.at_nodes(np.arange(network.node_count))
    for _ in range(6):
        edges = data.draw(st.lists(st.integers(0, network.edge_count - 1), max_size=3))
        network.set_closed(edges, data.draw(st.booleans()))
        if data.draw(st.integers(0, 5)) == 0:
            network.conditions.set_profile(
                network.rules.profile_at(1, data.draw(st.sampled_from([3.0, 8.0])))
            )
        current, anew = rows.current(), ModeRows(network, Mode.DRIVE, False)
        for name in ARRAYS:
            assert np.array_equal(getattr(current, name), getattr(anew.current(), name)), name
        fresh = Travel(network, Mode.DRIVE, main_part_only=False)
        fresh.climb_us = np.inf
        assert np.array_equal(travel.matrix(everywhere, everywhere), fresh.matrix(everywhere, everywhere))
        del current


@pytest.mark.parametrize("held", ["picture", "array"])
@given(network=networks(), data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_picture_that_somebody_looks_at_stays_as_it_is(held, network, data):
    rows = ModeRows(network.prepare(), Mode.DRIVE, False)
    weighed = rows.weighed(rows.current())
    assert weighed is not None
    kept = [rows.current(), weighed]
    looked_at = kept if held == "picture" else [*(getattr(kept[0], name) for name in ARRAYS), weighed.up]
    arrays = [getattr(kept[0], name) for name in ARRAYS] + [weighed.up, weighed.down]
    before = [array.copy() for array in arrays]
    del kept, weighed
    for _ in range(4):
        network.set_closed([data.draw(st.integers(0, network.edge_count - 1))], data.draw(st.booleans()))
        rows.weighed(rows.current())
    assert all(np.array_equal(array, was) for array, was in zip(arrays, before, strict=True))
    assert looked_at


def test_a_picture_that_nobody_looks_at_is_used_again():
    network = _square()
    rows = ModeRows(network.prepare(), Mode.DRIVE, False)
    seen = []
    for _ in range(6):
        network.set_closed([0], len(seen) % 2 == 0)
        metric = rows.current()
        weighed = rows.weighed(metric)
        assert weighed is not None
        seen.append((metric.in_arcs.ctypes.data, weighed.up.ctypes.data))
        del metric, weighed
    assert len(set(seen)) <= 3, "every closure copied the city"


def _square():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1)]):
        graph.add_node(node, x=112.0 + x * 0.002, y=37.0 + y * 0.002)
    for node in range(4):
        graph.add_edge(node, (node + 1) % 4, highway="residential")
    return from_networkx(graph)
