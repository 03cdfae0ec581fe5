"""Where the peers of benchmarks live: an environment of their own below .tools/, made when first wanted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".tools" / "bench-peers"
_INSTALL_S = 300


class SkippedPeerError(Exception):
    """A peer that cannot be asked here; the words say why."""


def python_with(peer: str) -> Path:
    """The interpreter that can import the peer; raises `SkippedPeerError` where it cannot be installed."""
    if os.environ.get("YILU_BENCH_PEERS") == "0":
        raise SkippedPeerError("not wanted: YILU_BENCH_PEERS=0")
    python = HOME / "bin" / "python"
    uv = _uv()
    if not python.is_file():
        _run([uv, "venv", "-q", "--python", sys.executable, str(HOME)])
    if not (HOME / f"{peer}.done").is_file():
        _run([uv, "pip", "install", "-q", "--python", str(python), "--only-binary", ":all:", peer, "numpy"])
        (HOME / f"{peer}.done").touch()
    return python


def folders_with(peer: str) -> Sequence[str]:
    """Where this interpreter finds the peer's modules once they are installed."""
    python_with(peer)
    return [str(folder) for folder in HOME.glob("lib/python*/site-packages")]


def _uv() -> str:
    """The machine's own, or the one that ./yilu brought."""
    brought = ROOT / ".tools" / "uv" / "bin" / "uv"
    found = shutil.which("uv") or (str(brought) if brought.is_file() else None)
    if found is None:
        raise SkippedPeerError("uv is neither on the path nor in .tools to install it")
    return found


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, timeout=_INSTALL_S, check=True)
    except subprocess.TimeoutExpired:
        raise SkippedPeerError(f"could not be installed within {_INSTALL_S} s") from None
    except subprocess.CalledProcessError as failure:
        why = [line.strip() for line in failure.stderr.decode(errors="replace").splitlines() if line.strip()]
        raise SkippedPeerError(
            f"could not be installed: {why[-1][:160] if why else 'no reason given'}"
        ) from None
