"""The roads as this process knows them: compiled once per version, kept on disk, with the closures of now."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import numpy as np
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction
from api.store.roads import read_roads, standing_closures
from api.store.versions import Dataset, newest_versions, version_loaded_at
from geo import travel_warmup
from geo.road_errors import RoadFileError
from geo.road_readers import from_geodataframe
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.travel import Travel

LOOK_EVERY_S = 2.0


class RoadsWatch:
    """One per process: the network in force, and a way to ask it for travel times in each mode."""

    def __init__(
        self,
        engine: AsyncEngine,
        district: str,
        folder: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._district = district
        self._folder = folder
        self._clock = clock
        self._version = 0
        self._network: RoadNetwork | None = None
        self._travels: Mapping[str, Travel] = {}
        self._closed: frozenset[int] = frozenset()

    @property
    def network(self) -> RoadNetwork | None:
        """The network in force; None until roads are loaded."""
        return self._network

    def travels(self) -> Mapping[str, Travel]:
        """Return the modes of travel over the roads in force; empty until roads are loaded."""
        return self._travels

    async def step(self) -> None:
        """Catch up with the store: a newer version of the roads, closures set and lifted."""
        async with driver_transaction(self._engine) as driver:
            version = (await newest_versions(driver, self._district)).roads
            closures = await standing_closures(driver, self._district, version, self._clock())
        if version and version != self._version:
            await _compile_kernels_aside()
            network = await self._open(version)
            travels = await asyncio.to_thread(_ways_to_travel, network)
            self._network, self._travels = network, travels
            self._version, self._closed = version, frozenset()
        if self._network is not None:
            self._close(self._network, frozenset(edge for one in closures for edge in one.edges))

    def _close(self, network: RoadNetwork, closed: frozenset[int]) -> None:
        for edges, is_closed in ((closed - self._closed, True), (self._closed - closed, False)):
            if edges:
                rows = np.flatnonzero(np.isin(network.table.source_ids, sorted(edges)))
                network.set_closed(rows, is_closed)
        self._closed = closed

    async def _open(self, version: int) -> RoadNetwork:
        async with driver_transaction(self._engine) as driver:
            loaded_at = await version_loaded_at(driver, self._district, Dataset.ROADS, version)
        # after a restore the same number may stand for other roads, so the name tells when they were loaded
        path = self._folder / f"{self._district}-{version}-{loaded_at:%Y%m%dT%H%M%S%f}.roads"
        try:
            return await asyncio.to_thread(RoadNetwork.load, path)
        except (OSError, RoadFileError):
            async with driver_transaction(self._engine) as driver:
                frame = await read_roads(driver, self._district, version)
            return await asyncio.to_thread(_compile, frame, path)


async def _compile_kernels_aside() -> None:
    """Compile the kernels in a process of their own where nobody did yet: after an installation or upgrade.

    A thread that compiles keeps the interpreter from all others for half a minute: first pages would wait.
    """
    if travel_warmup.is_warm():
        return
    words = ("-c", "from geo.travel_warmup import warm_up; warm_up()")
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=asyncio.subprocess.DEVNULL)
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


def _compile(frame: gpd.GeoDataFrame, path: Path) -> RoadNetwork:
    """Compile the network and keep it; written aside and renamed, for other processes may read it already."""
    network = from_geodataframe(frame).prepare()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{uuid4().hex}")
    network.save(aside)
    aside.replace(path)
    return network


def _ways_to_travel(network: RoadNetwork) -> Mapping[str, Travel]:
    """Make the modes of travel and ask each once: the first question compiles, and nobody should wait."""
    travel_warmup.warm_up()
    ways = {mode.value: Travel(network, mode) for mode in Mode}
    middle = network.crossing(network.node_count // 2).place
    for travel in ways.values():
        travel.seconds_to(middle, [middle])
    return ways
