"""The colour that a street, and so its task force, has on the map."""

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
from shapely import STRtree

from geo.coordinates import MetricPlane
from geo.streets import Street, StreetId

HUES = 8

_REACHES_M = (600.0, 400.0, 250.0, 150.0, 80.0, 40.0, 15.0)
"""The farther neighbours reach, the easier streets are told apart: the widest that eight hues allow wins."""


def hues_of(streets: Sequence[Street]) -> Mapping[StreetId, int]:
    """Return a hue (0–7) for each street, such that streets near each other never share one.

    Where even the nearest reach wants more than eight (nine streets that all meet), the rarest are reused.
    """
    if not streets:
        return {}
    ordered = sorted(streets, key=lambda street: street.id)
    shapes = np.array([street.shape for street in ordered], dtype=object)
    plane = MetricPlane.over(shapes)
    tree = STRtree([plane.shape_to_metres(shape) for shape in shapes])
    colours: dict[int, int] = {}
    for reach_m in _REACHES_M:
        colours = _coloured(tree, len(ordered), reach_m)
        if max(colours.values()) < HUES:
            break
    return {street.id: colours[place] % HUES for place, street in enumerate(ordered)}


def _coloured(tree: STRtree, count: int, reach_m: float) -> dict[int, int]:
    one, other = tree.query(tree.geometries, predicate="dwithin", distance=reach_m)
    neighbours: nx.Graph[int] = nx.Graph()
    neighbours.add_nodes_from(range(count))
    neighbours.add_edges_from((int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b)
    colours: dict[int, int] = nx.greedy_color(neighbours, strategy="DSATUR")
    return colours
