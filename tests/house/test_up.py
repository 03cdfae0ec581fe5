"""`yilu up` as it is lived with: started, met again, killed in parts, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.settings import default_data_path
from tests.house.processes import free_port, wait_until_gone, wait_until_ready

pytestmark = pytest.mark.xdist_group("up")  # one data folder, one server at a time


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all, where the database's user can reach it; the first start takes longest."""
    folder = default_data_path() / "tests-of-up" / uuid.uuid4().hex[:8]
    folder.mkdir(parents=True)
    if (fetched := default_data_path() / "postgis").exists():
        (folder / "postgis").symlink_to(fetched)
    yield folder
    yilu("reset", "--yes", "--data", str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    said_in(folder).unlink(missing_ok=True)


@contextmanager
def up(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`yilu up` in a process of its own, ready."""
    with said_in(data).open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "api.cli", "up", "--data", data, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            env=surroundings(),
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield process
    finally:
        process.kill()
        process.wait()


def said_in(data: Path) -> Path:
    return data.with_suffix(".log")


def yilu(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "api.cli", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        env=surroundings(),
    )


def surroundings() -> dict[str, str]:
    """No database but the private one, and a district of one's own: the sample would take long to load."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "YILU_DISTRICT": "110199"}


def database_pid(data: Path) -> int:
    return int((data / "database" / "cluster" / "postmaster.pid").read_text().split()[0])


def test_a_server_says_where_it_is_and_stops_cleanly(data: Path) -> None:
    port = free_port()
    with up(data, port) as process:
        database = database_pid(data)
        beside = yilu("up", "--data", str(data), "--port", str(free_port()))
        assert beside.returncode == 0
        assert beside.stdout.startswith(f"Yilu is running already, at http://127.0.0.1:{port} ")
        refused = yilu("reset", "--yes", "--data", str(data))
        assert refused.returncode == 1
        assert "stop it first" in refused.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
    said = said_in(data).read_text()
    assert f"Yilu is ready at http://127.0.0.1:{port}" in said
    wait_until_gone(database)
    assert not (data / "up.json").exists()


def test_what_is_killed_comes_up_again_and_nothing_is_lost(data: Path) -> None:
    port = free_port()
    with up(data, port) as process:
        kept = yilu("db", "psql", "--data", str(data), "--", "-c", "CREATE TABLE kept AS SELECT 42 AS answer")
        assert kept.returncode == 0, kept.stderr
        process.kill()
        process.wait()
    survivor = database_pid(data)
    os.kill(survivor, signal.SIGKILL)
    with up(data, port):
        found = yilu("db", "psql", "--data", str(data), "--", "-XAtc", "SELECT answer FROM kept")
    assert found.stdout.strip() == "42"


def test_a_database_killed_under_a_server_is_started_again(data: Path) -> None:
    port = free_port()
    with up(data, port) as process:
        killed = database_pid(data)
        os.kill(killed, signal.SIGKILL)
        wait_until_gone(killed)
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        assert database_pid(data) != killed


def test_a_taken_port_is_said_at_once(data: Path) -> None:
    port = free_port()
    with up(data, port):
        other = data.parent / uuid.uuid4().hex[:8]
        told = yilu("up", "--data", str(other), "--port", str(port))
        shutil.rmtree(other)
    assert told.returncode == 1
    assert told.stderr.startswith(f"yilu: cannot listen on 127.0.0.1 port {port}")
    assert "--port" in told.stderr


def test_reset_asks_and_leaves_other_folders_alone(data: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    assert "does not look like a data folder" in yilu("reset", "--yes", "--data", str(tmp_path)).stderr
    assert (tmp_path / "letters").exists()
    (data / "database").mkdir(exist_ok=True)
    unasked = yilu("reset", "--data", str(data))
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    assert (data / "database").exists()
