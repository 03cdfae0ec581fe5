"""A server in a process of its own, that can be killed and started again on the same port.

Run as a program it is that server: `python -m tests.pages.killable ADDRESS PORT FOLDER`.
"""

import subprocess
import sys
from pathlib import Path

import uvicorn

from api.main import create_app
from api.settings import Settings
from tests.house.processes import free_port, wait_until_ready

ROOT = Path(__file__).resolve().parents[2]


class KillableServer:
    """The sample district, served beside the test."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._words = [
            sys.executable,
            "-m",
            "tests.pages.killable",
            database_url,
            str(self.port),
            str(folder),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._words, cwd=ROOT)
        wait_until_ready(self.url, self._process)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


if __name__ == "__main__":
    settings = Settings.read({}, database_url=sys.argv[1], data_path=Path(sys.argv[3]))
    uvicorn.run(create_app(settings), port=int(sys.argv[2]), log_level="warning", access_log=False)
