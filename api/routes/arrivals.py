"""Saying that one is there: the phone's place is compared with the case's, and far off it takes a reason."""

import math
from typing import Annotated

from pydantic import Field

from api.routes.acts import ActBody
from dispatch.cases import Act
from dispatch.errors import DispatchError
from geo.coordinates import LonLat, MetricPlane


class Arrival(ActBody):
    """Where the phone is; far from the case a reason is asked for."""

    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None


FAR_OFF_M = 150.0
"""Whoever says that he is there from farther away than this has to say why."""


class FarOffError(DispatchError):
    """The phone is not where the case is."""

    def __init__(self, away_m: float) -> None:
        super().__init__(
            f"您距离现场约{away_m:.0f}米；如确已到达，请说明原因。",
            f"Your phone is about {away_m:.0f} m from the case; say why if you are there.",
        )


def demand_near(body: Arrival, place: LonLat, act: Act) -> float | None:
    """Return how far the phone is from the place, in metres; None where it does not say where it is."""
    if body.lon is None or body.lat is None:
        return None
    away_m = math.hypot(*MetricPlane.around(place).to_metres(body.lon, body.lat))
    if away_m > FAR_OFF_M and not act.reason.strip():
        raise FarOffError(away_m)
    return away_m if math.isfinite(away_m) else None
