"""`yilu policy check` as somebody who changes the rules meets it."""

import shutil
from pathlib import Path

import pytest

from api import cli
from api.settings import data_folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(data_folder() / "policy", tmp_path / "rules")
    return tmp_path / "rules"


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_the_rules_in_force_hold_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policy", "check"]) == 0
    assert capsys.readouterr().out.startswith("ok  version 1, ")


def test_a_mistake_is_told_in_both_languages(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(rules, "categories.toml", 'duty = "sanitation"', 'duty = "sanitaton"')
    assert cli.main(["policy", "check", str(rules), "--no-cases"]) == 1
    told = capsys.readouterr().out
    assert "categories.toml, entry categories.E0102.duty" in told
    assert "categories.toml 中的" in told


@pytest.mark.postgis
def test_a_change_is_compared_with_the_open_cases(
    rules: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(rules, "privacy.toml", "track_days = 30", "track_days = 7")
    monkeypatch.setenv("DATABASE_URL", database)
    assert cli.main(["policy", "check", str(rules)]) == 0
    told = capsys.readouterr().out
    assert "0 open cases looked at" in told
    assert "raise `version`" in told
    assert "no open case would be treated differently" in told
