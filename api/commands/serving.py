"""What `yilu up` does: the database, the schema, the sample district on a first start, and the server."""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import uvicorn

from api.commands import CommandError
from api.commands.database import read_settings, running_cluster
from api.commands.steps import Step, say, step
from api.commands.tls import local_certificate
from api.main import create_app
from api.routes.pages import PAGES
from api.sample_accounts import sample_sign_in_links
from api.settings import Settings, data_folder
from api.store.cluster import Cluster, ClusterError
from api.store.database import migrate, open_engine, transaction
from api.store.sample import ensure_sample
from api.store.sample_year import ensure_sample_year
from geo.sample import SAMPLE_DISTRICT_CODE

WATCH_EVERY_S = 2
FAREWELL_S = 5
"""How long open streams may take to end before they are cut."""

FOR_WHOM = {
    "/": ("district map", "辖区地图"),
    "/desk": ("operators' desk", "指挥工作台"),
    "/wall": ("command centre's wall", "指挥中心大屏"),
    "/plan": ("planning", "规划"),
    "/street": ("street chief's phone", "街长手机"),
    "/report": ("residents' reports", "居民上报"),
    "/department": ("departments", "部门"),
    "/admin": ("administration", "管理"),
}


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; what a thread still prepares then (a road network) is not waited for."""
    asked_to_leave = _leave_on_signals()
    try:
        status = _run(args)
    except KeyboardInterrupt:
        say("\nStopped; nothing of it is left running.")
        status = 0 if asked_to_leave else 130
    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # everything is put away; Python would wait for the thread's end
    return status


def _run(args: argparse.Namespace) -> int:
    settings = read_settings(args, host=args.host, port=args.port, tls=args.tls or None)
    _prepare_folder(settings.data_path)
    with _alone(settings) as running:
        if running is not None:
            print(f"Yilu is running already, at {running['url']} (process {running['pid']}).")
            return 0
        listener = _listen(settings)
        with listener, _database(settings) as (database_url, cluster):
            settings = replace(settings, database_url=database_url)
            with step("bringing the schema forward"):
                migrate(database_url)
            links: dict[str, str] = {}
            if settings.district_code == SAMPLE_DISTRICT_CODE:
                with step("looking for the sample district") as under_way:
                    links = asyncio.run(_ensure_sample(database_url, under_way))
            said = announcement(settings, links)
            with _drill(settings, wanted=bool(links) and not args.no_drill) as begin_drill:
                _run_until_told(_serve(settings, listener, cluster, said, begin_drill))
    return 0


def _prepare_folder(folder: Path) -> None:
    try:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)  # under root, the database's user must pass
    except OSError as failure:
        raise CommandError(f"the data folder {folder} cannot be made: {failure.strerror}.") from failure


def _leave_on_signals() -> list[int]:
    """Let a polite kill and a closed terminal end like Ctrl-C: everything is put away on the way out.

    Returns the list that such a signal will be noted in.
    """
    noted: list[int] = []

    def leave(number: int, _frame: object) -> None:
        noted.append(number)
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins without
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    return noted


@contextmanager
def _alone(settings: Settings) -> Iterator[dict[str, str] | None]:
    """Hold the data folder for this server; yields what is known of the one that holds it already."""
    note = settings.data_path / "up.json"
    with (settings.data_path / ".up").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield _read_note(note)
            return
        note.write_text(json.dumps({"url": address(settings), "pid": str(os.getpid())}))
        try:
            yield None
        finally:
            note.unlink(missing_ok=True)


def _read_note(note: Path) -> dict[str, str]:
    with suppress(OSError, ValueError):
        read: dict[str, str] = json.loads(note.read_text())
        return read
    return {"url": "an address not known yet", "pid": "?"}


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything slow begins, so that a taken one is said at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as failure:
        listener.close()
        raise CommandError(
            f"cannot listen on {settings.host} port {settings.port} ({failure.strerror}): "
            "choose another with --port or --host."
        ) from failure
    return listener


@contextmanager
def _drill(settings: Settings, *, wanted: bool) -> Iterator[Callable[[], None]]:
    """Yield what begins the drill's process; it ends with the block, or when this process is no more."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        words = [sys.executable, "-P", "-m", "api.drill"]
        words += ["--url", address(replace(settings, public_url="")), "--district", settings.district_code]
        if settings.tls:
            words += ["--trust", str(settings.data_path / "tls" / "authority.pem")]
        environment = {**os.environ, "DATABASE_URL": settings.database_url}
        begun.append(subprocess.Popen(words, stdin=subprocess.PIPE, env=environment))

    try:
        yield begin if wanted else _nothing
    finally:
        for process in begun:
            process.terminate()
            try:
                process.wait(timeout=FAREWELL_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _nothing() -> None:
    """Begin nothing."""


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, Cluster | None]]:
    if settings.database_url:
        yield settings.database_url, None
        return
    with running_cluster(settings) as cluster:
        yield cluster.url(), cluster


