from enum import StrEnum
from pathlib import Path

import pytest

from dispatch.cases import Ring
from dispatch.clocks import ClockState, TimeKind
from dispatch.findings import Kind, Source
from dispatch.lifecycle import Outcome
from dispatch.policy import DispatchMode, DispatchPolicy
from dispatch.whistle import Standing
from geo.area_codes import Level
from tests.dispatch.world import policy

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text("utf-8").split("\n")
    if line.startswith("| ") and not line.startswith("| ---")
]
EXPLAINED = {row[1].strip("`") for row in ROWS}


@pytest.mark.parametrize(
    "words",
    [Kind, Source, Outcome, Ring, Standing, ClockState, TimeKind, DispatchPolicy, DispatchMode, Level],
)
def test_every_word_of_the_code_is_explained(words: type[StrEnum]) -> None:
    assert {word.value for word in words} <= EXPLAINED


def test_every_post_is_explained_as_policy_names_it() -> None:
    named = {(row[0], row[1].strip("`")) for row in ROWS}
    for post, rules in policy().posts.items():
        shown = rules.words.zh
        assert (shown, post) in named


def test_no_row_is_left_unexplained() -> None:
    assert all(len(row) == 3 and all(row) for row in ROWS)
