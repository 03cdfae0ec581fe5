"""What routes ask for: the settings, the pool, and one transaction that is committed before the answer.

All of them are coroutines, though some wait for nothing: the framework takes any other to a thread and back.
"""

from collections.abc import AsyncIterator
from typing import Annotated

import asyncpg
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.district_watch import DistrictWatch
from api.keyring import Keyring
from api.settings import Settings
from api.store.database import driver_transaction, transaction
from api.tile_cache import TileCache


async def settings_of(request: Request) -> Settings:
    """Return the settings that this process was started with."""
    settings: Settings = request.app.state.settings
    return settings


async def engine_of(request: Request) -> AsyncEngine:
    """Return the engine that this process's lifespan opened."""
    engine: AsyncEngine = request.app.state.engine
    return engine


async def transaction_of(
    engine: Annotated[AsyncEngine, Depends(engine_of)],
) -> AsyncIterator[AsyncConnection]:
    """Open the request's one transaction; it ends with the route function, before the answer is sent."""
    async with transaction(engine) as connection:
        yield connection


async def driver_transaction_of(
    engine: Annotated[AsyncEngine, Depends(engine_of)],
) -> AsyncIterator[asyncpg.Connection]:
    """Open the request's one transaction for hand-written SQL; it too ends before the answer is sent."""
    async with driver_transaction(engine) as driver:
        yield driver


async def watch_of(request: Request) -> DistrictWatch:
    """Return what this process knows of its district."""
    watch: DistrictWatch = request.app.state.watch
    return watch


async def tiles_of(request: Request) -> TileCache:
    """Return the tiles that this process has drawn."""
    tiles: TileCache = request.app.state.tiles
    return tiles


async def keys_of(request: Request) -> Keyring:
    """Return the keys that kept secrets are encrypted with."""
    keys: Keyring = request.app.state.keys
    return keys


SettingsOfRequest = Annotated[Settings, Depends(settings_of)]
Engine = Annotated[AsyncEngine, Depends(engine_of)]
Transaction = Annotated[AsyncConnection, Depends(transaction_of, scope="function")]
DriverTransaction = Annotated[asyncpg.Connection, Depends(driver_transaction_of, scope="function")]
Watch = Annotated[DistrictWatch, Depends(watch_of)]
Tiles = Annotated[TileCache, Depends(tiles_of)]
Keys = Annotated[Keyring, Depends(keys_of)]