async def _ensure_sample(database_url: str, under_way: Step) -> dict[str, str]:
    """Load the sample district unless it is there; return a one-time sign-in link for each role."""
    engine = open_engine(database_url, pool_size=2)
    try:
        await ensure_sample(engine, data_folder(), under_way.progress)
        await ensure_sample_year(engine, data_folder(), under_way.progress)
        async with transaction(engine) as connection:
            minted = await sample_sign_in_links(connection, SAMPLE_DISTRICT_CODE)
        return {str(role): link for role, link in minted.items()}
    finally:
        await engine.dispose()


def _run_until_told(serving: Coroutine[None, None, None]) -> None:
    """Run the server's loop; unlike asyncio.run, this does not wait for threads."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(serving)
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class _Server(uvicorn.Server):
    """A server that says where it is as soon as it answers."""

    def __init__(self, config: uvicorn.Config, announcement: str, then: Callable[[], None]) -> None:
        super().__init__(config)
        self._announcement = announcement
        self._then = then

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._announcement, flush=True)
            self._then()


async def _serve(
    settings: Settings,
    listener: socket.socket,
    cluster: Cluster | None,
    announcement: str,
    then: Callable[[], None],
) -> None:
    tls = local_certificate(settings.data_path / "tls", settings.host) if settings.tls else None
    config = uvicorn.Config(
        create_app(settings),
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=FAREWELL_S,
    )
    watch = asyncio.create_task(_keep_alive(cluster)) if cluster else None
    try:
        await _Server(config, announcement, then).serve([listener])
    finally:
        if watch:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch


async def _keep_alive(cluster: Cluster) -> None:
    """Start the private server again when somebody killed it; the pool reconnects by itself."""
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        if cluster.answers():
            continue
        say("The database is gone: starting it again.")
        try:
            await asyncio.to_thread(cluster.start)
        except ClusterError as failure:
            say(str(failure))


def address(settings: Settings) -> str:
    """Return the address under which a browser on this machine finds the server."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to
    host = everywhere.get(settings.host, settings.host)
    scheme = "https" if settings.tls else "http"
    return f"{scheme}://[{host}]:{settings.port}" if ":" in host else f"{scheme}://{host}:{settings.port}"


def announcement(settings: Settings, links: Mapping[str, str]) -> str:
    """Return what is said when all is ready: the addresses of the pages that there are."""
    base = address(settings)
    lines = [f"\nYilu is ready at {base}   一路已就绪"]
    lines += [
        f"  {base + path:<40} {what}  {what_zh}"
        for path, (what, what_zh) in FOR_WHOM.items()
        if (settings.pages_path / f"{PAGES[path]}.html").exists()
    ]
    if not (settings.pages_path / "index.html").exists():
        lines.append("  The pages are not built, so there is the interface only: /api/v1/openapi.json")
    if settings.tls:
        trusted = settings.data_path / "tls" / "authority.pem"
        lines.append(f"  Devices trust it once they hold {trusted}  设备需先信任此证书")
    if links:
        lines += ["", "Sign in once, as one of the sample district's people:   一次性登录链接："]
        lines += [f"  {role:<18} {base}{link}" for role, link in links.items()]
        lines.append("")
    return "\n".join([*lines, "Ctrl-C stops everything.  按 Ctrl-C 停止。"])
