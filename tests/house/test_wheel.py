"""A wheel as a user gets it: built from the checkout, installed where nothing is, and it serves."""

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.settings import checkout_folder, default_data_path
from tests.house.processes import children_of, free_port, run, wait_until_ready

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def root() -> Path:
    """The checkout that the wheel is built from."""
    found = checkout_folder()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def uv(root: Path) -> Path:
    """The checkout's own uv."""
    return root / ".tools" / "uv" / "bin" / "uv"


@pytest.fixture(scope="module")
def wheel(root: Path, uv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built as a packager would."""
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--wheel", "--python", sys.executable, "--out-dir", folder, root)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(root: Path, uv: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, and what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(uv, "venv", "--python", sys.executable, folder)
    run(uv, "pip", "sync", "--python", folder / "bin" / "python", root / "requirements.lock")
    run(uv, "pip", "install", "--no-deps", "--python", folder / "bin" / "python", wheel)
    return folder


@pytest.fixture
def server(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Where the installed server is, started in a folder of its own without a drill, and its process."""
    data = default_data_path() / "wheel-test"
    port = free_port()
    process = subprocess.Popen(
        [environment / "bin" / "yilu", "up", "--no-drill", "--port", str(port), "--data", data],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, process)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        run(environment / "bin" / "yilu", "reset", "--yes", "--data", data)


def test_the_wheel_holds_pages_and_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "api/pages/index.html" in names
    assert any(name.startswith("api/data/boundaries/") for name in names)
    assert any(name.startswith("api/data/policy/") for name in names)
    assert not any(name.startswith(("tests/", "web/")) for name in names)


def test_the_installed_command_answers(environment: Path) -> None:
    told = run(environment / "bin" / "yilu", "--help")
    assert "yilu COMMAND" in told
    assert run(environment / "bin" / "yilu", "--version").startswith("yilu 0.")


def test_the_installed_server_serves_pages_and_the_sample_district(server: tuple[str, int]) -> None:
    address, process = server
    page = httpx.get(f"{address}/")
    assert page.status_code == 200
    assert "<script" in page.text
    district = httpx.get(f"{address}/api/v1/district", timeout=60).json()
    assert district["synthetic"] is True
    assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
    if sys.platform == "linux":
        assert not [words for words in children_of(process) if "api.drill" in words], "nobody wanted a drill"
