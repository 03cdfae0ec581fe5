"""The gate: every check of the project, in turn, with its time; what failed is named at the end.

`./yilu test` runs it, `./yilu check` its first steps. A failing step does not keep the rest from running.
"""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
PYTHON = sys.executable
TOOLS = Path(PYTHON).parent

CHROMIUM_PACKAGES = ("chromium", "fonts-noto-cjk", "libatomic1")
"""The last is what the Node inside Playwright stands on."""

OTHERS_PROGRAMS = {"ogrinfo": "gdal-bin", "ogr2ogr": "gdal-bin", "curl": "curl"}
"""What a few tests let read what we serve, and Debian's packages of them."""

_ONE_SPEAKER = threading.Lock()
_RUNNING: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True, slots=True)
class Step:
    """One check: what it is called, and the words that run it (or a function that finds them)."""

    name: str
    what: str
    words: Callable[[], Sequence[str]]
    quick: bool = False
    """Belongs to `./yilu check` as well."""
    light: bool = False
    """Takes one core: two such steps run side by side, and what each says is shown when it ends."""
    limit_s: int = 900
    folder: Path = ROOT


class StepError(Exception):
    """A step cannot even begin; the message says what is missing."""


def steps(*, everything: bool) -> list[Step]:
    """Return the gate's steps in order; `everything` adds what takes long."""
    skipped = "not browser and not wheel" if everything else "not browser and not wheel and not slow"
    pytest = [PYTHON, "-m", "pytest"]
    limit_s = 2700 if everything else 1500
    if everything:
        pytest += ["--hypothesis-profile", "searching"]
    return [  # of those that run side by side the longest come first, so that both lanes end together
        _light(
            "wheel",
            "a wheel, built and tried",
            lambda: [*pytest, "-m", "wheel", *_files_marked("wheel")],
            quick=False,
        ),
        _light(
            "kernels",
            "the road engine, compiled once for all test processes",
            lambda: [PYTHON, "-c", "from geo.travel_warmup import warm_up; warm_up()"],
            quick=False,
        ),
        _light("types", "mypy, strict", lambda: [_tool("mypy")]),
        _light("format", "ruff format", lambda: [_tool("ruff"), "format", "--check", "--quiet", "."]),
        _light("lint", "ruff", lambda: [_tool("ruff"), "check", "."]),
        _light("layers", "import-linter", lambda: [_tool("lint-imports")]),
        _light("pages-check", "types and style of the pages", lambda: _npm("run", "check"), folder=WEB),
        _light("pages-test", "vitest", lambda: _npm("test"), quick=False, folder=WEB),
        Step(
            "python",
            "pytest",
            lambda: _python(pytest, skipped),
            limit_s=limit_s,
        ),
        Step(
            "browser",
            "pages in Chromium",
            lambda: _browser(pytest, everything=everything),
            limit_s=limit_s,
        ),
    ]


def _light(
    name: str, what: str, words: Callable[[], Sequence[str]], *, quick: bool = True, folder: Path = ROOT
) -> Step:
    return Step(name, what, words, quick=quick, light=True, folder=folder)


def run_gate(*, only: Sequence[str] = (), quick: bool = False, everything: bool = False) -> int:
    """Run the chosen steps and return 0 when all passed."""
    chosen = [step for step in steps(everything=everything) if step.quick or not quick]
    if only:
        unknown = sorted(set(only) - {step.name for step in chosen})
        if unknown:
            names = ", ".join(step.name for step in chosen)
            print(f"There is no step '{unknown[0]}'; the steps are {names}.", file=sys.stderr)
            return 2
        chosen = [step for step in chosen if step.name in only]
    begun = time.monotonic()
    failed = [step for step, passed in zip(chosen, _run_all(chosen), strict=True) if not passed]
    took_s = time.monotonic() - begun
    if failed:
        print(f"\n{len(failed)} of {len(chosen)} steps failed, after {took_s:.0f} s. To repeat one alone:")
        for step in failed:
            print(f"  ./yilu test --only {step.name}")
        return 1
    print(f"\nAll {len(chosen)} steps passed in {took_s:.0f} s.")
    return 0


def _run_all(chosen: Sequence[Step]) -> list[bool]:
    """Run neighbouring light steps side by side and the others alone; say of each whether it passed."""
    passed: list[bool] = []
    for light, neighbours in itertools.groupby(chosen, key=lambda step: step.light):
        if light:
            passed += _run_side_by_side(list(neighbours))
        else:
            passed += map(_run_step, neighbours)
    return passed


