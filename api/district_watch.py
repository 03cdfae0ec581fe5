"""What this process knows of its district: the versions in force, and the territory built from them.

Each process has its own copy by version and looks for newer ones at most once in a while: nothing lives only
in a process, and none asks the store for what it already has.
"""

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction
from api.store.territory import list_areas, list_streets
from api.store.versions import Versions, newest_versions
from geo.areas import Territory

_LOOK_AGAIN_S = 2.0


class DistrictWatch:
    """The district's versions and territory, at most two seconds old."""

    def __init__(self, engine: AsyncEngine, district: str) -> None:
        self._engine = engine
        self.district = district
        self._versions = Versions()
        self._looked_at = -_LOOK_AGAIN_S
        self._territories: dict[tuple[int, int], Territory] = {}
        self._building = asyncio.Lock()

    @property
    def loaded(self) -> frozenset[tuple[int, int]]:
        """The versions, of boundaries and of streets, whose territories are in memory."""
        return frozenset(self._territories)

    async def versions(self) -> Versions:
        """Return the versions in force."""
        if time.monotonic() - self._looked_at >= _LOOK_AGAIN_S:
            async with driver_transaction(self._engine) as driver:
                self._versions = await newest_versions(driver, self.district)
            self._looked_at = time.monotonic()
        return self._versions

    async def territory(self, boundaries: int | None = None) -> Territory:
        """Return the territory in force, or that of an older boundary version with the streets in force."""
        newest = await self.versions()
        key = (newest.boundaries if boundaries is None else boundaries, newest.streets)
        if (known := self._territories.get(key)) is not None:
            return known
        async with self._building:
            if key not in self._territories:
                self._territories[key] = await self._build(*key)
                while len(self._territories) > _KEPT:
                    del self._territories[next(iter(self._territories))]
            return self._territories[key]

    async def _build(self, boundaries: int, streets: int) -> Territory:
        async with driver_transaction(self._engine) as driver:
            areas = await list_areas(driver, self.district, boundaries)
            lanes = await list_streets(driver, self.district, streets)
        return await asyncio.to_thread(Territory, boundaries, areas, lanes)


_KEPT = 4
"""Territories of this many versions stay in memory."""
