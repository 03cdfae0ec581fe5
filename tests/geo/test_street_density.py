"""Density along streets, against walks that networkx takes."""

import itertools

import networkx as nx
import numpy as np
import pytest
import shapely

from geo.coordinates import LonLat, MetricPlane
from geo.street_density import GrowingStreetDensity, StreetKernel, StreetPieces, streets_from_arcs

PLANE = MetricPlane.around(LonLat(112.55, 37.86))


def lattice(side=6, gap_m=110.0, seed=2):
    """A street grid with some blocks missing and some nodes moved."""
    rng = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    x, y = (np.indices((side, side)) * gap_m).reshape(2, -1) + rng.uniform(-25, 25, (2, side * side))
    right = np.column_stack((number[:, :-1].ravel(), number[:, 1:].ravel()))
    up = np.column_stack((number[:-1].ravel(), number[1:].ravel()))
    pairs = np.concatenate((right, up))
    pairs = pairs[rng.random(len(pairs)) > 0.15]
    return streets_from_arcs(pairs[:, 0], pairs[:, 1], x, y)


@pytest.fixture(scope="module")
def kernel():
    start, end, lines = lattice()
    return StreetKernel.prepare(StreetPieces.cut(start, end, lines, PLANE, 20.0), 180.0)


def walked_from(pieces, source, bandwidth_m):
    """Density of one finding by networkx: every piece's middle is a node of the graph."""
    graph = nx.Graph()
    for edge, count in enumerate(np.diff(pieces.first)):
        middles = [("piece", int(pieces.first[edge] + step)) for step in range(count)]
        chain = [int(pieces.start[edge]), *middles, int(pieces.end[edge])]
        piece_m = pieces.length_m[edge] / count
        for place, (one, other) in enumerate(itertools.pairwise(chain)):
            half = place == 0 or place == count
            way = piece_m / 2 if half else piece_m
            graph.add_edge(
                one, other, weight=min(way, graph.get_edge_data(one, other, {}).get("weight", way))
            )
    reached = nx.single_source_dijkstra_path_length(graph, ("piece", source), cutoff=bandwidth_m)
    density = np.zeros(len(pieces))
    for node, way in reached.items():
        if isinstance(node, tuple):
            density[node[1]] = (1 - (way / bandwidth_m) ** 2) ** 2
    return density / (density * pieces.piece_length_m).sum() * 1000


def test_one_finding_spreads_as_networkx_walks(kernel):
    for source in range(0, len(kernel.pieces), 7):
        counts = np.zeros(len(kernel.pieces))
        counts[source] = 1.0
        want = walked_from(kernel.pieces, source, 180.0)
        assert np.allclose(kernel.density(counts), want, rtol=1e-5, atol=1e-4 * want.max())


def test_every_finding_spreads_exactly_once(kernel):
    counts = np.random.default_rng(1).poisson(2, len(kernel.pieces)).astype(float)
    mass = (kernel.density(counts) * kernel.pieces.piece_length_m).sum() / 1000
    assert mass == pytest.approx(counts.sum(), rel=1e-5)


def test_density_does_not_jump_to_a_parallel_street_that_is_far_to_walk():
    lines = shapely.linestrings([[[0, 0], [600, 0]], [[0, 30], [600, 30]]])
    pieces = StreetPieces.cut(np.array([0, 2]), np.array([1, 3]), lines, PLANE)
    kernel = StreetKernel.prepare(pieces)
    density = kernel.density(kernel.count(pieces.piece_at(np.array([300.0]), np.array([2.0]))))
    assert density[: pieces.first[1]].any()
    assert not density[pieces.first[1] :].any()


def test_growing_equals_computing_at_once(kernel):
    rng = np.random.default_rng(3)
    parts = [rng.integers(-1, len(kernel.pieces), size) for size in (50, 0, 3, 1)]
    growing = GrowingStreetDensity(kernel)
    for part in parts:
        growing.add(part)
    growing.add(parts[0], sign=-1.0)
    want = kernel.density(kernel.count(np.concatenate(parts[1:])))
    assert np.allclose(growing.values, want, atol=1e-6)


def test_places_snap_to_the_nearest_piece_or_to_none():
    lines = shapely.linestrings([[[0, 0], [100, 0]]])
    pieces = StreetPieces.cut(np.array([0]), np.array([1]), lines, PLANE)
    x = np.array([1.0, 30.0, 99.9, 100.0, 50.0, np.nan])
    y = np.array([0.0, 5.0, 0.0, 0.0, 500.0, 0.0])
    assert pieces.piece_at(x, y).tolist() == [0, 1, 3, 3, -1, -1]


def test_the_shapes_of_the_pieces_make_up_the_street():
    lines = np.array([shapely.LineString([(0, 0), (60, 0), (60, 80)])])
    pieces = StreetPieces.cut(np.array([0]), np.array([1]), lines, PLANE)
    drawn = [PLANE.shape_to_metres(shape) for shape in pieces.shapes(np.arange(len(pieces)))]
    assert sum(shape.length for shape in drawn) == pytest.approx(140.0, abs=0.01)
    assert shapely.LineString(drawn[0].coords).length == pytest.approx(140 / len(pieces), abs=0.01)


def test_no_streets_and_streets_without_length_do_no_harm():
    none = StreetPieces.cut(np.empty(0, int), np.empty(0, int), np.empty(0, object), PLANE)
    assert none.piece_at(np.array([1.0]), np.array([1.0])).tolist() == [-1]
    assert len(StreetKernel.prepare(none).density(np.empty(0))) == 0
    dot = StreetPieces.cut(np.array([0]), np.array([1]), shapely.linestrings([[[5, 5], [5, 5]]]), PLANE)
    assert np.isfinite(StreetKernel.prepare(dot).density(np.ones(1))).all()
