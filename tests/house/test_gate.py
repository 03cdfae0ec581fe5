"""The gate tells what failed and how to repeat it, and never stops at the first."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import gate
from tests.house.processes import wait_until_gone


def step(name: str, code: str, *, limit_s: int = 60, light: bool = False) -> gate.Step:
    words = [sys.executable, "-c", code]
    return gate.Step(name, "for this test", lambda: words, limit_s=limit_s, light=light)


def run(monkeypatch: pytest.MonkeyPatch, steps: Sequence[gate.Step], *only: str) -> int:
    monkeypatch.setattr(gate, "steps", lambda everything: list(steps))
    return gate.run_gate(only=only)


def test_what_fails_is_named_at_the_end_and_the_rest_still_runs(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = [
        step("first", "print('one')"),
        step("second", "raise SystemExit(3)"),
        step("third", "print('three')"),
    ]
    assert run(monkeypatch, steps) == 1
    said = capfd.readouterr().out
    assert said.index("one") < said.index("second FAILED") < said.index("three")
    assert said.rstrip().endswith("./yilu test --only second")


def test_all_is_well_when_all_pass(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, [step("first", "")]) == 0
    assert "All 1 steps passed" in capfd.readouterr().out


def test_light_steps_run_side_by_side_and_each_speaks_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    meet = (
        "import pathlib, sys, time; mine, other = map(pathlib.Path, {paths}); mine.touch(); print(mine.name);"
        "end = time.monotonic() + 50\n"
        "while not other.exists() and time.monotonic() < end: time.sleep(0.01)\n"
        "print(other.name); sys.exit(not other.exists())"
    )
    ours = [str(tmp_path / "ours"), str(tmp_path / "theirs")]
    steps = [
        step("first", meet.format(paths=ours), light=True),
        step("second", meet.format(paths=ours[::-1]), light=True),
        step("third", "raise SystemExit(3)", light=True),
    ]
    assert run(monkeypatch, steps) == 1
    said = capfd.readouterr().out
    assert "ours\ntheirs\n== first passed" in said
    assert "theirs\nours\n== second passed" in said
    assert said.rstrip().endswith("./yilu test --only third")


@pytest.mark.parametrize("light", [False, True])
def test_an_interrupted_gate_leaves_nothing_running(tmp_path: Path, light: bool) -> None:
    begun = tmp_path / "begun"
    endless = f"import os, pathlib, time; pathlib.Path({str(begun)!r}).write_text(str(os.getpid()))"
    words = [sys.executable, "-c", f"{endless}; time.sleep(600)"]
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"  # a shell's & ignores it
        "from tests import gate;"
        f"gate.steps = lambda everything: [gate.Step('endless', '', lambda: {words!r}, light={light})];"
        "gate.run_gate()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=gate.ROOT, stderr=subprocess.DEVNULL)
    while not (begun.exists() and begun.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) != 0
    wait_until_gone(int(begun.read_text()))


def test_a_step_that_hangs_is_stopped(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, [step("endless", "import time; time.sleep(600)", limit_s=1)]) == 1
    assert "took longer than 1 s" in capfd.readouterr().out


def test_one_step_can_be_repeated_alone(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = [step("first", "raise SystemExit(1)"), step("second", "print('two')")]
    assert run(monkeypatch, steps, "second") == 0
    assert run(monkeypatch, steps, "fourth") == 2
    assert "There is no step 'fourth'; the steps are first, second." in capfd.readouterr().err


def test_what_a_step_lacks_fails_it_in_words(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def missing() -> list[str]:
        raise gate.StepError("Chromium is missing. Install it.")

    assert run(monkeypatch, [gate.Step("browser", "pages", missing)]) == 1
    assert "Chromium is missing. Install it." in capfd.readouterr().out


def test_the_quick_steps_need_neither_database_nor_browser() -> None:
    quick = {each.name for each in gate.steps(everything=False) if each.quick}
    assert quick == {"format", "lint", "types", "layers", "pages-check"}
