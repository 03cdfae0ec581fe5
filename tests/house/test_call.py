"""`yilu call`: what is refused is said in one sentence."""

import pytest

from api import cli


def test_what_makes_no_sense_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["call", "read_cases", "state"]) == 2
    assert "write it like state=filed" in capsys.readouterr().err
    assert cli.main(["call", "read_cases", "--address", "http://127.0.0.1:9"]) == 1
    assert "is 'yilu up' running?" in capsys.readouterr().err
