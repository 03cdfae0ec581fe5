"""A place as an address of the server names it, in degrees (WGS 84)."""

from typing import Annotated

from fastapi import Query

Longitude = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]
