"""Kernels are compiled once for each version of them, and it is noted that they were."""

from pathlib import Path

import pytest

from geo import travel_warmup


def test_machine_code_of_another_version_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "__pycache__"
    folder.mkdir()
    monkeypatch.setattr(travel_warmup, "__file__", str(tmp_path / "travel_warmup.py"))
    monkeypatch.setattr(travel_warmup, "_ask_everything", lambda: None)
    (folder / "kernels-0123456789abcdef").touch()
    assert not travel_warmup.is_warm()
    travel_warmup.warm_up()
    assert travel_warmup.is_warm()
    assert len(list(folder.iterdir())) == 1, "the note of the version before is gone"


def test_a_folder_that_cannot_be_written_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(travel_warmup, "__file__", str(tmp_path / "not there" / "travel_warmup.py"))
    monkeypatch.setattr(travel_warmup, "_ask_everything", lambda: None)
    travel_warmup.warm_up()
    assert not travel_warmup.is_warm()
