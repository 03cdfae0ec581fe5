"""What the work asks of the world outside: travel times."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import LonLat


class TravelTimes(Protocol):
    """How long people take over the roads, in one mode."""

    def seconds_to(self, place: LonLat, origins: Sequence[LonLat], /) -> NDArray[np.floating]:
        """Network seconds from each origin to the place; infinite where no way leads."""
