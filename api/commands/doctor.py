"""`yilu doctor`: what is found, what is missing, and what to do about it."""

import argparse
import importlib.util
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from api.build_pages import machine_node
from api.commands.database import add_data_argument, private_cluster, read_settings
from api.settings import Settings, checkout_folder
from api.store.cluster import SPACE_NEEDED_MIB
from api.store.programs import find_programs

MARKS = {"good": "ok", "note": "--", "bad": "!!"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it stands, and what to do where it stands badly."""

    mark: str
    """good, note (works, or not needed for serving) or bad (`yilu up` cannot work)."""
    what: str
    advice: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which data folder to look at."""
    add_data_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print what was found; 1 when something keeps `yilu up` from working."""
    findings = list(examine(read_settings(args)))
    for finding in findings:
        print(f"{MARKS[finding.mark]}  {finding.what}")
        if finding.advice:
            print(f"      {finding.advice}")
    return int(any(finding.mark == "bad" for finding in findings))


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that serving and testing stand on."""
    yield Finding("good", f"Python {platform.python_version()} at {sys.executable}")
    yield from _packages()
    yield from _database(settings)
    yield _disk(settings)
    yield _port(settings)
    yield from _pages(settings)
    yield from _for_tests()


def _packages() -> Iterator[Finding]:
    missing = [name for name in ("fastapi", "asyncpg", "geopandas") if importlib.util.find_spec(name) is None]
    if missing:
        advice = "Run ./yilu up in the checkout, which installs what requirements.lock names."
        yield Finding("bad", f"Python packages are missing: {', '.join(missing)}", advice)
    else:
        yield Finding("good", "Python packages are installed")


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url:
        yield Finding("good", "DATABASE_URL is set: no private server is started")
        return
    cluster = private_cluster(settings)
    programs = find_programs(cluster.packages, cluster.owner)
    if programs is not None:
        yield Finding("good", f"PostgreSQL {programs.major} with PostGIS in {programs.folder}")
    elif shutil.which("apt-get") and shutil.which("dpkg"):
        yield Finding(
            "note", "no PostGIS on this machine: `yilu up` will fetch it (about 60 MB), without root"
        )
    else:
        yield Finding(
            "bad", "no PostGIS on this machine", "Install it (docs/operating.md) or set DATABASE_URL."
        )
    state = "running" if cluster.data.exists() and cluster.is_running() else "not running"
    made = "made" if cluster.data.exists() else "not made yet"
    yield Finding("good", f"the private database in {cluster.folder} is {made}, {state}")


def _disk(settings: Settings) -> Finding:
    folder = settings.data_path
    while not folder.exists():
        folder = folder.parent
    free_mib = shutil.disk_usage(folder).free >> 20
    if free_mib < 2 * SPACE_NEEDED_MIB:
        return Finding(
            "bad", f"{free_mib} MiB free for {settings.data_path}", "Free some, or use --data DIR."
        )
    return Finding("good", f"{free_mib >> 10} GiB free for {settings.data_path}")


def _port(settings: Settings) -> Finding:
    with socket.socket() as knock:
        knock.settimeout(1)
        taken = knock.connect_ex((settings.host, settings.port)) == 0
    where = f"{settings.host} port {settings.port}"
    if taken:
        return Finding(
            "note", f"something listens on {where}", "If that is not Yilu: ./yilu up --port OTHER."
        )
    return Finding("good", f"{where} is free")


def _pages(settings: Settings) -> Iterator[Finding]:
    built = (settings.pages_path / "index.html").exists()
    if built:
        yield Finding("good", "the pages are built")
    elif checkout_folder() is None:
        yield Finding("bad", "the pages are not in this installation", "Install a wheel made by `uv build`.")
    else:
        node = "the machine's Node" if machine_node() else "a Node that is fetched for it"
        yield Finding("note", f"the pages are not built yet: `yilu up` builds them with {node}")


def _for_tests() -> Iterator[Finding]:
    if checkout_folder() is None:
        return
    if any(map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))):
        yield Finding("good", "Chromium is here, for the page tests")
    else:
        advice = "For ./yilu test: apt-get install chromium fonts-noto-cjk (done by itself under root)."
        yield Finding("note", "no Chromium", advice)
