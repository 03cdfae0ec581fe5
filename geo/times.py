"""Tenths of a second inside, seconds outside."""

import numpy as np
from numpy.typing import NDArray

from geo.compiled import UNREACHED
from geo.road_build import Floats


def seconds_of(times_ds: NDArray[np.int32]) -> Floats:
    """Seconds; infinite for no way."""
    seconds: Floats = np.where(times_ds < UNREACHED, times_ds / 10.0, np.inf)
    return seconds


def whole_ds(seconds: float) -> int:
    """The last tenth of a second within a time."""
    return min(int(seconds * 10.0 + 1e-6), UNREACHED - 1)
