"""Compile every kernel once, on a town of three streets, so that nobody's first click waits for it."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from geo.compiled import stamp_of_all_kernels
from geo.coordinates import LonLat
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.travel import Travel

_CORNERS = (LonLat(120.0, 30.0), LonLat(120.001, 30.0), LonLat(120.001, 30.001), LonLat(120.0, 30.001))


def is_warm() -> bool:
    """Whether somebody compiled the kernels as they are now; those of the version before do not count."""
    return _note().exists()


def warm_up() -> None:
    """Ask every kind of question once. Seconds after an installation, milliseconds ever after."""
    _ask_everything()
    with suppress(OSError):  # where nobody may write, machine code is kept elsewhere, and no note of it
        for old in _note().parent.glob("kernels-*"):
            old.unlink(missing_ok=True)
        _note().touch()


def _note() -> Path:
    return Path(__file__).parent / "__pycache__" / f"kernels-{stamp_of_all_kernels()[:16]}"


def _ask_everything() -> None:
    source, target = np.array([0, 1, 2, 3, 1]), np.array([1, 2, 3, 0, 0])
    lon, lat = (np.array(column) for column in zip(*_CORNERS, strict=True))
    network = RoadNetwork.from_arcs(source, target, np.full(5, 100), lon, lat, mode=Mode.DRIVE)
    places = [LonLat(lon + 0.0004, lat) for lon, lat in _CORNERS]
    for climb_us in (np.inf, 0.0):
        travel = Travel(network.prepare(), Mode.DRIVE)
        travel.climb_us = climb_us
        fleet = travel.fleet(places)
        travel.nearest(places[0], fleet, 2)
        travel.move(fleet, 0, places[1])
        travel.seconds_to(places[0], places)
        travel.matrix(places, places)
        network.set_closed([0])
        travel.nearest(places[0], fleet, 2)
        network.set_closed([0], False)
    travel.path(places[0], places[2])
    travel.reach_each(places, 60.0)
    travel.nearest_centre(places)
    travel.nearest_centre_of(places, places)
    travel.seconds_within(places, places, 60.0)
