"""The gate tells what failed and how to repeat it, and never stops at the first."""

import sys
from collections.abc import Sequence

import pytest

from tests import gate


def step(name: str, code: str, *, limit_s: int = 60) -> gate.Step:
    return gate.Step(name, "for this test", lambda: [sys.executable, "-c", code], limit_s=limit_s)


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