def _run_side_by_side(light: Sequence[Step]) -> list[bool]:
    print(f"\n== side by side: {', '.join(step.name for step in light)}", flush=True)
    with ThreadPoolExecutor(2) as lanes:
        try:
            return list(lanes.map(_run_quietly, light))
        except BaseException:
            lanes.shutdown(wait=False, cancel_futures=True)
            for process in list(_RUNNING):
                _end(process)
            raise


def _run_step(step: Step) -> bool:
    print(f"\n== {step.name}: {step.what}", flush=True)
    begun = time.monotonic()
    passed = _passes(step, None)
    _say_verdict(step, passed, begun)
    return passed


def _run_quietly(step: Step) -> bool:
    """Run it beside another: what it says comes in one piece, after its end."""
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        passed = _passes(step, said)
        said.seek(0)
        with _ONE_SPEAKER:
            print(f"\n== {step.name}: {step.what}")
            print(said.read(), end="")
            _say_verdict(step, passed, begun)
    return passed


def _say_verdict(step: Step, passed: bool, begun: float) -> None:
    verdict = "passed" if passed else "FAILED"
    print(f"== {step.name} {verdict} in {time.monotonic() - begun:.1f} s", flush=True)


def _passes(step: Step, said: TextIO | None) -> bool:
    try:
        return _run(step.words(), step, said) == 0
    except StepError as missing:
        print(missing, file=said)
        return False


def _run(words: Sequence[str], step: Step, said: TextIO | None) -> int:
    """Run to the end, or to the step's limit; a process group of its own, so that nothing outlives it."""
    shown = said is None and sys.stdout.isatty()
    environment = dict(os.environ) if shown else {**os.environ, "NO_COLOR": "1"}
    process = subprocess.Popen(
        words,
        cwd=step.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT if said else None,
        start_new_session=True,
    )
    _RUNNING.add(process)
    try:
        return process.wait(timeout=step.limit_s)
    except subprocess.TimeoutExpired:
        print(f"{step.name} was stopped: it took longer than {step.limit_s} s.", file=said)
        return 1
    finally:
        _RUNNING.discard(process)
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop what still runs and all that it started: politely first."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _tool(name: str) -> str:
    return str(TOOLS / name)


def _npm(*words: str) -> list[str]:
    from api.build_pages import install_modules, machine_node, wheel_node

    node = machine_node() or wheel_node(ROOT / ".tools" / "node")
    install_modules(ROOT, node)
    return ["env", f"PATH={node.folder}{os.pathsep}{os.environ['PATH']}", *node.npm, *words]


def _python(pytest: Sequence[str], marks: str) -> list[str]:
    missing = sorted({package for name, package in OTHERS_PROGRAMS.items() if not shutil.which(name)})
    if missing and not _install(missing):
        words = " ".join(_words(missing))
        print(f"{', '.join(missing)}: missing, so tests are skipped. Install: sudo {words}", flush=True)
    return [*pytest, "-n", "2", "--dist", "loadgroup", "-m", marks]


def _browser(pytest: Sequence[str], *, everything: bool) -> list[str]:
    _install_chromium()
    marks = "browser" if everything else "browser and not slow"
    return [*pytest, "-n", "2", "--dist", "loadfile", "-m", marks, *_files_marked("browser")]


def _files_marked(mark: str) -> list[str]:
    """The files with tests of that mark: to load all the others takes each process ten seconds."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path) for path in files if f"mark.{mark}" in path.read_text("utf-8")]


def _install_chromium() -> None:
    """Bring Debian's Chromium and a Chinese font when they are missing and we may; else name them."""
    from tests.pages.chromium import find_chromium

    if find_chromium() and _has_chinese_font() and _driver_runs():
        return
    if not _install(CHROMIUM_PACKAGES):
        raise StepError(
            "Chromium, a Chinese font or a library is missing. Install them:"
            f" sudo {' '.join(_words(CHROMIUM_PACKAGES))}"
        )


def _install(packages: Sequence[str]) -> bool:
    """Bring Debian's packages where we may; False where somebody else has to."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"installing {', '.join(packages)}", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for words in (["apt-get", "update"], _words(packages)):
        done = subprocess.run(words, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepError(f"{' '.join(_words(packages))} failed:\n{(done.stdout + done.stderr)[-1500:]}")
    return True


def _words(packages: Sequence[str]) -> list[str]:
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def _driver_runs() -> bool:
    """Say whether Playwright's own Node starts: on a slim system it lacks a library."""
    from playwright._impl._driver import compute_driver_executable

    node = compute_driver_executable()[0]
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


def _has_chinese_font() -> bool:
    """Say whether some font of the machine holds Chinese (fontconfig comes with Chromium)."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout)
