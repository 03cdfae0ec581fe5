"""Starting and watching real processes."""

import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from api.checkout import uv_environment

READY_WITHIN_S = 300


def wait_until_ready(address: str, process: subprocess.Popen[Any]) -> None:
    """Return when /healthz answers; fail when the process has ended or it takes too long."""
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended before it was ready"
        try:
            if httpx.get(f"{address}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"not ready within {READY_WITHIN_S} s")


def run(*words: object) -> str:
    """Run a program to its end and return what it said."""
    done = subprocess.run(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, **uv_environment(os.environ)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(pid: int) -> list[str]:
    """The words of what the process has started and what still runs (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in children]


def wait_until_gone(pid: int) -> None:
    """Return when the process is no more."""
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} is still there")
