"""A real server with the sample district in a real PostGIS, in a thread of the test's process."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.main import create_app
from api.settings import Settings
from tests.aside import aside
from tests.databases import load_sample, share_compiled_roads


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server is, and the server itself."""

    url: str
    app: FastAPI
    settings: Settings
    loop: asyncio.AbstractEventLoop

    def cut_streams(self) -> None:
        """End every live stream, as a server does that goes down."""
        self.loop.call_soon_threadsafe(self.app.state.live.stop)


@contextmanager
def served_sample(
    database_url: str, data_path: Path, port: int = 0, *, background: bool = True
) -> Iterator[Site]:
    """Load the sample district into the database and serve it until the end; port 0: any that is free.

    Without `background` the server does nothing by itself but know its roads: for whoever keeps its time.
    """
    settings = Settings.read({}, database_url=database_url, data_path=data_path)
    aside(load_sample(database_url))
    share_compiled_roads(data_path)
    app = create_app(settings, background=background)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        # a test's own client may speak again just when a connection is given up for having been silent
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, timeout_keep_alive=600)
        server = uvicorn.Server(config)
        loop = asyncio.new_event_loop()
        serving = server.serve(sockets=[listener])
        thread = threading.Thread(target=loop.run_until_complete, args=(serving,), daemon=True)
        thread.start()
        try:
            _await_start(app, server, thread, loop, background)
            yield Site(url, app, settings, loop)
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            loop.close()


def _await_start(
    app: FastAPI,
    server: uvicorn.Server,
    thread: threading.Thread,
    loop: asyncio.AbstractEventLoop,
    background: bool,
) -> None:
    """Return when it serves and its roads are compiled, so that no page finds them still missing."""
    while not server.started or (background and app.state.roads.network is None):
        assert thread.is_alive(), "the server ended before it started"
        time.sleep(0.02)
    if not background:
        asyncio.run_coroutine_threadsafe(app.state.roads.step(), loop).result()
