"""The hierarchy after any change of times weighs what it would weigh anew."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.compiled import UNREACHED
from geo.hierarchy import weigh, weigh_again
from geo.road_rules import Mode
from tests.geo.road_oracle import networks


@given(networks(), st.data())
@settings(deadline=None, max_examples=200)
def test_weighing_what_changed_equals_weighing_everything(network, data):
    hierarchy = network.prepare().hierarchy
    times = [column.copy() for column in network.conditions.crossing_times(Mode.DRIVE)]
    weighed = weigh(hierarchy, 0, *times)
    for version in range(1, 5):
        edges = data.draw(st.lists(st.integers(0, network.edge_count - 1), max_size=3, unique=True))
        changed = np.array(edges, np.int32)
        for column in times:
            new = st.lists(
                st.one_of(st.integers(0, 90), st.just(UNREACHED)), min_size=len(edges), max_size=len(edges)
            )
            column[changed] = data.draw(new)
        weigh_again(hierarchy, weighed, changed, *times)
        anew = weigh(hierarchy, version, *times)
        assert np.array_equal(weighed.up, anew.up)
        assert np.array_equal(weighed.down, anew.down)


@given(networks())
@settings(deadline=None, max_examples=100)
def test_every_crossing_has_one_rank_and_every_edge_its_arc(network):
    hierarchy = network.prepare().hierarchy
    assert sorted(hierarchy.rank) == list(range(network.node_count))
    loops = network.table.start == network.table.end
    assert np.array_equal(hierarchy.edge_arc < 0, loops)
    arc = hierarchy.edge_arc[~loops]
    low = np.minimum(hierarchy.start, hierarchy.end)[~loops]
    high = np.maximum(hierarchy.start, hierarchy.end)[~loops]
    assert np.array_equal(hierarchy.lower_node[arc], low)
    assert np.array_equal(hierarchy.up_to[arc], high)
