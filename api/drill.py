"""The simulator's day against the real server, by real clients: a process of its own, beside `yilu up`.

It plays while the drill is wanted and nothing real was imported; its clients know the server by HTTP alone.
Only two things go past it: the accounts are made, and the switch is read, in the store.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine

from api.drill_play import Ground, Play
from api.drill_wire import Exchange, Tally
from api.store import drill
from api.store.database import driver_transaction, open_engine

logger = logging.getLogger("yilu.drill")

BEAT_S = 2.0
_NICE = 10
"""The server and its users come first."""


class Keeper:
    """Reads the switch, says that it is alive, and lets the play begin and end."""

    def __init__(self, engine: AsyncEngine, district: str, address: str, trusted: str | None) -> None:
        self._engine = engine
        self._district = district
        self._address = address
        self._trusted = trusted
        self._ground: Ground | None = None
        self._play: Play | None = None
        self._playing: asyncio.Task[None] | None = None
        self._as: tuple[float, int] | None = None
        self._tally = Tally()

    async def keep(self) -> None:
        """Look at the switch every two seconds, until cancelled."""
        try:
            async with driver_transaction(self._engine) as driver:
                await drill.want_at_first(driver, self._district)
            while True:
                with suppress(Exception):  # the store may come back; nothing is played blindly meanwhile
                    await self._step()
                await asyncio.sleep(BEAT_S)
        finally:
            await self._stop()
            with suppress(Exception):
                async with driver_transaction(self._engine) as driver:
                    await drill.leave(driver, self._district)

    async def _step(self) -> None:
        async with driver_transaction(self._engine) as driver:
            state = await drill.read_drill(driver, self._district)
        wanted = state.wanted and state.possible
        ended = self._playing is not None and self._playing.done()
        if self._playing is not None and (ended or not wanted or self._as != (state.pace, state.phones)):
            await self._stop()
        if wanted and self._playing is None:
            self._as = (state.pace, state.phones)
            self._playing = asyncio.create_task(self._perform(state))
        async with driver_transaction(self._engine) as driver:
            await drill.stay_alive(
                driver,
                self._district,
                playing=self._play is not None,
                awake=self._play.awake if self._play else 0,
                tally=self._tally.told(),
            )

    async def _perform(self, state: drill.DrillState) -> None:
        if self._ground is None:
            self._ground = await asyncio.to_thread(Ground.read)
        self._tally = Tally()
        exchange = Exchange(self._address, self._tally, trusted=self._trusted)
        self._play = Play(self._ground, self._engine, self._district, exchange, state)
        await self._play.run()

    async def _stop(self) -> None:
        if self._playing is None:
            return
        self._playing.cancel()
        for failure in await asyncio.gather(self._playing, return_exceptions=True):
            if isinstance(failure, Exception):
                logger.warning("the drill broke off and begins anew: %r", failure)
        self._playing = self._play = None


async def _watch_parent() -> None:
    """Return when whoever started this process is gone: its end of the pipe closes."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()


async def _main(args: argparse.Namespace) -> None:
    engine = open_engine(os.environ["DATABASE_URL"], pool_size=3)
    keeper = asyncio.create_task(Keeper(engine, args.district, args.url, args.trust).keep())
    leaving = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, leaving.set)
    ends = [asyncio.create_task(leaving.wait()), asyncio.create_task(_watch_parent()), keeper]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    await asyncio.gather(*ends, return_exceptions=True)
    await engine.dispose()


def main() -> None:
    """Play against a server; its parent gives the store's address and holds the other end of stdin."""
    parser = argparse.ArgumentParser(prog="python -m api.drill")
    parser.add_argument("--url", required=True, help="where the server is")
    parser.add_argument("--district", required=True, help="the code of the district it serves")
    parser.add_argument("--trust", help="the certificate of the server's own authority")
    args = parser.parse_args()
    os.nice(_NICE)
    asyncio.run(_main(args))


if __name__ == "__main__":
    main()
