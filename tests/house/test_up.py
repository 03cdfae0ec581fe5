"""`yilu up` as it is lived with: started, met again, killed in parts, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
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


class Served:
    """`yilu up` in a process of its own on one folder of data: started when asked for, unless it runs."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None

    def up(self) -> subprocess.Popen[str]:
        """Return it, ready."""
        if self.process is None or self.process.poll() is not None:
            with said_in(self.data).open("w") as said:
                self.process = subprocess.Popen(
                    [
                        sys.executable,
                        "-P",
                        "-m",
                        "api.cli",
                        "up",
                        "--data",
                        self.data,
                        "--port",
                        str(self.port),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    text=True,
                    env=surroundings(),
                )
        wait_until_ready(self.address, self.process)
        return self.process

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As `kill -9` does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    """One server for all: a test that needs it starts it, and may leave it running."""
    served = Served(data)
    yield served
    served.kill()


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


def test_one_beside_a_running_one_says_where_it_is(served: Served) -> None:
    served.up()
    beside = yilu("up", "--data", str(served.data), "--port", str(free_port()))
    assert beside.returncode == 0
    assert beside.stdout.startswith(f"Yilu is running already, at {served.address} ")
    refused = yilu("reset", "--yes", "--data", str(served.data))
    assert refused.returncode == 1
    assert "stop it first" in refused.stderr


def test_a_taken_port_is_said_at_once(served: Served) -> None:
    served.up()
    other = served.data.parent / uuid.uuid4().hex[:8]
    told = yilu("up", "--data", str(other), "--port", str(served.port))
    shutil.rmtree(other)
    assert told.returncode == 1
    assert told.stderr.startswith(f"yilu: cannot listen on 127.0.0.1 port {served.port}")
    assert "--port" in told.stderr


def test_a_database_killed_under_a_server_is_started_again(served: Served) -> None:
    process = served.up()
    killed = database_pid(served.data)
    os.kill(killed, signal.SIGKILL)
    wait_until_gone(killed)
    wait_until_ready(served.address, process)
    assert database_pid(served.data) != killed


def test_what_is_killed_comes_up_again_and_nothing_is_lost(served: Served) -> None:
    served.up()
    query = ("db", "psql", "--data", str(served.data), "--")
    kept = yilu(*query, "-c", "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    assert kept.returncode == 0, kept.stderr
    served.kill()
    os.kill(database_pid(served.data), signal.SIGKILL)
    served.up()
    assert yilu(*query, "-XAtc", "SELECT answer FROM kept").stdout.strip() == "42"


def test_a_server_says_where_it_is_and_stops_cleanly(served: Served) -> None:
    process = served.up()
    database = database_pid(served.data)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0
    assert f"Yilu is ready at {served.address}" in said_in(served.data).read_text()
    wait_until_gone(database)
    assert not (served.data / "up.json").exists()


def test_reset_asks_and_leaves_other_folders_alone(tmp_path: Path) -> None:
    letters, database = tmp_path / "letters", tmp_path / "data" / "database"
    letters.mkdir()
    assert "does not look like a data folder" in yilu("reset", "--yes", "--data", str(tmp_path)).stderr
    assert letters.exists()
    database.mkdir(parents=True)
    unasked = yilu("reset", "--data", str(database.parent))
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    assert database.exists()
