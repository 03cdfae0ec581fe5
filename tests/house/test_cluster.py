"""The private server, through everything that may have happened to it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from api.settings import checkout_folder, default_data_path
from api.store.cluster import Cluster, ClusterError
from tests.house.processes import wait_until_gone

PACKAGES = default_data_path() / "postgis"
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of this test's own, where the database's user can enter."""
    path = default_data_path() / "tests-of-clusters" / uuid.uuid4().hex[:8]
    path.mkdir(parents=True)
    yield path
    put_away(path)


def put_away(path: Path) -> None:
    """Stop whatever a failed test left running in the folder, and remove it."""
    pid_file = path / "cluster" / "postmaster.pid"
    if pid_file.exists():
        pid = int(pid_file.read_text().split()[0])
        if Path(f"/proc/{pid}/cwd").exists() and Path(f"/proc/{pid}/cwd").readlink() == path / "cluster":
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(path, ignore_errors=True)


def cluster_in(folder: Path) -> Cluster:
    return Cluster(folder, packages=PACKAGES)


def pid_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def kill_server(cluster: Cluster) -> None:
    pid = pid_of(cluster)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)


async def test_it_serves_postgis_by_socket_alone_with_every_write_kept(folder: Path) -> None:
    with cluster_in(folder).running() as cluster:
        connection = await asyncpg.connect(cluster.url())
        try:
            await connection.execute("CREATE EXTENSION postgis")
            place = await connection.fetchval("SELECT ST_AsText(ST_Point(120, 30, 4326))")
            told = {
                name: await connection.fetchval("SELECT current_setting($1)", name)
                for name in ("fsync", "synchronous_commit", "jit", "listen_addresses", "data_checksums")
            }
        finally:
            await connection.close()
        mode = cluster.data.stat().st_mode & 0o777
    assert place == "POINT(120 30)"
    assert told == {
        "fsync": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "listen_addresses": "",
        "data_checksums": "on",
    }
    assert mode == 0o700
    assert not cluster.is_running()


def test_two_starts_at_once_take_turns_and_the_last_to_leave_stops_it(folder: Path) -> None:
    one, other = cluster_in(folder), cluster_in(folder)
    starts = [threading.Thread(target=cluster.start) for cluster in (one, other)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert one.sql("SELECT 1") == other.sql("SELECT 1") == "1"
    one.stop()
    assert other.sql("SELECT 1") == "1"
    other.stop()
    assert not other.is_running()


def test_starts_at_once_may_all_make_the_same_folders(folder: Path) -> None:
    """Whoever loses the race for a folder that is not there yet goes on with the winner's."""
    for attempt in range(30):
        deep = folder / str(attempt) / "not" / "there" / "yet"
        clusters = [cluster_in(deep) for _ in range(8)]
        together = threading.Barrier(len(clusters))

        def make(cluster: Cluster, together: threading.Barrier = together) -> None:
            together.wait()
            cluster.make_folder()

        with ThreadPoolExecutor(len(clusters)) as threads:
            list(threads.map(make, clusters))
        assert deep.is_dir()


def test_what_was_committed_outlives_a_kill(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.start()
    cluster.sql("CREATE TABLE kept AS SELECT 42 AS answer", "yilu")
    kill_server(cluster)
    assert not cluster.answers()
    cluster.start()
    assert cluster.sql("SELECT answer FROM kept", "yilu") == "42"
    cluster.stop()


@pytest.mark.slow  # a cluster of its own is made for it
def test_a_pid_that_belongs_to_somebody_else_now_does_not_keep_it_down(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.start()
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    kill_server(cluster)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lines[0] = str(stranger.pid)
        (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        cluster.start()
        assert cluster.sql("SELECT 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
    cluster.stop()


@pytest.mark.slow  # a cluster of its own is made for it
def test_no_ps_is_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = cluster_in(folder)
    cluster.start()
    kill_server(cluster)
    bare = folder / "bare"
    bare.mkdir()
    for tool in ("sh", "env"):  # initdb and pg_ctl run their programs through a shell
        (bare / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(bare))
    assert shutil.which("ps") is None
    cluster.start()
    cluster.stop()


def test_a_folder_half_made_by_a_killed_start_is_made_again(folder: Path) -> None:
    half = folder / "cluster.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    with cluster_in(folder).running() as cluster:
        assert cluster.sql("SELECT 1") == "1"
    assert not half.exists()


async def test_a_long_path_with_spaces_and_chinese_is_served(folder: Path) -> None:
    deep = folder / ("a long way down " * 6) / "一路 数据"
    with cluster_in(deep).running() as cluster:
        assert len(os.fsencode(cluster.socket_folder)) < 100
        connection = await asyncpg.connect(cluster.url())
        assert await connection.fetchval("SELECT current_setting('data_directory')") == str(cluster.data)
        await connection.close()
    put_away(deep)


def test_a_path_that_a_shell_would_read_is_refused_with_a_sentence(folder: Path) -> None:
    with pytest.raises(ClusterError, match="choose a path that has none of"):
        cluster_in(folder / "$HOME").start()


@pytest.mark.skipif(not IS_ROOT, reason="only root's server runs as somebody else")
def test_a_folder_that_the_databases_user_cannot_enter_is_named(folder: Path) -> None:
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    with pytest.raises(ClusterError, match=r"cannot enter .*/home/data.*--data DIR"):
        cluster_in(closed / "data").start()


@pytest.mark.skipif(not IS_ROOT, reason="only root can try as two users")
def test_a_database_of_another_user_is_named(folder: Path) -> None:
    with cluster_in(folder).running():
        pass
    code = (  # all of it is loaded before: the checkout may stand in a home that the other cannot enter
        "import os, sys; from pathlib import Path; from api.store.cluster import Cluster, ClusterError\n"
        "os.setuid(int(sys.argv[2]))\n"
        "try: Cluster(Path(sys.argv[1])).start()\n"
        "except ClusterError as failure: print(failure)"
    )
    owner = pwd.getpwuid((folder / "cluster").stat().st_uid).pw_name
    told = subprocess.run(
        [sys.executable, "-P", "-c", code, folder, str(pwd.getpwnam("daemon").pw_uid)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PYTHONPATH": str(checkout_folder())},
    )
    assert f"belongs to user '{owner}'" in told.stdout, told.stderr


def test_a_full_disk_is_said_in_a_sentence(folder: Path) -> None:
    small = folder / "small disk"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "none", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(ClusterError, match=r"is full: \d+ MiB are free, \d+ are needed"):
            cluster_in(small / "data").start()
    finally:
        subprocess.run(["umount", small], check=True)


def test_another_systems_answer_is_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = folder / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.setattr("api.store.programs.PLACES", ())
    with pytest.raises(ClusterError, match="dnf install postgresql-server postgis"):
        Cluster(folder / "data").start()


def test_a_cluster_of_a_version_that_is_not_here_is_named(folder: Path) -> None:
    with cluster_in(folder).running() as cluster:
        pass
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match="was made by PostgreSQL 9, and this machine has"):
        cluster_in(folder).start()


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    cluster = cluster_in(folder / ("long " * 30))
    trap = cluster.socket_folder
    trap.symlink_to(folder)
    try:
        with pytest.raises(ClusterError, match="belongs to somebody else"):
            cluster.start()
    finally:
        trap.unlink()
